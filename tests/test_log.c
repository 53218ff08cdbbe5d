// SPDX-License-Identifier: MIT
/* Log lines as they leave: stderr is a file while a test looks. */
#include "tests/unit.h"

#include "daemon/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *caught;
static int real_stderr;
static char line[16384];

static int catch_stderr(void **state)
{
    (void)state;
    caught = tmpfile();
    real_stderr = dup(STDERR_FILENO);
    log_level_set(LOG_NOTICE);
    log_tap(NULL);
    unsetenv("JOURNAL_STREAM");
    return caught == NULL || real_stderr < 0 ? -1 : 0;
}

static int let_go(void **state)
{
    (void)state;
    close(real_stderr);
    return fclose(caught);
}

static void begin(void)
{
    rewind(caught);
    if (ftruncate(fileno(caught), 0) != 0)
        fail();
    lseek(fileno(caught), 0, SEEK_SET);
    fflush(stderr);
    dup2(fileno(caught), STDERR_FILENO);
}

/* What was written to stderr since begin(). */
static const char *end(void)
{
    dup2(real_stderr, STDERR_FILENO);
    ssize_t n = pread(fileno(caught), line, sizeof line - 1, 0);
    assert_true(n >= 0);
    line[n] = '\0';
    return line;
}

static void a_plain_line(void **state)
{
    (void)state;
    begin();
    errno = EBUSY;
    log_at(LOG_NOTICE, "spool", "rejected", "file=%s why=%s n=%zu d=%d u=%u x=%llx l=%llu state=ok", "junk.bin",
           "offset 0: not text", (size_t)7, -3, 4u, 0xabcULL, 12ULL);
    int kept = errno;
    assert_string_equal(end(), "level=notice room=spool msg=\"rejected\" file=junk.bin why=\"offset 0: not text\" "
                               "n=7 d=-3 u=4 x=0000000000000abc l=12 state=ok\n");
    assert_int_equal(kept, EBUSY);
}

static void a_line_without_pairs(void **state)
{
    (void)state;
    begin();
    log_at(LOG_ERROR, "main", "the disk is full", NULL);
    assert_string_equal(end(), "level=error room=main msg=\"the disk is full\"\n");
}

static void values_can_do_no_harm(void **state)
{
    (void)state;
    const char *volatile nothing = NULL; // the compiler would refuse it in plain sight
    begin();
    log_at(LOG_WARN, "spool", "odd", "a=%s b=%s c=%s d=%s e=%s f=%s", "x\ny\x1b[2J", "say \"hi\"", "back\\slash", "",
           nothing, "\xe2\x80\xae\xd4\xb5\xff");
    assert_string_equal(end(), "level=warn room=spool msg=\"odd\" a=\"x\\ny\\x1b[2J\" b=\"say \\\"hi\\\"\" "
                               "c=\"back\\\\slash\" d=\"\" e=\"\" f=\"\\u{202e}\xd4\xb5\\xff\"\n");
}

static void levels(void **state)
{
    (void)state;
    enum log_level level;
    assert_true(log_level_of("warn", &level));
    assert_int_equal(level, LOG_WARN);
    assert_true(log_level_of("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_false(log_level_of("loud", &level));
    begin();
    log_at(LOG_DEBUG, "live", "page", NULL);
    assert_string_equal(end(), "");
    log_level_set(LOG_DEBUG);
    begin();
    log_at(LOG_DEBUG, "live", "page", NULL);
    assert_string_equal(end(), "level=debug room=live msg=\"page\"\n");
}

static char told[8192];
static int calls;

static void listen_in(enum log_level level, const char *text)
{
    (void)level;
    calls++;
    snprintf(told, sizeof told, "%s", text);
}

static void the_tap_hears_what_matters(void **state)
{
    (void)state;
    calls = 0;
    log_tap(listen_in);
    log_level_set(LOG_ERROR);
    begin();
    log_at(LOG_NOTICE, "spool", "started", NULL);
    log_at(LOG_WARN, "spool", "paused", "why=%s", "disk full");
    assert_string_equal(end(), "");
    assert_int_equal(calls, 1);
    assert_string_equal(told, "spool: paused why=\"disk full\"");
}

static void the_journal_gets_levels(void **state)
{
    (void)state;
    struct stat st;
    char stream[64];
    assert_int_equal(fstat(fileno(caught), &st), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    begin();
    log_at(LOG_ERROR, "store", "corrupt", NULL);
    assert_string_equal(end(), "<3>level=error room=store msg=\"corrupt\"\n");
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino + 1);
    setenv("JOURNAL_STREAM", stream, 1); // of some other stream
    begin();
    log_at(LOG_ERROR, "store", "corrupt", NULL);
    assert_string_equal(end(), "level=error room=store msg=\"corrupt\"\n");
}

/* A line stays one line of at most 4096 bytes, whatever the values; a long value leaves room for the next. */
static void long_values_are_cut(void **state)
{
    (void)state;
    char longest[9000] = "";
    while (strlen(longest) < sizeof longest - 10)
        strcat(longest, "\xe2\x82\xac\xd4\xb5.");
    begin();
    log_at(LOG_WARN, "spool", "odd", "a=%s next=%s", longest, "there");
    end();
    assert_non_null(strstr(line, " next=there\n"));
    assert_null(strstr(line, "\\x")); // cut between two characters
    begin();
    for (int i = 0; i < 6; i++) { // wherever in a character the cut falls
        char shifted[2000];
        snprintf(shifted, sizeof shifted, "%.*s%.1900s", i, "xxxxxx", longest);
        log_at(LOG_WARN, "spool", "odd", "a=%s", shifted);
    }
    end();
    assert_null(strstr(line, "\\x"));
    begin();
    log_at(LOG_WARN, "spool", longest, "a=%s b=%s c=%s d=%s e=%s", longest, longest, longest, longest, longest);
    end();
    assert_int_equal(strlen(line), 4095);
    assert_ptr_equal(strchr(line, '\n'), line + 4094);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plain_line, catch_stderr, let_go),
        cmocka_unit_test_setup_teardown(a_line_without_pairs, catch_stderr, let_go),
        cmocka_unit_test_setup_teardown(values_can_do_no_harm, catch_stderr, let_go),
        cmocka_unit_test_setup_teardown(levels, catch_stderr, let_go),
        cmocka_unit_test_setup_teardown(the_tap_hears_what_matters, catch_stderr, let_go),
        cmocka_unit_test_setup_teardown(the_journal_gets_levels, catch_stderr, let_go),
        cmocka_unit_test_setup_teardown(long_values_are_cut, catch_stderr, let_go),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
