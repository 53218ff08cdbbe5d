// SPDX-License-Identifier: MIT
/* Which dispatch of before is which of now, and what that makes of both. Spans are small numbers here: a file
 * of lines of ten bytes. */
#include "tests/unit.h"

#include "daemon/flows/reparse_plan.h"

#include <stdio.h>
#include <string.h>

#define MOST 8
#define LINES 20

/* A reading and a store by hand. A text is a letter: headline, identity and all. */
struct world {
    struct arena *arena;
    struct reader_slice slices[MOST];
    struct reader_line lines[LINES];
    struct reader_result result;
    struct store_held held[MOST];
    struct newswire_dispatch was[MOST], *pointers[MOST];
    struct store_span again[MOST];
    struct store_brought brought;
    char texts[2 * MOST][2];
    size_t ntexts;
};

static const char *const no_topics[] = {NULL};

static struct newswire_dispatch dispatch(struct world *w, char text, uint64_t first, uint64_t end)
{
    struct newswire_dispatch d = {.version = 1, .offset = 10 * first, .length = 10 * (end - first)};
    char *headline = w->texts[w->ntexts++];
    headline[0] = text;
    memset(d.id, text, sizeof d.id);
    d.headline = headline;
    return d;
}

static void begin(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->arena = arena_new(1 << 20);
    for (size_t i = 0; i < LINES; i++)
        w->lines[i] =
            (struct reader_line){.offset = 10 * i, .length = 10, .class = "body", .text = "x", .text_n = 1};
    w->result = (struct reader_result){.slices = w->slices, .lines = w->lines, .nlines = LINES};
    w->brought = (struct store_brought){.known = true, .held = w->held, .again = w->again};
}

/* Lines first..end-1 are read as a dispatch now. */
static void now(struct world *w, char text, uint64_t first, uint64_t end)
{
    struct reader_slice *s = &w->slices[w->result.nslices++];
    s->dispatch = dispatch(w, text, first, end);
    s->offset = s->dispatch.offset;
    s->length = s->dispatch.length;
    for (uint64_t i = first; i < end; i++)
        w->lines[i].slice = (uint32_t)w->result.nslices;
}

/* They were before. */
static void before(struct world *w, char text, uint64_t first, uint64_t end, enum newswire_kind kind)
{
    size_t k = w->brought.nheld++;
    w->was[k] = dispatch(w, text, first, end);
    w->pointers[k] = &w->was[k];
    w->held[k] = (struct store_held){.first = k + 1, .version = 1, .kind = kind, .topics = no_topics};
    memcpy(w->held[k].identity, w->was[k].id, NEWSWIRE_ID_LEN);
}

/* The plan as words: "revised AB" is that A of before is B now, "-" nothing. */
static void check(struct world *w, const char *wanted)
{
    static const char *const words[] = {"same",     "new",  "revised",  "retagged",
                                        "canceled", "kept", "elsewhere"};
    char got[300] = "";
    size_t n;
    struct reparse_change *plan = reparse_plan(w->arena, &w->result, &w->brought, w->pointers, &n);
    assert_non_null(plan);
    for (size_t i = 0; i < n; i++) {
        char one[40];
        snprintf(one, sizeof one, "%s%s %c%c", i > 0 ? ", " : "", words[plan[i].what],
                 plan[i].was != NULL ? plan[i].was->headline[0] : '-',
                 plan[i].slice != NULL ? plan[i].slice->dispatch.headline[0] : '-');
        strncat(got, one, sizeof got - strlen(got) - 1);
    }
    assert_string_equal(got, wanted);
    arena_free(w->arena);
}

static void the_same(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 4, NEWSWIRE_NEW);
    before(&w, 'B', 4, 8, NEWSWIRE_REVISED);
    now(&w, 'A', 0, 4);
    now(&w, 'B', 5, 8); // a span alone is no news
    check(&w, "same AA, same BB");
}

static void other_fields(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 4, NEWSWIRE_NEW);
    before(&w, 'B', 4, 8, NEWSWIRE_NEW);
    now(&w, 'C', 0, 4);
    now(&w, 'B', 4, 8);
    check(&w, "revised AC, same BB");
}

