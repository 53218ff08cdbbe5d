// SPDX-License-Identifier: MIT
/* tail: `newswire tail`: events as they come, a line each. newswire_done() only after the line was written
 * and flushed, so that a cursor never passes what nobody got. Ends fine on SIGINT, SIGTERM, a closed pipe,
 * --count and --until. */
#include "clients/client.h"
#include "clients/options.h"
#include "clients/print.h"
#include "proto/json.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_MS 500  /* how long a signal may have to wait while the daemon is waited for */
#define PAUSE_MS 50 /* a refusal comes at once: no asking in a circle */
#define IDLE_MS 500 /* how soon a closed pipe is noticed when nothing comes */
#define UNTIL_MS 20 /* with --until: how soon the end is noticed when the last records are none of ours */

static const char usage[] =
    "usage: newswire tail [OPTION...] [TOPIC...]\n"
    "\n"
    "Prints dispatches as they come, a line each; without a TOPIC all of them.\n"
    "A TOPIC stands for itself and all below it; '*' is any one segment, '!TOPIC' leaves out.\n"
    "\n"
    "      --since SEQ|TIME|start|now  where to begin (now); TIME: 2026-11-23, 2026-11-23T09:00:00Z\n"
    "      --until SEQ|now             end after this record; now: the newest one at the start\n"
    "      --cursor NAME               keep the place under NAME and go on from there next time;\n"
    "                                  --since then counts only the first time\n"
    "      --cursor-dir DIR            where cursors lie ($XDG_STATE_HOME/newswire)\n"
    "      --count N                   end after N dispatches\n"
    "  -o, --output FORMAT             text, jsonl (the line of newswire(1)), ninjs (IPTC ninjs 3.1),\n"
    "                                  protobuf (Dispatch messages, length as a varint before each)\n"
    "  -c, --config FILE; --publish ENDPOINT, --replay ENDPOINT; -h, --help\n"
    "\n"
    "  newswire tail place/am '!subject/sport'        Armenia without its sport\n"
    "  newswire tail 'place/*/paris'                  Paris, in whatever country\n"
    "  newswire tail --cursor desk -o jsonl | ./ours  never misses one, across restarts of both\n"
    "  newswire tail --since start --until now        everything there is, then ends\n";

enum output { TEXT, JSONL, NINJS, PROTOBUF };

struct tail {
    struct options *options;
    const char *since, *cursor, *cursor_dir;
    bool has_until, until_now;
    uint64_t until;
    uint64_t count; /* 0 = no end */
    enum output output;
    struct newswire *wire;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static void catch_signals(void)
{
    struct sigaction ending = {.sa_handler = stop}, ignoring = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &ending, NULL);
    sigaction(SIGTERM, &ending, NULL);
    sigaction(SIGPIPE, &ignoring, NULL);
}

/* --- output --------------------------------------------------------------------------------------------- */

