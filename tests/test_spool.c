// SPDX-License-Identifier: MIT
/* spool: opening, the lock, the directories, and what a dead daemon left behind. */
#include "tests/spool_world.h"

#include "daemon/base/log.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void makes_its_directories(void **state)
{
    struct world *w = *state;
    assert_int_equal(mode_of(in_world(w, "incoming")), 02770);
    assert_int_equal(mode_of(in_world(w, "work")), 0750);
    assert_int_equal(mode_of(in_world(w, "archive")), 0750);
    assert_int_equal(mode_of(in_world(w, "rejected")), 0770);
    assert_int_equal(mode_of(in_world(w, "incoming/desk")), 02770);
    assert_int_equal(mode_of(in_world(w, "incoming/wire")), 02770);
    assert_false(there(in_world(w, "incoming/default")));
    assert_string_equal(spool_mark_path(w->spool), in_world(w, "work/.mark"));
}

static void keeps_modes_that_a_person_set(void **state)
{
    struct world *w = *state;
    assert_int_equal(chmod(in_world(w, "incoming"), 0755), 0);
    restart(w);
    assert_int_equal(mode_of(in_world(w, "incoming")), 0755);
}

static void makes_a_path(void **state)
{
    struct world *w = *state;
    spool_close(w->spool);
    snprintf(w->conf->spool.directory, sizeof w->conf->spool.directory, "%s/a/b/spool", w->path);
    w->spool = spool_open(w->conf, &w->e);
    assert_non_null(w->spool);
    assert_true(there(in_world(w, "a/b/spool/incoming/desk")));
}

static void one_daemon_per_spool(void **state)
{
    struct world *w = *state;
    char want[256];
    assert_null(spool_open(w->conf, &w->e));
    snprintf(want, sizeof want, "another newswired (pid %ld) holds %s", (long)getpid(), w->path);
    assert_string_equal(w->e.text, want);
    restart(w); // The lock ends with who held it, whatever the file says.
}

static void a_directory_that_is_a_link_is_refused(void **state)
{
    struct world *w = *state;
    spool_close(w->spool);
    w->spool = NULL;
    assert_int_equal(rename(in_world(w, "archive"), in_world(w, "elsewhere")), 0);
    assert_int_equal(symlink("elsewhere", in_world(w, "archive")), 0);
    assert_null(spool_open(w->conf, &w->e));
    assert_non_null(strstr(w->e.text, "/archive: "));
}

static int mounted(struct world *w)
{
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", in_world(w, "archive"), "tmpfs", 0, NULL) < 0)
        return 77;
    if (spool_open(w->conf, &w->e) != NULL || strstr(w->e.text, "different file systems") == NULL)
        return __LINE__;
    return 0;
}

static void another_file_system_is_refused(void **state)
{
    struct world *w = *state;
    spool_close(w->spool); // A child would hold the lock as well.
    w->spool = NULL;
    in_child(w, false, mounted);
}

static void reconf_makes_new_feeds(void **state)
{
    struct world *w = *state;
    struct conf_problems problems = {0};
    static const char text[] = "[feed fresh]\n";
    struct conf *more = conf_read("test.conf", text, sizeof text - 1, &problems);
    assert_non_null(more);
    snprintf(more->spool.directory, sizeof more->spool.directory, "%s", w->path);
    spool_reconf(w->spool, more);
    assert_true(there(in_world(w, "incoming/fresh")));
    spool_reconf(w->spool, w->conf);
    conf_free(more);
}

// --- after a death ---------------------------------------------------------------------------------------

static void recovers_oldest_first(void **state)
{
    struct world *w = *state;
    struct claim a = claimed(w, "default", "z.txt", "1"), b = claimed(w, "desk", "a.b.txt", "2"), out;
    assert_true(strcmp(a.id, b.id) < 0);
    restart(w);
    assert_true(spool_recover(w->spool, &out));
    assert_string_equal(out.id, a.id);
    assert_string_equal(out.name, "z.txt");
    assert_string_equal(out.feed, "default");
    assert_true(out.recovered);
    assert_int_equal(out.deaths, 0);
    assert_true(llabs(out.arrival - a.arrival) < 60000);
    assert_true(spool_recover(w->spool, &out));
    assert_string_equal(out.feed, "desk");
    assert_string_equal(out.name, "a.b.txt");
    assert_false(spool_recover(w->spool, &out));
}

