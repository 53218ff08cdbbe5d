// SPDX-License-Identifier: MIT
/* frames_answer: what a ROUTER says back; see frames.h. */
#include "proto/frames_pb.h"

#include <stdlib.h>
#include <string.h>

union answer_message {
    Newswire__V1__Entry entry;
    Newswire__V1__End end;
    Newswire__V1__Epoch epoch;
    Newswire__V1__Gone gone;
    Newswire__V1__Located located;
    Newswire__V1__Topics topics;
    Newswire__V1__Status status;
    Newswire__V1__Refused refused;
    Newswire__V1__File file;
};

static void fill_end(Newswire__V1__End *m, const struct answer *a)
{
    newswire__v1__end__init(m);
    m->count = a->count;
    m->upto = a->upto;
    m->head = a->head;
}

static void fill_located(Newswire__V1__Located *m, const struct answer *a)
{
    newswire__v1__located__init(m);
    m->epoch = a->epoch;
    m->after = a->after;
    m->check = a->check;
    m->head = a->head;
    m->oldest = a->oldest;
}

static void fill_file(Newswire__V1__File *m, const struct file_outcome *f)
{
    newswire__v1__file__init(m);
    m->fate = (Newswire__V1__File__Fate)f->fate;
    m->first = f->first;
    m->last = f->last;
    m->fresh = f->fresh;
    m->seen = f->seen;
    m->rejected = f->rejected;
    m->why = frames_text(f->why);
}

/* False when memory ran out; drop_topics in any case. */
static bool fill_topics(Newswire__V1__Topics *m, const struct answer *a)
{
    newswire__v1__topics__init(m);
    Newswire__V1__Topics__Count *counts = calloc(a->ntopics + 1, sizeof *counts);
    m->counts = calloc(a->ntopics + 1, sizeof(Newswire__V1__Topics__Count *));
    if (counts == NULL || m->counts == NULL) {
        free(counts);
        return false;
    }
    m->n_counts = a->ntopics;
    m->counts[0] = counts; // drop_topics frees it there, also when there are none
    for (size_t i = 0; i < a->ntopics; i++) {
        const struct topic_count *from = &a->topics[i];
        newswire__v1__topics__count__init(&counts[i]);
        counts[i].topic = frames_text(from->topic);
        counts[i].records = from->records;
        counts[i].last_seq = from->last_seq;
        counts[i].last = from->last;
        m->counts[i] = &counts[i];
    }
    return true;
}

static void drop_topics(Newswire__V1__Topics *m)
{
    if (m->counts != NULL)
        free(m->counts[0]);
    free(m->counts);
}

static bool pack_topics(Newswire__V1__Answer *m, const struct answer *a, struct bytes *out)
{
    Newswire__V1__Topics topics;
    m->topics = &topics;
    bool done = fill_topics(&topics, a) && frames_pack(&m->base, out);
    drop_topics(&topics);
    return done;
}

static bool pack_status(Newswire__V1__Answer *m, const struct answer *a, struct bytes *out)
{
    Newswire__V1__Status status;
    m->status = &status;
    bool done = frames_status_fill(&status, a->status) && frames_pack(&m->base, out);
    frames_status_drop(&status);
    return done;
}

bool answer_pack(const struct answer *a, struct bytes *out)
{
    union answer_message what;
    Newswire__V1__Answer m = NEWSWIRE__V1__ANSWER__INIT;
    *out = (struct bytes){0};
    m.rid = a->rid;
    // The oneof is numbered as enum answer_type, from 2 on: 1 is rid.
    m.what_case = (Newswire__V1__Answer__WhatCase)(a->type - ANSWER_ENTRY + NEWSWIRE__V1__ANSWER__WHAT_ENTRY);
    switch (a->type) {
    case ANSWER_ENTRY:
        newswire__v1__entry__init(&what.entry);
        what.entry.idx = a->idx;
        m.entry = &what.entry;
        break;
    case ANSWER_END:
        fill_end(&what.end, a);
        m.end = &what.end;
        break;
    case ANSWER_EPOCH:
        newswire__v1__epoch__init(&what.epoch);
        what.epoch.epoch = a->epoch;
        m.epoch = &what.epoch;
        break;
    case ANSWER_GONE:
        newswire__v1__gone__init(&what.gone);
        what.gone.oldest = a->oldest;
        m.gone = &what.gone;
        break;
    case ANSWER_LOCATED:
        fill_located(&what.located, a);
        m.located = &what.located;
        break;
    case ANSWER_TOPICS:
        return pack_topics(&m, a, out);
    case ANSWER_STATUS:
        return pack_status(&m, a, out);
    case ANSWER_REFUSED:
        newswire__v1__refused__init(&what.refused);
        what.refused.reason = frames_text(a->reason);
        m.refused = &what.refused;
        break;
    case ANSWER_FILE:
        fill_file(&what.file, &a->file);
        m.file = &what.file;
        break;
    }
    return frames_pack(&m.base, out);
}

struct answer_box {
    struct answer view;
    Newswire__V1__Answer *m;
    struct status *status;
    struct topic_count topics[];
};

