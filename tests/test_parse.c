// SPDX-License-Identifier: MIT
/* test_parse: every tests/data/parse/<case>.in is read as a drop file and its account compared with
 * <case>.want; the file's name is the case. NEWSWIRE_WRITE_WANT=1 writes what came out instead, for a person
 * to look at. */
#include "tests/unit.h"

#include "tests/reading.h"

#include <dirent.h>

#define CASES "tests/data/parse"

static struct reading reading;

static int open_reading(void **state)
{
    (void)state;
    return reading_open(&reading) ? 0 : -1;
}

static int close_reading(void **state)
{
    (void)state;
    reading_close(&reading);
    return 0;
}

static char *file_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    char *bytes = malloc(1 << 20);
    *n = bytes == NULL ? 0 : fread(bytes, 1, (1 << 20) - 1, f);
    fclose(f);
    if (bytes != NULL)
        bytes[*n] = '\0';
    return bytes;
}

static char *account(const char *bytes, size_t n, size_t *out_n)
{
    struct reader_result result;
    char *text = NULL;
    FILE *out = open_memstream(&text, out_n);
    assert_non_null(out);
    enum fate fate = reading_read(&reading, bytes, n, &result);
    account_write(out, fate, &result, &reading.e);
    fclose(out);
    if (fate == FATE_DONE)
        assert_true(reading_covers(&result, n));
    return text;
}

/* Returns whether the case holds; says where it does not. */
static bool golden(const char *in)
{
    char path[512], want_path[512];
    size_t n, got_n, want_n = 0;
    snprintf(path, sizeof path, CASES "/%s", in);
    snprintf(want_path, sizeof want_path, CASES "/%.*s.want", (int)(strlen(in) - strlen(".in")), in);
    char *bytes = file_read(path, &n);
    assert_non_null(bytes);
    char *got = account(bytes, n, &got_n);
    if (getenv("NEWSWIRE_WRITE_WANT") != NULL) {
        FILE *f = fopen(want_path, "wb");
        assert_non_null(f);
        fwrite(got, 1, got_n, f);
        fclose(f);
    }
    char *want = file_read(want_path, &want_n);
    bool same = want != NULL && want_n == got_n && memcmp(want, got, got_n) == 0;
    if (!same)
        print_error("%s: not as wanted; got:\n%s\n", path, got);
    free(bytes);
    free(got);
    free(want);
    return same;
}

static void golden_pairs_hold(void **state)
{
    (void)state;
    struct dirent **names;
    int n = scandir(CASES, &names, NULL, alphasort), cases = 0, wrong = 0;
    for (int i = 0; i < n; i++) {
        const char *end = strrchr(names[i]->d_name, '.');
        if (end != NULL && strcmp(end, ".in") == 0) {
            cases++;
            wrong += !golden(names[i]->d_name);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    assert_true(cases >= 25);
    assert_int_equal(wrong, 0);
}

static const char item[] =
    "Ferry line is open\n\n10:00, 8 November 2023\n\nThe ferry sails again, the harbour said.\n";

static const struct newswire_dispatch *only(const char *text)
{
    static struct reader_result result;
    assert_int_equal(reading_read(&reading, text, strlen(text), &result), FATE_DONE);
    assert_int_equal(result.nslices, 1);
    return &result.slices[0].dispatch;
}

static void feed_fills_in_what_is_not_printed(void **state)
{
    (void)state;
    struct conf_feed kept = reading.feed;
    snprintf(reading.feed.agency, sizeof reading.feed.agency, "tass");
    snprintf(reading.feed.language, sizeof reading.feed.language, "ru");
    reading.feed.urgency = 4;
    const struct newswire_dispatch *d = only(item);
    assert_string_equal(d->agency, "TASS");
    assert_string_equal(d->content_created, "2023-11-08T10:00:00+03:00");
    assert_string_equal(d->language, "ru");
    assert_int_equal(d->urgency, 4);
    assert_null(d->located);
    reading.feed = kept;
    snprintf(reading.feed.zone, sizeof reading.feed.zone, "Asia/Tokyo");
    assert_string_equal(only(item)->content_created, "2023-11-08T10:00:00+09:00");
    reading.feed = kept;
    assert_string_equal(only(item)->content_created, "2023-11-08T10:00:00-00:00");
}

static void identity_is_that_of_the_words(void **state)
{
    (void)state;
    uint8_t first[NEWSWIRE_ID_LEN];
    memcpy(first, only(item)->id, sizeof first);
    assert_memory_equal(
        only("Save\n\nFerry line is open\r\n\r\n\r\n10:00,  8 November 2023\r\n\r\nThe ferry sails again, "
             "the harbour said.\r\n-----\r\n")
            ->id,
        first, sizeof first);
    const struct newswire_dispatch *other =
        only("Ferry line is open\n\n10:00, 8 November 2023\n\nThe ferry sails no more, the harbour said.\n");
    assert_memory_not_equal(other->id, first, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_pairs_hold),
        cmocka_unit_test(feed_fills_in_what_is_not_printed),
        cmocka_unit_test(identity_is_that_of_the_words),
    };
    return cmocka_run_group_tests_name("parse", tests, open_reading, close_reading);
}
