// SPDX-License-Identifier: MIT
/* report: see report.h. */
#include "clients/report.h"

#include "clients/print.h"

#include <string.h>

#define LOUD "\033[1;31m"
#define PLAIN "\033[0m"

static unsigned long long u(uint64_t n)
{
    return n;
}

/* Whatever is neither watched nor polled is gone, however the daemon words it. */
static bool gone(const struct status *s)
{
    return s->watching != NULL && s->watching[0] != '\0' && strncmp(s->watching, "inotify", 7) != 0 &&
           strncmp(s->watching, "polling", 7) != 0;
}

bool report_healthy(const struct status *s)
{
    return s->paused == NULL && !gone(s);
}

char *report_age(char out[32], int64_t ms)
{
    int64_t seconds = ms > 0 ? ms / 1000 : 0;
    long long s = seconds, min = s / 60, h = min / 60, days = h / 24;
    if (s < 60)
        snprintf(out, 32, "%lld s", s);
    else if (min < 60)
        snprintf(out, 32, "%lld min", min);
    else if (h < 24)
        snprintf(out, 32, "%lld h %lld min", h, min % 60);
    else
        snprintf(out, 32, "%lld day%s %lld h", days, days == 1 ? "" : "s", h % 24);
    return out;
}

char *report_size(char out[32], uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024) {
        snprintf(out, 32, "%llu bytes", u(bytes));
        return out;
    }
    double n = (double)bytes / 1024;
    size_t unit = 0;
    for (; n >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        n /= 1024;
    snprintf(out, 32, "%.1f %s", n, units[unit]);
    return out;
}

/* --- for a person --------------------------------------------------------------------------------------- */

static void loud(FILE *f, bool colour, const char *label, const char *text)
{
    fprintf(f, "%s%s: ", colour ? LOUD : "", label);
    print_safe(f, text, strlen(text));
    fputs(colour ? PLAIN "\n\n" : "\n\n", f);
}

static void put_counts(FILE *f, const struct status *s)
{
    char age[32], size[32], left[32];
    fprintf(f, "  head        %llu, oldest %llu, epoch %016llx; %llu dispatches in all\n", u(s->head),
            u(s->oldest), u(s->epoch), u(s->dispatches));
    fprintf(f, "  rate        %.2f a second in the last minute, %.2f in the last 15\n", s->rate_1m,
            s->rate_15m);
    if (s->backlog > 0 && s->backlog_oldest > 0)
        fprintf(f, "  backlog     %llu file%s, the oldest waits %s\n", u(s->backlog),
                s->backlog == 1 ? "" : "s", report_age(age, s->now - s->backlog_oldest));
    else
        fprintf(f, "  backlog     %llu file%s\n", u(s->backlog), s->backlog == 1 ? "" : "s");
    fprintf(f, "  files       %llu done, %llu rejected, %llu times put off, since the start\n", u(s->done),
            u(s->bad), u(s->retry));
    fprintf(f, "  dispatches  %llu new, %llu seen before, %llu pieces rejected, since the start\n",
            u(s->fresh), u(s->seen), u(s->slices_rejected));
    fprintf(f, "  store       %s, %s left\n", report_size(size, s->store_bytes),
            report_size(left, s->store_free_bytes));
    if (s->indexed > 0 && s->indexed >= s->head)
        fprintf(f, "  search      has all of it\n");
    else if (s->indexed > 0)
        fprintf(f, "  search      %llu of %llu records behind\n", u(s->head - s->indexed), u(s->head));
    fprintf(f, "  wire        %llu subscriber%s, %llu catching up; ", u(s->subscribers),
            s->subscribers == 1 ? "" : "s", u(s->replaying));
    fprintf(f, "%llu copies sent, %llu requests answered\n", u(s->published), u(s->replays));
}

static void put_text(FILE *f, const char *label, const char *text)
{
    fprintf(f, "  %-11s ", label);
    print_safe(f, text, strlen(text));
    fputc('\n', f);
}

static void put_feeds(FILE *f, const struct status *s, bool colour)
{
    size_t width = strlen("feed");
    for (size_t i = 0; i < s->nfeeds; i++)
        width = strlen(s->feeds[i].name) > width ? strlen(s->feeds[i].name) : width;
    fprintf(f, "\n  %-*s  %9s  %10s  last\n", (int)width, "feed", "files", "dispatches");
    for (size_t i = 0; i < s->nfeeds; i++) {
        const struct status_feed *feed = &s->feeds[i];
        char age[32], expected[32];
        fputs("  ", f);
        print_safe(f, feed->name, strlen(feed->name));
        fprintf(f, "%*s  %9llu  %10llu  ", (int)(width - strlen(feed->name)), "", u(feed->files),
                u(feed->dispatches));
        if (feed->last > 0)
            fprintf(f, "%s ago", report_age(age, s->now - feed->last));
        else
            fputs("none yet", f);
        if (feed->overdue)
            fprintf(f, "  %sOVERDUE%s: expected every %s", colour ? LOUD : "", colour ? PLAIN : "",
                    report_age(expected, feed->expect_ms));
        fputc('\n', f);
    }
}

void report_text(FILE *f, const struct status *s, const char *endpoint, bool colour)
{
    char age[32];
    if (s->paused != NULL)
        loud(f, colour, "paused", s->paused);
    if (gone(s))
        loud(f, colour, "drop directory", s->watching);
    fputs("newswired ", f);
    print_safe(f, s->version != NULL ? s->version : "?", s->version != NULL ? strlen(s->version) : 1);
    fprintf(f, " at %s, up %s\n", endpoint, report_age(age, s->now - s->started));
    put_counts(f, s);
    if (s->watching != NULL)
        put_text(f, "watching", s->watching);
    if (s->last_error != NULL) {
        put_text(f, "last error", s->last_error);
        if (s->last_error_at > 0)
            fprintf(f, "  %-11s %s ago\n", "", report_age(age, s->now - s->last_error_at));
    }
    if (s->nfeeds > 0)
        put_feeds(f, s, colour);
}

