// SPDX-License-Identifier: MIT
/* frames: see frames.h. Here: what is published (Head, Dispatch, Trail); questions and answers are in
 * frames_ask.c.
 *
 * Each unpack makes one object: the view first, so that it can be freed by its view, the protobuf message
 * that holds the texts behind it. */
#include "proto/frames_pb.h"

#include <stdlib.h>
#include <string.h>

static void message_free(void *m)
{
    if (m != NULL)
        protobuf_c_message_free_unpacked(m, NULL);
}

static bool is_id(const ProtobufCBinaryData *id, struct err *e)
{
    return id->len == NEWSWIRE_ID_LEN || err_set(e, "id is %zu bytes, not %d", id->len, NEWSWIRE_ID_LEN);
}

// --- Head --------------------------------------------------------------------------------------------------

bool head_pack(const struct head *h, struct bytes *out)
{
    Newswire__V1__Head m = NEWSWIRE__V1__HEAD__INIT;
    m.epoch = h->epoch;
    m.seq = h->seq;
    m.kind = (Newswire__V1__Kind)h->kind;
    m.id = (ProtobufCBinaryData){.len = NEWSWIRE_ID_LEN, .data = (uint8_t *)h->id};
    m.version = h->version;
    m.n_topics = h->ntopics;
    m.topics = (char **)h->topics;
    m.stored = h->stored;
    return frames_pack(&m.base, out);
}

struct head_box {
    struct head view;
    Newswire__V1__Head *m;
    const char *topics[];
};

static bool head_check(const Newswire__V1__Head *m, struct err *e)
{
    if (m->epoch == 0 || m->seq == 0 || m->version == 0)
        return err_set(e, "epoch, seq or version is 0");
    if (m->kind < NEWSWIRE__V1__KIND__NEW || m->kind > NEWSWIRE__V1__KIND__RETAGGED)
        return err_set(e, "kind %d is not known", (int)m->kind);
    return frames_seq("seq", m->seq, e) && is_id(&m->id, e) && frames_topics(m->topics, m->n_topics, true, e);
}

static struct head_box *head_view(Newswire__V1__Head *m, struct err *e)
{
    if (!head_check(m, e))
        return NULL;
    struct head_box *box = calloc(1, sizeof *box + (m->n_topics + 1) * sizeof box->topics[0]);
    if (box == NULL) {
        err_set(e, "memory ran out");
        return NULL;
    }
    for (size_t i = 0; i < m->n_topics; i++)
        box->topics[i] = m->topics[i];
    box->view = (struct head){
        .epoch = m->epoch,
        .seq = m->seq,
        .kind = (enum newswire_kind)m->kind,
        .version = m->version,
        .stored = m->stored,
        .topics = box->topics,
        .ntopics = m->n_topics,
    };
    memcpy(box->view.id, m->id.data, NEWSWIRE_ID_LEN);
    box->m = m;
    return box;
}

struct head *head_unpack(const uint8_t *p, size_t n, struct err *e)
{
    void *m = frames_unpack(&newswire__v1__head__descriptor, p, n, e);
    struct head_box *box = m != NULL ? head_view(m, e) : NULL;
    if (box != NULL)
        return &box->view;
    if (m != NULL)
        err_in(e, "Head: ");
    message_free(m);
    return NULL;
}

void head_free(struct head *view)
{
    struct head_box *box = (struct head_box *)view;
    if (box != NULL)
        message_free(box->m);
    free(box);
}

// --- Dispatch ----------------------------------------------------------------------------------------------

