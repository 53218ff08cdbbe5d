// SPDX-License-Identifier: MIT
/* mails: see mails.h. */
#include "daemon/pure/mails.h"

#include "daemon/pure/dateline.h"

#include <string.h>

#define SALUTATION_MAX 50 /* bytes */
#define SALUTATION_WORDS 5
#define LETTER_HEAD 30 /* lines of a mail's head, at most */
#define TITLE_LINES 3
#define SUBJECT_MIN 24 /* bytes of a headline that is the subject again */
#define NOTE_LINES 15 /* of who sends a quotation on */
#define LETTER_LINES 30 /* of the sender's words, at most */
#define SIGNATURE_LINES 6
#define FIELD_MAX 30 /* bytes of a field's name */

/* --- heads ---------------------------------------------------------------------------------------------- */

size_t mails_field(struct view line)
{
    size_t n = 0;
    while (n < line.n && n < FIELD_MAX && *line.p >= 'A' && *line.p <= 'Z' &&
           (line.p[n] == '-' || (unsigned char)line.p[n] >= 0x80 || scan_letter(line.p + n, line.n - n) > 0))
        n++;
    bool colon = n > 1 && n < line.n && line.p[n] == ':';
    return colon && (n + 1 == line.n || line.p[n + 1] == ' ') ? n + 1 : 0;
}

static enum rules_label label_of(const struct mails *m, size_t i)
{
    size_t used;
    return rules_label(m->rules, m->lines[i].text.p, m->lines[i].text.n, &used);
}

bool mails_label(const struct mails *m, size_t i)
{
    if (i >= m->n || m->lines[i].class == LINE_BLANK)
        return false;
    enum rules_label label = label_of(m, i);
    return label == LABEL_MAIL || label == LABEL_SUBJECT;
}

/* The line behind the paragraph that begins at line i. */
static size_t paragraph_end(const struct mails *m, size_t i)
{
    while (i < m->n && m->lines[i].class != LINE_BLANK)
        i++;
    return i;
}

/* Whether the mail whose head is lines [head, end) has a headline of its own at line `text`: neither the
 * subject again nor who and when. */
static bool letter_titled(const struct mails *m, size_t head, size_t end, size_t text)
{
    struct stamp stamp;
    struct byline byline;
    size_t text_end = paragraph_end(m, text), stamps = 0;
    if (text_end - text > TITLE_LINES || scan_ends_sentence(m->lines[text_end - 1].text))
        return false;
    struct view first = m->lines[text].text;
    first.n = first.n < SUBJECT_MIN ? first.n : SUBJECT_MIN;
    for (size_t k = head; k < end; k++)
        if (label_of(m, k) == LABEL_SUBJECT &&
            memmem(m->lines[k].text.p, m->lines[k].text.n, first.p, first.n) != NULL)
            return false;
    for (size_t k = text; k < text_end; k++)
        stamps += stamp_read(m->rules, m->lines[k].text, &stamp) || byline_read(m->rules, m->lines[k].text, &byline);
    return stamps < text_end - text;
}

bool mails_head(const struct mails *m, size_t i)
{
    size_t end = i, labels = 0;
    if (mails_field(m->lines[i].text) == 0 && !mails_label(m, i)) // as nearly all paragraphs
        return false;
    while (end < m->n && end - i <= LETTER_HEAD && m->lines[end].class != LINE_BLANK)
        labels += mails_label(m, end++);
    bool field = labels > 1 && mails_field(m->lines[i].text) > 0; // "Path:" above "From:"
    return end - i >= 2 && end - i <= LETTER_HEAD && (field || mails_label(m, i));
}

bool mails_letter(const struct mails *m, size_t i)
{
    if (!mails_head(m, i))
        return false;
    size_t end = paragraph_end(m, i), subjects = 0, text = end;
    for (size_t k = i; k < end; k++)
        subjects += label_of(m, k) == LABEL_SUBJECT;
    while (text < m->n && m->lines[text].class == LINE_BLANK)
        text++;
    return subjects == 1 && text < m->n && !letter_titled(m, i, end, text);
}

bool mails_letters(const struct mails *m)
{
    size_t letters = 0;
    for (size_t i = 0; i < m->n && letters < 2; i++)
        if (m->lines[i].class != LINE_BLANK && (i == 0 || m->lines[i - 1].class == LINE_BLANK))
            letters += mails_letter(m, i);
    return letters >= 2;
}

/* --- around what was sent ------------------------------------------------------------------------------- */

static void sent(struct line *lines, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (lines[i].class != LINE_BLANK)
            lines[i].class = LINE_MAIL;
}

/* The same of a few lines without a dateline: more than a note is news. */
static void sent_note(struct line *lines, size_t first, size_t end)
{
    size_t shown = 0;
    for (size_t i = first; i < end && shown <= NOTE_LINES; i++)
        shown += lines[i].class == LINE_DATELINE ? NOTE_LINES + 1 : lines[i].class != LINE_BLANK;
    if (shown <= NOTE_LINES)
        sent(lines, first, end);
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
    sent_note(lines, 0, first);
    sent_note(lines, end, n);
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
        if (i > 0 && head && shown > 0 && shown <= SIGNATURE_LINES)
            sent(lines, i, end);
    }
}

void mails_wrapping(struct line *lines, size_t n)
{
    around_quotation(lines, n);
    under_head(lines, n);
    signed_off(lines, n);
}
