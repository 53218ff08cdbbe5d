// SPDX-License-Identifier: MIT
/* mails: a file that was mailed may hold dispatches that are mails themselves, and the words of the one who
 * passed it on: what stands around a text that is quoted, and a salutation under the mail's head.
 *
 * Pure, linear. */
#ifndef DAEMON_PURE_MAILS_H
#define DAEMON_PURE_MAILS_H

#include "daemon/pure/lines.h"

/* A file whose lines have no classes yet but LINE_BLANK. */
struct mails {
    const struct rules *rules;
    const struct line *lines;
    size_t n;
};

/* Whether line i is a field of a mail's head that the rules know. */
bool mails_label(const struct mails *, size_t i);

/* Whether a mail's head begins at line i. */
bool mails_head(const struct mails *, size_t i);

/* ... and its text below without a headline: that is the subject then. */
bool mails_letter(const struct mails *, size_t i);

/* Whether two or more such mails are in the file: one alone may bring a whole digest. */
bool mails_letters(const struct mails *);

/* Makes the sender's own words LINE_MAIL; the lines have their classes already. */
void mails_wrapping(struct line *lines, size_t n);

/* Bytes of a field's name and its colon at the front of a mail's head line, known or not: "Xref: ". 0 = none. */
size_t mails_field(struct view line);

#endif
