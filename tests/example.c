// SPDX-License-Identifier: MIT
/* example: the subscriber that README.md shows, compiled and run by the tests. Arguments, all optional: the
 * two endpoints, and the name of a cursor, with which it continues where it stood. */
#include <newswire/newswire.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct newswire *wire = newswire_connect(argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL);
    if (wire == NULL)
        return perror("connect"), 1;
    newswire_subscribe(wire, "agency/armenpress");
    if (argc > 3 && !newswire_cursor(wire, NULL, argv[3]))
        return fprintf(stderr, "%s\n", newswire_error(wire)), 1;

    const struct newswire_event *e;
    while ((e = newswire_next(wire, -1)) != NULL) {
        if (e->type == NEWSWIRE_DISPATCH && e->dispatch->headline != NULL)
            puts(e->dispatch->headline);
        fflush(stdout);
        newswire_done(wire, e->seq);
    }
    newswire_close(wire);
}
