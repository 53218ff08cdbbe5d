// SPDX-License-Identifier: MIT
/* hostile: files made to cost time or memory: one kind of line, sign or byte for as long as wanted. For the test of
 * the bounds and for `make bounds`, which measures them. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stddef.h>
#include <stdint.h>

struct hostile {
    const char *name;  /* "all datelines" */
    const char *front; /* stands once, at the front */
    const char *unit;  /* comes again and again */
    size_t unit_n;
};

extern const struct hostile hostile_kinds[];
extern const size_t hostile_nkinds;

void hostile_fill(const struct hostile *, uint8_t *out, size_t n);

#endif
