// SPDX-License-Identifier: MIT
/* drop: `newswire drop`: hands files in whole (dot-name, fsync, rename: the daemon takes them at once), and
 * with --wait tells what became of them. Works on the spool itself; only --wait needs a daemon. */
#include "clients/client.h"
#include "clients/options.h"
#include "clients/print.h"
#include "daemon/hands/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 50
#define TIMEOUT_MS (60 * 1000)

static const char usage[] =
    "usage: newswire drop [OPTION...] FILE...\n"
    "\n"
    "Copies files into the drop directory, each whole or not at all. '-' is standard input.\n"
    "\n"
    "      --feed FEED       into this feed (default: the top of the drop directory)\n"
    "      --name NAME       under this name; needed for '-', for one file only\n"
    "      --wait            tell what became of each: its seqs, or why it was rejected\n"
    "      --timeout TIME    with --wait: give up after this long (60s)\n"
    "  -c, --config FILE; --publish ENDPOINT, --replay ENDPOINT; -h, --help\n"
    "\n"
    "  newswire drop digest.txt\n"
    "  newswire drop --wait --feed armenpress *.txt\n"
    "  fetch-mail | newswire drop --name \"mail-$(date +%s)\" -\n"
    "\n"
    "Exits with 3 if something was rejected.\n";

struct drop {
    struct options *options;
    const char *feed, *name;
    bool wait;
    int64_t timeout_ms; /* -1: not given */
};

/* A file that was handed in. */
struct dropped {
    char name[256]; /* "" = it was not: told already */
    int64_t since;  /* just before: what became of it is asked from here on */
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- handing in ----------------------------------------------------------------------------------------- */

static bool hand_in(const struct drop *d, const char *path, struct dropped *out)
{
    bool input = strcmp(path, "-") == 0;
    const char *slash = strrchr(path, '/');
    const char *wanted = d->name != NULL ? d->name : slash != NULL ? slash + 1 : path;
    int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        options_say("%s: %s", path, strerror(errno));
        return false;
    }
    // The coarse clock is the one that stamps files: the other may already be past it.
    out->since = clock_ms(CLOCK_REALTIME_COARSE);
    struct err e = {0};
    bool fine = spool_drop(d->options->conf, d->feed, fd, wanted, out->name, &e);
    if (!fine) {
        options_say("%s: %s", path, e.text);
        out->name[0] = '\0';
    }
    if (!input)
        close(fd);
    return fine;
}

/* --- waiting -------------------------------------------------------------------------------------------- */

static void print_outcome(const char *name, const struct file_outcome *f)
{
    print_safe(stdout, name, strlen(name));
    unsigned long long first = f->first, last = f->last, fresh = f->fresh, seen = f->seen;
    if (fresh == 0 && seen == 0)
        printf(": no dispatches");
    else if (fresh == 0)
        printf(": %llu dispatch%s, %s before", seen, seen == 1 ? "" : "es", seen == 1 ? "seen" : "all seen");
    else if (first == last)
        printf(": seq %llu (%llu new", first, fresh);
    else
        printf(": seq %llu..%llu (%llu new", first, last, fresh);
    if (fresh > 0 && seen > 0)
        printf(", %llu seen before", seen);
    puts(fresh > 0 ? ")" : "");
    fflush(stdout);
}

/* Tells it. Returns an exit code. */
static int tell_outcome(const char *name, const struct file_outcome *f)
{
    if (f->fate == FILE_BAD) {
        options_say("%s: rejected: %s", name, f->why != NULL ? f->why : "no reason given");
        return EXIT_REJECTED;
    }
    print_outcome(name, f);
    if (f->rejected == 0)
        return EXIT_FINE;
    options_say("%s: %llu piece%s of it rejected; see rejected/", name, (unsigned long long)f->rejected,
                f->rejected == 1 ? "" : "s");
    return EXIT_REJECTED;
}

