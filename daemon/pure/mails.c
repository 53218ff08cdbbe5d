// SPDX-License-Identifier: MIT
/* mails: see mails.h. */
#include "daemon/pure/mails.h"

#include <string.h>

#define SALUTATION_MAX 50 /* bytes */
#define SALUTATION_WORDS 5
#define SIGNATURE_MAX 60
#define SIGNATURE_LINES 5
#define LETTER_LINES 30 /* of the sender's words, at most */

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

/* "--", a name and what one is, at the end of the file or of what was quoted, or over another mail's head. */
static void signed_off(struct line *lines, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (lines[i].class != LINE_SEPARATOR || lines[i].text.n != 2 || *lines[i].text.p != '-')
            continue;
        size_t end = i + 1;
        while (end < n && end - i <= SIGNATURE_LINES && lines[end].class != LINE_BLANK &&
               lines[end].class != LINE_MAIL && lines[end].text.n <= SIGNATURE_MAX)
            end++;
        size_t behind = end;
        while (behind < n && lines[behind].class == LINE_BLANK)
            behind++;
        if (end > i + 1 && (behind == n || lines[behind].class == LINE_MAIL))
            sent(lines, i, end);
    }
}

void mails_wrapping(struct line *lines, size_t n)
{
    around_quotation(lines, n);
    under_head(lines, n);
    signed_off(lines, n);
}
