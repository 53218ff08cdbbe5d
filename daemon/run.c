// SPDX-License-Identifier: MIT
/* run: see run.h. The loop waits for hints and signals; every decision is taken in a flow. */
#include "daemon/run.h"

#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/index.h"
#include "daemon/flows/ingest.h"
#include "daemon/flows/live.h"
#include "daemon/flows/replay.h"
#include "daemon/hands/notify.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_REJECTED 3
#define EXIT_STORE 4

struct house {
    const char *path;
    struct settings settings;
    struct spool *spool;
    struct store *store;
    struct watch *watch;
    struct ingest *ingest;
    struct bus *bus;
    struct live *live;
    struct replay *replay;
    struct index *index;             /* NULL: none is wanted */
    int signals;                     /* signalfd */
    uint64_t beats[3];               /* of the three threads at the last ping */
    int64_t pinged;                  /* monotonic ms */
    int64_t told;                    /* of the last STATUS= */
};

static void remember_error(enum log_level level, const char *text)
{
    if (level != LOG_ERROR)
        return;
    stats_say(TEXT_LAST_ERROR, text);
    stats_set(STAT_LAST_ERROR_AT, (uint64_t)spool_seams.now_ms());
}

/* Sockets and files are for the daemon and its group. A subscriber takes a descriptor: as many as the
 * system allows. */
static void set_limits(void)
{
    struct rlimit files;
    umask(0007);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void our_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void run_hold_signals(void)
{
    sigset_t set;
    our_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL); // every thread that starts later inherits it
    signal(SIGPIPE, SIG_IGN);
}

static int open_signals(struct err *e)
{
    sigset_t set;
    our_signals(&set);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        err_sys(e, "signalfd");
    return fd;
}

/* Spool before store: its lock says "another daemon" in the plainest words, and the store's mark lies in
 * work/. */
static enum fate open_intake(struct house *h, struct err *e)
{
    enum fate fate = FATE_DONE;
    const struct conf *conf = h->settings.conf;
    if ((h->spool = spool_open(conf, e)) == NULL)
        return FATE_RETRY;
    if ((h->store = store_open(conf->store.directory, spool_mark_path(h->spool), &fate, e)) == NULL) {
        err_in(e, "%s: ", conf->store.directory);
        return fate;
    }
    if (store_was_restored(h->store))
        log_at(LOG_WARN, "store", "restored from an older copy: a new epoch begins, subscribers are told",
               "epoch=%llx head=%llu", (unsigned long long)store_epoch(h->store),
               (unsigned long long)store_head(h->store));
    return FATE_DONE;
}

static bool start_ingest(struct house *h, struct err *e)
{
    struct ingest_hands hands = {
        h->spool, h->store, h->watch, {h->live != NULL ? live_bell(h->live) : -1, index_bell(h->index)}};
    h->ingest = ingest_new(&hands, e);
    if (h->ingest == NULL)
        return false;
    ingest_settings(h->ingest, h->settings.conf, h->settings.rules, h->settings.tagger);
    return true;
}

static bool start_wire(struct house *h, struct err *e)
{
    const struct conf *conf = h->settings.conf;
    return (h->bus = bus_new(e)) != NULL &&
           (h->live = live_start(h->bus, conf, conf->store.directory, e)) != NULL &&
           (h->replay = replay_start(h->bus, conf, conf->store.directory, e)) != NULL &&
           (!conf->store.search || (h->index = index_start(conf->store.directory, e)) != NULL);
}

static bool start_watch(struct house *h, struct err *e)
{
    char incoming[CONF_PATH_MAX + 16];
    snprintf(incoming, sizeof incoming, "%s/incoming", h->settings.conf->spool.directory);
    h->watch = watch_new(incoming, e);
    return h->watch != NULL;
}

/* In the order in which news flows: what takes in ends first, then what was committed is published. */
static void close_house(struct house *h)
{
    ingest_free(h->ingest);
    watch_free(h->watch);
    live_stop(h->live);
    replay_stop(h->replay);
    index_stop(h->index);
    bus_free(h->bus);
    store_close(h->store);
    spool_close(h->spool);
    if (h->signals >= 0)
        close(h->signals);
    settings_free(&h->settings);
}

static void apply_log_level(const struct conf *conf)
{
    enum log_level level;
    if (log_level_of(conf->log.level, &level))
        log_level_set(level);
}

