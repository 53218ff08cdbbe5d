// SPDX-License-Identifier: MIT
/* test_properties: what holds of the reader whatever it reads. Each property is asked of many generated
 * inputs (property.h); one that fails is shrunk and printed. PROPERTY_SEED=N PROPERTY_RUNS=N repeat or
 * lengthen a run. */
#include "tests/unit.h"

#include "tests/property.h"
#include "tests/reading.h"

#include "daemon/pure/scan.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"

static struct reading reading;
static char wrong[1024]; /* what a property says */

static int open_reading(void **state)
{
    (void)state;
    print_message("# PROPERTY_SEED=%llu PROPERTY_RUNS=%u\n", (unsigned long long)property_seed(),
                  property_runs());
    return reading_open(&reading) ? 0 : -1;
}

static int close_reading(void **state)
{
    (void)state;
    reading_close(&reading);
    return 0;
}

#define WRONG(...) (snprintf(wrong, sizeof wrong, __VA_ARGS__), wrong)

static const char *const no_text[] = {NULL};

/* --- what a reading says, without its offsets
 * ------------------------------------------------------------------ */

enum detail {
    DETAIL_ALL,   /* every field, the warnings, the identity, the confidence */
    DETAIL_UNION, /* what neither the file's other dispatches nor its name change */
};

static void tell(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s: %s\n", name, value != NULL ? value : "(none)");
}

/* "offset 412: words" -> "words" */
static const char *without_offset(const char *text)
{
    const char *colon = strncmp(text, "offset ", 7) == 0 ? strstr(text, ": ") : NULL;
    return colon != NULL ? colon + 2 : text;
}

static void tell_dispatch(FILE *out, const struct reader_slice *slice, enum detail detail)
{
    const struct newswire_dispatch *d = &slice->dispatch;
    tell(out, "headline", d->headline);
    tell(out, "agency", d->agency);
    tell(out, "by", d->by);
    tell(out, "located", d->located);
    tell(out, "body", d->body);
    if (detail == DETAIL_UNION)
        return;
    tell(out, "why", slice->why != NULL ? "refused" : NULL);
    tell(out, "country", d->country);
    tell(out, "dateline", d->dateline);
    tell(out, "time", d->content_created);
    tell(out, "precision", d->time_precision);
    tell(out, "language", d->language);
    tell(out, "note", d->ed_note);
    tell(out, "terms", d->usage_terms);
    tell(out, "slug", d->slugline);
    fprintf(out, "urgency: %u, confidence: %.4f, id: ", d->urgency, d->confidence);
    for (size_t i = 0; i < sizeof d->id; i++)
        fprintf(out, "%02x", d->id[i]);
    for (const char *const *w = d->warnings != NULL ? d->warnings : no_text; *w != NULL; w++)
        tell(out, "\nwarning", without_offset(*w));
    fputc('\n', out);
}

/* To be freed. */
static char *told(const struct bytes *in, enum detail detail)
{
    struct reader_result result;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    enum fate fate = reading_read(&reading, in->at, in->n, &result);
    fprintf(out, "%s\n", fate_word(fate));
    for (size_t i = 0; fate == FATE_DONE && i < result.nslices; i++) {
        fprintf(out, "--- %zu\n", i + 1);
        tell_dispatch(out, &result.slices[i], detail);
    }
    fclose(out);
    return text;
}

/* NULL if both say the same, else the first line in which they differ. Frees both. */
static const char *compared(char *a, char *b, const char *what)
{
    size_t at = 0;
    const char *answer = NULL;
    if (strcmp(a, b) != 0) {
        while (a[at] == b[at])
            at++;
        while (at > 0 && a[at - 1] != '\n')
            at--;
        answer = WRONG("%s: '%.*s' became '%.*s'", what, (int)strcspn(a + at, "\n"), a + at,
                       (int)strcspn(b + at, "\n"), b + at);
    }
    free(a);
    free(b);
    return answer;
}

static const char *same(const struct bytes *a, const struct bytes *b, const char *what)
{
    char *first = told(a, DETAIL_ALL);
    return compared(first, told(b, DETAIL_ALL), what);
}

/* --- one reading
 * ------------------------------------------------------------------------------------------------ */

