// SPDX-License-Identifier: MIT
/* bench/store: the store alone, without files, parsing or sockets.
 *
 *     store DIRECTORY ROWS SIZE [FILES]
 *
 * Fills DIRECTORY/old up to ROWS dispatches of about SIZE bytes, FILES drop files of ten to a transaction
 * (16), each dispatch under five of 2,000 topics; then puts 131,072 more into it and into a fresh store, in
 * turns; then reads all of it again by seq, and one topic that is 1 % of it, beside a plain SELECT of the
 * same rows. A line per measurement: what, rate, processor of all threads per row (which another program's
 * load hardly changes), p50 and p99 of a commit, bytes written (/proc/self/io) per byte of dispatch, RSS. A
 * DIRECTORY/old that is there already is filled further. */
#include "daemon/hands/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (2 * 65536) /* two segments: an old store and a fresh one seal equally often */
#define EACH 10           /* dispatches of a file */
#define TOPICS 2000
#define ROUNDS 3

static char topics[TOPICS][32];
static size_t size, files = 16;
static double commits[BLOCK];
static size_t ncommits;

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

static void check(enum fate fate, const struct err *e)
{
    if (fate == FATE_DONE)
        return;
    fprintf(stderr, "store: %s\n", e->text);
    exit(1);
}

/* A number out of a file of /proc, behind `word`. */
static uint64_t proc(const char *path, const char *word)
{
    char line[200];
    uint64_t value = 0;
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, word, strlen(word)) == 0)
            value = strtoull(line + strlen(word), NULL, 10);
    if (f != NULL)
        fclose(f);
    return value;
}

static uint64_t spread(uint64_t n)
{
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
    return n ^ (n >> 31);
}

static struct store *open_store(const char *directory)
{
    struct err e = {""};
    enum fate fate;
    struct store *s = store_open(directory, NULL, &fate, &e);
    if (s == NULL)
        check(fate, &e);
    return s;
}

static void put_one(struct store *s, uint64_t n, char *body)
{
    static const char *const none[] = {NULL};
    const char *own[6] = {"hundredth/"};
    struct err e = {""};
    char headline[64];
    uint64_t seq, random = spread(n), high = spread(random);
    size_t t = n % 100 == 0;
    snprintf(headline, sizeof headline, "Headline of dispatch %" PRIu64, n);
    struct newswire_dispatch d = {
        .version = 1,
        .feed = "default",
        .agency = "ARMENPRESS",
        .headline = headline,
        .located = "Yerevan",
        .content_created = "2023-11-08T14:58:00+04:00",
        .time_precision = "minute",
        .charset = "UTF-8",
        .body = body,
        .warnings = none,
    };
    d.id[0] = 1;
    memcpy(d.id + 1, &random, 8);
    memcpy(d.id + 9, &high, 8);
    for (int i = 0; i < 5; i++)
        own[t++] = topics[spread(n * 5 + (uint64_t)i) % TOPICS];
    check(store_put(s, &d, own, t, &seq, &e), &e);
}

