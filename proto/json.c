// SPDX-License-Identifier: MIT
/* json: see json.h. The keys, in their order. */
#include "proto/json.h"

#include "proto/doc.h"
#include "proto/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A random number of 64 bits is a name, not a quantity, and most readers of JSON have 53 bits. */
static void put_epoch(struct doc *j, uint64_t epoch)
{
    char hex[17];
    snprintf(hex, sizeof hex, "%016" PRIx64, epoch);
    doc_text(j, "epoch", hex);
}

// --- ninjs -------------------------------------------------------------------------------------------------

static bool is_said(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* [ {key: value} ], how ninjs has many things of which a dispatch has one. */
static void put_named(struct doc *j, const char *list, const char *key, const char *value)
{
    if (!is_said(value))
        return;
    doc_list(j, list);
    doc_object(j, NULL);
    doc_text(j, key, value);
    doc_end(j);
    doc_end(j);
}

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x3000;
}

static void put_body(struct doc *j, const char *body)
{
    if (!is_said(body))
        return;
    uint64_t chars = 0, count = 0;
    bool blank = true;
    uint32_t c;
    for (size_t i = 0, n = strlen(body); i < n; chars++) {
        i += utf8_next(body + i, n - i, &c);
        count += blank && !is_blank(c);
        blank = is_blank(c);
    }
    doc_list(j, "bodies");
    doc_object(j, NULL);
    doc_text(j, "contentType", "text/plain");
    doc_number(j, "charCount", chars);
    doc_number(j, "wordCount", count);
    doc_text(j, "value", body);
    doc_end(j);
    doc_end(j);
}

/* One subject or place: the words of the last segment, and the topic itself to tell two of one name apart. */
static void put_concept(struct doc *j, const char *topic)
{
    char name[TOPIC_MAX + 1];
    size_t n = strlen(topic) - 1, start = n;
    while (start > 0 && topic[start - 1] != '/')
        start--;
    for (size_t i = start; i < n; i++)
        name[i - start] = topic[i] == '-' ? ' ' : topic[i];
    name[n - start] = '\0';
    doc_object(j, NULL);
    doc_text(j, "name", name);
    doc_text(j, "literal", topic);
    doc_end(j);
}

static void put_concepts(struct doc *j, const char *key, const char *below, const char *const *topics)
{
    bool any = false;
    for (; topics != NULL && *topics != NULL; topics++) {
        if (strncmp(*topics, below, strlen(below)) != 0 || !topic_valid(*topics))
            continue;
        if (strcmp(*topics, "place/zz/") == 0) // the country is not known
            continue;
        if (!any)
            doc_list(j, key);
        any = true;
        put_concept(j, *topics);
    }
    if (any)
        doc_end(j);
}

static void put_ninjs(struct doc *j, const struct newswire_dispatch *d, bool canceled,
                      const char *const *topics)
{
    char uri[sizeof "urn:newswire:" + 2 * NEWSWIRE_ID_LEN] = "urn:newswire:";
    char version[16];
    for (size_t i = 0, at = strlen(uri); i < sizeof d->id; i++)
        snprintf(uri + at + 2 * i, 3, "%02x", d->id[i]);
    snprintf(version, sizeof version, "%u", d->version);
    doc_text(j, "uri", uri);
    doc_text(j, "type", "text");
    if (d->version != 0)
        doc_text(j, "version", version);
    doc_time(j, "versionCreated", d->version_created);
    doc_text(j, "contentCreated", d->content_created);
    doc_text(j, "pubStatus", canceled ? "canceled" : "usable");
    if (d->urgency != 0)
        doc_number(j, "urgency", d->urgency);
    doc_text(j, "language", d->language);
    put_named(j, "headlines", "value", d->headline);
    put_body(j, d->body);
    doc_text(j, "by", d->by);
    doc_text(j, "located", d->located);
    put_named(j, "infoSources", "name", d->agency);
    doc_text(j, "slugline", d->slugline);
    doc_text(j, "edNote", d->ed_note);
    doc_text(j, "usageTerms", d->usage_terms);
    put_concepts(j, "subjects", "subject/", topics);
    put_concepts(j, "places", "place/", topics);
}

// --- lines -------------------------------------------------------------------------------------------------