bool dispatch_pack(const struct newswire_dispatch *d, struct bytes *out)
{
    Newswire__V1__Origin origin = NEWSWIRE__V1__ORIGIN__INIT;
    origin.file = frames_text(d->file);
    origin.index = d->index;
    origin.offset = d->offset;
    origin.length = d->length;
    origin.digest = (ProtobufCBinaryData){.len = sizeof d->file_digest, .data = (uint8_t *)d->file_digest};

    Newswire__V1__Dispatch m = NEWSWIRE__V1__DISPATCH__INIT;
    m.id = (ProtobufCBinaryData){.len = NEWSWIRE_ID_LEN, .data = (uint8_t *)d->id};
    m.version = d->version;
    m.feed = frames_text(d->feed);
    m.agency = frames_text(d->agency);
    m.headline = frames_text(d->headline);
    m.by = frames_text(d->by);
    m.located = frames_text(d->located);
    m.country = frames_text(d->country);
    m.dateline = frames_text(d->dateline);
    m.body = frames_text(d->body);
    m.language = frames_text(d->language);
    m.content_created = frames_text(d->content_created);
    m.time_precision = frames_text(d->time_precision);
    m.version_created = d->version_created;
    m.slugline = frames_text(d->slugline);
    m.urgency = d->urgency;
    m.ed_note = frames_text(d->ed_note);
    m.usage_terms = frames_text(d->usage_terms);
    m.confidence = d->confidence;
    m.warnings = (char **)d->warnings;
    while (m.warnings != NULL && m.warnings[m.n_warnings] != NULL)
        m.n_warnings++;
    m.charset = frames_text(d->charset);
    m.origin = &origin;
    return frames_pack(&m.base, out);
}

struct dispatch_box {
    struct newswire_dispatch view;
    Newswire__V1__Dispatch *m;
    const char *warnings[];
};

static bool dispatch_check(const Newswire__V1__Dispatch *m, struct err *e)
{
    if (m->version == 0)
        return err_set(e, "version is 0");
    if (m->urgency > 9)
        return err_set(e, "urgency %u is not 0 to 9", m->urgency);
    if (!(m->confidence >= 0 && m->confidence <= 1)) // NaN too
        return err_set(e, "confidence is not 0 to 1");
    if (m->origin == NULL)
        return err_set(e, "without its origin");
    size_t digest = sizeof((struct newswire_dispatch *)0)->file_digest;
    if (m->origin->digest.len != digest)
        return err_set(e, "origin.digest is %zu bytes, not %zu", m->origin->digest.len, digest);
    return is_id(&m->id, e);
}

static void dispatch_fill(struct newswire_dispatch *d, const Newswire__V1__Dispatch *m)
{
    memcpy(d->id, m->id.data, sizeof d->id);
    d->version = m->version;
    d->feed = frames_said(m->feed);
    d->agency = frames_said(m->agency);
    d->headline = frames_said(m->headline);
    d->by = frames_said(m->by);
    d->located = frames_said(m->located);
    d->country = frames_said(m->country);
    d->dateline = frames_said(m->dateline);
    d->body = frames_said(m->body);
    d->language = frames_said(m->language);
    d->content_created = frames_said(m->content_created);
    d->time_precision = frames_said(m->time_precision);
    d->version_created = m->version_created;
    d->slugline = frames_said(m->slugline);
    d->urgency = m->urgency;
    d->ed_note = frames_said(m->ed_note);
    d->usage_terms = frames_said(m->usage_terms);
    d->confidence = m->confidence;
    d->charset = frames_said(m->charset);
    d->file = frames_said(m->origin->file);
    d->index = m->origin->index;
    d->offset = m->origin->offset;
    d->length = m->origin->length;
    memcpy(d->file_digest, m->origin->digest.data, sizeof d->file_digest);
}

static struct dispatch_box *dispatch_view(Newswire__V1__Dispatch *m, struct err *e)
{
    if (!dispatch_check(m, e))
        return NULL;
    struct dispatch_box *box = calloc(1, sizeof *box + (m->n_warnings + 1) * sizeof box->warnings[0]);
    if (box == NULL) {
        err_set(e, "memory ran out");
        return NULL;
    }
    dispatch_fill(&box->view, m);
    for (size_t i = 0; i < m->n_warnings; i++)
        box->warnings[i] = m->warnings[i];
    box->view.warnings = box->warnings;
    box->m = m;
    return box;
}

