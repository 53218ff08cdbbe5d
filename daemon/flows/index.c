// SPDX-License-Identifier: MIT
/* index: see index.h. */
#include "daemon/flows/index.h"

#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/worker.h"
#include "daemon/hands/bell.h"
#include "daemon/hands/store_search.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define GATHER_MS 50      /* after a bell: the live wire comes first, and single files go in together */
#define LOOK_MS 2000      /* between looks at the files, and at a store that cannot be read */
#define PATIENCE_MS 10000 /* the same where no retry is likely to mend it */
#define NICE 10           /* a fifth to a tenth of what the others get, where they want all there is */

struct index {
    struct worker worker;
    const char *directory;
    struct store_indexer *indexer; /* NULL: to be opened */
    int64_t look_due, again_due;
    bool failing; /* said once; then again_due counts */
};

static void fell_short(struct index *x, enum fate fate, const struct err *e)
{
    if (!x->failing)
        log_at(LOG_WARN, "search", "the index stands still; trying again", "why=%s", e->text);
    x->failing = true;
    x->again_due = worker_now() + (fate == FATE_STOP ? PATIENCE_MS : LOOK_MS);
}

/* False: nothing more now. */
static bool step(struct index *x)
{
    struct err e = {""};
    bool more = false;
    enum fate fate = FATE_RETRY;
    if (x->indexer == NULL)
        x->indexer = store_indexer_open(x->directory, &e);
    if (x->indexer != NULL)
        fate = FATE_DONE;
    if (fate == FATE_DONE && worker_now() >= x->look_due) {
        x->look_due = worker_now() + LOOK_MS;
        fate = store_indexer_look(x->indexer, &e);
    }
    if (fate == FATE_DONE)
        fate = store_indexer_step(x->indexer, &more, &e);
    if (x->indexer != NULL)
        stats_set(STAT_INDEXED, store_indexer_done(x->indexer));
    if (fate != FATE_DONE)
        fell_short(x, fate, &e);
    else if (x->failing)
        log_at(LOG_NOTICE, "search", "the index goes on", NULL);
    x->failing = fate != FATE_DONE;
    return more;
}

static int until_next(const struct index *x)
{
    int64_t ms = (x->failing ? x->again_due : x->look_due) - worker_now();
    return ms > 0 ? (int)ms : 0;
}

static void index_turn(void *self)
{
    struct index *x = self;
    struct pollfd wait = {.fd = x->worker.bell, .events = POLLIN};
    if (poll(&wait, 1, until_next(x)) > 0)
        poll(NULL, 0, GATHER_MS);
    bell_hush(x->worker.bell);
    while (!atomic_load(&x->worker.stop) && worker_now() >= x->again_due && step(x))
        continue;
}

/* Of this thread alone, as Linux has it. */
static bool index_begin(void *self, struct err *e)
{
    (void)self, (void)e;
    setpriority(PRIO_PROCESS, 0, NICE);
    return true;
}

static void index_close(void *self)
{
    struct index *x = self;
    store_indexer_close(x->indexer);
}

struct index *index_start(const char *store_directory, struct err *e)
{
    static const struct worker_job job = {"index", index_begin, index_turn, NULL, index_close};
    struct index *x = calloc(1, sizeof *x);
    if (x == NULL) {
        err_sys(e, "search");
        return NULL;
    }
    x->directory = store_directory;
    if (worker_start(&x->worker, &job, x, e))
        return x;
    free(x);
    return NULL;
}

int index_bell(const struct index *x)
{
    return x != NULL ? x->worker.bell : -1;
}

void index_stop(struct index *x)
{
    if (x == NULL)
        return;
    worker_stop(&x->worker);
    free(x);
}

/* --- in the foreground ---------------------------------------------------------------------------------- */

#define EXIT_STORE 4

static enum fate make_all(const char *directory, uint64_t *records, struct err *e)
{
    bool more = true;
    struct store_indexer *indexer = store_indexer_open(directory, e);
    enum fate fate = indexer != NULL ? store_indexer_look(indexer, e) : FATE_RETRY;
    while (fate == FATE_DONE && more)
        fate = store_indexer_step(indexer, &more, e);
    if (fate == FATE_DONE)
        *records = store_indexer_done(indexer);
    store_indexer_close(indexer);
    return fate;
}

int index_anew(const struct conf *conf)
{
    struct err e = {""};
    enum fate opened, fate;
    uint64_t records = 0;
    const char *directory = conf->store.directory;
    // Who holds the store writes the index too.
    struct store *store = store_open(directory, NULL, &opened, &e);
    if (store == NULL && opened != FATE_BAD) {
        fprintf(stderr, "newswired: %s\n", e.text);
        return opened == FATE_STOP ? EXIT_STORE : EXIT_FAILURE;
    }
    fate = store_search_clear(directory, &e);
    if (fate == FATE_DONE && store == NULL)
        fprintf(stderr, "newswired: the search index is taken away; the running newswired makes it anew\n");
    else if (fate == FATE_DONE && (fate = make_all(directory, &records, &e)) == FATE_DONE)
        fprintf(stderr, "newswired: the search index is made anew, up to record %" PRIu64 "\n", records);
    store_close(store);
    if (fate == FATE_DONE)
        return EXIT_SUCCESS;
    fprintf(stderr, "newswired: %s\n", e.text);
    return fate == FATE_STOP ? EXIT_STORE : EXIT_FAILURE;
}
