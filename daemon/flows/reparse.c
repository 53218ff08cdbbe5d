// SPDX-License-Identifier: MIT
/* reparse: see reparse.h. Order of a file: read, plan, store in one transaction, tell. What is told was done.
 */
#include "daemon/flows/reparse.h"

#include "daemon/base/crash.h"
#include "daemon/flows/reparse_show.h"
#include "daemon/flows/take.h"
#include "daemon/hands/files.h"
#include "daemon/pure/identity.h"
#include "daemon/pure/map.h"
#include "proto/utf8.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_REFUSED 3
#define EXIT_STORE 4

struct reparse {
    const struct settings *settings;
    const struct reparse_call *call;
    struct show_style style;
    struct spool *spool; /* only for its lock; NULL in a dry run, as `store` */
    struct store *store;
    struct store_reader *reader;
    struct spool_archive *archive;
    struct arena *arena; /* of one file */
    struct map promised; /* ids that a dry run would have stored by now */
    struct arena *promises;
    struct reparse_sum sum;
};

/* A file in hand. */
struct reading {
    const struct spool_archived *file;
    struct reader_input in;
    uint8_t digest[IDENTITY_DIGEST];
    struct reader_result result;
    struct store_brought brought;
    struct newswire_dispatch **was; /* brought.held, unpacked */
    size_t nwas;
    struct reparse_change *changes;
    size_t n;
};

static void complain(const char *path, const char *why)
{
    char name[CONF_PATH_MAX], text[sizeof((struct err *)NULL)->text * 4];
    utf8_show(name, sizeof name, path, strlen(path));
    utf8_show(text, sizeof text, why, strlen(why));
    fprintf(stderr, "newswired: %s%s%s\n", name, path[0] != '\0' ? ": " : "", text);
}

static enum fate no_memory(struct err *e)
{
    err_set(e, "out of memory");
    return FATE_RETRY;
}

/* --- storing -------------------------------------------------------------------------------------------- */

static size_t topics_of(const struct reader_slice *slice, const char *out[TOPICS_PER_RECORD])
{
    size_t n = slice->ntopics < TOPICS_PER_RECORD ? slice->ntopics : TOPICS_PER_RECORD;
    for (size_t i = 0; i < n; i++)
        out[i] = slice->topics[i].topic;
    return n;
}

/* A further version that says that there are no more, and where its text went. */
static enum fate cancel(struct reparse *w, const struct reading *r, const struct reparse_change *c,
                        struct err *e)
{
    struct newswire_dispatch d = *c->was;
    size_t n = 0;
    uint64_t seq;
    const uint8_t *id = reparse_id(r->changes, r->n, c->successor);
    char hex[2 * NEWSWIRE_ID_LEN + 1] = "";
    for (size_t i = 0; id != NULL && i < NEWSWIRE_ID_LEN; i++)
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
    while (d.warnings[n] != NULL)
        n++;
    const char **warnings = arena_alloc(w->arena, (n + 2) * sizeof *warnings);
    if (warnings == NULL)
        return no_memory(e);
    memcpy(warnings, d.warnings, n * sizeof *warnings);
    warnings[n] = arena_printf(w->arena, "offset %llu: read anew, its text is part of urn:newswire:%s",
                               (unsigned long long)d.offset, hex);
    if (warnings[n] == NULL)
        return no_memory(e);
    d.warnings = warnings;
    d.version_created = spool_seams.now_ms();
    memcpy(d.id, c->held->identity, sizeof d.id);
    return store_revise(w->store, c->held->first, NEWSWIRE_CANCELED, &d, c->held->topics, c->held->ntopics,
                        &seq, e);
}

static enum fate store_change(struct reparse *w, const struct reading *r, const struct reparse_change *c,
                              struct err *e)
{
    const char *topics[TOPICS_PER_RECORD];
    uint64_t seq;
    size_t n = c->slice != NULL ? topics_of(c->slice, topics) : 0;
    struct newswire_dispatch d = c->slice != NULL ? c->slice->dispatch : *c->was;
    switch (c->what) {
    case REPARSE_NEW:
        return store_put(w->store, &d, topics, n, &seq, e);
    case REPARSE_REVISED:
        d.version_created = spool_seams.now_ms();
        return store_revise(w->store, c->held->first, NEWSWIRE_REVISED, &d, topics, n, &seq, e);
    case REPARSE_RETAGGED:
        return store_retag(w->store, c->held->first, topics, n, &seq, e);
    case REPARSE_CANCELED:
        return cancel(w, r, c, e);
    case REPARSE_SAME:
    case REPARSE_KEPT:
    case REPARSE_ELSEWHERE:
        break;
    }
    store_file_kept(w->store, 1);
    return FATE_DONE;
}

/* The file once more, under a claim that nobody else has: that of its drop, and the seq that it begins with.
 */
