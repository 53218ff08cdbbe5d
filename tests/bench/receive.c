// SPDX-License-Identifier: MIT
/* receive: a subscriber for measurements.
 *
 *     receive PUBLISH REPLAY COUNT EVERY [TOPIC]
 *
 * Receives everything (of TOPIC) from the start of the store on, as any program does with libnewswire, counts
 * to COUNT, and prints one line of JSON: the (monotonic) time when it began, and at each EVERY-th dispatch.
 * Ends with 1 when nothing comes for a minute. */
#include "newswire/newswire.h"
#include "tests/bench/clock.h"

#define PATIENCE_MS 60000

static bool receive(struct newswire *wire, long count, long every)
{
    printf("{\"began\": %.6f, \"marks\": [", now());
    for (long n = 0; n < count;) {
        const struct newswire_event *event = newswire_next(wire, PATIENCE_MS);
        if (event == NULL) {
            fprintf(stderr, "receive: %ld of %ld dispatches came: %s %s\n", n, count, strerror(errno),
                    newswire_error(wire));
            return false;
        }
        newswire_done(wire, event->seq);
        if (event->type != NEWSWIRE_DISPATCH)
            continue;
        n++;
        if (n % every == 0)
            printf("%s%.6f", n > every ? ", " : "", now());
    }
    printf("], \"dispatches\": %ld}\n", count);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6) {
        fprintf(stderr, "usage: receive PUBLISH REPLAY COUNT EVERY [TOPIC]\n");
        return 2;
    }
    struct newswire *wire = newswire_connect(argv[1], argv[2]);
    if (wire == NULL) {
        perror("receive: newswire_connect");
        return 1;
    }
    bool ok = newswire_subscribe(wire, argc == 6 ? argv[5] : "all") && newswire_since(wire, "start") &&
              receive(wire, atol(argv[3]), atol(argv[4]));
    newswire_close(wire);
    return ok ? 0 : 1;
}
