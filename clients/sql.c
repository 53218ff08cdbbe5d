// SPDX-License-Identifier: MIT
/* sql: `newswire sql 'SELECT ...'`: the store as tables. It reads the files of the store, so it runs on the
 * daemon's machine, as a member of its group; the daemon need not be up and is not asked. */
#include "clients/options.h"
#include "clients/print.h"
#include "daemon/hands/store_query.h"
#include "daemon/pure/conf.h"

#include <string.h>

static const char usage[] =
    "usage: newswire sql [OPTION...] SELECT\n"
    "\n"
    "Asks the store, on the daemon's machine: the tables are records, dispatches, files and seen_again,\n"
    "as newswire(1) describes them. Nothing can be changed.\n"
    "\n"
    "  -o, --output FORMAT   text (columns between tabs, below their names), jsonl (an object per row)\n"
    "  -c, --config FILE     find the store by this newswired.conf\n"
    "  -h, --help\n"
    "\n"
    "  newswire sql 'select seq, headline from records order by seq desc limit 10'\n"
    "  newswire sql 'select agency, count(*) from records group by agency order by 2 desc'\n"
    "  newswire sql -o jsonl \"select * from files where fate = 'bad'\"\n";

/* A value that has lines stays on one: between its lines is a blank. */
static void print_value(const char *p, size_t n)
{
    while (n > 0) {
        const char *end = memchr(p, '\n', n);
        size_t line = end != NULL ? (size_t)(end - p) : n;
        print_safe(stdout, p, line);
        if (end != NULL)
            putchar(' ');
        p += line + (end != NULL);
        n -= line + (end != NULL);
    }
}

static void print_names(const struct store_query *q)
{
    for (size_t i = 0; i < store_query_columns(q); i++) {
        const char *name = store_query_name(q, i);
        fputs(i > 0 ? "\t" : "", stdout);
        print_value(name, strlen(name));
    }
    putchar('\n');
}

static void print_row(struct store_query *q)
{
    for (size_t i = 0; i < store_query_columns(q); i++) {
        size_t n;
        const char *text = store_query_text(q, i, &n);
        fputs(i > 0 ? "\t" : "", stdout);
        if (text != NULL)
            print_value(text, n);
    }
    putchar('\n');
}

static void print_object(struct store_query *q)
{
    size_t n;
    const char *text = store_query_text(q, 0, &n);
    if (text != NULL)
        fwrite(text, 1, n, stdout);
    putchar('\n');
}

static bool print_rows(struct store_query *q, const char *sql, bool json, struct err *e)
{
    bool failed;
    if (!store_query_begin(q, sql, json, e))
        return false;
    if (!json)
        print_names(q);
    while (!ferror(stdout) && store_query_row(q, &failed, e)) {
        if (json)
            print_object(q);
        else
            print_row(q);
    }
    return ferror(stdout) || !failed;
}

static int run(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {OPTIONS_LONG, {"output", required_argument, NULL, 'o'}, {0}};
    bool json = false;
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT "o:", longs)) != -1;) {
        if (c == OPTIONS_EXIT)
            return o->code;
        json = strcmp(optarg, "jsonl") == 0;
        if (!json && strcmp(optarg, "text") != 0)
            return options_misused(o, "-o %s: not one of text, jsonl", optarg);
    }
    if (argc - optind != 1)
        return options_misused(o, argc == optind ? "a SELECT is missing" : "one SELECT at a time, in quotes");
    struct err e = {0};
    struct store_query *q = NULL;
    bool good = options_conf(o, &e) && (q = store_query_open(o->conf->store.directory, &e)) != NULL &&
                print_rows(q, argv[optind], json, &e);
    store_query_close(q);
    if (good)
        return options_end(EXIT_FINE);
    options_say("%s", e.text);
    return options_end(EXIT_FAILED);
}

const struct verb verb_sql = {"sql", "asks the store in SQL, on the daemon's machine", usage, run};
