// SPDX-License-Identifier: MIT
/* options: what the verbs of newswire(1) share: the options that say which wire is meant, the configuration
 * behind them, and how an error is told. The only room of the program that reads newswired.conf. */
#ifndef CLIENTS_OPTIONS_H
#define CLIENTS_OPTIONS_H

#include "clients/print.h"
#include "newswire/newswire.h"
#include "proto/err.h"

#include <getopt.h>

#define OPTIONS_ENDPOINT_MAX 256
#define OPTIONS_ANSWER_MS 3000 /* a daemon that is there answers in this time */

/* Exit codes, as newswire(1) promises them. */
enum exit_code { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REJECTED = 3 };

struct conf;
struct options;

/* A verb: `newswire NAME ...`. run() gets argv[0] = NAME and returns an exit code. */
struct verb {
    const char *name, *summary, *usage; /* usage: whole text of `newswire NAME --help` */
    int (*run)(struct options *, int argc, char **argv);
};
extern const struct verb verb_tail, verb_show, verb_topics, verb_status, verb_drop, verb_retry, verb_sql, verb_search;

struct options {
    const struct verb *verb; /* NULL before it is known */
    const char *config;      /* -c; NULL: $NEWSWIRE_CONFIG, else the installed file */
    const char *publish_given, *replay_given;
    int code;          /* exit code that goes with OPTIONS_EXIT */
    struct conf *conf; /* after options_conf() */
    char publish[OPTIONS_ENDPOINT_MAX], replay[OPTIONS_ENDPOINT_MAX]; /* after options_wire() */
};

/* Rows and letters that every verb's getopt table begins with. A verb's own long options without a letter
 * have values from OPTIONS_OWN on. */
enum { OPTIONS_EXIT = 1000, OPTIONS_PUBLISH, OPTIONS_REPLAY, OPTIONS_OWN };
#define OPTIONS_SHORT "c:h"
// clang-format off
#define OPTIONS_LONG                                                                                         \
    {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'},                              \
    {"publish", required_argument, NULL, OPTIONS_PUBLISH}, {"replay", required_argument, NULL, OPTIONS_REPLAY}
// clang-format on

/* getopt_long(3), shared options taken care of: returns the next option of the verb's own (its argument in
 * optarg), -1 when they are over (optind is the first operand), or OPTIONS_EXIT: return options->code.
 * `shorts` begins with ":" or "+:", then OPTIONS_SHORT. Before the verb is known, 'h' is the caller's. */
int options_next(struct options *, int argc, char **argv, const char *shorts, const struct option *longs);

/* Reads the configuration once. False with "FILE:LINE: ..." in `e`. */
bool options_conf(struct options *, struct err *e);

/* Finds the endpoints: those given, else those of the configuration. */
bool options_wire(struct options *, struct err *e);

/* options_wire and newswire_connect, errors told. NULL: return o->code. */
struct newswire *options_connect(struct options *);

void options_free(struct options *);

/* What a client connects to when a daemon binds `bind`: "tcp:// *:5570" (no space) is tcp://127.0.0.1:5570.
 * False: nothing can be connected to (a wildcard port, another transport). Pure. */
bool options_endpoint(const char *bind, char out[OPTIONS_ENDPOINT_MAX], struct err *e);

/* A decimal number from `min` on. False: not one. */
bool options_number(const char *text, uint64_t min, uint64_t *out);

/* Colour, width and time for clients/print.h, as standard output and the environment have them. */
struct print_style options_style(void);

/* "newswire: " and the words on standard error; control characters in them are escaped. */
void options_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same with "; try 'newswire VERB --help'" behind it. Returns EXIT_USAGE. */
int options_misused(const struct options *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Flushes standard output. Returns `code`, or EXIT_FAILED when it could not be written (told, but for a
 * closed pipe). */
int options_end(int code);

#endif
