// SPDX-License-Identifier: MIT
/* bus: see bus.h. A message of several frames is made whole before its first frame is handed over, because
 * ZeroMQ cannot take a half-sent message back. Whether a peer has room is decided by libzmq at the first
 * frame: its pipes count whole messages, so what takes the first frame takes them all. */
#include "daemon/hands/bus.h"

#include "proto/frames.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#define LINGER_MS 1000 /* how long what was sent may outlive its socket */
/* What a subscriber sends: a subscription of TOPIC_MAX bytes, or a handshake with keys and metadata. */
#define PUB_ASK_MAX 4096
/* A Request with every topic that it may have, each with two bytes of length and a tag; and the rest of
 * it. */
#define ROUTER_ASK_MAX (FRAMES_TOPICS_MAX * (TOPIC_MAX + 3) + 4096)
#define ROUTER_ASKS 16 /* asks of one peer that may wait: it has one under way */
#define ROUTER_PAGE (FRAMES_CREDIT_MAX + 1) /* a page and its End */
/* libzmq tells of what has left a pipe only at each half of its mark: twice a page has room for the next one
 * when its peer asks for it, once a page would park it half-way. */
#define ROUTER_HWM (2 * ROUTER_PAGE)
#define FRAMES_IN_MESSAGE 8

struct bus {
    void *ctx;
};

struct bus *bus_new(struct err *e)
{
    struct bus *b = calloc(1, sizeof *b);
    if (b != NULL && (b->ctx = zmq_ctx_new()) != NULL)
        return b;
    err_sys(e, "ZeroMQ");
    free(b);
    return NULL;
}

void bus_free(struct bus *b)
{
    if (b == NULL)
        return;
    while (zmq_ctx_term(b->ctx) != 0 && errno == EINTR)
        continue;
    free(b);
}

/* --- binding -------------------------------------------------------------------------------------------- */
static const char *ipc_path(const char *endpoint)
{
    const char *path = strncmp(endpoint, "ipc://", 6) == 0 ? endpoint + 6 : NULL;
    // "@name" and "*" are not files.
    return path != NULL && path[0] == '/' ? path : NULL;
}

/* libzmq removes whatever lies at the path before it binds, a living daemon's socket too: so knock first. */
static bool path_is_free(const char *path, struct err *e)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT || err_sys(e, "%s", path);
    if (!S_ISSOCK(st.st_mode))
        return err_set(e, "%s: is there already and is no socket; remove it or choose another path", path);
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof to.sun_path)
        return err_set(e, "%s: longer than the %zu bytes of a socket's path", path, sizeof to.sun_path - 1);
    memcpy(to.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_sys(e, "%s", path);
    int rc = connect(fd, (const struct sockaddr *)&to, sizeof to);
    int why = errno;
    close(fd);
    // EAGAIN: somebody listens and is busy.
    if (rc == 0 || why == EAGAIN)
        return err_set(e, "%s: another process answers on this socket", path);
    errno = why;
    return why == ECONNREFUSED || why == ENOENT || err_sys(e, "%s: cannot tell whether it is in use", path);
}

static bool bind_one(void *sock, const char *endpoint, struct err *e)
{
    const char *path = ipc_path(endpoint);
    if (path != NULL && !path_is_free(path, e))
        return false;
    int ipv6 = strchr(endpoint, '[') != NULL;
    zmq_setsockopt(sock, ZMQ_IPV6, &ipv6, sizeof ipv6);
    if (zmq_bind(sock, endpoint) != 0)
        return err_set(e, "bind %s: %s", endpoint, zmq_strerror(errno));
    if (path != NULL && chmod(path, 0660) != 0)
        return err_sys(e, "chmod %s", path);
    return true;
}

static bool bind_all(void *sock, const char endpoints[][256], size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (!bind_one(sock, endpoints[i], e))
            return false;
    return true;
}

struct option {
    int name, value;
};

/* A socket with what both have in common: whoever is dead for a minute goes away and takes his queue
 * along. */
