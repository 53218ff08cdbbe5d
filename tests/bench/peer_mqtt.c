// SPDX-License-Identifier: MIT
/* peer_mqtt: MQTT 3.1.1 with QoS 1 on both sides, in a session that the server keeps. */
#include "tests/bench/peer.h"

#include "tests/bench/clock.h"

#define TOPIC "wire"
enum packet { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, PUBACK = 0x40, SUBSCRIBE = 0x82, SUBACK = 0x90 };
#define QOS_1 2 /* in the first byte of a PUBLISH */

static void put_number(struct peer *p, uint16_t n)
{
    const uint8_t bytes[2] = {(uint8_t)(n >> 8), (uint8_t)n};
    peer_put(p, bytes, sizeof bytes);
}

static void put_text(struct peer *p, const char *text)
{
    put_number(p, (uint16_t)strlen(text));
    peer_put(p, text, strlen(text));
}

/* First byte and remaining length, seven bits a byte. */
static void put_head(struct peer *p, uint8_t type, size_t n)
{
    peer_put(p, &type, 1);
    do {
        uint8_t byte = (uint8_t)((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        peer_put(p, &byte, 1);
        n >>= 7;
    } while (n > 0);
}

/* The next packet whole; its first byte in *type. */
static uint8_t *packet(struct peer *p, uint8_t *type, size_t *n)
{
    *type = (uint8_t)*peer_bytes(p, 1);
    *n = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = (uint8_t)*peer_bytes(p, 1);
        *n |= (size_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return (uint8_t *)peer_bytes(p, *n);
}

static void await(struct peer *p, enum packet wanted)
{
    uint8_t type;
    size_t n;
    peer_flush(p);
    packet(p, &type, &n);
    check((type & 0xf0) == (wanted & 0xf0), "another packet was awaited");
}

static void greet(struct peer *p, bool receiver)
{
    const char *name = receiver ? "receiver" : "loader";
    const uint8_t level_flags_alive[4] = {4, receiver ? 0 : 2, 0, 0}; // a receiver's session is kept
    put_head(p, CONNECT, 6 + 4 + 2 + strlen(name));
    put_text(p, "MQTT");
    peer_put(p, level_flags_alive, 4);
    put_text(p, name);
    await(p, CONNACK);
    if (!receiver)
        return;
    put_head(p, SUBSCRIBE, 2 + 2 + strlen(TOPIC) + 1);
    put_number(p, 1);
    put_text(p, TOPIC);
    peer_put(p, "\1", 1);
    await(p, SUBACK);
}

static void send_one(struct peer *p, const char *text, size_t n)
{
    static uint16_t id;
    put_head(p, PUBLISH | QOS_1, 2 + strlen(TOPIC) + 2 + n);
    put_text(p, TOPIC);
    id = id == UINT16_MAX ? 1 : (uint16_t)(id + 1);
    put_number(p, id);
    peer_put(p, text, n);
}

static void acked(struct peer *p)
{
    await(p, PUBACK);
}

/* What has come is acknowledged together. */
static long receive(struct peer *p)
{
    long n = 0;
    do {
        uint8_t type;
        size_t size;
        const uint8_t *at = packet(p, &type, &size) + 2 + strlen(TOPIC);
        check((type & 0xf0) == PUBLISH, "a dispatch was awaited");
        uint16_t id = (uint16_t)(at[0] << 8 | at[1]);
        put_head(p, PUBACK, 2);
        put_number(p, id);
        n++;
    } while (peer_pending(p) && n < 64);
    peer_flush(p);
    return n;
}

const struct peer_protocol peer_mqtt = {"mqtt", greet, send_one, acked, receive};
