// SPDX-License-Identifier: MIT
/* look: what the splitter asks again and again of each line, answered once: a few bits a line, and what it
 * gives as text. Classes say what a line is; these say how it reads. */
#ifndef DAEMON_PURE_LOOK_H
#define DAEMON_PURE_LOOK_H

#include "daemon/pure/choose.h"
#include "daemon/pure/lines.h"

#define LOOK_UNSURE 60 /* a class whose score is less is doubtful */

enum look {
    LOOK_PLAIN = 1 << 0,    /* LINE_BODY, LINE_HEADING, or the LINE_TITLE of a label */
    LOOK_TITLE = 1 << 1,    /* may be a headline: no sentence, not long; plain, or of a doubtful class */
    LOOK_ENDS = 1 << 2,     /* ends as a sentence does */
    LOOK_COLON = 1 << 3,    /* ends in a colon: something is announced */
    LOOK_QUESTION = 1 << 4, /* ends in a question mark */
    LOOK_UPPER = 1 << 5,    /* all in capitals */
    LOOK_LOWER = 1 << 6,    /* begins with a small letter */
    LOOK_SHORT = 1 << 7,    /* a few words */
    LOOK_LONG = 1 << 8,     /* no headline is so long */
    LOOK_ITEM = 1 << 9,     /* begins as an item of a list does */
    LOOK_DATE = 1 << 10,    /* a time line, agency line or dateline with a date */
    LOOK_CLOCK = 1 << 11,   /* ... with a time of day */
    LOOK_ENTRY = 1 << 12,   /* of the list of headlines at the top of the file (contents.c) */
    LOOK_LISTED = 1 << 13,  /* a headline that the list has */
    LOOK_WIDE = 1 << 14,    /* a blank run wider than the file's usual one */
    LOOK_DATED = 1 << 15,   /* plain, short, and has a year or a time of day in figures */
    LOOK_MARK = 1 << 16,    /* the mark that ends a dispatch stands at its end */
    LOOK_SIGNED = 1 << 19,  /* LOOK_DATED, and the date stands behind words and a sign (stamp_behind()) */
    LOOK_BROKEN = 1 << 18,  /* a sentence ends inside it and another begins */
    LOOK_NAMED = 1 << 17,   /* a label says that it is the headline */
};

struct looks {
    uint32_t *of;  /* of each line, enum look */
    uint8_t *text; /* of each line, enum choose_text */
    bool unwrapped; /* no program wrapped its paragraphs */
    size_t width;   /* characters of the line that one in ten lines is longer than: where others were wrapped */
};

/* A file as the rooms of the splitter see it. */
struct page {
    const struct rules *rules;
    const struct line *lines; /* classified */
    size_t n;
    struct looks looks;
};

/* Fills in .looks. False when memory ran out. */
bool looks_take(struct arena *, struct page *);

static inline uint8_t page_class(const struct page *p, size_t i)
{
    return p->lines[i].class;
}

static inline bool page_plain(const struct page *p, size_t i)
{
    return (p->looks.of[i] & LOOK_PLAIN) != 0;
}

/* Classes that stand anywhere in a head and say nothing. */
static inline bool page_passed_over(const struct page *p, size_t i)
{
    return page_class(p, i) == LINE_BLANK || page_class(p, i) == LINE_FURNITURE;
}

/* Lines that say who, where and when, and stand above or under a headline. */
static inline bool page_says_when(const struct page *p, size_t i)
{
    uint8_t class = page_class(p, i);
    return class == LINE_TIME || class == LINE_AGENCY || class == LINE_COUNTRY || class == LINE_PLACE ||
           class == LINE_LABEL;
}

/* Lines that stand above a headline and say nothing of time or place. */
static inline bool page_leads(const struct page *p, size_t i)
{
    return page_class(p, i) == LINE_KICKER || page_class(p, i) == LINE_SLUG;
}

#endif
