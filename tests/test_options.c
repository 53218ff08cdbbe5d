// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "clients/options.h"
#include "daemon/hands/files.h"
#include "daemon/pure/conf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/newswire-test-options-XXXXXX";

static const char *in_directory(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(in_directory(name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* --- pure
 * ---------------------------------------------------------------------------------------------------- */

static void test_endpoint(void **state)
{
    (void)state;
    static const struct {
        const char *bind, *want; /* NULL: refused */
    } cases[] = {
        {"ipc:///run/newswire/publish", "ipc:///run/newswire/publish"},
        {"ipc://@abstract", "ipc://@abstract"},
        {"tcp://127.0.0.1:5570", "tcp://127.0.0.1:5570"},
        {"tcp://*:5570", "tcp://127.0.0.1:5570"},
        {"tcp://0.0.0.0:5570", "tcp://127.0.0.1:5570"},
        {"tcp://lo:5570", "tcp://127.0.0.1:5570"},
        {"tcp://[::]:5570", "tcp://[::1]:5570"},
        {"tcp://[::1]:5570", "tcp://[::1]:5570"},
        {"tcp://news.example.org:1", "tcp://news.example.org:1"},
        {"tcp://localhost:5570", "tcp://localhost:5570"},
        {"tcp://127.0.0.1:*", NULL},
        {"tcp://127.0.0.1:0", NULL},
        {"tcp://127.0.0.1", NULL},
        {"ipc://", NULL},
        {"ipc://*", NULL},
        {"inproc://x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[OPTIONS_ENDPOINT_MAX];
        struct err e = {0};
        bool fine = options_endpoint(cases[i].bind, out, &e);
        if (fine != (cases[i].want != NULL))
            fail_msg("%s: %s", cases[i].bind, fine ? out : e.text);
        if (fine)
            assert_string_equal(out, cases[i].want);
        else
            assert_string_not_equal(e.text, "");
    }
    char longest[OPTIONS_ENDPOINT_MAX + 10] = "ipc://", out[OPTIONS_ENDPOINT_MAX];
    memset(longest + 6, 'x', sizeof longest - 7);
    assert_false(options_endpoint(longest, out, NULL));
}

static void test_number(void **state)
{
    (void)state;
    uint64_t n = 0;
    assert_true(options_number("18446744073709551615", 1, &n));
    assert_true(n == UINT64_MAX);
    assert_true(options_number("7", 7, &n));
    static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "1x", "x", "18446744073709551616", "6"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(options_number(wrong[i], 7, &n));
}

/* --- the configuration
 * --------------------------------------------------------------------------------------- */

static void test_wire_of_a_configuration(void **state)
{
    (void)state;
    write_file("conf", "[publish]\nbind = ipc:///nowhere/p\nbind = tcp://127.0.0.1:6001\n"
                       "[replay]\nbind = tcp://127.0.0.1:6002\n");
    struct options o = {.config = in_directory("conf")};
    struct err e = {0};
    assert_true(options_wire(&o, &e));
    assert_string_equal(o.publish, "ipc:///nowhere/p");
    assert_string_equal(o.replay, "tcp://127.0.0.1:6002");
    options_free(&o);

    setenv("NEWSWIRE_CONFIG", in_directory("conf"), 1);
    struct options from_environment = {0};
    assert_true(options_wire(&from_environment, &e));
    assert_string_equal(from_environment.replay, "tcp://127.0.0.1:6002");
    options_free(&from_environment);
    unsetenv("NEWSWIRE_CONFIG");
}

static void test_wire_that_is_given_needs_no_configuration(void **state)
{
    (void)state;
    struct options o = {
        .config = in_directory("none"), .publish_given = "tcp://a:1", .replay_given = "tcp://b:2"};
    struct err e = {0};
    assert_true(options_wire(&o, &e));
    assert_string_equal(o.publish, "tcp://a:1");
    assert_string_equal(o.replay, "tcp://b:2");
    o.replay_given = "b:2";
    assert_false(options_wire(&o, &e));
    assert_non_null(strstr(e.text, "b:2"));
}

static void test_configuration_with_problems(void **state)
{
    (void)state;
    struct err e = {0};
    struct options o = {.config = in_directory("none")};
    assert_false(options_conf(&o, &e));
    assert_non_null(strstr(e.text, "/none"));
    write_file("wrong", "[spool]\nsetle = 2s\n");
    o.config = in_directory("wrong");
    assert_false(options_conf(&o, &e));
    assert_non_null(strstr(e.text, "wrong:2: "));
    assert_null(o.conf);
    options_free(&o);
}

/* A socket that this user may not open is left out when there is another way. Root may open all: be nobody.
 */
static void test_a_forbidden_socket_is_left_out(void **state)
{
    (void)state;
    char text[1024];
    snprintf(text, sizeof text, "[publish]\nbind = ipc://%s/p\nbind = tcp://127.0.0.1:6001\n", directory);
    write_file("p", "");
    assert_int_equal(chmod(in_directory("p"), 0), 0);
    write_file("conf", text);
    assert_int_equal(chmod(directory, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        struct options o = {.config = in_directory("conf")};
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(2);
        _exit(options_wire(&o, NULL) && strcmp(o.publish, "tcp://127.0.0.1:6001") == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* --- the command line
 * ---------------------------------------------------------------------------------------- */

static const struct verb verb = {"verb", "summary", "usage\n", NULL};

/* Runs the options with standard error going to a file; returns what the last call of options_next returned.
 */
static int parse(struct options *o, const char *const *argv, char said[512])
{
    static const struct option longs[] = {OPTIONS_LONG, {"own", required_argument, NULL, OPTIONS_OWN}, {0}};
    char *words[8] = {NULL}; // getopt turns them round
    int argc = 0, c;
    for (; argv[argc] != NULL; argc++)
        words[argc] = (char *)(uintptr_t)argv[argc];
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    FILE *caught = tmpfile();
    dup2(fileno(caught), STDERR_FILENO);
    optind = 0;
    do
        c = options_next(o, argc, words, ":" OPTIONS_SHORT "o:", longs);
    while (c != -1 && c != OPTIONS_EXIT);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(caught);
    said[fread(said, 1, 511, caught)] = '\0';
    fclose(caught);
    return c;
}

static void test_command_line(void **state)
{
    (void)state;
    static const struct {
        const char *argv[6];
        const char *said; /* NULL: fine */
    } cases[] = {
        {{"verb", "-c", "f", "--own", "x"}, NULL},
        {{"verb", "operand", "-o", "x"}, NULL},
        {{"verb", "--", "--nonsense"}, NULL},
        {{"verb", "--nonsense"}, "newswire: unknown option '--nonsense'; try 'newswire verb --help'\n"},
        {{"verb", "-c", "f", "-x"}, "newswire: unknown option '-x'; try 'newswire verb --help'\n"},
        {{"verb", "--own=1", "-xc"}, "newswire: unknown option '-x'; try 'newswire verb --help'\n"},
        {{"verb", "--own"}, "newswire: option '--own' needs a value; try 'newswire verb --help'\n"},
        {{"verb", "-o"}, "newswire: option '-o' needs a value; try 'newswire verb --help'\n"},
        {{"verb", "--help=x"}, "newswire: unknown option '--help=x'; try 'newswire verb --help'\n"},
        {{"verb", "--\033[2J"}, "newswire: unknown option '--\\x1b[2J'; try 'newswire verb --help'\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct options o = {.verb = &verb};
        char said[512];
        int c = parse(&o, cases[i].argv, said);
        assert_string_equal(said, cases[i].said != NULL ? cases[i].said : "");
        assert_int_equal(c, cases[i].said != NULL ? OPTIONS_EXIT : -1);
        assert_int_equal(o.code, cases[i].said != NULL ? EXIT_USAGE : EXIT_FINE);
    }
}

static void test_shared_options_are_kept(void **state)
{
    (void)state;
    struct options o = {.verb = &verb};
    char said[512];
    const char *const argv[] = {"verb", "--config=f", "--publish", "p", "--replay", "r", NULL};
    assert_int_equal(parse(&o, argv, said), -1);
    assert_string_equal(o.config, "f");
    assert_string_equal(o.publish_given, "p");
    assert_string_equal(o.replay_given, "r");
}

static void test_closed_descriptors_are_kept(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        close(STDIN_FILENO);
        close(STDERR_FILENO);
        files_keep_standard();
        int next = dup(STDOUT_FILENO);
        bool refused = write(STDERR_FILENO, "x", 1) < 0 && write(STDIN_FILENO, "x", 1) < 0;
        _exit(next > STDERR_FILENO && refused ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* A wrong endpoint is a wrong command line; one that may not be opened is told, not waited for. */
static void test_endpoints_that_cannot_be(void **state)
{
    (void)state;
    struct options wrong = {.verb = &verb, .publish_given = "x", .replay_given = "tcp://127.0.0.1:1"};
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    FILE *caught = tmpfile();
    dup2(fileno(caught), STDERR_FILENO);
    assert_null(options_connect(&wrong));
    pid_t child = fork();
    if (child == 0) {
        struct options closed = {.publish_given = "ipc:///proc/1/cwd/p",
                                 .replay_given = "ipc:///proc/1/cwd/r"};
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(2);
        _exit(options_connect(&closed) == NULL && closed.code == EXIT_FAILED ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    dup2(kept, STDERR_FILENO);
    close(kept);
    fclose(caught);
    assert_int_equal(wrong.code, EXIT_USAGE);
    assert_int_equal(status, 0);
}

static int set_up(void **state)
{
    (void)state;
    unsetenv("NEWSWIRE_CONFIG");
    return mkdtemp(directory) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"conf", "wrong", "p"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in_directory(names[i]));
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoint),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_wire_of_a_configuration),
        cmocka_unit_test(test_wire_that_is_given_needs_no_configuration),
        cmocka_unit_test(test_configuration_with_problems),
        cmocka_unit_test(test_a_forbidden_socket_is_left_out),
        cmocka_unit_test(test_command_line),
        cmocka_unit_test(test_shared_options_are_kept),
        cmocka_unit_test(test_closed_descriptors_are_kept),
        cmocka_unit_test(test_endpoints_that_cannot_be),
    };
    return cmocka_run_group_tests_name("options", tests, set_up, tear_down);
}
