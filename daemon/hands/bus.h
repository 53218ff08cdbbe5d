// SPDX-License-Identifier: MIT
/* bus: the daemon's two sockets. The only room of the daemon that sees ZeroMQ. A socket is born, used and
 * closed on one thread. Nothing here blocks but bus_wait. */
#ifndef DAEMON_HANDS_BUS_H
#define DAEMON_HANDS_BUS_H

#include "proto/err.h"

#include <stddef.h>
#include <stdint.h>

struct bus; /* the ZeroMQ context, shared by both threads */
struct bus *bus_new(struct err *e);
void bus_free(struct bus *); /* after both sockets are closed; never hangs (ZMQ_LINGER is bounded) */

/* --- PUB ------------------------------------------------------------------------------------------------ */
struct bus_pub;
/* Binds every endpoint (a stale ipc file of a dead daemon is replaced, a live one's is refused with clear
 * words; the socket files are mode 0660). ZMQ_SNDHWM = sndhwm, ZMQ_RCVHWM = 0, ZMQ_LINGER bounded. */
struct bus_pub *bus_pub_open(struct bus *, const char endpoints[][256], size_t n, unsigned sndhwm,
                             struct err *e);
void bus_pub_close(struct bus_pub *);
/* Bytes that go out under many topics: made once, each copy sent costs no memcpy. */
struct bus_blob;
struct bus_blob *bus_blob(const void *p, size_t n); /* copies; NULL when memory ran out */
void bus_blob_done(struct bus_blob *);
/* topic | head | blob; blob NULL: two frames. Never blocks, never fails but for memory. */
bool bus_pub_send(struct bus_pub *, const char *topic, struct bus_blob *head, struct bus_blob *blob);
/* Connections now, by ZeroMQ's socket monitor. */
uint64_t bus_pub_peers(struct bus_pub *);

/* --- ROUTER --------------------------------------------------------------------------------------------- */
struct bus_router;
struct bus_router *bus_router_open(struct bus *, const char endpoints[][256], size_t n, struct err *e);
void bus_router_close(struct bus_router *);
#define BUS_PEER_MAX 255
struct bus_peer {
    uint8_t id[BUS_PEER_MAX];
    uint8_t n;
};
/* The next ask that has arrived: one frame behind the identity. Returns 1 and fills `peer` and `out` (valid
 * until the next call), 0 when none is there, -1 for something that is no ask (dropped; say so). */
int bus_router_recv(struct bus_router *, struct bus_peer *peer, const uint8_t **out, size_t *n);
/* Sends frames to a peer without blocking, all or nothing (ROUTER_MANDATORY). */
enum bus_sent { BUS_SENT, BUS_FULL /* EAGAIN: park it */, BUS_LOST /* EHOSTUNREACH: end its session */ };
struct bus_frame {
    const void *p;
    size_t n;
};
enum bus_sent bus_router_send(struct bus_router *, const struct bus_peer *, const struct bus_frame *frames,
                              size_t n);

/* Waits until `bell` (an eventfd; -1 = none) or the socket (NULL = none) is readable, at most timeout_ms. */
void bus_wait(struct bus_router *, int bell, int timeout_ms);

#endif
