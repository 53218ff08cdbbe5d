// SPDX-License-Identifier: MIT
/* peer_redis: a Redis stream (RESP): XADD, and XREAD from its beginning. */
#include "tests/bench/peer.h"

#include "tests/bench/clock.h"

#define RECEIVE_MOST 512

static char last[64] = "0-0"; /* the newest entry received */

static long number(struct peer *p, char type)
{
    char *line = peer_line(p);
    check(line[0] == type, line);
    return atol(line + 1);
}

static char *bulk(struct peer *p)
{
    size_t n = (size_t)number(p, '$');
    char *text = peer_bytes(p, n + 2);
    text[n] = '\0';
    return text;
}

static void greet(struct peer *p, bool receiver)
{
    (void)receiver;
    peer_print(p, "PING\r\n");
    peer_flush(p);
    check(strcmp(peer_line(p), "+PONG") == 0, "PING");
}

static void send_one(struct peer *p, const char *text, size_t n)
{
    peer_print(p, "*5\r\n$4\r\nXADD\r\n$4\r\nwire\r\n$1\r\n*\r\n$1\r\nt\r\n$%zu\r\n", n);
    peer_put(p, text, n);
    peer_put(p, "\r\n", 2);
}

static void acked(struct peer *p)
{
    bulk(p);
}

/* [[stream, [[id, [field, value]], ...]]] */
static long receive(struct peer *p)
{
    peer_print(p, "XREAD COUNT %d BLOCK 0 STREAMS wire %s\r\n", RECEIVE_MOST, last);
    peer_flush(p);
    check(number(p, '*') == 1 && number(p, '*') == 2, "XREAD");
    bulk(p);
    long n = number(p, '*');
    for (long i = 0; i < n; i++) {
        check(number(p, '*') == 2, "an entry");
        snprintf(last, sizeof last, "%s", bulk(p));
        check(number(p, '*') == 2, "its fields");
        bulk(p);
        bulk(p);
    }
    return n;
}

const struct peer_protocol peer_redis = {"redis", greet, send_one, acked, receive};
