// SPDX-License-Identifier: MIT
/* fake_store: the reader half of daemon/hands/store.h for tests of what reads it, without a disk: its
 * records are a function of their seq, its head, horizon, epoch and failures are turned by the test while
 * threads read. Include it in one test file; its functions take the place of the store's. */
#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include "daemon/hands/store.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define FAKE_LOOK 5000 /* rows looked at for one page */

static struct {
    _Atomic uint64_t epoch, head, oldest;
    _Atomic size_t blob_n;
    _Atomic int fate;  /* what readers meet */
    atomic_bool absent; /* cannot be opened */
    atomic_int open;    /* readers now */
} fake;

static void fake_reset(uint64_t head)
{
    fake.epoch = 0xfeed;
    fake.head = head;
    fake.oldest = 1;
    fake.blob_n = 100;
    fake.fate = FATE_DONE;
    fake.absent = false;
}

/* Every record: feed/default/ and agency/a<seq % 3>/; every fifth subject/sport/football/ too. */
static size_t fake_topics(uint64_t seq, char out[3][40])
{
    snprintf(out[0], 40, "feed/default/");
    snprintf(out[1], 40, "agency/a%u/", (unsigned)(seq % 3));
    snprintf(out[2], 40, "subject/sport/football/");
    return seq % 5 == 0 ? 3 : 2;
}

static uint64_t fake_check(uint64_t seq)
{
    return seq * 0x9e3779b97f4a7c15u;
}

/* "seq 7 seq 7 seq ...", fake.blob_n bytes. */
static void fake_blob(uint64_t seq, uint8_t *out, size_t n)
{
    char word[32];
    size_t w = (size_t)snprintf(word, sizeof word, "seq %llu ", (unsigned long long)seq);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)word[i % w];
}

static bool fake_wanted(uint64_t seq, const char *const *topics, size_t ntopics)
{
    char own[3][40];
    size_t n = fake_topics(seq, own);
    for (size_t i = 0; i < ntopics; i++) {
        if (strcmp(topics[i], TOPIC_ALL) == 0)
            return true;
        for (size_t j = 0; j < n; j++)
            if (strncmp(own[j], topics[i], strlen(topics[i])) == 0)
                return true;
    }
    return ntopics == 0;
}

static bool fake_record(struct arena *a, uint64_t seq, struct store_record *r)
{
    char own[3][40];
    size_t n = fake_topics(seq, own);
    const char **topics = arena_alloc(a, (n + 1) * sizeof *topics);
    uint8_t *blob = arena_alloc(a, fake.blob_n);
    if (topics == NULL || blob == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((topics[i] = arena_text(a, own[i], strlen(own[i]))) == NULL)
            return false;
    fake_blob(seq, blob, fake.blob_n);
    *r = (struct store_record){.seq = seq, .kind = NEWSWIRE_NEW, .version = 1, .stored = 1000 + (int64_t)seq,
                               .topics = topics, .ntopics = n, .blob = blob, .blob_n = fake.blob_n};
    for (int i = 0; i < 8; i++)
        r->id[i] = (uint8_t)(fake_check(seq) >> (56 - 8 * i));
    return true;
}

static enum fate fake_failure(struct err *e)
{
    if (fake.fate != FATE_DONE)
        err_set(e, "the fake store fails");
    return (enum fate)fake.fate;
}

static void fake_meta(uint64_t after, struct store_page *out)
{
    *out = (struct store_page){.head = fake.head, .oldest = fake.oldest, .epoch = fake.epoch};
    out->check = after > 0 && after >= out->oldest && after <= out->head ? fake_check(after) : 0;
}

struct store_reader {
    int unused;
};

struct store_reader *store_reader_open(const char *directory, struct err *e)
{
    (void)directory;
    if (fake.absent) {
        err_set(e, "the fake store is absent");
        return NULL;
    }
    fake.open++;
    static struct store_reader one;
    return &one;
}

void store_reader_close(struct store_reader *r)
{
    if (r != NULL)
        fake.open--;
}

void store_reader_rest(struct store_reader *r)
{
    (void)r;
}

enum fate store_reader_page(struct store_reader *reader, struct arena *a, uint64_t after,
                            const char *const *topics, size_t ntopics, size_t max_n, size_t max_bytes,
                            struct store_page *out, struct err *e)
{
    (void)reader;
    fake_meta(after, out);
    if (fake.fate != FATE_DONE)
        return fake_failure(e);
    struct store_record *records = arena_alloc(a, (max_n + 1) * sizeof *records);
    if (records == NULL)
        return FATE_RETRY;
    size_t bytes = 0;
    uint64_t seq = after + 1 > out->oldest ? after + 1 : out->oldest, last = seq + FAKE_LOOK;
    for (; seq <= out->head && seq < last && out->n < max_n && bytes < max_bytes; seq++) {
        if (!fake_wanted(seq, topics, ntopics))
            continue;
        if (!fake_record(a, seq, &records[out->n]))
            return FATE_RETRY;
        bytes += records[out->n++].blob_n;
    }
    out->records = records;
    out->upto = seq > out->head ? out->head : seq - 1;
    return FATE_DONE;
}

enum fate store_reader_locate(struct store_reader *reader, int64_t when, uint64_t *after,
                              struct store_page *out, struct err *e)
{
    (void)reader;
    uint64_t head = fake.head;
    uint64_t at = when <= 1001 ? 0 : when == INT64_MAX ? head : (uint64_t)when - 1001;
    *after = at < head ? at : head;
    fake_meta(*after, out);
    return fake_failure(e);
}

enum fate store_reader_topics(struct store_reader *reader, struct arena *a, const char *prefix,
                              const char *past, size_t max, struct topic_count **out, size_t *n,
                              struct err *e)
{
    (void)reader;
    static const char *const all[] = {"agency/a0/", "agency/a1/", "agency/a2/", "feed/default/"};
    *n = 0;
    *out = arena_alloc(a, 4 * sizeof **out);
    for (size_t i = 0; *out != NULL && i < 4 && *n < max; i++)
        if (strncmp(all[i], prefix, strlen(prefix)) == 0 && strcmp(all[i], past) > 0)
            (*out)[(*n)++] = (struct topic_count){.topic = all[i], .records = 3, .last_seq = 9, .last = 1009};
    return fake_failure(e);
}

enum fate store_reader_file(struct store_reader *reader, struct arena *a, const char *feed, const char *name,
                            int64_t since, struct file_outcome *out, struct err *e)
{
    (void)reader;
    (void)a;
    *out = (struct file_outcome){.fate = FILE_UNKNOWN};
    if (strcmp(feed, "default") == 0 && strcmp(name, "a.txt") == 0 && since <= 50)
        *out = (struct file_outcome){.fate = FILE_BAD, .rejected = 1, .why = "offset 0: not text"};
    return fake_failure(e);
}

enum fate store_reader_counts(struct store_reader *reader, struct store_page *out, uint64_t *dispatches,
                              struct err *e)
{
    (void)reader;
    fake_meta(0, out);
    *dispatches = 77;
    return fake_failure(e);
}

#endif
