// SPDX-License-Identifier: MIT
/* conf: the text of a configuration file in, its meaning out. The only room that sees inih; rules are read by the
 * same reader (ini_read), so that both have the same grammar and the same kind of error.
 *
 * Pure: no file is opened here. Every problem is told as "file:line: message", all of them, not only the first. */
#ifndef DAEMON_PURE_CONF_H
#define DAEMON_PURE_CONF_H

#include "proto/err.h"

#include <stddef.h>
#include <stdint.h>

#define CONF_FEEDS_MAX 256
#define CONF_FEED_NAME_MAX 40
#define CONF_ENDPOINTS_MAX 8
#define CONF_LIST_MAX 32
#define CONF_PATH_MAX 4096
#define CONF_INSTALLED "/etc/newswire/newswired.conf" /* what both programs read when nobody names another */

/* --- the reader: INI with line numbers --------------------------------------------------------------------------
 * `section` is the text between [ and ], "" before the first. Called per key in file order; `key` NULL announces a
 * section. Lines: "key = value"; a comment begins with # or ; at the start of a line, or with " ;" or " #" behind a
 * value; a value ends at the line's end. A line over 4,000 bytes, NUL bytes, invalid UTF-8, a key
 * without "=" (":" is not taken for it), an unfinished "[": problems; such a line is passed over. White space
 * at both ends of a line and around "=" does not count. `each` returns false to end it all. Returns false if
 * any problem was told, or `each` did so. Not for two threads at once: inih's settings are global. */
typedef bool ini_fn(void *user, const char *section, const char *key, const char *value, int line);
typedef void ini_problem_fn(void *user, int line, const char *message);
bool ini_read(const char *text, size_t n, ini_fn *each, ini_problem_fn *problem, void *user);

/* --- values with units ------------------------------------------------------------------------------------------ */
bool conf_size(const char *text, uint64_t *bytes, struct err *e); /* 512, 64K, 64M, 2G (powers of 1024) */
bool conf_time(const char *text, int64_t *ms, struct err *e);     /* 500ms, 2s, 5m, 12h, 30d, 0 */
bool conf_share(const char *text, double *out, struct err *e);    /* 0 to 1: 0.5 */
bool conf_bool(const char *text, bool *out, struct err *e);       /* yes/no, true/false, on/off, 1/0 */

/* --- the configuration ------------------------------------------------------------------------------------------ */
struct conf_feed {
    char name[CONF_FEED_NAME_MAX + 1]; /* [a-z0-9-]{1,40}; "default" = files at the top of incoming/ */
    char agency[128];    /* name for dispatches that print none, "" = none */
    char zone[64];       /* tz database name, e.g. "Asia/Yerevan"; "" = the agency's */
    char language[16];   /* BCP 47; "" = detect */
    char charset[64];    /* ICU name; "" = detect */
    char format[16];     /* "digest" */
    char topics[CONF_LIST_MAX][201]; /* given to each dispatch of the feed, normal form */
    size_t ntopics;
    uint32_t urgency;    /* 1..9; 0 = none */
    bool trust_close;    /* take a file at its close-write, without waiting for quiet */
    int64_t expect_ms;   /* quiet-feed alarm; 0 = none */
    double min_confidence; /* 0 to 1: a dispatch below is flagged in its warnings */
};

enum conf_after { CONF_ARCHIVE, CONF_DELETE };

struct conf {
    struct {
        char directory[CONF_PATH_MAX]; /* default /var/spool/newswire */
        enum conf_after after;
        int64_t settle_ms;       /* 2s */
        int64_t poll_ms;         /* 5s: how often the directory is scanned without inotify; with it, every minute */
        uint64_t max_file;       /* 64M */
        uint64_t max_items;      /* 10000 dispatches in a file */
        uint64_t max_lines;      /* 2000000 lines in a file: 64M in lines of 32 bytes */
        uint64_t max_dispatch;   /* 1M: bytes of one dispatch's span */
        int64_t archive_keep_ms; /* 30d; 0 = for ever */
        char skip[CONF_LIST_MAX][64]; /* shell patterns of names never taken: *.tmp *.part *.filepart *~ */
        size_t nskip;
    } spool;
    struct {
        char directory[CONF_PATH_MAX]; /* default /var/lib/newswire */
        int64_t keep_ms;         /* 0 = for ever: the horizon behind which records are pruned */
        int64_t remember_ms;     /* 0 = for ever: how long ids are known after their record was pruned */
        uint64_t reserve;        /* 16M: intake pauses when the store's file system has less than this free */
        bool search;             /* yes: words are indexed, for newswire search */
    } store;
    struct {
        char bind[CONF_ENDPOINTS_MAX][256];
        size_t nbind; /* default ipc:///run/newswire/publish and tcp://127.0.0.1:5570 */
        uint32_t sndhwm; /* 10000 messages per subscriber */
    } publish;
    struct {
        char bind[CONF_ENDPOINTS_MAX][256];
        size_t nbind; /* default ipc:///run/newswire/replay and tcp://127.0.0.1:5571 */
    } replay;
    struct {
        char rules[CONF_PATH_MAX]; /* directory of the operator's *.rules, default /etc/newswire/rules.d */
    } topics;
    struct {
        char level[16]; /* "notice" */
    } log;
    struct conf_feed *feeds; /* feeds[0] is always "default" */
    size_t nfeeds;
};

/* Problems found, one line each: "newswired.conf:12: unknown key 'setle' in [spool]; did you mean 'settle'?" */
struct conf_problems {
    char *text; /* lines, malloc'ed; NULL = none */
    size_t count;
};
void conf_problems_free(struct conf_problems *);

/* Reads `text` over the defaults; `name` is the file's name for the messages. The result is complete even with
 * problems. NULL only when memory ran out. n = 0: the defaults. */
struct conf *conf_read(const char *name, const char *text, size_t n, struct conf_problems *out);
void conf_free(struct conf *);

/* The settings of a feed; for a name that has no section those of a feed with nothing set. Writes the name into
 * `scratch` in that case and returns it. */
const struct conf_feed *conf_feed(const struct conf *, const char *name, struct conf_feed *scratch);

bool conf_feed_name_valid(const char *name);

#endif
