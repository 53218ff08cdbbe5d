// SPDX-License-Identifier: MIT
/* store_tend: private to the store's rooms. A thread of the writer's that moves logs into their databases, so
 * that no commit waits for the sync of a checkpoint; and that puts the log of a sealed segment away
 * altogether, so that it is one file from then on.
 *
 * Why it may exist: SQLite's own checkpoint runs inside the commit that is one page too many, and then that
 * commit takes tens of milliseconds. It shares with the writer the number of the open segment and a bell,
 * nothing else; whatever it does can fail, or be left undone by a crash, and loses nothing then: all is in
 * the log, or in a rollback journal that the next start takes back (store_start.c). */
#ifndef DAEMON_HANDS_STORE_TEND_H
#define DAEMON_HANDS_STORE_TEND_H

#include "proto/err.h"

#include <stdint.h>

struct store_tender;

/* Segments from `first` on may have logs left; `open` is the open one. NULL with the reason. */
struct store_tender *store_tend_start(const char *directory, uint64_t first, uint64_t open, struct err *e);
/* Asks for a checkpoint. */
void store_tend_ring(struct store_tender *, uint64_t open);
/* Whether a sealed segment still has its log: ring again. */
bool store_tend_behind(const struct store_tender *);
void store_tend_stop(struct store_tender *); /* NULL is fine */

#endif
