// SPDX-License-Identifier: MIT
/* terms: looks for every phrase and expression of the topic rules at once. The only room that sees vectorscan
 * (package libvectorscan-dev, header hs.h).
 *
 * Phrases and text are both folded (text_fold), so case, accents, curly quotes and line breaks inside a phrase
 * do not matter, in any script, and vectorscan looks for plain bytes. Each field is looked at by itself: no
 * phrase reaches from one into the next.
 *
 * Compiled terms never change; several threads may use them, each with a search of its own. */
#ifndef DAEMON_PURE_TERMS_H
#define DAEMON_PURE_TERMS_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

struct terms;
struct terms_search; /* what was found in one dispatch */

/* NULL with "file:line: why" in `e`. `rules` must outlive it. */
struct terms *terms_new(const struct rules *, struct err *e);
void terms_free(struct terms *);

unsigned terms_fields(const struct terms *); /* those that any term is looked for in: enum query_field */

/* NULL: memory ran out. */
struct terms_search *terms_begin(const struct terms *);
/* Looks at one field, folded; each at most once. */
enum fate terms_look(const struct terms *, struct terms_search *, enum query_field, struct view folded, struct err *e);
void terms_end(const struct terms *, struct terms_search *); /* NULL is fine */

/* The topic rules of which a term was found, in the order in which they were. */
size_t terms_topics(const struct terms_search *);

struct terms_hit {
    const struct query_term *term;
    const char *field; /* where it was found first */
};

/* One of them, if it is true, with at most `most` (1 or more) of its terms that were found, *n of them; else NULL. */
const struct rules_topic *terms_topic(const struct terms *, const struct terms_search *, size_t i,
                                      struct terms_hit *hits, size_t most, size_t *n);

#endif