/* What cannot change under a running daemon is kept, and said. */
static void warn_fixed(const struct conf *old, const struct conf *now)
{
    if (strcmp(old->spool.directory, now->spool.directory) != 0 ||
        strcmp(old->store.directory, now->store.directory) != 0 ||
        memcmp(old->publish.bind, now->publish.bind, sizeof now->publish.bind) != 0 ||
        memcmp(old->replay.bind, now->replay.bind, sizeof now->replay.bind) != 0 ||
        old->publish.sndhwm != now->publish.sndhwm)
        log_at(LOG_WARN, "conf",
               "directories, endpoints and sndhwm change only at a restart; kept as they were", NULL);
}

static void keep_fixed(const struct conf *old, struct conf *now)
{
    memcpy(now->spool.directory, old->spool.directory, sizeof now->spool.directory);
    memcpy(now->store.directory, old->store.directory, sizeof now->store.directory);
    now->publish = old->publish;
    now->replay = old->replay;
}

static void reload(struct house *h)
{
    struct settings fresh;
    struct conf_problems problems = {0};
    notify_reloading();
    bool loaded = settings_load(h->path, &fresh, &problems);
    if (loaded) {
        warn_fixed(h->settings.conf, fresh.conf);
        keep_fixed(h->settings.conf, fresh.conf);
        ingest_settings(h->ingest, fresh.conf, fresh.rules, fresh.tagger);
        spool_reconf(h->spool, fresh.conf);
        apply_log_level(fresh.conf);
        settings_free(&h->settings);
        h->settings = fresh;
        watch_refresh(h->watch);
        log_at(LOG_NOTICE, "conf", "reloaded", "feeds=%zu", fresh.conf->nfeeds);
    } else {
        settings_complain(&problems);
        log_at(LOG_ERROR, "conf", "not reloaded, the old settings stay in force", NULL);
    }
    conf_problems_free(&problems);
    notify_ready(loaded ? "reloaded" : "not reloaded: see newswired --check");
}

/* A ping is a claim that news flows: it is made only when each of the three loops has turned since the
 * last one. */
static void ping_watchdog(struct house *h)
{
    static const enum stat_number beats[3] = {STAT_BEAT_INGEST, STAT_BEAT_LIVE, STAT_BEAT_REPLAY};
    uint64_t every = notify_watchdog_ms();
    int64_t now = spool_seams.mono_ms();
    if (every == 0 || now - h->pinged < (int64_t)every / 2)
        return;
    for (int i = 0; i < 3; i++) {
        if (stats_get(beats[i]) == h->beats[i])
            return;
    }
    for (int i = 0; i < 3; i++)
        h->beats[i] = stats_get(beats[i]);
    h->pinged = now;
    notify_watchdog();
}

static void tell_status(struct house *h)
{
    char text[700];
    const char *paused = ingest_paused(h->ingest);
    int64_t now = spool_seams.mono_ms();
    if (now - h->told < 5000 && h->told != 0)
        return;
    h->told = now;
    snprintf(text, sizeof text, "%s%s%shead %" PRIu64 ", %" PRIu64 " files wait, %" PRIu64 " rejected",
             paused != NULL ? "paused: " : "", paused != NULL ? paused : "", paused != NULL ? "; " : "",
             store_head(h->store), stats_get(STAT_BACKLOG), stats_get(STAT_BAD));
    notify_status(text);
}

/* Returns false when it is time to end. */
static bool hear_signals(struct house *h)
{
    struct signalfd_siginfo si;
    while (read(h->signals, &si, sizeof si) == (ssize_t)sizeof si) {
        if (si.ssi_signo != SIGHUP) {
            log_at(LOG_NOTICE, "main", "ending", "signal=%s", si.ssi_signo == SIGTERM ? "TERM" : "INT");
            return false;
        }
        reload(h);
    }
    return true;
}

static void wait_for_hints(const struct house *h, int sleep_ms)
{
    struct pollfd fds[2] = {{h->signals, POLLIN, 0}, {h->watch != NULL ? watch_fd(h->watch) : -1, POLLIN, 0}};
    poll(fds, 2, sleep_ms); // whatever it says, the next turn looks
}

