// SPDX-License-Identifier: MIT
/* spool_claim: from incoming/ into work/ and into memory; what is refused, and what is left for later. */
#include "tests/spool_world.h"

#include "daemon/base/log.h"
#include "daemon/hands/spool_dirs.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

static bool says(const struct world *w, const char *words)
{
    if (strstr(w->e.text, words) != NULL)
        return true;
    print_error("'%s' does not say '%s'\n", w->e.text, words);
    return false;
}

// --- claims ----------------------------------------------------------------------------------------------

static void claims_by_rename(void **state)
{
    struct world *w = *state;
    struct stat st;
    struct claim c;
    char text[16];
    drop(w, "desk/a.b.txt", "hello");
    assert_int_equal(stat(in_world(w, "incoming/desk/a.b.txt"), &st), 0);
    assert_int_equal(claim(w, "desk", "a.b.txt", &c), FATE_DONE);
    assert_false(there(in_world(w, "incoming/desk/a.b.txt")));
    assert_string_equal(contents(in_world(w, "work/%s.0.desk.a.b.txt", c.id), text, sizeof text), "hello");
    assert_string_equal(c.feed, "desk");
    assert_string_equal(c.name, "a.b.txt");
    assert_int_equal(c.deaths, 0);
    assert_false(c.recovered);
    assert_int_equal(c.arrival, st.st_ctim.tv_sec * INT64_C(1000) + st.st_ctim.tv_nsec / 1000000);
    assert_int_equal(c.stat.st_size, 5);
    assert_int_equal(spool_claimed(w->spool, &w->e), FATE_DONE);
}

static void claims_are_unique_and_rise(void **state)
{
    struct world *w = *state;
    char last[17] = "";
    for (int i = 0; i < 200; i++) {
        struct claim c = claimed(w, "default", "same", "1");
        assert_true(strcmp(last, c.id) < 0);
        memcpy(last, c.id, sizeof last);
    }
    assert_int_equal(count(in_world(w, "work")), 200);
}

static void never_over_another_file_in_work(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "1");
    unsigned long long id = strtoull(c.id, NULL, 16);
    pushed_now -= 3600 * 1000; // So that the next id is the next number.
    put(in_world(w, "work/%016llx.0.default.b", id + 1), "somebody else's");
    struct claim b = claimed(w, "default", "b", "2");
    assert_int_equal(strtoull(b.id, NULL, 16), id + 2);
    char text[32];
    assert_string_equal(contents(in_world(w, "work/%016llx.0.default.b", id + 1), text, sizeof text),
                        "somebody else's");
}

static void a_vanished_file_is_nobodys_fault(void **state)
{
    struct world *w = *state;
    struct claim c;
    assert_int_equal(claim(w, "default", "none", &c), FATE_RETRY);
    assert_string_equal(w->e.text, "");
    assert_int_equal(claim(w, "nofeed", "none", &c), FATE_RETRY);
    assert_string_equal(w->e.text, "");
}

static void long_names_keep_their_ends(void **state)
{
    struct world *w = *state;
    struct claim c, again;
    char name[256];
    memset(name, 'x', 255);
    memcpy(name, "head", 4);
    memcpy(name + 249, "T.mbox", 7);
    for (int i = 4; i < 240; i += 2) // Two-byte characters: no half of one may be left.
        memcpy(name + i, "\xc3\xa9", 2);
    drop(w, name, "1");
    assert_int_equal(claim(w, "default", name, &c), FATE_DONE);
    assert_in_range(strlen(c.name), SPOOL_NAME_MAX - 6, SPOOL_NAME_MAX);
    assert_int_equal(strncmp(c.name, "head\xc3\xa9", 6), 0);
    assert_string_equal(c.name + strlen(c.name) - 6, "T.mbox");
    const char *gap = strstr(c.name, "...");
    assert_non_null(gap);
    assert_int_equal((unsigned char)gap[-1], 0xa9);
    assert_int_equal((unsigned char)gap[3], 0xc3);
    restart(w);
    assert_true(spool_recover(w->spool, &again));
    assert_string_equal(again.name, c.name);
    // The longest names that can come of it can be made.
    assert_int_equal(spool_reject_slice(w->spool, &again, (const uint8_t *)"x", 1, UINT64_MAX, "no", &w->e),
                     FATE_DONE);
    assert_true(spool_settle(w->spool, &again, FATE_BAD, "no", &w->e));
    assert_int_equal(count(in_world(w, "rejected")), 4);
}

// --- what is refused -------------------------------------------------------------------------------------

