// SPDX-License-Identifier: MIT
/* bell: see bell.h. A counter in the kernel: rings that nobody has heard yet add up to one, and none is
 * lost. */
#include "daemon/hands/bell.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int bell_new(struct err *e)
{
    int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bell < 0)
        err_sys(e, "bell");
    return bell;
}

/* EAGAIN is fine in both: a full counter is ringing already, an empty one is silent already. */
void bell_ring(int bell)
{
    int kept = errno;
    uint64_t one = 1;
    while (write(bell, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    errno = kept;
}

void bell_hush(int bell)
{
    int kept = errno;
    uint64_t rings;
    while (read(bell, &rings, sizeof rings) < 0 && errno == EINTR)
        continue;
    errno = kept;
}

void bell_wait(int bell)
{
    struct pollfd rung = {.fd = bell, .events = POLLIN};
    while (poll(&rung, 1, -1) < 0 && errno == EINTR)
        continue;
    bell_hush(bell);
}

void bell_free(int bell)
{
    if (bell >= 0)
        close(bell);
}