static int loop(struct house *h)
{
    struct err e = {""};
    while (hear_signals(h)) {
        int sleep_ms = 0;
        if (ingest_turn(h->ingest, &sleep_ms, &e) == FATE_STOP) {
            log_at(LOG_ERROR, "store", "unusable; ending", "store=%s why=%s",
                   h->settings.conf->store.directory, e.text);
            return EXIT_STORE;
        }
        ping_watchdog(h);
        tell_status(h);
        wait_for_hints(h, sleep_ms);
    }
    notify_stopping();
    return EXIT_SUCCESS;
}

static int failed(const char *what, enum fate fate, const struct err *e)
{
    log_at(LOG_ERROR, "main", what, "why=%s", e->text);
    return fate == FATE_STOP ? EXIT_STORE : EXIT_FAILURE;
}

static int open_and_loop(struct house *h)
{
    struct err e = {""};
    if ((h->signals = open_signals(&e)) < 0)
        return failed("cannot start", FATE_RETRY, &e);
    enum fate fate = open_intake(h, &e);
    if (fate != FATE_DONE)
        return failed("cannot start", fate, &e);
    // Watch first, then scan (the first turn of the loop): nothing falls between.
    if (!start_watch(h, &e) || !start_wire(h, &e) || !start_ingest(h, &e))
        return failed("cannot start", FATE_RETRY, &e);
    stats_set(STAT_STARTED, (uint64_t)spool_seams.now_ms());
    stats_say(TEXT_WATCHING, watch_how(h->watch));
    log_at(LOG_NOTICE, "main", "ready", "version=%s spool=%s store=%s head=%llu epoch=%llx watching=%s",
           NEWSWIRE_VERSION, h->settings.conf->spool.directory, h->settings.conf->store.directory,
           (unsigned long long)store_head(h->store), (unsigned long long)store_epoch(h->store),
           watch_how(h->watch));
    notify_ready("taking dispatches in");
    return loop(h);
}

int run_daemon(const char *path, struct settings *settings)
{
    struct house h = {.path = path, .settings = *settings, .signals = -1};
    apply_log_level(h.settings.conf);
    log_tap(remember_error);
    set_limits();
    int status = open_and_loop(&h);
    close_house(&h);
    return status;
}

/* What is there now is ready after one settle; what is not is being written to, and is no longer what was
 * there. */
#define ONCE_GRACE_MS 1000

static bool interrupted(const struct house *h)
{
    struct signalfd_siginfo si;
    return read(h->signals, &si, sizeof si) == (ssize_t)sizeof si;
}

static int take_once(struct house *h)
{
    struct err e = {""};
    int sleep_ms = 0;
    int64_t patience = spool_seams.mono_ms() + h->settings.conf->spool.settle_ms + ONCE_GRACE_MS;
    if ((h->signals = open_signals(&e)) < 0)
        return failed("cannot start", FATE_RETRY, &e);
    enum fate fate = open_intake(h, &e);
    if (fate != FATE_DONE || !start_ingest(h, &e))
        return failed("cannot start", fate, &e);
    for (;;) {
        if (interrupted(h)) { // between two batches: no file is in hand, and none has a death to its name
            err_set(&e, "a signal came; what is left waits for the next start");
            return failed("ended early", FATE_RETRY, &e);
        }
        if (ingest_turn(h->ingest, &sleep_ms, &e) == FATE_STOP)
            return failed("ended early", FATE_STOP, &e);
        if (ingest_paused(h->ingest) != NULL) {
            err_set(&e, "%s", ingest_paused(h->ingest));
            return failed("ended early", FATE_RETRY, &e);
        }
        if (ingest_idle(h->ingest, spool_seams.mono_ms() >= patience))
            break;
        wait_for_hints(h, sleep_ms);
    }
    if (ingest_stuck(h->ingest) != NULL) {
        err_set(&e, "files stay in incoming/: %s", ingest_stuck(h->ingest));
        return failed("ended early", FATE_RETRY, &e);
    }
    if (ingest_unmoved(h->ingest) != NULL) { // The next start moves them.
        err_set(&e, "files stay in work/: %s", ingest_unmoved(h->ingest));
        return failed("ended early", FATE_RETRY, &e);
    }
    return ingest_rejected(h->ingest) > 0 ? EXIT_REJECTED : EXIT_SUCCESS;
}

int run_once(struct settings *settings)
{
    struct house h = {.settings = *settings, .signals = -1};
    apply_log_level(h.settings.conf);
    set_limits();
    int status = take_once(&h);
    close_house(&h);
    return status;
}
