// SPDX-License-Identifier: MIT
/* parse: slices of lines in, dispatches out: every field of struct newswire_dispatch, where each came from,
 * and in words what was odd. What was not printed stays NULL; what cannot be is kept as printed, told, and
 * never guessed.
 *
 * Confidence: see confidence.h. A dispatch below the feed's min_confidence is made all the same, with a
 * warning. */
#ifndef DAEMON_PURE_PARSE_H
#define DAEMON_PURE_PARSE_H

#include "daemon/pure/reader.h"
#include "daemon/pure/split.h"

/* Topics are not given here. FATE_RETRY: memory ran out. */
enum fate parse_slices(struct arena *, const struct reader_input *, const struct decoded *,
                       const struct split *, const uint8_t file_digest[32], struct reader_slice **out,
                       struct err *e);

#endif
