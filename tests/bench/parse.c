// SPDX-License-Identifier: MIT
/* parse: how fast digests are read, beside what reading them must do at the least; one core, no disk.
 *
 *     parse DIGEST SECONDS
 *
 * Each of these in turn, for SECONDS in all, again and again, and one line of JSON with MB (of the digest) per
 * second, medians of the turns: memory copied; lines found; the same digest decoded, split and parsed; and tagged too, by
 * the shipped rules; by them and TERMS phrases more; those phrases looked for by vectorscan alone in the same bodies. */
#include "daemon/base/embedded.h"
#include "daemon/pure/reader.h"
#include "daemon/pure/tag.h"
#include "tests/bench/clock.h"

#include <fcntl.h>
#include <hs.h>
#include <sys/stat.h>
#include <unistd.h>

#define TERMS 10000
#define TERM_BYTES 32
#define ARENA_BYTES ((size_t)256 << 20)
#define TURNS 200
#define TURN_BYTES (4u << 20) /* of digest in a turn: some ms even for a copy */

struct phrases {
    char text[TERMS][TERM_BYTES];
    hs_database_t *database;
    hs_scratch_t *scratch;
};

struct subject {
    uint8_t *bytes, *copy;
    size_t n;
    struct arena *arena;
    struct rules *plain, *shipped, *many;
    struct tagger *none, *some, *terms; /* of those rules */
    struct phrases phrases;
    struct conf_feed feed;
    struct reader_result read; /* of the digest, in an arena of its own */
    volatile size_t sink;
};

/* --- what is measured: each takes the digest once --------------------------------------------------------- */
static void copy(struct subject *s)
{
    memcpy(s->copy, s->bytes, s->n);
    s->sink += s->copy[s->n - 1];
}

static void find_lines(struct subject *s)
{
    const uint8_t *at = s->bytes, *end = s->bytes + s->n;
    size_t lines = 0;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        lines++;
        at++;
    }
    s->sink += lines;
}

static void read_with(struct subject *s, struct arena *arena, const struct rules *rules,
                      const struct tagger *tagger, struct reader_result *out)
{
    struct err e = {""};
    struct reader_input in = {
        .bytes = s->bytes,
        .n = s->n,
        .name = "bench.txt",
        .feed = &s->feed,
        .rules = rules,
        .tagger = tagger,
        .arrival = INT64_C(1700000000000),
        .max_items = 10000,
        .max_lines = UINT64_MAX,
        .max_dispatch = 8u << 20,
    };
    arena_reset(arena);
    check(reader_read(arena, &in, out, &e) == FATE_DONE, e.text);
    s->sink += out->nslices;
}

static void parse(struct subject *s)
{
    struct reader_result result;
    read_with(s, s->arena, s->plain, s->none, &result);
}

static void parse_and_tag(struct subject *s)
{
    struct reader_result result;
    read_with(s, s->arena, s->shipped, s->some, &result);
}

static void tag_terms(struct subject *s)
{
    struct err e = {""};
    arena_reset(s->arena);
    for (size_t i = 0; i < s->read.nslices; i++) {
        const struct reader_topic *topics;
        size_t n;
        if (s->read.slices[i].why != NULL)
            continue;
        check(tag_dispatch(s->arena, s->terms, &s->read.slices[i].dispatch, &s->feed, &topics, &n, &e) == FATE_DONE,
              e.text);
        s->sink += n;
    }
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)id, (void)from, (void)to, (void)flags;
    ++*(volatile size_t *)context;
    return 0;
}

static void scan_terms(struct subject *s)
{
    for (size_t i = 0; i < s->read.nslices; i++) {
        const char *body = s->read.slices[i].dispatch.body;
        if (body != NULL)
            check(hs_scan(s->phrases.database, body, (unsigned)strlen(body), 0, s->phrases.scratch, on_match,
                          (void *)&s->sink) == HS_SUCCESS, "hs_scan");
    }
}

static const struct {
    const char *name;
    void (*run)(struct subject *);
} MEASURED[] = {
    {"copy", copy}, {"lines", find_lines},   {"parse", parse}, {"parse_tag", parse_and_tag},
    {"tag_terms", tag_terms}, {"scan_terms", scan_terms},
};
#define NMEASURED (sizeof MEASURED / sizeof *MEASURED)

/* --- before ------------------------------------------------------------------------------------------------ */
/* Words that look like words: two of ten thousand are said by the digests. */
static void make_terms(struct phrases *p)
{
    static const char *const syllables[] = {"ba", "ne", "ti", "lor", "ka", "ves", "mun", "dri", "so", "pel"};
    static const char *const said[] = {"parliament", "wheat"};
    unsigned n = 0;
    for (unsigned i = 0; i < TERMS; i++) {
        char *at = p->text[i];
        if (i % (TERMS / 2) == TERMS / 4)
            snprintf(at, TERM_BYTES, "%s", said[n++]);
        else
            snprintf(at, TERM_BYTES, "%s%s%s%s %s", syllables[i / 1000 % 10], syllables[i / 100 % 10],
                     syllables[i / 10 % 10], syllables[i % 10], syllables[i * 7 / 10 % 10]);
    }
}

