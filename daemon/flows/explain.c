// SPDX-License-Identifier: MIT
/* explain: see explain.h. */
#include "daemon/flows/explain.h"

#include "daemon/flows/explain_view.h"
#include "daemon/flows/take.h"
#include "daemon/hands/files.h"
#include "proto/json.h"
#include "proto/utf8.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "newswired: PATH: why", or without the path if `why` has it; both are somebody else's words. */
static void complain(const char *path, const char *why)
{
    char name[PATH_MAX * 4], text[sizeof((struct err *)NULL)->text * 4];
    utf8_show(name, sizeof name, path, strlen(path));
    utf8_show(text, sizeof text, why, strlen(why));
    fprintf(stderr, "newswired: %s%s%s\n", name, path[0] != '\0' ? ": " : "", text);
}

static bool print_lines(const struct reader_result *r)
{
    for (size_t i = 0; i < r->nslices; i++) {
        const struct reader_slice *slice = &r->slices[i];
        const char *topics[TOPICS_PER_RECORD + 1] = {NULL};
        for (size_t k = 0; k < slice->ntopics && k < TOPICS_PER_RECORD; k++)
            topics[k] = slice->topics[k].topic;
        char *line = slice->why == NULL ? json_line(&slice->dispatch, NULL, topics) : NULL;
        if (line == NULL && slice->why == NULL)
            return false;
        if (line != NULL)
            puts(line);
        free(line);
    }
    return true;
}

static bool print(struct arena *arena, const char *path, const struct reader_input *in,
                  const struct reader_result *r, enum explain_how how)
{
    struct explain_view view = {.path = path, .in = in, .result = r};
    struct show_style style = show_style();
    if (how == EXPLAIN_LINES)
        return print_lines(r);
    if (!explain_number(arena, &view))
        return false;
    if (how == EXPLAIN_JSON)
        return explain_json(stdout, &view);
    explain_text(stdout, &view, &style);
    return true;
}

static int tell(struct arena *arena, const char *path, const struct reader_input *in,
                const struct reader_result *r, enum explain_how how)
{
    int status = EXIT_SUCCESS;
    if (!print(arena, path, in, r, how)) {
        complain(path, "out of memory");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < r->nslices; i++) {
        if (r->slices[i].why == NULL)
            continue;
        complain(path, r->slices[i].why);
        status = 3;
    }
    return status;
}

static int read_and_tell(struct arena *arena, const struct settings *s, const char *path, const char *feed,
                         const struct file *file, int64_t arrival, enum explain_how how)
{
    struct err e = {""};
    struct conf_feed scratch;
    struct reader_result result;
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    char name[256 * 4];
    struct reader_input input = {
        .bytes = (const uint8_t *)file->bytes,
        .n = file->n,
        .name = strcmp(path, "-") == 0 ? "stdin" : utf8_show(name, sizeof name, base, strlen(base)),
        .feed = conf_feed(s->conf, feed, &scratch),
        .rules = s->rules,
        .tagger = s->tagger,
        .arrival = arrival != 0 ? arrival : file->mtime,
        .max_items = s->conf->spool.max_items,
        .max_lines = s->conf->spool.max_lines,
        .max_dispatch = s->conf->spool.max_dispatch,
    };
    enum fate fate = reader_read(arena, &input, &result, &e);
    if (fate == FATE_DONE)
        return tell(arena, path, &input, &result, how);
    if (fate == FATE_BAD && how == EXPLAIN_JSON)
        explain_json_refused(stdout, input.name, e.text);
    complain(path, e.text);
    return fate == FATE_BAD ? 3 : EXIT_FAILURE;
}

int explain_file(const struct settings *s, const char *path, const char *feed, int64_t arrival,
                 enum explain_how how)
{
    struct err e = {""};
    struct file file;
    if (!file_read(path, s->conf->spool.max_file, &file, &e)) {
        complain("", e.text);
        return EXIT_FAILURE;
    }
    int status = EXIT_FAILURE;
    struct arena *arena = arena_new(TAKE_MEMORY);
    if (arena == NULL)
        fprintf(stderr, "newswired: out of memory\n");
    else
        status = read_and_tell(arena, s, path, feed, &file, arrival, how);
    arena_free(arena);
    file_free(&file);
    return status;
}
