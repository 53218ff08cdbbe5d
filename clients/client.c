// SPDX-License-Identifier: MIT
/* client: the handle of newswire.h. Ties together what each know nothing of the others: the sockets
 * (client_wire), the gaps (catchup), the place on disk (cursor), and the application, which gets one thing at
 * a time.
 *
 * Invariant: nothing is received before all that catchup has to say was said, so that the handle never holds
 * more than catchup's bound; an application that does not call for a while is healed like any other gap. */
#include "clients/client.h"

#include "clients/catchup.h"
#include "clients/client_wire.h"
#include "clients/cursor.h"
#include "proto/rfc3339.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define HELD_COPIES 10000
#define HELD_BYTES (64u << 20)
#define CREDIT 256
#define SAVE_MS 1000
#define LOCATE_MIN_MS 1000
#define LOCATE_MAX_MS 30000
#define BATCH 256 // messages taken in when the time is over already, so that polling with 0 gets on

enum begin { BEGIN_NOW, BEGIN_START, BEGIN_SEQ, BEGIN_TIME };
struct topic {
    char *spelled;
    struct topic_pattern pattern;
};

struct newswire {
    struct wire *wire;
    struct err error;
    uint64_t random;

    struct topic *topics;
    size_t ntopics, room, npositive;
    bool topics_changed, listens_to_all;

    enum begin begin;
    uint64_t begin_seq; // what lies before one of these is passed over; 0 once something was delivered
    int64_t begin_time;
    bool started;
    int64_t locate_ms, locate_at;
    struct catchup *machine; // NULL until it is known where to begin

    struct cursor *cursor;
    bool cursor_found;
    struct cursor_place place, saved; // where the application is, and what is on disk
    int64_t save_at;
    uint64_t delivered, done; // newest seq handed out, and dealt with

    struct newswire_event event;
    struct wire_copy *copy; // what `event` points into
};

static const char *const no_topics[] = {NULL};

/* In 0..1. Only spreads timers: xorshift64* will do. */
static double jitter(struct newswire *w)
{
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return (double)((w->random * 0x2545f4914f6cdd1dull) >> 11) / (double)(1ull << 53);
}

struct newswire *newswire_connect(const char *publish, const char *replay)
{
    struct newswire *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->locate_ms = LOCATE_MIN_MS;
    if (getrandom(&w->random, sizeof w->random, GRND_NONBLOCK) != sizeof w->random)
        w->random = (uint64_t)wire_now() ^ (uintptr_t)w;
    w->random |= 1; // zero would stay zero
    w->wire = wire_open(publish != NULL ? publish : NEWSWIRE_PUBLISH_DEFAULT,
                        replay != NULL ? replay : NEWSWIRE_REPLAY_DEFAULT);
    if (w->wire != NULL)
        return w;
    int why = errno;
    free(w);
    errno = why;
    return NULL;
}

/* --- the subscription ----------------------------------------------------------------------------------- */

static bool grow(struct newswire *w)
{
    if (w->ntopics < w->room)
        return true;
    size_t room = w->room > 0 ? 2 * w->room : 8;
    struct topic *topics = realloc(w->topics, room * sizeof *topics);
    if (topics == NULL)
        return false;
    w->topics = topics;
    w->room = room;
    return true;
}

bool newswire_subscribe(struct newswire *w, const char *text)
{
    struct topic topic = {.spelled = NULL};
    if (!topic_pattern(text, &topic.pattern, &w->error))
        return false;
    if (w->ntopics >= FRAMES_TOPICS_MAX)
        return err_set(&w->error, "topic '%s': there are %d already, which is the most", text,
                       FRAMES_TOPICS_MAX);
    bool positive = !topic.pattern.exclude;
    topic.spelled = strdup(text);
    if (topic.spelled == NULL || !grow(w) || (positive && !wire_subscribe(w->wire, topic.pattern.prefix))) {
        free(topic.spelled);
        return err_set(&w->error, "topic '%s': out of memory", text);
    }
    w->topics[w->ntopics++] = topic;
    w->npositive += positive;
    w->topics_changed = true;
    return true;
}