static void refused(struct world *w, const char *name, const char *why)
{
    struct claim c;
    assert_int_equal(claim(w, "default", name, &c), FATE_BAD);
    assert_true(says(w, why));
    assert_true(there(in_world(w, "work/%s.0.default.%s", c.id, name)));
    assert_true(spool_settle(w->spool, &c, FATE_BAD, w->e.text, &w->e));
    assert_true(there(in_world(w, "rejected/%s.default.%s", c.id, name)));
    assert_true(there(in_world(w, "rejected/%s.default.%s.why", c.id, name)));
}

static void links_are_never_followed(void **state)
{
    struct world *w = *state;
    char text[16];
    put(in_world(w, "secret"), "secret");
    assert_int_equal(symlink("../secret", in_world(w, "incoming/link")), 0);
    assert_int_equal(symlink("nowhere", in_world(w, "incoming/dangling")), 0);
    refused(w, "link", "a symbolic link; links are never followed");
    refused(w, "dangling", "a symbolic link");
    assert_string_equal(contents(in_world(w, "secret"), text, sizeof text), "secret");
}

static void fifos_and_sockets_are_never_opened(void **state)
{
    struct world *w = *state;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s", in_world(w, "incoming/socket"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
    assert_int_equal(mkfifo(in_world(w, "incoming/fifo"), 0644), 0);
    refused(w, "fifo", "a FIFO; only regular files are read");
    refused(w, "socket", "a socket");
}

static void a_directory_is_no_file(void **state)
{
    struct world *w = *state;
    struct claim c;
    assert_int_equal(claim(w, "default", "desk", &c), FATE_RETRY);
    assert_true(there(in_world(w, "incoming/desk")));
}

static void too_big_is_refused_unread(void **state)
{
    struct world *w = *state;
    w->conf->spool.max_file = 3 << 20;
    drop(w, "fits", "");
    drop(w, "big", "");
    assert_int_equal(truncate(in_world(w, "incoming/fits"), 3 << 20), 0);
    assert_int_equal(truncate(in_world(w, "incoming/big"), (3 << 20) + 100000), 0);
    refused(w, "big", "3.1 MiB, more than [spool] max_file = 3.0 MiB");
    struct claim c;
    assert_int_equal(claim(w, "default", "fits", &c), FATE_DONE);
}

static int unreadable(struct world *w)
{
    struct claim c;
    if (claim(w, "default", "private", &c) != FATE_BAD ||
        !says(w, "not readable by the daemon (mode 0000, owner "))
        return __LINE__;
    if (!says(w, "give group newswire read permission, then newswire retry private"))
        return __LINE__;
    return spool_settle(w->spool, &c, FATE_BAD, w->e.text, &w->e) ? 0 : __LINE__;
}

static void give_away(struct world *w)
{
    static const char *const dirs[] = {"incoming", "work", "archive", "rejected", "incoming/desk"};
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
        assert_int_equal(chmod(in_world(w, "%s", dirs[i]), 0777), 0);
}

static void an_unreadable_file_is_refused(void **state)
{
    struct world *w = *state;
    give_away(w);
    drop(w, "private", "1");
    assert_int_equal(chmod(in_world(w, "incoming/private"), 0), 0);
    in_child(w, true, unreadable);
    assert_int_equal(count(in_world(w, "rejected")), 2);
}

static int may_not_take(struct world *w)
{
    struct claim c;
    if (claim(w, "desk", "a", &c) != FATE_RETRY ||
        !says(w, "may not take files out of the directory of feed desk"))
        return __LINE__;
    return 0;
}

static void a_directory_that_is_not_ours_to_change_waits(void **state)
{
    struct world *w = *state;
    give_away(w);
    drop(w, "desk/a", "1");
    assert_int_equal(chmod(in_world(w, "incoming/desk"), 0555), 0);
    in_child(w, true, may_not_take);
    assert_true(there(in_world(w, "incoming/desk/a")));
    assert_int_equal(chmod(in_world(w, "incoming/desk"), 0755), 0);
}

static int may_not_keep(struct world *w)
{
    struct claim c;
    if (claim(w, "default", "a", &c) != FATE_RETRY || !says(w, "may not write into ") || !says(w, "/work: give it"))
        return __LINE__;
    return 0;
}

static void a_work_directory_that_is_not_ours_is_told_from_a_feed(void **state)
{
    struct world *w = *state;
    give_away(w);
    drop(w, "a", "1");
    assert_int_equal(chmod(in_world(w, "work"), 0555), 0);
    in_child(w, true, may_not_keep);
    assert_true(there(in_world(w, "incoming/a")));
    assert_int_equal(chmod(in_world(w, "work"), 0755), 0);
}

