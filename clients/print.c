// SPDX-License-Identifier: MIT
/* print: see print.h. Everything is written into a memory stream; what a dispatch says passes print_safe() on
 * its way. */
#include "clients/print.h"

#include "proto/json.h"
#include "proto/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DIM "\033[2m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define WRAP_DEFAULT 80
#define LABEL_COLUMNS 14 /* "  confidence  " */

void print_safe(FILE *f, const char *p, size_t n)
{
    // A byte becomes 4 at most (\xNN), and "\u{202E}" stands for two or three of them: 4 a byte are enough.
    char shown[4 * 64 + 1];
    while (n > 0) {
        size_t take = utf8_cut(p, n, 64); // both halves of a character would be shown as invalid bytes
        fputs(utf8_show(shown, sizeof shown, p, take), f);
        p += take;
        n -= take;
    }
}

static void safe(FILE *f, const char *text)
{
    print_safe(f, text, strlen(text));
}

char *print_time(char out[32], int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    if (ms == 0 || localtime_r(&seconds, &tm) == NULL || strftime(out, 32, "%Y-%m-%d %H:%M", &tm) == 0)
        snprintf(out, 32, "never");
    return out;
}

/* --- one line ------------------------------------------------------------------------------------------- */

/* "14:58", "2023-11-08 14:58", "2023-11-08", or "~14:58" when none was printed. */
static void put_time(FILE *f, const struct newswire_event *e, const struct print_style *style)
{
    const struct newswire_dispatch *d = e->dispatch;
    bool none = d->content_created == NULL || strlen(d->content_created) < strlen("2023-11-08T14:58");
    bool day = d->time_precision != NULL && strcmp(d->time_precision, "day") == 0;
    char today[32], stored[32], printed[32];
    print_time(today, style->now_ms);
    if (none)
        snprintf(printed, sizeof printed, "%s", print_time(stored, e->stored));
    else
        snprintf(printed, sizeof printed, "%.10s %.5s", d->content_created, d->content_created + 11);

    size_t date = strlen("2023-11-08");
    if (day && !none)
        printed[date] = '\0';
    bool short_form = !(day && !none) && strncmp(today, printed, date) == 0;
    if (none)
        fputc('~', f);
    safe(f, short_form ? printed + date + 1 : printed);
}

static const char *kind_word(enum newswire_kind kind)
{
    switch (kind) {
    case NEWSWIRE_REVISED:
        return "revised";
    case NEWSWIRE_CORRECTED:
        return "corrected";
    case NEWSWIRE_CANCELED:
        return "canceled";
    case NEWSWIRE_RETAGGED:
        return "retagged";
    case NEWSWIRE_NEW:
        break;
    }
    return NULL;
}

static const char *or_dash(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "-";
}

/* Everything before the topics, without colour: its width decides how many of those fit. */
static char *line_front(const struct newswire_event *e, const struct print_style *style)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return NULL;
    const struct newswire_dispatch *d = e->dispatch;
    fprintf(f, "%llu  ", (unsigned long long)e->seq);
    put_time(f, e, style);
    fputs("  ", f);
    safe(f, or_dash(d->agency));
    fputs("  ", f);
    safe(f, or_dash(d->located));
    fputs("  ", f);
    if (d->feed != NULL && d->feed[0] != '\0' && strcmp(d->feed, "default") != 0) {
        fputc('[', f);
        safe(f, d->feed);
        fputs("] ", f);
    }
    const char *kind = kind_word(e->kind);
    if (kind != NULL)
        fprintf(f, "[%s] ", kind);
    safe(f, d->headline != NULL ? d->headline : "(no headline)");
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static size_t count_topics(const char *const *topics)
{
    size_t n = 0;
    while (topics[n] != NULL)
        n++;
    return n;
}

/* What a person reads of a topic. Nothing of what the line tells already, the last segment of a subject, else
 * all of it; never the slash at its end. */
struct word {
    const char *p;
    size_t n;
};

