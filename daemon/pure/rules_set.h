// SPDX-License-Identifier: MIT
/* rules_set: what a set of rules is inside; for rules.c, which reads files into it, and rules_find.c, which
 * looks things up. Nobody else includes it. All text lies in the arena, folded where it is a key. */
#ifndef DAEMON_PURE_RULES_SET_H
#define DAEMON_PURE_RULES_SET_H

#include "daemon/base/arena.h"
#include "daemon/pure/identity.h"
#include "daemon/pure/map.h"
#include "daemon/pure/rules.h"

/* A folded text in a list: an alias, a phrase, a word. */
struct phrase {
    struct phrase *next;
    const char *text;
    size_t n;
    enum rules_credit credit;
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
    const char *topic, *rule, *file;
    struct phrase *words; /* as written, not folded; the last one first */
    size_t nwords;
};

/* Towns of one name, the biggest first. */
struct place {
    struct place *next;
    struct rules_place is;
};

struct rules {
    struct arena *arena;
    struct agency *agencies;
    struct topic_rule *topic_rules, **topic_end;
    struct phrase *prefixes, *credits; /* sealed: the longest first */
    struct map agency_keys;            /* made by rules_seal(): names and aliases */
    struct map agency_firsts;          /* their first words, each with the longest that begins so */
    struct map countries, months, weekdays, fillers, furniture, places;
    struct rules_topic *topics;
    size_t ntopics;
    uint8_t digest[IDENTITY_DIGEST];
    bool sealed;
};

#endif
