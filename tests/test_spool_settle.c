// SPDX-License-Identifier: MIT
/* spool_settle: the one fate of a drop file, and that each step can be repeated after a crash. */
#include "tests/spool_world.h"

#include "proto/rfc3339.h"

static const char *today(void)
{
    static char out[RFC3339_MAX];
    rfc3339_write(out, world_now());
    out[10] = '\0';
    return out;
}

static bool settle(struct world *w, const struct claim *c, enum fate fate, const char *why)
{
    return spool_settle(w->spool, c, fate, why, &w->e);
}

static int broken_errno;
static const char *broken_at; /* renames of names that hold this fail */

static int broken_rename(int from, const char *old, int to, const char *name, unsigned flags)
{
    if (strstr(old, broken_at) == NULL)
        return real_seams.rename(from, old, to, name, flags);
    errno = broken_errno;
    return -1;
}

// --- done ------------------------------------------------------------------------------------------------

static void done_is_archived_by_day(void **state)
{
    struct world *w = *state;
    char text[16];
    struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    struct claim a = claimed(w, "default", "a.txt", "1"), b = claimed(w, "desk", "a.txt", "2"),
                 again = claimed(w, "default", "a.txt", "3");
    assert_int_equal(utimensat(AT_FDCWD, in_world(w, "work/%s.0.default.a.txt", a.id), old, 0), 0);
    assert_true(settle(w, &a, FATE_DONE, NULL));
    assert_true(settle(w, &b, FATE_DONE, ""));
    assert_true(settle(w, &again, FATE_DONE, NULL));
    contents(in_world(w, "archive/%s/%s.default.a.txt", today(), a.id), text, sizeof text);
    assert_string_equal(text, "1");
    assert_true(there(in_world(w, "archive/%s/%s.desk.a.txt", today(), b.id)));
    assert_true(there(in_world(w, "archive/%s/%s.default.a.txt", today(), again.id)));
    assert_int_equal(count(in_world(w, "work")), 0);
    assert_true(settle(w, &a, FATE_DONE, NULL)); // Once more changes nothing.
    assert_int_equal(count(in_world(w, "archive/%s", today())), 3);
}

static void done_may_delete(void **state)
{
    struct world *w = *state;
    w->conf->spool.after = CONF_DELETE;
    struct claim a = claimed(w, "default", "a.txt", "1");
    assert_true(settle(w, &a, FATE_DONE, NULL));
    assert_true(settle(w, &a, FATE_DONE, NULL));
    assert_int_equal(count(in_world(w, "work")), 0);
    assert_int_equal(count(in_world(w, "archive")), 0);
}

static void a_move_that_fails_can_be_tried_again(void **state)
{
    struct world *w = *state;
    struct claim a = claimed(w, "default", "a.txt", "1");
    spool_seams.rename = broken_rename;
    broken_at = "a.txt";
    broken_errno = ENOSPC;
    assert_false(settle(w, &a, FATE_DONE, NULL));
    assert_non_null(strstr(w->e.text, "No space left"));
    assert_false(settle(w, &a, FATE_BAD, "why"));
    assert_false(settle(w, &a, FATE_RETRY, NULL));
    broken_errno = EXDEV;
    assert_false(settle(w, &a, FATE_DONE, NULL));
    assert_non_null(strstr(w->e.text, "another file system"));
    spool_seams.rename = real_seams.rename;
    assert_true(settle(w, &a, FATE_DONE, NULL));
}

static void archive_and_rejected_are_made_again(void **state)
{
    struct world *w = *state;
    struct claim a = claimed(w, "default", "a", "1"), b = claimed(w, "default", "b", "2");
    assert_int_equal(rmdir(in_world(w, "archive")), 0);
    assert_int_equal(rmdir(in_world(w, "rejected")), 0);
    assert_true(settle(w, &a, FATE_DONE, NULL));
    assert_true(settle(w, &b, FATE_BAD, "why"));
    assert_int_equal(count(in_world(w, "archive/%s", today())), 1);
    assert_int_equal(count(in_world(w, "rejected")), 2);
}