bool newswire_unsubscribe(struct newswire *w, const char *text)
{
    size_t i = 0;
    while (i < w->ntopics && strcmp(w->topics[i].spelled, text) != 0)
        i++;
    if (i == w->ntopics)
        return err_set(&w->error, "topic '%s' is not subscribed to", text);
    struct topic *topic = &w->topics[i];
    if (!topic->pattern.exclude) {
        wire_unsubscribe(w->wire, topic->pattern.prefix);
        w->npositive--;
    }
    free(topic->spelled);
    memmove(topic, topic + 1, (w->ntopics - i - 1) * sizeof *topic);
    w->ntopics--;
    w->topics_changed = true;
    return true;
}

/* Whoever names nothing gets everything, on the socket too. */
static bool listen_to_all(struct newswire *w)
{
    bool all = w->npositive == 0;
    if (all == w->listens_to_all)
        return true;
    if (!(all ? wire_subscribe : wire_unsubscribe)(w->wire, TOPIC_ALL))
        return false;
    w->listens_to_all = all;
    return true;
}

/* Hands the changed subscription to the machine; once for any number of changes between two events. */
static bool apply_topics(struct newswire *w)
{
    if (!w->topics_changed || w->machine == NULL)
        return true;
    struct topic_pattern *patterns = calloc(w->ntopics + 1, sizeof *patterns);
    if (patterns == NULL)
        return false;
    for (size_t i = 0; i < w->ntopics; i++)
        patterns[i] = w->topics[i].pattern;
    bool fine = listen_to_all(w) && catchup_subscribe(w->machine, patterns, w->ntopics, wire_now(), jitter(w));
    free(patterns);
    w->topics_changed = !fine;
    return fine;
}

/* --- the place ------------------------------------------------------------------------------------------ */

bool newswire_cursor(struct newswire *w, const char *dir, const char *name)
{
    if (w->started || w->cursor != NULL)
        return err_set(&w->error, "cursor '%s': comes too late, or is the second", name);
    w->cursor = cursor_open(dir, name, &w->saved, &w->cursor_found, &w->error);
    return w->cursor != NULL;
}

bool newswire_since(struct newswire *w, const char *since)
{
    if (w->started)
        return err_set(&w->error, "since '%s': comes too late", since);
    char *end;
    errno = 0;
    uint64_t seq = strtoull(since, &end, 10);
    w->begin_seq = 0; // said anew
    w->begin_time = 0;
    if (strcmp(since, "now") == 0) {
        w->begin = BEGIN_NOW;
    } else if (strcmp(since, "start") == 0) {
        w->begin = BEGIN_START;
    } else if (since[0] >= '0' && since[0] <= '9' && *end == '\0' && errno == 0 && seq <= INT64_MAX) {
        w->begin = BEGIN_SEQ;
        w->begin_seq = seq;
    } else if (rfc3339_read(since, &w->begin_time)) {
        w->begin = BEGIN_TIME;
    } else {
        return err_set(&w->error, "since '%s': is neither 'now', 'start', a number nor a time such as "
                       "2026-11-23T09:00:00Z", since);
    }
    return true;
}

/* The application is at D when it has dealt with all it was given: what is not its own is passed over too. */
static void move_place(struct newswire *w)
{
    uint64_t epoch = catchup_epoch_now(w->machine);
    if (w->done >= w->delivered)
        w->place = (struct cursor_place){epoch, catchup_seen(w->machine), catchup_check(w->machine)};
    else if (w->place.epoch != epoch || w->place.seq < w->done)
        w->place = (struct cursor_place){epoch, w->done, 0};
}

static bool save_place(struct newswire *w)
{
    move_place(w);
    bool changed = w->place.epoch != w->saved.epoch || w->place.seq != w->saved.seq;
    if (w->cursor == NULL || !changed || w->place.epoch == 0)
        return true;
    w->save_at = wire_now() + SAVE_MS;
    if (!cursor_save(w->cursor, &w->place, &w->error))
        return false;
    w->saved = w->place;
    return true;
}

