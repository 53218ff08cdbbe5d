// SPDX-License-Identifier: MIT
/* print: an event as a person wants to read it. Pure: event and style in, text out; no descriptor, no clock.
 * Whatever a dispatch says, no control character and no bidirectional override of it reaches the terminal. */
#ifndef CLIENTS_PRINT_H
#define CLIENTS_PRINT_H

#include "newswire/newswire.h"

#include <stdio.h>

struct print_style {
    bool colour;
    size_t columns; /* of the terminal; 0 = none: nothing is shortened, paragraphs are wrapped at 80 */
    int64_t now_ms; /* a printed date that is today's (in the local zone) is left out */
};

/* One line, without newline: seq, time, agency, place, [feed] unless it is "default", headline, (topics).
 * Of a subject the last segment is shown, of agency, place, language and feed none, other topics whole.
 * The headline is never cut; topics that do not fit the terminal are counted ("+4"). The time is the
 * printed one in the place's own zone; "~14:58" is when it was stored, in the local zone, for a dispatch
 * that prints none. malloc'ed; NULL when memory ran out. */
char *print_line(const struct newswire_event *, const struct print_style *);

/* The whole dispatch: headline, fields, body, topics, warnings, origin; ends in a newline. malloc'ed, NULL as
 * above. */
char *print_whole(const struct newswire_event *, const struct print_style *);

/* The JSON line of a dispatch, as `newswire tail -o jsonl` has it. malloc'ed, NULL as above. */
char *print_json(const struct newswire_event *);

/* What happened, for an event that is no dispatch, without newline. malloc'ed, NULL as above. */
char *print_notice(const struct newswire_event *);

/* "2026-11-23 14:58" in the local zone; "never" for 0. Returns `out`. */
char *print_time(char out[32], int64_t ms);

/* Shows text to a person, of n bytes; see utf8_show(). */
void print_safe(FILE *, const char *p, size_t n);

#endif
