// SPDX-License-Identifier: MIT
/* peer: the other end of the daemon's sockets, raw ZeroMQ, for tests. Whatever is waited for is waited for
 * long, and its absence fails the test. */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define PEER_WAIT_MS 30000

/* A new directory, short enough for a socket's path. */
static inline void peer_tmp(char out[128])
{
    const char *base = getenv("TMPDIR");
    snprintf(out, 128, "%s/newswire.XXXXXX", base != NULL && strlen(base) < 60 ? base : "/tmp");
    assert_non_null(mkdtemp(out));
}

static inline void peer_tmp_gone(const char *directory)
{
    DIR *d = opendir(directory);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;)
        unlinkat(dirfd(d), entry->d_name, 0);
    if (d != NULL)
        closedir(d);
    assert_int_equal(rmdir(directory), 0);
}

static inline void *peer_socket(void *ctx, int type, int rcvhwm)
{
    void *s = zmq_socket(ctx, type);
    assert_non_null(s);
    int wait = PEER_WAIT_MS, none = 0;
    assert_int_equal(zmq_setsockopt(s, ZMQ_RCVTIMEO, &wait, sizeof wait), 0);
    assert_int_equal(zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none), 0);
    assert_int_equal(zmq_setsockopt(s, ZMQ_SNDHWM, &none, sizeof none), 0);
    assert_int_equal(zmq_setsockopt(s, ZMQ_RCVHWM, &rcvhwm, sizeof rcvhwm), 0);
    return s;
}

#define PEER_FRAMES 6
struct peer_message {
    size_t n;
    zmq_msg_t frames[PEER_FRAMES];
};

/* The next message whole; false when none is there after the socket's timeout. */
static inline bool peer_recv(void *s, struct peer_message *m)
{
    m->n = 0;
    do {
        assert_true(m->n < PEER_FRAMES);
        zmq_msg_init(&m->frames[m->n]);
        if (zmq_msg_recv(&m->frames[m->n], s, 0) < 0) {
            assert_int_equal(m->n, 0);
            return false;
        }
    } while (zmq_msg_more(&m->frames[m->n++]));
    return true;
}

static inline void peer_done(struct peer_message *m)
{
    for (size_t i = 0; i < m->n; i++)
        zmq_msg_close(&m->frames[i]);
    m->n = 0;
}

static inline const uint8_t *peer_bytes(struct peer_message *m, size_t i)
{
    assert_true(i < m->n);
    return zmq_msg_data(&m->frames[i]);
}

static inline size_t peer_size(struct peer_message *m, size_t i)
{
    assert_true(i < m->n);
    return zmq_msg_size(&m->frames[i]);
}

static inline bool peer_says(struct peer_message *m, size_t i, const char *text)
{
    return peer_size(m, i) == strlen(text) && memcmp(peer_bytes(m, i), text, strlen(text)) == 0;
}

/* Waits for a condition, as long as it takes or until the test has failed. */
#define PEER_UNTIL(condition)                                                                                \
    do {                                                                                                     \
        int tries_ = PEER_WAIT_MS;                                                                           \
        while (!(condition) && tries_-- > 0)                                                                 \
            usleep(1000);                                                                                    \
        assert_true(tries_ > 0);                                                                             \
    } while (0)

#endif