static bool view_topics(struct answer_box *box, const Newswire__V1__Topics *m, struct err *e)
{
    for (size_t i = 0; i < m->n_counts; i++) {
        const Newswire__V1__Topics__Count *from = m->counts[i];
        if (!frames_topics(&from->topic, 1, false, e))
            return false;
        box->topics[i] = (struct topic_count){
            .topic = from->topic, .records = from->records, .last_seq = from->last_seq, .last = from->last};
    }
    box->view.topics = box->topics;
    box->view.ntopics = m->n_counts;
    return true;
}

static bool view_file(struct file_outcome *f, const Newswire__V1__File *m, struct err *e)
{
    if (m->fate < NEWSWIRE__V1__FILE__FATE__UNKNOWN || m->fate > NEWSWIRE__V1__FILE__FATE__BAD)
        return err_set(e, "fate %d is not known", (int)m->fate);
    *f = (struct file_outcome){
        .fate = (enum file_fate)m->fate,
        .first = m->first,
        .last = m->last,
        .fresh = m->fresh,
        .seen = m->seen,
        .rejected = m->rejected,
    };
    if (f->fate == FILE_BAD)
        f->why = m->why[0] != '\0' ? m->why : "no reason given";
    return m->first <= m->last ? frames_seq("last", m->last, e) : err_set(e, "first lies behind last");
}

static bool view_end(struct answer *a, const Newswire__V1__End *m, struct err *e)
{
    a->count = m->count;
    a->upto = m->upto;
    a->head = m->head;
    return frames_seq("head", m->head, e) && (m->upto <= m->head || err_set(e, "upto lies behind head"));
}

static bool view_located(struct answer *a, const Newswire__V1__Located *m, struct err *e)
{
    a->epoch = m->epoch;
    a->after = m->after;
    a->check = m->check;
    a->head = m->head;
    a->oldest = m->oldest;
    return frames_seq("head", m->head, e) && frames_seq("oldest", m->oldest, e) &&
           (m->epoch != 0 || err_set(e, "epoch is 0")) &&
           (m->after <= m->head || err_set(e, "after lies behind head"));
}

static bool view_answer(struct answer_box *box, struct err *e)
{
    const Newswire__V1__Answer *m = box->m;
    struct answer *a = &box->view;
    a->rid = m->rid;
    a->type = (enum answer_type)(m->what_case - NEWSWIRE__V1__ANSWER__WHAT_ENTRY + ANSWER_ENTRY);
    switch (m->what_case) {
    case NEWSWIRE__V1__ANSWER__WHAT_ENTRY:
        a->idx = m->entry->idx;
        return true;
    case NEWSWIRE__V1__ANSWER__WHAT_END:
        return view_end(a, m->end, e);
    case NEWSWIRE__V1__ANSWER__WHAT_EPOCH:
        a->epoch = m->epoch->epoch;
        return a->epoch != 0 || err_set(e, "epoch is 0");
    case NEWSWIRE__V1__ANSWER__WHAT_GONE:
        a->oldest = m->gone->oldest;
        return a->oldest != 0 ? frames_seq("oldest", a->oldest, e) : err_set(e, "oldest is 0");
    case NEWSWIRE__V1__ANSWER__WHAT_LOCATED:
        return view_located(a, m->located, e);
    case NEWSWIRE__V1__ANSWER__WHAT_TOPICS:
        return view_topics(box, m->topics, e);
    case NEWSWIRE__V1__ANSWER__WHAT_STATUS:
        box->status = frames_status_view(m->status, e);
        a->status = box->status;
        return box->status != NULL;
    case NEWSWIRE__V1__ANSWER__WHAT_REFUSED:
        a->reason = m->refused->reason[0] != '\0' ? m->refused->reason : "no reason given";
        return true;
    case NEWSWIRE__V1__ANSWER__WHAT_FILE:
        return view_file(&a->file, m->file, e);
    default:
        return err_set(e, "says nothing that is known here");
    }
}

struct answer *answer_unpack(const uint8_t *p, size_t n, struct err *e)
{
    Newswire__V1__Answer *m = (void *)frames_unpack(&newswire__v1__answer__descriptor, p, n, e);
    if (m == NULL)
        return NULL;
    size_t topics = m->what_case == NEWSWIRE__V1__ANSWER__WHAT_TOPICS ? m->topics->n_counts : 0;
    struct answer_box *box = calloc(1, sizeof *box + topics * sizeof box->topics[0]);
    if (box == NULL) {
        newswire__v1__answer__free_unpacked(m, NULL);
        err_set(e, "Answer: memory ran out");
        return NULL;
    }
    box->m = m;
    if (view_answer(box, e))
        return &box->view;
    err_in(e, "Answer: ");
    answer_free(&box->view);
    return NULL;
}

void answer_free(struct answer *view)
{
    struct answer_box *box = (struct answer_box *)view;
    if (box != NULL) {
        newswire__v1__answer__free_unpacked(box->m, NULL);
        free(box->status);
    }
    free(box);
}
