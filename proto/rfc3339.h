// SPDX-License-Identifier: MIT
/* rfc3339: times as people and JSON write them <-> ms since 1970. */
#ifndef PROTO_RFC3339_H
#define PROTO_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

#define RFC3339_MAX 40

/* "2026-11-23T09:00:00Z", with "+04:00", with fractions (ms are kept), with a blank for T;
 * "2026-11-23T09:00" and "2026-11-23" are meant in the local zone. False: not a time, or a date that does
 * not exist. */
bool rfc3339_read(const char *text, int64_t *ms);

/* UTC, seconds: "2026-11-23T09:00:00Z". Returns `out`. */
char *rfc3339_write(char out[RFC3339_MAX], int64_t ms);

#endif
