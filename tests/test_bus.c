// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "daemon/hands/bell.h"
#include "daemon/hands/bus.h"
#include "proto/frames.h"
#include "tests/peer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* A bus, an endpoint below a directory of its own, and a context for the other end. */
struct room {
    char directory[128], path[160], endpoint[1][256];
    struct bus *bus;
    void *ctx;
};

static int set_up(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    peer_tmp(r->directory);
    snprintf(r->path, sizeof r->path, "%s/s", r->directory);
    snprintf(r->endpoint[0], sizeof r->endpoint[0], "ipc://%s", r->path);
    r->bus = bus_new(NULL);
    assert_non_null(r->bus);
    r->ctx = zmq_ctx_new();
    *state = r;
    return 0;
}

/* Each test ends with it. One that failed does not come so far: closing what it left open would wait for
 * ever. */
static void leave(struct room *r)
{
    bus_free(r->bus);
    zmq_ctx_term(r->ctx);
}

static int tear_down(void **state)
{
    struct room *r = *state;
    peer_tmp_gone(r->directory);
    free(r);
    return 0;
}

static struct bus_pub *pub_open(struct room *r, unsigned hwm)
{
    struct err e = {""};
    struct bus_pub *p = bus_pub_open(r->bus, (const char(*)[256])r->endpoint, 1, hwm, &e);
    assert_string_equal(e.text, "");
    assert_non_null(p);
    return p;
}

static bool say(struct bus_pub *p, const char *topic, const char *head, const char *blob)
{
    struct bus_blob *h = bus_blob(head, strlen(head)),
                    *b = blob != NULL ? bus_blob(blob, strlen(blob)) : NULL;
    bool ok = bus_pub_send(p, topic, h, b);
    bus_blob_done(h);
    bus_blob_done(b);
    return ok;
}

/* Publishes under `topic` until the subscriber hears it: then what it subscribed to before is in force. A
 * socket that connects tells of its subscriptions in alphabetical order, so zz/ is the last. */
static void sync_with(struct bus_pub *p, void *sub, const char *topic)
{
    struct peer_message m;
    int quick = 1, wait = PEER_WAIT_MS;
    zmq_setsockopt(sub, ZMQ_RCVTIMEO, &quick, sizeof quick);
    PEER_UNTIL(say(p, topic, "sync", NULL) && peer_recv(sub, &m));
    peer_done(&m);
    // What else is under way is of the same kind.
    say(p, topic, "end", NULL);
    zmq_setsockopt(sub, ZMQ_RCVTIMEO, &wait, sizeof wait);
    for (bool end = false; !end;) {
        assert_true(peer_recv(sub, &m));
        end = peer_says(&m, 1, "end");
        peer_done(&m);
    }
}

static void *subscriber(struct room *r, const char *topic)
{
    void *sub = peer_socket(r->ctx, ZMQ_SUB, 0);
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, topic, strlen(topic));
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "zz/", 3);
    assert_int_equal(zmq_connect(sub, r->endpoint[0]), 0);
    return sub;
}

static void publishes_frames_and_counts_peers(void **state)
{
    struct room *r = *state;
    struct bus_pub *p = pub_open(r, 100);
    assert_int_equal(bus_pub_peers(p), 0);
    void *sub = subscriber(r, "a/");
    sync_with(p, sub, "zz/");
    PEER_UNTIL(bus_pub_peers(p) == 1);
    struct bus_blob *head = bus_blob("head", 4), *blob = bus_blob("blob", 4);
    assert_true(bus_pub_send(p, "b/", head, blob)); // to nobody
    assert_true(bus_pub_send(p, "a/x/", head, blob));
    assert_true(bus_pub_send(p, "a/y/", head, blob));
    assert_true(bus_pub_send(p, "a/z/", head, NULL));
    bus_blob_done(head);
    bus_blob_done(blob);
    const char *topics[] = {"a/x/", "a/y/", "a/z/"};
    for (size_t i = 0; i < 3; i++) {
        struct peer_message m;
        assert_true(peer_recv(sub, &m));
        assert_int_equal(m.n, i < 2 ? 3 : 2);
        assert_true(peer_says(&m, 0, topics[i]) && peer_says(&m, 1, "head"));
        assert_true(i == 2 || peer_says(&m, 2, "blob"));
        peer_done(&m);
    }
    zmq_close(sub);
    PEER_UNTIL(bus_pub_peers(p) == 0);
    bus_pub_close(p);
    leave(r);
}

