// SPDX-License-Identifier: MIT
/* spool_look: which drop files are there, which are complete, and in which order. */
#include "tests/spool_world.h"

#include <sys/socket.h>
#include <sys/un.h>

// --- complete or not -------------------------------------------------------------------------------------

static void a_young_file_waits_for_quiet(void **state)
{
    struct world *w = *state;
    drop(w, "a.txt", "1");
    struct seen s = look(w);
    assert_int_equal(s.n, 0);
    assert_int_equal(s.waiting, 1);
    assert_in_range(s.again_ms, 1, 2000);
    assert_true(llabs(s.oldest - world_now()) < 60000);
    push_clocks(s.again_ms);
    s = look(w);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.again_ms, -1);
    assert_string_equal(s.names[0].name, "a.txt");
    assert_string_equal(s.names[0].feed, "default");
}

static void writing_starts_the_wait_again(void **state)
{
    struct world *w = *state;
    drop(w, "a.txt", "1");
    look(w);
    // As if the first write had been long ago: only the state of the file can tell.
    pushed_mono += 1900;
    int fd = open(in_world(w, "incoming/a.txt"), O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "22", 2), 2);
    close(fd);
    struct seen s = look(w);
    assert_int_equal(s.n, 0);
    assert_in_range(s.again_ms, 500, 2000);
}

static void a_forged_mtime_makes_no_file_old(void **state)
{
    struct world *w = *state;
    struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    drop(w, "a.txt", "1");
    assert_int_equal(utimensat(AT_FDCWD, in_world(w, "incoming/a.txt"), old, 0), 0);
    assert_int_equal(look(w).n, 0);
    push_clocks(2001);
    assert_int_equal(look(w).n, 1);
}

static void a_ctime_in_the_future_waits_by_the_other_clock(void **state)
{
    struct world *w = *state;
    pushed_now -= 3600 * 1000; // The clock was set back after the file came.
    drop(w, "a.txt", "1");
    struct seen s = look(w);
    assert_int_equal(s.n, 0);
    assert_in_range(s.again_ms, 1, 2000);
    pushed_mono += 1999 - 1500;
    assert_int_equal(look(w).n, 0);
    pushed_mono += 1600;
    assert_int_equal(look(w).n, 1);
    assert_int_equal(look(w).n, 1); // And stays ready until it is claimed.
}

static bool everything_is_remote(int dir)
{
    (void)dir;
    return true;
}

static void a_strangers_clock_is_not_believed(void **state)
{
    struct world *w = *state;
    spool_seams.remote = everything_is_remote;
    pushed_now += 3600 * 1000; // The server is an hour behind: what it wrote now looks old.
    drop(w, "a.txt", "1");
    assert_int_equal(look(w).n, 0);
    pushed_mono += 2000;
    assert_int_equal(look(w).n, 1);
}

static void what_is_said_to_be_complete_is(void **state)
{
    struct world *w = *state;
    drop(w, "a.txt", "1");
    drop(w, "desk/b.txt", "1");
    drop(w, "c.txt", "1");
    spool_complete(w->spool, "default", "a.txt");
    spool_complete(w->spool, "desk", "b.txt");
    spool_complete(w->spool, "desk", "no-such");
    spool_complete(w->spool, "nofeed", "no-such");
    for (int i = 0; i < 3; i++) {
        struct seen s = look(w);
        assert_int_equal(s.n, 2);
        assert_int_equal(s.waiting, 3);
        assert_string_equal(s.names[0].name, "a.txt");
        assert_string_equal(s.names[1].name, "b.txt");
        assert_string_equal(s.names[1].feed, "desk");
    }
}

static void complete_means_the_file_as_it_was(void **state)
{
    struct world *w = *state;
    drop(w, "a.txt", "1");
    drop(w, "b.txt", "1");
    spool_complete(w->spool, "default", "a.txt");
    spool_complete(w->spool, "default", "b.txt");
    drop(w, "a.txt", "longer"); // Somebody goes on writing after all.
    assert_int_equal(unlink(in_world(w, "incoming/b.txt")), 0);
    assert_int_equal(look(w).n, 0);
    drop(w, "b.txt", "another of that name");
    assert_int_equal(look(w).n, 0);
}

static void what_was_put_back_is_not_complete_by_our_own_rename(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a.txt", "1");
    assert_true(spool_settle(w->spool, &c, FATE_RETRY, NULL, &w->e));
    spool_complete(w->spool, "default", "a.txt"); // The hint of that rename.
    struct seen s = look(w);
    assert_int_equal(s.n, 0);
    assert_int_equal(s.waiting, 1);
    assert_in_range(s.again_ms, 1, 2000);
}