static void what_somebody_took_away_is_settled(void **state)
{
    struct world *w = *state;
    struct claim a = claimed(w, "default", "a", "1");
    assert_int_equal(unlink(in_world(w, "work/%s.0.default.a", a.id)), 0);
    assert_true(settle(w, &a, FATE_DONE, NULL));
    assert_true(settle(w, &a, FATE_BAD, "why"));
    assert_true(settle(w, &a, FATE_RETRY, NULL));
    assert_int_equal(count(in_world(w, "rejected")), 0);
    assert_int_equal(rmdir(in_world(w, "archive/%s", today())), 0);
    assert_int_equal(unlink(in_world(w, "work/.in-hand")), 0);
    assert_int_equal(rmdir(in_world(w, "work")), 0);
    assert_true(settle(w, &a, FATE_DONE, NULL));
    a = claimed(w, "default", "b", "1"); // work/ is there again.
    assert_true(settle(w, &a, FATE_DONE, NULL));
}

// --- bad -------------------------------------------------------------------------------------------------

static void bad_is_rejected_with_the_reason(void **state)
{
    struct world *w = *state;
    char text[4096], want[4096], arrived[RFC3339_MAX];
    struct claim a = claimed(w, "desk", "a.txt", "junk");
    assert_true(settle(w, &a, FATE_BAD, "offset 412: not text"));
    assert_string_equal(contents(in_world(w, "rejected/%s.desk.a.txt", a.id), text, sizeof text), "junk");
    contents(in_world(w, "rejected/%s.desk.a.txt.why", a.id), text, sizeof text);
    snprintf(want, sizeof want, "offset 412: not text\nfile: a.txt\nfeed: desk\narrived: %s\nrejected: ",
             rfc3339_write(arrived, a.arrival));
    assert_int_equal(strncmp(text, want, strlen(want)), 0);
    snprintf(want, sizeof want, "\nclaim: %s\nto put it back: newswire retry %s.desk.a.txt\n", a.id, a.id);
    assert_non_null(strstr(text, want));
}

static void the_reason_moves_no_terminal(void **state)
{
    struct world *w = *state;
    char text[4096];
    struct claim a = claimed(w, "default", "evil\033[2J\n\xe2\x80\xae.txt", "junk");
    assert_true(settle(w, &a, FATE_BAD, "line 1\nline 2 \033]0;x\a"));
    DIR *d = opendir(in_world(w, "rejected"));
    for (struct dirent *ent; (ent = readdir(d)) != NULL;) {
        size_t n = strlen(ent->d_name);
        if (n > 4 && strcmp(ent->d_name + n - 4, ".why") == 0)
            contents(in_world(w, "rejected/%s", ent->d_name), text, sizeof text);
    }
    closedir(d);
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\a'));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_int_equal(strncmp(text, "line 1\\nline 2 ", 15), 0);
    assert_non_null(strstr(text, "\nfile: evil\\x1b[2J"));
    char want[64]; // A name that cannot be typed is asked for by its claim.
    snprintf(want, sizeof want, "newswire retry %s\n", a.id);
    assert_non_null(strstr(text, want));
}

static void a_crash_between_reason_and_move_is_repeated(void **state)
{
    struct world *w = *state;
    char text[4096];
    struct claim a = claimed(w, "default", "a.txt", "junk");
    spool_seams.rename = broken_rename;
    broken_at = ".0.default.a.txt"; // In work/, not the reason.
    broken_errno = EIO;
    assert_false(settle(w, &a, FATE_BAD, "the first reason"));
    assert_int_equal(count(in_world(w, "rejected")), 1); // The reason is there, the file is not.
    spool_seams.rename = real_seams.rename;
    restart(w);
    struct claim again;
    assert_true(spool_recover(w->spool, &again));
    assert_true(settle(w, &again, FATE_BAD, NULL)); // The reason is forgotten: what is written stays.
    contents(in_world(w, "rejected/%s.default.a.txt.why", a.id), text, sizeof text);
    assert_int_equal(strncmp(text, "the first reason\n", 17), 0);
    assert_int_equal(count(in_world(w, "rejected")), 2);
    assert_true(settle(w, &again, FATE_BAD, "another reason")); // Moved already.
    contents(in_world(w, "rejected/%s.default.a.txt.why", a.id), text, sizeof text);
    assert_int_equal(strncmp(text, "the first reason\n", 17), 0);
}

