// SPDX-License-Identifier: MIT
/* worker: start returns when all is open, or with the reason; turns until stop; everything on the thread that
 * owns it. */
#include "tests/unit.h"

#include "daemon/flows/worker.h"
#include "daemon/hands/bell.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A worker that notes what is done to it, in order: o(pen) t(urn, the first) l(ast) c(lose). */
struct noting {
    struct worker worker;
    bool refuses;
    char notes[16]; /* written on the thread; read before it began and after it ended */
    pthread_t on;
    sigset_t blocked;
    bool strayed; /* something ran on another thread */
    atomic_bool is_open;
    atomic_uint turns;
};

static void note(struct noting *n, char what)
{
    size_t used = strlen(n->notes);
    assert_true(used + 1 < sizeof n->notes);
    n->notes[used] = what;
    n->strayed |= what != 'o' && !pthread_equal(n->on, pthread_self());
}

static bool note_open(void *self, struct err *e)
{
    struct noting *n = self;
    n->on = pthread_self();
    pthread_sigmask(SIG_SETMASK, NULL, &n->blocked);
    note(n, 'o');
    usleep(50 * 1000); // a start that did not wait would be back by now
    if (n->refuses)
        return err_set(e, "the endpoint is taken");
    atomic_store(&n->is_open, true);
    return true;
}

static void note_turn(void *self)
{
    struct noting *n = self;
    struct pollfd p = {n->worker.bell, POLLIN, 0};
    if (atomic_load(&n->turns) == 0)
        note(n, 't');
    atomic_fetch_add(&n->turns, 1);
    poll(&p, 1, 10 * 1000);
    bell_hush(n->worker.bell);
}

static void note_last(void *self)
{
    note(self, 'l');
}

static void note_close(void *self)
{
    note(self, 'c');
}

static const struct worker_job noting_job = {"noting", note_open, note_turn, note_last, note_close};
static const struct worker_job without_last = {"noting", note_open, note_turn, NULL, note_close};

static void wait_for_turns(struct noting *n, unsigned turns)
{
    int64_t until = worker_now() + 5000;
    while (atomic_load(&n->turns) < turns && worker_now() < until)
        usleep(1000);
    assert_true(atomic_load(&n->turns) >= turns);
}

static size_t open_files(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static void start_returns_when_it_is_open(void **state)
{
    (void)state;
    struct noting n = {0};
    struct err e = {""};
    char name[16];
    size_t files = open_files();
    assert_true(worker_start(&n.worker, &noting_job, &n, &e));
    assert_true(atomic_load(&n.is_open));
    assert_int_equal(pthread_getname_np(n.worker.thread, name, sizeof name), 0);
    assert_string_equal(name, "noting");
    wait_for_turns(&n, 1);
    worker_stop(&n.worker);
    assert_string_equal(n.notes, "otlc");
    assert_false(n.strayed);
    assert_false(pthread_equal(n.on, pthread_self()));
    assert_int_equal(open_files(), files);
}

static void the_bell_gives_a_turn_and_stop_needs_none(void **state)
{
    (void)state;
    struct noting n = {0};
    struct err e = {""};
    assert_true(worker_start(&n.worker, &without_last, &n, &e));
    for (unsigned i = 1; i <= 5; i++) {
        wait_for_turns(&n, i);
        bell_ring(n.worker.bell);
    }
    int64_t before = worker_now();
    worker_stop(&n.worker); // It would wait ten seconds for the bell.
    assert_in_range(worker_now() - before, 0, 5000);
    assert_string_equal(n.notes, "otc");
}

static void stop_may_follow_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct noting n = {0};
        struct err e = {""};
        assert_true(worker_start(&n.worker, &noting_job, &n, &e));
        worker_stop(&n.worker);
        assert_true(strcmp(n.notes, "otlc") == 0 || strcmp(n.notes, "olc") == 0);
    }
}

static void what_cannot_open_says_why(void **state)
{
    (void)state;
    struct noting n = {.refuses = true};
    struct err e = {""};
    size_t files = open_files();
    assert_false(worker_start(&n.worker, &noting_job, &n, &e));
    assert_string_equal(e.text, "the endpoint is taken");
    assert_string_equal(n.notes, "oc"); // What was opened half-way is closed; no turn, no last.
    assert_false(n.strayed);
    assert_int_equal(open_files(), files);
}

static void no_descriptor_no_thread(void **state)
{
    (void)state;
    struct noting n = {0};
    struct err e = {""};
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool started = worker_start(&n.worker, &noting_job, &n, &e);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_false(started);
    assert_non_null(strstr(e.text, strerror(EMFILE)));
    assert_string_equal(n.notes, "");
}

static void its_signals_are_blocked_and_ours_are_not(void **state)
{
    (void)state;
    struct noting n = {0};
    struct err e = {""};
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_true(worker_start(&n.worker, &noting_job, &n, &e));
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    worker_stop(&n.worker);
    static const int ours[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGURG, SIGUSR1};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        assert_int_equal(sigismember(&n.blocked, ours[i]), 1);
        assert_int_equal(sigismember(&after, ours[i]), sigismember(&before, ours[i]));
    }
}

static void its_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t first = worker_now();
    usleep(20 * 1000);
    assert_in_range(worker_now() - first, 15, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_returns_when_it_is_open),
        cmocka_unit_test(the_bell_gives_a_turn_and_stop_needs_none),
        cmocka_unit_test(stop_may_follow_at_once),
        cmocka_unit_test(what_cannot_open_says_why),
        cmocka_unit_test(no_descriptor_no_thread),
        cmocka_unit_test(its_signals_are_blocked_and_ours_are_not),
        cmocka_unit_test(its_clock_never_goes_back),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
