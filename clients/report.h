// SPDX-License-Identifier: MIT
/* report: a daemon's status for a person, and as Prometheus metrics. Pure: status in, text out; ages count
 * from the daemon's own clock (status.now), so that a client with another clock tells no nonsense. */
#ifndef CLIENTS_REPORT_H
#define CLIENTS_REPORT_H

#include "proto/frames.h"

#include <stdio.h>

/* Whether a person has nothing to do: intake is not paused and the drop directory is there. */
bool report_healthy(const struct status *);

/* Aligned text; what is wrong comes first. `endpoint`: where it was asked. */
void report_text(FILE *, const struct status *, const char *endpoint, bool colour);

/* Prometheus text format 0.0.4: newswire_* with HELP and TYPE. */
void report_prometheus(FILE *, const struct status *);

/* "3 s", "5 min", "2 h 10 min", "4 days 3 h". Returns `out`. */
char *report_age(char out[32], int64_t ms);

/* "17 bytes", "1.2 GiB". Returns `out`. */
char *report_size(char out[32], uint64_t bytes);

#endif
