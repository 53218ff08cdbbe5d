// SPDX-License-Identifier: MIT
/* slug: the lines that wires print for desks: "u i BC-Korea-Ferry,0150", "URGENT", "Urgency: 3". */
#ifndef DAEMON_PURE_SLUG_H
#define DAEMON_PURE_SLUG_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

/* Of a field of an export, or with `wire` of a line that is a wire's. *words: the slugline, .n 0 = none.
 * *urgency: 1 (flash) to 8, 0 = none is printed. */
void slug_read(const struct rules *, struct view line, bool wire, struct view *words, unsigned *urgency);

/* The urgency that the first words of a line name ("URGENT", "Flash", "Срочно"); 0 = none. */
unsigned slug_urgency(struct view line);

#endif