static void what_was_put_back_rests_even_without_settle(void **state)
{
    struct world *w = *state;
    w->conf->spool.settle_ms = 0;
    struct claim c = claimed(w, "default", "a.txt", "1");
    assert_true(spool_settle(w->spool, &c, FATE_RETRY, NULL, &w->e));
    struct seen s = look(w);
    assert_int_equal(s.n, 0);
    assert_in_range(s.again_ms, 1, 1000);
    push_clocks(1001);
    assert_int_equal(look(w).n, 1);
}

static void without_settle_all_is_ready(void **state)
{
    struct world *w = *state;
    w->conf->spool.settle_ms = 0;
    drop(w, "a.txt", "1");
    assert_int_equal(look(w).n, 1);
}

// --- what counts as a drop file --------------------------------------------------------------------------

static void skips_what_is_not_meant(void **state)
{
    struct world *w = *state;
    static const char *const not[] = {".hidden", "a.tmp", "b.part", "c.filepart", "d~", "desk/.x", "desk/e~"};
    for (size_t i = 0; i < sizeof not / sizeof not[0]; i++)
        drop(w, not[i], "1");
    push_clocks(5000);
    struct seen s = look(w);
    assert_int_equal(s.n, 0);
    assert_int_equal(s.waiting, 0);
    assert_int_equal(s.oldest, 0);
    assert_int_equal(s.again_ms, -1);
}

