// SPDX-License-Identifier: MIT
/* peer: a client of other people's durable wires, as small as their protocols allow, so that what is measured is
 * the server. One connection, a buffer for each direction. */
#ifndef TESTS_BENCH_PEER_H
#define TESTS_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;

/* What a protocol must be able to do. Whatever is not as it must be ends the program. */
struct peer_protocol {
    const char *name;
    void (*greet)(struct peer *, bool receiver); /* when it returns, a receiver gets all that is sent from now on */
    void (*send)(struct peer *, const char *text, size_t n); /* one dispatch */
    void (*acked)(struct peer *);                /* waits until one more dispatch was taken */
    long (*receive)(struct peer *);              /* waits for dispatches, and tells how many came */
};

extern const struct peer_protocol peer_redis, peer_nats, peer_mqtt;

/* Puts bytes behind what is to be sent; peer_flush sends it. */
void peer_put(struct peer *, const void *p, size_t n);
void peer_print(struct peer *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void peer_flush(struct peer *);
/* The next n bytes, or the next line without its CRLF but with a NUL in its place; good until the next call. */
char *peer_bytes(struct peer *, size_t n);
char *peer_line(struct peer *);
/* Whether something has come that was not yet taken. */
bool peer_pending(const struct peer *);

#endif
