// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "clients/print.h"
#include "clients/report.h"
#include "proto/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW INT64_C(1699450000000) /* 2023-11-08T13:26:40Z */

static const char *const topics[] = {"agency/armenpress/", "feed/default/", "language/en/", "place/am/yerevan/",
                                     "subject/economy/banking/", "subject/politics-and-government/government/",
                                     "watch/dams/", NULL};
static const char *const warnings[] = {"a month is misprinted", NULL};

static struct newswire_dispatch dispatch(void)
{
    return (struct newswire_dispatch){.version = 1,
                                      .feed = "default",
                                      .agency = "ARMENPRESS",
                                      .headline = "A dam is built",
                                      .located = "Yerevan",
                                      .country = "am",
                                      .dateline = "YEREVAN, NOVEMBER 8, ARMENPRESS.",
                                      .body = "First paragraph, of some words.\n\nSecond paragraph.",
                                      .content_created = "2023-11-08T14:58:00+04:00",
                                      .time_precision = "minute",
                                      .confidence = 0.9,
                                      .warnings = warnings,
                                      .charset = "UTF-8",
                                      .file = "digest.txt",
                                      .index = 3,
                                      .offset = 100,
                                      .length = 50};
}

static struct newswire_event event(const struct newswire_dispatch *d)
{
    return (struct newswire_event){.type = NEWSWIRE_DISPATCH,
                                   .kind = NEWSWIRE_NEW,
                                   .seq = 17,
                                   .stored = NOW,
                                   .topics = topics,
                                   .dispatch = d};
}

static void expect_line(const struct newswire_event *e, const struct print_style *style, const char *want)
{
    char *line = print_line(e, style);
    assert_string_equal(line, want);
    free(line);
}

#define TOPICS "  (banking, government, watch/dams)"

static void test_line_times(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    struct print_style today = {.now_ms = NOW}, later = {.now_ms = NOW + 3 * 86400000LL};
    expect_line(&e, &today, "17  14:58  ARMENPRESS  Yerevan  A dam is built" TOPICS);
    expect_line(&e, &later, "17  2023-11-08 14:58  ARMENPRESS  Yerevan  A dam is built" TOPICS);
    d.time_precision = "day";
    expect_line(&e, &today, "17  2023-11-08  ARMENPRESS  Yerevan  A dam is built" TOPICS);
    d.time_precision = "none";
    d.content_created = NULL;
    expect_line(&e, &today, "17  ~13:26  ARMENPRESS  Yerevan  A dam is built" TOPICS);
    expect_line(&e, &later, "17  ~2023-11-08 13:26  ARMENPRESS  Yerevan  A dam is built" TOPICS);
    d.content_created = "not a time";
    expect_line(&e, &today, "17  ~13:26  ARMENPRESS  Yerevan  A dam is built" TOPICS);
}

static void test_line_without_fields(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    static const char *const none[] = {NULL};
    d.agency = d.located = d.headline = NULL;
    e.topics = none;
    e.kind = NEWSWIRE_CORRECTED;
    expect_line(&e, &(struct print_style){.now_ms = NOW}, "17  14:58  -  -  [corrected] (no headline)");
}

/* What the line tells elsewhere is not among its topics; the rest as a person would say it, each once. */
static void test_line_topics(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    static const char *const mixed[] = {"desk/foreign/", "subject/a/rates/", "subject/b/rates/", "subject/sport/",
                                        "watch/x/y/",    "placebo/",         NULL};
    static const char *const told[] = {"agency/a/", "place/zz/", "language/hy/", "feed/f/", NULL};
    struct print_style style = {.now_ms = NOW};
    e.topics = mixed;
    expect_line(&e, &style,
                "17  14:58  ARMENPRESS  Yerevan  A dam is built  (desk/foreign, rates, sport, watch/x/y, placebo)");
    e.topics = told;
    expect_line(&e, &style, "17  14:58  ARMENPRESS  Yerevan  A dam is built");
    d.feed = "reuters";
    e.kind = NEWSWIRE_REVISED;
    expect_line(&e, &style, "17  14:58  ARMENPRESS  Yerevan  [reuters] [revised] A dam is built");
}

