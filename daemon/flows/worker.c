// SPDX-License-Identifier: MIT
/* worker: see worker.h. */
#include "daemon/flows/worker.h"

#include "daemon/hands/bell.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static void *work(void *arg)
{
    struct worker *w = arg;
    const struct worker_job *job = w->job;
    bool up = w->up = job->open(w->self, &w->why);
    sem_post(&w->opened);
    while (up && !atomic_load(&w->stop))
        job->turn(w->self);
    if (up && job->last != NULL)
        job->last(w->self);
    job->close(w->self);
    return NULL;
}

/* Signals are blocked before the thread begins, so that there is no moment in which one could land on it. */
static int spawn(struct worker *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int rc = pthread_create(&w->thread, NULL, work, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc == 0)
        pthread_setname_np(w->thread, w->job->name);
    return rc;
}

bool worker_start(struct worker *w, const struct worker_job *job, void *self, struct err *e)
{
    memset(w, 0, sizeof *w);
    w->job = job;
    w->self = self;
    w->bell = bell_new(e);
    if (w->bell < 0)
        return false;
    sem_init(&w->opened, 0, 0);
    int rc = spawn(w);
    if (rc == 0) {
        while (sem_wait(&w->opened) != 0)
            continue;
        if (w->up)
            return true;
        pthread_join(w->thread, NULL);
        err_set(e, "%s", w->why.text);
    } else {
        errno = rc;
        err_sys(e, "thread %s", job->name);
    }
    sem_destroy(&w->opened);
    bell_free(w->bell);
    return false;
}

void worker_stop(struct worker *w)
{
    atomic_store(&w->stop, true);
    bell_ring(w->bell);
    pthread_join(w->thread, NULL);
    sem_destroy(&w->opened);
    bell_free(w->bell);
}

int64_t worker_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
