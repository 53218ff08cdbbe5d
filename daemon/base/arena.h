// SPDX-License-Identifier: MIT
/* arena: memory of one drop file, taken in bits and given back at once.
 * Bounded: past its limit it answers NULL, and who asked returns FATE_RETRY or FATE_BAD, never aborts. */
#ifndef DAEMON_BASE_ARENA_H
#define DAEMON_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(size_t limit); /* bytes it may ever hold; NULL when memory ran out */
void arena_free(struct arena *);       /* NULL is fine */
void arena_reset(struct arena *);      /* gives all back but one block of at most 1 MiB, kept warm */

/* Zeroed, aligned for any type. NULL past the limit or when memory ran out. Of 0 bytes: a unique pointer. */
void *arena_alloc(struct arena *, size_t n) __attribute__((malloc, alloc_size(2)));

/* The same, but not zeroed, for who writes all that is read. */
void *arena_room(struct arena *, size_t n) __attribute__((malloc, alloc_size(2)));

/* A copy with a NUL behind it. */
char *arena_text(struct arena *, const char *p, size_t n);

/* Formatted text. */
char *arena_printf(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What was taken since the mark is given back, all of it, as if it had never been. */
struct block;
struct arena_mark { /* opaque */
    struct block *newest;
    size_t used;
    struct block *large;
    size_t given;
};
struct arena_mark arena_mark(const struct arena *);
void arena_release(struct arena *, struct arena_mark);

size_t arena_used(const struct arena *);
size_t arena_limit(const struct arena *);
bool arena_full(const struct arena *); /* something went past the limit since the last reset */

#endif
