// SPDX-License-Identifier: MIT
/* json: a dispatch, and a status, as JSON.
 *
 * The line is what newswire(1) promises:
 * {"seq","kind","version","topics":[...],"feed","dateline","timePrecision",
 * "confidence","warnings":[...],"origin":{"file","index","offset","length","digest"},"ninjs":{...}}; keys
 * in this order, unknown ones left out, never null. "ninjs" validates against IPTC's ninjs 3.1 JSON
 * Schema. */
#ifndef PROTO_JSON_H
#define PROTO_JSON_H

#include "proto/frames.h"

/* One line without its newline, malloc'ed; NULL when memory ran out. `head` NULL: seq, kind and version
 * are left out (`newswired --parse`); topics are then taken from `topics`. */
char *json_line(const struct newswire_dispatch *, const struct head *head, const char *const *topics);

/* Only the ninjs object. A canceled record has another pubStatus. */
char *json_ninjs(const struct newswire_dispatch *, enum newswire_kind kind, const char *const *topics);

/* One line for an event that is no dispatch: {"event":"gone","epoch","from","to"} or
 * {"event":"epoch","epoch"}. */
char *json_event(const struct newswire_event *);

/* Status, indented by two. Times as RFC 3339 in UTC. */
char *json_status(const struct status *);

#endif
