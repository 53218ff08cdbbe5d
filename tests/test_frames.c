// SPDX-License-Identifier: MIT
/* Frames: what is packed comes back as it was, and what a stranger sends is refused with the reason. */
#include "tests/unit.h"

#include "proto/frames.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const topics[] = {"place/am/yerevan/", "language/en/", NULL};
static const char *const warnings[] = {"no date", "month misprinted", NULL};

static struct head a_head(void)
{
    return (struct head){.epoch = UINT64_C(0xfedcba9876543210), .seq = 7, .kind = NEWSWIRE_REVISED, .id = {1, 2, 3},
                         .version = 2, .stored = 1700000000123, .topics = topics, .ntopics = 2};
}

static struct newswire_dispatch a_dispatch(void)
{
    return (struct newswire_dispatch){
        .id = {1, 2, 3}, .version = 2, .feed = "default", .agency = "ARMENPRESS", .headline = "A headline",
        .by = "A. Person", .located = "Yerevan", .country = "am", .dateline = "YEREVAN, NOVEMBER 8, ARMENPRESS.",
        .body = "One.\n\nTwo.", .language = "en", .content_created = "2023-11-08T14:58:00+04:00",
        .time_precision = "minute", .version_created = 1700000000000, .slugline = "slug", .urgency = 4,
        .ed_note = "note", .usage_terms = "terms", .confidence = 0.9, .warnings = warnings, .charset = "UTF-8",
        .file = "digest.txt", .index = 3, .offset = 412, .length = 99, .file_digest = {9, 8, 7}};
}

static void head_goes_round(void **state)
{
    (void)state;
    struct head h = a_head();
    struct bytes b;
    struct err e = {""};
    assert_true(head_pack(&h, &b));
    struct head *back = head_unpack(b.p, b.n, &e);
    assert_non_null(back);
    assert_int_equal(back->epoch, h.epoch);
    assert_int_equal(back->seq, 7);
    assert_int_equal(back->kind, NEWSWIRE_REVISED);
    assert_memory_equal(back->id, h.id, sizeof h.id);
    assert_int_equal(back->version, 2);
    assert_int_equal(back->stored, h.stored);
    assert_int_equal(back->ntopics, 2);
    assert_string_equal(back->topics[0], topics[0]);
    assert_string_equal(back->topics[1], topics[1]);
    assert_null(back->topics[2]);
    head_free(back);
    head_free(NULL);
    bytes_free(&b);
    assert_null(b.p);
}

