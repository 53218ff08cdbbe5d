// SPDX-License-Identifier: MIT
/* newswired: takes dispatches from a drop directory and gives them out, topic by topic, without ever
 * losing one. This file knows the command line and nothing else; the contract is newswired(8). */
#include "daemon/flows/explain.h"
#include "daemon/flows/index.h"
#include "daemon/flows/reparse.h"
#include "daemon/flows/settings.h"
#include "daemon/hands/files.h"
#include "daemon/pure/identity.h"
#include "daemon/run.h"
#include "proto/rfc3339.h"
#include "proto/utf8.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2

static const char usage[] =
    "newswired takes dispatches from a drop directory and gives them out, topic by topic, without ever losing one.\n"
    "\n"
    "  newswired [-c FILE]                run in the foreground until SIGTERM (systemd: Type=notify)\n"
    "  newswired [-c FILE] --once         take what is there now, commit, exit (3 if something was rejected)\n"
    "  newswired [-c FILE] --check        check configuration and rules, print each problem, exit 0 or 1\n"
    "  newswired [-c FILE] --parse FILE...    one JSON line per dispatch; no spool, no store; - is standard input\n"
    "  newswired [-c FILE] --explain FILE...  the same for a person: where it split, and why\n"
    "  newswired [-c FILE] --reparse      read the archive anew under the present rules, store what differs\n"
    "  newswired [-c FILE] --reindex      make the search index anew\n"
    "\n"
    "  -c, --config FILE   configuration, newswired.conf(5); without it /etc/newswire/newswired.conf if there is\n"
    "                      one, else the defaults\n"
    "  -o, --output text|json  with --explain and --reparse: for a person, or JSON\n"
    "      --since DATE    with --reparse: only what was archived on that day (UTC) or later\n"
    "      --dry-run       with --reparse: only show it; a daemon may run\n"
    "      --feed NAME     with --parse and --explain: read as a file of this feed\n"
    "      --arrival TIME  with --parse and --explain: when it arrived (RFC 3339), for dates without a year;\n"
    "                      else the file's own time\n"
    "  -h, --help          this\n"
    "  -V, --version       the version\n"
    "\n"
    "Exit status: 0 fine, 1 failed, 2 usage, 3 something rejected, 4 store unusable. More: man newswired\n";

enum { OPT_ONCE = 256, OPT_CHECK, OPT_PARSE, OPT_EXPLAIN, OPT_REPARSE, OPT_REINDEX, // modes
       OPT_FEED, OPT_ARRIVAL, OPT_SINCE, OPT_DRY_RUN };

struct call {
    const char *config;
    int mode;            /* 0 = run, else OPT_ONCE to OPT_REINDEX */
    const char *feed;    /* NULL = default */
    const char *output;  /* "text", "json"; NULL = text */
    int64_t arrival;     /* 0 = the file's own time */
    bool arrival_given;
    struct reparse_call reparse;
    char **files;
    int nfiles;
};

static int misused(const char *what, const char *value)
{
    char shown[1024] = "";
    if (value != NULL)
        utf8_show(shown, sizeof shown, value, strlen(value));
    fprintf(stderr, "newswired: %s%s%s%s; try 'newswired --help'\n", what, value != NULL ? " '" : "", shown,
            value != NULL ? "'" : "");
    return EXIT_USAGE;
}

static int set_mode(struct call *call, int mode)
{
    if (call->mode != 0 && call->mode != mode)
        return misused("--once, --check, --parse, --explain, --reparse and --reindex exclude each other", NULL);
    call->mode = mode;
    return -1;
}

static bool is_day(const char *text)
{
    int64_t ms;
    return strlen(text) == strlen("2026-11-23") && rfc3339_read(text, &ms);
}

static int check_call(const struct call *call)
{
    bool reads = call->mode == OPT_PARSE || call->mode == OPT_EXPLAIN;
    if (reads && call->nfiles == 0)
        return misused("no file named; - is standard input", NULL);
    if (!reads && call->nfiles > 0)
        return misused("unexpected argument", call->files[0]);
    if (!reads && (call->feed != NULL || call->arrival_given))
        return misused("--feed and --arrival go with --parse and --explain", NULL);
    if (call->output != NULL && call->mode != OPT_EXPLAIN && call->mode != OPT_REPARSE)
        return misused("--output goes with --explain and --reparse", NULL);
    if (call->output != NULL && strcmp(call->output, "text") != 0 && strcmp(call->output, "json") != 0)
        return misused("--output is text or json, not", call->output);
    if (call->mode != OPT_REPARSE && (call->reparse.since != NULL || call->reparse.dry_run))
        return misused("--since and --dry-run go with --reparse", NULL);
    if (call->reparse.since != NULL && !is_day(call->reparse.since))
        return misused("--since takes a day like 2026-11-23, not", call->reparse.since);
    if (call->feed != NULL && !conf_feed_name_valid(call->feed))
        return misused("a feed's name is 1 to 40 of [a-z0-9-], not", call->feed);
    return -1;
}