/* --- for Prometheus ------------------------------------------------------------------------------------- */

static void metric(FILE *f, const char *name, const char *type, const char *help)
{
    fprintf(f, "# HELP newswire_%s %s\n# TYPE newswire_%s %s\n", name, help, name, type);
}

static void count(FILE *f, const char *name, uint64_t value, const char *help)
{
    metric(f, name, "counter", help);
    fprintf(f, "newswire_%s %llu\n", name, u(value));
}

static void gauge(FILE *f, const char *name, uint64_t value, const char *help)
{
    metric(f, name, "gauge", help);
    fprintf(f, "newswire_%s %llu\n", name, u(value));
}

static void seconds(FILE *f, const char *name, int64_t ms, const char *help)
{
    metric(f, name, "gauge", help);
    fprintf(f, "newswire_%s %.3f\n", name, (double)ms / 1000);
}

/* name="value", escaped as the format wants it. */
static void label(FILE *f, const char *name, const char *value)
{
    fprintf(f, "{%s=\"", name);
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\n')
            fputs("\\n", f);
        else if (*p == '"' || *p == '\\')
            fprintf(f, "\\%c", *p);
        else
            fputc(*p, f);
    }
    fputs("\"}", f);
}

static void put_labelled(FILE *f, const char *name, const char *key, const char *value, uint64_t n)
{
    fprintf(f, "newswire_%s", name);
    label(f, key, value);
    fprintf(f, " %llu\n", u(n));
}

static void metrics_intake(FILE *f, const struct status *s)
{
    gauge(f, "paused", s->paused != NULL, "1 while intake stands still.");
    gauge(f, "spool_gone", gone(s), "1 while the drop directory is not there.");
    gauge(f, "backlog_files", s->backlog, "Files that wait in the drop directory.");
    seconds(f, "backlog_oldest_seconds", s->backlog_oldest > 0 ? s->now - s->backlog_oldest : 0,
            "How long the oldest of them has been waiting.");
    metric(f, "files_total", "counter", "Drop files by fate since the start.");
    put_labelled(f, "files_total", "fate", "done", s->done);
    put_labelled(f, "files_total", "fate", "bad", s->bad);
    put_labelled(f, "files_total", "fate", "retry", s->retry);
    metric(f, "dispatches_total", "counter", "Dispatches taken in since the start.");
    put_labelled(f, "dispatches_total", "state", "new", s->fresh);
    put_labelled(f, "dispatches_total", "state", "seen", s->seen);
    count(f, "slices_rejected_total", s->slices_rejected, "Pieces of files set aside since the start.");
    seconds(f, "last_error_time_seconds", s->last_error_at,
            "Unix time of the last error, 0 if there was none.");
}

static void metrics_wire(FILE *f, const struct status *s)
{
    gauge(f, "head_seq", s->head, "Seq of the newest record.");
    gauge(f, "oldest_seq", s->oldest, "Seq of the oldest record that can be had.");
    gauge(f, "store_dispatches", s->dispatches, "Dispatches ever stored in this store.");
    gauge(f, "store_bytes", s->store_bytes, "Size of the store on disk.");
    gauge(f, "store_free_bytes", s->store_free_bytes, "Bytes left on its file system.");
    gauge(f, "indexed_seq", s->indexed, "head_seq, less the records that the search index lacks; 0 without one.");
    gauge(f, "subscribers", s->subscribers, "Connections to the publish socket.");
    gauge(f, "replaying_peers", s->replaying, "Subscribers with a page under way.");
    count(f, "replays_total", s->replays, "Requests answered since the start.");
    count(f, "published_copies_total", s->published, "Copies of records sent since the start.");
}

static void metrics_feeds(FILE *f, const struct status *s)
{
    metric(f, "feed_files_total", "counter", "Drop files of the feed since the start.");
    for (size_t i = 0; i < s->nfeeds; i++)
        put_labelled(f, "feed_files_total", "feed", s->feeds[i].name, s->feeds[i].files);
    metric(f, "feed_dispatches_total", "counter", "Dispatches of the feed since the start.");
    for (size_t i = 0; i < s->nfeeds; i++)
        put_labelled(f, "feed_dispatches_total", "feed", s->feeds[i].name, s->feeds[i].dispatches);
    metric(f, "feed_last_arrival_time_seconds", "gauge", "Unix time of the feed's last file, 0 for none.");
    for (size_t i = 0; i < s->nfeeds; i++)
        put_labelled(f, "feed_last_arrival_time_seconds", "feed", s->feeds[i].name,
                     (uint64_t)(s->feeds[i].last / 1000));
    metric(f, "feed_overdue", "gauge", "1 while the feed is quiet for longer than its 'expect'.");
    for (size_t i = 0; i < s->nfeeds; i++)
        put_labelled(f, "feed_overdue", "feed", s->feeds[i].name, s->feeds[i].overdue);
}

void report_prometheus(FILE *f, const struct status *s)
{
    metric(f, "build_info", "gauge", "Version of the daemon.");
    put_labelled(f, "build_info", "version", s->version != NULL ? s->version : "", 1);
    seconds(f, "start_time_seconds", s->started, "Unix time at which the daemon started.");
    metrics_intake(f, s);
    metrics_wire(f, s);
    if (s->nfeeds > 0)
        metrics_feeds(f, s);
}