/* Asks until the file is settled. `deadline` is of the monotonic clock. Returns an exit code. */
static int wait_for(const struct drop *d, struct newswire *wire, const struct dropped *file, int64_t deadline)
{
    char name[SPOOL_KNOWN_AS];
    spool_known_as(name, file->name);
    struct ask ask = {.type = ASK_FILE, .feed = d->feed, .name = name, .time = file->since};
    for (;;) {
        int64_t left = deadline - clock_ms(CLOCK_MONOTONIC);
        struct err e = {0};
        struct answer *answer =
            left > 0 ? client_ask(wire, &ask, left < OPTIONS_ANSWER_MS ? (int)left : OPTIONS_ANSWER_MS, &e)
                     : NULL;
        if (answer == NULL && left > 0) {
            options_say("%s was handed in, but %s", file->name, e.text);
            return EXIT_FAILED;
        }
        if (answer == NULL) {
            options_say("%s was handed in, but is not settled after %lld s; 'newswire status' may say why",
                        file->name, (long long)(d->timeout_ms / 1000));
            return EXIT_FAILED;
        }
        bool settled = answer->file.fate != FILE_UNKNOWN;
        int code = settled ? tell_outcome(file->name, &answer->file) : EXIT_FINE;
        answer_free(answer);
        if (settled)
            return code;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

/* The graver of two exit codes: a failure hides a rejection, since then not everything is known. */
static int graver(int a, int b)
{
    return a == EXIT_FAILED || b == EXIT_FAILED ? EXIT_FAILED : a > b ? a : b;
}

/* `wire` NULL: without waiting. */
static int drop_all(const struct drop *d, struct newswire *wire, char **paths, size_t n)
{
    struct dropped *dropped = calloc(n, sizeof *dropped);
    if (dropped == NULL) {
        options_say("out of memory");
        return EXIT_FAILED;
    }
    int code = EXIT_FINE;
    for (size_t i = 0; i < n; i++)
        if (!hand_in(d, paths[i], &dropped[i]))
            code = EXIT_FAILED;
    int64_t deadline = clock_ms(CLOCK_MONOTONIC) + d->timeout_ms;
    for (size_t i = 0; i < n && wire != NULL; i++)
        if (dropped[i].name[0] != '\0')
            code = graver(code, wait_for(d, wire, &dropped[i], deadline));
    free(dropped);
    return options_end(code);
}

/* --- the command line ----------------------------------------------------------------------------------- */

/* Returns -1 to go on, or an exit code. */
static int read_options(struct drop *d, int argc, char **argv)
{
    enum { FEED = OPTIONS_OWN, NAME, WAIT, TIMEOUT };
    static const struct option longs[] = {OPTIONS_LONG,
                                          {"feed", required_argument, NULL, FEED},
                                          {"name", required_argument, NULL, NAME},
                                          {"wait", no_argument, NULL, WAIT},
                                          {"timeout", required_argument, NULL, TIMEOUT},
                                          {0}};
    struct options *o = d->options;
    struct err e = {0};
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT, longs)) != -1;) {
        switch (c) {
        case FEED:
            if (!conf_feed_name_valid(optarg))
                return options_misused(
                    o, "--feed %s: a feed is named by a-z, 0-9 and '-', at most 40 of them", optarg);
            d->feed = optarg;
            break;
        case NAME:
            d->name = optarg;
            break;
        case WAIT:
            d->wait = true;
            break;
        case TIMEOUT:
            if (!conf_time(optarg, &d->timeout_ms, &e))
                return options_misused(o, "--timeout %s: %s", optarg, e.text);
            break;
        case OPTIONS_EXIT:
            return o->code;
        }
    }
    if (d->timeout_ms >= 0 && !d->wait)
        return options_misused(o, "--timeout goes with --wait");
    if (d->timeout_ms < 0)
        d->timeout_ms = TIMEOUT_MS;
    if (argc == optind)
        return options_misused(o, "a file is missing");
    if (d->name != NULL && argc - optind > 1)
        return options_misused(o, "--name is for one file only");
    for (int i = optind; i < argc; i++)
        if (strcmp(argv[i], "-") == 0 && d->name == NULL)
            return options_misused(o, "standard input needs a --name");
    return -1;
}

static int run(struct options *o, int argc, char **argv)
{
    struct drop d = {.options = o, .feed = "default", .timeout_ms = -1};
    int code = read_options(&d, argc, argv);
    if (code >= 0)
        return code;
    struct err e = {0};
    if (!options_conf(o, &e)) {
        options_say("%s", e.text);
        return EXIT_FAILED;
    }
    // Before anything is handed in, so that a wrong endpoint is told before it matters.
    struct newswire *wire = d.wait ? options_connect(o) : NULL;
    if (d.wait && wire == NULL)
        return o->code;
    code = drop_all(&d, wire, argv + optind, (size_t)(argc - optind));
    newswire_close(wire);
    return code;
}

const struct verb verb_drop = {"drop", "hands files in; with --wait tells what became of them", usage, run};
