// SPDX-License-Identifier: MIT
/* status: `newswire status`: whether the daemon is up and well. As text its exit code is made for scripts: 0
 * only when the daemon answers, its intake is not paused, and the drop directory is there. As json and
 * prometheus the document says so, and a collector must not throw it away just then: 0 whenever the daemon
 * answers. */
#include "clients/client.h"
#include "clients/options.h"
#include "clients/report.h"
#include "proto/json.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: newswire status [OPTION...]\n"
    "\n"
    "Tells how the daemon is. Exits with 0 if it answers and takes files in, else with 1;\n"
    "with -o json and -o prometheus with 0 if it answers.\n"
    "\n"
    "  -o, --output FORMAT   text, json, prometheus\n"
    "  -c, --config FILE; --publish ENDPOINT, --replay ENDPOINT; -h, --help\n"
    "\n"
    "  newswire status\n"
    "  newswire status -o json | jq .backlog\n"
    "  newswire status -o prometheus >node_exporter/newswire.prom\n";

enum output { TEXT, JSON, PROMETHEUS };

static int print_status(const struct status *s, const char *endpoint, enum output output)
{
    if (output == JSON) {
        char *json = json_status(s);
        if (json == NULL) {
            options_say("out of memory");
            return EXIT_FAILED;
        }
        puts(json);
        free(json);
    } else if (output == PROMETHEUS) {
        report_prometheus(stdout, s);
    } else {
        report_text(stdout, s, endpoint, options_style().colour);
        return options_end(report_healthy(s) ? EXIT_FINE : EXIT_FAILED);
    }
    return options_end(EXIT_FINE);
}

static int status(struct newswire *wire, const struct options *o, enum output output)
{
    struct ask ask = {.type = ASK_STATUS};
    struct err e = {0};
    struct answer *answer = client_ask(wire, &ask, OPTIONS_ANSWER_MS, &e);
    if (answer == NULL) {
        options_say("%s%s", e.text, o->replay_given == NULL ? " See 'systemctl status newswired'." : "");
        return EXIT_FAILED;
    }
    int code = print_status(answer->status, o->replay, output);
    answer_free(answer);
    return code;
}

static int run(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {OPTIONS_LONG, {"output", required_argument, NULL, 'o'}, {0}};
    enum output output = TEXT;
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT "o:", longs)) != -1;) {
        if (c == OPTIONS_EXIT)
            return o->code;
        if (strcmp(optarg, "text") == 0)
            output = TEXT;
        else if (strcmp(optarg, "json") == 0)
            output = JSON;
        else if (strcmp(optarg, "prometheus") == 0)
            output = PROMETHEUS;
        else
            return options_misused(o, "-o %s: not one of text, json, prometheus", optarg);
    }
    if (argc > optind)
        return options_misused(o, "unexpected '%s'", argv[optind]);
    struct newswire *wire = options_connect(o);
    if (wire == NULL)
        return o->code;
    int code = status(wire, o, output);
    newswire_close(wire);
    return code;
}

const struct verb verb_status = {"status", "tells how the daemon is", usage, run};
