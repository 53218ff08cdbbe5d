// SPDX-License-Identifier: MIT
/* options: see options.h. Nothing here decides anything about news; it only finds out which wire is meant. */
#include "clients/options.h"

#include "daemon/hands/files.h"
#include "daemon/pure/conf.h"
#include "proto/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define CONFIG_MAX (1u << 20) /* bytes: 256 feeds of a few hundred bytes each, ten times over */

/* --- telling -------------------------------------------------------------------------------------------- */

static void say(const char *fmt, va_list ap, const char *behind)
{
    char text[2048], shown[4 * sizeof text];
    vsnprintf(text, sizeof text, fmt, ap);
    fprintf(stderr, "newswire: %s%s\n", utf8_show(shown, sizeof shown, text, strlen(text)), behind);
}

void options_say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap, "");
    va_end(ap);
}

int options_misused(const struct options *o, const char *fmt, ...)
{
    char behind[64];
    snprintf(behind, sizeof behind, "; try 'newswire %s%s--help'", o->verb != NULL ? o->verb->name : "",
             o->verb != NULL ? " " : "");
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap, behind);
    va_end(ap);
    return EXIT_USAGE;
}

int options_end(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    if (errno != EPIPE)
        options_say("cannot write to standard output: %s", strerror(errno));
    return EXIT_FAILED;
}

/* --- the command line ----------------------------------------------------------------------------------- */

int options_next(struct options *o, int argc, char **argv, const char *shorts, const struct option *longs)
{
    opterr = 0;
    for (;;) {
        int c = getopt_long(argc, argv, shorts, longs, NULL);
        switch (c) {
        case 'c':
            o->config = optarg;
            break;
        case OPTIONS_PUBLISH:
            o->publish_given = optarg;
            break;
        case OPTIONS_REPLAY:
            o->replay_given = optarg;
            break;
        case 'h':
            if (o->verb == NULL)
                return c;
            fputs(o->verb->usage, stdout);
            o->code = options_end(EXIT_FINE);
            return OPTIONS_EXIT;
        case ':':
            o->code = options_misused(o, "option '%s' needs a value", argv[optind - 1]);
            return OPTIONS_EXIT;
        case '?':
            // A long one leaves 0 behind, or its value when it got an argument that it does not take.
            if (optopt > 0 && optopt < OPTIONS_EXIT && strchr(shorts, optopt) == NULL)
                o->code = options_misused(o, "unknown option '-%c'", optopt);
            else
                o->code = options_misused(o, "unknown option '%s'", argv[optind - 1]);
            return OPTIONS_EXIT;
        default:
            return c;
        }
    }
}

bool options_number(const char *text, uint64_t min, uint64_t *out)
{
    // strtoull alone would take " 1", "+1" and "-1".
    if (!isdigit((unsigned char)text[0]))
        return false;
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || n < min)
        return false;
    *out = n;
    return true;
}

/* --- the configuration ---------------------------------------------------------------------------------- */

static const char *config_path(const struct options *o)
{
    if (o->config != NULL)
        return o->config;
    const char *from_environment = getenv("NEWSWIRE_CONFIG");
    if (from_environment != NULL && from_environment[0] != '\0')
        return from_environment;
    return access(CONF_INSTALLED, F_OK) == 0 ? CONF_INSTALLED : NULL;
}

bool options_conf(struct options *o, struct err *e)
{
    if (o->conf != NULL)
        return true;
    const char *path = config_path(o);
    struct file file = {0};
    if (path != NULL && !file_read(path, CONFIG_MAX, &file, e))
        return err_in(e, "cannot read configuration ");
    struct conf_problems problems = {0};
    o->conf = conf_read(path != NULL ? path : "defaults", file.n > 0 ? file.bytes : "", file.n, &problems);
    file_free(&file);
    bool fine = o->conf != NULL && problems.count == 0;
    if (o->conf == NULL)
        err_set(e, "out of memory");
    else if (!fine)
        err_set(e, "%.*s%s", (int)strcspn(problems.text, "\n"), problems.text,
                problems.count > 1 ? " (and more: 'newswired --check' tells all)" : "");
    conf_problems_free(&problems);
    if (!fine) {
        conf_free(o->conf);
        o->conf = NULL;
    }
    return fine;
}

void options_free(struct options *o)
{
    conf_free(o->conf);
    o->conf = NULL;
}

/* --- the wire ------------------------------------------------------------------------------------------- */

