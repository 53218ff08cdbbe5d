// SPDX-License-Identifier: MIT
/* topic: the grammar of topics, their hash, and what a subscription means. Pure; used by both ends.
 *
 * A topic is a path of segments, each followed by `/`: "place/am/yerevan/". A segment is one or more of
 * [a-z0-9-] (a first `@` is the daemon's own). At most TOPIC_MAX bytes. Because every segment ends in `/`,
 * a ZeroMQ prefix never matches half a word. The full text for strangers is proto/README.md. */
#ifndef PROTO_TOPIC_H
#define PROTO_TOPIC_H

#include "proto/err.h"

#include <stddef.h>
#include <stdint.h>

#define TOPIC_MAX 200           /* bytes of a topic with its last `/` */
#define TOPIC_ALL "all/"        /* every record, once */
#define TOPIC_TRAIL "@trail/"   /* the daemon's trails */
#define TOPICS_PER_RECORD 256   /* a record with more is cut, with a warning */

/* False for "@trail/" too, and for what lies below "all/": no record may carry those. */
bool topic_valid(const char *topic);

/* 32-bit hash of a topic (or of an ancestor, `/` included) in a trail: CRC-32 as in zlib, PNG and
 * Ethernet. */
uint32_t topic_hash(const char *topic, size_t n);

/* Calls nothing for "all/": that one is implied. Hashes of the topic and all its ancestors, shortest first:
 * "a/b/c/" gives a/, a/b/, a/b/c/. Returns how many were written, at most `max`. */
size_t topic_hashes(const char *topic, uint32_t *out, size_t max);

/* A pattern of a client: "subject/sport", "place/ * /paris/" (no spaces), "!language/en/". topic_pattern
 * checks it and writes the normal form (with `/` at the end) to `out`. False with the reason in `e`. */
struct topic_pattern {
    bool exclude;              /* had a leading `!` */
    bool wild;                 /* has a `*` segment */
    char text[TOPIC_MAX + 1];  /* without `!` */
    char prefix[TOPIC_MAX + 1]; /* what the socket filters by: the text up to the first `*` segment, TOPIC_ALL if
                                   that is empty */
};
bool topic_pattern(const char *text, struct topic_pattern *out, struct err *e);

/* Whether the topic, or an ancestor of it, is what the pattern's text names (`exclude` is not looked at
 * here). TOPIC_ALL matches every topic. */
bool topic_matches(const struct topic_pattern *p, const char *topic);

/* Whether a record with these topics is wanted: no `!` pattern matches any of them, and some other pattern
 * does (or there is no other pattern). */
bool topic_wanted(const struct topic_pattern *patterns, size_t npatterns, const char *const *topics,
                  size_t ntopics);

/* Turns words into a segment: lower case, runs of anything else become one `-`, none at the ends; letters
 * must be ASCII already (daemon/pure/text transliterates). Returns its length, 0 if nothing is left. */
size_t topic_segment(char *out, size_t size, const char *words, size_t n);

#endif
