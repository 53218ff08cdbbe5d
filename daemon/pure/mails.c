// SPDX-License-Identifier: MIT
/* mails: see mails.h. */
#include "daemon/pure/mails.h"

#include <string.h>

#define SALUTATION_MAX 50 /* bytes */
#define SALUTATION_WORDS 5
#define LETTER_LINES 30 /* of the sender's words, at most */
#define SIGNATURE_LINES 6
#define FIELD_MAX 30 /* bytes of a field's name */

static void sent(struct line *lines, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (lines[i].class != LINE_BLANK)
            lines[i].class = LINE_MAIL;
}

/* What stands before and behind a quotation that is most of the file. */
static void around_quotation(struct line *lines, size_t n)
{
    size_t shown = 0, quoted = 0, first = n, end = 0;
    for (size_t i = 0; i < n; i++) {
        bool mark = lines[i].quoted && lines[i].class != LINE_BLANK;
        shown += lines[i].class != LINE_BLANK;
        quoted += mark;
        first = mark && first == n ? i : first;
        end = mark ? i + 1 : end;
    }
    if (quoted * 2 < shown || quoted == 0)
        return;
    sent(lines, 0, first);
    sent(lines, end, n);
}

/* "Dear friends,", "Estimados amigos:" */
static bool salutes(struct view v)
{
    char last = v.n > 0 ? v.p[v.n - 1] : 0;
    return v.n <= SALUTATION_MAX && scan_words(v) <= SALUTATION_WORDS &&
           (last == ',' || last == ':' || last == '!');
}

/* A letter under the mail's head: from its salutation to the rule that divides it from what it brings. */
static void under_head(struct line *lines, size_t n)
{
    size_t i = 0, end;
    while (i < n && (lines[i].class == LINE_BLANK || lines[i].class == LINE_MAIL))
        i++;
    if (i == 0 || i == n || lines[i].class != LINE_BODY || !salutes(lines[i].text))
        return;
    for (end = i; end < n && end - i < LETTER_LINES && lines[end].class != LINE_SEPARATOR;)
        end++;
    if (end < n && lines[end].class == LINE_SEPARATOR)
        sent(lines, i, end);
}

/* What stands under "--", the mark of a signature, to the end of the file or of what was quoted, or the next mail's
 * head. */
static void signed_off(struct line *lines, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        struct view v = lines[i].text;
        end = i + 1;
        if (lines[i].class != LINE_SEPARATOR || v.n != 2 || *v.p != '-')
            continue;
        size_t shown = 0;
        while (end < n && shown <= SIGNATURE_LINES && lines[end].class != LINE_MAIL &&
               mails_field(lines[end].text) == 0)
            shown += lines[end++].class != LINE_BLANK;
        bool head = end == n || lines[end].class == LINE_MAIL || lines[end].class == LINE_LABEL;
        if (head && shown <= SIGNATURE_LINES)
            sent(lines, i, end);
    }
}

size_t mails_field(struct view line)
{
    size_t n = 0;
    while (n < line.n && n < FIELD_MAX && *line.p >= 'A' && *line.p <= 'Z' &&
           (line.p[n] == '-' || (unsigned char)line.p[n] >= 0x80 || scan_letter(line.p + n, line.n - n) > 0))
        n++;
    bool colon = n > 1 && n < line.n && line.p[n] == ':';
    return colon && (n + 1 == line.n || line.p[n + 1] == ' ') ? n + 1 : 0;
}

void mails_wrapping(struct line *lines, size_t n)
{
    around_quotation(lines, n);
    under_head(lines, n);
    signed_off(lines, n);
}
