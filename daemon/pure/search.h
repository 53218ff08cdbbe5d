// SPDX-License-Identifier: MIT
/* search: what a person asks the search index, read into terms. Pure, and knows no index.
 *
 *     strike "coal field*" OR budget -headline:football agency:armenpress topic:subject/sport
 * after:2023-11-08
 *
 * A term is a word or a "phrase", looked for in headline, body and by, or only in the one that stands before
 * it with a colon; a `*` at its end lets its last word go on. topic: is a topic and all below it, as
 * subscribers name them; agency:, feed:, place:, subject:, language: and watch: are topics too. All terms
 * must be there; of those with OR between them, one; of those with a `-` in front, none. after: and before:
 * bound the printed time, or that of storing where none was printed.
 *
 * Refuses whatever it cannot read, with the column; so nothing a person types reaches the index as it is. */
#ifndef DAEMON_PURE_SEARCH_H
#define DAEMON_PURE_SEARCH_H

#include "daemon/base/arena.h"
#include "proto/err.h"
#include "proto/topic.h"

#define SEARCH_TERMS_MAX 64

enum search_where { SEARCH_TEXT, SEARCH_HEADLINE, SEARCH_BODY, SEARCH_BY, SEARCH_TOPIC };

struct search_term {
    enum search_where where;
    bool exclude;
    bool alternative;                  /* or else the term before it */
    bool begins;                       /* its last word may go on */
    const char *text;                  /* words, in the arena; of a topic NULL */
    const struct topic_pattern *topic; /* never with `exclude` set */
};

struct search {
    struct search_term terms[SEARCH_TERMS_MAX];
    size_t n;
    int64_t after,
        before; /* ms: at `after` or later, earlier than `before`; INT64_MIN, INT64_MAX: no bound */
};

/* False with "column 12: ...", counted in characters from 1. */
bool search_read(struct arena *, const char *query, struct search *out, struct err *e);

#endif
