// SPDX-License-Identifier: MIT
/* store_query: other people's SQL over all segments as if they were one. Read only, with the daemon up or
 * down.
 *
 * The tables are the views of a segment: records, dispatches, files, seen_again. The first two are asked for
 * by seq, files by n, in order or backwards, without reading the rest; anything else looks at every row. */
#ifndef DAEMON_HANDS_STORE_QUERY_H
#define DAEMON_HANDS_STORE_QUERY_H

#include "proto/err.h"

#include <stdbool.h>
#include <stddef.h>

struct store_query;

/* NULL with the reason. */
struct store_query *store_query_open(const char *directory, struct err *e);
void store_query_close(struct store_query *); /* NULL is fine */

/* One statement that only reads. `json`: its rows are one column, each an object. False with the reason. */
bool store_query_begin(struct store_query *, const char *sql, bool json, struct err *e);
/* A row. False: there is none, or `*failed`, with the reason. */
bool store_query_row(struct store_query *, bool *failed, struct err *e);

/* Until the next row. */
size_t store_query_columns(const struct store_query *);
const char *store_query_name(const struct store_query *, size_t column);
const char *store_query_text(struct store_query *, size_t column, size_t *n); /* NULL: SQL's null */

#endif
