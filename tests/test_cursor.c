// SPDX-License-Identifier: MIT
/* test_cursor: a place is kept, kept whole, and kept for one holder. */
#include "tests/unit.h"

#include "clients/cursor.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[256];

static int make_root(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/newswire-cursor-XXXXXX", tmp != NULL ? tmp : "/tmp");
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command) == 0 ? 0 : -1;
}

static struct cursor *open_place(const char *name, struct cursor_place *place, bool *found, struct err *e)
{
    memset(place, 0, sizeof *place);
    memset(e, 0, sizeof *e);
    return cursor_open(root, name, place, found, e);
}

static void put(const char *name, const char *text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void test_comes_back(void **state)
{
    (void)state;
    struct cursor_place place, kept = {0xfedcba9876543210u, 18446744073709551615u, 0x0123456789abcdefu};
    struct err e;
    bool found = true;
    struct cursor *c = open_place("desk", &place, &found, &e);
    assert_non_null(c);
    assert_false(found);
    assert_true(cursor_save(c, &(struct cursor_place){1, 2, 3}, &e));
    assert_true(cursor_save(c, &kept, &e));
    cursor_close(c);

    c = open_place("desk", &place, &found, &e);
    assert_non_null(c);
    assert_true(found);
    assert_memory_equal(&place, &kept, sizeof kept);
    cursor_close(c);
    cursor_close(NULL);

    char path[400], text[200] = "";
    snprintf(path, sizeof path, "%s/desk", root);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_string_equal(text, "newswire-cursor 1 fedcba9876543210 18446744073709551615 0123456789abcdef\n");
}

static void test_one_holder(void **state)
{
    (void)state;
    struct cursor_place place;
    struct err e;
    bool found;
    struct cursor *c = open_place("held", &place, &found, &e);
    assert_non_null(c);
    assert_null(open_place("held", &place, &found, &e));
    assert_non_null(strstr(e.text, "in use"));
    struct cursor *other = open_place("other", &place, &found, &e);
    assert_non_null(other);
    cursor_close(other);
    cursor_close(c);
    c = open_place("held", &place, &found, &e);
    assert_non_null(c);
    cursor_close(c);
}

static void test_a_dead_holder_holds_nothing(void **state)
{
    (void)state;
    struct cursor_place place;
    struct err e;
    bool found;
    pid_t child = fork();
    if (child == 0) {
        struct cursor *c = open_place("killed", &place, &found, &e);
        bool saved = c != NULL && cursor_save(c, &(struct cursor_place){7, 8, 9}, &e);
        _exit(saved ? 0 : 1); // without cursor_close()
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct cursor *c = open_place("killed", &place, &found, &e);
    assert_non_null(c);
    assert_true(found && place.epoch == 7 && place.seq == 8 && place.check == 9);
    cursor_close(c);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ".", "..", "a/b", "a b", "a@lock", "\xc3\xa4",
                                      "12345678901234567890123456789012345678901234567890123456789012345"};
    struct cursor_place place;
    struct err e;
    bool found;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(open_place(bad[i], &place, &found, &e));
        assert_non_null(strstr(e.text, "a name is"));
    }
    struct cursor *c = open_place("A-z_0.9", &place, &found, &e);
    assert_non_null(c);
    cursor_close(c);
}

static void test_damage_is_told(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "x", "newswire-cursor 2 0000000000000001 5 0000000000000000\n",
        "newswire-cursor 1 0000000000000001 5 0000000000000000", "newswire-cursor 1 1 5 0\n",
        "newswire-cursor 1 0000000000000001 -5 0000000000000000\n",
        "newswire-cursor 1 0000000000000001 5 0000000000000000\nmore",
        "newswire-cursor 1 0000000000000001 99999999999999999999 0000000000000000\n",
    };
    struct cursor_place place;
    struct err e;
    bool found;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put("damaged", bad[i]);
        assert_null(open_place("damaged", &place, &found, &e));
        assert_non_null(strstr(e.text, "damaged"));
    }
}

static void test_directories(void **state)
{
    (void)state;
    char state_home[300], deep[400];
    struct cursor_place place;
    struct err e = {""};
    bool found;
    snprintf(state_home, sizeof state_home, "%s/xdg", root);
    setenv("XDG_STATE_HOME", state_home, 1);
    struct cursor *c = cursor_open(NULL, "desk", &place, &found, &e);
    assert_non_null(c);
    assert_true(cursor_save(c, &(struct cursor_place){1, 1, 1}, &e));
    cursor_close(c);
    snprintf(deep, sizeof deep, "%s/newswire/desk", state_home);
    assert_int_equal(access(deep, R_OK), 0);

    unsetenv("XDG_STATE_HOME");
    setenv("HOME", state_home, 1);
    c = cursor_open(NULL, "desk", &place, &found, &e);
    assert_non_null(c);
    cursor_close(c);
    snprintf(deep, sizeof deep, "%s/.local/state/newswire", state_home);
    assert_int_equal(access(deep, R_OK), 0);

    put("file", "not a directory");
    snprintf(deep, sizeof deep, "%s/file/below", root);
    assert_null(cursor_open(deep, "desk", &place, &found, &e));
    assert_non_null(strstr(e.text, deep));
}

static void test_a_failed_save_keeps_the_old_place(void **state)
{
    (void)state;
    struct cursor_place place;
    struct err e;
    bool found;
    struct cursor *c = open_place("full", &place, &found, &e);
    assert_non_null(c);
    assert_true(cursor_save(c, &(struct cursor_place){1, 5, 0}, &e));
    char part[400];
    snprintf(part, sizeof part, "%s/full@part", root);
    assert_int_equal(mkdir(part, 0700), 0); // in the way, for root too
    assert_false(cursor_save(c, &(struct cursor_place){1, 6, 0}, &e));
    assert_non_null(strstr(e.text, "full"));
    cursor_close(c);
    assert_int_equal(rmdir(part), 0);
    c = open_place("full", &place, &found, &e);
    assert_non_null(c);
    assert_int_equal(place.seq, 5);
    cursor_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_one_holder),
        cmocka_unit_test(test_a_dead_holder_holds_nothing),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_damage_is_told),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_a_failed_save_keeps_the_old_place),
    };
    return cmocka_run_group_tests_name("cursor", tests, make_root, remove_root);
}
