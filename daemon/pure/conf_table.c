// SPDX-License-Identifier: MIT
/* conf_table: see conf_table.h. Defaults are text and go through conf_set() as an operator's values do: there
 * is one way in, and a default that breaks its own rule would show in the first test. */
#include "daemon/pure/conf_table.h"
#include "daemon/pure/text.h"
#include "proto/topic.h"

#include <stdio.h>
#include <string.h>

#define MEMBER(type, at) .offset = offsetof(type, at), .size = sizeof(((type *)0)->at)
#define ROWS(type, at, count)                                                                                \
    .offset = offsetof(type, at), .size = sizeof(((type *)0)->at[0]), .count_offset = offsetof(type, count), \
    .rows = sizeof(((type *)0)->at) / sizeof(((type *)0)->at[0])
#define AT(at) MEMBER(struct conf, at)
#define LIST_AT(at, count) ROWS(struct conf, at, count)
#define FEED(at) MEMBER(struct conf_feed, at)
#define FEED_LIST(at, count) ROWS(struct conf_feed, at, count)

#define CENTURY "36500d"

const struct conf_key conf_keys[] = {
    {"spool", "directory", CONF_PATH, AT(spool.directory), .value = "/var/spool/newswire"},
    {"spool", "after", CONF_CHOICE, AT(spool.after), .value = "archive", .words = "archive delete"},
    {"spool", "settle", CONF_TIME, AT(spool.settle_ms), .value = "2s", .min = "0", .max = "1h"},
    {"spool", "poll", CONF_TIME, AT(spool.poll_ms), .value = "5s", .min = "100ms", .max = "1h"},
    {"spool", "max_file", CONF_SIZE, AT(spool.max_file), .value = "64M", .min = "1K", .max = "1G"},
    {"spool", "max_items", CONF_NUMBER64, AT(spool.max_items), .value = "10000", .min = "1",
     .max = "1000000"},
    {"spool", "max_lines", CONF_NUMBER64, AT(spool.max_lines), .value = "2000000", .min = "1",
     .max = "100000000"},
    {"spool", "max_dispatch", CONF_SIZE, AT(spool.max_dispatch), .value = "1M", .min = "1K", .max = "16M"},
    {"spool", "archive_keep", CONF_TIME, AT(spool.archive_keep_ms), .value = "30d", .min = "0",
     .max = CENTURY},
    {"spool", "skip", CONF_LIST, LIST_AT(spool.skip, spool.nskip), .value = "*.tmp *.part *.filepart *~"},
    {"store", "directory", CONF_PATH, AT(store.directory), .value = "/var/lib/newswire"},
    {"store", "keep", CONF_TIME, AT(store.keep_ms), .value = "0", .min = "0", .max = CENTURY},
    {"store", "remember", CONF_TIME, AT(store.remember_ms), .value = "0", .min = "0", .max = CENTURY},
    {"store", "reserve", CONF_SIZE, AT(store.reserve), .value = "16M", .min = "0", .max = "1024G"},
    {"store", "search", CONF_BOOL, AT(store.search), .value = "yes"},
    {"publish", "bind", CONF_BINDS, LIST_AT(publish.bind, publish.nbind),
     .value = "ipc:///run/newswire/publish tcp://127.0.0.1:5570"},
    {"publish", "sndhwm", CONF_NUMBER32, AT(publish.sndhwm), .value = "10000", .min = "1", .max = "10000000"},
    {"replay", "bind", CONF_BINDS, LIST_AT(replay.bind, replay.nbind),
     .value = "ipc:///run/newswire/replay tcp://127.0.0.1:5571"},
    {"topics", "rules", CONF_PATH, AT(topics.rules), .value = "/etc/newswire/rules.d"},
    {"log", "level", CONF_WORD, AT(log.level), .value = "notice", .words = "error warn notice debug"},
    {"feed", "agency", CONF_TEXT, FEED(agency), .value = ""},
    {"feed", "zone", CONF_ZONE, FEED(zone), .value = ""},
    {"feed", "language", CONF_LANGUAGE, FEED(language), .value = ""},
    {"feed", "charset", CONF_CHARSET, FEED(charset), .value = ""},
    {"feed", "format", CONF_WORD, FEED(format), .value = "digest", .words = "digest"},
    {"feed", "topics", CONF_TOPICS, FEED_LIST(topics, ntopics), .value = ""},
    {"feed", "urgency", CONF_NUMBER32, FEED(urgency), .value = "0", .min = "0", .max = "9"},
    {"feed", "trust_close", CONF_BOOL, FEED(trust_close), .value = "no"},
    {"feed", "min_confidence", CONF_SHARE, FEED(min_confidence), .value = "0.5"},
    {"feed", "expect", CONF_TIME, FEED(expect_ms), .value = "0", .min = "0", .max = CENTURY},
};
const size_t conf_nkeys = sizeof conf_keys / sizeof *conf_keys;

/* --- one value into its place ----------------------------------------------------------------- */

static bool put_text(const struct conf_key *key, char *to, const char *value, struct err *e)
{
    if (strlen(value) >= key->size)
        return err_set(e, "at most %zu bytes were expected", key->size - 1);
    memcpy(to, value, strlen(value) + 1);
    return true;
}

/* Index of a word in `words`, -1 = not there. */
static int choice(const char *words, const char *value)
{
    size_t n = strlen(value);
    int index = 0;
    for (const char *p = words; *p != '\0'; index++) {
        size_t length = strcspn(p, " ");
        if (length == n && memcmp(p, value, n) == 0)
            return index;
        p += length + (p[length] == ' ');
    }
    return -1;
}