struct newswire_dispatch *dispatch_unpack(const uint8_t *p, size_t n, struct err *e)
{
    void *m = frames_unpack(&newswire__v1__dispatch__descriptor, p, n, e);
    struct dispatch_box *box = m != NULL ? dispatch_view(m, e) : NULL;
    if (box != NULL)
        return &box->view;
    if (m != NULL)
        err_in(e, "Dispatch: ");
    message_free(m);
    return NULL;
}

void dispatch_free(struct newswire_dispatch *view)
{
    struct dispatch_box *box = (struct dispatch_box *)view;
    if (box != NULL)
        message_free(box->m);
    free(box);
}

// --- Trail -------------------------------------------------------------------------------------------------

bool trail_pack(const struct trail *t, struct bytes *out)
{
    *out = (struct bytes){0};
    Newswire__V1__Trail__Set *sets = calloc(t->nsets + 1, sizeof *sets);
    Newswire__V1__Trail__Set **each = calloc(t->nsets + 1, sizeof *each);
    bool done = false;
    if (sets == NULL || each == NULL)
        goto out;
    for (size_t i = 0; i < t->nsets; i++) {
        newswire__v1__trail__set__init(&sets[i]);
        sets[i].n_hashes = t->sets[i].n;
        sets[i].hashes = (uint32_t *)t->sets[i].hashes;
        each[i] = &sets[i];
    }
    Newswire__V1__Trail m = NEWSWIRE__V1__TRAIL__INIT;
    m.epoch = t->epoch;
    m.head = t->head;
    m.from = t->from;
    m.n_sets = t->nsets;
    m.sets = each;
    done = frames_pack(&m.base, out);
out:
    free(sets);
    free(each);
    return done;
}

struct trail_box {
    struct trail view;
    Newswire__V1__Trail *m;
    struct trail_set sets[];
};

static bool trail_check(const Newswire__V1__Trail *m, struct err *e)
{
    if (m->epoch == 0)
        return err_set(e, "epoch is 0");
    if (!frames_seq("head", m->head, e))
        return false;
    if (m->from == 0 || m->from > m->head + 1)
        return err_set(e, "from does not lie in 1..head + 1");
    if (m->n_sets > FRAMES_TRAIL_MAX)
        return err_set(e, "%zu sets, more than %d", m->n_sets, FRAMES_TRAIL_MAX);
    if (m->n_sets != m->head + 1 - m->from)
        return err_set(e, "%zu sets do not reach from `from` to `head`", m->n_sets);
    return true;
}

static struct trail_box *trail_view(Newswire__V1__Trail *m, struct err *e)
{
    if (!trail_check(m, e))
        return NULL;
    struct trail_box *box = calloc(1, sizeof *box + m->n_sets * sizeof box->sets[0]);
    if (box == NULL) {
        err_set(e, "memory ran out");
        return NULL;
    }
    for (size_t i = 0; i < m->n_sets; i++)
        box->sets[i] = (struct trail_set){.hashes = m->sets[i]->hashes, .n = m->sets[i]->n_hashes};
    box->view = (struct trail){
        .epoch = m->epoch, .head = m->head, .from = m->from, .sets = box->sets, .nsets = m->n_sets};
    box->m = m;
    return box;
}

struct trail *trail_unpack(const uint8_t *p, size_t n, struct err *e)
{
    void *m = frames_unpack(&newswire__v1__trail__descriptor, p, n, e);
    struct trail_box *box = m != NULL ? trail_view(m, e) : NULL;
    if (box != NULL)
        return &box->view;
    if (m != NULL)
        err_in(e, "Trail: ");
    message_free(m);
    return NULL;
}

void trail_free(struct trail *view)
{
    struct trail_box *box = (struct trail_box *)view;
    if (box != NULL)
        message_free(box->m);
    free(box);
}
