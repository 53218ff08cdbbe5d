// SPDX-License-Identifier: MIT
/* contacts: see contacts.h. */
#include "daemon/pure/contacts.h"

#include "daemon/pure/text.h"

#define CONTACT_LINE 90 /* bytes */
#define CONTACT_LINES 12
#define BANNER_LINES 2 /* over a letterhead: "PRESS RELEASE", "FOR IMMEDIATE RELEASE" */
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

/* "Lake Association / 12 Quay Street / Tel: 1 23 45": its first line is the house. */
static void block_letterhead(const struct block *b)
{
    size_t contacts = 0;
    bool plain = b->lines[b->first].class == LINE_BODY || b->lines[b->first].class == LINE_AGENCY;
    if (!plain || b->end - b->first < 3 || b->end - b->first > CONTACT_LINES)
        return;
    for (size_t i = b->first; i < b->end; i++) {
        if (b->lines[i].text.n > CONTACT_LINE || b->lines[i].class == LINE_DATELINE)
            return;
        contacts += is_contact(b, i);
    }
    if (contacts == 0 || !heads_page(b))
        return;
    b->lines[b->first].class = LINE_AGENCY;
    b->lines[b->first].score = SURE;
    for (size_t i = b->first + 1; i < b->end; i++)
        furnish(&b->lines[i]);
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
