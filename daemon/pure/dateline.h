// SPDX-License-Identifier: MIT
/* dateline: the two places where a dispatch says where, when and by whom it was made: the line that stands
 * alone between headline and text ("14:58, 8 November 2023", "Armenia - Feb 23 2023", "Modern Diplomacy"),
 * and the words that a first paragraph begins with ("YEREVAN, NOVEMBER 8, ARMENPRESS.", "PARIS (AFP) -").
 *
 * They refuse what only begins like one. Only the head of a line is looked at, so that each costs the same.
 */
#ifndef DAEMON_PURE_DATELINE_H
#define DAEMON_PURE_DATELINE_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/when.h"

#define DATELINE_MAX 200 /* bytes of a dateline, at most */
#define STAMP_MAX 120    /* bytes of a line that stands alone */

/* A line of nothing but a date, a time, an agency, a town, a country and words that mean nothing beside them
 * ("posted on", "#198", a section's name), at least one of the first five. */
struct stamp {
    const struct rules_agency *agency; /* NULL = none */
    struct view agency_words;          /* as printed */
    struct view town;                  /* .n 0 = none */
    const char *country;               /* NULL = none */
    struct when when;
    bool group;   /* in a wire's figures: "AFP 081432 GMT NOV 06", "AP-NY-11-08-04 0612EST" */
    bool updated; /* the only date is that of a change: "Updated 8 November 2023" */
    bool common;  /* the agency is a common word, with neither brackets nor a date to make it an agency */
};
bool stamp_read(const struct rules *, struct view line, struct stamp *out);

/* The same of a line with a date and a clock and a few words that nobody knows: "ANNA EXAMPLE Lyon 19 FEB
 * 2014 - 20:14", "19:05 12/05/2016 >> Society". Of an `anchor`, a line whose place says that it tells when,
 * one of date and clock will do. *front: the words in front, .n 0 = none. */
bool stamp_loose(const struct rules *, struct view line, bool anchor, struct stamp *out, struct view *front);

/* Whether a line that is short enough has a time of day in figures: no other can be a loose one. */
bool stamp_clock(struct view line);

/* A few words that nobody knows and, behind or in front of a sign, a stamp with a whole date: "Lake Herald (RI) -
 * September 8, 2008". *name: the words, without what stands in brackets behind them. */
bool stamp_behind(const struct rules *, struct view line, struct view *name, struct stamp *out);

struct dateline {
    struct view words;                 /* all of it as printed, without a dash at its end */
    struct view town;                  /* .n 0 = none printed */
    struct view second;                /* "Wien" in "Baku/Wien"; .n 0 = none printed */
    struct view region;                /* "Massachusetts", "Russia"; .n 0 = none printed */
    const struct rules_agency *agency; /* NULL = none, or not in the rules */
    struct view agency_words;          /* as printed, known or not; .n 0 = none */
    struct view person;                /* "Elchin Musayev" in "Baku. Elchin Musayev - APA."; .n 0 = none */
    struct when when;
    bool sure; /* false: a town and a dash or a colon, or an agency and a full stop, and nothing else */
};
bool dateline_read(const struct rules *, struct view paragraph, struct dateline *out);

#endif
