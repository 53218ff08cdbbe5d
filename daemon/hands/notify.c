// SPDX-License-Identifier: MIT
/* notify: see notify.h and sd_notify(3). sd_notify() itself waits when the manager does not read; here
 * nothing may wait, because news would wait with it. The protocol is one datagram, and sd_notify(3) says
 * that it is stable. A change of state that was not taken is owed, and sent before anything else later; a
 * status or a ping is simply left out. */
#include "daemon/hands/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_MAX 1024
static char owed[MESSAGE_MAX]; /* "" = nothing */

/* False when the manager has no room for it now. Without a manager, or with one that is gone, there is
 * nobody to tell. */
static bool send_now(const char *message)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof at.sun_path)
        return true;
    memcpy(at.sun_path, path, strlen(path));
    if (path[0] == '@') // the abstract namespace is spelled with a NUL
        at.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    ssize_t n = sendto(fd, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&at, size);
    bool full = n < 0 && (errno == EAGAIN || errno == ENOBUFS);
    close(fd);
    return !full;
}

static bool pay(void)
{
    if (owed[0] != '\0' && send_now(owed))
        owed[0] = '\0';
    return owed[0] == '\0';
}

static void tell(const char *message)
{
    if (pay())
        send_now(message);
}

/* The newest state is the one that counts. */
static void tell_state(const char *message)
{
    if (!pay() || !send_now(message))
        snprintf(owed, sizeof owed, "%s", message);
}

/* A status is one line: what follows a newline would be read as an assignment of its own. */
static int line_length(const char *text)
{
    return (int)strcspn(text, "\n");
}

void notify_ready(const char *status)
{
    char message[MESSAGE_MAX];
    snprintf(message, sizeof message, "READY=1\nSTATUS=%.*s", line_length(status), status);
    tell_state(message);
}

/* Type=notify-reload wants to know when, so that it can tell this reload from an earlier one. */
void notify_reloading(void)
{
    struct timespec now;
    char message[MESSAGE_MAX];
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(message, sizeof message, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
             (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
    tell_state(message);
}

void notify_stopping(void)
{
    tell_state("STOPPING=1");
}

void notify_status(const char *status)
{
    char message[MESSAGE_MAX];
    snprintf(message, sizeof message, "STATUS=%.*s", line_length(status), status);
    tell(message);
}

uint64_t notify_watchdog_ms(void)
{
    uint64_t usec = 0;
    return sd_watchdog_enabled(0, &usec) > 0 ? usec / 2 / 1000 : 0;
}

void notify_watchdog(void)
{
    tell("WATCHDOG=1");
}
