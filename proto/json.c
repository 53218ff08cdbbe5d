// SPDX-License-Identifier: MIT
/* json: see json.h. Every put notes a failure in the object's `ok`, so that the lists of keys read as
 * lists; one look at the end is enough. */
#include "proto/json.h"

#include "proto/rfc3339.h"
#include "proto/utf8.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct object {
    json_t *o;
    bool ok;
};

static struct object object_new(void)
{
    json_t *o = json_object();
    return (struct object){.o = o, .ok = o != NULL};
}

/* Takes `value` over; NULL is memory that ran out. */
static void put(struct object *j, const char *key, json_t *value)
{
    if (json_object_set_new(j->o, key, value) != 0)
        j->ok = false;
}

static bool is_said(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static void put_text(struct object *j, const char *key, const char *text)
{
    if (is_said(text))
        put(j, key, json_string(text));
}

static void put_number(struct object *j, const char *key, uint64_t n)
{
    put(j, key, json_integer((json_int_t)n));
}

static void put_time(struct object *j, const char *key, int64_t ms)
{
    char text[RFC3339_MAX];
    if (ms != 0)
        put_text(j, key, rfc3339_write(text, ms));
}

/* A random number of 64 bits is a name, not a quantity, and most readers of JSON have 53 bits. */
static void put_epoch(struct object *j, uint64_t epoch)
{
    char hex[17];
    snprintf(hex, sizeof hex, "%016" PRIx64, epoch);
    put_text(j, "epoch", hex);
}

static void put_object(struct object *j, const char *key, struct object *inner)
{
    j->ok = j->ok && inner->ok;
    put(j, key, inner->o);
}

/* The text of the whole, which is let go; NULL when anything was missing. */
static char *object_text(struct object *j, size_t flags)
{
    char *text = j->ok ? json_dumps(j->o, flags) : NULL;
    json_decref(j->o);
    return text;
}

static json_t *list_of(const char *const *texts)
{
    json_t *list = json_array();
    for (; list != NULL && texts != NULL && *texts != NULL; texts++) {
        if (json_array_append_new(list, json_string(*texts)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static char *hex_of(char *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", p[i]);
    return out;
}

// --- ninjs -------------------------------------------------------------------------------------------------

/* [ item ], how ninjs has many things of which a dispatch has one. Takes the item over. */
static void put_alone(struct object *j, const char *key, struct object *item)
{
    json_t *list = json_array();
    if (json_array_append_new(list, item->o) != 0 || !item->ok)
        j->ok = false;
    put(j, key, list);
}

static void put_named(struct object *j, const char *list, const char *key, const char *value)
{
    if (!is_said(value))
        return;
    struct object item = object_new();
    put_text(&item, key, value);
    put_alone(j, list, &item);
}

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x3000;
}

static void put_body(struct object *j, const char *body)
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
    struct object item = object_new();
    put_text(&item, "contentType", "text/plain");
    put_number(&item, "charCount", chars);
    put_number(&item, "wordCount", count);
    put_text(&item, "value", body);
    put_alone(j, "bodies", &item);
}

/* One subject or place: the words of the last segment, and the topic itself to tell two of one name apart. */
static json_t *concept_of(const char *topic)
{
    char name[TOPIC_MAX + 1];
    size_t n = strlen(topic) - 1, start = n;
    while (start > 0 && topic[start - 1] != '/')
        start--;
    for (size_t i = start; i < n; i++)
        name[i - start] = topic[i] == '-' ? ' ' : topic[i];
    name[n - start] = '\0';
    struct object item = object_new();
    put_text(&item, "name", name);
    put_text(&item, "literal", topic);
    if (item.ok)
        return item.o;
    json_decref(item.o);
    return NULL;
}

static void put_concepts(struct object *j, const char *key, const char *below, const char *const *topics)
{
    json_t *list = json_array();
    j->ok = j->ok && list != NULL;
    for (; topics != NULL && *topics != NULL; topics++) {
        if (strncmp(*topics, below, strlen(below)) != 0 || !topic_valid(*topics))
            continue;
        if (strcmp(*topics, "place/zz/") == 0) // the country is not known
            continue;
        if (json_array_append_new(list, concept_of(*topics)) != 0)
            j->ok = false;
    }
    if (json_array_size(list) > 0)
        put(j, key, json_incref(list));
    json_decref(list);
}

static struct object ninjs_of(const struct newswire_dispatch *d, bool canceled, const char *const *topics)
{
    char uri[sizeof "urn:newswire:" + 2 * NEWSWIRE_ID_LEN] = "urn:newswire:";
    char version[16];
    hex_of(uri + strlen(uri), d->id, sizeof d->id);
    snprintf(version, sizeof version, "%u", d->version);
    struct object j = object_new();
    put_text(&j, "uri", uri);
    put_text(&j, "type", "text");
    if (d->version != 0)
        put_text(&j, "version", version);
    put_time(&j, "versionCreated", d->version_created);
    put_text(&j, "contentCreated", d->content_created);
    put_text(&j, "pubStatus", canceled ? "canceled" : "usable");
    if (d->urgency != 0)
        put_number(&j, "urgency", d->urgency);
    put_text(&j, "language", d->language);
    put_named(&j, "headlines", "value", d->headline);
    put_body(&j, d->body);
    put_text(&j, "by", d->by);
    put_text(&j, "located", d->located);
    put_named(&j, "infoSources", "name", d->agency);
    put_text(&j, "slugline", d->slugline);
    put_text(&j, "edNote", d->ed_note);
    put_text(&j, "usageTerms", d->usage_terms);
    put_concepts(&j, "subjects", "subject/", topics);
    put_concepts(&j, "places", "place/", topics);
    return j;
}

// --- lines -------------------------------------------------------------------------------------------------

static const size_t line_flags = JSON_COMPACT | JSON_REAL_PRECISION(6); // else 0.9 is 0.90000000000000002

char *json_ninjs(const struct newswire_dispatch *d, enum newswire_kind kind, const char *const *topics)
{
    struct object j = ninjs_of(d, kind == NEWSWIRE_CANCELED, topics);
    return object_text(&j, line_flags);
}

static void put_origin(struct object *j, const struct newswire_dispatch *d)
{
    char digest[2 * sizeof d->file_digest + 1];
    struct object o = object_new();
    put_text(&o, "file", d->file);
    put_number(&o, "index", d->index);
    put_number(&o, "offset", d->offset);
    put_number(&o, "length", d->length);
    put_text(&o, "digest", hex_of(digest, d->file_digest, sizeof d->file_digest));
    put_object(j, "origin", &o);
}

char *json_line(const struct newswire_dispatch *d, const struct head *head, const char *const *topics)
{
    static const char *const kinds[] = {"", "new", "revised", "corrected", "canceled", "retagged"};
    struct object j = object_new();
    if (head != NULL) {
        put_number(&j, "seq", head->seq);
        put_text(&j, "kind", kinds[head->kind]);
        put_number(&j, "version", head->version);
        topics = head->topics;
    }
    put(&j, "topics", list_of(topics));
    put_text(&j, "feed", d->feed);
    put_text(&j, "dateline", d->dateline);
    put_text(&j, "timePrecision", d->time_precision);
    put(&j, "confidence", json_real(d->confidence));
    put(&j, "warnings", list_of(d->warnings));
    put_origin(&j, d);
    struct object ninjs = ninjs_of(d, head != NULL && head->kind == NEWSWIRE_CANCELED, topics);
    put_object(&j, "ninjs", &ninjs);
    return object_text(&j, line_flags);
}

char *json_event(const struct newswire_event *e)
{
    struct object j = object_new();
    put_text(&j, "event", e->type == NEWSWIRE_GONE ? "gone" : "epoch");
    put_epoch(&j, e->epoch);
    if (e->type == NEWSWIRE_GONE) {
        put_number(&j, "from", e->gone_from);
        put_number(&j, "to", e->gone_to);
    }
    return object_text(&j, line_flags);
}

// --- status ------------------------------------------------------------------------------------------------

static void put_counts(struct object *j, const struct status *s)
{
    struct object fates = object_new();
    put_number(&fates, "done", s->done);
    put_number(&fates, "bad", s->bad);
    put_number(&fates, "retry", s->retry);
    put_object(j, "fates", &fates);
    put_number(j, "fresh", s->fresh);
    put_number(j, "seen", s->seen);
    put_number(j, "slicesRejected", s->slices_rejected);
    put_number(j, "storeBytes", s->store_bytes);
    put_number(j, "storeFreeBytes", s->store_free_bytes);
    put_number(j, "subscribers", s->subscribers);
    put_number(j, "replays", s->replays);
    put_number(j, "replaying", s->replaying);
    put_number(j, "published", s->published);
}

static void put_feeds(struct object *j, const struct status *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->nfeeds; i++) {
        const struct status_feed *f = &s->feeds[i];
        struct object o = object_new();
        put_text(&o, "name", f->name);
        put_number(&o, "files", f->files);
        put_number(&o, "dispatches", f->dispatches);
        put_time(&o, "last", f->last);
        if (f->expect_ms != 0)
            put_number(&o, "expectMs", (uint64_t)f->expect_ms);
        put(&o, "overdue", json_boolean(f->overdue));
        if (json_array_append_new(list, o.o) != 0 || !o.ok)
            j->ok = false;
    }
    put(j, "feeds", list);
}

char *json_status(const struct status *s)
{
    struct object j = object_new();
    put_text(&j, "version", s->version);
    put_time(&j, "started", s->started);
    put_time(&j, "now", s->now);
    put_epoch(&j, s->epoch);
    put_number(&j, "head", s->head);
    put_number(&j, "oldest", s->oldest);
    put_number(&j, "dispatches", s->dispatches);
    put(&j, "rate1m", json_real(s->rate_1m));
    put(&j, "rate15m", json_real(s->rate_15m));
    put_number(&j, "backlog", s->backlog);
    put_time(&j, "backlogOldest", s->backlog_oldest);
    put_counts(&j, s);
    put_text(&j, "watching", s->watching);
    put_text(&j, "paused", s->paused);
    put_text(&j, "lastError", s->last_error);
    put_time(&j, "lastErrorAt", s->last_error_at);
    put_feeds(&j, s);
    return object_text(&j, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
}