static void without_a_reason_it_says_so(void **state)
{
    struct world *w = *state;
    char text[4096];
    struct claim a = claimed(w, "default", "a.txt", "junk");
    assert_true(settle(w, &a, FATE_BAD, ""));
    contents(in_world(w, "rejected/%s.default.a.txt.why", a.id), text, sizeof text);
    assert_int_equal(strncmp(text, "no reason was recorded\n", 23), 0);
}

// --- slices ----------------------------------------------------------------------------------------------

static void slices_can_be_written_again(void **state)
{
    struct world *w = *state;
    char text[4096];
    struct claim a = claimed(w, "desk", "a.txt", "good bad good");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(spool_reject_slice(w->spool, &a, (const uint8_t *)"bad", 3, 5, "no title", &w->e),
                         FATE_DONE);
        assert_int_equal(count(in_world(w, "rejected")), 2);
    }
    assert_string_equal(contents(in_world(w, "rejected/%s.desk.a.txt.5", a.id), text, sizeof text), "bad");
    static const char want[] = "no title\nfile: a.txt\nfeed: desk\nslice: 3 bytes from offset 5\narrived: ";
    contents(in_world(w, "rejected/%s.desk.a.txt.5.why", a.id), text, sizeof text);
    assert_int_equal(strncmp(text, want, strlen(want)), 0);
    assert_true(settle(w, &a, FATE_DONE, NULL));
}

static void a_slice_that_cannot_be_written_waits(void **state)
{
    struct world *w = *state;
    struct claim a = claimed(w, "desk", "a.txt", "good bad good");
    spool_seams.rename = broken_rename;
    broken_at = "a.txt.5";
    broken_errno = ENOSPC;
    assert_int_equal(spool_reject_slice(w->spool, &a, (const uint8_t *)"bad", 3, 5, "no title", &w->e),
                     FATE_RETRY);
    assert_non_null(strstr(w->e.text, "No space left"));
}

// --- back ------------------------------------------------------------------------------------------------

static void retry_goes_back_where_it_came_from(void **state)
{
    struct world *w = *state;
    char text[16];
    struct claim a = claimed(w, "default", "a", "1"), b = claimed(w, "desk", "b", "2");
    drop(w, "desk/b", "another came meanwhile");
    assert_true(settle(w, &a, FATE_RETRY, NULL));
    assert_true(settle(w, &b, FATE_RETRY, NULL));
    assert_string_equal(contents(in_world(w, "incoming/a"), text, sizeof text), "1");
    assert_string_equal(contents(in_world(w, "incoming/desk/b"), text, sizeof text), "another came me");
    assert_string_equal(contents(in_world(w, "incoming/desk/b~2"), text, sizeof text), "2");
    assert_int_equal(count(in_world(w, "work")), 0);
    push_clocks(5000);
    assert_int_equal(look(w).n, 3); // A name with ~2 behind it is no backup.
}

static void the_directory_of_a_feed_is_made_again(void **state)
{
    struct world *w = *state;
    struct claim b = claimed(w, "desk", "b", "2");
    assert_int_equal(rmdir(in_world(w, "incoming/desk")), 0);
    assert_true(settle(w, &b, FATE_RETRY, NULL));
    assert_true(there(in_world(w, "incoming/desk/b")));
    b = claimed(w, "default", "c", "3");
    assert_int_equal(rename(in_world(w, "incoming"), in_world(w, "away")), 0);
    assert_false(settle(w, &b, FATE_RETRY, NULL)); // Gone: it stays in work/ until it is back.
    assert_int_equal(rename(in_world(w, "away"), in_world(w, "incoming")), 0);
    assert_true(settle(w, &b, FATE_RETRY, NULL));
}