bool newswire_done(struct newswire *w, uint64_t seq)
{
    if (w->machine == NULL || seq == 0 || seq > w->delivered)
        return true;
    if (seq > w->done)
        w->done = seq;
    return wire_now() < w->save_at || save_place(w);
}

/* --- the start ------------------------------------------------------------------------------------------ */

static bool start_machine(struct newswire *w, const struct cursor_place *place)
{
    struct catchup_limits limits = {.copies = HELD_COPIES, .bytes = HELD_BYTES, .credit = CREDIT};
    w->machine = catchup_new(&limits, place->epoch, place->seq, place->check, wire_copy_free);
    if (w->machine == NULL)
        return false;
    w->place = *place;
    w->delivered = w->done = place->seq;
    w->topics_changed = true;
    if (!apply_topics(w)) {
        catchup_free(w->machine);
        w->machine = NULL;
        return false;
    }
    catchup_start(w->machine, wire_now(), jitter(w));
    // A cursor that is new must remember from here on where it began.
    save_place(w);
    return true;
}

/* The first call of newswire_next(): by now all is said about topics and place. Topics first, trails last: a
 * trail that arrives before the topics are in force at the daemon would show gaps that are none. */
static bool start(struct newswire *w)
{
    if (!listen_to_all(w) || !wire_subscribe(w->wire, TOPIC_TRAIL))
        return false;
    w->started = true;
    if (w->cursor_found) { // it wins: nothing behind it is passed over
        w->begin_seq = 0;
        w->begin_time = 0;
    }
    return !w->cursor_found || start_machine(w, &w->saved);
}

/* Asks where to begin, again and again until it is known. Returns ms until it wants to be called again. */
static int locate(struct newswire *w, int64_t now)
{
    if (now >= w->locate_at) {
        struct ask ask = {.type = ASK_LOCATE};
        ask.time = w->begin == BEGIN_START ? 0 : w->begin == BEGIN_TIME ? w->begin_time : INT64_MAX;
        wire_ask(w->wire, &ask);
        w->locate_at = now + w->locate_ms / 2 + (int64_t)(jitter(w) * (double)w->locate_ms);
        w->locate_ms = 2 * w->locate_ms < LOCATE_MAX_MS ? 2 * w->locate_ms : LOCATE_MAX_MS;
    }
    return (int)(w->locate_at - now);
}

static void on_located(struct newswire *w, const struct answer *a)
{
    struct cursor_place place = {a->epoch, a->after, a->check};
    if (w->machine != NULL || a->epoch == 0)
        return;
    // Of what is behind the horizon a start "from the start" knows nothing; a number that was asked for is
    // reported gone.
    if (w->begin == BEGIN_START && a->oldest > place.seq + 1)
        place = (struct cursor_place){a->epoch, a->oldest - 1, 0};
    if (w->begin == BEGIN_SEQ && w->begin_seq <= a->head)
        place = (struct cursor_place){a->epoch, w->begin_seq > 0 ? w->begin_seq - 1 : 0, 0};
    // (A number or a time that is not yet: from the head on, and work() passes over what comes before it.)
    if (start_machine(w, &place) && a->after < a->head) // no memory: locate() asks again
        w->begin_time = 0;
}

/* --- what comes in -------------------------------------------------------------------------------------- */

static struct catchup_copy copy_of(struct wire_copy *c)
{
    uint64_t check = 0;
    for (size_t i = 0; i < sizeof check; i++)
        check = check << 8 | c->head->id[i];
    return (struct catchup_copy){.epoch = c->head->epoch, .seq = c->head->seq, .check = check,
                                 .topics = c->head->topics, .ntopics = c->head->ntopics,
                                 // Twice: as frames and unpacked.
                                 .size = 2 * (c->head_size + c->dispatch_size), .frames = c};
}

