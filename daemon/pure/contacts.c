// SPDX-License-Identifier: MIT
/* contacts: see contacts.h. */
#include "daemon/pure/contacts.h"

#include "daemon/pure/text.h"

#include <string.h>

#define CONTACT_LINE 90 /* bytes */
#define CONTACT_LINES 12
#define ADDRESS_WORDS 4
#define BANNER_LINES 2 /* over a letterhead: "PRESS RELEASE", "FOR IMMEDIATE RELEASE" */
#define BANNER_MIN 10  /* bytes of "NEWS RELEASE", about */
#define SURE 90

struct block {
    const struct rules *rules;
    struct line *lines;
    size_t n;
    size_t first, end; /* of the paragraph */
};

/* A date among them is the dispatch's. */
static void furnish(struct line *line)
{
    if (line->class == LINE_TIME)
        return;
    line->class = LINE_FURNITURE;
    line->score = SURE;
}

static bool is_contact(const struct block *b, size_t i)
{
    struct view v = b->lines[i].text;
    return b->lines[i].class == LINE_FURNITURE && rules_line(b->rules, v.p, v.n) == RULES_LINE_CONTACT;
}

/* "12 Quay Street, Lake City, NY 10012", "P.O. Box 12, Lake City, NY 10012": a comma, and a number of four or
 * five figures at the end, with a figure in front of all or two capitals in front of the number. */
static bool is_address(const struct block *b, size_t i)
{
    struct view v = b->lines[i].text;
    size_t last = v.n, words = v.n <= CONTACT_LINE ? scan_words(v) : 0;
    int number;
    while (last > 0 && scan_blank(v.p + last - 1, 1) == 0)
        last--;
    size_t figures = scan_number(v.p + last, v.n - last, 5, &number);
    bool street = *v.p >= '0' && *v.p <= '9';
    bool state = last > 4 && v.p[last - 4] == ' ' && text_is_upper(v.p + last - 3, 1) &&
                 text_is_upper(v.p + last - 2, 1);
    return b->lines[i].class == LINE_BODY && words >= ADDRESS_WORDS && (street || state) &&
           memchr(v.p, ',', v.n) != NULL && figures >= 4 && last + figures == v.n;
}

/* The other lines of a paragraph that begins with a contact, if all are short. */
static void block_contacts(const struct block *b)
{
    size_t i = b->first;
    while (i < b->end && !is_contact(b, i))
        i++;
    size_t end = i;
    while (end < b->end && b->lines[end].class != LINE_END && b->lines[end].class != LINE_SEPARATOR &&
           b->lines[end].text.n <= CONTACT_LINE)
        end++;
    bool short_lines = end - i <= CONTACT_LINES && (end == b->n || b->lines[end].text.n <= CONTACT_LINE);
    for (size_t k = i + 1; short_lines && k < end; k++)
        furnish(&b->lines[k]);
}

/* Whether nothing but a banner stands between the paragraph and what ends the dispatch above, or the file's
 * beginning. */
static bool heads_page(const struct block *b)
{
    size_t banners = 0;
    for (size_t i = b->first, steps = 0; i > 0; i--, steps++) {
        const struct line *line = &b->lines[i - 1];
        struct view v = line->text;
        if (line->class == LINE_SEPARATOR || line->class == LINE_END || line->class == LINE_MAIL)
            return true;
        if ((line->class == LINE_BLANK || line->class == LINE_FURNITURE) && steps <= CONTACT_LINES)
            continue;
        bool banner = line->class == LINE_KICKER || line->class == LINE_SLUG ||
                      (line->class == LINE_BODY && text_is_upper(v.p, v.n) && v.n <= CONTACT_LINE);
        if (!banner || ++banners > BANNER_LINES || steps > CONTACT_LINES)
            return false;
    }
    return true;
}

/* A line of signs right under the date that follows belongs to the letterhead. */
static void block_underline(const struct block *b)
{
    size_t i = b->end;
    while (i < b->n && b->lines[i].class == LINE_BLANK)
        i++;
    i += i < b->n && b->lines[i].class == LINE_TIME;
    if (i > b->end && i < b->n && b->lines[i].class == LINE_SEPARATOR)
        furnish(&b->lines[i]);
}

/* Whether the line is or ends with what the rules know as a kicker: "ANCA PRESS RELEASE". */
static bool is_banner(const struct block *b, size_t i)
{
    struct view v = b->lines[i].text;
    if (b->lines[i].class == LINE_KICKER || v.n > CONTACT_LINE)
        return v.n <= CONTACT_LINE;
    for (size_t at = 0; at < v.n && v.n - at >= BANNER_MIN; at++)
        if (v.p[at] == ' ' && rules_line(b->rules, v.p + at + 1, v.n - at - 1) == RULES_LINE_KICKER)
            return scan_words(view_from(v, at + 1)) > 1;
    return false;
}

/* Whether a date alone is the next thing that shows behind the paragraph. */
static bool over_date(const struct block *b)
{
    size_t i = b->end;
    while (i < b->n && i < b->end + BANNER_LINES && b->lines[i].class == LINE_BLANK)
        i++;
    return i < b->n && b->lines[i].class == LINE_TIME;
}

/* "Lake Association / 12 Quay Street / Tel: 1 23 45": its first line is the house. So is that of "Lake
 * Association / NEWS RELEASE" over a date. */
static void block_letterhead(const struct block *b)
{
    size_t contacts = 0, addresses = 0, house = b->first;
    if (b->end - b->first < 2 || b->end - b->first > CONTACT_LINES + 1)
        return;
    for (size_t i = b->first; i < b->end; i++) {
        if (b->lines[i].text.n > CONTACT_LINE || b->lines[i].class == LINE_DATELINE)
            return;
        contacts += is_contact(b, i);
        addresses += i > b->first && is_address(b, i);
    }
    contacts += addresses;
    if (contacts == 0 && !over_date(b))
        return;
    house += b->end - b->first > 2 && is_banner(b, house);
    bool plain = b->lines[house].class == LINE_BODY || b->lines[house].class == LINE_AGENCY;
    bool release = b->end - house > 1 && is_banner(b, b->end - 1) && over_date(b);
    if (!plain || b->end - house < (release || addresses > 0 ? 2 : 3) || b->end - house > CONTACT_LINES)
        return;
    if ((contacts == 0 && !release) || !heads_page(b))
        return;
    for (size_t i = b->first; i < b->end; i++)
        furnish(&b->lines[i]);
    b->lines[house].class = LINE_AGENCY;
    b->lines[house].score = SURE;
    block_underline(b);
}

void contacts_classify(const struct rules *rules, struct line *lines, size_t n)
{
    struct block b = {.rules = rules, .lines = lines, .n = n};
    for (size_t i = 0; i < n; i = b.end + 1) {
        b.first = b.end = i;
        while (b.end < n && lines[b.end].class != LINE_BLANK)
            b.end++;
        if (b.end == b.first)
            continue;
        block_letterhead(&b);
        block_contacts(&b);
    }
}
