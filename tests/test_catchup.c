// SPDX-License-Identifier: MIT
/* test_catchup: the client's state machine against a model of publisher and network (catchup_model.h). After
 * every event the invariants of the wire are looked at; then the network heals and the machine must arrive. A
 * machine, a publisher or an embedding that breaks one rule must be found out, each by its name.
 *
 * CATCHUP_STEPS sets the number of random steps (three million), CATCHUP_SEED the seed. */
#include "tests/unit.h"

#include <stdbool.h>

/* The machine itself is compiled in, so that the test can break its rules: a broken one takes its condition
 * for true. */
#define LAW(name, condition) (is_broken(LAW_##name) || (condition))
enum law {
    LAW_none,
    LAW_bounded,
    LAW_wanted,
    LAW_copy_epoch,
    LAW_copy_fresh,
    LAW_copy_turn,
    LAW_trail_epoch,
    LAW_trail_forward,
    LAW_trail_reach,
    LAW_trail_held,
    LAW_reply_rid,
    LAW_entry_order,
    LAW_entry_epoch,
    LAW_entry_fresh,
    LAW_end_count,
    LAW_end_upto,
    LAW_page_last,
    LAW_check_exact,
};
static enum law broken;
static bool is_broken(enum law law)
{
    return law == broken;
}
#include "clients/catchup.c"

#include "tests/catchup_model.h"

#include <stdio.h>
#include <time.h>

/* Deliberately wrong embeddings: what client.c must not do. */
enum wrong_desk {
    DESK_FINE,
    DESK_SAVES_SEEN,    // the cursor is what was delivered, not what is done
    DESK_NEVER_TICKS,   // time does not pass for the machine
    DESK_ASKS_AS_OLD,   // requests carry the subscription before the last
    DESK_KEEPS_PLACE,   // a new epoch is not saved
};

struct place {
    struct store *store;
    uint64_t seq, check;
};
struct desk {
    struct world w;
    enum wrong_desk wrong;
    struct catchup_limits limits;
    struct catchup *machine;
    unsigned subscription, subscription_old;
    struct place saved;  // on disk
    struct store *store; // the one its epoch is of
    uint64_t last, done; // newest seq delivered, and dealt with
    const char *violation;
    uint64_t steps, deliveries, asks, gones, epochs, crashes, heals;
};

static void violate(struct desk *d, const char *what)
{
    if (d->violation == NULL)
        d->violation = what;
}

/* --- frames: what the machine carries for us ------------------------------------------------------------ */

static long frames_alive;

static void drop_frames(void *frames)
{
    frames_alive--;
    free(frames);
}

static struct catchup_copy copy_of(const struct message *m)
{
    struct message *frames = malloc(sizeof *frames);
    assert_non_null(frames);
    *frames = *m;
    frames_alive++;
    return (struct catchup_copy){.epoch = m->epoch, .seq = m->seq, .check = m->check, .frames = frames,
                                 .topics = tables.topics[m->topics], .ntopics = tables.ntopics[m->topics],
                                 .size = 10 + (size_t)m->topics};
}

/* --- the desk: invariants ------------------------------------------------------------------------------- */

static void on_delivered(struct desk *d, const struct catchup_copy *copy)
{
    struct message m = *(const struct message *)copy->frames;
    drop_frames(copy->frames);
    d->deliveries++;
    if (m.epoch != d->store->epoch || m.epoch != catchup_epoch_now(d->machine))
        return violate(d, "3: delivered a record of another epoch");
    if (m.seq == 0 || m.seq > d->store->head)
        return violate(d, "4: delivered a record that was never committed");
    struct record *r = &d->store->records[m.seq];
    if (r->check != m.check || !tables.wanted[d->subscription][m.topics])
        return violate(d, "3: delivered what does not match the subscription");
    if (r->delivered)
        return violate(d, "1: delivered twice");
    if (m.seq <= d->last)
        return violate(d, "2: delivered out of order");
    r->delivered = true;
    d->last = m.seq;
}

static void on_gone(struct desk *d, const struct catchup_todo *todo, uint64_t seen)
{
    d->gones++;
    if (todo->from != seen + 1 || todo->to < todo->from || todo->to >= d->store->oldest)
        return violate(d, "1: reported gone what is not");
    for (uint64_t seq = todo->from; seq <= todo->to; seq++)
        d->store->records[seq].gone = true;
    d->last = todo->to;
}