static enum fate store_changes(struct reparse *w, const struct reading *r, struct err *e)
{
    char claim[64];
    enum file_fate settled;
    snprintf(claim, sizeof claim, "%s@%llu", r->file->claim.id, (unsigned long long)store_head(w->store) + 1);
    struct store_file file = {
        .claim = claim,
        .name = r->in.name,
        .feed = r->in.feed->name,
        .size = r->in.n,
        .arrival = r->in.arrival,
    };
    memcpy(file.digest, r->result.digest, sizeof file.digest);
    memcpy(file.rules, rules_digest(w->settings->rules), sizeof file.rules);
    enum fate fate = store_file_begin(w->store, &file, &settled, e);
    for (size_t i = 0; fate == FATE_DONE && i < r->n; i++)
        fate = store_change(w, r, &r->changes[i], e);
    return fate == FATE_DONE ? store_file_end(w->store, 0, NULL, e) : fate;
}

static enum fate commit(struct reparse *w, const struct reading *r, struct err *e)
{
    enum fate fate = store_begin(w->store, e);
    if (fate == FATE_DONE)
        fate = store_changes(w, r, e);
    if (fate != FATE_DONE) {
        store_abort(w->store);
        return fate;
    }
    crash_point("reparse-before-commit", r->file->claim.name);
    fate = store_commit(w->store, e);
    crash_point("reparse-committed", r->file->claim.name);
    return fate;
}

/* --- one file ------------------------------------------------------------------------------------------- */

/* What would be new is known already when the store has its text from another file, or will have. */
static enum fate look_elsewhere(struct reparse *w, struct reparse_change *c, struct err *e)
{
    bool known;
    const uint8_t *id = c->slice->dispatch.id;
    enum fate fate = store_reader_knows(w->reader, id, &known, e);
    if (fate != FATE_DONE)
        return fate;
    if (known || map_get(&w->promised, (const char *)id, NEWSWIRE_ID_LEN) != NULL) {
        c->what = REPARSE_ELSEWHERE;
        return FATE_DONE;
    }
    char *key = arena_text(w->promises, (const char *)id, NEWSWIRE_ID_LEN);
    return key != NULL && map_put(&w->promised, key, NEWSWIRE_ID_LEN, "") ? FATE_DONE : no_memory(e);
}

static enum fate tell(struct reparse *w, const struct reading *r, struct err *e)
{
    bool any = false, stores = false;
    for (size_t i = 0; i < r->n; i++) {
        enum reparse_what what = r->changes[i].what;
        w->sum.what[what]++;
        any = any || reparse_told(what);
        stores = stores || (reparse_told(what) && what != REPARSE_KEPT);
    }
    w->sum.changed += any;
    enum fate fate = stores && w->store != NULL ? commit(w, r, e) : FATE_DONE;
    if (fate != FATE_DONE || !any)
        return fate;
    if (!w->call->json)
        reparse_text(stdout, &w->style, r->file, r->changes, r->n);
    else if (!reparse_json(stdout, r->file, r->changes, r->n))
        return no_memory(e);
    return FATE_DONE;
}

static enum fate compare(struct reparse *w, struct reading *r, struct err *e)
{
    r->was = arena_alloc(w->arena, r->brought.nheld * sizeof *r->was);
    if (r->was == NULL)
        return no_memory(e);
    for (; r->nwas < r->brought.nheld; r->nwas++) {
        const struct store_held *held = &r->brought.held[r->nwas];
        if ((r->was[r->nwas] = dispatch_unpack(held->blob, held->blob_n, e)) == NULL)
            return FATE_RETRY;
    }
    r->changes = reparse_plan(w->arena, &r->result, &r->brought, r->was, &r->n);
    if (r->changes == NULL)
        return no_memory(e);
    enum fate fate = FATE_DONE;
    for (size_t i = 0; fate == FATE_DONE && i < r->n; i++)
        if (r->changes[i].what == REPARSE_NEW)
            fate = look_elsewhere(w, &r->changes[i], e);
    return fate == FATE_DONE ? tell(w, r, e) : fate;
}

static bool behind_horizon(const struct store_brought *b)
{
    for (size_t i = 0; i < b->nheld; i++)
        if (b->held[i].blob == NULL)
            return true;
    return false;
}