static int other_mount(struct world *w)
{
    struct claim c;
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", in_world(w, "incoming/desk"), "tmpfs", 0, NULL) < 0)
        return 77;
    if ((w->spool = spool_open(w->conf, &w->e)) == NULL)
        return __LINE__;
    drop(w, "desk/a", "1");
    if (claim(w, "desk", "a", &c) != FATE_RETRY ||
        !says(w, "feed desk lies on another file system than work/"))
        return __LINE__;
    return there(in_world(w, "incoming/desk/a")) ? 0 : __LINE__;
}

static void a_feed_on_another_file_system_says_what_to_do(void **state)
{
    struct world *w = *state;
    spool_close(w->spool); // It must be opened in the child's own view of the mounts.
    w->spool = NULL;
    in_child(w, false, other_mount);
}

// --- writers ---------------------------------------------------------------------------------------------

static void never_while_a_writer_has_it_open(void **state)
{
    struct world *w = *state;
    struct claim c;
    drop(w, "a", "1");
    int fd = open(in_world(w, "incoming/a"), O_WRONLY | O_APPEND);
    assert_int_equal(claim(w, "default", "a", &c), FATE_RETRY);
    assert_string_equal(w->e.text, "still being written");
    assert_true(there(in_world(w, "incoming/a")));
    close(fd);
    assert_int_equal(claim(w, "default", "a", &c), FATE_DONE);
}

static int not_ours(struct world *w)
{
    struct claim c;
    return claim(w, "default", "a", &c) == FATE_DONE ? 0 : __LINE__;
}

static void without_the_right_to_ask_it_is_taken(void **state)
{
    struct world *w = *state;
    if (geteuid() != 0)
        skip();
    give_away(w);
    drop(w, "a", "1");
    int fd = open(in_world(w, "incoming/a"), O_WRONLY);
    in_child(w, true, not_ours);
    close(fd);
}

static void asking_keeps_no_writer_waiting(void **state)
{
    struct world *w = *state;
    drop(w, "a", "1");
    int fd = open(in_world(w, "incoming/a"), O_RDONLY);
    assert_false(spool_writer_has(fd));
    assert_int_equal(fcntl(fd, F_GETLEASE), F_UNLCK);
    close(fd);
}

// --- renames that the file system cannot do --------------------------------------------------------------

static int rename_errno;

static int broken_rename(int from, const char *old, int to, const char *name, unsigned flags)
{
    if (flags == 0)
        return real_seams.rename(from, old, to, name, 0);
    errno = rename_errno;
    return -1;
}

static void without_noreplace_links_are_used(void **state)
{
    struct world *w = *state;
    struct claim c;
    spool_seams.rename = broken_rename;
    rename_errno = EINVAL;
    drop(w, "a", "1");
    assert_int_equal(claim(w, "default", "a", &c), FATE_DONE);
    assert_false(there(in_world(w, "incoming/a")));
    drop(w, "a", "2");
    assert_true(spool_settle(w->spool, &c, FATE_RETRY, NULL, &w->e));
    char text[8];
    assert_string_equal(contents(in_world(w, "incoming/a"), text, sizeof text), "2");
    assert_string_equal(contents(in_world(w, "incoming/a~2"), text, sizeof text), "1");
    assert_int_equal(count(in_world(w, "work")), 0);
}

static void a_full_disk_is_not_the_files_fault(void **state)
{
    struct world *w = *state;
    struct claim c;
    spool_seams.rename = broken_rename;
    rename_errno = ENOSPC;
    drop(w, "a", "1");
    assert_int_equal(symlink("x", in_world(w, "incoming/link")), 0);
    assert_int_equal(claim(w, "default", "a", &c), FATE_RETRY);
    assert_true(says(w, "No space left"));
    assert_int_equal(claim(w, "default", "link", &c), FATE_RETRY);
    assert_true(says(w, "No space left"));
    assert_true(there(in_world(w, "incoming/a")));
}

// --- reading ---------------------------------------------------------------------------------------------

struct read_out {
    struct arena *arena;
    uint8_t *bytes;
    size_t n;
    enum fate fate;
};

static struct read_out read_claim(struct world *w, struct claim *c)
{
    struct read_out r = {.arena = arena_new(64 << 20)};
    r.fate = spool_read(w->spool, c, r.arena, &r.bytes, &r.n, &w->e);
    return r;
}