/* `copy`: of an entry; taken over. */
static void on_answer(struct newswire *w, const struct answer *a, struct wire_copy *copy)
{
    int64_t now = wire_now();
    if (a->type == ANSWER_LOCATED)
        on_located(w, a);
    else if (a->type == ANSWER_REFUSED)
        err_set(&w->error, "the daemon refuses: %s", a->reason);
    else if (w->machine == NULL)
        wire_copy_free(copy);
    else if (a->type == ANSWER_ENTRY) {
        struct catchup_copy c = copy_of(copy);
        catchup_entry(w->machine, a->rid, a->idx, &c, now);
    } else if (a->type == ANSWER_END)
        catchup_end(w->machine, a->rid, a->count, a->upto, a->head, now, jitter(w));
    else if (a->type == ANSWER_GONE)
        catchup_gone(w->machine, a->rid, a->oldest, now, jitter(w));
    else if (a->type == ANSWER_EPOCH)
        catchup_epoch(w->machine, a->rid, a->epoch, now, jitter(w));
}

static enum wire_got receive(struct newswire *w)
{
    struct wire_message m;
    enum wire_got got = wire_receive(w->wire, &m, &w->error);
    if (got == WIRE_ANSWER) {
        on_answer(w, m.answer, m.copy);
        answer_free(m.answer);
    } else if (got == WIRE_COPY && w->machine != NULL) {
        struct catchup_copy c = copy_of(m.copy);
        catchup_copy(w->machine, &c);
    } else if (got == WIRE_COPY) {
        wire_copy_free(m.copy);
    } else if (got == WIRE_TRAIL) {
        if (w->machine != NULL)
            catchup_trail(w->machine, m.trail, wire_now(), jitter(w));
        trail_free(m.trail);
    }
    return got;
}

/* --- what goes out -------------------------------------------------------------------------------------- */

static void send_request(struct newswire *w, const struct catchup_todo *todo)
{
    const char **prefixes = calloc(w->ntopics + 1, sizeof *prefixes);
    if (prefixes == NULL)
        return; // the timer asks again
    struct ask ask = {.type = ASK_REQUEST, .rid = todo->rid, .epoch = todo->epoch, .after = todo->after,
                      .check = todo->check, .topics = prefixes, .credit = todo->credit};
    for (size_t i = 0; i < w->ntopics; i++)
        if (!w->topics[i].pattern.exclude)
            prefixes[ask.ntopics++] = w->topics[i].pattern.prefix;
    if (ask.ntopics == 0)
        prefixes[ask.ntopics++] = TOPIC_ALL;
    wire_ask(w->wire, &ask);
    free(prefixes);
}

static void fill_dispatch(struct newswire *w, struct wire_copy *copy)
{
    const struct head *head = copy->head;
    w->copy = copy;
    w->delivered = head->seq;
    w->event = (struct newswire_event){
        .type = NEWSWIRE_DISPATCH,
        .kind = head->kind,
        .epoch = head->epoch,
        .seq = head->seq,
        .stored = head->stored,
        .topics = head->topics,
        .dispatch = copy->dispatch,
        .head_frame = copy->head_frame,
        .head_frame_size = copy->head_size,
        .dispatch_frame = copy->dispatch_frame,
        .dispatch_frame_size = copy->dispatch_size,
    };
}

static void fill_gone(struct newswire *w, const struct catchup_todo *todo)
{
    w->delivered = todo->to;
    w->event = (struct newswire_event){.type = NEWSWIRE_GONE, .epoch = todo->epoch, .seq = todo->to,
                                       .topics = no_topics, .gone_from = todo->from, .gone_to = todo->to};
}

static void fill_epoch(struct newswire *w, uint64_t epoch)
{
    // A store that was restored has its old epoch: copies of its former life must not pass for new ones.
    wire_flush(w->wire);
    w->delivered = w->done = w->begin_seq = 0;
    w->begin_time = 0;
    save_place(w);
    w->event = (struct newswire_event){.type = NEWSWIRE_EPOCH, .epoch = epoch, .topics = no_topics};
}

/* Whether it comes before the number or the time that was asked for. The first that does not ends it: a clock that is set
 * back later takes nothing away. */
static bool comes_too_early(struct newswire *w, const struct wire_copy *copy)
{
    if (copy->head->seq < w->begin_seq || copy->head->stored < w->begin_time)
        return true;
    w->begin_seq = 0;
    w->begin_time = 0;
    return false;
}

