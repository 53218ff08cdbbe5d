// SPDX-License-Identifier: MIT
/* client_wire: the two sockets of a subscriber, what comes out of them as values, and the descriptor that
 * tells of it. The only file of the clients that sees ZeroMQ. Knows nothing of gaps: that is catchup's
 * business.
 *
 * Invariant: what does not unpack, or has the wrong number of frames, goes no further than here. */
#ifndef CLIENTS_CLIENT_WIRE_H
#define CLIENTS_CLIENT_WIRE_H

#include "proto/frames.h"

struct wire;

/* Milliseconds of a clock that only goes forward. */
int64_t wire_now(void);

/* NULL: errno EINVAL for a malformed endpoint, else what ran out. Connects lazily and for ever. */
struct wire *wire_open(const char *publish, const char *replay);
void wire_close(struct wire *); /* NULL is fine */

/* Prefixes that the publish socket filters by, counted: as often off as on. */
bool wire_subscribe(struct wire *, const char *prefix);
bool wire_unsubscribe(struct wire *, const char *prefix);

/* Sends to the replay socket as soon as there is a connection; until then a newer ask takes its place. False:
 * memory. */
bool wire_ask(struct wire *, const struct ask *);

/* A record as it came: unpacked, and the frames. One object; wire_copy_free() takes it as void * to suit
 * catchup. */
struct wire_copy {
    struct head *head;
    struct newswire_dispatch *dispatch;
    const void *head_frame, *dispatch_frame;
    size_t head_size, dispatch_size;
};
void wire_copy_free(void *copy); /* NULL is fine */

enum wire_got {
    WIRE_NOTHING, /* both sockets are empty */
    WIRE_COPY,    /* copy */
    WIRE_TRAIL,   /* trail */
    WIRE_ANSWER,  /* answer; copy too when it is an ANSWER_ENTRY */
    WIRE_DAMAGED, /* was dropped; the reason in `e` */
    WIRE_BROKEN,  /* interrupted (errno EINTR) or beyond repair (other errno, the reason in `e`) */
};
struct wire_message { /* what is set is the caller's: wire_copy_free, trail_free, answer_free */
    struct wire_copy *copy;
    struct trail *trail;
    struct answer *answer;
};

/* The next message, answers first; never waits. */
enum wire_got wire_receive(struct wire *, struct wire_message *out, struct err *e);

/* Drops what the publish socket has received so far. */
void wire_flush(struct wire *);

/* Waits until there may be something to receive or to send, at most timeout_ms (-1: for ever). Right only
 * after WIRE_NOTHING. False: a signal came (errno EINTR), or worse. */
bool wire_wait(struct wire *, int timeout_ms);

/* Readable when there may be something to receive, and from `ms` after the last wire_arm() on; -1: not
 * because of it, as after wire_wait(). Nothing is armed for one who never asked for the descriptor; at first it is
 * readable. */
int wire_fd(struct wire *);
void wire_arm(struct wire *, int ms);

/* One question over a connection of its own, asked again after each second of silence; see client_ask(). */
struct answer *wire_question(struct wire *, struct ask *, int timeout_ms, struct err *e);

#endif
