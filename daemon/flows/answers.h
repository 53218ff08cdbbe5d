// SPDX-License-Identifier: MIT
/* answers: what is said to asks that are answered in one message: where a time lies, topics, the status,
 * the outcome of a drop file. It reads the store and the numbers of the house; it sends nothing and logs
 * nothing. */
#ifndef DAEMON_FLOWS_ANSWERS_H
#define DAEMON_FLOWS_ANSWERS_H

#include "daemon/hands/store.h"

#define ANSWERS_TOPICS 1000 /* topics told at once */

/* The answer to any ask but ASK_REQUEST. `out` points into the arena and the ask. Anything but FATE_DONE:
 * there is no answer now, for the reason in `e`. `now_ms`: wall clock. */
enum fate answers_make(struct store_reader *, struct arena *, const struct ask *, int64_t now_ms,
                       struct answer *out, struct err *e);

#endif