static const char *text_holds(const char *field, const char *text)
{
    return text == NULL || utf8_valid(text, strlen(text)) == strlen(text) ? NULL
                                                                          : WRONG("%s is no UTF-8", field);
}

static const char *texts_hold(const struct reader_slice *slice)
{
    const struct newswire_dispatch *d = &slice->dispatch;
    const char *const texts[] = {d->headline,        d->agency,   d->by,       d->located, d->country,
                                 d->dateline,        d->body,     d->language, d->ed_note, d->usage_terms,
                                 d->content_created, d->slugline, slice->why};
    const char *answer = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && answer == NULL; i++)
        answer = text_holds("a field", texts[i]);
    for (const char *const *w = d->warnings; *w != NULL && answer == NULL; w++)
        answer = text_holds("a warning", *w);
    return answer;
}

/* The words in the file that a source names, white space apart, folded; in the reading's arena. */
static const char *words_at(const struct bytes *in, const struct reader_source *s, size_t *n)
{
    return text_fold(reading.arena, (const char *)in->at + s->offset, s->length, n);
}

/* Whether `value`, folded, is (or where the field joins several, has) the words that the source names. */
static const char *words_hold(const struct bytes *in, const struct reader_source *s, const char *value,
                              bool part)
{
    size_t words_n, value_n;
    const char *words = words_at(in, s, &words_n),
               *folded = text_fold(reading.arena, value, strlen(value), &value_n);
    assert_true(words != NULL && folded != NULL);
    // "IĞDIR" becomes "Iğdır", whose dotless letter no fold makes an i.
    bool turkish = strstr(value, "\xc4\xb1") != NULL && strcmp(s->field, "located") == 0;
    bool good = part || turkish ? turkish || memmem(folded, value_n, words, words_n) != NULL
                                : words_n == value_n && memcmp(words, folded, words_n) == 0;
    return good ? NULL
                : WRONG("%s: '%s' is not the '%.*s' of its source", s->field, value, (int)words_n, words);
}

/* The way back from words to bytes is exact only where a text is its bytes: not with character references,
 * quoting marks between its lines, or another charset. */
static bool literal(const struct bytes *in, const char *charset, const struct reader_source *s)
{
    const char *p = (const char *)in->at + s->offset;
    return s->length > 0 && strcmp(charset, "UTF-8") == 0 && memchr(p, '&', s->length) == NULL &&
           memchr(p, '>', s->length) == NULL && memchr(p, 0, s->length) == NULL &&
           utf8_valid(p, s->length) == s->length;
}

static const char *source_holds(const struct bytes *in, const struct reader_slice *slice,
                                const struct reader_source *s)
{
    const struct newswire_dispatch *d = &slice->dispatch;
    if (s->rule == NULL || s->rule[0] == '\0' || s->offset + s->length > in->n)
        return WRONG("%s: its source is beyond the file or has no rule", s->field);
    const struct {
        const char *field, *value;
        bool part;
    } printed[] = {{"headline", d->headline, false},
                   {"dateline", d->dateline, false},
                   {"located", d->located, false},
                   {"slugline", d->slugline, false},
                   {"by", d->by, true}};
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        if (strcmp(s->field, printed[i].field) != 0)
            continue;
        if (printed[i].value == NULL)
            return WRONG("%s has a source and no value", s->field);
        return literal(in, d->charset, s) ? words_hold(in, s, printed[i].value, printed[i].part) : NULL;
    }
    return NULL;
}

