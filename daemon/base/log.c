// SPDX-License-Identifier: MIT
/* log: see log.h. A line is put together in a buffer on the stack and leaves in one write(2), so that
 * lines of threads never mix. Logging cannot fail: what stderr does not take is lost. */
#include "daemon/base/log.h"

#include "proto/utf8.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096 // PIPE_BUF: a pipe takes that much as one piece
#define VALUE_MAX 1024

static const char *const words[] = {"error", "warn", "notice", "debug"};

static _Atomic enum log_level most_shown = LOG_NOTICE;
static void (*_Atomic tapped)(enum log_level, const char *);

struct line {
    size_t n;
    char text[LINE_MAX_BYTES]; // ends in NUL
};

void log_level_set(enum log_level most)
{
    atomic_store_explicit(&most_shown, most, memory_order_relaxed);
}

bool log_level_of(const char *word, enum log_level *out)
{
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_tap(void (*tap)(enum log_level level, const char *text))
{
    atomic_store_explicit(&tapped, tap, memory_order_release);
}

/* Puts text behind the line; one byte stays free for the newline. Cut at a whole character. */
static void put(struct line *l, const char *p, size_t n)
{
    size_t room = sizeof l->text - 2 - l->n;
    if (n > room)
        n = utf8_valid(p, room);
    memcpy(l->text + l->n, p, n);
    l->n += n;
    l->text[l->n] = '\0';
}

static void put_word(struct line *l, const char *word)
{
    put(l, word, strlen(word));
}

static void put_shown(struct line *l, const char *p, size_t n)
{
    char shown[4 * VALUE_MAX + 1]; // \xNN for each byte at worst
    put_word(l, utf8_show(shown, sizeof shown, p, n));
}

static bool is_plain(const char *value)
{
    for (const char *p = value; *p != '\0'; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("=\"\\", *p) != NULL)
            return false;
    return *value != '\0';
}

/* Inside quotes `"` and `\` stand behind a backslash, so that \xNN can be told from what was there. */
static void put_quoted(struct line *l, const char *value, size_t n)
{
    put_word(l, "\"");
    for (size_t i = 0; i < n;) {
        size_t run = strcspn(value + i, "\"\\");
        if (run > n - i)
            run = n - i;
        put_shown(l, value + i, run);
        i += run;
        if (i < n) {
            put_word(l, "\\");
            put(l, value + i++, 1);
        }
    }
    put_word(l, "\"");
}

static void put_value(struct line *l, const char *value)
{
    size_t n = utf8_cut(value, strnlen(value, VALUE_MAX + 1), VALUE_MAX);
    if (is_plain(value))
        put(l, value, n);
    else
        put_quoted(l, value, n);
}

/* Writes what the conversion `spec` (behind its '%') stands for; returns the conversion's length. */
static size_t put_conversion(struct line *l, const char *spec, va_list *ap)
{
    char digits[32] = "";
    size_t taken = 1;
    if (spec[0] == 's') {
        const char *value = va_arg(*ap, const char *);
        put_value(l, value != NULL ? value : "");
    } else if (spec[0] == 'd') {
        snprintf(digits, sizeof digits, "%d", va_arg(*ap, int));
    } else if (spec[0] == 'u') {
        snprintf(digits, sizeof digits, "%u", va_arg(*ap, unsigned));
    } else if (strncmp(spec, "zu", 2) == 0) {
        snprintf(digits, sizeof digits, "%zu", va_arg(*ap, size_t));
        taken = 2;
    } else if (strncmp(spec, "llu", 3) == 0 || strncmp(spec, "llx", 3) == 0) {
        unsigned long long value = va_arg(*ap, unsigned long long);
        snprintf(digits, sizeof digits, spec[2] == 'x' ? "%016llx" : "%llu", value);
        taken = 3;
    } else {
        assert(!"a conversion that log.h does not name");
    }
    put_word(l, digits);
    return taken;
}

static void put_pairs(struct line *l, const char *pairs, va_list *ap)
{
    while (*pairs != '\0') {
        size_t literal = strcspn(pairs, "%");
        put(l, pairs, literal);
        pairs += literal;
        if (*pairs == '%')
            pairs += 1 + put_conversion(l, pairs + 1, ap);
    }
}

/* $JOURNAL_STREAM is "device:inode" of the stream that the journal reads (systemd.exec(5)): it may be
 * inherited by a program whose stderr goes elsewhere. */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;
    return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &st) == 0 && device == st.st_dev && inode == st.st_ino;
}

static void put_prefix(struct line *l, enum log_level level)
{
    // syslog's err, warning, notice, debug
    static const char *const priorities[] = {"<3>", "<4>", "<5>", "<7>"};
    if (is_journal()) {
        put_word(l, priorities[level]);
    } else if (isatty(STDERR_FILENO)) {
        char stamp[40];
        struct tm tm;
        time_t now = time(NULL);
        if (localtime_r(&now, &tm) != NULL && strftime(stamp, sizeof stamp, "%F %T ", &tm) > 0)
            put_word(l, stamp);
    }
}

static void write_line(enum log_level level, const char *room, const char *msg, const char *pairs)
{
    struct line l = {0};
    put_prefix(&l, level);
    put_word(&l, "level=");
    put_word(&l, words[level]);
    put_word(&l, " room=");
    put_word(&l, room);
    put_word(&l, " msg=");
    put_quoted(&l, msg, strlen(msg));
    put_word(&l, pairs);
    l.text[l.n++] = '\n';
    if (write(STDERR_FILENO, l.text, l.n) < 0)
        return; // nobody is left to tell
}

void log_at(enum log_level level, const char *room, const char *msg, const char *pairs, ...)
{
    void (*tap)(enum log_level, const char *) = atomic_load_explicit(&tapped, memory_order_acquire);
    bool shown = level <= atomic_load_explicit(&most_shown, memory_order_relaxed);
    bool told = tap != NULL && level <= LOG_WARN;
    if (!shown && !told)
        return;
    int kept = errno;
    struct line rest = {0};
    va_list ap;
    va_start(ap, pairs);
    if (pairs != NULL) {
        put_word(&rest, " ");
        put_pairs(&rest, pairs, &ap);
    }
    va_end(ap);
    if (shown)
        write_line(level, room, msg, rest.text);
    if (told) {
        struct line l = {0};
        put_word(&l, room);
        put_word(&l, ": ");
        put_word(&l, msg);
        put_word(&l, rest.text);
        tap(level, l.text);
    }
    errno = kept;
}
