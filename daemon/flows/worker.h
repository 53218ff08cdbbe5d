// SPDX-License-Identifier: MIT
/* worker: a thread that owns its hands. Whatever it uses is opened, used and closed on it; start returns
 * when all of that is open, or with the reason why not; only a bell and a stop flag reach it from outside.
 * Its signals are blocked. */
#ifndef DAEMON_FLOWS_WORKER_H
#define DAEMON_FLOWS_WORKER_H

#include "proto/err.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>

/* What it does; each is called on the thread with `self`. */
struct worker_job {
    const char *name; /* of the thread, at most 15 bytes */
    bool (*open)(void *self, struct err *e);
    void (*turn)(void *self);  /* again and again until worker_stop; waits for the bell itself */
    void (*last)(void *self);  /* once after the last turn; NULL = nothing */
    void (*close)(void *self); /* always, also after an open that failed half-way */
};

struct worker {
    const struct worker_job *job;
    void *self;
    int bell;
    pthread_t thread;
    sem_t opened;
    bool up;
    struct err why;
    atomic_bool stop;
};

/* False with the reason: nothing runs and nothing is to be stopped. `w` may not move while it runs. */
bool worker_start(struct worker *w, const struct worker_job *job, void *self, struct err *e);
void worker_stop(struct worker *w); /* ends the turns, waits until all is closed */

/* Monotonic ms, for the timers of its turns. */
int64_t worker_now(void);

#endif
