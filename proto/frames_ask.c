// SPDX-License-Identifier: MIT
/* frames_ask: what a DEALER asks; see frames.h. It comes from anybody who can connect. */
#include "proto/frames_pb.h"

#include <stdlib.h>
#include <string.h>

/* A drop file's name (NAME_MAX), each byte shown as \xNN at worst: 4 * 255, as spool_known_as() gives it. Feeds and topics
 * are shorter. */
#define NAME_BYTES_MAX 1020

// --- Ask ---------------------------------------------------------------------------------------------------

union ask_message {
    Newswire__V1__Request request;
    Newswire__V1__Locate locate;
    Newswire__V1__TopicsAsk topics;
    Newswire__V1__StatusAsk status;
    Newswire__V1__FileAsk file;
};

static void fill_request(Newswire__V1__Request *r, const struct ask *a)
{
    newswire__v1__request__init(r);
    r->epoch = a->epoch;
    r->after = a->after;
    r->check = a->check;
    r->n_topics = a->ntopics;
    r->topics = (char **)a->topics;
    r->credit = a->credit;
}

bool ask_pack(const struct ask *a, struct bytes *out)
{
    union ask_message what;
    Newswire__V1__Ask m = NEWSWIRE__V1__ASK__INIT;
    m.rid = a->rid;
    switch (a->type) {
    case ASK_REQUEST:
        fill_request(&what.request, a);
        m.request = &what.request;
        m.what_case = NEWSWIRE__V1__ASK__WHAT_REQUEST;
        break;
    case ASK_LOCATE:
        newswire__v1__locate__init(&what.locate);
        what.locate.time = a->time;
        m.locate = &what.locate;
        m.what_case = NEWSWIRE__V1__ASK__WHAT_LOCATE;
        break;
    case ASK_TOPICS:
        newswire__v1__topics_ask__init(&what.topics);
        what.topics.prefix = frames_text(a->prefix);
        what.topics.past = frames_text(a->past);
        m.topics = &what.topics;
        m.what_case = NEWSWIRE__V1__ASK__WHAT_TOPICS;
        break;
    case ASK_STATUS:
        newswire__v1__status_ask__init(&what.status);
        m.status = &what.status;
        m.what_case = NEWSWIRE__V1__ASK__WHAT_STATUS;
        break;
    case ASK_FILE:
        newswire__v1__file_ask__init(&what.file);
        what.file.feed = frames_text(a->feed);
        what.file.name = frames_text(a->name);
        what.file.since = a->time;
        m.file = &what.file;
        m.what_case = NEWSWIRE__V1__ASK__WHAT_FILE;
        break;
    }
    return frames_pack(&m.base, out);
}

struct ask_box {
    struct ask view;
    Newswire__V1__Ask *m;
    const char *topics[];
};

static bool view_request(struct ask_box *box, const Newswire__V1__Request *r, struct err *e)
{
    if (r->n_topics == 0)
        return err_set(e, "no topic is asked for; 'all/' is every record");
    if (r->credit == 0)
        return err_set(e, "credit is 0");
    if (!frames_seq("after", r->after, e) || !frames_topics(r->topics, r->n_topics, false, e))
        return false;
    for (size_t i = 0; i < r->n_topics; i++)
        box->topics[i] = r->topics[i];
    box->view.epoch = r->epoch;
    box->view.after = r->after;
    box->view.check = r->check;
    box->view.topics = box->topics;
    box->view.ntopics = r->n_topics;
    box->view.credit = r->credit < FRAMES_CREDIT_MAX ? r->credit : FRAMES_CREDIT_MAX;
    return true;
}

/* A short text of an Ask, NULL if it is empty. */
static bool view_name(const char **out, const char *what, const char *text, struct err *e)
{
    *out = frames_said(text);
    return strlen(text) <= NAME_BYTES_MAX || err_set(e, "%s is longer than %d bytes", what, NAME_BYTES_MAX);
}

static bool view_ask(struct ask_box *box, struct err *e)
{
    const Newswire__V1__Ask *m = box->m;
    struct ask *a = &box->view;
    a->rid = m->rid;
    a->type = (enum ask_type)(m->what_case - NEWSWIRE__V1__ASK__WHAT_REQUEST + ASK_REQUEST);
    switch (m->what_case) {
    case NEWSWIRE__V1__ASK__WHAT_REQUEST:
        return view_request(box, m->request, e);
    case NEWSWIRE__V1__ASK__WHAT_LOCATE:
        a->time = m->locate->time;
        return true;
    case NEWSWIRE__V1__ASK__WHAT_TOPICS:
        return view_name(&a->prefix, "prefix", m->topics->prefix, e) &&
               view_name(&a->past, "past", m->topics->past, e);
    case NEWSWIRE__V1__ASK__WHAT_STATUS:
        return true;
    case NEWSWIRE__V1__ASK__WHAT_FILE:
        a->time = m->file->since;
        return view_name(&a->feed, "feed", m->file->feed, e) &&
               view_name(&a->name, "name", m->file->name, e) &&
               (a->name != NULL || err_set(e, "no file is named"));
    default:
        return err_set(e, "asks for nothing that is known here");
    }
}

struct ask *ask_unpack(const uint8_t *p, size_t n, struct err *e)
{
    Newswire__V1__Ask *m = (void *)frames_unpack(&newswire__v1__ask__descriptor, p, n, e);
    if (m == NULL)
        return NULL;
    size_t topics = m->what_case == NEWSWIRE__V1__ASK__WHAT_REQUEST ? m->request->n_topics : 0;
    struct ask_box *box = calloc(1, sizeof *box + (topics + 1) * sizeof box->topics[0]);
    if (box == NULL) {
        newswire__v1__ask__free_unpacked(m, NULL);
        err_set(e, "Ask: memory ran out");
        return NULL;
    }
    box->m = m;
    if (view_ask(box, e))
        return &box->view;
    err_in(e, "Ask: ");
    ask_free(&box->view);
    return NULL;
}

void ask_free(struct ask *view)
{
    struct ask_box *box = (struct ask_box *)view;
    if (box != NULL)
        newswire__v1__ask__free_unpacked(box->m, NULL);
    free(box);
}
