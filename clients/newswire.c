// SPDX-License-Identifier: MIT
/* newswire: the client program; newswire(1) is its contract. This file only finds the verb: each has a file
 * of its own, options.c what they share. */
#include "clients/options.h"
#include "daemon/hands/files.h"

#include <string.h>

static const struct verb *const verbs[] = {
    &verb_tail, &verb_search, &verb_show, &verb_topics, &verb_status, &verb_drop, &verb_retry, &verb_sql,
};

static void print_help(void)
{
    fputs("usage: newswire [-c FILE] [--publish ENDPOINT --replay ENDPOINT] VERB [ARGUMENT...]\n\n", stdout);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        printf("  %-8s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs("\n"
          "  -c, --config FILE     find the wire by this newswired.conf ($NEWSWIRE_CONFIG; else the\n"
          "                        installed one, else the defaults)\n"
          "      --publish ENDPOINT, --replay ENDPOINT\n"
          "                        a wire elsewhere: tcp://HOST:PORT, ipc:///PATH\n"
          "  -h, --help            this text; 'newswire VERB --help' for a verb\n"
          "  -V, --version\n"
          "\n"
          "  newswire tail place/am subject/sport      what arrives from now on, under these topics\n"
          "  newswire tail --since start --until now   everything there is\n"
          "  newswire drop --wait digest.txt           hands a file in and says what became of it\n"
          "\n"
          "newswire(1) tells the rest. Exit codes: 0 fine, 1 failed, 2 usage, 3 something was rejected.\n",
          stdout);
}

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {OPTIONS_LONG, {"version", no_argument, NULL, 'V'}, {0}};
    struct options o = {0};
    files_keep_standard();
    switch (options_next(&o, argc, argv, "+:" OPTIONS_SHORT "V", longs)) {
    case 'h':
        print_help();
        return options_end(EXIT_FINE);
    case 'V':
        printf("newswire %s\n", newswire_version());
        return options_end(EXIT_FINE);
    case OPTIONS_EXIT:
        return o.code;
    }
    if (argv[optind] == NULL)
        return options_misused(&o, "a verb is missing");
    o.verb = find_verb(argv[optind]);
    if (o.verb == NULL)
        return options_misused(&o, "unknown verb '%s'", argv[optind]);
    argc -= optind;
    argv += optind;
    optind = 0; // makes glibc's getopt begin anew
    int code = o.verb->run(&o, argc, argv);
    options_free(&o);
    return code;
}