static void save(struct desk *d)
{
    if (d->done >= d->last || d->wrong == DESK_SAVES_SEEN)
        d->saved = (struct place){d->store, catchup_seen(d->machine), catchup_check(d->machine)};
    else if (d->saved.store != d->store || d->saved.seq < d->done) // what was passed over stays passed over
        d->saved = (struct place){d->store, d->done, 0};
}

/* The newest of that epoch; NULL: there never was one. */
static struct store *store_of(const struct desk *d, uint64_t epoch)
{
    for (unsigned i = d->w.nstores; i-- > 0;)
        if (d->w.stores[i]->epoch == epoch)
            return d->w.stores[i];
    return NULL;
}

static void on_save(struct desk *d)
{
    uint64_t epoch = catchup_epoch_now(d->machine);
    if (epoch != 0 && epoch != d->store->epoch) // the first contact is not reported
        d->store = store_of(d, epoch);
    save(d);
}

static void on_epoch(struct desk *d, uint64_t epoch)
{
    struct store *store = store_of(d, epoch);
    d->epochs++;
    if (store == NULL || store == d->store)
        return violate(d, "3: an epoch was reported that is none");
    d->store = store;
    d->last = d->done = d->w.cap = 0;
    if (d->wrong != DESK_KEEPS_PLACE)
        save(d);
}

static void on_ask(struct desk *d, const struct catchup_todo *todo)
{
    struct message *m = d->w.replay_cut ? NULL : push(&d->w.requests);
    d->asks++;
    if (m == NULL)
        return;
    *m = (struct message){.type = REQUEST, .rid = todo->rid, .epoch = todo->epoch, .after = todo->after,
                          .check = todo->check, .credit = todo->credit};
    m->subscription = (uint8_t)(d->wrong == DESK_ASKS_AS_OLD ? d->subscription_old : d->subscription);
}

/* D went from `before` to `after`: nothing of mine may lie between that was not delivered. */
static void check_passed(struct desk *d, uint64_t before, uint64_t after)
{
    if (after < before)
        return violate(d, "4: D went back");
    if (after > d->store->head)
        return violate(d, "4: D passed the head");
    for (uint64_t seq = before + 1; seq <= after; seq++) {
        const struct record *r = &d->store->records[seq];
        if (tables.wanted[d->subscription][r->topics] && !r->delivered && !r->gone)
            return violate(d, "1: a record of mine was passed over");
    }
}

static void check_held(struct desk *d)
{
    size_t bytes;
    uint64_t lowest;
    size_t n = catchup_buffered(d->machine, &bytes, &lowest);
    if (n > d->limits.copies || bytes > d->limits.bytes)
        violate(d, "5: the buffer has no bound");
    if (n > 0 && lowest <= catchup_seen(d->machine) + 1)
        violate(d, "5: the buffer holds what was seen, or what is due");
}

static void resubscribe(struct desk *d)
{
    d->subscription_old = d->w.subscription_before = d->subscription;
    d->subscription = d->w.subscription = below(&d->w, SUBSCRIPTIONS);
    assert_true(catchup_subscribe(d->machine, tables.patterns[d->subscription],
                                  tables.npatterns[d->subscription], d->w.now, jitter(&d->w)));
}

/* The application has the word between two deliveries, and takes its time. */
static void interrupt(struct desk *d)
{
    if (chance(&d->w, 10))
        resubscribe(d);
    if (chance(&d->w, 50) && d->wrong != DESK_NEVER_TICKS)
        catchup_tick(d->machine, d->w.now, jitter(&d->w));
}

/* After every event: does what the machine says, looks at the invariants at each single step of it. */
static void work(struct desk *d)
{
    struct catchup_todo todo;
    do {
        uint64_t before = catchup_seen(d->machine);
        catchup_next(d->machine, &todo);
        if (todo.what == CATCHUP_DELIVER)
            on_delivered(d, &todo.copy);
        else if (todo.what == CATCHUP_GONE)
            on_gone(d, &todo, before);
        else if (todo.what == CATCHUP_EPOCH)
            on_epoch(d, todo.epoch);
        else if (todo.what == CATCHUP_ASK)
            on_ask(d, &todo);
        else if (todo.what == CATCHUP_SAVE)
            on_save(d);
        if (d->violation == NULL && todo.what != CATCHUP_EPOCH)
            check_passed(d, before, catchup_seen(d->machine));
        if (todo.what == CATCHUP_DELIVER || todo.what == CATCHUP_GONE)
            interrupt(d);
    } while (todo.what != CATCHUP_NOTHING && d->violation == NULL);
    check_held(d);
}

