// SPDX-License-Identifier: MIT
/* client_wire: see client_wire.h. ZeroMQ's descriptors tell of changes, not of states: whoever has called
 * into a socket must find it empty before waiting for its descriptor. wire_receive() does, wire_wait() counts
 * on it. */
#include "clients/client_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define LIVE_HWM 10000   // messages; what does not fit is dropped by ZeroMQ and healed by catchup
#define REPLAY_HWM 4000  // above FRAMES_CREDIT_MAX entries, so that a page is never stopped half-way for long
#define RECONNECT_MS 100
#define RECONNECT_MAX_MS 2000
#define HEARTBEAT_MS 5000 // a peer that vanished without a word is noticed after three of these
#define FRAMES_MAX 4      // an entry: Answer, topic, Head, Dispatch
#define QUESTION_AGAIN_MS 1000

struct wire {
    void *context, *live, *replay;
    char *endpoint; // of replay, for questions
    int epoll, timer;
    bool watched; // somebody outside waits for the descriptor
    int armed;    // with how many ms the timer was set last; -1: it is not
    struct bytes unsent;
};

struct parts {
    zmq_msg_t frames[FRAMES_MAX];
    int n; // as many as came, also those that did not fit
};

struct copy_with_frames {
    struct wire_copy copy; // first, so that a pointer to it is one to the whole
    zmq_msg_t head, dispatch;
};

/* --- sockets -------------------------------------------------------------------------------------------- */

static bool set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static void *open_socket(void *context, int type, const char *endpoint)
{
    int64_t largest = FRAMES_BYTES_MAX;
    void *s = zmq_socket(context, type);
    if (s == NULL)
        return NULL;
    bool fine = set(s, ZMQ_LINGER, 0) && set(s, ZMQ_RECONNECT_IVL, RECONNECT_MS)
                && set(s, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) && set(s, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS)
                && set(s, ZMQ_HEARTBEAT_TIMEOUT, 2 * HEARTBEAT_MS) && set(s, ZMQ_IPV6, 1)
                && zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &largest, sizeof largest) == 0;
    // At reconnect all subscriptions are sent at once: with a bound those beyond it would be dropped without
    // a word.
    if (type == ZMQ_SUB)
        fine = fine && set(s, ZMQ_SNDHWM, 0) && set(s, ZMQ_RCVHWM, LIVE_HWM);
    // Not ZMQ_IMMEDIATE: it drops the pipe when the daemon dies, also in the middle of an answer that is being read, and
    // libzmq 4.3.4 then aborts (fq.cpp: !_more). A few stale requests for a daemon that is away do no harm: see rid.
    else
        fine = fine && set(s, ZMQ_SNDHWM, 8) && set(s, ZMQ_RCVHWM, REPLAY_HWM);
    if (fine && zmq_connect(s, endpoint) == 0)
        return s;
    int why = errno;
    zmq_close(s);
    errno = why;
    return NULL;
}

static bool watch(struct wire *w, int fd)
{
    struct epoll_event readable = {.events = EPOLLIN};
    return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &readable) == 0;
}

static bool watch_socket(struct wire *w, void *socket)
{
    int fd;
    size_t size = sizeof fd;
    return zmq_getsockopt(socket, ZMQ_FD, &fd, &size) == 0 && watch(w, fd);
}

static bool open_all(struct wire *w, const char *publish, const char *replay)
{
    w->endpoint = strdup(replay);
    w->context = zmq_ctx_new();
    if (w->endpoint == NULL || w->context == NULL)
        return false;
    w->live = open_socket(w->context, ZMQ_SUB, publish);
    w->replay = w->live != NULL ? open_socket(w->context, ZMQ_DEALER, replay) : NULL;
    if (w->replay == NULL)
        return false;
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return w->epoll >= 0 && w->timer >= 0 && watch(w, w->timer) && watch_socket(w, w->live)
           && watch_socket(w, w->replay);
}

int64_t wire_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct wire *wire_open(const char *publish, const char *replay)
{
    struct wire *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->epoll = w->timer = w->armed = -1;
    if (open_all(w, publish, replay))
        return w;
    int why = errno;
    wire_close(w);
    // ZeroMQ has numbers of its own, above ZMQ_HAUSNUMERO, and several for an endpoint that cannot be.
    bool is_endpoint =
        why >= ZMQ_HAUSNUMERO || why == EPROTONOSUPPORT || why == ENODEV || why == ENAMETOOLONG;
    errno = is_endpoint ? EINVAL : why;
    return NULL;
}

void wire_close(struct wire *w)
{
    if (w == NULL)
        return;
    if (w->timer >= 0)
        close(w->timer);
    if (w->epoll >= 0)
        close(w->epoll);
    if (w->replay != NULL)
        zmq_close(w->replay);
    if (w->live != NULL)
        zmq_close(w->live);
    while (w->context != NULL && zmq_ctx_term(w->context) != 0 && errno == EINTR)
        ;
    bytes_free(&w->unsent);
    free(w->endpoint);
    free(w);
}

