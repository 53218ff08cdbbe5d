// SPDX-License-Identifier: MIT
/* property: inputs for properties of the reader, made by a seeded generator, and the shrinking of one that
 * breaks a property. Lines end in LF and no CR stands in them, so that a property may give them other ends.
 *
 * PROPERTY_SEED and PROPERTY_RUNS in the environment repeat a run or make it longer. */
#ifndef TESTS_PROPERTY_H
#define TESTS_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROPERTY_BYTES (16u << 10) /* of an input, at most */

struct bytes {
    size_t n;
    uint8_t at[PROPERTY_BYTES];
};

uint64_t property_seed(void); /* of this run; sets the generator to it */
unsigned property_runs(void);
size_t below(size_t n); /* 0..n-1 by chance; 0 for n = 0 */

void put(struct bytes *, const char *text); /* what has no room is dropped */
void put_bytes(struct bytes *, const void *p, size_t n);

/* --- kinds of inputs: each empties `out` first
 * ----------------------------------------------------------------- */

/* Bytes of a few kinds of alphabets: any, ASCII, signs, damaged UTF-8. */
void any_bytes(struct bytes *out);

/* Lines of every kind that a digest has, and of those it should not have, in any order. Valid UTF-8 without
 * NUL. */
void any_lines(struct bytes *out);

/* A golden input, or one of the score's, with a few lines or bytes changed, dropped or doubled. */
void golden_changed(struct bytes *out);

/* Three to five dispatches of one of the common layouts, in good order: each has a headline that nothing else
 * in the file says, a whole date whose day cannot be a month, an agency and text. `first` numbers the
 * headlines. */
void good_digest(struct bytes *out, unsigned first);

/* --- shrinking
 * ------------------------------------------------------------------------------------------------- */

/* NULL: it holds. Else what is wrong, in words that live until the next call. */
typedef const char *property(const struct bytes *in);

/* Drops lines, more at first, as long as the property does not hold; prints what is left as a shell command
 * that writes it, so that it can become a golden input; returns what is wrong with it. */
const char *property_shrink(property *, struct bytes *in);

#endif
