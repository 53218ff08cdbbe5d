// SPDX-License-Identifier: MIT
/* bounds: what reading hostile files (tests/hostile.h) costs as they grow.
 *
 *     bounds [NAME...]
 *
 * Each kind (that a NAME is part of) at 1 KB, 1 MB and 64 MB, each size in a process of its own: nanoseconds per byte,
 * how many times as many at 64 MB as at 1 MB (linear: about 1), the most memory the process had, file and rules among
 * it (to be below 512 MB), and the verdict. A table for a person; nothing fails by time. */
#include "daemon/flows/take.h"
#include "daemon/pure/tag.h"
#include "tests/bench/clock.h"
#include "tests/hostile.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZES 3
#define SHORTEST 0.02 /* seconds: what is sooner done is done again */
#define MOST_KB (512L << 10)

static const size_t sizes[SIZES] = {1 << 10, 1 << 20, 64 << 20};

struct figures {
    double ns_per_byte;
    long peak_kb;
    char verdict[100];
};

static struct rules *rules;
static struct tagger *tagger;

static void read_once(struct arena *arena, const uint8_t *bytes, size_t n, char verdict[100])
{
    struct reader_result result;
    struct err e = {""};
    struct conf_feed feed = {.name = "default", .format = "digest"};
    struct reader_input in = {.bytes = bytes,
                              .n = n,
                              .name = "hostile.txt",
                              .feed = &feed,
                              .rules = rules,
                              .tagger = tagger,
                              .arrival = INT64_C(1700000000000),
                              .max_items = 10000,
                              .max_dispatch = 1 << 20};
    arena_reset(arena);
    enum fate fate = reader_read(arena, &in, &result, &e);
    if (fate == FATE_DONE)
        snprintf(verdict, 100, "%zu dispatches", result.nslices);
    else
        snprintf(verdict, 100, "%s: %.80s", fate_word(fate), e.text);
}

/* In the child: the figures but for the memory. */
static struct figures measure(const struct hostile *kind, size_t n)
{
    struct figures f = {0};
    struct arena *arena = arena_new(TAKE_MEMORY);
    uint8_t *bytes = malloc(n);
    size_t times = 0;
    check(arena != NULL && bytes != NULL, "memory");
    hostile_fill(kind, bytes, n);
    double began = now(), took = 0;
    for (; took < SHORTEST; took = now() - began, times++)
        read_once(arena, bytes, n, f.verdict);
    f.ns_per_byte = took * 1e9 / (double)times / (double)n;
    return f;
}

static struct figures in_child(const struct hostile *kind, size_t n)
{
    int ends[2];
    struct figures f;
    struct rusage used;
    check(pipe(ends) == 0, "pipe");
    pid_t child = fork();
    check(child >= 0, "fork");
    if (child == 0) {
        f = measure(kind, n);
        _exit(write(ends[1], &f, sizeof f) == sizeof f ? 0 : 1);
    }
    close(ends[1]);
    check(read(ends[0], &f, sizeof f) == sizeof f, kind->name);
    close(ends[0]);
    check(wait4(child, NULL, 0, &used) == child, "wait");
    f.peak_kb = used.ru_maxrss;
    return f;
}

static void row(const struct hostile *kind)
{
    struct figures f[SIZES];
    for (size_t i = 0; i < SIZES; i++)
        f[i] = in_child(kind, sizes[i]);
    printf("%-24s %8.1f %8.1f %8.1f %7.2f %6ld MB%s  %s\n", kind->name, f[0].ns_per_byte, f[1].ns_per_byte, f[2].ns_per_byte,
           f[2].ns_per_byte / f[1].ns_per_byte, f[2].peak_kb >> 10, f[2].peak_kb > MOST_KB ? " !" : "", f[2].verdict);
    fflush(stdout);
}

static void prepare(void)
{
    struct conf_problems problems = {0};
    struct err e = {""};
    rules = rules_new();
    check(rules != NULL && rules_shipped(rules, &problems) && rules_seal(rules, &e), "rules");
    tagger = tagger_new(rules, &e);
    check(tagger != NULL, e.text);
}

int main(int argc, char **argv)
{
    prepare();
    printf("%-24s %8s %8s %8s %7s %9s\n", "ns per byte", "1 KB", "1 MB", "64 MB", "64:1 MB", "peak");
    for (size_t i = 0; i < hostile_nkinds; i++) {
        bool wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            wanted = wanted || strstr(hostile_kinds[i].name, argv[k]) != NULL;
        if (wanted)
            row(&hostile_kinds[i]);
    }
    return 0;
}
