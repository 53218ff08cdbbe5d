// SPDX-License-Identifier: MIT
/* habits: what a file repeats. The heads that a first choice took show its layouts, all candidates show which
 * borders have a head under them; both become evidence for the second choice. */
#ifndef DAEMON_PURE_HABITS_H
#define DAEMON_PURE_HABITS_H

#include "daemon/pure/choose.h"
#include "daemon/pure/heads.h"

/* Sets BORDER_USUAL. */
void habits_borders(struct heads *);

/* Sets the LAYOUT_ evidence by the heads that were chosen, choices[k] being that of head k; and `brief` of
 * the choices whose layout had no text behind it more often than not. False when memory ran out. */
bool habits_layouts(struct heads *, struct choice *choices);

#endif
