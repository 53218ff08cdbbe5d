// SPDX-License-Identifier: MIT
/* spool_drop: what `newswire drop` and `newswire retry` do to the spool. */
#include "tests/spool_world.h"

/* A readable descriptor with that text. */
static int source(const char *text)
{
    int fd = memfd_create("source", MFD_CLOEXEC);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static bool put_in(struct world *w, const char *feed, const char *text, const char *wanted, char name[256])
{
    int fd = source(text);
    bool fine = spool_drop(w->conf, feed, fd, wanted, name, &w->e);
    close(fd);
    return fine;
}

static bool says(const struct world *w, const char *words)
{
    if (strstr(w->e.text, words) != NULL)
        return true;
    print_error("'%s' does not say '%s'\n", w->e.text, words);
    return false;
}

static size_t all(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    for (struct dirent *ent; (ent = readdir(d)) != NULL;)
        n++;
    closedir(d);
    return n - 2;
}

// --- drop ------------------------------------------------------------------------------------------------

static void drops_whole_files(void **state)
{
    struct world *w = *state;
    char name[256], text[32];
    struct stat st;
    assert_true(put_in(w, NULL, "hello", "/somewhere/else/a.txt", name));
    assert_string_equal(name, "a.txt");
    assert_string_equal(contents(in_world(w, "incoming/a.txt"), text, sizeof text), "hello");
    assert_int_equal(stat(in_world(w, "incoming/a.txt"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_true(put_in(w, "desk", "desk", "a.txt", name));
    assert_string_equal(contents(in_world(w, "incoming/desk/a.txt"), text, sizeof text), "desk");
    assert_true(put_in(w, "default", "", "empty", name));
    assert_true(there(in_world(w, "incoming/empty")));
}

static void drops_from_a_pipe(void **state)
{
    struct world *w = *state;
    int ends[2];
    char name[256], text[32];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    assert_true(spool_drop(w->conf, "desk", ends[0], "a", name, &w->e));
    close(ends[0]);
    assert_string_equal(contents(in_world(w, "incoming/desk/a"), text, sizeof text), "piped");
}

static void never_over_another_file(void **state)
{
    struct world *w = *state;
    char name[256], text[32];
    drop(w, "a.txt", "theirs");
    assert_true(put_in(w, NULL, "1", "a.txt", name));
    assert_string_equal(name, "a.txt~2");
    assert_true(put_in(w, NULL, "2", "a.txt", name));
    assert_string_equal(name, "a.txt~3");
    assert_string_equal(contents(in_world(w, "incoming/a.txt"), text, sizeof text), "theirs");
    assert_string_equal(contents(in_world(w, "incoming/a.txt~3"), text, sizeof text), "2");
    assert_int_equal(all(in_world(w, "incoming")), 3 + 2); // No dot-names are left, only the two feeds.
}

static void the_name_given_is_the_name_claimed(void **state)
{
    struct world *w = *state;
    char name[256], wanted[256];
    memset(wanted, 'x', 250);
    memcpy(wanted + 250, ".txt", 5);
    assert_true(put_in(w, NULL, "1", wanted, name));
    struct claim c;
    assert_int_equal(claim(w, "default", name, &c), FATE_DONE);
    assert_string_equal(c.name, name);
}

static void refuses_what_would_never_be_taken(void **state)
{
    struct world *w = *state;
    char name[256];
    assert_false(put_in(w, NULL, "1", "a.tmp", name));
    assert_true(says(w, "'a.tmp' would never be taken: names like '*.tmp' are left alone ([spool] skip)"));
    assert_false(put_in(w, NULL, "1", "dir/.hidden", name));
    assert_true(says(w, "'.hidden' would never be taken"));
    assert_false(put_in(w, NULL, "1", "dir/", name));
    assert_true(says(w, "needs a name"));
    assert_false(put_in(w, "../work", "1", "a", name));
    assert_true(says(w, "'../work' is no name of a feed"));
    w->conf->spool.max_file = 4;
    assert_false(put_in(w, NULL, "12345", "a", name));
    assert_true(says(w, "more than [spool] max_file = 4 bytes"));
    assert_int_equal(all(in_world(w, "incoming")), 2);
    assert_true(put_in(w, NULL, "1234", "a", name));
}

static void says_what_to_do_when_there_is_no_place(void **state)
{
    struct world *w = *state;
    char name[256];
    assert_false(put_in(w, "none", "1", "a", name));
    assert_true(says(w, "no feed 'none': there is no directory"));
    assert_true(says(w, "add [feed none] to the configuration and reload newswired"));
    assert_int_equal(rename(in_world(w, "incoming"), in_world(w, "away")), 0);
    assert_false(put_in(w, NULL, "1", "a", name));
    assert_true(says(w, "incoming is not there; start newswired once"));
    snprintf(w->conf->spool.directory, sizeof w->conf->spool.directory, "%s/none", w->path);
    assert_false(put_in(w, NULL, "1", "a", name));
    assert_true(says(w, "/none cannot be opened"));
}

static int not_a_member(struct world *w)
{
    char name[256];
    int fd = memfd_create("source", 0);
    if (spool_drop(w->conf, NULL, fd, "a", name, &w->e) || !says(w, "you may not write into"))
        return __LINE__;
    return says(w, "become a member of its group") ? 0 : __LINE__;
}

static void says_what_to_do_without_permission(void **state)
{
    struct world *w = *state;
    assert_int_equal(chmod(in_world(w, "incoming"), 0555), 0);
    in_child(w, true, not_a_member);
    assert_int_equal(chmod(in_world(w, "incoming"), 0755), 0);
}

static void a_source_that_cannot_be_read_leaves_nothing(void **state)
{
    struct world *w = *state;
    char name[256];
    int fd = open(w->path, O_RDONLY | O_DIRECTORY);
    assert_false(spool_drop(w->conf, NULL, fd, "a", name, &w->e));
    assert_true(says(w, "cannot be read"));
    close(fd);
    assert_int_equal(all(in_world(w, "incoming")), 2);
}

// --- retry -----------------------------------------------------------------------------------------------

static struct claim rejected(struct world *w, const char *feed, const char *name)
{
    struct claim c = claimed(w, feed, name, "bad");
    assert_true(spool_settle(w->spool, &c, FATE_BAD, "why", &w->e));
    return c;
}

static void retries_by_any_of_its_names(void **state)
{
    struct world *w = *state;
    char path[300];
    struct claim c = rejected(w, "desk", "a.txt");
    assert_true(spool_retry(w->conf, "a.txt", &w->e));
    assert_true(there(in_world(w, "incoming/desk/a.txt")));
    assert_int_equal(count(in_world(w, "rejected")), 0); // The reason is gone too.
    unlink(in_world(w, "incoming/desk/a.txt"));
    c = rejected(w, "default", "a.txt");
    snprintf(path, sizeof path, "%s.default.a.txt", c.id);
    assert_true(spool_retry(w->conf, path, &w->e));
    assert_true(there(in_world(w, "incoming/a.txt")));
    c = rejected(w, "default", "b\033.txt");
    assert_true(spool_retry(w->conf, c.id, &w->e));
    assert_true(there(in_world(w, "incoming/b\033.txt")));
    char longest[256] = "";
    memset(longest, 'x', 255);
    rejected(w, "default", longest);
    assert_true(spool_retry(w->conf, longest, &w->e));
    c = rejected(w, "default", "c.txt");
    assert_true(spool_retry(w->conf, in_world(w, "rejected/%s.default.c.txt", c.id), &w->e));
    assert_int_equal(count(in_world(w, "rejected")), 0);
}

static void several_are_named(void **state)
{
    struct world *w = *state;
    struct claim a = rejected(w, "desk", "a.txt"), b = rejected(w, "default", "a.txt");
    assert_false(spool_retry(w->conf, "a.txt", &w->e));
    assert_true(says(w, "2 rejected files fit"));
    assert_true(says(w, a.id));
    assert_true(says(w, b.id));
    assert_int_equal(count(in_world(w, "rejected")), 4);
    assert_false(spool_retry(w->conf, "none", &w->e));
    assert_true(says(w, "nothing in rejected/ is named 'none'"));
    char why[300];
    snprintf(why, sizeof why, "%s.desk.a.txt.why", a.id);
    assert_false(spool_retry(w->conf, why, &w->e));
    assert_true(says(w, "is the reason, not the file"));
}

static void never_over_a_file_that_waits(void **state)
{
    struct world *w = *state;
    rejected(w, "default", "a.txt");
    drop(w, "a.txt", "new");
    assert_true(spool_retry(w->conf, "a.txt", &w->e));
    assert_true(there(in_world(w, "incoming/a.txt~2")));
}

static void slices_are_files_too(void **state)
{
    struct world *w = *state;
    char text[16], name[300];
    struct claim c = claimed(w, "desk", "a.txt", "good bad");
    assert_int_equal(spool_reject_slice(w->spool, &c, (const uint8_t *)"bad", 3, 5, "no title", &w->e),
                     FATE_DONE);
    snprintf(name, sizeof name, "%s.desk.a.txt.5", c.id);
    assert_true(spool_retry(w->conf, name, &w->e));
    assert_string_equal(contents(in_world(w, "incoming/desk/a.txt.5"), text, sizeof text), "bad");
    assert_int_equal(count(in_world(w, "rejected")), 0);
}

static void a_file_called_why_is_a_file(void **state)
{
    struct world *w = *state;
    rejected(w, "default", "a.why");
    assert_true(spool_retry(w->conf, "a.why", &w->e));
    assert_true(there(in_world(w, "incoming/a.why")));
    assert_int_equal(count(in_world(w, "rejected")), 0);
}

static void a_feed_that_is_gone_is_said(void **state)
{
    struct world *w = *state;
    rejected(w, "desk", "a.txt");
    assert_int_equal(rmdir(in_world(w, "incoming/desk")), 0);
    assert_false(spool_retry(w->conf, "a.txt", &w->e));
    assert_true(says(w, "no feed 'desk'"));
    assert_int_equal(count(in_world(w, "rejected")), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_make, world_end)
        T(drops_whole_files),
        T(drops_from_a_pipe),
        T(never_over_another_file),
        T(the_name_given_is_the_name_claimed),
        T(refuses_what_would_never_be_taken),
        T(says_what_to_do_when_there_is_no_place),
        T(says_what_to_do_without_permission),
        T(a_source_that_cannot_be_read_leaves_nothing),
        T(retries_by_any_of_its_names),
        T(several_are_named),
        T(never_over_a_file_that_waits),
        T(slices_are_files_too),
        T(a_file_called_why_is_a_file),
        T(a_feed_that_is_gone_is_said),
    };
    return cmocka_run_group_tests_name("spool_drop", tests, NULL, NULL);
}
