// SPDX-License-Identifier: MIT
/* peer_nats: a NATS JetStream with file storage: published with acknowledgement, received by a push consumer. */
#include "tests/bench/peer.h"

#include "tests/bench/clock.h"

#define STREAM "{\"name\":\"WIRE\",\"subjects\":[\"wire.*\"],\"storage\":\"file\"}"
#define CONSUMER                                                                                                      \
    "{\"stream_name\":\"WIRE\",\"config\":{\"deliver_subject\":\"bench.wire\",\"deliver_policy\":\"all\","              \
    "\"ack_policy\":\"none\",\"replay_policy\":\"instant\"}}"
#define INBOX "bench.inbox"

/* The payload of the next message that comes. */
static char *message(struct peer *p)
{
    for (;;) {
        char *line = peer_line(p);
        if (strcmp(line, "PING") == 0) {
            peer_print(p, "PONG\r\n");
            peer_flush(p);
        }
        check(strncmp(line, "-ERR", 4) != 0, line);
        if (strncmp(line, "MSG ", 4) != 0)
            continue;
        size_t n = (size_t)atol(strrchr(line, ' ') + 1);
        char *text = peer_bytes(p, n + 2);
        text[n] = '\0';
        return text;
    }
}

static void ask(struct peer *p, const char *subject, const char *json)
{
    peer_print(p, "PUB %s " INBOX " %zu\r\n%s\r\n", subject, strlen(json), json);
    peer_flush(p);
    char *answer = message(p);
    check(strstr(answer, "\"error\"") == NULL, answer);
}

static void greet(struct peer *p, bool receiver)
{
    check(strncmp(peer_line(p), "INFO ", 5) == 0, "no NATS server");
    // Each client has an inbox of its own name: the loader's acknowledgements are not for the receiver.
    peer_print(p, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB %s 1\r\n", receiver ? INBOX : "bench.acks");
    if (!receiver)
        return;
    ask(p, "$JS.API.STREAM.CREATE.WIRE", STREAM);
    peer_print(p, "SUB bench.wire 2\r\n");
    ask(p, "$JS.API.CONSUMER.CREATE.WIRE", CONSUMER);
}

static void send_one(struct peer *p, const char *text, size_t n)
{
    peer_print(p, "PUB wire.all bench.acks %zu\r\n", n);
    peer_put(p, text, n);
    peer_put(p, "\r\n", 2);
}

static void acked(struct peer *p)
{
    char *answer = message(p);
    check(strstr(answer, "\"seq\"") != NULL, answer);
}

static long receive(struct peer *p)
{
    message(p);
    return 1;
}

const struct peer_protocol peer_nats = {"nats", greet, send_one, acked, receive};
