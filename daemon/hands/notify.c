// SPDX-License-Identifier: MIT
/* notify: see notify.h and sd_notify(3). Results are not looked at: a manager that does not listen changes
 * nothing. */
#include "daemon/hands/notify.h"

#include <inttypes.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

/* A status is one line: what follows a newline would be read as an assignment of its own. */
static int line_length(const char *text)
{
    return (int)strcspn(text, "\n");
}

void notify_ready(const char *status)
{
    sd_notifyf(0, "READY=1\nSTATUS=%.*s", line_length(status), status);
}

/* Type=notify-reload wants to know when, so that it can tell this reload from an earlier one. */
void notify_reloading(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
               (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void notify_status(const char *status)
{
    sd_notifyf(0, "STATUS=%.*s", line_length(status), status);
}

uint64_t notify_watchdog_ms(void)
{
    uint64_t usec = 0;
    return sd_watchdog_enabled(0, &usec) > 0 ? usec / 2 / 1000 : 0;
}

void notify_watchdog(void)
{
    sd_notify(0, "WATCHDOG=1");
}
