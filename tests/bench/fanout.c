// SPDX-License-Identifier: MIT
/* fanout: raw libzmq beside the live wire: the same frames, the same subscribers, nothing else.
 *
 *     fanout tape FILE ENDPOINT COUNT PREFIX    keeps what a daemon sends under PREFIX, up to COUNT dispatches
 *     fanout play FILE ENDPOINT                 a PUB that sends that as fast as it can, once a line comes on
 *                                               the standard input
 *     fanout hear FILE ENDPOINT N               N subscribers of a daemon or a player, each with a filter of its own
 *
 * `tape` and `hear` print "ready" when their subscriptions have arrived: a trail came through. `hear` knows from
 * the tape how many copies each of them must get, and prints one line of JSON when all have come: the (monotonic)
 * time of the first and of the last, and how many. */
#include "tests/bench/clock.h"
#include "tests/bench/tape.h"

#include <zmq.h>

#define PATIENCE_MS 60000
#define TRAIL "@trail/"
#define ALL "all/"
#define SUBJECT "subject/"
#define SUBJECTS 256
#define TOPIC_BYTES 256
#define TRAIL_MS 50 /* between trails while subscribers gather */

static void *new_socket(void *context, int type)
{
    int unlimited = 0, patience = PATIENCE_MS;
    void *socket = zmq_socket(context, type);
    check(socket != NULL, "socket");
    zmq_setsockopt(socket, type == ZMQ_SUB ? ZMQ_RCVHWM : ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience);
    return socket;
}

static void subscribe(void *socket, const char *prefix)
{
    check(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, prefix, strlen(prefix)) == 0, prefix);
}

static void ready(void)
{
    puts("ready");
    fflush(stdout);
}

/* --- tape ---------------------------------------------------------------------------------------------- */
static void keep(FILE *file, zmq_msg_t *part)
{
    uint32_t n = part != NULL ? (uint32_t)zmq_msg_size(part) : 0;
    check(fwrite(&n, sizeof n, 1, file) == 1, "the tape");
    check(n == 0 || fwrite(zmq_msg_data(part), n, 1, file) == 1, "the tape");
}

/* Receives and keeps one message; 0 a trail, 1 a dispatch under all/, 2 another copy of one. */
static int keep_one(void *socket, FILE *file)
{
    zmq_msg_t part;
    int parts = 0, kind = 2;
    zmq_msg_init(&part);
    do {
        check(zmq_msg_recv(&part, socket, 0) >= 0, "nothing comes");
        struct tape_frame topic = {zmq_msg_data(&part), (uint32_t)zmq_msg_size(&part)};
        if (parts == 0)
            kind = tape_topic(&topic, TRAIL) ? 0 : tape_topic(&topic, ALL) ? 1 : 2;
        keep(file, &part);
        parts++;
    } while (zmq_msg_more(&part));
    zmq_msg_close(&part);
    for (; parts < 3; parts++)
        keep(file, NULL);
    return kind;
}

static int tape(const char *path, const char *endpoint, long count, const char *prefix)
{
    FILE *file = fopen(path, "w");
    check(file != NULL, path);
    void *socket = new_socket(zmq_ctx_new(), ZMQ_SUB);
    subscribe(socket, prefix);
    subscribe(socket, TRAIL);
    check(zmq_connect(socket, endpoint) == 0, endpoint);
    check(keep_one(socket, file) == 0, "dispatches before a trail");
    ready();
    for (long n = 0; n < count;)
        n += keep_one(socket, file) == 1;
    check(fclose(file) == 0, path);
    printf("{\"dispatches\": %ld}\n", count);
    return 0;
}

/* --- play ---------------------------------------------------------------------------------------------- */
/* The bytes stay where they are: libzmq is given the tape itself. */
static void send_one(void *socket, const struct tape_frame frames[3])
{
    int n = tape_topic(&frames[0], TRAIL) ? 2 : 3;
    for (int i = 0; i < n; i++) {
        zmq_msg_t part;
        check(zmq_msg_init_data(&part, frames[i].p, frames[i].n, NULL, NULL) == 0, "a message");
        check(zmq_msg_send(&part, socket, i + 1 < n ? ZMQ_SNDMORE : 0) >= 0, "send");
    }
}

/* Trails, until somebody says go: subscribers know by them that they are subscribed. */
static void gather(void *socket, const struct tape_frame trail[3])
{
    zmq_pollitem_t in = {.fd = 0, .events = ZMQ_POLLIN};
    while (zmq_poll(&in, 1, TRAIL_MS) == 0)
        send_one(socket, trail);
    getchar();
}

static int play(const char *path, const char *endpoint)
{
    struct tape_frame frames[3];
    struct tape t = tape_load(path);
    void *socket = new_socket(zmq_ctx_new(), ZMQ_PUB);
    check(zmq_bind(socket, endpoint) == 0, endpoint);
    ready();
    check(tape_next(&t, frames) && tape_topic(&frames[0], TRAIL), "a tape begins with a trail");
    gather(socket, frames);
    while (tape_next(&t, frames))
        send_one(socket, frames);
    getchar(); // what was sent is still under way; who started us ends us
    return 0;
}

