// SPDX-License-Identifier: MIT
/* rules_read: a rules file being read; for rules.c and rules_lists.c, nobody else includes it.
 *
 * Everything here returns false only when memory ran out: what is wrong in a file is told with its line and
 * left out, and reading goes on. */
#ifndef DAEMON_PURE_RULES_READ_H
#define DAEMON_PURE_RULES_READ_H

#include "daemon/pure/rules_set.h"

enum section {
    SECTION_NONE, /* unknown: told once, its keys are passed over */
    SECTION_AGENCY,
    SECTION_TOPIC,
    SECTION_WATCH,
    SECTION_MONTHS,
    SECTION_WEEKDAYS,
    SECTION_ZONES,
    SECTION_FILLERS,
    SECTION_LINES,
    SECTION_LABELS,
    SECTION_CREDITS,
    SECTION_COUNTRIES,
    SECTION_EVIDENCE,
    SECTION_SUBJECT,
    SECTION_WEIGHTS,
    SECTION_MENTIONS,
};

/* A file being read. */
struct reading {
    struct rules *rules;
    const char *file;
    struct conf_problems *out;
    bool good, full; /* full: memory ran out */
    enum section section;
    struct agency *agency;
    struct topic_rule *topic;
    struct rules_subject *subject;
    struct words *weights;
    struct map spellings; /* of the agencies of this file: whose each is */
};

/* Appends "file:line: message". */
bool rulefile_problem(struct reading *, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool rulefile_full(struct reading *); /* false: notes that memory ran out */

/* Copies a text; puts a value under a folded key; puts a phrase, folded or as written, in front of a list. */
bool rulefile_text(struct reading *, const char *value, const char **out);
bool rulefile_key(struct reading *, struct map *, const char *key, const void *value);
bool rulefile_phrase(struct reading *, struct phrase **list, const char *value, bool fold, int kind);

bool rulefile_code(struct reading *, int line, const char *value, const char **out); /* a country's, in lower case */
int rulefile_subject(const struct reading *, const char *name, size_t n);            /* its number; -1: none */

/* A section with a name begins. */
bool rulefile_topic_begin(struct reading *, const char *name, int line);
bool rulefile_subject_begin(struct reading *, const char *name, int line);
bool rulefile_weights_begin(struct reading *, const char *language, int line); /* "": every language */

/* A key of the section of that name. */
bool rulefile_months(struct reading *, const char *key, const char *value, int line);
bool rulefile_weekdays(struct reading *, const char *key, const char *value, int line);
bool rulefile_zones(struct reading *, const char *key, const char *value, int line);
bool rulefile_fillers(struct reading *, const char *key, const char *value, int line);
bool rulefile_lines(struct reading *, const char *key, const char *value, int line);
bool rulefile_labels(struct reading *, const char *key, const char *value, int line);
bool rulefile_credits(struct reading *, const char *key, const char *value, int line);
bool rulefile_topic(struct reading *, const char *key, const char *value, int line);
bool rulefile_subject_key(struct reading *, const char *key, const char *value, int line);
bool rulefile_weights(struct reading *, const char *key, const char *value, int line);
bool rulefile_mentions(struct reading *, const char *key, const char *value, int line);

#endif