/* Fields of one source lie in their slice; who, when and the country may be told by the file's heading. */
static const char *sources_hold(const struct bytes *in, const struct reader_slice *slice)
{
    const struct newswire_dispatch *d = &slice->dispatch;
    const struct {
        const char *field;
        bool there;
    } fields[] = {{"headline", d->headline != NULL},
                  {"agency", d->agency != NULL},
                  {"by", d->by != NULL},
                  {"located", d->located != NULL},
                  {"country", d->country != NULL},
                  {"contentCreated", d->content_created != NULL},
                  {"dateline", d->dateline != NULL},
                  {"language", d->language != NULL},
                  {"body", d->body != NULL},
                  {"slugline", d->slugline != NULL},
                  {"edNote", d->ed_note != NULL},
                  {"usageTerms", d->usage_terms != NULL}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        bool found = false;
        for (size_t k = 0; k < slice->nsources; k++)
            found = found || strcmp(slice->sources[k].field, fields[i].field) == 0;
        if (fields[i].there && !found)
            return WRONG("%s has no source", fields[i].field);
    }
    for (size_t k = 0; k < slice->nsources; k++) {
        const struct reader_source *s = &slice->sources[k];
        bool inside = s->offset >= slice->offset && s->offset + s->length <= slice->offset + slice->length;
        bool file = strcmp(s->field, "agency") == 0 || strcmp(s->field, "contentCreated") == 0;
        if (!inside && !file)
            return WRONG("%s: its source lies outside the dispatch", s->field);
        const char *answer = source_holds(in, slice, s);
        if (answer != NULL)
            return answer;
    }
    return NULL;
}

/* One identity is one text. */
static const char *ids_hold(const struct reader_result *result)
{
    for (size_t i = 0; i < result->nslices; i++)
        for (size_t k = 0; k < i; k++) {
            const struct newswire_dispatch *a = &result->slices[i].dispatch, *b = &result->slices[k].dispatch;
            bool refused = result->slices[i].why != NULL || result->slices[k].why != NULL;
            bool alike = (a->body == NULL) == (b->body == NULL) &&
                         (a->body == NULL || strcasecmp(a->body, b->body) == 0);
            if (!refused && memcmp(a->id, b->id, sizeof a->id) == 0 && !alike)
                return WRONG("dispatches %zu and %zu have one identity", k + 1, i + 1);
        }
    return NULL;
}

static const char *reading_holds(const struct bytes *in)
{
    struct reader_result result;
    enum fate fate = reading_read(&reading, in->at, in->n, &result);
    if (fate != FATE_DONE)
        return fate == FATE_BAD && reading.e.text[0] != '\0'
                   ? NULL
                   : WRONG("%s: '%s'", fate_word(fate), reading.e.text);
    if (!reading_covers(&result, in->n))
        return WRONG("slices and furniture do not cover the file in order");
    for (size_t i = 0; i < result.nfurniture; i++)
        if (result.furniture[i].rule == NULL || result.furniture[i].rule[0] == '\0')
            return WRONG("furniture at %llu has no name", (unsigned long long)result.furniture[i].offset);
    const char *answer = ids_hold(&result);
    for (size_t i = 0; i < result.nslices && answer == NULL; i++) {
        const struct reader_slice *slice = &result.slices[i];
        if (slice->dispatch.offset != slice->offset || slice->dispatch.length != slice->length ||
            slice->dispatch.index != i + 1)
            return WRONG("dispatch %zu does not say where it stands", i + 1);
        answer = texts_hold(slice);
        answer = answer == NULL && slice->why == NULL ? sources_hold(in, slice) : answer;
    }
    return answer;
}

/* --- two readings
 * ------------------------------------------------------------------------------------------------ */

static struct bytes changed;

static const char *again_is_the_same(const struct bytes *in)
{
    changed = *in; // at another address
    return same(in, &changed, "read again");
}

/* Puts `end` in place of every LF, or if it is NULL, LF or CR LF by chance (the same in each call). */
static void give_ends(const struct bytes *in, const char *end, struct bytes *out)
{
    uint32_t coin = 12345;
    out->n = 0;
    for (size_t i = 0; i < in->n; i++) {
        coin = coin * 1103515245u + 12345u;
        if (in->at[i] != '\n')
            put_bytes(out, &in->at[i], 1);
        else
            put(out, end != NULL ? end : coin >> 16 & 1 ? "\r\n" : "\n");
    }
}

/* In bytes, and no change makes it anything else: no mark of UTF-16, no control characters, no U+0085. */
static bool is_text(const struct bytes *in)
{
    bool text = in->n < sizeof in->at / 3 && in->at[0] < 0xfe;
    for (size_t i = 0; i < in->n && text; i++)
        text = (in->at[i] >= 0x20 || in->at[i] == '\t' || in->at[i] == '\n') && in->at[i] != 0x7f &&
               in->at[i] != 0x85;
    return text;
}