/* --- the desk: events ----------------------------------------------------------------------------------- */

static bool begin(struct desk *d, uint64_t epoch)
{
    d->machine = catchup_new(&d->limits, epoch, d->saved.seq, d->saved.check, drop_frames);
    assert_non_null(d->machine);
    assert_true(catchup_subscribe(d->machine, tables.patterns[d->subscription],
                                  tables.npatterns[d->subscription], d->w.now, jitter(&d->w)));
    d->store = d->saved.store;
    d->last = d->done = d->saved.seq;
    catchup_start(d->machine, d->w.now, jitter(&d->w));
    work(d);
    return true;
}

/* The process dies with all it had in memory; what it had dealt with is dealt with. */
static void crash(struct desk *d)
{
    d->crashes++;
    catchup_free(d->machine);
    cut_live(&d->w);
    cut_replay(&d->w);
    struct store *s = d->saved.store;
    for (uint64_t seq = 1; seq <= s->head; seq++) {
        struct record *r = &s->records[seq];
        if (seq <= d->saved.seq && r->delivered && !r->done)
            violate(d, "1: a delivered record was lost in a crash");
        else if (seq > d->saved.seq)
            r->delivered = r->gone = false;
    }
    begin(d, s->epoch);
}

static void deal(struct desk *d)
{
    if (d->last <= d->done)
        return;
    uint64_t to = chance(&d->w, 700) ? d->last : d->done + 1 + below(&d->w, (unsigned)(d->last - d->done));
    while (d->done < to)
        d->store->records[++d->done].done = true;
}

/* Only where the client can know it: it, and its cursor, are ahead of the restored store, and trails told it
 * so. */
static void go_back(struct desk *d)
{
    uint64_t ahead = d->saved.seq;
    if (d->machine->trail_head < ahead)
        ahead = d->machine->trail_head;
    if (d->store != d->w.store || ahead < 2)
        return;
    uint64_t head = 1 + below(&d->w, (unsigned)(ahead - 1));
    if (head + 1 >= d->w.store->oldest)
        restore(&d->w, head, ahead - 1);
}

static void hand_trail(struct desk *d, const struct message *m)
{
    struct trail_set sets[SETS_MAX];
    const struct hash_list *lists = d->w.wrong == PUBLISHER_NO_ANCESTORS ? tables.flat : tables.sets;
    for (unsigned i = 0; i < m->nsets; i++)
        sets[i] = (struct trail_set){lists[m->sets[i]].hashes, lists[m->sets[i]].n};
    struct trail trail = {
        .epoch = m->epoch, .head = m->head, .from = m->from, .sets = sets, .nsets = m->nsets};
    catchup_trail(d->machine, &trail, d->w.now, jitter(&d->w));
}

static void hear_live(struct desk *d)
{
    struct message m;
    if (!pop(&d->w.live, &m))
        return;
    if (m.type == TRAIL) {
        hand_trail(d, &m);
    } else {
        struct catchup_copy copy = copy_of(&m);
        catchup_copy(d->machine, &copy);
    }
    work(d);
}

static void hear_reply(struct desk *d)
{
    struct message m;
    if (!pop(&d->w.replies, &m))
        return;
    int64_t now = d->w.now;
    double j = jitter(&d->w);
    if (m.type == ENTRY) {
        struct catchup_copy copy = copy_of(&m);
        catchup_entry(d->machine, m.rid, m.idx, &copy, now);
    } else if (m.type == END) {
        catchup_end(d->machine, m.rid, m.idx + m.count, m.upto, m.head, now, j);
    } else if (m.type == GONE) {
        catchup_gone(d->machine, m.rid, m.oldest, now, j);
    } else {
        catchup_epoch(d->machine, m.rid, m.epoch, now, j);
    }
    work(d);
}

static void pass_time(struct desk *d, unsigned ms)
{
    d->w.now += ms;
    if (d->wrong != DESK_NEVER_TICKS)
        catchup_tick(d->machine, d->w.now, jitter(&d->w));
    work(d);
}