static void test_line_is_safe(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    static const char *const nasty[] = {"watch/\033[2J/", NULL};
    d.agency = "AR\033]0;owned\007";
    d.located = "Yere\nvan";
    d.feed = "f\033[2J";
    d.headline = "\u202egnirts \u2066reversed\xff \u0531";
    d.content_created = "\033[31m\033[31m\033[31m\033[31m";
    e.topics = nasty;
    char *line = print_line(&e, &(struct print_style){.now_ms = NOW});
    for (const char *p = line; *p != '\0'; p++)
        assert_false((unsigned char)*p < ' ' || *p == 0x7f);
    assert_non_null(strstr(line, "Yere\\nvan"));
    assert_non_null(strstr(line, "\\u{202e}gnirts \\u{2066}reversed\\xff \u0531"));
    free(line);
    char *whole = print_whole(&e, &(struct print_style){.now_ms = NOW});
    assert_null(strchr(whole, '\033'));
    assert_null(strstr(whole, "\u202e"));
    free(whole);
}

/* Text is made safe in pieces: a character on the border of two must stay whole, wherever the border falls.
 */
static void test_safe_keeps_characters(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 70; lead++) {
        char text[128], *shown = NULL;
        size_t n;
        memset(text, 'a', lead);
        strcpy(text + lead, "é\u0531\U0001f30d€");
        FILE *f = open_memstream(&shown, &n);
        print_safe(f, text, strlen(text));
        fclose(f);
        assert_string_equal(shown, text);
        free(shown);
    }
}

static void test_line_fits_the_terminal(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    size_t front = strlen("17  14:58  ARMENPRESS  Yerevan  A dam is built"), all = front + strlen(TOPICS);
    for (size_t columns = 20; columns < 200; columns++) {
        char *line = print_line(&e, &(struct print_style){.now_ms = NOW, .columns = columns});
        size_t width = utf8_width(line, strlen(line)), rows = (front + 2) / columns + 1;
        assert_memory_equal(line, "17  14:58  ARMENPRESS  Yerevan  A dam is built", front);
        // At least "+3" is said even where there is no room for it.
        assert_true(width <= rows * columns || width <= front + strlen("  (+3)"));
        if (columns >= all)
            assert_null(strchr(line, '+'));
        free(line);
    }
    expect_line(&e, &(struct print_style){.now_ms = NOW, .columns = 71},
                "17  14:58  ARMENPRESS  Yerevan  A dam is built  (banking, +2)");
}

static void test_colour_only_when_asked(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    char *plain = print_line(&e, &(struct print_style){.now_ms = NOW});
    char *colour = print_line(&e, &(struct print_style){.now_ms = NOW, .colour = true});
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(colour, "  \033[2m(banking, "));
    assert_string_equal(colour + strlen(colour) - 4, "\033[0m");
    free(plain);
    free(colour);
}

static void test_whole(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    char *text = print_whole(&e, &(struct print_style){.now_ms = NOW});
    static const char *const wanted[] = {
        "A dam is built\n\n",
        "  agency      ARMENPRESS\n",
        "  dateline    YEREVAN, NOVEMBER 8, ARMENPRESS.\n",
        "\nFirst paragraph, of some words.\n\nSecond paragraph.\n\n",
        "  topics      agency/armenpress/\n              feed/default/\n              language/en/\n",
        "  warning     a month is misprinted\n",
        "  dispatch    3 in the file, bytes 100..150\n",
        "  uri         urn:newswire:0000000000000000000000000000000000000000\n",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("not there: %s\nin: %s", wanted[i], text);
    assert_null(strstr(text, "urgency"));
    free(text);
}

static void test_whole_wraps(void **state)
{
    (void)state;
    struct newswire_dispatch d = dispatch();
    struct newswire_event e = event(&d);
    d.body = "\n\none two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen\n"
             "kept line\n\n\u0531\u0532\u0533 "
             "https://example.org/an-address-that-is-longer-than-the-terminal-is-wide "
             "end";
    char *text = print_whole(&e, &(struct print_style){.now_ms = NOW, .columns = 40});
    assert_non_null(
        strstr(text, "one two three four five six seven eight\nnine ten eleven twelve thirteen fourteen\n"
                     "fifteen\nkept line\n\n\u0531\u0532\u0533\n"
                     "https://example.org/an-address-that-is-longer-than-the-terminal-is-wide\nend\n"));
    free(text);
}

static void test_notice(void **state)
{
    (void)state;
    char *gone = print_notice(&(struct newswire_event){.type = NEWSWIRE_GONE, .gone_from = 5, .gone_to = 90});
    char *epoch = print_notice(&(struct newswire_event){.type = NEWSWIRE_EPOCH, .epoch = 0xabcdef});
    assert_string_equal(gone, "records 5..90 are gone (behind the daemon's retention)");
    assert_string_equal(epoch, "the daemon's store is a new one (epoch 0000000000abcdef); "
                               "its records come from the start");
    free(gone);
    free(epoch);
}

/* --- report
 * -------------------------------------------------------------------------------------------------- */

static const struct status_feed feeds[] = {
    {.name = "default", .files = 3, .dispatches = 30, .last = NOW - 5000},
    {.name = "a\"b\\c", .files = 1, .last = NOW - 7200000, .expect_ms = 1800000, .overdue = true},
};

static struct status status(void)
{
    return (struct status){.version = "0.1.0",
                           .started = NOW - 90061000,
                           .now = NOW,
                           .epoch = 1,
                           .head = 41,
                           .oldest = 1,
                           .backlog = 2,
                           .backlog_oldest = NOW - 61000,
                           .done = 4,
                           .store_bytes = 1536,
                           .watching = "inotify",
                           .feeds = feeds,
                           .nfeeds = 2};
}

static char *report(const struct status *s, bool prometheus)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (prometheus)
        report_prometheus(f, s);
    else
        report_text(f, s, "ipc:///x", false);
    fclose(f);
    return text;
}

