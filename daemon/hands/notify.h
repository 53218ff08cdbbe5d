// SPDX-License-Identifier: MIT
/* notify: systemd's side of the house, the only room that sees libsystemd. Without $NOTIFY_SOCKET all
 * calls are silent. */
#ifndef DAEMON_HANDS_NOTIFY_H
#define DAEMON_HANDS_NOTIFY_H

#include <stdint.h>

void notify_ready(const char *status);
void notify_reloading(void);
void notify_stopping(void);
void notify_status(const char *status);
/* Ms between pings that the watchdog wants (half of WatchdogSec); 0 = no watchdog. */
uint64_t notify_watchdog_ms(void);
void notify_watchdog(void);

#endif