static const char *line_ends_do_not_matter(const struct bytes *in)
{
    static const char *const ends[] = {"\r\n", "\r", NULL};
    const char *answer = NULL;
    for (size_t i = 0; is_text(in) && i < 3 && answer == NULL; i++) {
        give_ends(in, ends[i], &changed);
        answer = same(in, &changed, i == 0 ? "CR LF" : i == 1 ? "CR" : "mixed line ends");
    }
    return answer;
}

/* White space, as itself or as HTML writes it, and the marks of quoted mail. */
static bool blank_line(const struct bytes *in, size_t from, size_t to)
{
    static const char *const html[] = {"&nbsp;", "&#160;", "&#8203;", ">"};
    struct view v = {(const char *)in->at + from, to - from};
    for (size_t used = 1; used > 0; v = view_from(v, used)) {
        used = scan_blanks(v.p, v.n);
        for (size_t i = 0; i < sizeof html / sizeof *html && used == 0; i++)
            used = v.n >= strlen(html[i]) && memcmp(v.p, html[i], strlen(html[i])) == 0 ? strlen(html[i]) : 0;
    }
    return v.n == 0;
}

/* Behind every blank run (or, `each`, every blank line) stands one empty line more. How wide a gap is beside
 * the other gaps of the file is evidence; so they all grow. */
static void add_blanks(const struct bytes *in, bool each, struct bytes *out)
{
    bool blank = false;
    out->n = 0;
    for (size_t at = 0, end; at < in->n; at = end + (end < in->n)) {
        for (end = at; end < in->n && in->at[end] != '\n';)
            end++;
        bool empty = blank_line(in, at, end) && end < in->n;
        if ((each && empty) || (!each && blank && !empty))
            put(out, "\n");
        put_bytes(out, in->at + at, end - at + (end < in->n));
        blank = empty;
    }
}

static const char *blank_lines_do_not_matter(const struct bytes *in)
{
    if (!is_text(in) || utf8_valid((const char *)in->at, in->n) != in->n)
        return NULL;
    add_blanks(in, true, &changed);
    const char *answer = same(in, &changed, "blank lines doubled");
    if (answer != NULL)
        return answer;
    add_blanks(in, false, &changed);
    return same(in, &changed, "a blank line more in each gap");
}

/* UTF-16 with its mark. */
static void widen(const struct bytes *in, bool big, struct bytes *out)
{
    out->n = 0;
    put(out, big ? "\xfe\xff" : "\xff\xfe");
    for (size_t i = 0; i < in->n;) {
        uint32_t c, units[2];
        i += utf8_next((const char *)in->at + i, in->n - i, &c);
        units[0] = c < 0x10000 ? c : 0xd800 + ((c - 0x10000) >> 10);
        units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
        for (size_t k = 0; k < (c < 0x10000 ? 1 : 2); k++) {
            uint8_t high = (uint8_t)(units[k] >> 8), low = (uint8_t)units[k];
            put_bytes(out, big ? &high : &low, 1);
            put_bytes(out, big ? &low : &high, 1);
        }
    }
}

static const char *encodings_do_not_matter(const struct bytes *in)
{
    bool mark = in->n >= 3 && memcmp(in->at, "\xef\xbb\xbf", 3) == 0;
    if (!is_text(in) || mark || utf8_valid((const char *)in->at, in->n) != in->n)
        return NULL;
    changed.n = 0;
    put(&changed, "\xef\xbb\xbf");
    put_bytes(&changed, in->at, in->n);
    const char *answer = same(in, &changed, "UTF-8 with a mark");
    for (int big = 0; big < 2 && answer == NULL; big++) {
        widen(in, big, &changed);
        answer = same(in, &changed, big ? "UTF-16BE" : "UTF-16LE");
    }
    return answer;
}

/* --- files joined
 * ------------------------------------------------------------------------------------------------ */

/* The dispatches of `in`, without the first line that says how it went. */
static char *told_dispatches(const struct bytes *in)
{
    struct reader_result result;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    enum fate fate = reading_read(&reading, in->at, in->n, &result);
    for (size_t i = 0; fate == FATE_DONE && i < result.nslices; i++)
        tell_dispatch(out, &result.slices[i], DETAIL_UNION);
    fclose(out);
    return text;
}