static void test_ages_and_sizes(void **state)
{
    (void)state;
    char out[32];
    assert_string_equal(report_age(out, -5), "0 s");
    assert_string_equal(report_age(out, 59999), "59 s");
    assert_string_equal(report_age(out, 60000), "1 min");
    assert_string_equal(report_age(out, 7800000), "2 h 10 min");
    assert_string_equal(report_age(out, 90061000), "1 day 1 h");
    assert_string_equal(report_size(out, 1023), "1023 bytes");
    assert_string_equal(report_size(out, 1536), "1.5 KiB");
    assert_string_equal(report_size(out, UINT64_C(5) << 30), "5.0 GiB");
    assert_string_equal(report_size(out, UINT64_MAX), "16384.0 PiB");
}

static void test_status_text(void **state)
{
    (void)state;
    struct status s = status();
    char *text = report(&s, false);
    assert_non_null(strstr(text, "newswired 0.1.0 at ipc:///x, up 1 day 1 h\n"));
    assert_non_null(strstr(text, "2 files, the oldest waits 1 min"));
    assert_non_null(strstr(text, "2 h 0 min ago  OVERDUE: expected every 30 min"));
    assert_true(report_healthy(&s));
    free(text);
    s.paused = "the disk is full\033[2J";
    text = report(&s, false);
    assert_memory_equal(text, "paused: the disk is full\\x1b[2J\n",
                        strlen("paused: the disk is full\\x1b[2J\n"));
    assert_false(report_healthy(&s));
    free(text);
    s.paused = NULL;
    static const char *const gone[] = {"gone: /spool", "/spool/incoming is gone: No such file or directory"};
    for (size_t i = 0; i < 2; i++) {
        s.watching = gone[i];
        assert_false(report_healthy(&s));
        text = report(&s, true);
        assert_non_null(strstr(text, "newswire_spool_gone 1\n"));
        free(text);
    }
    s.watching = "polling: NFS has no inotify";
    assert_true(report_healthy(&s));
}

/* Every sample has its HELP and TYPE right before it (or before its siblings), counters end in _total, labels
 * are escaped: what promtool would check. */
static void test_prometheus(void **state)
{
    (void)state;
    struct status s = status();
    char *text = report(&s, true), name[128] = "", type[16] = "";
    size_t samples = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (sscanf(line, "# TYPE %127s %15s", name, type) == 2 || strncmp(line, "# HELP newswire_", 16) == 0)
            continue;
        size_t n = strcspn(line, "{ ");
        assert_int_equal(n, strlen(name));
        assert_memory_equal(line, name, n);
        assert_int_equal(strcmp(type, "counter") == 0, strcmp(name + n - 6, "_total") == 0);
        char *value = strrchr(line, ' '), *end;
        assert_non_null(value);
        strtod(value + 1, &end);
        assert_int_equal(*end, '\0');
        if (strncmp(line, "newswire_feed_overdue{", 22) == 0 && samples > 0)
            assert_true(strcmp(line, "newswire_feed_overdue{feed=\"default\"} 0") == 0 ||
                        strcmp(line, "newswire_feed_overdue{feed=\"a\\\"b\\\\c\"} 1") == 0);
        samples++;
    }
    assert_true(samples >= 30);
    free(text);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_times),
        cmocka_unit_test(test_line_without_fields),
        cmocka_unit_test(test_line_topics),
        cmocka_unit_test(test_line_is_safe),
        cmocka_unit_test(test_safe_keeps_characters),
        cmocka_unit_test(test_line_fits_the_terminal),
        cmocka_unit_test(test_colour_only_when_asked),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_whole_wraps),
        cmocka_unit_test(test_notice),
        cmocka_unit_test(test_ages_and_sizes),
        cmocka_unit_test(test_status_text),
        cmocka_unit_test(test_prometheus),
    };
    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
