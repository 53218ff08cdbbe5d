// SPDX-License-Identifier: MIT
/* watch: hints about incoming/. What happens to the directory must be hinted at; no more is asked of it. */
#include "tests/spool_world.h"

#include "daemon/hands/watch.h"

#include <poll.h>
#include <sys/resource.h>

static struct watch *watch;

static int make(void **state)
{
    struct world *w;
    unsetenv("NEWSWIRE_POLL");
    world_make(state);
    w = *state;
    watch = watch_new(in_world(w, "incoming"), &w->e);
    assert_non_null(watch);
    return 0;
}

static int end(void **state)
{
    watch_free(watch);
    return world_end(state);
}

/* Waits for a hint of that kind about that name (NULL: any), passing over others; false: none in 10 s. */
static bool hinted(enum watch_hint want, const char *feed, const char *name)
{
    const char *of, *about;
    for (;;) {
        enum watch_hint hint = watch_next(watch, &of, &about);
        if (hint == want && strcmp(of, feed) == 0 && (name == NULL || strcmp(about, name) == 0))
            return true;
        struct pollfd fd = {watch_fd(watch), POLLIN, 0};
        if (hint == WATCH_NOTHING && poll(&fd, 1, 10000) <= 0)
            return false;
    }
}

static bool quiet(void)
{
    const char *feed, *name;
    return watch_next(watch, &feed, &name) == WATCH_NOTHING;
}

static void move_in(struct world *w, const char *where)
{
    put(in_world(w, "outside"), "1");
    assert_int_equal(rename(in_world(w, "outside"), in_world(w, "incoming/%s", where)), 0);
}

static void hints_at_moves_and_closes(void **state)
{
    struct world *w = *state;
    assert_string_equal(watch_how(watch), "inotify");
    assert_false(watch_polling(watch));
    assert_true(quiet());
    move_in(w, "a");
    assert_true(hinted(WATCH_MOVED, "default", "a"));
    drop(w, "desk/b", "1");
    assert_true(hinted(WATCH_CLOSED, "desk", "b"));
    assert_int_equal(link(in_world(w, "incoming/a"), in_world(w, "incoming/wire/c")), 0);
    assert_true(hinted(WATCH_LOOK, "wire", "c"));
    assert_int_equal(mkfifo(in_world(w, "incoming/d"), 0644), 0);
    assert_true(hinted(WATCH_LOOK, "default", "d"));
    assert_true(quiet());
}

static void dot_names_are_nobodys_business(void **state)
{
    struct world *w = *state;
    char name[256];
    drop(w, ".a.part", "1");
    assert_true(quiet());
    int fd = open("/dev/null", O_RDONLY);
    assert_true(spool_drop(w->conf, "desk", fd, "b", name, &w->e));
    close(fd);
    const char *feed, *about;
    assert_int_equal(watch_next(watch, &feed, &about), WATCH_MOVED); // The only hint of the whole drop.
    assert_string_equal(feed, "desk");
    assert_string_equal(about, "b");
    assert_true(quiet());
}

static void what_we_take_away_is_no_hint(void **state)
{
    struct world *w = *state;
    move_in(w, "a");
    assert_true(hinted(WATCH_MOVED, "default", "a"));
    struct claim c;
    assert_int_equal(claim(w, "default", "a", &c), FATE_DONE);
    assert_true(quiet());
}

static void new_feeds_are_watched(void **state)
{
    struct world *w = *state;
    assert_int_equal(mkdir(in_world(w, "incoming/fresh"), 0755), 0);
    assert_true(hinted(WATCH_LOOK, "fresh", NULL));
    move_in(w, "fresh/a");
    assert_true(hinted(WATCH_MOVED, "fresh", "a"));
    assert_int_equal(mkdir(in_world(w, "incoming/Not a feed"), 0755), 0);
    assert_int_equal(mkdir(in_world(w, "incoming/fresh/deeper"), 0755), 0);
    move_in(w, "Not a feed/b");
    move_in(w, "fresh/deeper/c");
    assert_true(quiet());
}

static void a_feed_that_is_renamed_is_called_by_its_new_name(void **state)
{
    struct world *w = *state;
    assert_int_equal(rename(in_world(w, "incoming/desk"), in_world(w, "incoming/sport")), 0);
    assert_true(hinted(WATCH_LOOK, "sport", NULL));
    while (!quiet())
        ;
    watch_refresh(watch);
    move_in(w, "sport/a");
    assert_true(hinted(WATCH_MOVED, "sport", "a"));
    assert_int_equal(mkdir(in_world(w, "incoming/desk"), 0755), 0);
    assert_true(hinted(WATCH_LOOK, "desk", NULL));
    move_in(w, "desk/b");
    assert_true(hinted(WATCH_MOVED, "desk", "b"));
}

static void a_feed_that_is_made_again_is_watched_again(void **state)
{
    struct world *w = *state;
    assert_int_equal(rmdir(in_world(w, "incoming/desk")), 0);
    assert_true(hinted(WATCH_LOOK, "desk", NULL));
    assert_int_equal(mkdir(in_world(w, "incoming/desk"), 0755), 0);
    assert_true(hinted(WATCH_LOOK, "desk", NULL));
    watch_refresh(watch);
    move_in(w, "desk/a");
    assert_true(hinted(WATCH_MOVED, "desk", "a"));
}

