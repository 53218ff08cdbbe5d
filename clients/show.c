// SPDX-License-Identifier: MIT
/* show: `newswire show SEQ`: one record, whole. It comes by replay as every record does; nothing is asked of
 * the daemon that a subscriber does not ask. */
#include "clients/client.h"
#include "clients/options.h"
#include "clients/print.h"
#include "proto/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: newswire show [OPTION...] SEQ\n"
    "\n"
    "Prints one record whole: headline, fields, body, topics, where it came from.\n"
    "\n"
    "  -o, --output FORMAT   text, json (the line of newswire(1)), ninjs (IPTC ninjs 3.1)\n"
    "  -c, --config FILE; --publish ENDPOINT, --replay ENDPOINT; -h, --help\n"
    "\n"
    "  newswire show 4711\n"
    "  newswire show -o ninjs 4711 | jq .headlines\n";

enum output { TEXT, JSON, NINJS };

static int read_options(struct options *o, int argc, char **argv, enum output *output, uint64_t *seq)
{
    static const struct option longs[] = {OPTIONS_LONG, {"output", required_argument, NULL, 'o'}, {0}};
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT "o:", longs)) != -1;) {
        if (c == OPTIONS_EXIT)
            return o->code;
        if (strcmp(optarg, "text") == 0)
            *output = TEXT;
        else if (strcmp(optarg, "json") == 0)
            *output = JSON;
        else if (strcmp(optarg, "ninjs") == 0)
            *output = NINJS;
        else
            return options_misused(o, "-o %s: not one of text, json, ninjs", optarg);
    }
    if (argc - optind != 1)
        return options_misused(o, argc == optind ? "the seq of a record is missing" : "one record at a time");
    if (!options_number(argv[optind], 1, seq))
        return options_misused(o, "'%s' is no seq", argv[optind]);
    return -1;
}

/* False, told: the record cannot be had. */
static bool is_there(struct newswire *wire, uint64_t seq)
{
    struct ask ask = {.type = ASK_LOCATE, .time = INT64_MAX};
    struct err e = {0};
    struct answer *answer = client_ask(wire, &ask, OPTIONS_ANSWER_MS, &e);
    if (answer == NULL) {
        options_say("%s", e.text);
        return false;
    }
    uint64_t head = answer->head, oldest = answer->oldest;
    answer_free(answer);
    if (seq > head && head == 0)
        options_say("there is no record %llu: the store is empty", (unsigned long long)seq);
    else if (seq > head)
        options_say("there is no record %llu: the newest is %llu", (unsigned long long)seq,
                    (unsigned long long)head);
    else if (seq < oldest && oldest > head)
        options_say("record %llu is gone (behind the daemon's retention), as all are",
                    (unsigned long long)seq);
    else if (seq < oldest)
        options_say("record %llu is gone (behind the daemon's retention): the oldest is %llu",
                    (unsigned long long)seq, (unsigned long long)oldest);
    return seq <= head && seq >= oldest;
}

static int print_event(const struct newswire_event *e, enum output output)
{
    struct print_style style = options_style();
    char *text = output == TEXT   ? print_whole(e, &style)
                 : output == JSON ? print_json(e)
                                  : json_ninjs(e->dispatch, e->kind, e->topics);
    if (text == NULL) {
        options_say("out of memory");
        return EXIT_FAILED;
    }
    fputs(text, stdout);
    if (output != TEXT)
        putchar('\n');
    free(text);
    return options_end(EXIT_FINE);
}

static int show(struct newswire *wire, uint64_t seq, const char *since, enum output output)
{
    if (!is_there(wire, seq))
        return EXIT_FAILED;
    if (!newswire_since(wire, since)) {
        options_say("%s", newswire_error(wire));
        return EXIT_FAILED;
    }
    const struct newswire_event *e;
    do
        e = newswire_next(wire, OPTIONS_ANSWER_MS);
    while (e == NULL && errno == EINTR);
    if (e != NULL && e->type == NEWSWIRE_DISPATCH && e->seq == seq)
        return print_event(e, output);
    // Asked a moment ago it was there: pruned in between, or the daemon went away.
    if (e != NULL && e->type == NEWSWIRE_GONE)
        options_say("record %llu is gone (behind the daemon's retention)", (unsigned long long)seq);
    else if (e != NULL)
        options_say("record %llu did not come: the store changed under the question",
                    (unsigned long long)seq);
    else
        options_say("record %llu did not come: %s", (unsigned long long)seq,
                    errno == EAGAIN ? "the daemon does not answer any more" : newswire_error(wire));
    return EXIT_FAILED;
}

static int run(struct options *o, int argc, char **argv)
{
    enum output output = TEXT;
    uint64_t seq;
    int code = read_options(o, argc, argv, &output, &seq);
    if (code >= 0)
        return code;
    struct newswire *wire = options_connect(o);
    if (wire == NULL)
        return o->code;
    code = show(wire, seq, argv[optind], output);
    newswire_close(wire);
    return code;
}

const struct verb verb_show = {"show", "prints one record whole", usage, run};