static void *socket_new(struct bus *b, int type, const struct option *own, size_t n, struct err *e)
{
    static const struct option common[] = {
        {ZMQ_LINGER, LINGER_MS},         {ZMQ_BACKLOG, 1024},          {ZMQ_TCP_KEEPALIVE, 1},
        {ZMQ_TCP_KEEPALIVE_IDLE, 60},    {ZMQ_TCP_KEEPALIVE_INTVL, 20}, {ZMQ_TCP_KEEPALIVE_CNT, 3},
        {ZMQ_HEARTBEAT_IVL, 15 * 1000},  {ZMQ_HEARTBEAT_TIMEOUT, 60 * 1000},
    };
    void *s = zmq_socket(b->ctx, type);
    bool ok = s != NULL;
    for (size_t i = 0; ok && i < sizeof common / sizeof *common; i++)
        ok = zmq_setsockopt(s, common[i].name, &common[i].value, sizeof(int)) == 0;
    for (size_t i = 0; ok && i < n; i++)
        ok = own[i].name == ZMQ_MAXMSGSIZE
                 ? zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &(int64_t){own[i].value}, sizeof(int64_t)) == 0
                 : zmq_setsockopt(s, own[i].name, &own[i].value, sizeof(int)) == 0;
    if (ok)
        return s;
    err_set(e, "socket: %s", zmq_strerror(errno));
    if (s != NULL)
        zmq_close(s);
    return NULL;
}

/* --- messages ------------------------------------------------------------------------------------------- */
static bool part(zmq_msg_t *m, const void *p, size_t n)
{
    if (zmq_msg_init_size(m, n) != 0)
        return false;
    if (n > 0)
        memcpy(zmq_msg_data(m), p, n);
    return true;
}

static void close_parts(zmq_msg_t *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        zmq_msg_close(&parts[i]);
}

/* Hands over the parts, all or none; false with errno as the first one met it. */
static bool send_parts(void *sock, zmq_msg_t *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (zmq_msg_send(&parts[i], sock, ZMQ_DONTWAIT | (i + 1 < n ? ZMQ_SNDMORE : 0)) >= 0)
            continue;
        int why = errno;
        assert(i == 0);
        close_parts(parts + i, n - i);
        errno = why;
        return false;
    }
    return true;
}

struct bus_blob {
    zmq_msg_t msg; /* the bytes are counted references: libzmq frees them with the last copy sent */
};

struct bus_blob *bus_blob(const void *p, size_t n)
{
    struct bus_blob *blob = malloc(sizeof *blob);
    if (blob != NULL && part(&blob->msg, p, n))
        return blob;
    free(blob);
    return NULL;
}

void bus_blob_done(struct bus_blob *blob)
{
    if (blob == NULL)
        return;
    zmq_msg_close(&blob->msg);
    free(blob);
}

static void share(zmq_msg_t *to, struct bus_blob *blob)
{
    zmq_msg_init(to);
    zmq_msg_copy(to, &blob->msg);
}

/* --- PUB ------------------------------------------------------------------------------------------------ */
struct bus_pub {
    void *sock, *monitor;
    uint64_t peers;
};

/* Listens to the socket's comings and goings. The monitor's queue has no limit: a full one would stop
 * libzmq's thread. */
static bool monitor_open(struct bus *b, struct bus_pub *p, struct err *e)
{
    static atomic_uint number;
    char name[48];
    snprintf(name, sizeof name, "inproc://newswire-monitor-%u", atomic_fetch_add(&number, 1));
    if (zmq_socket_monitor(p->sock, name, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) == 0 &&
        (p->monitor = zmq_socket(b->ctx, ZMQ_PAIR)) != NULL &&
        zmq_setsockopt(p->monitor, ZMQ_RCVHWM, &(int){0}, sizeof(int)) == 0 &&
        zmq_setsockopt(p->monitor, ZMQ_LINGER, &(int){0}, sizeof(int)) == 0 &&
        zmq_connect(p->monitor, name) == 0)
        return true;
    return err_set(e, "socket monitor: %s", zmq_strerror(errno));
}

struct bus_pub *bus_pub_open(struct bus *b, const char endpoints[][256], size_t n, unsigned sndhwm,
                             struct err *e)
{
    // RCVHWM is about subscriptions here: past it they would be lost when a subscriber with many comes back.
    const struct option own[] = {
        {ZMQ_SNDHWM, (int)sndhwm}, {ZMQ_RCVHWM, 0}, {ZMQ_MAXMSGSIZE, PUB_ASK_MAX},
    };
    struct bus_pub *p = calloc(1, sizeof *p);
    if (p == NULL) {
        err_sys(e, "publish socket");
        return NULL;
    }
    p->sock = socket_new(b, ZMQ_PUB, own, sizeof own / sizeof *own, e);
    if (p->sock != NULL && monitor_open(b, p, e) && bind_all(p->sock, endpoints, n, e))
        return p;
    bus_pub_close(p);
    return NULL;
}

void bus_pub_close(struct bus_pub *p)
{
    if (p == NULL)
        return;
    if (p->sock != NULL) {
        zmq_socket_monitor(p->sock, NULL, 0);
        zmq_close(p->sock);
    }
    if (p->monitor != NULL)
        zmq_close(p->monitor);
    free(p);
}