static void step_network(struct desk *d)
{
    struct world *w = &d->w;
    unsigned n = below(w, 100);
    if (n < 60) {
        pass_time(d, below(w, 600));
    } else if (n < 75) {
        w->live_cut = !w->live_cut && chance(w, 400);
        if (w->live_cut)
            cut_live(w);
    } else if (n < 90) {
        w->replay_cut = !w->replay_cut && chance(w, 400);
        if (w->replay_cut)
            cut_replay(w);
    } else {
        send_trail(w);
    }
}

static void step_seldom(struct desk *d)
{
    unsigned n = below(&d->w, 100);
    if (n < 40) {
        resubscribe(d);
        work(d);
    } else if (n < 70) {
        crash(d);
    } else if (n < 82) {
        prune(&d->w);
    } else if (n < 87) {
        recreate(&d->w);
    } else {
        go_back(d);
    }
}

static void step(struct desk *d)
{
    struct world *w = &d->w;
    unsigned n = below(w, 1000);
    d->steps++;
    if (n < 150)
        commit(w);
    else if (n < 220)
        publish(w);
    else if (n < 500)
        hear_live(d);
    else if (n < 580)
        serve(w);
    else if (n < 780)
        hear_reply(d);
    else if (n < 840)
        deal(d);
    else if (n < 870)
        save(d);
    else if (n < 990)
        step_network(d);
    else
        step_seldom(d);
}

/* Invariant 6. The publish socket may stay dead: then silence alone must do it, more slowly. */
static void heal(struct desk *d)
{
    struct world *w = &d->w;
    w->loss = w->damage = 0;
    w->replay_cut = false;
    w->live_cut = chance(w, 300);
    d->heals++;
    // The longest wait of a machine: a retry of 30 s and a silence of 60 s, each half as much again.
    int64_t limit = w->now + 3 * (30000 + 60000) / 2 + 60000;
    for (bool arrived = false; !arrived && d->violation == NULL;) {
        publish(w);
        while (w->requests.n > 0 || w->replies.n > 0 || w->live.n > 0) {
            serve(w);
            hear_live(d);
            hear_reply(d);
            if (d->violation != NULL)
                return;
        }
        pass_time(d, 250);
        arrived = d->store == w->store && w->published == w->store->head && catchup_live(d->machine)
                  && catchup_seen(d->machine) == w->store->head;
        if (!arrived && w->now > limit)
            violate(d, "6: the network healed and the client did not");
    }
}

/* --- rounds --------------------------------------------------------------------------------------------- */

static void round_begin(struct desk *d, uint64_t seed)
{
    static const unsigned levels[] = {0, 10, 100, 500, 900};
    struct world *w = &d->w;
    w->random = seed * 0x9e3779b97f4a7c15ull | 1;
    w->now = 1000;
    w->live_cut = w->replay_cut = false;
    cut_live(w);
    cut_replay(w);
    w->nstores = 0;
    w->store = NULL;
    w->loss = levels[below(w, 5)];
    w->damage = levels[below(w, 3)] / 2;
    w->collisions = levels[below(w, 4)];
    w->look = 1 + below(w, 30);
    w->reach = 1 + below(w, SETS_MAX - 1);
    d->limits = (struct catchup_limits){.copies = 1 + below(w, 12), .bytes = 30 + below(w, 800),
                                        .credit = 1 + below(w, 8)};
    d->subscription = d->subscription_old = w->subscription = w->subscription_before =
        below(w, SUBSCRIPTIONS);
    recreate(w);
    for (unsigned n = below(w, 60); n > 0; n--)
        commit(w);
    d->saved = (struct place){.store = w->store};
    begin(d, chance(w, 500) ? w->store->epoch : 0);
}

static void round_end(struct desk *d)
{
    catchup_free(d->machine);
    for (unsigned i = 0; i < d->w.nstores; i++)
        free(d->w.stores[i]);
}

