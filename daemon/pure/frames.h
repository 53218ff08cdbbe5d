// SPDX-License-Identifier: MIT
/* frames: rules that stand above and below a head, so that the second of them divides nothing: "====" / "KUNA |
 * 3 March 2008 | 12:32" / "====". Only where a file does so again and again.
 *
 * Pure, linear. */
#ifndef DAEMON_PURE_FRAMES_H
#define DAEMON_PURE_FRAMES_H

#include "daemon/pure/lines.h"

/* Makes the lower rule of each frame LINE_FURNITURE; the lines have their classes already. */
void frames_classify(struct line *lines, size_t n);

#endif
