// SPDX-License-Identifier: MIT
/* tally: which lines of a file are of one form, and a slot for each form in which a room counts what it
 * likes. Two lines are of one form when they have the same words, whatever their figures.
 *
 * It holds hashes, not words, and never grows: forms for which there is no room near their slot are not
 * counted. So time and memory stay linear, whatever a stranger sends. */
#ifndef DAEMON_PURE_TALLY_H
#define DAEMON_PURE_TALLY_H

#include "daemon/base/arena.h"
#include "daemon/pure/scan.h"

#define TALLY_FULL SIZE_MAX

struct tally {
    uint64_t *keys; /* 0 = free */
    size_t size;    /* slots, a power of two */
};

/* For up to `lines` lines. False when memory ran out. */
bool tally_new(struct arena *, size_t lines, struct tally *out);

/* What has no part in a form: numbers ("Comments (4)"), or all words with figures ("Document LBA0014x"). */
enum tally_apart { TALLY_NUMBERS, TALLY_CODES };

/* The key of a line's form, never 0. */
uint64_t tally_key(struct view, enum tally_apart);

/* The slot of a key, 0 to size - 1, which takes it if nobody has it; TALLY_FULL: there is no room. */
size_t tally_take(struct tally *, uint64_t key);

/* The slot of a key that was taken; TALLY_FULL: it was not. */
size_t tally_find(const struct tally *, uint64_t key);

#endif
