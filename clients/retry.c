// SPDX-License-Identifier: MIT
/* retry: `newswire retry NAME...`: puts rejected files back into the drop directory, for example after rules
 * or settings were changed. Works on the spool itself: no daemon needs to run. */
#include "clients/options.h"
#include "daemon/hands/spool.h"

static const char usage[] =
    "usage: newswire retry [OPTION...] NAME...\n"
    "\n"
    "Puts rejected files back into the drop directory, to be read anew. NAME is the name of a\n"
    "file in rejected/, or the name under which it was dropped if only one there has it.\n"
    "\n"
    "  -c, --config FILE; -h, --help\n"
    "\n"
    "  newswire retry digest.txt\n"
    "  newswire retry 18b2f0c3a9d40001.default.digest.txt\n";

static int run(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {OPTIONS_LONG, {0}};
    if (options_next(o, argc, argv, ":" OPTIONS_SHORT, longs) == OPTIONS_EXIT)
        return o->code;
    if (argc == optind)
        return options_misused(o, "a file is missing");
    struct err e = {0};
    if (!options_conf(o, &e)) {
        options_say("%s", e.text);
        return EXIT_FAILED;
    }
    int code = EXIT_FINE;
    for (int i = optind; i < argc; i++)
        if (!spool_retry(o->conf, argv[i], &e)) {
            options_say("%s", e.text);
            code = EXIT_FAILED;
        }
    return code;
}

const struct verb verb_retry = {"retry", "puts rejected files back into the drop directory", usage, run};
