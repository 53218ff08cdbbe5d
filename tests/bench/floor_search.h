// SPDX-License-Identifier: MIT
/* floor_search: the least that a full-text index beside a durable wire must do: FTS5, in a thread and a
 * database file of its own (search.db), reading what floor.db has committed. It is derived from that, so it
 * need not be durable; the merge work of FTS5 is put off. */
#ifndef TESTS_BENCH_FLOOR_SEARCH_H
#define TESTS_BENCH_FLOOR_SEARCH_H

struct floor_search;

/* In the working directory, beside floor.db, which exists; to index dispatches 1 .. count. */
struct floor_search *floor_search_start(long count);
/* Something was committed. */
void floor_search_ring(struct floor_search *);
/* Waits until all are indexed and tells when (monotonic) that was. */
double floor_search_end(struct floor_search *);

#endif
