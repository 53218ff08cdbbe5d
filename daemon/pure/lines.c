// SPDX-License-Identifier: MIT
/* lines: see lines.h. What is sure by its form alone comes first. */
#include "daemon/pure/lines.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>

#define TITLE_MAX 300 /* bytes; longer is a paragraph */
#define FURNITURE_MAX 100
#define CREDIT_MAX 200
#define NAME_MAX_BYTES 60
#define NAME_WORDS 4

const char *line_word(enum line_class class)
{
    static const char *const words[] = {
        [LINE_BLANK] = "blank",
        [LINE_BODY] = "body",
        [LINE_TITLE] = "title",
        [LINE_KICKER] = "kicker",
        [LINE_HEADING] = "heading",
        [LINE_TIME] = "time line",
        [LINE_AGENCY] = "agency line",
        [LINE_COUNTRY] = "country",
        [LINE_PLACE] = "place",
        [LINE_BYLINE] = "byline",
        [LINE_LABEL] = "label",
        [LINE_DATELINE] = "dateline",
        [LINE_SEPARATOR] = "separator",
        [LINE_END] = "end mark",
        [LINE_MAIL] = "mail",
        [LINE_FURNITURE] = "furniture",
        [LINE_EDITED] = "credit",
        [LINE_COPYRIGHT] = "copyright",
        [LINE_SOURCE] = "source",
        [LINE_PREAMBLE] = "preamble",
    };
    return words[class];
}

/* Three or more of one sign, blanks between them allowed. */
static bool is_separator(struct view v)
{
    uint32_t sign = 0, c;
    size_t count = 0;
    for (size_t i = 0; i < v.n;) {
        size_t used = scan_blank(v.p + i, v.n - i);
        if (used == 0) {
            used = utf8_next(v.p + i, v.n - i, &c);
            bool fits = c < 0x80
                            ? c != 0 && strchr("-=_*~#+", (int)c) != NULL
                            : (c >= 0x2010 && c <= 0x2015) || c == 0x2022 || (c >= 0x2500 && c <= 0x257f) ||
                                  (c >= 0x25a0 && c <= 0x25ff) || (c >= 0x2600 && c <= 0x2606);
            if (!fits || (sign != 0 && c != sign))
                return false;
            sign = c;
            count++;
        }
        i += used;
    }
    return count >= 3;
}

/* Words of a name; titles, initials and "and" between two are fine. */
static bool is_name(struct view v)
{
    if (v.n == 0 || v.n > 2 * NAME_MAX_BYTES || scan_words(v) > 10)
        return false;
    size_t first = scan_letter(v.p, v.n);
    uint32_t last = scan_last(v);
    bool end = last != '!' && last != '?' && last != ':' && last != ';' && last != ',';
    return first > 0 && text_is_upper(v.p, first) && end;
}

/* Bytes of the first of several names, up to the comma or the word "and"; *next: where the others begin. */
static size_t first_name(struct view v, size_t *next)
{
    static const char *const ands[] = {", ", " and ", " & ", " et ", " und ", " y ", " и ", " և "};
    size_t end = v.n;
    *next = v.n;
    for (size_t i = 0; i < sizeof ands / sizeof *ands; i++) {
        const char *at = memmem(v.p, end, ands[i], strlen(ands[i]));
        if (at == NULL)
            continue;
        end = (size_t)(at - v.p);
        *next = end + strlen(ands[i]);
    }
    return end;
}

/* What follows "By" without a colon must look like a name, for sentences begin so too: "By noon the square
 * was full". More names, or what the first one is, may follow: "Anna Example and Peter Muster, Staff
 * Writers". */
static bool is_byline(const struct rules *rules, struct view line, size_t phrase)
{
    struct view rest = scan_trim(view_from(line, phrase));
    if (line.p[phrase - 1] == ':')
        return is_name(rest);
    size_t next, end = first_name(rest, &next);
    return line_name_like(rules, (struct view){rest.p, end}) &&
           (next == rest.n || is_name(view_from(rest, next)));
}

/* "Copyright" may begin a sentence and "(c)" the third point of a list: then a year must follow. */
static bool is_copyright(struct view line, size_t phrase)
{
    if (scan_words((struct view){line.p, phrase}) > 1 || (unsigned char)line.p[0] >= 0x80)
        return true;
    for (size_t at = phrase; at < line.n; at++) {
        int year;
        size_t used = scan_number(line.p + at, line.n - at, 4, &year);
        if (used == 4 && year > 1900 && year < 2200)
            return true;
    }
    return false;
}

