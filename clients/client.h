// SPDX-License-Identifier: MIT
/* client: what our own program needs of the library beyond newswire.h. Not installed, not exported. */
#ifndef CLIENTS_CLIENT_H
#define CLIENTS_CLIENT_H

#include "newswire/newswire.h"
#include "proto/frames.h"

/* Asks the daemon one question (ASK_LOCATE, ASK_TOPICS, ASK_STATUS, ASK_FILE; the rid is filled in here) and
 * waits for its answer at most timeout_ms, asking again after each second of silence. NULL: no answer in time
 * ("no daemon answers at ENDPOINT; is newswired running?"), or refused. Free the answer with answer_free().
 * Works before and between calls of newswire_next(). */
struct answer *client_ask(struct newswire *, struct ask *, int timeout_ms, struct err *e);

/* The half of newswire_close() that matters to others: saves the cursor and lets its lock go. For a process that ends now and
 * leaves ZeroMQ to the kernel: zmq_ctx_term() of libzmq 4.3.4 was seen to hang, and once to abort, while its sockets were
 * reconnecting to a daemon that had just died. */
void client_leave(struct newswire *);

#endif