static struct word topic_word(const char *topic)
{
    static const char *const told[] = {"agency/", "feed/", "language/", "place/"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strncmp(topic, told[i], strlen(told[i])) == 0)
            return (struct word){topic, 0};
    size_t end = strlen(topic), from = 0, subject = strlen("subject/");
    end -= end > 0 && topic[end - 1] == '/';
    if (strncmp(topic, "subject/", subject) == 0)
        for (from = end; from > subject && topic[from - 1] != '/';)
            from--;
    return (struct word){topic + from, end - from};
}

/* Fills in the words that are shown, each once: two subjects may end alike. Returns how many. */
static size_t topic_words(const char *const *topics, struct word *words)
{
    size_t n = 0;
    for (; *topics != NULL; topics++) {
        struct word word = topic_word(*topics);
        size_t same = 0;
        while (same < n && (words[same].n != word.n || memcmp(words[same].p, word.p, word.n) != 0))
            same++;
        if (word.n > 0 && same == n)
            words[n++] = word;
    }
    return n;
}

/* How many of the words fit into `room` columns as "(one, two)", or as "(one, two, +3)" when some do not. */
static size_t words_that_fit(const struct word *words, size_t n, size_t room)
{
    size_t used = strlen("()"), fit = 0, fit_with_rest = 0;
    for (; fit < n; fit++) {
        used += (fit > 0 ? strlen(", ") : 0) + utf8_width(words[fit].p, words[fit].n);
        if (used > room)
            break;
        if (used + strlen(", +256") <= room)
            fit_with_rest = fit + 1;
    }
    return fit == n ? n : fit_with_rest;
}

static void put_words(FILE *f, const struct word *words, size_t n, size_t fit, bool colour)
{
    if (n == 0)
        return;
    fprintf(f, "  %s(", colour ? DIM : "");
    for (size_t i = 0; i < fit; i++) {
        fputs(i > 0 ? ", " : "", f);
        print_safe(f, words[i].p, words[i].n);
    }
    if (fit < n)
        fprintf(f, "%s+%zu", fit > 0 ? ", " : "", n - fit);
    fprintf(f, ")%s", colour ? PLAIN : "");
}