/* Output that nobody got is a failure: a full disk must not look like "fine". */
static int written(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "newswired: standard output cannot be written\n");
    return EXIT_FAILURE;
}

static int print(const char *text)
{
    fputs(text, stdout);
    return written(EXIT_SUCCESS);
}

static int unknown_option(const char *argument)
{
    // A short one may stand among others in its argument. A known letter is a long one's that was given a
    // value.
    bool is_short = optopt > 0 && optopt < OPT_ONCE && strchr("cohV", optopt) == NULL;
    char letter[3] = {'-', (char)optopt, '\0'};
    return misused("unknown option", is_short ? letter : argument);
}

/* Returns the exit status, or -1 to go on. */
static int read_call(int argc, char **argv, struct call *call)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {"once", no_argument, NULL, OPT_ONCE},
        {"check", no_argument, NULL, OPT_CHECK},
        {"parse", no_argument, NULL, OPT_PARSE},
        {"explain", no_argument, NULL, OPT_EXPLAIN},
        {"reparse", no_argument, NULL, OPT_REPARSE},
        {"reindex", no_argument, NULL, OPT_REINDEX},
        {"feed", required_argument, NULL, OPT_FEED},
        {"arrival", required_argument, NULL, OPT_ARRIVAL},
        {"since", required_argument, NULL, OPT_SINCE},
        {"dry-run", no_argument, NULL, OPT_DRY_RUN},
        {0}};
    int c, status = -1;
    while (status < 0 && (c = getopt_long(argc, argv, ":c:o:hV", options, NULL)) != -1) {
        if (c == 'c')
            call->config = optarg;
        else if (c == 'o')
            call->output = optarg;
        else if (c == OPT_SINCE)
            call->reparse.since = optarg;
        else if (c == OPT_DRY_RUN)
            call->reparse.dry_run = true;
        else if (c == OPT_FEED)
            call->feed = optarg;
        else if (c == OPT_ARRIVAL && !(call->arrival_given = rfc3339_read(optarg, &call->arrival)))
            status = misused("--arrival takes a time like 2026-11-23T09:00:00Z, not", optarg);
        else if (c >= OPT_ONCE && c <= OPT_REINDEX)
            status = set_mode(call, c);
        else if (c == 'h')
            status = print(usage);
        else if (c == 'V')
            status = print("newswired " NEWSWIRE_VERSION "\n");
        else if (c == ':')
            status = misused("a value is missing behind", argv[optind - 1]);
        else if (c == '?')
            status = unknown_option(argv[optind - 1]);
    }
    call->files = argv + optind;
    call->nfiles = argc - optind;
    return status >= 0 ? status : check_call(call);
}

static int check(const char *config)
{
    printf("%s: fine\n", config != NULL ? config : "defaults");
    return written(EXIT_SUCCESS);
}

static bool wants_json(const struct call *call)
{
    return call->output != NULL && strcmp(call->output, "json") == 0;
}

static int explain_files(const struct settings *settings, const struct call *call)
{
    int worst = EXIT_SUCCESS;
    enum explain_how how = call->mode == OPT_PARSE ? EXPLAIN_LINES
                           : wants_json(call)      ? EXPLAIN_JSON
                                                   : EXPLAIN_TEXT;
    for (int i = 0; i < call->nfiles; i++) {
        const char *feed = call->feed != NULL ? call->feed : "default";
        int status = explain_file(settings, call->files[i], feed, call->arrival, how);
        if (worst == EXIT_SUCCESS || status == EXIT_FAILURE)
            worst = status;
    }
    return written(worst);
}

int main(int argc, char **argv)
{
    struct call call = {0};
    struct settings settings;
    struct conf_problems problems;
    files_keep_standard();
    identity_begin();
    int status = read_call(argc, argv, &call);
    if (status >= 0)
        return status;
    if (call.config == NULL && access(CONF_INSTALLED, F_OK) == 0)
        call.config = CONF_INSTALLED;
    if (call.mode == 0 || call.mode == OPT_ONCE)
        run_hold_signals();
    if (!settings_load(call.config, &settings, &problems)) {
        if (call.mode == 0 || call.mode == OPT_ONCE)
            settings_complain(&problems);
        else
            fputs(problems.text != NULL ? problems.text : "newswired: out of memory\n",
                  call.mode == OPT_CHECK ? stdout : stderr);
        conf_problems_free(&problems);
        return EXIT_FAILURE;
    }
    if (call.mode == 0)
        return run_daemon(call.config, &settings);
    if (call.mode == OPT_ONCE)
        return run_once(&settings);
    call.reparse.json = wants_json(&call);
    status = call.mode == OPT_CHECK     ? check(call.config)
             : call.mode == OPT_REINDEX ? index_anew(settings.conf)
             : call.mode == OPT_REPARSE ? written(reparse(&settings, &call.reparse))
                                        : explain_files(&settings, &call);
    settings_free(&settings);
    return status;
}