static void counts_the_death_of_what_was_in_hand(void **state)
{
    struct world *w = *state;
    struct claim innocent = claimed(w, "default", "innocent.txt", "1"),
                 killer = claimed(w, "default", "killer.txt", "2"), out;
    for (unsigned deaths = 1; deaths <= SPOOL_DEATHS_MAX; deaths++) {
        spool_in_hand(w->spool, deaths % SPOOL_HANDS, &killer);
        restart(w);
        // Before it is handed out, the count is in its name.
        assert_true(there(in_world(w, "work/%s.%u.default.killer.txt", killer.id, deaths)));
        assert_true(spool_recover(w->spool, &out));
        assert_string_equal(out.id, innocent.id);
        assert_int_equal(out.deaths, 0);
        assert_true(spool_recover(w->spool, &out));
        assert_string_equal(out.id, killer.id);
        assert_int_equal(out.deaths, deaths);
        killer = out;
    }
    restart(w); // Not in hand this time.
    assert_true(there(in_world(w, "work/%s.2.default.killer.txt", killer.id)));
    assert_true(spool_settle(w->spool, &killer, FATE_BAD, "ended the daemon twice", &w->e));
    assert_true(there(in_world(w, "rejected/%s.default.killer.txt", killer.id)));
}

static void counts_the_death_of_each_in_hand(void **state)
{
    struct world *w = *state;
    struct claim out;
    for (size_t n = 0; n <= SPOOL_HANDS; n++) { // The last one takes the first one's place.
        char name[2] = {(char)('a' + n)};
        struct claim c = claimed(w, "default", name, name);
        spool_in_hand(w->spool, n % SPOOL_HANDS, &c);
    }
    restart(w);
    for (size_t n = 0; n <= SPOOL_HANDS; n++) {
        assert_true(spool_recover(w->spool, &out));
        assert_int_equal(out.deaths, n == 0 ? 0 : 1);
    }
}

static void what_was_laid_down_is_not_in_hand(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "1"), out;
    for (size_t hand = 0; hand < SPOOL_HANDS; hand++)
        spool_in_hand(w->spool, hand, &c);
    spool_laid_down(w->spool);
    restart(w);
    assert_true(spool_recover(w->spool, &out));
    assert_int_equal(out.deaths, 0);
}

static void a_settled_file_in_hand_is_forgotten(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "1"), out;
    spool_in_hand(w->spool, 0, &c);
    assert_true(spool_settle(w->spool, &c, FATE_DONE, NULL, &w->e));
    restart(w);
    assert_false(spool_recover(w->spool, &out));
}

static void foreign_junk_in_work_is_left_alone(void **state)
{
    struct world *w = *state;
    static const char *const junk[] = {"notes.txt", "0123456789abcdef", "0123456789abcdef.x.desk.n",
                                       "0123456789abcdef.0.desk.", "0123456789ABCDEF.0.desk.n",
                                       "0123456789abcdef.0.No Feed.n", "0123456789abcdef.00000000.desk"};
    struct claim out;
    for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++)
        put(in_world(w, "work/%s", junk[i]), "");
    restart(w);
    assert_false(spool_recover(w->spool, &out));
    assert_int_equal(count(in_world(w, "work")), sizeof junk / sizeof junk[0]);
}

static void a_torn_note_of_what_is_in_hand_is_no_note(void **state)
{
    struct world *w = *state;
    struct claim c = claimed(w, "default", "a", "1"), out;
    put(in_world(w, "work/.in-hand"), "0123");
    restart(w);
    assert_true(spool_recover(w->spool, &out));
    assert_string_equal(out.id, c.id);
    assert_int_equal(out.deaths, 0);
}

static void claims_rise_though_the_clock_is_set_back(void **state)
{
    struct world *w = *state;
    struct claim before = claimed(w, "default", "a", "1");
    assert_true(spool_settle(w->spool, &before, FATE_DONE, NULL, &w->e));
    pushed_now -= 3600 * 1000;
    restart(w);
    struct claim after = claimed(w, "default", "b", "2");
    assert_true(strcmp(before.id, after.id) < 0);
    assert_int_equal(unlink(in_world(w, "work/.in-hand")), 0); // Then work/ itself still says it.
    pushed_now -= 3600 * 1000;
    restart(w);
    struct claim last = claimed(w, "default", "c", "3");
    assert_true(strcmp(after.id, last.id) < 0);
}

// --- another directory in its place ----------------------------------------------------------------------