static void feeds_are_one_level(void **state)
{
    struct world *w = *state;
    static const char *const dirs[] = {"fresh", "Not Valid", "desk/deeper", "default"};
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
        assert_int_equal(mkdir(in_world(w, "incoming/%s", dirs[i]), 0755), 0);
    static const char *const files[] = {"fresh/a",   "Not Valid/b", "desk/deeper/c",
                                        "default/d", "desk/e",      "f"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        drop(w, files[i], "1");
    push_clocks(5000);
    struct seen s = look(w);
    assert_int_equal(s.n, 3);
    assert_string_equal(s.names[0].feed, "fresh");
    assert_string_equal(s.names[1].feed, "desk");
    assert_string_equal(s.names[2].feed, "default");
    assert_int_equal(s.waiting, 3);
}

static void links_fifos_and_sockets_are_ready_to_be_refused(void **state)
{
    struct world *w = *state;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s", in_world(w, "incoming/socket"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
    assert_int_equal(mkfifo(in_world(w, "incoming/fifo"), 0644), 0);
    assert_int_equal(symlink("/etc/passwd", in_world(w, "incoming/link")), 0);
    assert_int_equal(symlink("/etc", in_world(w, "incoming/dirlink")), 0);
    assert_int_equal(symlink("nowhere", in_world(w, "incoming/dangling")), 0);
    assert_int_equal(look(w).n, 0);
    push_clocks(5000);
    assert_int_equal(look(w).n, 5);
}

// --- order and bounds ------------------------------------------------------------------------------------

static bool in_order(const struct spool_name *a, const struct spool_name *b)
{
    if (a->ctime.tv_sec != b->ctime.tv_sec)
        return a->ctime.tv_sec < b->ctime.tv_sec;
    if (a->ctime.tv_nsec != b->ctime.tv_nsec)
        return a->ctime.tv_nsec < b->ctime.tv_nsec;
    return strcmp(a->name, b->name) < 0;
}

static void drop_many(struct world *w, int n)
{
    for (int i = 0; i < n; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%05d", i % 3 == 0 ? "desk/" : "", i * 7919 % n);
        drop(w, name, "");
    }
}

static void five_thousand_names_in_order_of_arrival(void **state)
{
    struct world *w = *state;
    drop_many(w, 5000);
    push_clocks(60000);
    struct seen s = look(w);
    assert_int_equal(s.n, 5000);
    for (size_t i = 1; i < s.n; i++)
        assert_true(in_order(&s.names[i - 1], &s.names[i]));
}

static void of_too_many_the_oldest(void **state)
{
    struct world *w = *state;
    static struct spool_name all[300];
    drop_many(w, 300);
    push_clocks(60000);
    struct seen s = look(w);
    assert_int_equal(s.n, 300);
    memcpy(all, s.names, sizeof all);
    for (size_t max = 1; max < 300; max += 37) {
        spool_seams.look_max = max;
        s = look(w);
        assert_int_equal(s.n, max);
        assert_int_equal(s.waiting, 300);
        assert_memory_equal(s.names, all, max * sizeof *all);
    }
}

static void strange_names_are_names(void **state)
{
    struct world *w = *state;
    drop(w, "two\nlines \xff\xfe \033[31m", "1");
    push_clocks(5000);
    struct seen s = look(w);
    assert_int_equal(s.n, 1);
    assert_string_equal(s.names[0].name, "two\nlines \xff\xfe \033[31m");
}

// --- gone ------------------------------------------------------------------------------------------------

static void gone_is_not_empty(void **state)
{
    struct world *w = *state;
    struct seen s = {0};
    drop(w, "a", "1");
    push_clocks(5000);
    assert_int_equal(look(w).n, 1);
    assert_int_equal(rename(in_world(w, "incoming"), in_world(w, "away")), 0);
    for (int i = 0; i < 2; i++) {
        assert_false(spool_look(w->spool, &s.names, &s.n, &s.waiting, &s.again_ms, &s.oldest, &w->e));
        assert_non_null(strstr(w->e.text, "incoming is gone"));
        assert_false(there(in_world(w, "incoming"))); // It may be a mount: nobody makes it up.
    }
    assert_int_equal(mkdir(in_world(w, "incoming"), 0755), 0);
    drop(w, "b", "1");
    push_clocks(5000);
    s = look(w);
    assert_int_equal(s.n, 1);
    assert_string_equal(s.names[0].name, "b");
    assert_true(there(in_world(w, "incoming/desk"))); // Feeds of the new one are made.
    struct claim c;
    assert_int_equal(claim(w, "default", "b", &c), FATE_DONE);
}

static int look_as_stranger(struct world *w)
{
    struct seen s = {0};
    if (!spool_look(w->spool, &s.names, &s.n, &s.waiting, &s.again_ms, &s.oldest, &w->e))
        return __LINE__;
    return s.n == 1 && strcmp(s.names[0].name, "a") == 0 ? 0 : __LINE__;
}

static void a_feed_that_cannot_be_read_holds_up_no_other(void **state)
{
    struct world *w = *state;
    drop(w, "a", "1");
    drop(w, "desk/b", "1");
    push_clocks(5000);
    assert_int_equal(chmod(in_world(w, "incoming"), 0755), 0);
    assert_int_equal(chmod(in_world(w, "incoming/wire"), 0755), 0);
    assert_int_equal(chmod(in_world(w, "incoming/desk"), 0), 0);
    in_child(w, true, look_as_stranger);
    assert_int_equal(chmod(in_world(w, "incoming/desk"), 0755), 0);
}

/* Its files could never be claimed: they must not fill the list, and somebody must be told. */
static void a_feed_that_cannot_be_changed_takes_no_room(void **state)
{
    struct world *w = *state;
    drop(w, "desk/b", "1");
    push_clocks(5000);
    drop(w, "a", "1");
    push_clocks(5000);
    assert_int_equal(chmod(in_world(w, "incoming"), 0755), 0);
    assert_int_equal(chmod(in_world(w, "incoming/wire"), 0755), 0);
    assert_int_equal(chmod(in_world(w, "incoming/desk"), 0755), 0);
    if (geteuid() != 0)
        assert_int_equal(chmod(in_world(w, "incoming/desk"), 0555), 0);
    spool_seams.look_max = 1;
    in_child(w, true, look_as_stranger);
    assert_int_equal(chmod(in_world(w, "incoming/desk"), 0755), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_make, world_end)
        T(a_young_file_waits_for_quiet),
        T(writing_starts_the_wait_again),
        T(a_forged_mtime_makes_no_file_old),
        T(a_ctime_in_the_future_waits_by_the_other_clock),
        T(a_strangers_clock_is_not_believed),
        T(what_is_said_to_be_complete_is),
        T(complete_means_the_file_as_it_was),
        T(what_was_put_back_is_not_complete_by_our_own_rename),
        T(what_was_put_back_rests_even_without_settle),
        T(without_settle_all_is_ready),
        T(skips_what_is_not_meant),
        T(feeds_are_one_level),
        T(links_fifos_and_sockets_are_ready_to_be_refused),
        T(five_thousand_names_in_order_of_arrival),
        T(of_too_many_the_oldest),
        T(strange_names_are_names),
        T(gone_is_not_empty),
        T(a_feed_that_cannot_be_read_holds_up_no_other),
        T(a_feed_that_cannot_be_changed_takes_no_room),
    };
    return cmocka_run_group_tests_name("spool_look", tests, NULL, NULL);
}
