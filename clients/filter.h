// SPDX-License-Identifier: MIT
/* filter: a subscription made ready for two questions that are asked very often: is this record wanted, and
 * could a record with these hashes be mine? Means exactly what topic_wanted() means, at a cost that does not
 * grow with the number of plain patterns. Pure.
 *
 * Invariant: filter_wants() is never true for a record for whose trail set filter_may_want() is false. */
#ifndef CLIENTS_FILTER_H
#define CLIENTS_FILTER_H

#include "proto/topic.h"

struct filter;

/* Copies the patterns. NULL: memory. */
struct filter *filter_new(const struct topic_pattern *patterns, size_t n);
void filter_free(struct filter *); /* NULL is fine */

bool filter_wants(const struct filter *, const char *const *topics, size_t ntopics);

/* `hashes`: of every topic of a record and of all their ancestors (a set of a trail). A collision makes it
 * true. */
bool filter_may_want(const struct filter *, const uint32_t *hashes, size_t n);

#endif
