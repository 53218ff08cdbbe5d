// SPDX-License-Identifier: MIT
/* test_reader: no byte is lost, whatever the bytes are; limits; where fields came from. */
#include "tests/unit.h"

#include "tests/reading.h"

#include <dirent.h>

#define CASES "tests/data/parse"
#define MUTATIONS 4000
#define SIZE_MAX_CASE (64 << 10)

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

/* xorshift: the same mutations in every run. */
static uint64_t seed = 88172645463325252u;

static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return n == 0 ? 0 : (size_t)(seed % n);
}

static size_t load(const char *name, uint8_t *out)
{
    char path[512];
    snprintf(path, sizeof path, CASES "/%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(out, 1, SIZE_MAX_CASE, f);
    fclose(f);
    return n;
}

/* Changes, drops or doubles a stretch, or breaks a line. */
static size_t mutate(uint8_t *p, size_t n)
{
    size_t at = below(n), length = below(n - at < 200 ? n - at : 200);
    switch (below(4)) {
    case 0:
        if (n > 0)
            p[at] = (uint8_t)below(256);
        return n;
    case 1:
        memmove(p + at, p + at + length, n - at - length);
        return n - length;
    case 2:
        if (n + length > SIZE_MAX_CASE)
            return n;
        memmove(p + at + length, p + at, n - at);
        return n + length;
    default:
        if (n > 0)
            p[at] = '\n';
        return n;
    }
}

static void no_byte_is_lost_in_mutations(void **state)
{
    (void)state;
    static uint8_t original[SIZE_MAX_CASE], bytes[SIZE_MAX_CASE];
    struct dirent **names;
    struct reader_result result;
    int n = scandir(CASES, &names, NULL, alphasort), read = 0;
    assert_true(n > 2);
    for (int i = 0; i < n; i++) {
        const char *end = strrchr(names[i]->d_name, '.');
        size_t size = end != NULL && strcmp(end, ".in") == 0 ? load(names[i]->d_name, original) : 0;
        for (int k = 0; size > 0 && k < MUTATIONS * 2 / n; k++) {
            size_t length = size;
            memcpy(bytes, original, size);
            for (size_t times = 1 + below(4); times > 0; times--)
                length = mutate(bytes, length);
            if (reading_read(&reading, bytes, length, &result) != FATE_DONE)
                continue;
            read++;
            assert_true(reading_covers(&result, length));
        }
        free(names[i]);
    }
    free(names);
    assert_true(read > MUTATIONS / 2);
}

static const char two[] =
    "First headline here\n\n10:00, 8 November 2023\n\nText of the first, with an end.\n\n"
    "Second headline here\n\n11:00, 8 November 2023\n\nText of the second, with an end.\n";

static enum fate read_with(uint64_t max_items, uint64_t max_dispatch, size_t memory,
                           struct reader_result *out)
{
    static struct arena *arena;
    arena_free(arena);
    arena = memory > 0 ? arena_new(memory) : NULL;
    if (memory == 0)
        return FATE_DONE;
    struct reader_input in = {.bytes = (const uint8_t *)two,
                              .n = strlen(two),
                              .name = "two.txt",
                              .feed = &reading.feed,
                              .rules = reading.rules,
                              .tagger = reading.tagger,
                              .arrival = READING_ARRIVAL,
                              .max_items = max_items,
                              .max_lines = 100,
                              .max_dispatch = max_dispatch};
    reading.e.text[0] = '\0';
    return reader_read(arena, &in, out, &reading.e);
}

static void limits_hold(void **state)
{
    (void)state;
    struct reader_result result;
    assert_int_equal(read_with(2, 1000, 1 << 20, &result), FATE_DONE);
    assert_int_equal(result.nslices, 2);
    assert_int_equal(read_with(1, 1000, 1 << 20, &result), FATE_BAD);
    assert_string_equal(reading.e.text, "more than 1 dispatches");
    assert_int_equal(read_with(2, 77, 1 << 20, &result), FATE_DONE);
    assert_null(result.slices[0].why);
    assert_non_null(strstr(result.slices[1].why, "offset "));
    assert_non_null(result.slices[1].dispatch.warnings);
    assert_int_equal(read_with(2, 1000, 2000, &result), FATE_BAD);
    assert_string_equal(reading.e.text, "reading it needs more than 0 MiB of memory");
    read_with(0, 0, 0, &result);
}

static void every_field_has_a_source(void **state)
{
    (void)state;
    struct reader_result result;
    const char text[] = "Ferry line is open\n\n10:00,\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. The ferry sails.\n";
    assert_int_equal(reading_read(&reading, text, strlen(text), &result), FATE_DONE);
    const char *const fields[] = {"headline", "agency", "dateline", "located", "country", "contentCreated"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        bool found = false;
        for (size_t k = 0; k < result.slices[0].nsources; k++)
            found = found || strcmp(result.slices[0].sources[k].field, fields[i]) == 0;
        if (!found)
            fail_msg("%s has no source", fields[i]);
    }
    assert_string_equal(result.lines[0].class, "title");
    assert_string_equal(result.lines[2].class, "time line");
    assert_string_equal(result.lines[4].class, "dateline");
    assert_int_equal(result.lines[4].slice, 1);
}

static void one_long_line_is_read(void **state)
{
    (void)state;
    size_t n = 8 << 20;
    char *text = malloc(n);
    struct reader_result result;
    assert_non_null(text);
    memset(text, 'a', n);
    assert_int_equal(reading_read(&reading, text, n, &result), FATE_DONE);
    assert_int_equal(result.nslices, 1);
    assert_non_null(result.slices[0].why);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_byte_is_lost_in_mutations),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(every_field_has_a_source),
        cmocka_unit_test(one_long_line_is_read),
    };
    return cmocka_run_group_tests_name("reader", tests, open_reading, close_reading);
}
