// SPDX-License-Identifier: MIT
/* test_client: the library against a daemon whose every answer the test decides (fake_daemon.h). Both run in
 * one thread, in turns; one test puts the daemon into a thread, because client_ask() waits. */
#include "tests/unit.h"

#include "clients/client.h"
#include "tests/fake_daemon.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

static struct fake fake;
static struct newswire *wire;

static int open_fake(void **state)
{
    (void)state;
    fake_open(&fake);
    wire = newswire_connect(fake.publish, fake.answer);
    return wire != NULL ? 0 : -1;
}

static int close_fake(void **state)
{
    (void)state;
    newswire_close(wire);
    fake_close(&fake);
    return 0;
}

/* Lets both run until a condition holds; events are not expected meanwhile. */
#define UNTIL(condition)                                                                                     \
    do {                                                                                                     \
        int tries_ = PEER_WAIT_MS;                                                                           \
        for (fake_serve(&fake); !(condition) && tries_-- > 0; fake_serve(&fake))                             \
            assert_null(newswire_next(wire, 1));                                                             \
        assert_true(tries_ > 0);                                                                             \
    } while (0)

/* The next event, however long it takes. */
static const struct newswire_event *next(void)
{
    const struct newswire_event *e = NULL;
    for (int tries = PEER_WAIT_MS; e == NULL && tries > 0; tries--) {
        fake_serve(&fake);
        e = newswire_next(wire, 1);
        assert_true(e != NULL || errno == EAGAIN);
    }
    assert_non_null(e);
    return e;
}

static void expect(uint64_t seq)
{
    char headline[40];
    const struct newswire_event *e = next();
    snprintf(headline, sizeof headline, "Item %llu", (unsigned long long)seq);
    assert_int_equal(e->type, NEWSWIRE_DISPATCH);
    assert_int_equal(e->seq, seq);
    assert_int_equal(e->epoch, fake.epoch);
    assert_string_equal(e->dispatch->headline, headline);
    assert_int_equal(newswire_seen(wire), seq);
}

static void commit_n(unsigned n, const char *topic)
{
    while (n-- > 0)
        fake_commit(&fake, topic, NULL, NULL);
}

/* --- live and replay ------------------------------------------------------------------------------------ */

static void test_live_copies(void **state)
{
    (void)state;
    assert_true(newswire_subscribe(wire, "sport"));
    assert_int_equal(newswire_fd(wire), -1);
    fake.mute = true; // only live copies can bring them
    UNTIL(fake.hears_trails && fake.locates > 0);
    assert_int_equal(fake.located_at, INT64_MAX);
    assert_int_equal(fake.subscriptions, 2);
    UNTIL(fake.requests > 0);
    fake_commit(&fake, "sport/", "place/am/", NULL);
    fake_commit(&fake, "other/", NULL, NULL);
    fake_commit(&fake, "sport/chess/", "sport/", NULL);
    for (uint64_t seq = 1; seq <= 3; seq++)
        fake_publish(&fake, seq);
    fake_trail(&fake, 1);
    expect(1);
    const struct newswire_event *e = next();
    assert_int_equal(e->seq, 3); // 2 was not published to us; the trail says that it is none of ours
    assert_int_equal(e->kind, NEWSWIRE_NEW);
    assert_int_equal(e->stored, 3000);
    assert_string_equal(e->topics[0], "sport/chess/");
    assert_string_equal(e->topics[1], "sport/");
    assert_null(e->topics[2]);
    assert_string_equal(e->dispatch->body, "Text.");
    assert_null(e->dispatch->agency);
    assert_non_null(e->dispatch->warnings);
    struct head *h = head_unpack(e->head_frame, e->head_frame_size, NULL);
    struct newswire_dispatch *d = dispatch_unpack(e->dispatch_frame, e->dispatch_frame_size, NULL);
    assert_true(h != NULL && d != NULL && h->seq == 3 && strcmp(d->headline, "Item 3") == 0);
    head_free(h);
    dispatch_free(d);
    assert_int_equal(newswire_head(wire), 3);
    assert_null(newswire_next(wire, 0));
    assert_int_equal(errno, EAGAIN);
}

