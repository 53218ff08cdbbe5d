// SPDX-License-Identifier: MIT
/* cursor: a subscriber's place on disk: (epoch, seq, check) under a name, locked while held.
 * The file DIR/NAME is text, one line "newswire-cursor 1 <epoch hex16> <seq> <check hex16>", replaced by
 * write, fsync, rename. Beside it lies NAME@lock, which stays. */
#ifndef CLIENTS_CURSOR_H
#define CLIENTS_CURSOR_H

#include "proto/err.h"

#include <stdint.h>

struct cursor;
struct cursor_place {
    uint64_t epoch, seq, check;
};

/* Opens or prepares the cursor and takes its lock. `dir` NULL: $XDG_STATE_HOME/newswire,
 * ~/.local/state/newswire; missing directories are made. *found tells whether it was there, then *place is
 * filled in. NULL: bad name, held by another (another handle of this process too), not writable, damaged. */
struct cursor *cursor_open(const char *dir, const char *name, struct cursor_place *place, bool *found,
                           struct err *e);
bool cursor_save(struct cursor *, const struct cursor_place *, struct err *e); /* fsynced when it returns */
void cursor_close(struct cursor *); /* NULL is fine; saves nothing */

#endif