static bool whole_number(const char *text, uint64_t *out, struct err *e)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text) || !conf_size(text, out, NULL))
        return err_set(e, "a whole number was expected");
    return true;
}

static bool measure(const struct conf_key *key, const char *text, uint64_t *out, struct err *e)
{
    int64_t ms = 0;
    if (key->type == CONF_TIME) {
        bool good = conf_time(text, &ms, e);
        *out = (uint64_t)ms;
        return good;
    }
    return key->type == CONF_SIZE ? conf_size(text, out, e) : whole_number(text, out, e);
}

/* Numbers of every kind, within the limits that the table says in words. */
static bool put_number(const struct conf_key *key, void *to, const char *value, struct err *e)
{
    uint64_t n, min = 0, max = UINT64_MAX;
    if (!measure(key, value, &n, e))
        return false;
    if ((key->min != NULL && !measure(key, key->min, &min, e)) ||
        (key->max != NULL && !measure(key, key->max, &max, e)))
        return false;
    if (n < min || n > max)
        return err_set(e, "from %s to %s was expected", key->min, key->max);
    if (key->size == sizeof(uint32_t))
        memcpy(to, &(uint32_t){(uint32_t)n}, sizeof(uint32_t));
    else
        memcpy(to, &n, sizeof n);
    return true;
}

static bool put_topic(const char *text, char *to, struct err *e)
{
    struct topic_pattern pattern;
    if (!topic_pattern(text, &pattern, e))
        return false;
    if (pattern.exclude || pattern.wild || !topic_valid(pattern.text) || strcmp(pattern.text, TOPIC_ALL) == 0)
        return err_set(
            e, "a topic to give was expected, as in watch/caucasus: without '!' and '*', and not 'all'");
    memcpy(to, pattern.text, strlen(pattern.text) + 1);
    return true;
}

static bool put_row(const struct conf_key *key, char *row, const char *word, struct err *e)
{
    if (key->type == CONF_BINDS)
        return conf_endpoint(word, row, key->size, e);
    return key->type == CONF_TOPICS ? put_topic(word, row, e) : put_text(key, row, word, e);
}

static bool put_list(const struct conf_key *key, char *base, const char *value, struct err *e)
{
    size_t *count = (size_t *)(void *)(base + key->count_offset);
    for (const char *p = value + strspn(value, " \t"); *p != '\0'; p += strspn(p, " \t")) {
        char word[512];
        size_t n = strcspn(p, " \t");
        if (*count == key->rows)
            return err_set(e, "at most %zu were expected", key->rows);
        if (n >= sizeof word)
            return err_set(e, "'%.20s...' is too long", p);
        memcpy(word, p, n);
        word[n] = '\0';
        char *row = base + key->offset + *count * key->size;
        if (!put_row(key, row, word, e)) {
            memset(row, 0, key->size);
            return false;
        }
        ++*count;
        p += n;
    }
    return key->type != CONF_BINDS || *count > 0 ||
           err_set(e, "an endpoint was expected, as in tcp://127.0.0.1:5570");
}

/* The shape of a BCP 47 tag: letters and digits in parts of up to 8, the first of 2 or 3 letters. */
static bool language_shaped(const char *tag)
{
    size_t first = strspn(tag, "abcdefghijklmnopqrstuvwxyz");
    const char *p = tag + first;
    while (*p == '-') {
        size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (n < 1 || n > 8)
            return false;
        p += n + 1;
    }
    return (first == 2 || first == 3) && *p == '\0';
}

static bool check_text(const struct conf_key *key, const char *value, struct err *e)
{
    bool empty = value[0] == '\0';
    switch (key->type) {
    case CONF_PATH:
        return value[0] == '/' || err_set(e, "a whole path was expected, as in %s", key->value);
    case CONF_WORD:
    case CONF_CHOICE:
        return choice(key->words, value) >= 0 || err_set(e, "one of these was expected: %s", key->words);
    case CONF_ZONE:
        return empty || text_zone_known(value) ||
               err_set(e, "no such time zone; the tz database has Asia/Yerevan");
    case CONF_CHARSET:
        return empty || text_charset_known(value) ||
               err_set(e, "no such charset; ICU has UTF-8 and windows-1251");
    case CONF_LANGUAGE:
        return empty || language_shaped(value) ||
               err_set(e, "a language was expected, as in en, hy or pt-BR");
    default:
        return true;
    }
}

bool conf_set(const struct conf_key *key, void *base, const char *value, struct err *e)
{
    char *to = (char *)base + key->offset;
    switch (key->type) {
    case CONF_SIZE:
    case CONF_TIME:
    case CONF_NUMBER32:
    case CONF_NUMBER64:
        return put_number(key, to, value, e);
    case CONF_SHARE:
        return conf_share(value, (double *)to, e);
    case CONF_BOOL:
        return conf_bool(value, (bool *)to, e);
    case CONF_LIST:
    case CONF_TOPICS:
    case CONF_BINDS:
        return put_list(key, base, value, e);
    case CONF_CHOICE:
        if (!check_text(key, value, e))
            return false;
        memcpy(to, &(int){choice(key->words, value)}, sizeof(int));
        return true;
    default:
        return check_text(key, value, e) && put_text(key, to, value, e);
    }
}