/* Does what the machine says until there is an event: true. False: it has nothing more to say. */
static bool work(struct newswire *w)
{
    struct catchup_todo todo;
    for (;;) {
        catchup_next(w->machine, &todo);
        switch (todo.what) {
        case CATCHUP_NOTHING:
            return false;
        case CATCHUP_DELIVER:
            if (comes_too_early(w, todo.copy.frames)) {
                wire_copy_free(todo.copy.frames);
                break;
            }
            fill_dispatch(w, todo.copy.frames);
            return true;
        case CATCHUP_GONE:
            fill_gone(w, &todo);
            return true;
        case CATCHUP_EPOCH:
            fill_epoch(w, todo.epoch);
            return true;
        case CATCHUP_ASK:
            send_request(w, &todo);
            break;
        case CATCHUP_SAVE:
            save_place(w);
            break;
        }
    }
}

/* --- next ----------------------------------------------------------------------------------------------- */

static void forget_event(struct newswire *w)
{
    wire_copy_free(w->copy);
    w->copy = NULL;
}

/* Lets time pass; returns ms until it wants to be called again. */
static int tick(struct newswire *w, int64_t now)
{
    if (w->machine == NULL)
        return locate(w, now);
    int due = catchup_tick(w->machine, now, jitter(w));
    if (w->cursor == NULL)
        return due;
    if (now >= w->save_at) {
        save_place(w);
        w->save_at = now + SAVE_MS;
    }
    int save = (int)(w->save_at - now);
    return due < save ? due : save;
}

/* Takes in and does until there is an event (true), the time is over (errno EAGAIN), or worse. */
static bool run(struct newswire *w, int64_t until, int *due)
{
    for (int surplus = 0; surplus < BATCH;) {
        int64_t now = wire_now();
        *due = tick(w, now);
        if (w->machine != NULL && work(w))
            return true;
        enum wire_got got = receive(w);
        if (got == WIRE_BROKEN)
            return false;
        if (got != WIRE_NOTHING) {
            surplus += now >= until;
            *due = 0;
            continue;
        }
        if (now >= until)
            break;
        int64_t left = until - now;
        if (!wire_wait(w->wire, left < *due ? (int)left : *due))
            return false;
    }
    errno = EAGAIN;
    return false;
}

const struct newswire_event *newswire_next(struct newswire *w, int timeout_ms)
{
    int due = 0;
    forget_event(w);
    if ((!w->started && !start(w)) || !apply_topics(w)) {
        err_set(&w->error, "out of memory");
        errno = ENOMEM;
        return NULL;
    }
    bool is_event = run(w, timeout_ms < 0 ? INT64_MAX : wire_now() + timeout_ms, &due);
    int why = errno;
    wire_arm(w->wire, is_event ? 0 : due);
    errno = why;
    return is_event ? &w->event : NULL;
}

int newswire_fd(struct newswire *w)
{
    return w->started ? wire_fd(w->wire) : -1;
}

uint64_t newswire_head(const struct newswire *w)
{
    return w->machine != NULL ? catchup_head(w->machine) : 0;
}

uint64_t newswire_seen(const struct newswire *w)
{
    return w->machine != NULL ? catchup_seen(w->machine) : 0;
}

const char *newswire_error(const struct newswire *w)
{
    return w->error.text;
}

bool newswire_close(struct newswire *w)
{
    if (w == NULL)
        return true;
    bool saved = w->machine == NULL || save_place(w);
    int why = errno;
    forget_event(w);
    cursor_close(w->cursor);
    catchup_free(w->machine);
    wire_close(w->wire);
    for (size_t i = 0; i < w->ntopics; i++)
        free(w->topics[i].spelled);
    free(w->topics);
    free(w);
    errno = why;
    return saved;
}

const char *newswire_version(void)
{
    return NEWSWIRE_VERSION;
}

struct answer *client_ask(struct newswire *w, struct ask *ask, int timeout_ms, struct err *e)
{
    return wire_question(w->wire, ask, timeout_ms, e);
}