char *print_line(const struct newswire_event *e, const struct print_style *style)
{
    char *front = line_front(e, style), *text = NULL;
    struct word *words = calloc(count_topics(e->topics) + 1, sizeof *words);
    size_t size, n = words != NULL ? topic_words(e->topics, words) : 0, fit = n;
    FILE *f = front != NULL && words != NULL ? open_memstream(&text, &size) : NULL;
    if (f != NULL) {
        if (style->columns > 0) {
            // A long headline runs over to a further row of the terminal: the room is what that row has left.
            size_t used = utf8_width(front, strlen(front)) + strlen("  ");
            fit = words_that_fit(words, n, style->columns - used % style->columns);
        }
        fputs(front, f);
        put_words(f, words, n, fit, style->colour);
        if (fclose(f) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(words);
    free(front);
    return text;
}

char *print_json(const struct newswire_event *e)
{
    struct head head = {.epoch = e->epoch,
                        .seq = e->seq,
                        .kind = e->kind,
                        .version = e->dispatch->version,
                        .stored = e->stored,
                        .topics = e->topics,
                        .ntopics = count_topics(e->topics)};
    memcpy(head.id, e->dispatch->id, sizeof head.id);
    return json_line(e->dispatch, &head, e->topics);
}

char *print_notice(const struct newswire_event *e)
{
    char *text = NULL;
    int n = e->type == NEWSWIRE_GONE
                ? asprintf(&text, "records %llu..%llu are gone (behind the daemon's retention)",
                           (unsigned long long)e->gone_from, (unsigned long long)e->gone_to)
                : asprintf(&text,
                           "the daemon's store is a new one (epoch %016llx); its records come from the start",
                           (unsigned long long)e->epoch);
    return n < 0 ? NULL : text;
}

/* --- the whole dispatch --------------------------------------------------------------------------------- */

/* Wraps text at white space; a newline in it stays one. The first line has `used` columns taken, further ones
 * are indented by `indent`. A word wider than the terminal is left whole (an address must stay one). */
static void put_wrapped(FILE *f, const char *text, size_t columns, size_t used, size_t indent)
{
    bool first = true;
    for (const char *p = text; *p != '\0';) {
        size_t breaks = 0, blanks = strspn(p, " \t\n");
        for (size_t i = 0; i < blanks; i++)
            breaks += p[i] == '\n';
        p += blanks;
        size_t n = strcspn(p, " \t\n"), width = utf8_width(p, n);
        if (n == 0)
            break;
        if (!first && breaks == 0 && used + 1 + width > columns)
            breaks = 1;
        if (first || breaks == 0) {
            fputs(first ? "" : " ", f);
            used += first ? 0 : 1;
        } else {
            for (size_t i = 0; i < breaks; i++)
                fputc('\n', f);
            fprintf(f, "%*s", (int)indent, "");
            used = indent;
        }
        print_safe(f, p, n);
        used += width;
        p += n;
        first = false;
    }
    fputc('\n', f);
}

static void put_field(FILE *f, const char *label, const char *value, size_t columns)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(f, "  %-*s", LABEL_COLUMNS - 2, label);
    put_wrapped(f, value, columns, LABEL_COLUMNS, LABEL_COLUMNS);
}

static void put_list(FILE *f, const char *label, const char *const *values, size_t columns)
{
    for (size_t i = 0; values[i] != NULL; i++)
        put_field(f, i == 0 ? label : "", values[i], columns);
}

static void put_fields(FILE *f, const struct newswire_event *e, size_t columns)
{
    const struct newswire_dispatch *d = e->dispatch;
    char text[128], stored[32];
    snprintf(text, sizeof text, "%llu, stored %s", (unsigned long long)e->seq, print_time(stored, e->stored));
    put_field(f, "record", text, columns);
    const char *kind = kind_word(e->kind);
    if (kind != NULL || d->version > 1) {
        snprintf(text, sizeof text, "%u%s%s", d->version, kind != NULL ? ", " : "", kind != NULL ? kind : "");
        put_field(f, "version", text, columns);
    }
    put_field(f, "agency", d->agency, columns);
    put_field(f, "dateline", d->dateline, columns);
    put_field(f, "place", d->located, columns);
    put_field(f, "country", d->country, columns);
    put_field(f, "printed", d->content_created, columns);
    put_field(f, "by", d->by, columns);
    put_field(f, "slugline", d->slugline, columns);
    put_field(f, "language", d->language, columns);
    if (d->urgency > 0) {
        snprintf(text, sizeof text, "%u", d->urgency);
        put_field(f, "urgency", text, columns);
    }
    put_field(f, "note", d->ed_note, columns);
    put_field(f, "terms", d->usage_terms, columns);
}

static void put_origin(FILE *f, const struct newswire_dispatch *d, size_t columns)
{
    char text[96];
    put_field(f, "feed", d->feed, columns);
    put_field(f, "file", d->file, columns);
    snprintf(text, sizeof text, "%u in the file, bytes %llu..%llu", d->index, (unsigned long long)d->offset,
             (unsigned long long)(d->offset + d->length));
    put_field(f, "dispatch", text, columns);
    put_field(f, "charset", d->charset, columns);
    snprintf(text, sizeof text, "%.2f", d->confidence);
    put_field(f, "confidence", text, columns);
    size_t n = (size_t)snprintf(text, sizeof text, "urn:newswire:");
    for (size_t i = 0; i < NEWSWIRE_ID_LEN; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%02x", d->id[i]);
    put_field(f, "uri", text, columns);
}

char *print_whole(const struct newswire_event *e, const struct print_style *style)
{
    char *text = NULL;
    size_t n, columns = style->columns > 0 ? style->columns : WRAP_DEFAULT;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return NULL;
    const struct newswire_dispatch *d = e->dispatch;
    fputs(style->colour ? BOLD : "", f);
    put_wrapped(f, d->headline != NULL ? d->headline : "(no headline)", columns, 0, 0);
    fputs(style->colour ? PLAIN "\n" : "\n", f);
    put_fields(f, e, columns);
    fputc('\n', f);
    if (d->body != NULL) {
        put_wrapped(f, d->body, columns, 0, 0);
        fputc('\n', f);
    }
    put_list(f, "topics", e->topics, columns);
    put_list(f, "warning", d->warnings, columns);
    put_origin(f, d, columns);
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