bool options_endpoint(const char *bind, char out[OPTIONS_ENDPOINT_MAX], struct err *e)
{
    if (strncmp(bind, "ipc://", 6) == 0 && bind[6] != '\0' && strcmp(bind + 6, "*") != 0)
        return snprintf(out, OPTIONS_ENDPOINT_MAX, "%s", bind) < OPTIONS_ENDPOINT_MAX ||
               err_set(e, "endpoint too long: %s", bind);
    const char *colon = strrchr(bind, ':');
    if (strncmp(bind, "tcp://", 6) != 0 || colon < bind + 6)
        return err_set(e, "cannot connect to '%s': an endpoint is tcp://HOST:PORT or ipc:///PATH", bind);
    if (!isdigit((unsigned char)colon[1]) || strcmp(colon, ":0") == 0)
        return err_set(e, "cannot connect to '%s': its port is not a fixed one", bind);

    static const struct {
        const char *bound, *host;
    } wildcards[] = {{"*", "127.0.0.1"}, {"0.0.0.0", "127.0.0.1"}, {"lo", "127.0.0.1"}, {"[::]", "[::1]"}};
    const char *host = bind + 6;
    size_t n = (size_t)(colon - host);
    for (size_t i = 0; i < sizeof wildcards / sizeof wildcards[0]; i++)
        if (strlen(wildcards[i].bound) == n && strncmp(wildcards[i].bound, host, n) == 0) {
            host = wildcards[i].host;
            n = strlen(host);
            break;
        }
    return snprintf(out, OPTIONS_ENDPOINT_MAX, "tcp://%.*s%s", (int)n, host, colon) < OPTIONS_ENDPOINT_MAX ||
           err_set(e, "endpoint too long: %s", bind);
}

/* ZeroMQ tries a socket that it may not open for ever and says nothing: leave such a one out. */
static bool may_not_open(const char *endpoint)
{
    return strncmp(endpoint, "ipc://", 6) == 0 && endpoint[6] != '@' &&
           access(endpoint + 6, R_OK | W_OK) != 0 && errno == EACCES;
}

/* The first bind that this user can connect to; none such: the first. */
static bool choose(char binds[][OPTIONS_ENDPOINT_MAX], size_t n, char out[OPTIONS_ENDPOINT_MAX],
                   struct err *e)
{
    char candidate[OPTIONS_ENDPOINT_MAX];
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (!options_endpoint(binds[i], candidate, e))
            continue;
        if (!found || !may_not_open(candidate))
            memcpy(out, candidate, sizeof candidate);
        found = true;
        if (!may_not_open(candidate))
            break;
    }
    return found || (n > 0 ? false : err_set(e, "the configuration binds no endpoint"));
}

bool options_wire(struct options *o, struct err *e)
{
    // Another machine's: no configuration of this one matters.
    if (o->publish_given != NULL && o->replay_given != NULL)
        return options_endpoint(o->publish_given, o->publish, e) &&
               options_endpoint(o->replay_given, o->replay, e);
    return options_conf(o, e) && choose(o->conf->publish.bind, o->conf->publish.nbind, o->publish, e) &&
           choose(o->conf->replay.bind, o->conf->replay.nbind, o->replay, e);
}

struct newswire *options_connect(struct options *o)
{
    struct err e = {0};
    o->code = EXIT_FAILED;
    if ((o->publish_given == NULL) != (o->replay_given == NULL)) {
        // One daemon's copies beside another's answers would be asked for again and again.
        o->code = options_misused(o, "--publish and --replay go together: both are of one daemon");
        return NULL;
    }
    if (!options_wire(o, &e)) {
        if (o->publish_given != NULL)
            o->code = options_misused(o, "%s", e.text);
        else
            options_say("%s", e.text);
        return NULL;
    }
    const char *closed = may_not_open(o->publish) ? o->publish : may_not_open(o->replay) ? o->replay : NULL;
    if (closed != NULL) {
        options_say("%s: Permission denied; its daemon's group may connect, others need a tcp:// bind",
                    closed);
        return NULL;
    }
    struct newswire *wire = newswire_connect(o->publish, o->replay);
    if (wire == NULL)
        options_say("cannot connect to %s and %s: %s", o->publish, o->replay, strerror(errno));
    return wire;
}

/* --- the terminal --------------------------------------------------------------------------------------- */

struct print_style options_style(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct print_style style = {.now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
    if (!isatty(STDOUT_FILENO))
        return style;
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.columns = size.ws_col;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    style.colour = (no_color == NULL || no_color[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
    return style;
}