static void other_topics(void **state)
{
    (void)state;
    static const struct reader_topic topic = {"place/am/", "why", 0};
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 4, NEWSWIRE_NEW);
    now(&w, 'A', 0, 4);
    w.slices[0].topics = &topic;
    w.slices[0].ntopics = 1;
    check(&w, "retagged AA");
}

static void taken_apart_the_larger_part_stays(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 10, NEWSWIRE_NEW);
    now(&w, 'B', 0, 4);
    now(&w, 'C', 4, 10);
    check(&w, "new -B, revised AC");
}

static void the_same_text_goes_before_the_larger_part(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 10, NEWSWIRE_NEW);
    now(&w, 'A', 0, 2);
    now(&w, 'C', 2, 10);
    check(&w, "same AA, new -C");
}

static void the_same_headline_goes_before_the_larger_part(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 10, NEWSWIRE_NEW);
    now(&w, 'A', 0, 2);
    memset(w.slices[0].dispatch.id, 'B', NEWSWIRE_ID_LEN);
    now(&w, 'C', 2, 10);
    check(&w, "same AA, new -C");
}

static void put_together_the_others_are_canceled(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 3, NEWSWIRE_NEW);
    before(&w, 'B', 3, 10, NEWSWIRE_NEW);
    now(&w, 'C', 0, 10);
    check(&w, "canceled A-, revised BC");
}

static void what_is_not_all_elsewhere_is_kept(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 3, NEWSWIRE_NEW); // its first line is furniture now
    before(&w, 'B', 3, 10, NEWSWIRE_NEW);
    before(&w, 'D', 10, 12, NEWSWIRE_NEW); // all of it
    now(&w, 'C', 1, 10);
    check(&w, "kept A-, revised BC, kept D-");
}

static void a_blank_line_is_not_lost(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 3, NEWSWIRE_NEW);
    before(&w, 'B', 3, 10, NEWSWIRE_NEW);
    now(&w, 'C', 1, 10);
    w.lines[0].text_n = 0;
    check(&w, "canceled A-, revised BC");
}

static void what_is_rejected_now_covers_nothing(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 3, NEWSWIRE_NEW);
    now(&w, 'A', 0, 3);
    w.slices[0].why = "too large";
    check(&w, "kept A-");
}

static void the_canceled_come_back_last(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 3, NEWSWIRE_CANCELED);
    before(&w, 'B', 0, 10, NEWSWIRE_REVISED);
    now(&w, 'B', 0, 10);
    check(&w, "same BB");
    begin(&w);
    before(&w, 'A', 0, 3, NEWSWIRE_CANCELED);
    before(&w, 'B', 0, 10, NEWSWIRE_REVISED);
    now(&w, 'A', 0, 3);
    now(&w, 'C', 3, 10);
    check(&w, "revised AA, revised BC");
}

static void met_in_another_file_before(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    before(&w, 'A', 0, 4, NEWSWIRE_NEW);
    w.again[0] = (struct store_span){40, 30};
    w.again[1] = (struct store_span){80, 20};
    w.brought.nagain = 2;
    now(&w, 'A', 0, 4);
    now(&w, 'X', 5, 7);
    now(&w, 'Y', 7, 8);
    now(&w, 'Z', 9, 10);
    check(&w, "same AA, elsewhere -X, new -Y, elsewhere -Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same),
        cmocka_unit_test(other_fields),
        cmocka_unit_test(other_topics),
        cmocka_unit_test(taken_apart_the_larger_part_stays),
        cmocka_unit_test(the_same_text_goes_before_the_larger_part),
        cmocka_unit_test(the_same_headline_goes_before_the_larger_part),
        cmocka_unit_test(put_together_the_others_are_canceled),
        cmocka_unit_test(what_is_not_all_elsewhere_is_kept),
        cmocka_unit_test(a_blank_line_is_not_lost),
        cmocka_unit_test(what_is_rejected_now_covers_nothing),
        cmocka_unit_test(the_canceled_come_back_last),
        cmocka_unit_test(met_in_another_file_before),
    };
    return cmocka_run_group_tests_name("reparse_plan", tests, NULL, NULL);
}