/* --- hear ---------------------------------------------------------------------------------------------- */
struct subscriber {
    void *socket;
    char filter[TOPIC_BYTES];
    long awaited;
    int heard; /* a trail */
};

/* The subjects on the tape, in the order in which they come. */
static size_t subjects_of(struct tape t, char subjects[SUBJECTS][TOPIC_BYTES])
{
    struct tape_frame frames[3];
    size_t n = 0;
    while (n < SUBJECTS && tape_next(&t, frames)) {
        size_t i = 0;
        if (!tape_topic(&frames[0], SUBJECT) || frames[0].n >= TOPIC_BYTES)
            continue;
        while (i < n && (strlen(subjects[i]) != frames[0].n || !tape_topic(&frames[0], subjects[i])))
            i++;
        if (i == n)
            memcpy(subjects[n++], frames[0].p, frames[0].n);
    }
    return n;
}

/* One alone takes everything, several take a subject each; and each a topic that no other has. */
static void give_filters(struct tape t, struct subscriber *s, long n)
{
    static char subjects[SUBJECTS][TOPIC_BYTES];
    size_t known = subjects_of(t, subjects);
    check(n == 1 || known > 0, "no subjects on the tape");
    for (long i = 0; i < n; i++) {
        char own[64];
        snprintf(s[i].filter, sizeof s[i].filter, "%s", n == 1 ? ALL : subjects[(size_t)i % known]);
        snprintf(own, sizeof own, "watch/desk-%ld/", i);
        subscribe(s[i].socket, s[i].filter);
        subscribe(s[i].socket, own);
        subscribe(s[i].socket, TRAIL);
    }
}

/* How many copies each must get. Those of one filter are counted once. */
static long count_awaited(struct tape t, struct subscriber *s, long n)
{
    long all = 0;
    for (long i = 0; i < n; i++) {
        struct tape_frame frames[3];
        struct tape from = t;
        long twin = 0;
        while (twin < i && strcmp(s[twin].filter, s[i].filter) != 0)
            twin++;
        if (twin < i)
            s[i].awaited = s[twin].awaited;
        else
            while (tape_next(&from, frames))
                s[i].awaited += tape_topic(&frames[0], s[i].filter);
        all += s[i].awaited;
    }
    return all;
}

/* Takes one message if there is one: 0 nothing there, 1 a dispatch, 2 a trail. */
static int take(void *socket)
{
    zmq_msg_t part;
    int kind = 0;
    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0) {
        struct tape_frame topic = {zmq_msg_data(&part), (uint32_t)zmq_msg_size(&part)};
        if (kind == 0)
            kind = tape_topic(&topic, TRAIL) ? 2 : 1;
        if (!zmq_msg_more(&part))
            break;
    }
    zmq_msg_close(&part);
    return kind;
}

static long drain(struct subscriber *s, double *first)
{
    long dispatches = 0;
    for (int kind; (kind = take(s->socket)) != 0;) {
        s->heard |= kind == 2;
        dispatches += kind == 1;
        if (kind == 1 && *first == 0)
            *first = now();
    }
    s->awaited -= dispatches;
    return dispatches;
}

static long heard(const struct subscriber *s, long n)
{
    long count = 0;
    for (long i = 0; i < n; i++)
        count += s[i].heard;
    return count;
}

static int hear(const char *path, const char *endpoint, long n)
{
    struct tape t = tape_load(path);
    struct subscriber *s = calloc((size_t)n, sizeof *s);
    zmq_pollitem_t *polled = calloc((size_t)n, sizeof *polled);
    check(s != NULL && polled != NULL, "memory");
    void *context = zmq_ctx_new();
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, (int)n + 16);
    for (long i = 0; i < n; i++) {
        s[i].socket = new_socket(context, ZMQ_SUB);
        polled[i] = (zmq_pollitem_t){.socket = s[i].socket, .events = ZMQ_POLLIN};
    }
    give_filters(t, s, n);
    for (long i = 0; i < n; i++)
        check(zmq_connect(s[i].socket, endpoint) == 0, endpoint);
    long left = count_awaited(t, s, n), deliveries = left;
    double first = 0;
    for (bool told = false; left > 0;) {
        check(zmq_poll(polled, (int)n, PATIENCE_MS) > 0, "nothing comes");
        for (long i = 0; i < n; i++)
            left -= polled[i].revents != 0 ? drain(&s[i], &first) : 0;
        if (!told && (told = heard(s, n) == n))
            ready();
    }
    printf("{\"first\": %.6f, \"last\": %.6f, \"deliveries\": %ld}\n", first, now(), deliveries);
    for (long i = 0; i < n; i++)
        check(s[i].awaited == 0, "one got more than its own");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "tape") == 0)
        return tape(argv[2], argv[3], atol(argv[4]), argv[5]);
    if (argc == 4 && strcmp(argv[1], "play") == 0)
        return play(argv[2], argv[3]);
    if (argc == 5 && strcmp(argv[1], "hear") == 0)
        return hear(argv[2], argv[3], atol(argv[4]));
    fprintf(stderr, "usage: fanout tape|play|hear FILE ENDPOINT ...\n");
    return 2;
}