/* Rounds of two thousand steps, each with luck of its own, until something breaks or `steps` are over. */
static void run(struct desk *d, uint64_t seed, uint64_t steps)
{
    d->steps = 0;
    d->violation = NULL;
    while (d->steps < steps && d->violation == NULL) {
        round_begin(d, seed++);
        for (unsigned i = 0; i < 2000 && d->violation == NULL; i++)
            step(d);
        if (d->violation == NULL)
            heal(d);
        round_end(d);
    }
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static struct desk desk;

static void new_desk(void)
{
    memset(&desk, 0, sizeof desk);
    broken = LAW_none;
    frames_alive = 0;
}

static void test_no_invariant_breaks(void **state)
{
    (void)state;
    uint64_t steps = from_environment("CATCHUP_STEPS", 3000000), seed = from_environment("CATCHUP_SEED", 1);
    struct timespec from, to;
    new_desk();
    clock_gettime(CLOCK_MONOTONIC, &from);
    run(&desk, seed, steps);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("# %llu steps, %.0f a second: %llu delivered, %llu asked, %llu gone, %llu epochs, %llu crashes, "
           "%llu healed\n",
           (unsigned long long)desk.steps, (double)desk.steps / seconds, (unsigned long long)desk.deliveries,
           (unsigned long long)desk.asks, (unsigned long long)desk.gones, (unsigned long long)desk.epochs,
           (unsigned long long)desk.crashes, (unsigned long long)desk.heals);
    if (desk.violation != NULL)
        fail_msg("step %llu: %s", (unsigned long long)desk.steps, desk.violation);
    assert_int_equal(frames_alive, 0);
    // All of it happened, or the run has shown nothing.
    assert_true(desk.deliveries > steps / 100 && desk.gones > 0 && desk.epochs > 0 && desk.crashes > 0);
}

/* --- what is wrong must be found out -------------------------------------------------------------------- */

static const struct wrong {
    const char *name;
    enum law law;
    enum wrong_publisher publisher;
    enum wrong_desk desk;
} wrongs[] = {
#define BROKEN(rule) {.name = "machine without the law " #rule, .law = LAW_##rule}
    BROKEN(bounded),
    BROKEN(wanted),
    BROKEN(copy_epoch),
    BROKEN(copy_fresh),
    BROKEN(copy_turn),
    BROKEN(trail_epoch),
    BROKEN(trail_forward),
    BROKEN(trail_reach),
    BROKEN(trail_held),
    BROKEN(reply_rid),
    BROKEN(entry_order),
    BROKEN(entry_epoch),
    BROKEN(entry_fresh),
    BROKEN(end_count),
    BROKEN(end_upto),
    BROKEN(page_last),
    BROKEN(check_exact),
    {.name = "publisher: a cut page says head", .publisher = PUBLISHER_CUT_PAGE_SAYS_HEAD},
    {.name = "publisher: head read after the rows", .publisher = PUBLISHER_HEAD_READ_LATER},
    {.name = "publisher: a page out of order", .publisher = PUBLISHER_PAGE_UNORDERED},
    {.name = "publisher: sets without ancestors", .publisher = PUBLISHER_NO_ANCESTORS},
    {.name = "publisher: a new store under the old epoch", .publisher = PUBLISHER_EPOCH_KEPT},
    {.name = "publisher: prunes and does not say so", .publisher = PUBLISHER_PRUNES_SILENTLY},
    {.name = "embedding: the cursor is what was delivered", .desk = DESK_SAVES_SEEN},
    {.name = "embedding: never ticks", .desk = DESK_NEVER_TICKS},
    {.name = "embedding: asks with the old subscription", .desk = DESK_ASKS_AS_OLD},
    {.name = "embedding: a new epoch is not saved", .desk = DESK_KEEPS_PLACE},
};

static void test_every_wrong_one_is_caught(void **state)
{
    (void)state;
    uint64_t budget = 10000000; // each stops when it is caught
    unsigned survivors = 0;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        new_desk();
        broken = wrongs[i].law;
        desk.w.wrong = wrongs[i].publisher;
        desk.wrong = wrongs[i].desk;
        run(&desk, from_environment("CATCHUP_SEED", 1), budget);
        printf("# %s: %s, step %llu\n", wrongs[i].name,
               desk.violation != NULL ? desk.violation : "NOT CAUGHT", (unsigned long long)desk.steps);
        survivors += desk.violation == NULL;
    }
    broken = LAW_none;
    assert_int_equal(survivors, 0);
}

int main(void)
{
    fill_tables();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_invariant_breaks),
        cmocka_unit_test(test_every_wrong_one_is_caught),
    };
    return cmocka_run_group_tests_name("catchup", tests, NULL, NULL);
}
