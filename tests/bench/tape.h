// SPDX-License-Identifier: MIT
/* tape: the messages of three frames that a daemon has sent, in a file, so that a raw PUB can send the very same.
 * Each frame is its length (32 bits, as the machine has it) and its bytes; a trail has two frames, the third is
 * empty. */
#ifndef TESTS_BENCH_TAPE_H
#define TESTS_BENCH_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tape {
    char *p;
    size_t n, at;
};

struct tape_frame {
    char *p;
    uint32_t n;
};

struct tape tape_load(const char *path);
/* The next message; false at the end of the tape. */
bool tape_next(struct tape *, struct tape_frame frames[3]);
/* Whether its topic begins so. */
bool tape_topic(const struct tape_frame *topic, const char *prefix);

#endif