char *json_ninjs(const struct newswire_dispatch *d, enum newswire_kind kind, const char *const *topics)
{
    struct doc *j = doc_new();
    put_ninjs(j, d, kind == NEWSWIRE_CANCELED, topics);
    return doc_done(j, false);
}

static void put_origin(struct doc *j, const struct newswire_dispatch *d)
{
    doc_object(j, "origin");
    doc_text(j, "file", d->file);
    doc_number(j, "index", d->index);
    doc_number(j, "offset", d->offset);
    doc_number(j, "length", d->length);
    doc_hex(j, "digest", d->file_digest, sizeof d->file_digest);
    doc_end(j);
}

char *json_line(const struct newswire_dispatch *d, const struct head *head, const char *const *topics)
{
    static const char *const kinds[] = {"", "new", "revised", "corrected", "canceled", "retagged"};
    struct doc *j = doc_new();
    if (head != NULL) {
        doc_number(j, "seq", head->seq);
        doc_text(j, "kind", kinds[head->kind]);
        doc_number(j, "version", head->version);
        topics = head->topics;
    }
    doc_texts(j, "topics", topics);
    doc_text(j, "feed", d->feed);
    doc_text(j, "dateline", d->dateline);
    doc_text(j, "timePrecision", d->time_precision);
    doc_real(j, "confidence", d->confidence);
    doc_texts(j, "warnings", d->warnings);
    put_origin(j, d);
    doc_object(j, "ninjs");
    put_ninjs(j, d, head != NULL && head->kind == NEWSWIRE_CANCELED, topics);
    doc_end(j);
    return doc_done(j, false);
}

char *json_event(const struct newswire_event *e)
{
    struct doc *j = doc_new();
    doc_text(j, "event", e->type == NEWSWIRE_GONE ? "gone" : "epoch");
    put_epoch(j, e->epoch);
    if (e->type == NEWSWIRE_GONE) {
        doc_number(j, "from", e->gone_from);
        doc_number(j, "to", e->gone_to);
    }
    return doc_done(j, false);
}

// --- status ------------------------------------------------------------------------------------------------

static void put_counts(struct doc *j, const struct status *s)
{
    doc_object(j, "fates");
    doc_number(j, "done", s->done);
    doc_number(j, "bad", s->bad);
    doc_number(j, "retry", s->retry);
    doc_end(j);
    doc_number(j, "fresh", s->fresh);
    doc_number(j, "seen", s->seen);
    doc_number(j, "slicesRejected", s->slices_rejected);
    doc_number(j, "storeBytes", s->store_bytes);
    doc_number(j, "storeFreeBytes", s->store_free_bytes);
    doc_number(j, "indexed", s->indexed);
    doc_number(j, "subscribers", s->subscribers);
    doc_number(j, "replays", s->replays);
    doc_number(j, "replaying", s->replaying);
    doc_number(j, "published", s->published);
}

static void put_feeds(struct doc *j, const struct status *s)
{
    doc_list(j, "feeds");
    for (size_t i = 0; i < s->nfeeds; i++) {
        const struct status_feed *f = &s->feeds[i];
        doc_object(j, NULL);
        doc_text(j, "name", f->name);
        doc_number(j, "files", f->files);
        doc_number(j, "dispatches", f->dispatches);
        doc_time(j, "last", f->last);
        if (f->expect_ms != 0)
            doc_number(j, "expectMs", (uint64_t)f->expect_ms);
        doc_bool(j, "overdue", f->overdue);
        doc_end(j);
    }
    doc_end(j);
}

char *json_status(const struct status *s)
{
    struct doc *j = doc_new();
    doc_text(j, "version", s->version);
    doc_time(j, "started", s->started);
    doc_time(j, "now", s->now);
    put_epoch(j, s->epoch);
    doc_number(j, "head", s->head);
    doc_number(j, "oldest", s->oldest);
    doc_number(j, "dispatches", s->dispatches);
    doc_real(j, "rate1m", s->rate_1m);
    doc_real(j, "rate15m", s->rate_15m);
    doc_number(j, "backlog", s->backlog);
    doc_time(j, "backlogOldest", s->backlog_oldest);
    put_counts(j, s);
    doc_text(j, "watching", s->watching);
    doc_text(j, "paused", s->paused);
    doc_text(j, "lastError", s->last_error);
    doc_time(j, "lastErrorAt", s->last_error_at);
    put_feeds(j, s);
    return doc_done(j, true);
}
