// SPDX-License-Identifier: MIT
/* reader: see reader.h. Puts the pure rooms in a row and accounts for every byte. */
#include "daemon/pure/reader.h"

#include "daemon/pure/identity.h"
#include "daemon/pure/lines.h"
#include "daemon/pure/parse.h"
#include "daemon/pure/split.h"
#include "daemon/pure/tag.h"

#include <assert.h>
#include <string.h>

/* "furniture 'Save'" says more than "furniture". NULL when memory ran out. */
static const char *furniture_rule(struct arena *arena, const struct line *line)
{
    if (line->class != LINE_FURNITURE)
        return line_word(line->class);
    return arena_printf(arena, "furniture '%.*s'", (int)line->text.n, line->text.p);
}

static enum fate no_memory(struct err *e)
{
    err_set(e, "no memory for the account of the lines");
    return FATE_RETRY;
}

/* Every line, and what is in no slice. */
static enum fate account(struct arena *arena, const struct decoded *decoded, const struct split *split,
                         struct reader_result *out, struct err *e)
{
    struct reader_line *lines = arena_alloc(arena, decoded->nlines * sizeof *lines);
    size_t outside = decoded->nlines, next = 0;
    for (size_t k = 0; k < split->n; k++)
        outside -= split->slices[k].end - split->slices[k].first;
    struct reader_furniture *furniture = arena_alloc(arena, outside * sizeof *furniture);
    if (lines == NULL || furniture == NULL)
        return no_memory(e);
    for (size_t i = 0; i < decoded->nlines; i++) {
        const struct line *line = &decoded->lines[i];
        while (next < split->n && split->slices[next].end <= i)
            next++;
        bool inside = next < split->n && split->slices[next].first <= i;
        lines[i] = (struct reader_line){.offset = line->offset,
                                        .length = line->length,
                                        .class = line_word(line->class),
                                        .text = line->text.p,
                                        .text_n = (uint32_t)line->text.n,
                                        .score = line->score / 100.0,
                                        .slice = inside ? (uint32_t)(next + 1) : 0};
        const char *rule = inside ? "" : furniture_rule(arena, line);
        if (rule == NULL)
            return no_memory(e);
        if (!inside)
            furniture[out->nfurniture++] = (struct reader_furniture){line->offset, line->length, rule};
    }
    assert(out->nfurniture == outside);
    out->lines = lines;
    out->nlines = decoded->nlines;
    out->furniture = furniture;
    return FATE_DONE;
}

static enum fate tag(struct arena *arena, const struct reader_input *in, struct reader_slice *slices,
                     size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (slices[i].why != NULL)
            continue;
        enum fate fate = tag_dispatch(arena, in->tagger, &slices[i].dispatch, in->feed, &slices[i].topics,
                                      &slices[i].ntopics, e);
        if (fate != FATE_DONE)
            return fate;
    }
    return FATE_DONE;
}

/* Why each slice was cut where it was, in nats. */
static void tell_evidence(const struct split *split, struct reader_slice *slices)
{
    for (size_t i = 0; i < split->n; i++) {
        slices[i].evidence = split->slices[i].evidence;
        slices[i].score = split->slices[i].score / 100.0;
        slices[i].margin = split->slices[i].margin / 100.0;
    }
}

static enum fate read_all(struct arena *arena, const struct reader_input *in, struct reader_result *out,
                          struct err *e)
{
    struct decoded decoded;
    struct split split;
    struct reader_slice *slices = NULL;
    *out = (struct reader_result){0};
    if (in->digest != NULL)
        memcpy(out->digest, in->digest, sizeof out->digest);
    else
        identity_digest(in->bytes, in->n, out->digest);
    enum fate fate = decode(arena, in->bytes, in->n, in->feed->charset, in->max_lines, &decoded, e);
    if (fate == FATE_DONE)
        fate = split_lines(arena, in->rules, decoded.lines, decoded.nlines, in->max_items, &split, e);
    if (fate == FATE_DONE && split.n == 0) {
        err_set(e, "offset 0: no dispatch in it, only page furniture");
        fate = FATE_BAD;
    }
    if (fate == FATE_DONE)
        fate = parse_slices(arena, in, &decoded, &split, out->digest, &slices, e);
    if (fate == FATE_DONE)
        fate = tag(arena, in, slices, split.n, e);
    if (fate == FATE_DONE)
        fate = account(arena, &decoded, &split, out, e);
    if (fate != FATE_DONE)
        return fate;
    tell_evidence(&split, slices);
    out->slices = slices;
    out->nslices = split.n;
    out->charset = decoded.charset;
    return FATE_DONE;
}

enum fate reader_read(struct arena *arena, const struct reader_input *in, struct reader_result *out,
                      struct err *e)
{
    enum fate fate = read_all(arena, in, out, e);
    if (fate != FATE_RETRY || !arena_full(arena))
        return fate;
    // It would need as much the next time.
    err_set(e, "reading it needs more than %zu MiB of memory", arena_limit(arena) >> 20);
    return FATE_BAD;
}
