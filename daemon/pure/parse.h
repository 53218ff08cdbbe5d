// SPDX-License-Identifier: MIT
/* parse: slices of lines in, dispatches out: every field of struct newswire_dispatch, where each came from,
 * and in words what was odd. What was not printed stays NULL; what cannot be is kept as printed, told, and
 * never guessed.
 *
 * Confidence: 0.3, and 0.25 for a headline (0.1 if it ends like a sentence), 0.2 for a date, 0.15 for an
 * agency, 0.1 for a dateline or a byline; less 0.05 for each warning. A dispatch without any anchor has 0.3
 * at most. At least 0.05. */
#ifndef DAEMON_PURE_PARSE_H
#define DAEMON_PURE_PARSE_H

#include "daemon/pure/reader.h"
#include "daemon/pure/split.h"

/* Topics are not given here. FATE_RETRY: memory ran out. */
enum fate parse_slices(struct arena *, const struct reader_input *, const struct decoded *,
                       const struct split *, const uint8_t file_digest[32], struct reader_slice **out,
                       struct err *e);

#endif
