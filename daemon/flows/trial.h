// SPDX-License-Identifier: MIT
/* trial: reading a drop file in a process of its own. A daemon that was ended twice with the same file in hand may have
 * been ended by it, or by somebody else at a bad moment; nothing but trying tells the two apart. */
#ifndef DAEMON_FLOWS_TRIAL_H
#define DAEMON_FLOWS_TRIAL_H

#include "daemon/pure/reader.h"

#include <sys/types.h>

/* Reads the input in a child and waits for it, at most some seconds. False: the child was ended by it, or did not end;
 * `e` says how. A file that is refused in an orderly way, and a child that cannot be made, count as survived. Not while
 * another thread reads: a child has the locks that others held, and nobody to give them back. */
bool trial_survived(struct arena *, const struct reader_input *, struct err *e);

extern unsigned trial_seconds; /* a seam of the tests */

#endif