static void test_dropped_copies_are_replayed(void **state)
{
    (void)state;
    assert_true(newswire_subscribe(wire, "sport"));
    UNTIL(fake.hears_trails && fake.requests > 0);
    commit_n(5, "sport/");
    fake_publish(&fake, 1);
    fake_publish(&fake, 4); // 2, 3, 5 are lost
    fake_trail(&fake, 1);
    for (uint64_t seq = 1; seq <= 5; seq++)
        expect(seq);
    assert_null(newswire_next(wire, 0));
}

static void test_the_last_one_lost_is_noticed(void **state)
{
    (void)state;
    UNTIL(fake.hears_trails && fake.requests > 0);
    commit_n(1, "sport/");
    fake_trail(&fake, 1);
    expect(1);
    assert_null(newswire_next(wire, 0));
}

static void test_replay_page_by_page(void **state)
{
    (void)state;
    commit_n(10, "sport/");
    fake.page = 3;
    assert_true(newswire_since(wire, "start"));
    for (uint64_t seq = 1; seq <= 10; seq++)
        expect(seq);
    assert_true(fake.requests >= 4);
}

static void test_damage_is_dropped(void **state)
{
    (void)state;
    assert_true(newswire_since(wire, "start"));
    fake.damage = true;
    commit_n(2, "sport/");
    UNTIL(fake.hears_trails && fake.requests > 0);
    fake_send(fake.live, TOPIC_TRAIL, 7, false);
    fake_send(fake.live, TOPIC_TRAIL, 7, true);
    fake_send(fake.live, "\xff\xff\xff", 3, false);
    for (int i = 0; i < 8; i++)
        fake_send(fake.live, TOPIC_ALL, 4, i < 7);
    expect(1); // the broken page is asked for again
    expect(2);
    assert_true(newswire_error(wire)[0] != '\0');
}

static void test_refused_is_told_and_survived(void **state)
{
    (void)state;
    fake.refuse = true;
    commit_n(1, "sport/");
    assert_true(newswire_since(wire, "start"));
    UNTIL(strstr(newswire_error(wire), "not today") != NULL);
    fake.refuse = false;
    expect(1);
}

/* --- epochs, horizons, places --------------------------------------------------------------------------- */

static void test_a_new_store_is_told(void **state)
{
    (void)state;
    commit_n(2, "sport/");
    assert_true(newswire_since(wire, "start"));
    expect(1);
    expect(2);
    fake.epoch = 0xe2;
    fake.head = 0;
    commit_n(1, "sport/");
    fake_trail(&fake, 1);
    const struct newswire_event *e = next();
    assert_int_equal(e->type, NEWSWIRE_EPOCH);
    assert_int_equal(e->epoch, 0xe2);
    assert_int_equal(e->seq, 0);
    assert_null(e->dispatch);
    assert_null(e->topics[0]);
    expect(1);
}

static void test_an_older_copy_of_the_store_is_told(void **state)
{
    (void)state;
    commit_n(5, "sport/");
    assert_true(newswire_since(wire, "start"));
    for (uint64_t seq = 1; seq <= 5; seq++)
        expect(seq);
    fake_trail(&fake, 1);
    UNTIL(newswire_head(wire) == 5);
    UNTIL(newswire_next(wire, 1) == NULL && fake.requests > 0);
    fake.head = 3; // the same epoch
    int tries = PEER_WAIT_MS;
    const struct newswire_event *e = NULL;
    // A trail before the last page's End would be looked at while catching up: so the daemon says it more
    // than once.
    for (; e == NULL && tries > 0; tries--) {
        fake_trail(&fake, 1);
        fake_serve(&fake);
        e = newswire_next(wire, 10);
    }
    assert_non_null(e);
    assert_int_equal(e->type, NEWSWIRE_EPOCH);
    assert_int_equal(e->epoch, fake.epoch);
    expect(1);
}

