// SPDX-License-Identifier: MIT
/* bounds: what reading hostile files (tests/hostile.h) costs as they grow.
 *
 *     bounds [NAME...]
 *
 * Each kind (that a NAME is part of) at 1 KB, 1 MB and 64 MB, each size in a process of its own: nanoseconds
 * per byte, how many times as many at the last as at 1 MB (linear: about 1), the most memory the process had,
 * file and rules among it (to be below 512 MB), and the verdict. A file of too many lines is refused soon,
 * which measures nothing: then the last size is half as big, and half of that, until it is not. A table for a
 * person; nothing fails by time. */
#include "daemon/flows/take.h"
#include "daemon/pure/tag.h"
#include "tests/bench/clock.h"
#include "tests/hostile.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHORTEST 0.02 /* seconds: what is sooner done is done again */
#define MOST_KB (512L << 10)

static const size_t sizes[] = {1 << 10, 1 << 20, 64 << 20};

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
                              .max_lines = 2000000,
                              .max_dispatch = 1 << 20};
    enum fate fate = reader_read(arena, &in, &result, &e);
    if (fate == FATE_DONE)
        snprintf(verdict, 100, "%zu dispatches", result.nslices);
    else
        snprintf(verdict, 100, "%s: %.80s", fate_word(fate), e.text);
}

/* In the child: the figures but for the memory. As in the daemon, the file lies in the arena too. */
static struct figures measure(const struct hostile *kind, size_t n)
{
    struct figures f = {0};
    struct arena *arena = arena_new(TAKE_MEMORY);
    size_t times = 0;
    double took = 0;
    check(arena != NULL, "memory");
    for (; took < SHORTEST; times++) {
        arena_reset(arena);
        uint8_t *bytes = arena_alloc(arena, n);
        check(bytes != NULL, "memory");
        hostile_fill(kind, bytes, n);
        double began = now();
        read_once(arena, bytes, n, f.verdict);
        took += now() - began;
    }
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
    size_t n = sizes[2];
    struct figures small = in_child(kind, sizes[0]), middle = in_child(kind, sizes[1]),
                   big = in_child(kind, n);
    while (strstr(big.verdict, " lines") != NULL && n > sizes[1])
        big = in_child(kind, n /= 2);
    printf("%-24s %8.1f %8.1f %8.1f %4zu MB %6.2f %6ld MB%s  %s\n", kind->name, small.ns_per_byte,
           middle.ns_per_byte, big.ns_per_byte, n >> 20, big.ns_per_byte / middle.ns_per_byte,
           big.peak_kb >> 10, big.peak_kb > MOST_KB ? " !" : "", big.verdict);
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
    printf("%-24s %8s %8s %8s %7s %6s %9s\n", "ns per byte", "1 KB", "1 MB", "at most", "of", "ratio",
           "peak");
    for (size_t i = 0; i < hostile_nkinds; i++) {
        bool wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            wanted = wanted || strstr(hostile_kinds[i].name, argv[k]) != NULL;
        if (wanted)
            row(&hostile_kinds[i]);
    }
    return 0;
}
