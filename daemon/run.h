// SPDX-License-Identifier: MIT
/* run: the daemon itself: opens what it needs in order, turns the loop, ends clean. */
#ifndef DAEMON_RUN_H
#define DAEMON_RUN_H

#include "daemon/flows/settings.h"

/* From here on SIGTERM, SIGINT and SIGHUP wait until the loop hears them. Call it before the settings are read: a signal
 * that comes meanwhile must not end the process. */
void run_hold_signals(void);

/* Runs until SIGTERM or SIGINT; `path` is read again on SIGHUP (NULL: defaults). Takes `settings` over.
 * Returns the exit status: 0, 1 (could not start, or lost something it cannot be without), 4 (the store is
 * unusable). */
int run_daemon(const char *path, struct settings *settings);

/* Takes what is there now, commits it and returns: 0, 1, 3 (something was rejected), 4. Nothing is
 * published. */
int run_once(struct settings *settings);

#endif
