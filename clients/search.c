// SPDX-License-Identifier: MIT
/* search: `newswire search QUERY`: what was said, by its words. It reads the files of the store and of the
 * search index beside it, so it runs on the daemon's machine, as a member of its group; the daemon need not
 * be up. */
#include "clients/options.h"
#include "clients/print.h"
#include "daemon/hands/store_search.h"
#include "daemon/pure/conf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: newswire search [OPTION...] QUERY\n"
    "\n"
    "Finds dispatches by their words, on the daemon's machine, the newest first.\n"
    "\n"
    "  word, word*, \"a phrase\"         in headline, body or by\n"
    "  headline:word body:word by:\"a name\"\n"
    "  agency:tass place:am/yerevan subject:sport feed:name language:fr watch:name\n"
    "  topic:subject/sport             a topic, as with tail\n"
    "  after:2026-11-23 before:2026-11-24T09:00:00Z\n"
    "                                  by the printed time, or that of storing where none was printed\n"
    "  one OR other, -word             one of several; what must not be there\n"
    "\n"
    "      --best                      best first: by how often and where the words are, and how rare\n"
    "      --count N                   at most N dispatches (20)\n"
    "  -o, --output FORMAT             text, jsonl (the line of newswire(1))\n"
    "  -c, --config FILE               find the store by this newswired.conf\n"
    "  -h, --help\n"
    "\n"
    "  newswire search 'earthquake OR flood place:am after:2026-11-01'\n"
    "  newswire search --best --count 5 '\"central bank\" rate* -headline:crypto'\n";

#define COUNT_DEFAULT 20
#define ARENA_BYTES (256 << 10) /* a query of 64 terms with a topic each, and its words */
#define FOUND "\033[1;33m"
#define PLAIN "\033[0m"
#define INDENT "      "

struct call {
    bool best, jsonl;
    uint64_t count;
};

/* --- a hit ---------------------------------------------------------------------------------------------- */

/* Text that is safe to print, but for the marks: those become colour, or go. */
static void put_marked(const char *text, bool colour)
{
    static const char *const marks[] = {STORE_HIT_BEGIN, STORE_HIT_END};
    for (size_t which = 0; *text != '\0'; which = 1 - which) {
        const char *mark = strstr(text, marks[which]);
        size_t n = mark != NULL ? (size_t)(mark - text) : strlen(text);
        fwrite(text, 1, n, stdout);
        if (mark == NULL)
            break;
        if (colour)
            fputs(which == 0 ? FOUND : PLAIN, stdout);
        text = mark + strlen(marks[which]);
    }
}

/* The piece on a line of its own, its lines joined. */
static bool put_piece(const char *piece, bool colour)
{
    char *safe = NULL;
    size_t size;
    FILE *f = open_memstream(&safe, &size);
    if (f == NULL)
        return false;
    while (*piece != '\0') {
        size_t n = strcspn(piece, "\n"), blanks = strspn(piece + n, "\n");
        print_safe(f, piece, n);
        fputs(blanks > 0 && piece[n + blanks] != '\0' ? " " : "", f);
        piece += n + blanks;
    }
    bool good = fclose(f) == 0;
    if (good) {
        fputs(INDENT, stdout);
        put_marked(safe, colour);
        putchar('\n');
    }
    free(safe);
    return good;
}

static bool print_hit(const struct store_hit *hit, const struct print_style *style, bool jsonl)
{
    struct newswire_dispatch shown = *hit->dispatch;
    struct newswire_event event = {.type = NEWSWIRE_DISPATCH,
                                   .seq = hit->record.seq,
                                   .kind = hit->record.kind,
                                   .stored = hit->record.stored,
                                   .topics = hit->record.topics,
                                   .dispatch = &shown};
    if (!jsonl)
        shown.headline = hit->headline;
    char *line = jsonl ? print_json(&event) : print_line(&event, style);
    if (line == NULL)
        return false;
    put_marked(line, style->colour);
    putchar('\n');
    free(line);
    return jsonl || hit->piece == NULL || put_piece(hit->piece, style->colour);
}

/* --- the query ------------------------------------------------------------------------------------------ */

static void tell_limits(const struct store_search *s, const struct call *call, uint64_t found)
{
    if (store_search_lacking(s) > 0)
        options_say("%llu records are not in the search index yet",
                    (unsigned long long)store_search_lacking(s));
    if (store_search_cut(s))
        options_say("the best of the newest %d that match", STORE_SEARCH_BEST);
    if (found == 0 && !call->jsonl && isatty(STDERR_FILENO))
        options_say("nothing found");
}

static bool print_hits(struct store_search *s, const struct search *asked, const struct call *call,
                       struct err *e)
{
    struct print_style style = options_style();
    struct store_hit hit;
    uint64_t found = 0;
    bool failed = false;
    if (!store_search_begin(s, asked, call->best, e))
        return false;
    while (found < call->count && !ferror(stdout) && store_search_next(s, &hit, &failed, e)) {
        if (!print_hit(&hit, &style, call->jsonl))
            return err_set(e, "out of memory");
        found++;
    }
    tell_limits(s, call, found);
    return !failed;
}

/* The words of several arguments stand side by side, as within one. */
static char *join(char **words, int n)
{
    size_t size = 1, used = 0;
    for (int i = 0; i < n; i++)
        size += strlen(words[i]) + 1;
    char *out = malloc(size);
    for (int i = 0; i < n && out != NULL; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "", words[i]);
    return out;
}

static int search(struct options *o, const char *query, const struct call *call)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct search asked;
    struct store_search *s = NULL;
    struct err e = {""};
    if (arena == NULL || query == NULL || !search_read(arena, query, &asked, &e)) {
        arena_free(arena);
        return options_misused(o, "%s", e.text[0] != '\0' ? e.text : "out of memory");
    }
    bool good = options_conf(o, &e) && (s = store_search_open(o->conf->store.directory, &e)) != NULL &&
                print_hits(s, &asked, call, &e);
    store_search_close(s);
    arena_free(arena);
    if (good)
        return options_end(EXIT_FINE);
    options_say("%s", e.text);
    return options_end(EXIT_FAILED);
}

static int run(struct options *o, int argc, char **argv)
{
    enum { BEST = OPTIONS_OWN, COUNT };
    static const struct option longs[] = {OPTIONS_LONG,
                                          {"output", required_argument, NULL, 'o'},
                                          {"best", no_argument, NULL, BEST},
                                          {"count", required_argument, NULL, COUNT},
                                          {0}};
    struct call call = {.count = COUNT_DEFAULT};
    for (int c; (c = options_next(o, argc, argv, ":" OPTIONS_SHORT "o:", longs)) != -1;) {
        if (c == OPTIONS_EXIT)
            return o->code;
        if (c == BEST)
            call.best = true;
        else if (c == COUNT && !options_number(optarg, 1, &call.count))
            return options_misused(o, "--count %s: not a number above 0", optarg);
        else if (c == 'o' && !(call.jsonl = strcmp(optarg, "jsonl") == 0) && strcmp(optarg, "text") != 0)
            return options_misused(o, "-o %s: not one of text, jsonl", optarg);
    }
    if (argc == optind)
        return options_misused(o, "what to look for is missing");
    char *query = join(argv + optind, argc - optind);
    int code = search(o, query, &call);
    free(query);
    return code;
}

const struct verb verb_search = {"search", "finds what was said by its words, on the daemon's machine", usage,
                                 run};
