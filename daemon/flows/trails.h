// SPDX-License-Identifier: MIT
/* trails: which topics the records had that went out lately, so that who missed a copy knows it
 * (proto/README.md). Pure. A trail reaches back to the last one, and beyond that over the last 32 records
 * younger than 30 s. Its length tunes load and nothing else: whenever a record's topics are not known, the
 * window begins anew behind it. */
#ifndef DAEMON_FLOWS_TRAILS_H
#define DAEMON_FLOWS_TRAILS_H

#include "proto/frames.h"

#define TRAILS_RUN 64          /* records that go out between two trails, at most */
#define TRAILS_BACK 32         /* records that a trail repeats ... */
#define TRAILS_BACK_MS 30000   /* ... while they are younger than this */
#define TRAILS_WINDOW (TRAILS_RUN + TRAILS_BACK)

struct trails;

/* Nothing is known of any record up to `head`. NULL when memory ran out. */
struct trails *trails_new(uint64_t epoch, uint64_t head);
void trails_free(struct trails *);
/* As after trails_new: another epoch, or records that were never seen here (pruned before they went out). */
void trails_restart(struct trails *, uint64_t epoch, uint64_t head);

/* The record behind the last one went out (a seq further on begins the window anew). Times: any clock that
 * does not go back. When memory runs out the window begins anew behind it. */
void trails_add(struct trails *, uint64_t seq, const char *const *topics, size_t ntopics, int64_t now_ms);

/* The trail to send now; `out` points into `trails` until the next call. */
void trails_make(struct trails *, int64_t now_ms, struct trail *out);

#endif
