// SPDX-License-Identifier: MIT
/* query: what a standing query of the operator asks, read into a tree and answered. Pure, and knows no text:
 * who searches says which terms were found.
 *
 *     strike AND (miners OR "coal field*") NOT headline:football
 *     agency:tass /budget (deficit|gap)/
 *
 * A term is a word, a "phrase" or a /regular expression/, with a field and a colon in front or looked for in
 * headline and body; a `*` at its end lets its last word go on. Terms that stand side by side must all be
 * there, as with AND, which binds tighter than OR; NOT binds tightest. */
#ifndef DAEMON_PURE_QUERY_H
#define DAEMON_PURE_QUERY_H

#include "daemon/base/arena.h"
#include "proto/err.h"

#include <stdint.h>

/* Fields of a dispatch that terms are looked for in, a bit each, in the order in which they are looked at. */
enum query_field {
    QUERY_HEADLINE = 1,
    QUERY_BODY = 2,
    QUERY_AGENCY = 4,
    QUERY_BY = 8,
    QUERY_LOCATED = 16,
    QUERY_LANGUAGE = 32,
    QUERY_TEXT = QUERY_HEADLINE | QUERY_BODY, /* of a term that names no field */
};
#define QUERY_FIELDS 6
extern const char *const query_fields[QUERY_FIELDS]; /* "headline", ... */

struct query_term {
    struct query_term *next;
    const char *text;   /* as written, without quotes, slashes and the star */
    int line;           /* of the file it stands in */
    uint8_t fields;     /* enum query_field */
    bool regex;
    bool begins; /* had a star */
    bool alone;  /* gives its topic without a query */
};

/* Terms in order; a term's number is its place. */
struct query_terms {
    struct query_term *first, **end;
    size_t n;
};

struct query;

/* Reads a query and appends its terms (their line is `line`). NULL with the reason in `e`: it cannot be read, or it
 * is true of a text that has none of its words, or memory ran out (then the arena cannot give any more). */
const struct query *query_read(struct arena *, const char *text, int line, struct query_terms *, struct err *e);

/* A term by itself, as in `words = peace talks`. False: memory ran out. */
bool query_phrase(struct arena *, const char *text, int line, struct query_terms *);

/* Whether it is true where found(context, number) says which of the terms are there. */
bool query_true(const struct query *, bool (*found)(const void *context, size_t term), const void *context);

#endif
