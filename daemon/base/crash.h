// SPDX-License-Identifier: MIT
/* crash: named points at which a test may end the process as a power cut or a SIGSEGV would. In the product
 * the function is empty; the daemon that the flows run is linked with tests/crash_points.c in its place. */
#ifndef DAEMON_BASE_CRASH_H
#define DAEMON_BASE_CRASH_H

/* `file`: the drop file in hand, NULL if none. */
void crash_point(const char *point, const char *file);

#endif
