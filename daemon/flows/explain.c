// SPDX-License-Identifier: MIT
/* explain: see explain.h. */
#include "daemon/flows/explain.h"

#include "daemon/flows/take.h"
#include "daemon/hands/files.h"
#include "proto/json.h"
#include "proto/utf8.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 160 /* bytes of a line or value that are shown; the rest is in the file */

/* Shows text safely, cut to what fits a terminal's line. */
static const char *shown(char *out, size_t size, const char *p, size_t n)
{
    size_t some = n;
    if (some > SHOWN) {
        for (some = SHOWN; some > 0 && ((unsigned char)p[some] & 0xc0) == 0x80; some--)
            ;
    }
    size_t used = strlen(utf8_show(out, size, p, some));
    if (some < n)
        snprintf(out + used, size - used, "\u2026");
    return out;
}

/* "newswired: PATH: why", or without the path if `why` has it; both are somebody else's words. */
static void complain(const char *path, const char *why)
{
    char name[PATH_MAX * 4], text[sizeof((struct err *)NULL)->text * 4];
    utf8_show(name, sizeof name, path, strlen(path));
    utf8_show(text, sizeof text, why, strlen(why));
    fprintf(stderr, "newswired: %s%s%s\n", name, path[0] != '\0' ? ": " : "", text);
}

static bool print_json(const struct reader_slice *slice)
{
    const char *topics[TOPICS_PER_RECORD + 1];
    size_t n = 0;
    for (; n < slice->ntopics && n < TOPICS_PER_RECORD; n++)
        topics[n] = slice->topics[n].topic;
    topics[n] = NULL;
    char *line = json_line(&slice->dispatch, NULL, topics);
    if (line == NULL) {
        fprintf(stderr, "newswired: out of memory\n");
        return false;
    }
    puts(line);
    free(line);
    return true;
}

static void print_field(const char *field, const char *value, const struct reader_slice *slice)
{
    char text[SHOWN * 4 + 8];
    if (value == NULL)
        return;
    printf("    %-14s %s", field, shown(text, sizeof text, value, strlen(value)));
    for (size_t i = 0; i < slice->nsources; i++) {
        const struct reader_source *s = &slice->sources[i];
        if (strcmp(s->field, field) == 0 && s->length > 0)
            printf("   (%s, %" PRIu64 "+%u)", s->rule, s->offset, s->length);
        else if (strcmp(s->field, field) == 0)
            printf("   (%s)", s->rule); // found in all of it
    }
    putchar('\n');
}

static void print_fields(const struct reader_slice *slice, size_t number)
{
    const struct newswire_dispatch *d = &slice->dispatch;
    char text[SHOWN * 4 + 8];
    printf("\ndispatch %zu: bytes %" PRIu64 "..%" PRIu64 "\n", number, slice->offset,
           slice->offset + slice->length);
    if (slice->why != NULL) {
        printf("    rejected       %s\n", shown(text, sizeof text, slice->why, strlen(slice->why)));
        return;
    }
    print_field("headline", d->headline, slice);
    print_field("agency", d->agency, slice);
    print_field("by", d->by, slice);
    print_field("located", d->located, slice);
    print_field("country", d->country, slice);
    print_field("dateline", d->dateline, slice);
    print_field("contentCreated", d->content_created, slice);
    print_field("timePrecision", d->time_precision, slice);
    print_field("language", d->language, slice);
    print_field("edNote", d->ed_note, slice);
    print_field("usageTerms", d->usage_terms, slice);
    printf("    %-14s %.2f\n", "confidence", d->confidence);
    for (size_t i = 0; d->warnings != NULL && d->warnings[i] != NULL; i++)
        print_field("warning", d->warnings[i], slice);
    for (size_t i = 0; i < slice->ntopics; i++)
        printf("    topic          %s   (%s)\n", slice->topics[i].topic,
               shown(text, sizeof text, slice->topics[i].reason, strlen(slice->topics[i].reason)));
}

static void print_text(const char *path, const struct reader_result *r)
{
    char text[SHOWN * 4 + 8];
    uint32_t slice = 0;
    printf("%s: %s, %zu dispatches\n", shown(text, sizeof text, path, strlen(path)), r->charset, r->nslices);
    for (size_t i = 0; i < r->nlines; i++) {
        const struct reader_line *line = &r->lines[i];
        if (line->slice != slice && line->slice != 0) {
            slice = line->slice;
            printf("---------------------- dispatch %u\n", slice);
        }
        printf("%8" PRIu64 " %-12.12s %s\n", line->offset, line->class,
               shown(text, sizeof text, line->text, line->text_n));
    }
    for (size_t i = 0; i < r->nslices; i++)
        print_fields(&r->slices[i], i + 1);
    for (size_t i = 0; i < r->nfurniture; i++)
        printf("%sfurniture %" PRIu64 "+%" PRIu64 ": %s\n", i == 0 ? "\n" : "", r->furniture[i].offset,
               r->furniture[i].length, r->furniture[i].rule);
}

static int tell(const char *path, const struct reader_result *r, enum explain_how how)
{
    int status = EXIT_SUCCESS;
    if (how == EXPLAIN_TEXT)
        print_text(path, r);
    for (size_t i = 0; i < r->nslices; i++) {
        const char *why = r->slices[i].why;
        if (why != NULL) {
            complain(path, why);
            status = 3;
        } else if (how == EXPLAIN_JSON && !print_json(&r->slices[i])) {
            return EXIT_FAILURE;
        }
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
        return tell(path, &result, how);
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