// --- old days --------------------------------------------------------------------------------------------

static int64_t at(const char *time)
{
    int64_t ms;
    assert_true(rfc3339_read(time, &ms));
    return ms;
}

static void old_days_go(void **state)
{
    struct world *w = *state;
    static const char *const days[] = {"2026-01-01", "2026-01-02", "2026-01-03", "2026-13-01", "notes"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        assert_int_equal(mkdir(in_world(w, "archive/%s", days[i]), 0755), 0);
        put(in_world(w, "archive/%s/0123456789abcdef.default.a", days[i]), "1");
    }
    put(in_world(w, "archive/2026-01-01/README"), "not ours");
    put(in_world(w, "archive/2026-01-01.txt"), "not ours");
    w->conf->spool.archive_keep_ms = 0;
    assert_false(spool_archive_prune(w->spool, at("2036-01-01T00:00:00Z")));
    w->conf->spool.archive_keep_ms = INT64_C(30) * 86400 * 1000;
    assert_false(spool_archive_prune(w->spool, at("2026-01-31T23:59:59Z")));
    assert_int_equal(count(in_world(w, "archive")), 6);
    assert_true(spool_archive_prune(w->spool, at("2026-02-02T00:00:00Z")));
    int calls = 1;
    while (spool_archive_prune(w->spool, at("2026-02-02T00:00:00Z")))
        assert_true(++calls < 10);
    assert_false(there(in_world(w, "archive/2026-01-01/0123456789abcdef.default.a")));
    assert_true(there(in_world(w, "archive/2026-01-01/README"))); // So the day stays.
    assert_false(there(in_world(w, "archive/2026-01-02")));
    assert_int_equal(count(in_world(w, "archive/2026-01-03")), 1);
    assert_int_equal(count(in_world(w, "archive/2026-13-01")), 1);
    assert_int_equal(count(in_world(w, "archive/notes")), 1);
    assert_true(there(in_world(w, "archive/2026-01-01.txt")));
}

static void a_day_of_many_files_goes_in_steps(void **state)
{
    struct world *w = *state;
    assert_int_equal(mkdir(in_world(w, "archive/2026-01-01"), 0755), 0);
    for (int i = 0; i < 5000; i++)
        put(in_world(w, "archive/2026-01-01/%016x.default.a", i), "");
    w->conf->spool.archive_keep_ms = 1;
    assert_true(spool_archive_prune(w->spool, at("2026-02-02T00:00:00Z")));
    assert_in_range(count(in_world(w, "archive/2026-01-01")), 1, 4999);
    assert_true(spool_archive_prune(w->spool, at("2026-02-02T00:00:00Z")));
    assert_false(spool_archive_prune(w->spool, at("2026-02-02T00:00:00Z")));
    assert_false(there(in_world(w, "archive/2026-01-01")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_make, world_end)
        T(done_is_archived_by_day),
        T(done_may_delete),
        T(a_move_that_fails_can_be_tried_again),
        T(archive_and_rejected_are_made_again),
        T(what_somebody_took_away_is_settled),
        T(bad_is_rejected_with_the_reason),
        T(the_reason_moves_no_terminal),
        T(a_crash_between_reason_and_move_is_repeated),
        T(without_a_reason_it_says_so),
        T(slices_can_be_written_again),
        T(a_slice_that_cannot_be_written_waits),
        T(retry_goes_back_where_it_came_from),
        T(the_directory_of_a_feed_is_made_again),
        T(old_days_go),
        T(a_day_of_many_files_goes_in_steps),
    };
    return cmocka_run_group_tests_name("spool_settle", tests, NULL, NULL);
}
