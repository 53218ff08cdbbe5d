// SPDX-License-Identifier: MIT
/* mails: a file that was mailed may hold dispatches that are mails themselves, and the words of the one who
 * passed it on: what stands around a text that is quoted, and a salutation under the mail's head.
 *
 * Pure, linear. */
#ifndef DAEMON_PURE_MAILS_H
#define DAEMON_PURE_MAILS_H

#include "daemon/pure/lines.h"

/* Makes the sender's own words LINE_MAIL; the lines have their classes already. */
void mails_wrapping(struct line *lines, size_t n);

/* Bytes of a field's name and its colon at the front of a mail's head line, known or not: "Xref: ". 0 = none. */
size_t mails_field(struct view line);

#endif
