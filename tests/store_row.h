// SPDX-License-Identifier: MIT
/* store_row: what the tests of a row of segments share: a store whose segments take ten rows, files numbered
 * on, and a look at what lies in its directory. */
#ifndef TESTS_STORE_ROW_H
#define TESTS_STORE_ROW_H

#include "tests/store_kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

static struct kit k;
static int64_t now;

static inline int64_t kit_now(void)
{
    return now;
}

static inline int begin(void **state)
{
    (void)state;
    kit_new(&k);
    store_seams.segment_rows = 10;
    store_seams.now_ms = kit_now;
    now = 1000;
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    kit_end(&k);
    return 0;
}

/* Files of four dispatches each, numbered on: file n is at time 1000 * n. */
static inline void drop_files(struct store *s, uint64_t from, uint64_t upto)
{
    for (uint64_t n = from; n <= upto; n++) {
        char claim[24];
        now = (int64_t)n * 1000;
        snprintf(claim, sizeof claim, "%llu", (unsigned long long)n);
        kit_drop(s, claim, 4 * n, 4, n % 2 == 0 ? "even/" : "odd/");
    }
}

/* What readers are given is all there is, once, from `oldest` on. */
static inline void check_readers(uint64_t oldest, uint64_t head)
{
    struct err e = {""};
    struct store_page page;
    struct topic_count *topics;
    size_t n;
    uint64_t at = 0, records = 0;
    struct store_reader *r = kit_reader(&k);
    struct arena *a = arena_new(1 << 24);
    do {
        kit_done(store_reader_page(r, a, at, NULL, 0, 7, 1 << 20, &page, &e), &e);
        assert_int_equal(page.oldest, oldest);
        assert_int_equal(page.head, head);
        for (size_t i = 0; i < page.n; i++)
            assert_int_equal(page.records[i].seq, oldest + records++);
        at = page.upto;
    } while (at < head);
    assert_int_equal(records, head + 1 - oldest);
    kit_done(store_reader_topics(r, a, "", "", 10, &topics, &n, &e), &e);
    for (size_t i = 0; i < n; i++)
        records -= topics[i].records;
    assert_int_equal(records, 0);
    arena_free(a);
    store_reader_close(r);
}

static inline size_t prune(struct store *s, int64_t before, int64_t remember_before)
{
    struct err e = {""};
    size_t pruned, all = 0;
    do {
        kit_done(store_prune(s, before, remember_before, &pruned, &e), &e);
        all += pruned;
    } while (pruned > 0);
    return all;
}

static inline uint64_t oldest(void)
{
    struct err e = {""};
    struct store_page page;
    uint64_t n;
    struct store_reader *r = kit_reader(&k);
    kit_done(store_reader_counts(r, &page, &n, &e), &e);
    store_reader_close(r);
    return page.oldest;
}

static inline const char *in_store(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", k.directory, name);
    return path;
}

/* Whether the file says that it has no log: its "write version". Read in a child: to close a descriptor of it
 * here would drop SQLite's locks. */
static inline bool settled(uint64_t n)
{
    int status;
    char name[32];
    snprintf(name, sizeof name, "segment-%08llu.db", (unsigned long long)n);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char version = 0;
        int fd = open(in_store(name), O_RDONLY);
        _exit(fd >= 0 && pread(fd, &version, 1, 18) == 1 ? version : 9);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) == 1;
}

static inline void settle(struct store *s, uint64_t n)
{
    while (!settled(n)) {
        store_tidy(s); // the store's own thread does it
        sched_yield();
    }
}

/* Files in the store's directory with that ending. */
static inline int count_files(const char *ending)
{
    int n = 0;
    struct dirent *entry;
    DIR *dir = opendir(k.directory);
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name), end = strlen(ending);
        n += length > end && strcmp(entry->d_name + length - end, ending) == 0;
    }
    closedir(dir);
    return n;
}

#endif
