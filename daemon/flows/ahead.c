// SPDX-License-Identifier: MIT
/* ahead: see ahead.h. Two bells hand the file over: what the one who rings has written, the one who hears it sees. */
#include "daemon/flows/ahead.h"

#include "daemon/flows/worker.h"
#include "daemon/hands/bell.h"

#include <assert.h>
#include <stdlib.h>

struct ahead {
    struct worker worker; /* its bell: a file was given */
    int done;             /* a bell: it is read */
    struct taking *given; /* the thread's between the two */
    bool under_way;       /* the main thread's */
};

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
    if (a->given == NULL) // rung to end it
        return;
    take_read(a->given);
    a->given = NULL;
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
    ahead_await(a);
    worker_stop(&a->worker);
    bell_free(a->done);
    free(a);
}

void ahead_give(struct ahead *a, struct taking *t)
{
    assert(!a->under_way);
    a->under_way = true;
    a->given = t;
    bell_ring(a->worker.bell);
}

void ahead_await(struct ahead *a)
{
    if (a->under_way)
        bell_wait(a->done);
    a->under_way = false;
}