static void test_what_is_gone_is_told(void **state)
{
    (void)state;
    commit_n(6, "sport/");
    fake.oldest = 5;
    assert_true(newswire_since(wire, "2"));
    const struct newswire_event *e = next();
    assert_int_equal(e->type, NEWSWIRE_GONE);
    assert_int_equal(e->gone_from, 2);
    assert_int_equal(e->gone_to, 4);
    assert_int_equal(e->seq, 4);
    expect(5);
    expect(6);
}

static void test_start_begins_at_the_horizon(void **state)
{
    (void)state;
    commit_n(6, "sport/");
    fake.oldest = 5;
    assert_true(newswire_since(wire, "start"));
    expect(5);
}

static void test_since_a_time(void **state)
{
    (void)state;
    commit_n(4, "sport/");
    assert_true(newswire_since(wire, "1970-01-01T00:00:03Z"));
    expect(3);
    assert_int_equal(fake.located_at, 3000);
    expect(4);
}

static void test_since_a_number_to_come(void **state)
{
    (void)state;
    commit_n(2, "sport/");
    assert_true(newswire_since(wire, "4"));
    UNTIL(fake.hears_trails && fake.requests > 0);
    commit_n(3, "sport/");
    fake_trail(&fake, 1);
    expect(4);
    expect(5);
}

static void test_since_a_time_to_come(void **state)
{
    (void)state;
    commit_n(2, "sport/");
    assert_true(newswire_since(wire, "1970-01-01T00:00:04Z"));
    UNTIL(fake.hears_trails && fake.requests > 0);
    commit_n(3, "sport/");
    fake_trail(&fake, 1);
    expect(4);
    expect(5);
}

static void test_what_is_no_place_or_topic(void **state)
{
    (void)state;
    assert_false(newswire_since(wire, "yesterday"));
    assert_non_null(strstr(newswire_error(wire), "yesterday"));
    assert_false(newswire_since(wire, "-1"));
    assert_false(newswire_since(wire, "2026-02-30"));
    assert_false(newswire_subscribe(wire, "Sport"));
    assert_true(newswire_error(wire)[0] != '\0');
    assert_false(newswire_unsubscribe(wire, "sport"));
    assert_true(newswire_done(wire, 1));
    UNTIL(fake.locates > 0);
    assert_false(newswire_since(wire, "now"));
    assert_false(newswire_cursor(wire, fake.directory, "late"));
    errno = 0;
    assert_null(newswire_connect("nonsense", NULL));
    assert_int_equal(errno, EINVAL);
    assert_null(newswire_connect(fake.publish, "quic://x"));
    assert_int_equal(errno, EINVAL);
    newswire_close(NULL);
    assert_string_equal(newswire_version(), NEWSWIRE_VERSION);
}

static void test_since_said_anew(void **state)
{
    (void)state;
    commit_n(4, "sport/");
    assert_true(newswire_since(wire, "4"));
    assert_true(newswire_since(wire, "start"));
    expect(1);
}

/* --- cursors -------------------------------------------------------------------------------------------- */

static void reopen(const char *cursor)
{
    newswire_close(wire);
    wire = newswire_connect(fake.publish, fake.answer);
    assert_non_null(wire);
    assert_true(newswire_cursor(wire, fake.directory, cursor));
}

static void test_a_cursor_continues_behind_what_is_done(void **state)
{
    (void)state;
    commit_n(5, "sport/");
    reopen("desk");
    assert_true(newswire_since(wire, "start"));
    struct newswire *second = newswire_connect(fake.publish, fake.answer);
    assert_non_null(second);
    assert_false(newswire_cursor(second, fake.directory, "desk"));
    assert_non_null(strstr(newswire_error(second), "in use"));
    newswire_close(second);
    expect(1);
    expect(2);
    assert_true(newswire_done(wire, 2));
    assert_true(newswire_done(wire, 4)); // not delivered: changes nothing
    expect(3);
    reopen("desk");
    assert_true(newswire_since(wire, "start")); // the cursor wins
    expect(3); // was not done
    assert_int_equal(fake.after, 2);
    expect(4);
    assert_true(newswire_done(wire, 4));
    expect(5);
    assert_true(newswire_done(wire, 5));
    reopen("desk");
    commit_n(1, "sport/");
    expect(6);
}