static void gone_and_back(void **state)
{
    struct world *w = *state;
    char want[300];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rename(in_world(w, "incoming"), in_world(w, "away")), 0);
        assert_true(hinted(WATCH_LOOK, "default", NULL));
        watch_refresh(watch);
        snprintf(want, sizeof want, "gone: %s/incoming", w->path);
        assert_string_equal(watch_how(watch), want);
        assert_true(watch_polling(watch));
        assert_true(quiet());
        assert_int_equal(rename(in_world(w, "away"), in_world(w, "incoming")), 0);
        watch_refresh(watch);
        assert_string_equal(watch_how(watch), "inotify");
        char name[16];
        snprintf(name, sizeof name, "desk/%d", i);
        move_in(w, name);
        assert_true(hinted(WATCH_MOVED, "desk", name + 5));
    }
}

static void another_in_its_place(void **state)
{
    struct world *w = *state;
    assert_int_equal(rename(in_world(w, "incoming"), in_world(w, "away")), 0);
    assert_int_equal(mkdir(in_world(w, "incoming"), 0755), 0);
    assert_int_equal(mkdir(in_world(w, "incoming/desk"), 0755), 0);
    watch_refresh(watch); // Even without having heard of it.
    while (!quiet())
        ;
    watch_refresh(watch);
    put(in_world(w, "away/desk/old"), "1");
    move_in(w, "desk/new");
    const char *feed, *about;
    assert_int_equal(watch_next(watch, &feed, &about), WATCH_MOVED);
    assert_string_equal(about, "new");
    assert_true(quiet());
}

/* A mount over the spool, or a rename above incoming/, sends no event at all. */
static void another_in_its_place_that_nobody_told_of(void **state)
{
    struct world *w = *state;
    char away[256];
    snprintf(away, sizeof away, "%s.away", w->path);
    assert_int_equal(rename(w->path, away), 0);
    assert_int_equal(mkdir(w->path, 0755), 0);
    assert_int_equal(mkdir(in_world(w, "incoming"), 0755), 0);
    assert_int_equal(mkdir(in_world(w, "incoming/desk"), 0755), 0);
    assert_true(quiet());
    watch_refresh(watch);
    move_in(w, "desk/new");
    bool told = hinted(WATCH_MOVED, "desk", "new");
    nftw(away, world_remove, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    assert_true(told);
}

static void at_the_start_it_may_be_gone(void **state)
{
    struct world *w = *state;
    watch_free(watch);
    watch = watch_new(in_world(w, "nowhere"), &w->e);
    assert_non_null(watch);
    assert_true(watch_polling(watch));
    assert_int_equal(watch_fd(watch), -1);
    assert_true(quiet());
}

static void an_overflow_is_told(void **state)
{
    struct world *w = *state;
    unsigned limit = 16384;
    FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
    if (f != NULL) {
        if (fscanf(f, "%u", &limit) != 1)
            limit = 16384;
        fclose(f);
    }
    if (limit > 40000)
        skip();
    // Two names, turn by turn, so that no event is the same as the one before.
    put(in_world(w, "incoming/x"), "1");
    for (unsigned i = 0; i < limit; i++) {
        const char *from = i % 2 == 0 ? "x" : "y", *to = i % 2 == 0 ? "y" : "x";
        assert_int_equal(rename(in_world(w, "incoming/%s", from), in_world(w, "incoming/%s", to)), 0);
    }
    assert_true(hinted(WATCH_OVERFLOW, "default", NULL));
    watch_refresh(watch);
    move_in(w, "desk/after");
    assert_true(hinted(WATCH_MOVED, "desk", "after"));
}

static void polls_when_told_to(void **state)
{
    struct world *w = *state;
    setenv("NEWSWIRE_POLL", "1", 1);
    watch_refresh(watch);
    assert_string_equal(watch_how(watch), "polling: NEWSWIRE_POLL=1");
    assert_true(watch_polling(watch));
    assert_int_equal(watch_fd(watch), -1);
    drop(w, "a", "1");
    assert_true(quiet());
    unsetenv("NEWSWIRE_POLL");
    watch_refresh(watch);
    assert_string_equal(watch_how(watch), "inotify");
    move_in(w, "b");
    assert_true(hinted(WATCH_MOVED, "default", "b"));
}

/* Descriptors run out one later each time, so that inotify is refused once; then they are there again. */
static void polls_when_a_limit_is_reached(void **state)
{
    struct world *w = *state;
    struct rlimit before, few;
    watch_free(watch);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int spare = open("/dev/null", O_RDONLY), polled = 0;
    for (rlim_t n = (rlim_t)spare + 1; n < (rlim_t)spare + 4; n++) {
        few = (struct rlimit){n, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        watch = watch_new(in_world(w, "incoming"), &w->e);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_non_null(watch);
        polled += strstr(watch_how(watch), "fs.inotify.max_user_instances") != NULL;
        watch_refresh(watch);
        assert_string_equal(watch_how(watch), "inotify"); // By itself, when there is room again.
        watch_free(watch);
    }
    watch = NULL;
    close(spare);
    assert_int_equal(polled, 1);
}

static void a_local_file_system_is_not_remote(void **state)
{
    struct world *w = *state;
    int fd = open(w->path, O_RDONLY | O_DIRECTORY);
    assert_null(watch_remote(fd));
    close(fd);
    assert_null(watch_remote(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, make, end)
        T(hints_at_moves_and_closes),
        T(dot_names_are_nobodys_business),
        T(what_we_take_away_is_no_hint),
        T(new_feeds_are_watched),
        T(a_feed_that_is_renamed_is_called_by_its_new_name),
        T(a_feed_that_is_made_again_is_watched_again),
        T(gone_and_back),
        T(another_in_its_place),
        T(another_in_its_place_that_nobody_told_of),
        T(at_the_start_it_may_be_gone),
        T(an_overflow_is_told),
        T(polls_when_told_to),
        T(polls_when_a_limit_is_reached),
        T(a_local_file_system_is_not_remote),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