/* Of two digests in good order. What a file says as a whole is excepted, and so generated that it does not
 * matter: years from neighbours (all are printed), the order of day and month (no day can be a month),
 * layouts and borders that repeat (each file repeats its own), its heading (there is none), its country
 * (towns of one name only). */
static void union_is_told(struct bytes *a, struct bytes *b)
{
    char *both = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&both, &n);
    assert_non_null(out);
    for (int i = 0; i < 2; i++) {
        char *text = told_dispatches(i == 0 ? a : b);
        fputs(text, out);
        free(text);
    }
    fclose(out);
    changed = *a;
    put(&changed, "\n==========\n\n");
    put_bytes(&changed, b->at, b->n);
    const char *answer = compared(both, told_dispatches(&changed), "joined");
    if (answer != NULL)
        fail_msg("%s in\n%.*s", answer, (int)changed.n, (const char *)changed.at);
}

static void joined_files_are_the_union(void **state)
{
    (void)state;
    static struct bytes a, b;
    property_seed();
    for (unsigned run = property_runs(); run > 0; run--) {
        good_digest(&a, 1);
        good_digest(&b, 101);
        union_is_told(&a, &b);
    }
}

/* A digest in good order has all its dispatches. */
static void good_digests_are_whole(void **state)
{
    (void)state;
    static struct bytes in;
    struct reader_result result;
    property_seed();
    for (unsigned run = property_runs(); run > 0; run--) {
        size_t headlines = 0;
        good_digest(&in, 1);
        assert_int_equal(reading_read(&reading, in.at, in.n, &result), FATE_DONE);
        for (size_t i = 0; i < in.n; i++)
            headlines += in.n - i > 7 && memcmp(in.at + i, "Number ", 7) == 0;
        if (result.nslices != headlines)
            fail_msg("%zu dispatches, not %zu in\n%.*s", result.nslices, headlines, (int)in.n,
                     (const char *)in.at);
        for (size_t i = 0; i < result.nslices; i++) {
            const struct newswire_dispatch *d = &result.slices[i].dispatch;
            char title[40];
            snprintf(title, sizeof title, "Number %zu of the ", i + 1);
            if (d->headline == NULL || strncmp(d->headline, title, strlen(title)) != 0 || d->agency == NULL ||
                d->body == NULL)
                fail_msg("dispatch %zu has no headline, agency or text in\n%.*s", i + 1, (int)in.n,
                         (const char *)in.at);
        }
    }
}

/* --- */

static void ask(property *holds)
{
    static struct bytes in;
    static void (*const kinds[])(struct bytes *) = {any_bytes, any_lines, any_lines, golden_changed};
    uint64_t seed = property_seed();
    for (unsigned run = 0; run < property_runs(); run++) {
        kinds[run % (sizeof kinds / sizeof *kinds)](&in);
        if (in.n > 0 && holds(&in) != NULL)
            fail_msg("PROPERTY_SEED=%llu, run %u: %s", (unsigned long long)seed, run,
                     property_shrink(holds, &in));
    }
}

static void a_reading_holds(void **state)
{
    (void)state;
    ask(reading_holds);
}

static void the_same_bytes_say_the_same(void **state)
{
    (void)state;
    ask(again_is_the_same);
}

static void line_ends_change_nothing(void **state)
{
    (void)state;
    ask(line_ends_do_not_matter);
}

static void blank_lines_change_nothing(void **state)
{
    (void)state;
    ask(blank_lines_do_not_matter);
}

static void encodings_change_nothing(void **state)
{
    (void)state;
    ask(encodings_do_not_matter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_holds),
        cmocka_unit_test(the_same_bytes_say_the_same),
        cmocka_unit_test(line_ends_change_nothing),
        cmocka_unit_test(blank_lines_change_nothing),
        cmocka_unit_test(encodings_change_nothing),
        cmocka_unit_test(good_digests_are_whole),
        cmocka_unit_test(joined_files_are_the_union),
    };
    return cmocka_run_group_tests_name("properties", tests, open_reading, close_reading);
}