/* Also over a number, behind which records would else be passed over without a word. */
static void test_a_cursor_wins_over_a_number(void **state)
{
    (void)state;
    commit_n(5, "sport/");
    reopen("desk");
    assert_true(newswire_since(wire, "start"));
    expect(1);
    assert_true(newswire_done(wire, 1));
    reopen("desk");
    assert_true(newswire_since(wire, "4"));
    expect(2);
}

static void test_a_new_cursor_remembers_where_it_began(void **state)
{
    (void)state;
    commit_n(2, "sport/");
    reopen("young");
    fake.mute = true;
    UNTIL(fake.requests > 0); // located, and nothing else
    reopen("young");
    fake.mute = false;
    commit_n(1, "sport/"); // while it was away
    expect(3);
}

static void test_a_cursor_that_cannot_be_saved_is_told_at_the_end(void **state)
{
    (void)state;
    char directory[200], path[220];
    snprintf(directory, sizeof directory, "%s/cursors", fake.directory);
    commit_n(2, "sport/");
    assert_true(newswire_cursor(wire, directory, "lost"));
    assert_true(newswire_since(wire, "start"));
    expect(1);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/lost%s", directory, i == 0 ? "" : "@lock");
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(directory), 0);
    newswire_done(wire, 1); // true if it was saved less than a second ago
    assert_false(newswire_close(wire));
    assert_int_equal(errno, ENOENT);
    wire = NULL;
}

static void test_what_is_not_mine_moves_the_cursor(void **state)
{
    (void)state;
    commit_n(3, "sport/");
    reopen("picky");
    assert_true(newswire_since(wire, "start"));
    assert_true(newswire_subscribe(wire, "place"));
    UNTIL(newswire_seen(wire) == 3);
    reopen("picky");
    assert_true(newswire_subscribe(wire, "place"));
    fake.requests = 0;
    UNTIL(fake.requests > 0);
    assert_int_equal(fake.after, 3);
}

/* --- subscriptions -------------------------------------------------------------------------------------- */

static void test_topics_change_between_events(void **state)
{
    (void)state;
    fake_commit(&fake, "a/", NULL, NULL);
    fake_commit(&fake, "b/", NULL, NULL);
    fake_commit(&fake, "a/", NULL, NULL);
    fake_commit(&fake, "b/", NULL, NULL);
    assert_true(newswire_subscribe(wire, "a"));
    assert_true(newswire_since(wire, "start"));
    expect(1);
    assert_true(newswire_subscribe(wire, "b"));
    assert_true(newswire_unsubscribe(wire, "a"));
    expect(2); // from the place where it was changed
    expect(4);
    assert_true(newswire_unsubscribe(wire, "b")); // nothing named: everything
    fake_commit(&fake, "c/", NULL, NULL);
    fake_trail(&fake, 1);
    UNTIL(fake.hears_trails && fake.subscriptions == 2);
    fake_trail(&fake, 1);
    expect(5);
}

static void test_stars_and_exclusions(void **state)
{
    (void)state;
    fake_commit(&fake, "place/fr/paris/", NULL, NULL);
    fake_commit(&fake, "place/us/paris/", "language/en/", NULL);
    fake_commit(&fake, "place/fr/lyon/", NULL, NULL);
    fake_commit(&fake, "place/us/paris/", "language/fr/", NULL);
    assert_true(newswire_subscribe(wire, "place/*/paris"));
    assert_true(newswire_subscribe(wire, "!language/en"));
    assert_true(newswire_since(wire, "start"));
    expect(1);
    expect(4);
    assert_null(newswire_next(wire, 0));
}

/* More than a thousand subscriptions were dropped at a reconnect once, without a word. */
static void test_a_restarted_daemon_hears_all_subscriptions(void **state)
{
    (void)state;
    char topic[40];
    for (int i = 0; i < 3000; i++) {
        snprintf(topic, sizeof topic, "subject/s%d", i);
        assert_true(newswire_subscribe(wire, topic));
    }
    UNTIL(fake.hears_trails && fake.requests > 0);
    assert_int_equal(fake.subscriptions, 3001);
    fake_unbind(&fake);
    fake_bind(&fake);
    UNTIL(fake.subscriptions == 3001 && fake.hears_trails);
    fake_commit(&fake, "subject/s2999/", NULL, NULL);
    fake_publish(&fake, 1);
    expect(1);
}

