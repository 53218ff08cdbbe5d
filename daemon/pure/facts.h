// SPDX-License-Identifier: MIT
/* facts: what the lines of a dispatch say of who made it, where and when: for each field the word of its best
 * source, and the word of another that contradicts it. The order of the enums below is the ranking: what
 * comes first is believed. Read from lines that the splitter has classified; nothing is guessed here from
 * other dispatches (see siblings.h).
 *
 * Agency. An editor's note that says whose text follows, then the line that prints the house as a field, the
 * dateline, the headline's own ("ARMENPRESS: ...", "... - Trend"), what comes with a name, who is credited as
 * the source, a line behind the text, then who owns it and may only have passed it on, then the heading of
 * the whole file, the feed's default, and with none of all these the sentence that says "X reports". */
#ifndef DAEMON_PURE_FACTS_H
#define DAEMON_PURE_FACTS_H

#include "daemon/pure/dateline.h"
#include "daemon/pure/split.h"

#define FACTS_NO_LINE SIZE_MAX
#define FACTS_NAMES 4
#define FACTS_DATES 6

enum agency_from {
    AGENCY_NOTE, /* "Text of report by Armenian news agency Mediamax" */
    AGENCY_LINE,
    AGENCY_DATELINE,
    AGENCY_HEADLINE,
    AGENCY_BYLINE,
    AGENCY_SOURCE,
    AGENCY_END, /* a line of its own behind the text */
    AGENCY_COPYRIGHT,
    AGENCY_FILE, /* the file's heading */
    AGENCY_FEED,
    AGENCY_TEXT, /* "..., Trend reports.", "... told Trend" */
};
enum by_from {
    BY_HEAD,     /* under or over the headline */
    BY_DATELINE, /* "Baku. Elchin Musayev - APA." */
    BY_END,      /* "By X" behind the text */
    BY_NAME,     /* a name alone there */
};
enum place_from {
    PLACE_DATELINE,
    PLACE_LINE,   /* a line of its own */
    PLACE_BYLINE, /* "NAME in CITY" */
};
enum date_from {
    DATE_LINE,
    DATE_DATELINE,
    DATE_SOURCE, /* "Source: X, in Russian 0845 GMT 1 Nov 04" */
    DATE_END,    /* a line behind the text */
    DATE_HEADLINE,
    DATE_UPDATED, /* only the time of a change was printed */
    DATE_FILE,    /* the file's heading */
    DATE_TEXT,    /* "... on Wednesday, June 17, 2015, ..." in the first words of the text */
};

/* For people: "dateline". */
const char *agency_from_word(enum agency_from);
const char *by_from_word(enum by_from);
const char *place_from_word(enum place_from);
const char *date_from_word(enum date_from);

/* What one line says of a field. */
struct claim {
    size_t line; /* FACTS_NO_LINE: nobody says anything */
    struct view words;
    int from;                          /* of the field's enum */
    const struct rules_agency *agency; /* of an agency: NULL = the rules do not know it */
};

struct dated {
    size_t line;
    struct view words; /* the line, or the dateline */
    enum date_from from;
    struct when when;
};

struct facts {
    struct claim agency, agency_other; /* other: a line against a dateline */
    struct claim by[FACTS_NAMES];      /* all from the same kind of source, in order */
    size_t nby;
    struct claim by_other;
    struct claim place;
    struct view region;  /* printed with the place; .n 0 = none */
    const char *country; /* printed in a line of its own or with the agency; NULL = none */
    size_t country_line; /* FACTS_NO_LINE: none, or it is the house's */
    struct dateline dateline;
    size_t dateline_line;
    struct dated dates[FACTS_DATES]; /* by rank */
    size_t ndates;
    struct claim slug; /* from: unused */
    struct claim urgent;
    unsigned urgency; /* 1..8; 0 = none printed */
};

void facts_read(const struct rules *, const struct line *lines, const struct split_slice *,
                struct facts *out);

/* Agency and date of the heading of the whole file, looked for in lines [0, end). */
struct heading {
    struct claim agency;
    struct dated date;   /* .when.day 0 = none */
    const char *country; /* that it names; NULL = none */
};
void facts_heading(const struct rules *, const struct line *lines, size_t end, struct heading *out);

/* Who owns the last of n dispatches, if no other has an owner and most name no house: then it is the whole
 * file's. */
void facts_owner(const struct facts *all, size_t n, struct heading *out);

/* Takes what the heading says where the dispatch says nothing; then a name that was taken for a house is a person's. */
void facts_inherit(const struct rules *, struct facts *, const struct heading *);

/* The printed date and time put together. */
struct printed {
    int year, month, day; /* day 0 = none, or one that cannot be (`odd`) */
    bool year_printed;
    bool has_time, odd;
    bool has_offset;
    int offset;
    int hour, minute, second;
    const struct dated *date;   /* where the date stands; NULL = nowhere */
    const struct dated *time;   /* where the time of day stands */
    const struct dated *mended; /* the better source, whose date cannot be */
    const struct dated *other;  /* contradicts the date: the dateline or the line that was not believed */
};
void facts_printed(const struct facts *, struct printed *out);

#endif
