// SPDX-License-Identifier: MIT
/* records: see records.h. */
#include "daemon/pure/records.h"

#include "daemon/pure/text.h"

#include <string.h>

#define FIELD_MAX 90  /* bytes of a line of such a paragraph */
#define FIELDS_MAX 16 /* lines of one */
#define FIELDS_MIN 3
#define NUMBER_MIN 12   /* bytes of a document's number */
#define DOCUMENT_MAX 60 /* bytes */
#define CODES_MIN 5     /* in a file that has them */
#define SURE 90

/* "187 mots" */
static bool is_length(const struct rules *rules, struct view v)
{
    int words;
    size_t digits = scan_number(v.p, v.n, 6, &words);
    if (digits > 0 && digits + 4 < v.n && v.p[digits] == ',')
        digits += 1 + scan_number(v.p + digits + 1, v.n - digits - 1, 3, &words); // "1,245 words"
    size_t at = digits + scan_blanks(v.p + digits, v.n - digits), word = scan_word(v.p + at, v.n - at);
    return digits > 0 && word > 0 && at + word == v.n && rules_filler(rules, v.p + at, word) == FILLER_LENGTH;
}

/* "Document AFPFR00020091010e5aa0034m" */
static bool is_document(struct view v)
{
    size_t word = v.n <= DOCUMENT_MAX ? scan_word(v.p, v.n) : 0,
           at = word + scan_blanks(v.p + word, v.n - word);
    size_t number = scan_word(v.p + at, v.n - at), figures = 0;
    for (size_t i = at; i < at + number; i++)
        figures += v.p[i] >= '0' && v.p[i] <= '9';
    return word > 5 && at > word && at + number == v.n && number >= NUMBER_MIN && figures * 2 > number;
}

/* --- codes ---------------------------------------------------------------------------------------------- */

enum code { CODE_NONE, CODE_PART, CODE_DATA };

/* "HD   Ferry sails again": what two capitals in front of a gap or a tab announce. */
static enum code code_of(struct view v)
{
    static const char *const parts[] = {"HD", "BY", "WC", "PD", "ET", "SN", "SC", "LA",
                                        "CY", "LP", "TD", "SE", "ED", "PG", "AN", "CR"};
    static const char *const data[] = {"CO",  "IN",  "NS",  "RE",  "VOL", "PUB",
                                       "IPC", "IPD", "ART", "CLM", "RF",  "CT"};
    if (v.n == 0 || *v.p < 'A' || *v.p > 'Z')
        return CODE_NONE;
    size_t word = scan_word(v.p, v.n);
    bool gap = word < v.n && (v.p[word] == '\t' || scan_blanks(v.p + word, v.n - word) > 1);
    if (word < 2 || word > 3 || !gap)
        return CODE_NONE;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i]) == word && memcmp(parts[i], v.p, word) == 0)
            return CODE_PART;
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        if (strlen(data[i]) == word && memcmp(data[i], v.p, word) == 0)
            return CODE_DATA;
    return CODE_NONE;
}

void records_uncode(struct line *lines, size_t n)
{
    size_t codes = 0;
    for (size_t i = 0; i < n && codes < CODES_MIN; i++)
        codes += code_of(lines[i].text) == CODE_PART;
    for (size_t i = 0; i < n && codes == CODES_MIN; i++)
        if (code_of(lines[i].text) == CODE_PART)
            lines[i].text = scan_trim(view_from(lines[i].text, 2));
}

/* --- paragraphs ----------------------------------------------------------------------------------------- */

static void set_class(struct line *line, enum line_class class)
{
    line->class = (uint8_t) class;
    line->score = SURE;
}

/* Whether a line of such a paragraph is known by itself. */
static bool known(const struct line *line)
{
    return line->class == LINE_TIME || line->class == LINE_AGENCY || line->class == LINE_COPYRIGHT ||
           line->class == LINE_BYLINE || line->class == LINE_EDITED;
}

/* The most words of a line in [first, end) that nothing else tells. */
static size_t most_words(const struct line *lines, size_t first, size_t end)
{
    size_t most = 0;
    for (size_t i = first; i < end; i++) {
        size_t words = known(&lines[i]) ? 0 : scan_words(lines[i].text);
        most = words > most ? words : most;
    }
    return most;
}

/* Whether a headline stands above the paragraph, alone: no line over the length has more words. */
static bool titled_above(const struct line *lines, size_t first, size_t length)
{
    size_t i = first;
    while (i > 0 && lines[i - 1].class == LINE_BLANK)
        i--;
    bool gap = i < first,
         plain = gap && i > 0 && (lines[i - 1].class == LINE_BODY || lines[i - 1].class == LINE_TITLE);
    return plain && line_title_like(lines[i - 1].text) &&
           scan_words(lines[i - 1].text) >= most_words(lines, first, length);
}

/* Over the length stand who wrote it, and where no headline stands above, that and its section: it has the
 * most words. */
static void above_length(const struct rules *rules, struct line *lines, size_t first, size_t length)
{
    size_t title = SIZE_MAX, most = 0;
    bool above = titled_above(lines, first, length);
    for (size_t i = first; i < length; i++) {
        struct byline byline;
        size_t words = scan_words(lines[i].text);
        bool whole = !above && length == first + 1; // "Ferries Again"
        if (known(&lines[i]))
            continue;
        if (!whole && author_read(rules, lines[i].text, &byline)) {
            set_class(&lines[i], LINE_BYLINE);
        } else if (words > most) {
            title = i;
            most = words;
        }
    }
    for (size_t i = first; i < length; i++)
        if (!known(&lines[i]) && (above || i != title))
            set_class(&lines[i], i < title && !above ? LINE_KICKER : LINE_LABEL);
}

/* Under it first the date and the time, then the paper. */
static void below_length(struct line *lines, size_t length, size_t end)
{
    bool dated = false, house = false;
    for (size_t i = length + 1; i < end; i++) {
        dated = dated || lines[i].class == LINE_TIME;
        house = house || lines[i].class == LINE_AGENCY;
        if (known(&lines[i]))
            continue;
        set_class(&lines[i], dated && !house ? LINE_AGENCY : LINE_LABEL);
        house = dated;
    }
}

static void paragraph(const struct rules *rules, struct line *lines, size_t first, size_t end)
{
    size_t length = first;
    while (length < end && !is_length(rules, lines[length].text))
        length++;
    bool fits = length < end && end - first >= FIELDS_MIN && end - first <= FIELDS_MAX;
    for (size_t i = first; i < end && fits; i++)
        fits = lines[i].text.n <= FIELD_MAX || lines[i].class == LINE_COPYRIGHT || i < length;
    if (!fits)
        return;
    above_length(rules, lines, first, length);
    set_class(&lines[length], LINE_LABEL);
    below_length(lines, length, end);
}

void records_classify(const struct rules *rules, struct line *lines, size_t n)
{
    size_t end;
    for (size_t first = 0; first < n; first = end + 1) {
        for (end = first; end < n && lines[end].class != LINE_BLANK;)
            end++;
        if (end - first <= FIELDS_MAX && end > first)
            paragraph(rules, lines, first, end);
        for (size_t i = first; i < end; i++)
            if (lines[i].class == LINE_BODY && code_of(lines[i].text) != CODE_NONE)
                set_class(&lines[i], LINE_LABEL);
        if (end > first && lines[end - 1].class == LINE_BODY && is_document(lines[end - 1].text))
            set_class(&lines[end - 1], LINE_END);
    }
}
