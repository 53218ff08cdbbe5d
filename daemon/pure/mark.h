// SPDX-License-Identifier: MIT
/* mark: what ends a text and is none of it: "-0-", "ENDS", "L.D. –0–", "jh/pvh/rl", "PTI KR SAB".
 *
 * It refuses what only ends like one: "It was 3-0", "Here the road ends". Pure; only the last words are
 * looked at. */
#ifndef DAEMON_PURE_MARK_H
#define DAEMON_PURE_MARK_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

/* Bytes of the text in front of an end mark: "... said. L.D. -0-" without " L.D. -0-"; text.n = there is
 * none, 0 = it is nothing else. */
size_t end_mark(const struct rules *, struct view text);

#endif
