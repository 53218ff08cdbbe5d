// SPDX-License-Identifier: MIT
/* ahead: see ahead.h. Files are numbered as they are given. Whoever moves `begun` past a number reads that file,
 * and says so in `read`: what he has written until then is seen by who finds it there. Bells only wake.
 *
 * Invariant: awaited <= begun <= given <= awaited + AHEAD_FILES, so that a place has one file at a time. */
#include "daemon/flows/ahead.h"

#include "daemon/flows/worker.h"
#include "daemon/hands/bell.h"

#include <assert.h>
#include <stdlib.h>

struct ahead {
    struct worker worker; /* its bell: a file was given */
    int done;             /* a bell: the thread has read one */
    struct taking *files[AHEAD_FILES]; /* number n at n % AHEAD_FILES */
    atomic_bool read[AHEAD_FILES];
    atomic_uint given, begun;
    unsigned awaited; /* the main thread's */
};

/* Reads the next one that nobody has begun; false: there is none. */
static bool read_next(struct ahead *a)
{
    unsigned n = atomic_load(&a->begun);
    do {
        if (n == atomic_load(&a->given))
            return false;
    } while (!atomic_compare_exchange_weak(&a->begun, &n, n + 1));
    take_read(a->files[n % AHEAD_FILES]);
    atomic_store(&a->read[n % AHEAD_FILES], true);
    return true;
}

static bool ahead_open(void *self, struct err *e)
{
    (void)self;
    (void)e;
    return true;
}

static void ahead_turn(void *self)
{
    struct ahead *a = self;
    bell_wait(a->worker.bell);
    while (read_next(a))
        bell_ring(a->done);
}

static void ahead_close(void *self)
{
    (void)self;
}

struct ahead *ahead_start(struct err *e)
{
    static const struct worker_job job = {"ahead", ahead_open, ahead_turn, NULL, ahead_close};
    struct ahead *a = calloc(1, sizeof *a);
    if (a == NULL) {
        err_sys(e, "ahead");
        return NULL;
    }
    a->done = bell_new(e);
    if (a->done >= 0 && worker_start(&a->worker, &job, a, e))
        return a;
    bell_free(a->done);
    free(a);
    return NULL;
}

void ahead_stop(struct ahead *a)
{
    if (a == NULL)
        return;
    ahead_await_all(a);
    worker_stop(&a->worker);
    bell_free(a->done);
    free(a);
}

void ahead_give(struct ahead *a, struct taking *t)
{
    unsigned n = atomic_load(&a->given);
    assert(n - a->awaited < AHEAD_FILES);
    a->files[n % AHEAD_FILES] = t;
    atomic_store(&a->read[n % AHEAD_FILES], false);
    atomic_store(&a->given, n + 1);
    bell_ring(a->worker.bell);
}

void ahead_await(struct ahead *a)
{
    unsigned place = a->awaited % AHEAD_FILES;
    assert(a->awaited != atomic_load(&a->given));
    while (!atomic_load(&a->read[place]))
        if (!read_next(a))
            bell_wait(a->done);
    a->awaited++;
}

void ahead_await_all(struct ahead *a)
{
    while (a->awaited != atomic_load(&a->given))
        ahead_await(a);
}