static void compile_terms(struct phrases *p)
{
    static const char *literals[TERMS];
    static size_t lengths[TERMS];
    static unsigned ids[TERMS], flags[TERMS];
    hs_compile_error_t *fault;
    for (unsigned i = 0; i < TERMS; i++) {
        literals[i] = p->text[i];
        lengths[i] = strlen(p->text[i]);
        flags[i] = HS_FLAG_CASELESS;
        ids[i] = i;
    }
    check(hs_compile_lit_multi(literals, flags, ids, lengths, TERMS, HS_MODE_BLOCK, NULL, &p->database, &fault) ==
              HS_SUCCESS, "hs_compile_lit_multi");
    check(hs_alloc_scratch(p->database, &p->scratch) == HS_SUCCESS, "hs_alloc_scratch");
}

/* A hundred standing queries of a hundred phrases. */
static void add_terms(struct rules *rules, const struct phrases *p)
{
    struct conf_problems problems = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    check(out != NULL, "memory");
    for (unsigned i = 0; i < TERMS; i++) {
        if (i % 100 == 0)
            fprintf(out, "[watch bench-%u]\n", i / 100);
        fprintf(out, "words = %s\n", p->text[i]);
    }
    fclose(out);
    bool good = rules_add(rules, "bench.rules", text, n, &problems);
    check(good, problems.text != NULL ? problems.text : "rules");
    free(text);
}

static struct tagger *seal(struct rules *rules)
{
    struct err e = {""};
    bool sealed = rules_seal(rules, &e);
    check(sealed, e.text);
    struct tagger *tagger = tagger_new(rules, &e);
    check(tagger != NULL, e.text);
    return tagger;
}

/* The shipped rules, with their topics or without. */
static struct rules *shipped(bool topics)
{
    struct conf_problems problems = {0};
    struct rules *rules = rules_new();
    check(rules != NULL, "memory");
    for (const struct embedded *file = rules_data; file->name != NULL; file++)
        if (topics || (strcmp(file->name, "topics.rules") != 0 && strcmp(file->name, "subjects.rules") != 0))
            check(rules_add(rules, file->name, file->text, file->n, &problems), problems.text);
    return rules;
}

static void prepare(struct subject *s, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0 && fstat(fd, &st) == 0, path);
    s->n = (size_t)st.st_size;
    s->bytes = malloc(s->n);
    s->copy = malloc(s->n);
    s->arena = arena_new(ARENA_BYTES);
    struct arena *kept = arena_new(ARENA_BYTES);
    check(s->bytes != NULL && s->copy != NULL && s->arena != NULL && kept != NULL, "memory");
    check(read(fd, s->bytes, s->n) == st.st_size, path);
    close(fd);
    snprintf(s->feed.name, sizeof s->feed.name, "default");
    snprintf(s->feed.format, sizeof s->feed.format, "digest");
    s->shipped = shipped(true);
    s->some = seal(s->shipped);
    s->plain = shipped(false);
    s->none = seal(s->plain);
    make_terms(&s->phrases);
    compile_terms(&s->phrases);
    s->many = shipped(true);
    add_terms(s->many, &s->phrases);
    s->terms = seal(s->many);
    read_with(s, kept, s->shipped, s->some, &s->read);
}

/* --- measuring --------------------------------------------------------------------------------------------- */
static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* MB per second, of about TURN_BYTES. */
static double turn(struct subject *s, void (*run)(struct subject *))
{
    size_t times = 1 + TURN_BYTES / s->n;
    double began = now();
    for (size_t i = 0; i < times; i++)
        run(s);
    return (double)(times * s->n) / 1e6 / (now() - began);
}

int main(int argc, char **argv)
{
    static struct subject s;
    static double rates[NMEASURED][TURNS];
    size_t turns = 0;
    check(argc == 3, "usage: parse DIGEST SECONDS");
    prepare(&s, argv[1]);
    for (double end = now() + atof(argv[2]); turns < TURNS && (turns < 3 || now() < end); turns++)
        for (size_t i = 0; i < NMEASURED; i++)
            rates[i][turns] = turn(&s, MEASURED[i].run);
    printf("{\"bytes\": %zu, \"dispatches\": %zu", s.n, s.read.nslices);
    for (size_t i = 0; i < NMEASURED; i++) {
        qsort(rates[i], turns, sizeof rates[i][0], by_value);
        printf(", \"%s\": %.1f", MEASURED[i].name, rates[i][turns / 2]);
    }
    puts("}");
    return 0;
}
