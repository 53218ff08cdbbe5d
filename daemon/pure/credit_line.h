// SPDX-License-Identifier: MIT
/* credit_line: which lines say who wrote, edited, owns or gave a text, by how they begin and what follows; credit.h
 * takes them apart. What only begins like one is text. Pure. */
#ifndef DAEMON_PURE_CREDIT_LINE_H
#define DAEMON_PURE_CREDIT_LINE_H

#include "daemon/pure/lines.h"

/* begins: what rules_word() says of the first word. LINE_BODY: it is none. */
struct line_look credit_look(const struct rules *, struct view line, unsigned begins);

#endif