static void write_delimited(const void *p, size_t n)
{
    for (size_t rest = n;; rest >>= 7) {
        putchar((int)(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
        if (rest <= 0x7f)
            break;
    }
    fwrite(p, 1, n, stdout);
}

/* Writes and flushes. False: told already, or nobody wants it any more (then *closed). */
static bool write_event(struct tail *t, const struct newswire_event *e, bool *closed)
{
    char *line = NULL;
    bool news = e->type == NEWSWIRE_DISPATCH, nothing = false;
    struct print_style style = options_style(); // anew: midnight passes, windows change
    if (news)
        line = t->output == TEXT    ? print_line(e, &style)
               : t->output == JSONL ? print_json(e)
               : t->output == NINJS ? json_ninjs(e->dispatch, e->kind, e->topics)
                                    : NULL;
    else if (t->output == JSONL)
        line = json_event(e);
    else
        nothing = true;
    if (!news) {
        char *notice = print_notice(e);
        options_say("%s", notice != NULL ? notice : "out of memory");
        free(notice);
    }
    if (news && t->output == PROTOBUF)
        write_delimited(e->dispatch_frame, e->dispatch_frame_size);
    else if (line != NULL)
        puts(line);
    else if (!nothing) {
        options_say("out of memory");
        return false;
    }
    free(line);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    *closed = errno == EPIPE || stopped; // a slow reader was waited for when the signal came
    if (!*closed)
        options_say("cannot write to standard output: %s", strerror(errno));
    return false;
}

/* A pipe whose reader is gone says so without being written to. */
static bool reader_gone(void)
{
    struct pollfd fd = {.fd = STDOUT_FILENO};
    return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR) != 0;
}

/* --- the loop ------------------------------------------------------------------------------------------- */

/* Waits for the daemon for ever, and says so after a while; sets the end of --until now. False: stopped. */
static bool find_daemon(struct tail *t)
{
    for (int waited = 0; !stopped && !reader_gone(); waited += ASK_MS) {
        struct ask ask = {.type = ASK_LOCATE, .time = INT64_MAX};
        struct err e = {0};
        struct answer *answer = client_ask(t->wire, &ask, ASK_MS, &e);
        if (answer != NULL) {
            if (t->until_now)
                t->until = answer->head;
            answer_free(answer);
            return true;
        }
        if (waited < OPTIONS_ANSWER_MS && waited + ASK_MS >= OPTIONS_ANSWER_MS)
            options_say("waiting for newswired at %s ...", t->options->replay);
        poll(NULL, 0, PAUSE_MS);
    }
    return false;
}

/* Everything up to the end of --until was delivered or is none of ours. Only meaningful when no event is
 * waiting. */
static bool until_reached(const struct tail *t)
{
    return t->has_until && newswire_seen(t->wire) >= t->until;
}

static int run_loop(struct tail *t)
{
    if (!find_daemon(t))
        return EXIT_FINE;
    for (uint64_t count = 0; !stopped;) {
        const struct newswire_event *e = newswire_next(t->wire, t->has_until ? UNTIL_MS : IDLE_MS);
        if (e == NULL && errno != EAGAIN && errno != EINTR) {
            options_say("%s", newswire_error(t->wire));
            return EXIT_FAILED;
        }
        if (e == NULL) {
            if (until_reached(t) || reader_gone())
                break;
            continue;
        }
        uint64_t seq = e->seq;
        enum newswire_type type = e->type;
        if (t->has_until && type == NEWSWIRE_DISPATCH && seq > t->until)
            break;
        bool closed = false;
        if (!write_event(t, e, &closed))
            return closed ? EXIT_FINE : EXIT_FAILED;
        if (!newswire_done(t->wire, seq)) {
            options_say("%s", newswire_error(t->wire));
            return EXIT_FAILED;
        }
        // The records of another epoch have another end.
        if (type == NEWSWIRE_EPOCH && t->until_now && !find_daemon(t))
            break;
        count += type == NEWSWIRE_DISPATCH;
        if ((t->count > 0 && count == t->count) ||
            (t->has_until && type != NEWSWIRE_EPOCH && seq >= t->until))
            break;
    }
    return EXIT_FINE;
}

/* Topics, cursor and beginning. Returns an exit code. */
static int prepare(struct tail *t, char **topics)
{
    struct options *o = t->options;
    for (; *topics != NULL; topics++)
        if (!newswire_subscribe(t->wire, *topics))
            return options_misused(o, "%s", newswire_error(t->wire));
    if (t->since != NULL && !newswire_since(t->wire, t->since))
        return options_misused(o, "--since %s: not a seq, a time (RFC 3339), 'start' or 'now'", t->since);
    if (t->cursor != NULL && !newswire_cursor(t->wire, t->cursor_dir, t->cursor)) {
        if (errno == EINVAL)
            return options_misused(o, "%s", newswire_error(t->wire));
        options_say("%s", newswire_error(t->wire));
        return EXIT_FAILED;
    }
    return EXIT_FINE;
}

static bool read_output(const char *word, enum output *out)
{
    static const char *const words[] = {"text", "jsonl", "ninjs", "protobuf"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (enum output)i;
            return true;
        }
    return false;
}

/* Returns -1 to go on, or an exit code. */
static int read_options(struct tail *t, int argc, char **argv)
{
    enum { SINCE = OPTIONS_OWN, UNTIL, CURSOR, CURSOR_DIR, COUNT };
    static const struct option longs[] = {OPTIONS_LONG,
                                          {"since", required_argument, NULL, SINCE},
                                          {"until", required_argument, NULL, UNTIL},
                                          {"cursor", required_argument, NULL, CURSOR},
                                          {"cursor-dir", required_argument, NULL, CURSOR_DIR},
                                          {"count", required_argument, NULL, COUNT},
                                          {"output", required_argument, NULL, 'o'},
                                          {0}};
    struct options *o = t->options;
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT "o:", longs)) != -1;) {
        switch (c) {
        case SINCE:
            t->since = optarg;
            break;
        case UNTIL:
            t->has_until = true;
            t->until_now = strcmp(optarg, "now") == 0;
            if (!t->until_now && !options_number(optarg, 1, &t->until))
                return options_misused(o, "--until %s: not a seq or 'now'", optarg);
            break;
        case CURSOR:
            t->cursor = optarg;
            break;
        case CURSOR_DIR:
            t->cursor_dir = optarg;
            break;
        case COUNT:
            if (!options_number(optarg, 1, &t->count))
                return options_misused(o, "--count %s: not a number from 1 on", optarg);
            break;
        case 'o':
            if (!read_output(optarg, &t->output))
                return options_misused(o, "-o %s: not one of text, jsonl, ninjs, protobuf", optarg);
            break;
        case OPTIONS_EXIT:
            return o->code;
        }
    }
    if (t->cursor_dir != NULL && t->cursor == NULL)
        return options_misused(o, "--cursor-dir goes with --cursor");
    return -1;
}

static int run(struct options *o, int argc, char **argv)
{
    struct tail t = {.options = o};
    int code = read_options(&t, argc, argv);
    if (code >= 0)
        return code;
    t.wire = options_connect(o);
    if (t.wire == NULL)
        return o->code;
    catch_signals();
    code = prepare(&t, argv + optind);
    if (code == EXIT_FINE)
        code = run_loop(&t);
    if (newswire_close(t.wire))
        return code;
    options_say("cursor '%s' could not be saved: %s; some of what came will come again", t.cursor, strerror(errno));
    return EXIT_FAILED;
}

const struct verb verb_tail = {"tail", "prints dispatches as they come, or from where you say", usage, run};
