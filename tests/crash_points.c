// SPDX-License-Identifier: MIT
/* The tests' half of daemon/base/crash.h: $NEWSWIRE_CRASH = "POINT", "POINT:N" (at the N-th pass) or "POINT@FILE"
 * (with that drop file in hand) kills the process there, with SIGKILL, so that nothing is tidied up. "POINT~N": the thread that
 * passes there the N-th time stands still for ever. */
#include "daemon/base/crash.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void crash_point(const char *point, const char *file)
{
    static unsigned long passes;
    const char *wanted = getenv("NEWSWIRE_CRASH");
    size_t n = strlen(point);
    if (wanted == NULL || strncmp(wanted, point, n) != 0)
        return;
    const char *rest = wanted + n;
    if (*rest == '@' && (file == NULL || strcmp(rest + 1, file) != 0))
        return;
    if ((*rest == ':' || *rest == '~') && ++passes < strtoul(rest + 1, NULL, 10))
        return;
    while (*rest == '~')
        pause();
    if (*rest == '\0' || *rest == '@' || *rest == ':')
        raise(SIGKILL);
}