static void keeps_thousands_of_subscriptions(void **state)
{
    struct room *r = *state;
    enum { MANY = 5000 };
    char topic[32];
    struct bus_pub *p = pub_open(r, MANY + 100);
    void *sub = peer_socket(r->ctx, ZMQ_SUB, 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(topic, sizeof topic, "watch/w%d/", i);
        zmq_setsockopt(sub, ZMQ_SUBSCRIBE, topic, strlen(topic));
    }
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "zz/", 3);
    assert_int_equal(zmq_connect(sub, r->endpoint[0]), 0);
    sync_with(p, sub, "zz/");
    for (int i = 0; i < MANY; i++) {
        snprintf(topic, sizeof topic, "watch/w%d/", i);
        say(p, topic, "h", NULL);
    }
    for (int i = 0; i < MANY; i++) {
        struct peer_message m;
        snprintf(topic, sizeof topic, "watch/w%d/", i);
        assert_true(peer_recv(sub, &m));
        assert_true(peer_says(&m, 0, topic));
        peer_done(&m);
    }
    zmq_close(sub);
    bus_pub_close(p);
    leave(r);
}

static void never_waits_for_a_subscriber(void **state)
{
    struct room *r = *state;
    struct bus_pub *p = pub_open(r, 500);
    void *slow = subscriber(r, "a/"), *quick = subscriber(r, "b/");
    sync_with(p, slow, "zz/");
    zmq_setsockopt(slow, ZMQ_UNSUBSCRIBE, "zz/", 3);
    sync_with(p, quick, "zz/");
    char blob[8192];
    memset(blob, 'x', sizeof blob - 1);
    blob[sizeof blob - 1] = '\0';
    for (int i = 0; i < 5000; i++)
        assert_true(say(p, "a/", "head", blob));
    sync_with(p, quick, "b/");
    zmq_close(slow);
    zmq_close(quick);
    bus_pub_close(p);
    leave(r);
}

/* --- binding -------------------------------------------------------------------------------------------- */
static void leave_stale_socket(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
}

