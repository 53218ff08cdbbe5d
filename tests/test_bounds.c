// SPDX-License-Identifier: MIT
/* test_bounds: hostile files (hostile.h) are read whole or refused with a reason, in memory that grows no
 * faster than they do. What time they take is measured by `make bounds`; here, work that grew with the square
 * of 1 MB would never end. BOUNDS_BYTES in the environment is how big they are, for builds that are slow. */
#include "tests/unit.h"

#include "tests/hostile.h"
#include "tests/reading.h"

#define SMALL ((size_t)1 << 10)
#define BIG ((size_t)1 << 20)
#define TIMES 176 /* bytes of memory for one of the file: a dispatch of 26 has 4.5 KB of fields and sources */
#define SLACK ((size_t)256 << 10) /* what does not depend on the size: tables, samples */

    static struct reading reading;
static uint8_t bytes[BIG];

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

/* Bytes of memory. */
static size_t read_kind(const struct hostile *kind, size_t n)
{
    struct reader_result result;
    hostile_fill(kind, bytes, n);
    enum fate fate = reading_read(&reading, bytes, n, &result);
    if (fate == FATE_DONE ? !reading_covers(&result, n) : fate != FATE_BAD || reading.e.text[0] == '\0')
        fail_msg("%s, %zu bytes: %s, '%s'", kind->name, n, fate_word(fate), reading.e.text);
    return arena_used(reading.arena);
}

static void memory_grows_with_the_file(void **state)
{
    (void)state;
    const char *wanted = getenv("BOUNDS_BYTES");
    size_t most = wanted != NULL ? strtoul(wanted, NULL, 10) : BIG;
    most = most < BIG ? most : BIG;
    for (size_t i = 0; i < hostile_nkinds; i++) {
        const struct hostile *kind = &hostile_kinds[i];
        read_kind(kind, SMALL);
        size_t quarter = read_kind(kind, most / 4), big = read_kind(kind, most);
        // Twice, for the list of heads doubles.
        if (big > TIMES * most + SLACK || big > 2 * 4 * quarter + SLACK)
            fail_msg("%s: %zu bytes of memory for %zu, %zu for a quarter", kind->name, big, most, quarter);
    }
}

static void too_many_lines_are_refused(void **state)
{
    (void)state;
    struct reader_result result;
    static const char text[] = "Headline\n\n\n\ntext\n\nHeadline\n";
    struct reader_input in = {.bytes = (const uint8_t *)text,
                              .n = strlen(text),
                              .name = "lines.txt",
                              .feed = &reading.feed,
                              .rules = reading.rules,
                              .tagger = reading.tagger,
                              .arrival = READING_ARRIVAL,
                              .max_items = 10,
                              .max_lines = 5,
                              .max_dispatch = 1000};
    arena_reset(reading.arena);
    assert_int_equal(reader_read(reading.arena, &in, &result, &reading.e), FATE_DONE);
    assert_int_equal(result.nlines, 5);
    in.max_lines = 4;
    assert_int_equal(reader_read(reading.arena, &in, &result, &reading.e), FATE_BAD);
    assert_string_equal(reading.e.text, "offset 18: more than 4 lines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_grows_with_the_file),
        cmocka_unit_test(too_many_lines_are_refused),
    };
    return cmocka_run_group_tests_name("bounds", tests, open_reading, close_reading);
}
