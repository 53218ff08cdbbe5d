// SPDX-License-Identifier: MIT
/* rules: what the parser and the tagger know of the world, as data: agencies, month names, furniture, credit phrases,
 * towns, topics. The shipped files of daemon/rules/ are built into the program (rules_shipped()); an operator's
 * files are laid over them, a section of the same name replacing the shipped one.
 *
 * Pure. After rules_seal() a set never changes, so that it is swapped whole on SIGHUP. All text is UTF-8; keys for
 * lookup are folded by text_fold() (case, accents and apostrophes do not matter). */
#ifndef DAEMON_PURE_RULES_H
#define DAEMON_PURE_RULES_H

#include "daemon/pure/conf.h"

struct rules;

struct rules_agency {
    const char *name;     /* canonical: "ARMENPRESS" */
    const char *town;     /* home, NULL = none */
    const char *country;  /* ISO 3166-1 alpha-2, lower case, NULL = none */
    const char *zone;     /* tz database, NULL = none */
    const char *language; /* BCP 47, NULL = none */
    const char *segment;  /* topic segment: "armenpress" */
};

struct rules_place {
    const char *name;    /* "Yerevan" */
    const char *country; /* "am" */
    const char *segment; /* "yerevan" */
    uint32_t population;
};

/* Topic rules: the words that give a topic. */
struct rules_topic {
    const char *topic;        /* "subject/economy-business-and-finance/" or "watch/<name>/", normal form */
    const char *rule;         /* "topics.rules:41": file and line, for --explain */
    const char *const *words; /* literal phrases, any of them gives it; ends with NULL */
};

struct rules *rules_new(void);
void rules_free(struct rules *);

/* Lays one file over what is there: INI sections, or with a name that ends in ".tsv" places (name, country, population
 * between tabs, and where its topic is that of another spelling, that one). A list ([months] [weekdays] [fillers]
 * [furniture] [credits] [countries]) is added to, an [agency], [topic] or [watch] of a name that another file gave
 * replaces it. Problems as in conf_read. False: there was a
 * problem, told in `out`; what is good of the file counts none the less. */
bool rules_add(struct rules *, const char *name, const char *text, size_t n, struct conf_problems *out);
/* All shipped files. False only when memory ran out or a shipped file is broken (a defect of the build). */
bool rules_shipped(struct rules *, struct conf_problems *out);
/* Ends adding: sorts, indexes, hashes. */
bool rules_seal(struct rules *, struct err *e);

/* BLAKE2b of all rules text in order: "the same rules" means the same bytes here. */
const uint8_t *rules_digest(const struct rules *); /* 16 bytes */

/* Lookups; `p` is text as printed. NULL or 0 = not known. */
const struct rules_agency *rules_agency(const struct rules *, const char *p, size_t n);
/* The longest agency name or alias that text begins with at p (whole words); *used = bytes it took. */
const struct rules_agency *rules_agency_at(const struct rules *, const char *p, size_t n, size_t *used);
/* The biggest town of that name; in `country` first if that is not NULL. */
const struct rules_place *rules_place(const struct rules *, const char *p, size_t n, const char *country);
const char *rules_country(const struct rules *, const char *p, size_t n); /* "Armenia" -> "am" */
int rules_month(const struct rules *, const char *p, size_t n);           /* 1..12, 0 = no month's name */
int rules_weekday(const struct rules *, const char *p, size_t n);         /* 1 = Monday .. 7, 0 = none */
bool rules_filler(const struct rules *, const char *p, size_t n); /* a word of a time line without a meaning: "at" */
/* Whether the whole line is furniture ("Save", "Skip to main content", "Share", a copyright line). */
bool rules_furniture(const struct rules *, const char *p, size_t n);
/* Whether the line begins with a credit phrase ("Edited and translated by", "By:"); *used = bytes of the phrase. */
enum rules_credit {
    CREDIT_NONE,
    CREDIT_BY,
    CREDIT_EDITED,
    CREDIT_COPYRIGHT,
    CREDIT_SOURCE,
    CREDIT_FLASH, /* no credit: a headline that begins so ("URGENT") may have no text */
};
enum rules_credit rules_credit(const struct rules *, const char *p, size_t n, size_t *used);

size_t rules_topics(const struct rules *, const struct rules_topic **out);

#endif
