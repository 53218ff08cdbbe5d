// SPDX-License-Identifier: MIT
/* JSON as other people's scripts read it: the exact line, keys in order, nothing null and nothing empty. */
#include "tests/unit.h"

#include "proto/json.h"

#include <stdlib.h>
#include <string.h>

static const char *const topics[] = {"place/am/yerevan/",   "subject/sport/table-tennis/", "place/zz/", "agency/example/",
                                     NULL};
static const char *const warnings[] = {"say \"odd\"", NULL};

static const struct newswire_dispatch full = {
    .id = {1, 0xab}, .version = 2, .feed = "default", .agency = "EXAMPLE", .headline = "Bridge reopens",
    .by = "A. Writer", .located = "Yerevan", .country = "am", .dateline = "YEREVAN, MARCH 3, EXAMPLE.",
    .body = "YEREVAN \xe2\x80\x93 One.\n\nTwo\xc2\xa0three.", .language = "en",
    .content_created = "2024-03-03T10:00:00+04:00", .time_precision = "minute", .version_created = 1709445600999,
    .slugline = "bridge", .urgency = 4, .ed_note = "edited", .usage_terms = "free", .confidence = 0.9,
    .warnings = warnings, .charset = "UTF-8", .file = "a.txt", .index = 1, .offset = 10, .length = 200,
    .file_digest = {0xfe, 1}};

#define ZEROS "000000000000000000000000000000"

static void check(char *got, const char *want)
{
    assert_non_null(got);
    assert_string_equal(got, want);
    free(got);
}

#define NINJS(status) \
    "{\"uri\":\"urn:newswire:01ab" ZEROS "000000\",\"type\":\"text\",\"version\":\"2\"," \
    "\"versionCreated\":\"2024-03-03T06:00:00Z\",\"contentCreated\":\"2024-03-03T10:00:00+04:00\"," \
    "\"pubStatus\":\"" status "\",\"urgency\":4,\"language\":\"en\",\"headlines\":[{\"value\":\"Bridge reopens\"}]," \
    "\"bodies\":[{\"contentType\":\"text/plain\",\"charCount\":26,\"wordCount\":5," \
    "\"value\":\"YEREVAN \xe2\x80\x93 One.\\n\\nTwo\xc2\xa0three.\"}],\"by\":\"A. Writer\",\"located\":\"Yerevan\"," \
    "\"infoSources\":[{\"name\":\"EXAMPLE\"}],\"slugline\":\"bridge\",\"edNote\":\"edited\",\"usageTerms\":\"free\"," \
    "\"subjects\":[{\"name\":\"table tennis\",\"literal\":\"subject/sport/table-tennis/\"}]," \
    "\"places\":[{\"name\":\"yerevan\",\"literal\":\"place/am/yerevan/\"}]}"
#define REST(status) \
    "\"topics\":[\"place/am/yerevan/\",\"subject/sport/table-tennis/\",\"place/zz/\",\"agency/example/\"]," \
    "\"feed\":\"default\",\"dateline\":\"YEREVAN, MARCH 3, EXAMPLE.\",\"timePrecision\":\"minute\"," \
    "\"confidence\":0.9,\"warnings\":[\"say \\\"odd\\\"\"],\"origin\":{\"file\":\"a.txt\",\"index\":1,\"offset\":10," \
    "\"length\":200,\"digest\":\"fe01" ZEROS ZEROS "\"},\"ninjs\":" NINJS(status) "}"

static void the_line(void **state)
{
    (void)state;
    struct head h = {.epoch = 1, .seq = 77, .kind = NEWSWIRE_CANCELED, .version = 2, .topics = topics, .ntopics = 4};
    check(json_line(&full, &h, NULL), "{\"seq\":77,\"kind\":\"canceled\",\"version\":2," REST("canceled"));
    h.kind = NEWSWIRE_RETAGGED;
    check(json_line(&full, &h, NULL), "{\"seq\":77,\"kind\":\"retagged\",\"version\":2," REST("usable"));
    check(json_line(&full, NULL, topics), "{" REST("usable"));
}

static void ninjs_alone(void **state)
{
    (void)state;
    check(json_ninjs(&full, NEWSWIRE_NEW, topics), NINJS("usable"));
    check(json_ninjs(&full, NEWSWIRE_CANCELED, topics), NINJS("canceled"));
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    const struct newswire_dispatch least = {.by = ""};
    check(json_ninjs(&least, NEWSWIRE_NEW, NULL), "{\"uri\":\"urn:newswire:" ZEROS "0000000000\",\"type\":\"text\","
                                    "\"pubStatus\":\"usable\"}");
    check(json_line(&least, NULL, NULL),
          "{\"topics\":[],\"confidence\":0.0,\"warnings\":[],\"origin\":{\"index\":0,\"offset\":0,\"length\":0,"
          "\"digest\":\"" ZEROS ZEROS "0000\"},\"ninjs\":{\"uri\":\"urn:newswire:" ZEROS
          "0000000000\",\"type\":\"text\",\"pubStatus\":\"usable\"}}");
}

static void events(void **state)
{
    (void)state;
    struct newswire_event e = {.type = NEWSWIRE_GONE, .epoch = UINT64_C(0xfedcba9876543210), .gone_from = 3,
                               .gone_to = 9};
    check(json_event(&e), "{\"event\":\"gone\",\"epoch\":\"fedcba9876543210\",\"from\":3,\"to\":9}");
    e = (struct newswire_event){.type = NEWSWIRE_EPOCH, .epoch = 1};
    check(json_event(&e), "{\"event\":\"epoch\",\"epoch\":\"0000000000000001\"}");
}

static void status(void **state)
{
    (void)state;
    const struct status_feed feeds[] = {{"default", 1, 2, 0, 0, false}, {"tass", 4, 5, 1709445600000, 7000, true}};
    struct status s = {.version = "0.1.0", .started = 1709445600000, .now = 1709445660000, .epoch = 10, .head = 4,
                       .oldest = 1, .rate_1m = 0.5, .watching = "inotify", .feeds = feeds, .nfeeds = 2};
    char *text = json_status(&s);
    assert_non_null(text);
    assert_non_null(strstr(text, "{\n  \"version\": \"0.1.0\",\n  \"started\": \"2024-03-03T06:00:00Z\",\n"));
    assert_non_null(strstr(text, "\n  \"epoch\": \"000000000000000a\",\n  \"head\": 4,\n"));
    assert_non_null(strstr(text, "\n  \"rate1m\": 0.5,\n"));
    assert_non_null(strstr(text, "\"expectMs\": 7000,\n      \"overdue\": true\n"));
    assert_null(strstr(text, "lastError"));
    assert_null(strstr(text, "paused"));
    assert_null(strstr(text, "backlogOldest"));
    assert_null(strstr(text, "null"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line),
        cmocka_unit_test(ninjs_alone),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(events),
        cmocka_unit_test(status),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
