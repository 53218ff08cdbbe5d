// SPDX-License-Identifier: MIT
/* rules_set: what a set of rules is inside; for rules.c, which reads files into it, and rules_find.c, which
 * looks things up. Nobody else includes it. All text lies in the arena, folded where it is a key. */
#ifndef DAEMON_PURE_RULES_SET_H
#define DAEMON_PURE_RULES_SET_H

#include "daemon/base/arena.h"
#include "daemon/pure/evidence.h"
#include "daemon/pure/identity.h"
#include "daemon/pure/map.h"
#include "daemon/pure/rules.h"
#include "daemon/pure/words.h"

/* A folded text in a list: an alias, a phrase, a word. */
struct phrase {
    struct phrase *next;
    const char *text;
    size_t n;
    int kind;      /* enum rules_credit or rules_line */
    bool common;   /* an alias that is a common word */
    bool namesake; /* an alias that is another house's name first */
};

/* A number that a word stands for: of a month, or one of the enums of rules.h. */
struct numbered {
    int number;
};

/* What a spelling of an agency leads to. */
struct spelling {
    struct spelling *namesake; /* the next of that name */
    const struct rules_agency *agency;
    bool common;
};

/* What the spellings that begin with one word have in common. */
struct first_word {
    size_t longest;   /* bytes of the longest of them */
    uint64_t seconds; /* a bit for each sign that their second words begin with: its lower six bits */
};

/* A month's name in characters, for rules_month_near(). */
struct month_name {
    struct month_name *next;
    const char *text; /* folded */
    size_t n;
    int month;
};

/* Phrases by their first byte; sealed: the longest first. */
struct phrases {
    struct phrase *first[256];
};

struct agency {
    struct agency *next;
    struct rules_agency is;
    const char *key; /* folded name */
    const char *file;
    struct phrase *aliases;
};

struct topic_rule {
    struct topic_rule *next;
    struct rules_topic is;
};

/* Towns of one name, the biggest first. */
struct place {
    struct place *next;
    struct rules_place is;
};

/* The words of a language that have weights, to a struct rules_weight. */
#define RULES_LANGUAGES_MAX 32
struct rules_words {
    const char *code; /* "" is every language */
    struct words words;
};

struct rules {
    struct arena *arena;
    struct agency *agencies;
    struct topic_rule *topic_rules, **topic_end;
    struct phrases prefixes, credits;
    struct month_name *month_names;
    struct map agency_keys;   /* made by rules_seal(): names and aliases, to a struct spelling */
    struct map agency_firsts; /* their first words, to a struct first_word */
    struct map words;         /* the first word of every key, to a struct numbered of enum rules_word */
    struct map countries, months, weekdays, zones, fillers, lines, labels, places;
    const struct rules_topic **topics; /* made by rules_seal() */
    size_t ntopics;
    struct rules_subject subjects[RULES_SUBJECTS_MAX];
    size_t nsubjects, nweights;
    struct rules_words languages[RULES_LANGUAGES_MAX]; /* the first for every language */
    size_t nlanguages;
    struct words mentions;       /* to a country's code */
    struct words mention_firsts; /* the first words of names that have several */
    int evidence[EVIDENCE_N];
    uint64_t weighed; /* the evidence that has a weight, a bit each */
    uint8_t digest[IDENTITY_DIGEST];
    bool sealed;
};

#endif