static enum fate read_anew(struct reparse *w, struct reading *r, struct err *e)
{
    struct conf_feed scratch;
    const struct conf *conf = w->settings->conf;
    r->in.feed = conf_feed(conf, r->file->claim.feed, &scratch);
    identity_digest(r->in.bytes, r->in.n, r->digest);
    r->in.digest = r->digest;
    enum fate fate = store_reader_brought(w->reader, w->arena, r->digest, r->file->claim.feed, &r->brought, e);
    if (fate != FATE_DONE)
        return fate;
    w->sum.unknown += !r->brought.known;
    w->sum.pruned += r->brought.known && behind_horizon(&r->brought);
    if (!r->brought.known || behind_horizon(&r->brought))
        return FATE_DONE;
    r->in.name = r->brought.name;
    r->in.arrival = r->brought.arrival;
    r->in.rules = w->settings->rules;
    r->in.tagger = w->settings->tagger;
    r->in.max_items = conf->spool.max_items;
    r->in.max_lines = conf->spool.max_lines;
    r->in.max_dispatch = conf->spool.max_dispatch;
    fate = reader_read(w->arena, &r->in, &r->result, e);
    if (fate != FATE_BAD)
        return fate == FATE_DONE ? compare(w, r, e) : fate;
    w->sum.refused++;
    complain(r->file->path, e->text);
    return FATE_DONE;
}

/* FATE_RETRY and FATE_STOP end it all: they are the machine's, not the file's. */
static enum fate do_file(struct reparse *w, const struct spool_archived *archived, struct err *e)
{
    struct file file;
    struct reading r = {.file = archived};
    w->sum.files++;
    arena_reset(w->arena);
    if (!file_read(archived->path, w->settings->conf->spool.max_file, &file, e)) {
        complain("", e->text);
        w->sum.unread++;
        return FATE_DONE;
    }
    r.in.bytes = (const uint8_t *)file.bytes;
    r.in.n = file.n;
    enum fate fate = read_anew(w, &r, e);
    for (size_t i = 0; i < r.nwas; i++)
        dispatch_free(r.was[i]);
    file_free(&file);
    if (fate != FATE_DONE)
        err_in(e, "%s: ", archived->path);
    return fate;
}

/* --- the whole ------------------------------------------------------------------------------------------ */

static enum fate open_writer(struct reparse *w, struct err *e)
{
    enum fate fate;
    const struct conf *conf = w->settings->conf;
    w->spool = spool_open(conf, e);
    if (w->spool == NULL) {
        err_in(e, "--reparse writes to the store and needs it alone: stop the daemon, or use --dry-run: ");
        return FATE_RETRY;
    }
    w->store = store_open(conf->store.directory, spool_mark_path(w->spool), &fate, e);
    return w->store != NULL ? FATE_DONE : fate;
}

static enum fate open_all(struct reparse *w, struct err *e)
{
    const struct conf *conf = w->settings->conf;
    enum fate fate = w->call->dry_run ? FATE_DONE : open_writer(w, e);
    if (fate != FATE_DONE)
        return fate;
    w->reader = store_reader_open(conf->store.directory, e);
    if (w->reader == NULL || (w->archive = spool_archive_open(conf, w->call->since, e)) == NULL)
        return FATE_RETRY;
    w->arena = arena_new(TAKE_MEMORY);
    w->promises = arena_new(TAKE_MEMORY);
    return w->arena != NULL && w->promises != NULL ? FATE_DONE : no_memory(e);
}

static void close_all(struct reparse *w)
{
    map_free(&w->promised);
    arena_free(w->promises);
    arena_free(w->arena);
    spool_archive_close(w->archive);
    store_reader_close(w->reader);
    store_close(w->store);
    spool_close(w->spool);
}

static enum fate do_files(struct reparse *w, struct err *e)
{
    struct spool_archived *file = malloc(sizeof *file);
    enum fate fate = file == NULL ? no_memory(e) : FATE_DONE;
    bool more = true;
    while (fate == FATE_DONE && more) {
        if (!spool_archive_next(w->archive, file, &more, e))
            fate = FATE_RETRY;
        else if (more)
            fate = do_file(w, file, e);
    }
    free(file);
    return fate;
}

static int tell_sum(const struct reparse *w)
{
    if (w->settings->conf->spool.after == CONF_DELETE)
        complain(
            "",
            "[spool] after = delete: files that were deleted when they were taken in cannot be read again");
    if (!w->call->json)
        reparse_sum_text(stdout, &w->sum, w->call->dry_run);
    else if (!reparse_sum_json(stdout, &w->sum, w->call->dry_run))
        return EXIT_FAILURE;
    return w->sum.unread > 0 ? EXIT_FAILURE : w->sum.refused > 0 ? EXIT_REFUSED : EXIT_SUCCESS;
}

int reparse(const struct settings *settings, const struct reparse_call *call)
{
    struct err e = {""};
    struct reparse w = {.settings = settings, .call = call, .style = show_style()};
    enum fate fate = open_all(&w, &e);
    if (fate == FATE_DONE)
        fate = do_files(&w, &e);
    int status = fate == FATE_STOP ? EXIT_STORE : EXIT_FAILURE;
    if (fate == FATE_DONE)
        status = tell_sum(&w);
    else
        complain("", e.text);
    close_all(&w);
    return status;
}