static enum line_class credit_class(const struct rules *rules, struct view v)
{
    size_t used;
    if (v.n > CREDIT_MAX)
        return LINE_BODY;
    switch (rules_credit(rules, v.p, v.n, &used)) {
    case CREDIT_BY:
        return is_byline(rules, v, used) ? LINE_BYLINE : LINE_BODY;
    case CREDIT_EDITED:
        // In brackets it is as long as there are people: "(Reporting by A and B; Editing by C)".
        return v.p[0] == '(' || is_name(scan_trim(view_from(v, used))) ? LINE_EDITED : LINE_BODY;
    case CREDIT_COPYRIGHT:
        return is_copyright(v, used) ? LINE_COPYRIGHT : LINE_BODY;
    case CREDIT_SOURCE:
        return LINE_SOURCE;
    case CREDIT_FLASH:
    case CREDIT_NONE:
        break;
    }
    return LINE_BODY;
}

static enum line_class stamp_class(const struct rules *rules, struct view v)
{
    struct stamp stamp;
    if (!stamp_read(rules, v, &stamp))
        return LINE_BODY;
    if (stamp.agency != NULL)
        return LINE_AGENCY;
    return stamp.when.day != 0 || stamp.when.has_time ? LINE_TIME : LINE_COUNTRY;
}

static enum line_class classify(const struct rules *rules, struct view v)
{
    struct dateline dateline;
    if (is_separator(v))
        return LINE_SEPARATOR;
    enum line_class class = stamp_class(rules, v);
    if (class != LINE_BODY)
        return class;
    if (v.n <= FURNITURE_MAX && rules_furniture(rules, v.p, v.n))
        return LINE_FURNITURE;
    class = credit_class(rules, v);
    if (class != LINE_BODY)
        return class;
    if (dateline_read(rules, v, &dateline))
        return LINE_DATELINE;
    char last = v.p[v.n - 1];
    if (v.n <= TITLE_MAX && (last == ':' || last == '?') && text_is_upper(v.p, v.n))
        return LINE_HEADING;
    return LINE_BODY;
}

void lines_classify(const struct rules *rules, struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (lines[i].class == LINE_BLANK)
            continue;
        lines[i].class = classify(rules, lines[i].text);
        lines[i].score = 100;
    }
}

/* "U.S.", "J. P.": a full stop that ends an abbreviation, not a sentence. */
static bool ends_short(struct view v)
{
    v = scan_trim(v);
    if (v.n < 3 || v.p[v.n - 1] != '.')
        return false;
    size_t word = v.n - 1;
    while (word > 0 && v.p[word - 1] >= 'A' && v.p[word - 1] <= 'Z')
        word--;
    size_t letters = v.n - 1 - word;
    bool begins = word == 0 || v.p[word - 1] == '.' || v.p[word - 1] == ' ';
    return letters == 1 && begins;
}

bool line_title_like(struct view text)
{
    if (text.n < 2 || text.n > TITLE_MAX || !text_has_letter(text.p, text.n))
        return false;
    uint32_t last = scan_last(text);
    bool stops = last == '.' || last == ',' || last == ';' || last == ':' || last == 0x589 || last == 0x3002;
    return !stops || ends_short(text);
}

bool line_name_like(const struct rules *rules, struct view text)
{
    size_t words = text.n <= NAME_MAX_BYTES ? scan_words(text) : 0;
    if (words < 2 || words > NAME_WORDS)
        return false;
    size_t at = 0;
    while (at < text.n) {
        size_t first = scan_letter(text.p + at, text.n - at), used;
        if (first == 0 || !text_is_upper(text.p + at, first))
            return false;
        while (at < text.n && scan_blank(text.p + at, text.n - at) == 0) {
            used = scan_letter(text.p + at, text.n - at);
            bool digit = text.p[at] >= '0' && text.p[at] <= '9';
            bool inner = at + 1 < text.n && strchr("-'.", text.p[at]) != NULL;
            bool quote = text.n - at > 3 && memcmp(text.p + at, "\xe2\x80\x99", 3) == 0;
            if (digit || (used == 0 && !inner && !quote))
                return false;
            at += used > 0 ? used : quote ? 3 : 1;
        }
        at += scan_blanks(text.p + at, text.n - at);
    }
    return rules_country(rules, text.p, text.n) == NULL && rules_agency(rules, text.p, text.n) == NULL &&
           rules_place(rules, text.p, text.n, NULL) == NULL;
}