bool bus_pub_send(struct bus_pub *p, const char *topic, struct bus_blob *head, struct bus_blob *blob)
{
    zmq_msg_t parts[3];
    if (!part(&parts[0], topic, strlen(topic)))
        return false;
    share(&parts[1], head);
    if (blob != NULL)
        share(&parts[2], blob);
    return send_parts(p->sock, parts, blob != NULL ? 3 : 2);
}

/* Counts by ACCEPTED, not HANDSHAKE_SUCCEEDED: only the former is followed by exactly one DISCONNECTED, so
 * that the sum cannot drift. Who connects and says nothing is one too many for the half minute that a
 * handshake may take. */
uint64_t bus_pub_peers(struct bus_pub *p)
{
    zmq_msg_t m;
    zmq_msg_init(&m);
    // Two frames each: event (u16) with its value, then the endpoint.
    for (bool first = true; zmq_msg_recv(&m, p->monitor, ZMQ_DONTWAIT) >= 0; first = !zmq_msg_more(&m)) {
        uint16_t event = 0;
        if (first && zmq_msg_size(&m) >= sizeof event)
            memcpy(&event, zmq_msg_data(&m), sizeof event);
        if (event == ZMQ_EVENT_ACCEPTED)
            p->peers++;
        else if (event == ZMQ_EVENT_DISCONNECTED && p->peers > 0)
            p->peers--;
    }
    zmq_msg_close(&m);
    return p->peers;
}

/* --- ROUTER --------------------------------------------------------------------------------------------- */
struct bus_router {
    void *sock;
    zmq_msg_t ask; /* the last one received: its bytes were handed out */
};

struct bus_router *bus_router_open(struct bus *b, const char endpoints[][256], size_t n, struct err *e)
{
    const struct option own[] = {
        {ZMQ_ROUTER_MANDATORY, 1},   {ZMQ_SNDHWM, ROUTER_HWM},
        {ZMQ_RCVHWM, ROUTER_ASKS},   {ZMQ_MAXMSGSIZE, ROUTER_ASK_MAX},
    };
    struct bus_router *r = calloc(1, sizeof *r);
    if (r == NULL) {
        err_sys(e, "replay socket");
        return NULL;
    }
    zmq_msg_init(&r->ask);
    r->sock = socket_new(b, ZMQ_ROUTER, own, sizeof own / sizeof *own, e);
    if (r->sock != NULL && bind_all(r->sock, endpoints, n, e))
        return r;
    bus_router_close(r);
    return NULL;
}

void bus_router_close(struct bus_router *r)
{
    if (r == NULL)
        return;
    zmq_msg_close(&r->ask);
    if (r->sock != NULL)
        zmq_close(r->sock);
    free(r);
}

int bus_router_recv(struct bus_router *r, struct bus_peer *peer, const uint8_t **out, size_t *n)
{
    int size = zmq_recv(r->sock, peer->id, sizeof peer->id, ZMQ_DONTWAIT);
    if (size < 0)
        return 0;
    peer->n = (uint8_t)size;
    // The rest of a message is there with its first frame. A REQ would send an empty frame before its ask.
    unsigned frames = 0;
    do {
        if (zmq_msg_recv(&r->ask, r->sock, ZMQ_DONTWAIT) < 0)
            return -1;
        frames++;
    } while (zmq_msg_more(&r->ask));
    if (frames != 1)
        return -1;
    *out = zmq_msg_data(&r->ask);
    *n = zmq_msg_size(&r->ask);
    return 1;
}

enum bus_sent bus_router_send(struct bus_router *r, const struct bus_peer *peer,
                              const struct bus_frame *frames, size_t n)
{
    zmq_msg_t parts[1 + FRAMES_IN_MESSAGE];
    assert(n > 0 && n <= FRAMES_IN_MESSAGE);
    size_t made = part(&parts[0], peer->id, peer->n) ? 1 : 0;
    while (made > 0 && made < 1 + n && part(&parts[made], frames[made - 1].p, frames[made - 1].n))
        made++;
    if (made < 1 + n) {
        close_parts(parts, made);
        return BUS_FULL; // no memory now is no room now
    }
    if (send_parts(r->sock, parts, made))
        return BUS_SENT;
    return errno == EHOSTUNREACH ? BUS_LOST : BUS_FULL;
}

void bus_wait(struct bus_router *r, int bell, int timeout_ms)
{
    zmq_pollitem_t items[2];
    int n = 0;
    if (bell >= 0)
        items[n++] = (zmq_pollitem_t){.fd = bell, .events = ZMQ_POLLIN};
    if (r != NULL)
        items[n++] = (zmq_pollitem_t){.socket = r->sock, .events = ZMQ_POLLIN};
    zmq_poll(items, n, timeout_ms);
}