bool wire_subscribe(struct wire *w, const char *prefix)
{
    return zmq_setsockopt(w->live, ZMQ_SUBSCRIBE, prefix, strlen(prefix)) == 0;
}

bool wire_unsubscribe(struct wire *w, const char *prefix)
{
    return zmq_setsockopt(w->live, ZMQ_UNSUBSCRIBE, prefix, strlen(prefix)) == 0;
}

/* --- sending -------------------------------------------------------------------------------------------- */

/* No connection yet, or none now: it stays, and goes when the descriptor has told of one. */
static void send_unsent(struct wire *w)
{
    if (w->unsent.p != NULL && zmq_send(w->replay, w->unsent.p, w->unsent.n, ZMQ_DONTWAIT) >= 0)
        bytes_free(&w->unsent);
}

bool wire_ask(struct wire *w, const struct ask *ask)
{
    bytes_free(&w->unsent);
    if (!ask_pack(ask, &w->unsent))
        return false;
    send_unsent(w);
    return true;
}

/* --- receiving ------------------------------------------------------------------------------------------ */

static void parts_free(struct parts *p)
{
    for (int i = 0; i < p->n && i < FRAMES_MAX; i++)
        zmq_msg_close(&p->frames[i]);
    p->n = 0;
}

/* A whole message; frames too many are counted and let go. False with errno: EAGAIN, EINTR or worse. */
static bool receive_parts(void *socket, struct parts *p)
{
    p->n = 0;
    for (bool more = true; more; p->n++) {
        zmq_msg_t surplus, *frame = p->n < FRAMES_MAX ? &p->frames[p->n] : &surplus;
        zmq_msg_init(frame);
        int got;
        // A message arrives as a whole: what is interrupted behind its first frame goes on at once.
        do
            got = zmq_msg_recv(frame, socket, ZMQ_DONTWAIT);
        while (got < 0 && errno == EINTR && p->n > 0);
        if (got < 0) {
            int why = errno;
            zmq_msg_close(frame);
            parts_free(p);
            errno = why;
            return false;
        }
        more = zmq_msg_more(frame);
        if (frame == &surplus)
            zmq_msg_close(frame);
    }
    return true;
}

void wire_copy_free(void *copy)
{
    struct copy_with_frames *c = copy;
    if (c == NULL)
        return;
    head_free(c->copy.head);
    dispatch_free(c->copy.dispatch);
    zmq_msg_close(&c->head);
    zmq_msg_close(&c->dispatch);
    free(c);
}

/* Takes the two frames over. NULL: they do not unpack, or memory. */
static struct wire_copy *take_copy(zmq_msg_t *head, zmq_msg_t *dispatch, struct err *e)
{
    struct copy_with_frames *c = calloc(1, sizeof *c);
    if (c == NULL) {
        err_sys(e, "a copy");
        return NULL;
    }
    zmq_msg_init(&c->head);
    zmq_msg_init(&c->dispatch);
    zmq_msg_move(&c->head, head);
    zmq_msg_move(&c->dispatch, dispatch);
    // A small frame's bytes lie inside zmq_msg_t: only from here on do they stay where they are.
    struct wire_copy *copy = &c->copy;
    copy->head_frame = zmq_msg_data(&c->head);
    copy->head_size = zmq_msg_size(&c->head);
    copy->dispatch_frame = zmq_msg_data(&c->dispatch);
    copy->dispatch_size = zmq_msg_size(&c->dispatch);
    copy->head = head_unpack(copy->head_frame, copy->head_size, e);
    if (copy->head == NULL)
        err_in(e, "head: ");
    else if ((copy->dispatch = dispatch_unpack(copy->dispatch_frame, copy->dispatch_size, e)) == NULL)
        err_in(e, "record %llu: dispatch: ", (unsigned long long)copy->head->seq);
    if (copy->dispatch != NULL)
        return copy;
    wire_copy_free(c);
    return NULL;
}

static enum wire_got open_answer(struct parts *p, struct wire_message *out, struct err *e)
{
    out->answer = answer_unpack(zmq_msg_data(&p->frames[0]), zmq_msg_size(&p->frames[0]), e);
    if (out->answer == NULL)
        return WIRE_DAMAGED;
    bool is_entry = out->answer->type == ANSWER_ENTRY;
    if (p->n != (is_entry ? 4 : 1))
        err_set(e, "an answer of %d frames", p->n);
    else if (!is_entry || (out->copy = take_copy(&p->frames[2], &p->frames[3], e)) != NULL)
        return WIRE_ANSWER;
    answer_free(out->answer);
    out->answer = NULL;
    return WIRE_DAMAGED;
}

