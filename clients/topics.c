// SPDX-License-Identifier: MIT
/* topics: `newswire topics [PREFIX]`: which topics the store has, how many records under each, when the
 * newest came. */
#include "clients/client.h"
#include "clients/options.h"
#include "clients/print.h"
#include "proto/rfc3339.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: newswire topics [OPTION...] [PREFIX]\n"
    "\n"
    "Lists the topics that begin with PREFIX, with the number of records under each of them\n"
    "and when the newest was stored.\n"
    "\n"
    "  -o, --output FORMAT   text, json (a line per topic)\n"
    "  -c, --config FILE; --publish ENDPOINT, --replay ENDPOINT; -h, --help\n"
    "\n"
    "  newswire topics\n"
    "  newswire topics place/am\n";

/* All pages of the answer. */
struct pages {
    struct answer **p;
    size_t n;
};

static void pages_free(struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++)
        answer_free(pages->p[i]);
    free(pages->p);
}

static bool fetch(struct newswire *wire, const char *prefix, struct pages *pages, struct err *e)
{
    struct ask ask = {.type = ASK_TOPICS, .prefix = prefix, .past = ""};
    for (;;) {
        struct answer **more = realloc(pages->p, (pages->n + 1) * sizeof *more);
        if (more == NULL)
            return err_set(e, "out of memory");
        pages->p = more;
        struct answer *page = client_ask(wire, &ask, OPTIONS_ANSWER_MS, e);
        if (page == NULL)
            return false;
        pages->p[pages->n++] = page;
        if (page->ntopics == 0)
            return true;
        const char *last = page->topics[page->ntopics - 1].topic;
        if (strcmp(last, ask.past) <= 0)
            return err_set(e, "the daemon answers topics out of order"); // or this would never end
        ask.past = last;
    }
}

static void print_table(const struct pages *pages)
{
    size_t width = strlen("topic");
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->p[i]->ntopics; k++) {
            size_t n = strlen(pages->p[i]->topics[k].topic);
            width = n > width ? n : width;
        }
    printf("%-*s  %9s  last\n", (int)width, "topic", "records");
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->p[i]->ntopics; k++) {
            const struct topic_count *t = &pages->p[i]->topics[k];
            char last[32];
            print_safe(stdout, t->topic, strlen(t->topic));
            printf("%*s  %9llu  %s\n", (int)(width - strlen(t->topic)), "", (unsigned long long)t->records,
                   print_time(last, t->last));
        }
}

/* A topic is [a-z0-9@/-] only: nothing in it needs an escape, and what is no topic is not printed. */
static void print_lines(const struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->p[i]->ntopics; k++) {
            const struct topic_count *t = &pages->p[i]->topics[k];
            char last[RFC3339_MAX];
            if (topic_valid(t->topic))
                printf("{\"topic\":\"%s\",\"records\":%llu,\"lastSeq\":%llu,\"last\":\"%s\"}\n", t->topic,
                       (unsigned long long)t->records, (unsigned long long)t->last_seq,
                       rfc3339_write(last, t->last));
        }
}

static int topics(struct newswire *wire, const char *prefix, bool json)
{
    struct pages pages = {0};
    struct err e = {0};
    int code = EXIT_FINE;
    if (!fetch(wire, prefix, &pages, &e)) {
        options_say("%s", e.text);
        code = EXIT_FAILED;
    } else if (json) {
        print_lines(&pages);
    } else {
        print_table(&pages);
    }
    pages_free(&pages);
    return options_end(code);
}

static int run(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {OPTIONS_LONG, {"output", required_argument, NULL, 'o'}, {0}};
    bool json = false;
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT "o:", longs)) != -1;) {
        if (c == OPTIONS_EXIT)
            return o->code;
        json = strcmp(optarg, "json") == 0;
        if (!json && strcmp(optarg, "text") != 0)
            return options_misused(o, "-o %s: not one of text, json", optarg);
    }
    if (argc - optind > 1)
        return options_misused(o, "one prefix at a time");
    struct newswire *wire = options_connect(o);
    if (wire == NULL)
        return o->code;
    int code = topics(wire, argc > optind ? argv[optind] : "", json);
    newswire_close(wire);
    return code;
}

const struct verb verb_topics = {"topics", "lists topics, how many records each has, and when the last came",
                                 usage, run};
