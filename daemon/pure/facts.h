// SPDX-License-Identifier: MIT
/* facts: what the lines between headline and text, and the dateline, say of a dispatch: who, where, when.
 * Read from lines that the splitter has classified; nothing is guessed from other dispatches here but the
 * year. */
#ifndef DAEMON_PURE_FACTS_H
#define DAEMON_PURE_FACTS_H

#include "daemon/pure/dateline.h"
#include "daemon/pure/split.h"

#define FACTS_NO_LINE SIZE_MAX

/* Line numbers are FACTS_NO_LINE where nothing was found. */
struct facts {
    const struct rules_agency *agency; /* NULL: none, or one that the rules do not know */
    struct view agency_name;           /* as printed, of an agency that the rules do not know */
    size_t agency_line;
    const char *country; /* of a line of its own */
    struct when stamp;   /* of the time line */
    size_t stamp_line;
    struct dateline dateline;
    size_t dateline_line;
};
void facts_read(const struct rules *, const struct line *lines, const struct split_slice *,
                struct facts *out);

/* The printed date and time put together. */
struct printed {
    int year, month, day; /* day 0 = none, or one that cannot be (`odd`) */
    bool year_printed;
    bool has_time, odd;
    bool mended; /* the time line's date cannot be: it is the dateline's */
    int hour, minute, second;
    bool has_offset;
    int offset;
    size_t line; /* where the date stands */
};
void facts_printed(const struct facts *, struct printed *out);

/* Years that were not printed: each like the date of the dispatch before it that has one (or else of the
 * first behind it); with none in the file the last year in which the day is not later than `arrival` (days
 * since 1970) and a day. */
void facts_years(struct printed *all, size_t n, int64_t arrival);

#endif
