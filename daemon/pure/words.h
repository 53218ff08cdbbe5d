// SPDX-License-Identifier: MIT
/* words: folded words to values, for who looks up every word of a text. A word of the rules may stand for all
 * that begin with it: languages that decline their words have a dozen endings for each.
 *
 * Keys are not copied: they must live as long as the words. A later value of the same key replaces the earlier
 * one. What is looked up must have WORDS_BEYOND readable bytes behind it, whatever these are: it is read in
 * pieces of eight without a jump for each length. */
#ifndef DAEMON_PURE_WORDS_H
#define DAEMON_PURE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_BEYOND 8
#define WORDS_BEGIN_MAX 63 /* bytes of a beginning: a bit each in `lengths`, the lowest for none */

struct words_entry;
struct words_table {
    struct words_entry *entries;
    uint64_t *slots; /* open addressing, at most half full: number of the entry plus one, above it a part of its hash */
    size_t n, size;  /* size: 0 or a power of two */
};
struct words { /* all zero: empty */
    struct words_table whole, begins;
    uint64_t lengths[256]; /* of the beginnings that start with a byte */
};

bool words_put(struct words *, const char *word, size_t n, const void *value); /* false: memory ran out */
/* A beginning of 1 to WORDS_BEGIN_MAX bytes. */
bool words_put_begin(struct words *, const char *begin, size_t n, const void *value);
void words_free(struct words *);

/* The value of the word, else of the longest of its beginnings that has `least` bytes or more, else NULL. */
const void *words_get(const struct words *, const char *word, size_t n, size_t least);

#endif