/* --- waiting -------------------------------------------------------------------------------------------- */

static bool is_readable(int timeout_ms)
{
    struct pollfd p = {.fd = newswire_fd(wire), .events = POLLIN};
    return poll(&p, 1, timeout_ms) == 1;
}

static void test_the_descriptor_tells(void **state)
{
    (void)state;
    assert_true(newswire_since(wire, "start"));
    UNTIL(fake.hears_trails && fake.requests > 0);
    UNTIL(!is_readable(0));
    commit_n(3, "sport/");
    for (uint64_t seq = 1; seq <= 3; seq++)
        fake_publish(&fake, seq);
    for (uint64_t seq = 1; seq <= 3;) {
        // As a poll loop would: only when told, and then until there is nothing.
        assert_true(is_readable(PEER_WAIT_MS));
        const struct newswire_event *e = newswire_next(wire, 0);
        assert_true(e == NULL || e->seq == seq);
        seq += e != NULL;
    }
}

static void on_signal(int number)
{
    (void)number;
}

static void test_a_signal_ends_the_wait(void **state)
{
    (void)state;
    struct sigaction now = {.sa_handler = on_signal}, before;
    struct itimerval often = {.it_interval = {.tv_usec = 20000}, .it_value = {.tv_usec = 20000}},
                     never = {{0, 0}, {0, 0}};
    assert_int_equal(sigaction(SIGALRM, &now, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_null(newswire_next(wire, -1));
    int why = errno;
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_int_equal(why, EINTR);
}

static atomic_bool over;

static void *serve_until_over(void *nothing)
{
    while (!atomic_load(&over)) {
        fake_serve(&fake);
        usleep(1000);
    }
    return nothing;
}

static void test_one_question(void **state)
{
    (void)state;
    pthread_t thread;
    struct err e = {""};
    struct ask locate = {.type = ASK_LOCATE, .time = INT64_MAX}, status = {.type = ASK_STATUS};
    commit_n(2, "sport/");
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&thread, NULL, serve_until_over, NULL), 0);
    struct answer *a = client_ask(wire, &locate, PEER_WAIT_MS, &e);
    struct answer *refused = client_ask(wire, &status, PEER_WAIT_MS, &e);
    atomic_store(&over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_non_null(a);
    assert_int_equal(a->head, 2);
    answer_free(a);
    assert_null(refused);
    assert_non_null(strstr(e.text, "not today"));
    assert_null(client_ask(wire, &locate, 20, &e)); // nobody serves now
    assert_non_null(strstr(e.text, fake.answer));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_fake, close_fake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_live_copies),
        CASE(test_dropped_copies_are_replayed),
        CASE(test_the_last_one_lost_is_noticed),
        CASE(test_replay_page_by_page),
        CASE(test_damage_is_dropped),
        CASE(test_refused_is_told_and_survived),
        CASE(test_a_new_store_is_told),
        CASE(test_an_older_copy_of_the_store_is_told),
        CASE(test_what_is_gone_is_told),
        CASE(test_start_begins_at_the_horizon),
        CASE(test_since_a_time),
        CASE(test_since_a_number_to_come),
        CASE(test_since_a_time_to_come),
        CASE(test_since_said_anew),
        CASE(test_what_is_no_place_or_topic),
        CASE(test_a_cursor_continues_behind_what_is_done),
        CASE(test_a_cursor_wins_over_a_number),
        CASE(test_a_new_cursor_remembers_where_it_began),
        CASE(test_a_cursor_that_cannot_be_saved_is_told_at_the_end),
        CASE(test_what_is_not_mine_moves_the_cursor),
        CASE(test_topics_change_between_events),
        CASE(test_stars_and_exclusions),
        CASE(test_a_restarted_daemon_hears_all_subscriptions),
        CASE(test_the_descriptor_tells),
        CASE(test_a_signal_ends_the_wait),
        CASE(test_one_question),
    };
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