static void reads_all_of_it(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "hello");
    struct read_out r = read_claim(w, &c);
    assert_int_equal(r.fate, FATE_DONE);
    assert_int_equal(r.n, 5);
    assert_memory_equal(r.bytes, "hello", 5);
    assert_true(spool_unchanged(w->spool, &c));
    arena_free(r.arena);
    c = claimed(w, "default", "empty", "");
    r = read_claim(w, &c);
    assert_int_equal(r.fate, FATE_DONE);
    assert_int_equal(r.n, 0);
    assert_non_null(r.bytes);
    arena_free(r.arena);
}

static void a_change_after_the_read_is_seen(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "hello");
    const char *path = in_world(w, "work/%s.0.default.a", c.id);
    int early = open(path, O_WRONLY | O_APPEND); // Opened before we looked.
    struct read_out r = read_claim(w, &c);
    assert_int_equal(r.fate, FATE_DONE);
    assert_false(spool_unchanged(w->spool, &c)); // Still open: who knows what comes.
    assert_int_equal(write(early, "x", 1), 1);
    close(early);
    assert_false(spool_unchanged(w->spool, &c));
    arena_free(r.arena);
    r = read_claim(w, &c);
    assert_int_equal(r.n, 6);
    assert_true(spool_unchanged(w->spool, &c));
    struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_false(spool_unchanged(w->spool, &c));
    arena_free(r.arena);
}

static void reading_checks_again(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "hello");
    const char *path = in_world(w, "work/%s.0.default.a", c.id);
    assert_int_equal(unlink(path), 0);
    struct read_out r = read_claim(w, &c);
    assert_int_equal(r.fate, FATE_RETRY);
    assert_true(says(w, "took it out of work/"));
    arena_free(r.arena);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    r = read_claim(w, &c);
    assert_int_equal(r.fate, FATE_BAD);
    arena_free(r.arena);
    assert_int_equal(unlink(path), 0);
    put(path, "hello");
    w->conf->spool.max_file = 4;
    r = read_claim(w, &c);
    assert_int_equal(r.fate, FATE_BAD);
    arena_free(r.arena);
}

static void without_memory_it_waits(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "");
    assert_int_equal(truncate(in_world(w, "work/%s.0.default.a", c.id), 8 << 20), 0);
    uint8_t *bytes;
    size_t n;
    struct arena *small = arena_new(1 << 20);
    assert_int_equal(spool_read(w->spool, &c, small, &bytes, &n, &w->e), FATE_RETRY);
    assert_true(says(w, "no memory"));
    arena_free(small);
}

static int to_another_system(int from, const char *old, int to, const char *name, unsigned flags)
{
    (void)from, (void)old, (void)to, (void)name, (void)flags;
    errno = EXDEV;
    return -1;
}

static unsigned told;
static void count_errors(enum log_level level, const char *text)
{
    told += level == LOG_ERROR && strstr(text, "desk") != NULL && strstr(text, "mount") != NULL;
}

/* The daemon goes on without them, so that only the log can tell. */
static void files_that_can_never_be_taken_are_told_once(void **state)
{
    struct world *w = *state;
    struct claim c;
    drop(w, "desk/a", "1");
    spool_seams.rename = to_another_system;
    told = 0;
    log_tap(count_errors);
    for (int i = 0; i < 3; i++)
        assert_int_equal(claim(w, "desk", "a", &c), FATE_RETRY);
    log_tap(NULL);
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_make, world_end)
        T(claims_by_rename),
        T(claims_are_unique_and_rise),
        T(never_over_another_file_in_work),
        T(a_vanished_file_is_nobodys_fault),
        T(long_names_keep_their_ends),
        T(links_are_never_followed),
        T(fifos_and_sockets_are_never_opened),
        T(a_directory_is_no_file),
        T(too_big_is_refused_unread),
        T(an_unreadable_file_is_refused),
        T(a_directory_that_is_not_ours_to_change_waits),
        T(a_work_directory_that_is_not_ours_is_told_from_a_feed),
        T(a_feed_on_another_file_system_says_what_to_do),
        T(never_while_a_writer_has_it_open),
        T(without_the_right_to_ask_it_is_taken),
        T(asking_keeps_no_writer_waiting),
        T(without_noreplace_links_are_used),
        T(a_full_disk_is_not_the_files_fault),
        T(reads_all_of_it),
        T(a_change_after_the_read_is_seen),
        T(reading_checks_again),
        T(without_memory_it_waits),
        T(files_that_can_never_be_taken_are_told_once),
    };
    return cmocka_run_group_tests_name("spool_claim", tests, NULL, NULL);
}