static void replaces_a_dead_socket_only(void **state)
{
    struct room *r = *state;
    struct err e = {""};
    struct stat st;
    leave_stale_socket(r->path);
    struct bus_pub *p = pub_open(r, 10);
    assert_int_equal(stat(r->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);

    assert_null(bus_pub_open(r->bus, (const char(*)[256])r->endpoint, 1, 10, &e));
    assert_non_null(strstr(e.text, "another process answers"));
    assert_non_null(strstr(e.text, r->path));
    assert_null(bus_router_open(r->bus, (const char(*)[256])r->endpoint, 1, &e));
    void *sub = subscriber(r, "a/"); // and the living one lives
    sync_with(p, sub, "zz/");
    zmq_close(sub);
    bus_pub_close(p);
    leave(r);
}

static void never_removes_a_file(void **state)
{
    struct room *r = *state;
    struct err e = {""};
    close(open(r->path, O_CREAT | O_WRONLY, 0600));
    assert_null(bus_router_open(r->bus, (const char(*)[256])r->endpoint, 1, &e));
    assert_non_null(strstr(e.text, "is no socket"));
    assert_int_equal(access(r->path, F_OK), 0);
    leave(r);
}

static void says_why_it_cannot_bind(void **state)
{
    struct room *r = *state;
    struct err e = {""};
    char both[2][256];
    size_t size = sizeof both[1];
    void *other = peer_socket(r->ctx, ZMQ_PUB, 0);
    assert_int_equal(zmq_bind(other, "tcp://127.0.0.1:*"), 0);
    memcpy(both[0], r->endpoint[0], sizeof both[0]);
    assert_int_equal(zmq_getsockopt(other, ZMQ_LAST_ENDPOINT, both[1], &size), 0);
    assert_null(bus_pub_open(r->bus, (const char(*)[256])both, 2, 10, &e));
    assert_non_null(strstr(e.text, both[1]));
    assert_non_null(strstr(e.text, "in use"));
    zmq_close(other);
    leave(r);
}

static void binds_several_endpoints(void **state)
{
    struct room *r = *state;
    char both[2][256];
    memcpy(both[0], r->endpoint[0], sizeof both[0]);
    snprintf(both[1], sizeof both[1], "tcp://127.0.0.1:*");
    struct bus_pub *p = bus_pub_open(r->bus, (const char(*)[256])both, 2, 10, NULL);
    assert_non_null(p);
    bus_pub_close(p);
    leave(r);
}

/* --- ROUTER --------------------------------------------------------------------------------------------- */
static struct bus_router *router_open(struct room *r)
{
    struct err e = {""};
    struct bus_router *router = bus_router_open(r->bus, (const char(*)[256])r->endpoint, 1, &e);
    assert_string_equal(e.text, "");
    return router;
}

static void *asker(struct room *r, int type)
{
    void *s = peer_socket(r->ctx, type, 1);
    assert_int_equal(zmq_connect(s, r->endpoint[0]), 0);
    return s;
}

/* The next ask, waited for. */
static int hear(struct bus_router *router, struct bus_peer *peer, const uint8_t **p, size_t *n)
{
    int got = 0;
    for (int tries = 0; got == 0 && tries < PEER_WAIT_MS / 100; tries++) {
        bus_wait(router, -1, 100);
        got = bus_router_recv(router, peer, p, n);
    }
    return got;
}

static void asks_and_answers(void **state)
{
    struct room *r = *state;
    struct bus_router *router = router_open(r);
    void *dealer = asker(r, ZMQ_DEALER);
    struct bus_peer peer;
    const uint8_t *p;
    size_t n;
    assert_int_equal(bus_router_recv(router, &peer, &p, &n), 0);
    zmq_send(dealer, "ask", 3, 0);
    assert_int_equal(hear(router, &peer, &p, &n), 1);
    assert_int_equal(n, 3);
    assert_memory_equal(p, "ask", 3);
    const struct bus_frame frames[] = {{"one", 3}, {"", 0}, {"three", 5}};
    assert_int_equal(bus_router_send(router, &peer, frames, 3), BUS_SENT);
    struct peer_message m;
    assert_true(peer_recv(dealer, &m));
    assert_int_equal(m.n, 3);
    assert_true(peer_says(&m, 0, "one") && peer_says(&m, 1, "") && peer_says(&m, 2, "three"));
    peer_done(&m);
    zmq_close(dealer);
    PEER_UNTIL(bus_router_send(router, &peer, frames, 3) == BUS_LOST);
    peer = (struct bus_peer){.id = "nobody", .n = 6};
    assert_int_equal(bus_router_send(router, &peer, frames, 1), BUS_LOST);
    bus_router_close(router);
    leave(r);
}

static void only_one_frame_is_an_ask(void **state)
{
    struct room *r = *state;
    struct bus_router *router = router_open(r);
    void *req = asker(r, ZMQ_REQ), *dealer = asker(r, ZMQ_DEALER);
    struct bus_peer peer;
    const uint8_t *p;
    size_t n;
    zmq_send(req, "ask", 3, 0); // a REQ puts an empty frame in front
    assert_int_equal(hear(router, &peer, &p, &n), -1);
    zmq_send(dealer, "a", 1, ZMQ_SNDMORE);
    zmq_send(dealer, "b", 1, ZMQ_SNDMORE);
    zmq_send(dealer, "c", 1, 0);
    assert_int_equal(hear(router, &peer, &p, &n), -1);
    zmq_send(dealer, "ask", 3, 0);
    assert_int_equal(hear(router, &peer, &p, &n), 1);
    assert_memory_equal(p, "ask", 3);
    zmq_close(req);
    zmq_close(dealer);
    bus_router_close(router);
    leave(r);
}

static void the_largest_ask_fits_and_a_larger_ends_its_sender(void **state)
{
    struct room *r = *state;
    struct bus_router *router = router_open(r);
    void *fair = asker(r, ZMQ_DEALER), *rude = asker(r, ZMQ_DEALER);
    struct bus_peer peer;
    const uint8_t *p;
    size_t n, most = FRAMES_TOPICS_MAX * (TOPIC_MAX + 3);
    char *bytes = calloc(1, 2 * most);
    zmq_send(rude, bytes, 2 * most, 0);
    zmq_send(fair, bytes, most, 0);
    assert_int_equal(hear(router, &peer, &p, &n), 1);
    assert_int_equal(n, most);
    assert_int_equal(bus_router_recv(router, &peer, &p, &n), 0);
    free(bytes);
    zmq_close(fair);
    zmq_close(rude);
    bus_router_close(router);
    leave(r);
}

/* A peer that does not read: its pipe fills, others are served, and what it reads at last is every message
 * that was BUS_SENT, whole and in order, and nothing else. */
static void a_full_pipe_takes_all_or_nothing(void **state)
{
    struct room *r = *state;
    struct bus_router *router = router_open(r);
    void *slow = asker(r, ZMQ_DEALER), *quick = asker(r, ZMQ_DEALER);
    struct bus_peer slow_peer, quick_peer;
    const uint8_t *p;
    size_t n;
    uint32_t sent = 0, got = 0;
    static char filler[16384];
    zmq_send(slow, "ask", 3, 0);
    assert_int_equal(hear(router, &slow_peer, &p, &n), 1);
    zmq_send(quick, "ask", 3, 0);
    assert_int_equal(hear(router, &quick_peer, &p, &n), 1);
    // Full more than once in a row: libzmq moves on what it can meanwhile.
    for (unsigned full = 0; full < 50;) {
        const struct bus_frame frames[] = {
            {&sent, sizeof sent}, {filler, sizeof filler}, {&sent, sizeof sent}};
        enum bus_sent rc = bus_router_send(router, &slow_peer, frames, 3);
        assert_int_not_equal(rc, BUS_LOST);
        sent += rc == BUS_SENT;
        full = rc == BUS_FULL ? full + 1 : 0;
        if (rc == BUS_FULL)
            usleep(1000);
    }
    assert_true(sent > FRAMES_CREDIT_MAX); // a page and its End fit
    const struct bus_frame hello = {"hello", 5};
    assert_int_equal(bus_router_send(router, &quick_peer, &hello, 1), BUS_SENT);
    struct peer_message m;
    assert_true(peer_recv(quick, &m));
    assert_true(peer_says(&m, 0, "hello"));
    peer_done(&m);
    for (; got < sent; got++) {
        assert_true(peer_recv(slow, &m));
        assert_int_equal(m.n, 3);
        assert_memory_equal(peer_bytes(&m, 0), &got, sizeof got);
        assert_int_equal(peer_size(&m, 1), sizeof filler);
        assert_memory_equal(peer_bytes(&m, 2), &got, sizeof got);
        peer_done(&m);
    }
    PEER_UNTIL(bus_router_send(router, &slow_peer, &hello, 1) == BUS_SENT);
    assert_true(peer_recv(slow, &m));
    assert_true(peer_says(&m, 0, "hello"));
    peer_done(&m);
    zmq_close(slow);
    zmq_close(quick);
    bus_router_close(router);
    leave(r);
}

static void waits_for_a_bell(void **state)
{
    (void)state;
    int bell = bell_new(NULL);
    bus_wait(NULL, bell, 0);
    bell_ring(bell);
    bus_wait(NULL, bell, -1); // for ever, if it did not hear
    bus_wait(NULL, -1, 1);
    bell_free(bell);
}

#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROOM(publishes_frames_and_counts_peers),
        IN_ROOM(keeps_thousands_of_subscriptions),
        IN_ROOM(never_waits_for_a_subscriber),
        IN_ROOM(replaces_a_dead_socket_only),
        IN_ROOM(never_removes_a_file),
        IN_ROOM(says_why_it_cannot_bind),
        IN_ROOM(binds_several_endpoints),
        IN_ROOM(asks_and_answers),
        IN_ROOM(only_one_frame_is_an_ask),
        IN_ROOM(the_largest_ask_fits_and_a_larger_ends_its_sender),
        IN_ROOM(a_full_pipe_takes_all_or_nothing),
        cmocka_unit_test(waits_for_a_bell),
    };
    return cmocka_run_group_tests_name("bus", tests, NULL, NULL);
}
