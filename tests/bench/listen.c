// SPDX-License-Identifier: MIT
/* listen: the subscriber of the floors, raw ZeroMQ.
 *
 *     listen ENDPOINT COUNT EVERY
 *
 * Counts what comes under all/ up to COUNT; three frames each: topic, number (64 bits), text. The numbers
 * must be 1, 2, 3 ...: a floor that loses is none. Prints one line of JSON with the (monotonic) time at each
 * EVERY-th. Ends with 1 when nothing comes for a minute. */
#include "tests/bench/clock.h"

#include <stdint.h>
#include <zmq.h>

#define PATIENCE_MS 60000
#define TOPIC "all/"

static void count_to(void *socket, long count, long every)
{
    int64_t seq = 0;
    zmq_msg_t text;
    zmq_msg_init(&text);
    printf("{\"marks\": [");
    for (long n = 1; n <= count; n++) {
        char topic[64];
        check(zmq_recv(socket, topic, sizeof topic, 0) > 0, "nothing comes");
        check(zmq_recv(socket, &seq, sizeof seq, 0) == sizeof seq, "the number");
        check(zmq_msg_recv(&text, socket, 0) > 0, "the text");
        check(seq == n, "a dispatch was lost");
        if (n % every == 0)
            printf("%s%.6f", n > every ? ", " : "", now());
    }
    printf("], \"dispatches\": %ld}\n", count);
}

int main(int argc, char **argv)
{
    int unlimited = 0, patience = PATIENCE_MS;
    check(argc == 4, "usage: listen ENDPOINT COUNT EVERY");
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_SUB);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience);
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, TOPIC, strlen(TOPIC));
    check(zmq_connect(socket, argv[1]) == 0, argv[1]);
    count_to(socket, atol(argv[2]), atol(argv[3]));
    return 0;
}