static void put_file(struct store *s, uint64_t n, char *body)
{
    struct err e = {""};
    char claim[24];
    enum file_fate settled;
    snprintf(claim, sizeof claim, "%016" PRIx64, spread(~n));
    struct store_file f = {
        .claim = claim, .name = "wire.txt", .feed = "default", .size = size * EACH, .arrival = 1700000000000};
    memcpy(f.digest, &n, sizeof n);
    check(store_file_begin(s, &f, &settled, &e), &e);
    bool whole;
    uint64_t seen;
    check(store_file_repeat(s, &f, &whole, &seen, &e), &e);
    for (uint64_t i = 0; i < EACH; i++)
        put_one(s, n + i, body);
    check(store_file_end(s, 0, NULL, &e), &e);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* `count` dispatches from number `from` on; returns how many per second. */
static double put_block(struct store *s, const char *what, uint64_t from, uint64_t count, char *body)
{
    struct err e = {""};
    uint64_t written = proc("/proc/self/io", "write_bytes:");
    double begin = seconds(), used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    ncommits = 0;
    for (uint64_t n = from; n < from + count;) {
        check(store_begin(s, &e), &e);
        for (size_t i = 0; i < files && n < from + count; i++, n += EACH)
            put_file(s, n, body);
        double at = seconds();
        check(store_commit(s, &e), &e);
        commits[ncommits++] = seconds() - at;
    }
    double took = seconds() - begin;
    used = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - used;
    written = proc("/proc/self/io", "write_bytes:") - written;
    qsort(commits, ncommits, sizeof *commits, compare);
    printf(
        "%-10s at %9" PRIu64
        "  %7.0f rows/s  %5.1f us  commit p50 %6.2f p99 %6.2f max %6.1f ms  %5.2f bytes/byte  RSS %4" PRIu64
        " MB\n",
        what, store_head(s), (double)count / took, used * 1e6 / (double)count, commits[ncommits / 2] * 1e3,
        commits[ncommits * 99 / 100] * 1e3, commits[ncommits - 1] * 1e3,
        (double)written / (double)(count * size), proc("/proc/self/status", "VmRSS:") / 1024);
    fflush(stdout);
    return (double)count / took;
}

static void remove_store(const char *directory)
{
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    if (system(command) != 0)
        exit(1);
}

/* Everything under a topic (NULL: everything); returns how many per second. */
static double replay(struct store_reader *r, const char *topic)
{
    struct err e = {""};
    struct store_page page;
    struct arena *a = arena_new(64 << 20);
    uint64_t at = 0, n = 0;
    double begin = seconds(), first = 0;
    do {
        arena_reset(a);
        check(store_reader_page(r, a, at, &topic, topic != NULL, 256, 1 << 20, &page, &e), &e);
        first = n == 0 && page.n > 0 ? seconds() - begin : first;
        n += page.n;
        at = page.upto;
    } while (at < page.head);
    double took = seconds() - begin;
    printf("%-10s %9" PRIu64 " rows  %7.0f rows/s  first page %.2f ms  RSS %4" PRIu64 " MB\n",
           topic != NULL ? "one topic" : "replay", n, (double)n / took, first * 1e3,
           proc("/proc/self/status", "VmRSS:") / 1024);
    arena_free(a);
    return (double)n / took;
}

static void compare_with_fresh(struct store *old, const char *fresh, uint64_t from, char *body)
{
    double ratio[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        remove_store(fresh);
        struct store *s = open_store(fresh);
        double other = put_block(s, "fresh", 0, BLOCK, body);
        store_close(s);
        sync();
        ratio[i] = put_block(old, "old", from + (uint64_t)i * BLOCK, BLOCK, body) / other;
        sync();
    }
    remove_store(fresh);
    qsort(ratio, ROUNDS, sizeof *ratio, compare);
    printf("old / fresh: %.2f (%.2f to %.2f)\n", ratio[ROUNDS / 2], ratio[0], ratio[ROUNDS - 1]);
}

static void read_again(const char *directory)
{
    struct err e = {""};
    struct store_reader *r = store_reader_open(directory, &e);
    if (r == NULL)
        check(FATE_STOP, &e);
    replay(r, NULL);
    replay(r, "hundredth/");
    store_reader_close(r);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: store DIRECTORY ROWS SIZE [FILES]\n");
        return 2;
    }
    char old[4096], fresh[4096];
    uint64_t rows = strtoull(argv[2], NULL, 10);
    size = strtoul(argv[3], NULL, 10);
    files = argc > 4 ? strtoul(argv[4], NULL, 10) : files;
    snprintf(old, sizeof old, "%s/old", argv[1]);
    snprintf(fresh, sizeof fresh, "%s/fresh", argv[1]);
    for (size_t i = 0; i < TOPICS; i++)
        snprintf(topics[i], sizeof topics[i], "subject/topic-%zu/", i);
    char *body = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        body[i] = (char)('a' + spread(i) % 26);
    body[size] = '\0';
    mkdir(argv[1], 0755);

    double begin = seconds();
    struct store *s = open_store(old);
    printf("open       at %9" PRIu64 "  %.0f ms  RSS %" PRIu64 " MB\n", store_head(s),
           (seconds() - begin) * 1e3, proc("/proc/self/status", "VmRSS:") / 1024);
    while (store_head(s) < rows)
        put_block(s, "fill", store_head(s), BLOCK, body);
    compare_with_fresh(s, fresh, store_head(s), body);
    store_close(s);
    begin = seconds();
    s = open_store(old);
    printf("open       at %9" PRIu64 "  %.0f ms  RSS %" PRIu64 " MB\n", store_head(s),
           (seconds() - begin) * 1e3, proc("/proc/self/status", "VmRSS:") / 1024);
    store_close(s);
    read_again(old);
    free(body);
    return 0;
}