static void refuse_head(const struct head *h, const char *words)
{
    struct bytes b;
    struct err e = {""};
    assert_true(head_pack(h, &b));
    assert_null(head_unpack(b.p, b.n, &e));
    if (strstr(e.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", e.text, words);
    bytes_free(&b);
}

static void heads_refused(void **state)
{
    (void)state;
    struct head h = a_head();
    h.seq = 0;
    refuse_head(&h, "is 0");
    h.seq = (uint64_t)INT64_MAX + 1;
    refuse_head(&h, "no store counts that far");
    h = a_head();
    h.epoch = 0;
    refuse_head(&h, "is 0");
    h = a_head();
    h.version = 0;
    refuse_head(&h, "is 0");
    h = a_head();
    h.kind = (enum newswire_kind)6;
    refuse_head(&h, "kind 6");
    h.kind = (enum newswire_kind)0;
    refuse_head(&h, "kind 0");
    static const char *const bad[] = {"place", "@trail/", "all/", "Place/", "place//", "a b/"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        h = a_head();
        h.topics = &bad[i];
        h.ntopics = 1;
        refuse_head(&h, "not a topic");
    }
    const char *many[TOPICS_PER_RECORD + 1];
    for (size_t i = 0; i < TOPICS_PER_RECORD + 1; i++)
        many[i] = "a/";
    h.topics = many;
    h.ntopics = TOPICS_PER_RECORD + 1;
    refuse_head(&h, "257 topics");
}

#define ASSERT_TEXT(a, b) \
    do { \
        if ((b) == NULL) \
            assert_null(a); \
        else \
            assert_string_equal(a, b); \
    } while (0)

static void check_same(const struct newswire_dispatch *a, const struct newswire_dispatch *b)
{
    assert_memory_equal(a->id, b->id, sizeof a->id);
    assert_int_equal(a->version, b->version);
    ASSERT_TEXT(a->feed, b->feed);
    ASSERT_TEXT(a->agency, b->agency);
    ASSERT_TEXT(a->headline, b->headline);
    ASSERT_TEXT(a->by, b->by);
    ASSERT_TEXT(a->located, b->located);
    ASSERT_TEXT(a->country, b->country);
    ASSERT_TEXT(a->dateline, b->dateline);
    ASSERT_TEXT(a->body, b->body);
    ASSERT_TEXT(a->language, b->language);
    ASSERT_TEXT(a->content_created, b->content_created);
    ASSERT_TEXT(a->time_precision, b->time_precision);
    assert_int_equal(a->version_created, b->version_created);
    ASSERT_TEXT(a->slugline, b->slugline);
    assert_int_equal(a->urgency, b->urgency);
    ASSERT_TEXT(a->ed_note, b->ed_note);
    ASSERT_TEXT(a->usage_terms, b->usage_terms);
    assert_true(a->confidence == b->confidence);
    ASSERT_TEXT(a->charset, b->charset);
    ASSERT_TEXT(a->file, b->file);
    assert_int_equal(a->index, b->index);
    assert_int_equal(a->offset, b->offset);
    assert_int_equal(a->length, b->length);
    assert_memory_equal(a->file_digest, b->file_digest, sizeof a->file_digest);
}

static void dispatch_goes_round(void **state)
{
    (void)state;
    struct newswire_dispatch d = a_dispatch();
    struct bytes b;
    struct err e = {""};
    assert_true(dispatch_pack(&d, &b));
    struct newswire_dispatch *back = dispatch_unpack(b.p, b.n, &e);
    assert_non_null(back);
    check_same(back, &d);
    assert_string_equal(back->warnings[0], warnings[0]);
    assert_string_equal(back->warnings[1], warnings[1]);
    assert_null(back->warnings[2]);
    dispatch_free(back);
    dispatch_free(NULL);
    bytes_free(&b);
}

static void what_was_not_printed_is_null(void **state)
{
    (void)state;
    struct newswire_dispatch d = {.version = 1, .by = ""};
    struct bytes b;
    struct err e = {""};
    assert_true(dispatch_pack(&d, &b));
    struct newswire_dispatch *back = dispatch_unpack(b.p, b.n, &e);
    assert_non_null(back);
    d.by = NULL;
    check_same(back, &d);
    assert_non_null(back->warnings);
    assert_null(back->warnings[0]);
    dispatch_free(back);
    bytes_free(&b);
}

static void refuse_dispatch(const struct newswire_dispatch *d, const char *words)
{
    struct bytes b;
    struct err e = {""};
    assert_true(dispatch_pack(d, &b));
    assert_null(dispatch_unpack(b.p, b.n, &e));
    if (strstr(e.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", e.text, words);
    bytes_free(&b);
}

static void dispatches_refused(void **state)
{
    (void)state;
    struct newswire_dispatch d = a_dispatch();
    d.urgency = 10;
    refuse_dispatch(&d, "urgency");
    d = a_dispatch();
    d.confidence = NAN;
    refuse_dispatch(&d, "confidence");
    d.confidence = -0.1;
    refuse_dispatch(&d, "confidence");
    d = a_dispatch();
    d.version = 0;
    refuse_dispatch(&d, "version");
    d = a_dispatch();
    d.body = "good \xff";
    refuse_dispatch(&d, "body: byte 5");
    d = a_dispatch();
    d.file = "\xed\xa0\x80";
    refuse_dispatch(&d, "file: byte 0");
}

static void trail_goes_round(void **state)
{
    (void)state;
    const uint32_t one[] = {1, 0xffffffff}, two[] = {0x83746bdf};
    const struct trail_set sets[] = {{one, 2}, {NULL, 0}, {two, 1}};
    struct trail t = {.epoch = 5, .head = 12, .from = 10, .sets = sets, .nsets = 3};
    struct bytes b;
    struct err e = {""};
    assert_true(trail_pack(&t, &b));
    struct trail *back = trail_unpack(b.p, b.n, &e);
    assert_non_null(back);
    assert_int_equal(back->epoch, 5);
    assert_int_equal(back->head, 12);
    assert_int_equal(back->from, 10);
    assert_int_equal(back->nsets, 3);
    assert_int_equal(back->sets[0].n, 2);
    assert_int_equal(back->sets[0].hashes[1], 0xffffffff);
    assert_int_equal(back->sets[1].n, 0);
    assert_int_equal(back->sets[2].hashes[0], 0x83746bdf);
    trail_free(back);
    trail_free(NULL);
    bytes_free(&b);
}

static void check_trail(uint64_t epoch, uint64_t head, uint64_t from, size_t n, const char *words)
{
    struct trail_set *sets = calloc(n + 1, sizeof *sets);
    struct trail t = {.epoch = epoch, .head = head, .from = from, .sets = sets, .nsets = n};
    struct bytes b;
    struct err e = {""};
    assert_true(trail_pack(&t, &b));
    struct trail *back = trail_unpack(b.p, b.n, &e);
    if ((back == NULL) != (words != NULL) || (words != NULL && strstr(e.text, words) == NULL))
        fail_msg("head %llu from %llu: '%s'", (unsigned long long)head, (unsigned long long)from, e.text);
    trail_free(back);
    bytes_free(&b);
    free(sets);
}

static void trails_must_add_up(void **state)
{
    (void)state;
    check_trail(5, 0, 1, 0, NULL);   // an empty store
    check_trail(5, 12, 13, 0, NULL); // nothing since
    check_trail(5, 12, 12, 1, NULL);
    check_trail(5, FRAMES_TRAIL_MAX, 1, FRAMES_TRAIL_MAX, NULL);
    check_trail(5, FRAMES_TRAIL_MAX + 1, 1, FRAMES_TRAIL_MAX + 1, "more than");
    check_trail(0, 12, 12, 1, "epoch");
    check_trail(5, 12, 0, 13, "from");
    check_trail(5, 12, 14, 0, "from");
    check_trail(5, 12, 10, 2, "do not reach");
    check_trail(5, 12, 10, 4, "do not reach");
    check_trail(5, UINT64_MAX, 0, 0, "no store");
    check_trail(5, UINT64_MAX, UINT64_MAX, 1, "no store");
    check_trail(5, INT64_MAX, (uint64_t)INT64_MAX + 1, 0, NULL);
}

/* Packs and unpacks; NULL if refused, with the reason in `e`. */
static struct ask *ask_round(const struct ask *a, struct err *e)
{
    struct bytes b;
    assert_true(ask_pack(a, &b));
    struct ask *back = ask_unpack(b.p, b.n, e);
    bytes_free(&b);
    return back;
}

static void asks_go_round(void **state)
{
    (void)state;
    static const char *const wanted[] = {"all/", "place/am/"};
    struct err e = {""};
    struct ask a = {.type = ASK_REQUEST, .rid = 3, .epoch = 4, .after = 5, .check = UINT64_MAX, .topics = wanted,
                    .ntopics = 2, .credit = 100};
    struct ask *back = ask_round(&a, &e);
    assert_non_null(back);
    assert_int_equal(back->type, ASK_REQUEST);
    assert_int_equal(back->rid, 3);
    assert_int_equal(back->epoch, 4);
    assert_int_equal(back->after, 5);
    assert_true(back->check == UINT64_MAX);
    assert_int_equal(back->ntopics, 2);
    assert_string_equal(back->topics[1], "place/am/");
    assert_int_equal(back->credit, 100);
    ask_free(back);

    const int64_t times[] = {INT64_MAX, INT64_MIN, -1, 0, 1700000000000};
    for (size_t i = 0; i < 5; i++) {
        back = ask_round(&(struct ask){.type = ASK_LOCATE, .time = times[i]}, &e);
        assert_int_equal(back->type, ASK_LOCATE);
        assert_true(back->time == times[i]);
        ask_free(back);
    }
    back = ask_round(&(struct ask){.type = ASK_TOPICS, .rid = 9, .prefix = "place/"}, &e);
    assert_int_equal(back->type, ASK_TOPICS);
    assert_string_equal(back->prefix, "place/");
    assert_null(back->past);
    ask_free(back);
    back = ask_round(&(struct ask){.type = ASK_STATUS, .rid = 9}, &e);
    assert_int_equal(back->type, ASK_STATUS);
    assert_int_equal(back->rid, 9);
    ask_free(back);
    back = ask_round(&(struct ask){.type = ASK_FILE, .feed = "tass", .name = "a b.txt", .time = 77}, &e);
    assert_int_equal(back->type, ASK_FILE);
    assert_string_equal(back->feed, "tass");
    assert_string_equal(back->name, "a b.txt");
    assert_int_equal(back->time, 77);
    ask_free(back);
    ask_free(NULL);
}

static void refuse_ask(const struct ask *a, const char *words)
{
    struct err e = {""};
    assert_null(ask_round(a, &e));
    if (strstr(e.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", e.text, words);
}

static void asks_refused(void **state)
{
    (void)state;
    const char *const good[] = {"all/"}, *const wild[] = {"place/*/"};
    refuse_ask(&(struct ask){.type = ASK_REQUEST, .credit = 1}, "no topic");
    refuse_ask(&(struct ask){.type = ASK_REQUEST, .topics = good, .ntopics = 1}, "credit is 0");
    refuse_ask(&(struct ask){.type = ASK_REQUEST, .topics = wild, .ntopics = 1, .credit = 1}, "not a topic");
    refuse_ask(&(struct ask){.type = ASK_REQUEST, .topics = good, .ntopics = 1, .credit = 1, .after = UINT64_MAX},
               "no store");
    refuse_ask(&(struct ask){.type = ASK_FILE}, "no file");
    char name[1100];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    refuse_ask(&(struct ask){.type = ASK_FILE, .name = name}, "longer");
    refuse_ask(&(struct ask){.type = ASK_TOPICS, .prefix = name}, "longer");
    name[4 * 255] = '\0'; // the longest name of a file, when each of its bytes is shown as \xNN
    struct ask *longest = ask_round(&(struct ask){.type = ASK_FILE, .name = name}, &(struct err){""});
    assert_non_null(longest);
    ask_free(longest);

    const char **many = calloc(FRAMES_TOPICS_MAX + 1, sizeof *many);
    for (size_t i = 0; i <= FRAMES_TOPICS_MAX; i++)
        many[i] = "a/";
    struct ask a = {.type = ASK_REQUEST, .topics = many, .ntopics = FRAMES_TOPICS_MAX, .credit = UINT32_MAX};
    struct err e = {""};
    struct ask *back = ask_round(&a, &e);
    assert_non_null(back);
    assert_int_equal(back->credit, FRAMES_CREDIT_MAX); // a page has no more, whatever is asked
    ask_free(back);
    a.ntopics++;
    refuse_ask(&a, "10001 topics");
    free(many);
}

static struct answer *answer_round(const struct answer *a, struct err *e)
{
    struct bytes b;
    assert_true(answer_pack(a, &b));
    struct answer *back = answer_unpack(b.p, b.n, e);
    bytes_free(&b);
    if (back != NULL) {
        assert_int_equal(back->type, a->type);
        assert_int_equal(back->rid, a->rid);
    }
    return back;
}

static void answers_of_replay_go_round(void **state)
{
    (void)state;
    struct err e = {""};
    struct answer *back = answer_round(&(struct answer){.type = ANSWER_ENTRY, .rid = 1, .idx = 12}, &e);
    assert_int_equal(back->idx, 12);
    answer_free(back);
    back = answer_round(&(struct answer){.type = ANSWER_END, .rid = 1, .count = 3, .upto = 8, .head = 9}, &e);
    assert_int_equal(back->count, 3);
    assert_int_equal(back->upto, 8);
    assert_int_equal(back->head, 9);
    answer_free(back);
    back = answer_round(&(struct answer){.type = ANSWER_EPOCH, .rid = 1, .epoch = UINT64_MAX}, &e);
    assert_true(back->epoch == UINT64_MAX);
    answer_free(back);
    back = answer_round(&(struct answer){.type = ANSWER_GONE, .rid = 1, .oldest = 77}, &e);
    assert_int_equal(back->oldest, 77);
    answer_free(back);
    back = answer_round(&(struct answer){.type = ANSWER_LOCATED, .rid = 1, .epoch = 2, .after = 3, .check = 4,
                                         .head = 5, .oldest = 1}, &e);
    assert_int_equal(back->epoch, 2);
    assert_int_equal(back->after, 3);
    assert_int_equal(back->check, 4);
    assert_int_equal(back->head, 5);
    assert_int_equal(back->oldest, 1);
    answer_free(back);
    back = answer_round(&(struct answer){.type = ANSWER_REFUSED, .rid = 1, .reason = "no"}, &e);
    assert_string_equal(back->reason, "no");
    answer_free(back);
    answer_free(NULL);

    assert_null(answer_round(&(struct answer){.type = ANSWER_END, .upto = 9, .head = 8}, &e));
    assert_null(answer_round(&(struct answer){.type = ANSWER_END, .upto = 9, .head = UINT64_MAX}, &e));
    assert_null(answer_round(&(struct answer){.type = ANSWER_EPOCH}, &e));
    assert_null(answer_round(&(struct answer){.type = ANSWER_GONE}, &e));
    assert_null(answer_round(&(struct answer){.type = ANSWER_LOCATED, .epoch = 1, .after = 9, .head = 8}, &e));
}

static void answers_to_people_go_round(void **state)
{
    (void)state;
    struct err e = {""};
    const struct topic_count counts[] = {{"all/", 10, 9, 8}, {"place/am/", 3, 2, 1}};
    struct answer *back = answer_round(&(struct answer){.type = ANSWER_TOPICS, .topics = counts, .ntopics = 2}, &e);
    assert_int_equal(back->ntopics, 2);
    assert_string_equal(back->topics[1].topic, "place/am/");
    assert_int_equal(back->topics[1].records, 3);
    assert_int_equal(back->topics[1].last_seq, 2);
    assert_int_equal(back->topics[1].last, 1);
    answer_free(back);
    back = answer_round(&(struct answer){.type = ANSWER_TOPICS}, &e);
    assert_int_equal(back->ntopics, 0);
    answer_free(back);

    struct answer a = {.type = ANSWER_FILE, .file = {FILE_DONE, 3, 5, 3, 1, 2, NULL}};
    back = answer_round(&a, &e);
    assert_int_equal(back->file.fate, FILE_DONE);
    assert_int_equal(back->file.first, 3);
    assert_int_equal(back->file.last, 5);
    assert_int_equal(back->file.fresh, 3);
    assert_int_equal(back->file.seen, 1);
    assert_int_equal(back->file.rejected, 2);
    assert_null(back->file.why);
    answer_free(back);
    a.file = (struct file_outcome){.fate = FILE_BAD, .why = "offset 0: not text"};
    back = answer_round(&a, &e);
    assert_string_equal(back->file.why, "offset 0: not text");
    answer_free(back);
    a.file.fate = (enum file_fate)3;
    assert_null(answer_round(&a, &e));
    a.file = (struct file_outcome){.fate = FILE_DONE, .first = 5, .last = 3};
    assert_null(answer_round(&a, &e));
}

static void status_goes_round(void **state)
{
    (void)state;
    struct err e = {""};
    const struct status_feed feeds[] = {{"default", 1, 2, 3, 0, false}, {"tass", 4, 5, 6, 7, true}};
    struct status s = {.version = "0.1.0", .started = 1, .now = 2, .epoch = 3, .head = 4, .oldest = 5,
                       .dispatches = 6, .rate_1m = 7.5, .rate_15m = 8.25, .backlog = 9, .backlog_oldest = 10,
                       .done = 11, .bad = 12, .retry = 13, .fresh = 15, .seen = 16,
                       .slices_rejected = 17, .store_bytes = 18, .store_free_bytes = 19, .subscribers = 20,
                       .indexed = 24, .replays = 21, .replaying = 22, .published = 23, .watching = "inotify", .paused = NULL,
                       .last_error = "disk full", .last_error_at = 24, .feeds = feeds, .nfeeds = 2};
    struct answer *back = answer_round(&(struct answer){.type = ANSWER_STATUS, .status = &s}, &e);
    assert_non_null(back);
    struct status got = *back->status;
    assert_string_equal(got.version, "0.1.0");
    assert_string_equal(got.watching, "inotify");
    assert_null(got.paused);
    assert_string_equal(got.last_error, "disk full");
    assert_int_equal(got.nfeeds, 2);
    assert_string_equal(got.feeds[1].name, "tass");
    assert_int_equal(got.feeds[1].expect_ms, 7);
    assert_true(got.feeds[1].overdue);
    // The numbers all at once: with the pointers out of the way the two are the same.
    got.version = s.version, got.watching = s.watching, got.last_error = s.last_error, got.feeds = s.feeds;
    assert_memory_equal(&got, &s, sizeof s);
    answer_free(back);

    s.rate_1m = INFINITY;
    assert_null(answer_round(&(struct answer){.type = ANSWER_STATUS, .status = &s}, &e));
    static struct status_feed many[FRAMES_FEEDS_MAX + 1];
    for (size_t i = 0; i <= FRAMES_FEEDS_MAX; i++)
        many[i].name = "f";
    s = (struct status){.feeds = many, .nfeeds = FRAMES_FEEDS_MAX + 1};
    assert_null(answer_round(&(struct answer){.type = ANSWER_STATUS, .status = &s}, &e));
}

static void refuse_bytes(const char *p, size_t n, const char *words)
{
    struct err e = {""};
    assert_null(ask_unpack((const uint8_t *)p, n, &e));
    if (strstr(e.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", e.text, words);
}
#define REFUSE(literal, words) refuse_bytes(literal, sizeof(literal) - 1, words)

static void hostile_bytes_are_refused(void **state)
{
    (void)state;
    REFUSE("", "nothing that is known");
    REFUSE("\x08\x01", "nothing that is known");                           // rid alone
    REFUSE("\x08", "not a protobuf message at byte 0");                    // cut short
    REFUSE("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "byte 0");  // a varint of 11 bytes
    REFUSE("\x22\x05\x0a\x01", "byte 0");                                  // longer than there is
    REFUSE("\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "byte 0");
    REFUSE("\x0b\x0c", "byte 0");                                          // a group
    REFUSE("\x00\x01", "byte 0");                                          // field 0
    REFUSE("\x22\x04\x0a\x02\x61\x00", "prefix: byte 1");                  // a NUL
    REFUSE("\x22\x04\x0a\x02\x61\xc3", "prefix: byte 1");                  // not UTF-8
    REFUSE("\x2a\x00\x2a\x00", "status twice");
    REFUSE("\x10\x05", "wrong type");                                      // request as a number
}

static void later_versions_are_understood(void **state)
{
    (void)state;
    struct err e = {""};
    // status {}, then field 1000 with bytes that are not UTF-8, field 1001 as a number.
    const char later[] = "\x2a\x00\xc2\x3e\x02\xff\x00\xc8\x3e\x07";
    struct ask *a = ask_unpack((const uint8_t *)later, sizeof later - 1, &e);
    assert_non_null(a);
    assert_int_equal(a->type, ASK_STATUS);
    ask_free(a);
}

static void ids_have_twenty_bytes(void **state)
{
    (void)state;
    struct head h = a_head();
    struct bytes b;
    struct err e = {""};
    assert_true(head_pack(&h, &b));
    uint8_t *id = memmem(b.p, b.n, "\x22\x14\x01\x02\x03", 5); // field 4, 20 bytes
    assert_non_null(id);
    id[1] = 19;                 // the last byte of the id is now the tag of another field:
    id[2 + 19] = 0x38;          // stored = ...
    assert_null(head_unpack(b.p, b.n, &e));
    bytes_free(&b);

    const uint8_t three[] = "\x09\1\1\1\1\1\1\1\1\x10\x07\x18\x01\x22\x03\1\2\3\x28\x01";
    assert_null(head_unpack(three, sizeof three - 1, &e));
    assert_non_null(strstr(e.text, "id is 3 bytes, not 20"));
}

/* A megabyte of empty fields would cost protobuf-c a hundred. */
static void memory_is_bounded(void **state)
{
    (void)state;
    size_t n = 1u << 20;
    char *p = malloc(n);
    assert_non_null(p);
    for (size_t i = 0; i < n; i += 2)
        memcpy(p + i, "\x22\x00", 2); // Trail.sets, empty
    struct err e = {""};
    assert_null(trail_unpack((uint8_t *)p, n, &e));
    assert_non_null(strstr(e.text, "fields"));
    assert_null(trail_unpack((uint8_t *)p, (size_t)FRAMES_BYTES_MAX + 1, &e)); // not looked at
    assert_non_null(strstr(e.text, "bytes"));
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_goes_round),
        cmocka_unit_test(heads_refused),
        cmocka_unit_test(dispatch_goes_round),
        cmocka_unit_test(what_was_not_printed_is_null),
        cmocka_unit_test(dispatches_refused),
        cmocka_unit_test(trail_goes_round),
        cmocka_unit_test(trails_must_add_up),
        cmocka_unit_test(asks_go_round),
        cmocka_unit_test(asks_refused),
        cmocka_unit_test(answers_of_replay_go_round),
        cmocka_unit_test(answers_to_people_go_round),
        cmocka_unit_test(status_goes_round),
        cmocka_unit_test(hostile_bytes_are_refused),
        cmocka_unit_test(later_versions_are_understood),
        cmocka_unit_test(ids_have_twenty_bytes),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
