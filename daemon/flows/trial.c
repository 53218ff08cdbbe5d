// SPDX-License-Identifier: MIT
/* trial: see trial.h. The child calls nothing but the pure rooms and touches no descriptor, for the locks of spool and
 * store are shared with it; it ends with its parent, so that they never outlive the daemon. */
#include "daemon/flows/trial.h"

#include "daemon/base/crash.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reading 64 MB takes about one; and less than half of the unit's WatchdogSec. */
unsigned trial_seconds = 10;

static _Noreturn void try_it(struct arena *arena, const struct reader_input *in, pid_t parent)
{
    struct reader_result result;
    struct err e;
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0); // it died before that was said
    sigprocmask(SIG_SETMASK, &none, NULL); // or the alarm would wait for ever
    alarm(trial_seconds);
    reader_read(arena, in, &result, &e);
    crash_point("parsed", in->name);
    _exit(0);
}

bool trial_survived(struct arena *arena, const struct reader_input *in, struct err *e)
{
    int status = 0;
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        try_it(arena, in, parent);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (child < 0 || !WIFSIGNALED(status))
        return true;
    return err_set(e, "reading it ends in signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
}
