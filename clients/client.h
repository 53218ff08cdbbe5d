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

#endif