static void the_spool_goes_and_comes_back(void **state)
{
    struct world *w = *state;
    struct seen s = {0};
    char away[256];
    snprintf(away, sizeof away, "%s.away", w->path);
    drop(w, "a", "1");
    push_clocks(5000);
    assert_int_equal(rename(w->path, away), 0);
    assert_false(spool_look(w->spool, &s.names, &s.n, &s.waiting, &s.again_ms, &s.oldest, &w->e));
    assert_non_null(strstr(w->e.text, "is gone"));
    assert_int_equal(mkdir(w->path, 0755), 0); // Only the place where it was mounted: not an empty spool.
    assert_false(spool_look(w->spool, &s.names, &s.n, &s.waiting, &s.again_ms, &s.oldest, &w->e));
    assert_false(there(in_world(w, "work")));
    assert_int_equal(rmdir(w->path), 0);
    assert_int_equal(rename(away, w->path), 0);
    assert_int_equal(look(w).n, 1);
}

static void another_spool_in_its_place_is_taken(void **state)
{
    struct world *w = *state;
    char away[256];
    snprintf(away, sizeof away, "%s/away", w->path);
    assert_int_equal(mkdir(away, 0755), 0);
    snprintf(w->conf->spool.directory, sizeof w->conf->spool.directory, "%s/spool", w->path);
    restart(w);
    assert_int_equal(rename(in_world(w, "spool"), in_world(w, "away/spool")), 0);
    assert_int_equal(mkdir(in_world(w, "spool"), 0755), 0);
    assert_int_equal(mkdir(in_world(w, "spool/incoming"), 0755), 0);
    put(in_world(w, "spool/incoming/a"), "1");
    push_clocks(5000);
    assert_int_equal(look(w).n, 1);
    struct claim c;
    assert_int_equal(claim(w, "default", "a", &c), FATE_DONE);
    assert_true(there(in_world(w, "spool/work/%s.0.default.a", c.id)));
    assert_true(there(in_world(w, "spool/incoming/desk")));
    assert_null(spool_open(w->conf, &w->e)); // Locked as well.
}

/* As RestrictSUIDSGID= of the shipped unit does. */
static bool forbid_setgid(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fchmod, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])), // little-endian
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 06000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int reconf_under_the_unit(struct world *w)
{
    umask(0007); // As the daemon's.
    if (!forbid_setgid())
        return 77;
    spool_reconf(w->spool, w->conf); // Its feeds are inherited set-group-id.
    if (mode_of(in_world(w, "incoming/desk")) != 02770)
        return __LINE__;
    snprintf(w->conf->spool.directory, sizeof w->conf->spool.directory, "%s/other", w->path);
    struct spool *other = spool_open(w->conf, &w->e); // Where tmpfiles.d made nothing.
    if (other == NULL)
        return __LINE__;
    spool_close(other);
    return mode_of(in_world(w, "other/incoming")) == 0770 ? 0 : __LINE__;
}

static unsigned complaints;
static void count_complaints(enum log_level level, const char *text)
{
    (void)level;
    complaints += strstr(text, "cannot make") != NULL;
}

static int reconf_quietly(struct world *w)
{
    log_tap(count_complaints);
    int line = reconf_under_the_unit(w);
    return line == 0 && complaints > 0 ? __LINE__ : line;
}

static void makes_directories_where_setgid_is_forbidden(void **state)
{
    struct world *w = *state;
    assert_int_equal(rmdir(in_world(w, "incoming/desk")), 0);
    in_child(w, false, reconf_quietly);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_make, world_end)
        T(makes_its_directories),
        T(keeps_modes_that_a_person_set),
        T(makes_directories_where_setgid_is_forbidden),
        T(makes_a_path),
        T(one_daemon_per_spool),
        T(a_directory_that_is_a_link_is_refused),
        T(another_file_system_is_refused),
        T(reconf_makes_new_feeds),
        T(recovers_oldest_first),
        T(counts_the_death_of_what_was_in_hand),
        T(counts_the_death_of_each_in_hand),
        T(what_was_laid_down_is_not_in_hand),
        T(a_settled_file_in_hand_is_forgotten),
        T(foreign_junk_in_work_is_left_alone),
        T(a_torn_note_of_what_is_in_hand_is_no_note),
        T(claims_rise_though_the_clock_is_set_back),
        T(the_spool_goes_and_comes_back),
        T(another_spool_in_its_place_is_taken),
    };
    return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