static enum wire_got open_live(struct parts *p, struct wire_message *out, struct err *e)
{
    size_t size = zmq_msg_size(&p->frames[0]);
    bool is_trail =
        size == strlen(TOPIC_TRAIL) && memcmp(zmq_msg_data(&p->frames[0]), TOPIC_TRAIL, size) == 0;
    if (p->n != (is_trail ? 2 : 3)) {
        err_set(e, "a message of %d frames", p->n);
        return WIRE_DAMAGED;
    }
    if (!is_trail) {
        out->copy = take_copy(&p->frames[1], &p->frames[2], e);
        return out->copy != NULL ? WIRE_COPY : WIRE_DAMAGED;
    }
    out->trail = trail_unpack(zmq_msg_data(&p->frames[1]), zmq_msg_size(&p->frames[1]), e);
    return out->trail != NULL ? WIRE_TRAIL : WIRE_DAMAGED;
}

enum wire_got wire_receive(struct wire *w, struct wire_message *out, struct err *e)
{
    struct parts parts;
    enum wire_got got = WIRE_NOTHING;
    *out = (struct wire_message){.copy = NULL};
    send_unsent(w);
    if (receive_parts(w->replay, &parts))
        got = open_answer(&parts, out, e);
    else if (errno == EAGAIN && receive_parts(w->live, &parts))
        got = open_live(&parts, out, e);
    else if (errno != EAGAIN) {
        if (errno != EINTR)
            err_set(e, "receiving: %s", zmq_strerror(errno));
        return WIRE_BROKEN;
    }
    parts_free(&parts);
    return got;
}

void wire_flush(struct wire *w)
{
    struct parts parts;
    for (int i = 0; i < 2 * LIVE_HWM && receive_parts(w->live, &parts); i++)
        parts_free(&parts);
}

/* --- waiting -------------------------------------------------------------------------------------------- */

bool wire_wait(struct wire *w, int timeout_ms)
{
    struct epoll_event event;
    wire_arm(w, -1);
    return epoll_wait(w->epoll, &event, 1, timeout_ms) >= 0;
}

int wire_fd(struct wire *w)
{
    if (!w->watched) {
        w->watched = true;
        wire_arm(w, 0);
    }
    return w->epoll;
}

void wire_arm(struct wire *w, int ms)
{
    struct itimerspec at = {.it_interval = {0}};
    // Not for nobody, and not again while it is due already: two system calls for each event cost as much as all the rest.
    if (!w->watched || (ms <= 0 && ms == w->armed))
        return;
    w->armed = ms;
    if (ms >= 0) // a nanosecond for nothing: all zeros would disarm it
        at.it_value = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L + (ms == 0)};
    timerfd_settime(w->timer, 0, &at, NULL);
}

/* --- one question --------------------------------------------------------------------------------------- */

/* The answer with that rid, or a refusal, which has none; what else comes is dropped. NULL: none until
 * `until`. */
static struct answer *await_answer(void *socket, uint64_t rid, int64_t until)
{
    for (int64_t now; (now = wire_now()) < until;) {
        zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
        struct parts parts;
        if (zmq_poll(&item, 1, until - now) < 0 && errno != EINTR)
            return NULL;
        if (!receive_parts(socket, &parts))
            continue;
        struct answer *a =
            answer_unpack(zmq_msg_data(&parts.frames[0]), zmq_msg_size(&parts.frames[0]), NULL);
        parts_free(&parts);
        if (a != NULL && (a->rid == rid || a->type == ANSWER_REFUSED))
            return a;
        answer_free(a);
    }
    return NULL;
}

struct answer *wire_question(struct wire *w, struct ask *ask, int timeout_ms, struct err *e)
{
    struct answer *a = NULL;
    int64_t now = wire_now(), until = now + timeout_ms;
    void *s = open_socket(w->context, ZMQ_DEALER, w->endpoint);
    if (s == NULL) {
        err_set(e, "%s: %s", w->endpoint, zmq_strerror(errno));
        return NULL;
    }
    for (ask->rid = 1; a == NULL && now < until; now = wire_now()) {
        struct bytes packed;
        zmq_pollitem_t item = {.socket = s, .events = ZMQ_POLLOUT};
        int64_t again = now + QUESTION_AGAIN_MS < until ? now + QUESTION_AGAIN_MS : until;
        if (zmq_poll(&item, 1, again - now) <= 0 || !ask_pack(ask, &packed))
            continue;
        zmq_send(s, packed.p, packed.n, ZMQ_DONTWAIT);
        bytes_free(&packed);
        a = await_answer(s, ask->rid, again);
    }
    zmq_close(s);
    if (a == NULL)
        err_set(e, "no daemon answers at %s; is newswired running?", w->endpoint);
    if (a == NULL || a->type != ANSWER_REFUSED)
        return a;
    err_set(e, "refused: %s", a->reason);
    answer_free(a);
    return NULL;
}
