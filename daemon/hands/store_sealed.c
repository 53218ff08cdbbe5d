// SPDX-License-Identifier: MIT
/* store_sealed: see store_sealed.h.
 *
 * Opened as any reader would (mode=ro), never immutable=1: with a log that is still alive that hides rows
 * without a word. The log of a sealed segment is put away (store_tend.c) as soon as nobody has it open; hence
 * whoever opened it before that closes it again soon. */
#include "daemon/hands/store_sealed.h"

#include <string.h>

static const char *ending(const struct store_part *part)
{
    return part->state == PART_IDS ? ".ids" : ".db";
}

void store_sealed_close(struct store_sealed *s)
{
    for (size_t i = 0; i < SEALED_OPEN; i++)
        store_segment_close(&s->slots[i].segment);
    store_filters_free(&s->filters);
    *s = (struct store_sealed){.directory = s->directory};
}

/* The slot that has it, else the one that was not used for longest. */
static struct sealed_slot *slot_of(struct store_sealed *s, uint64_t n)
{
    struct sealed_slot *oldest = &s->slots[0];
    for (size_t i = 0; i < SEALED_OPEN; i++) {
        struct sealed_slot *slot = &s->slots[i];
        if (slot->segment.db != NULL && slot->segment.n == n)
            return slot;
        if (slot->used < oldest->used)
            oldest = slot;
    }
    return oldest;
}

static void close_slot(struct sealed_slot *slot)
{
    store_segment_close(&slot->segment);
    slot->used = 0;
}

/* A file of that name out of another copy would answer for records that are not in it. */
static enum fate check_part(struct store_segment *segment, const struct store_part *part, struct err *e)
{
    struct store_head head;
    enum fate fate = store_segment_head(segment, &head, e);
    if (fate == FATE_DONE && (head.segment != part->n || head.first != part->first || head.seq != part->last))
        fate =
            sql_damaged(e, "segment-%08llu.db has the records %llu to %llu of segment %llu, not %llu to %llu",
                        (unsigned long long)part->n, (unsigned long long)head.first,
                        (unsigned long long)head.seq, (unsigned long long)head.segment,
                        (unsigned long long)part->first, (unsigned long long)part->last);
    return fate;
}

static enum fate open_slot(struct store_sealed *s, struct sealed_slot *slot, const struct store_part *part,
                           struct err *e)
{
    close_slot(slot);
    slot->state = part->state;
    enum fate fate = store_segment_open(&slot->segment, s->directory, part->n, ending(part), e);
    if (fate == FATE_DONE && part->state == PART_SEALED)
        fate = check_part(&slot->segment, part, e);
    // Asked afterwards: a file that asks for a log and has none gets one when it is opened.
    slot->settled = !store_segment_there(s->directory, part->n, ".db-wal");
    return fate;
}

struct store_segment *store_sealed_open(struct store_sealed *s, const struct store_part *part,
                                        enum fate *fate, struct err *e)
{
    struct sealed_slot *slot = slot_of(s, part->n);
    *fate = FATE_DONE;
    if (slot->segment.db == NULL || slot->segment.n != part->n)
        *fate = open_slot(s, slot, part, e);
    if (*fate != FATE_DONE) {
        close_slot(slot);
        return NULL;
    }
    slot->used = ++s->clock;
    return &slot->segment;
}

/* Whether it may stay open: `part` is what there is of it now. */
static bool stays(const struct sealed_slot *slot, const struct store_part *part, uint64_t oldest)
{
    return slot->settled && part != NULL && part->state == slot->state &&
           (part->state == PART_IDS || !store_part_behind(part, oldest));
}

void store_sealed_rest(struct store_sealed *s, const struct store_catalogue *c, uint64_t oldest)
{
    for (size_t i = 0; i < SEALED_OPEN; i++) {
        struct sealed_slot *slot = &s->slots[i];
        if (slot->segment.db != NULL && !stays(slot, store_catalogue_part(c, slot->segment.n), oldest))
            close_slot(slot);
    }
}

/* --- keys ----------------------------------------------------------------------------------------------- */

/* The filter of that part as the i-th. */
static enum fate put_filter(struct store_sealed *s, size_t i, const struct store_part *part, struct err *e)
{
    enum fate fate;
    struct store_segment *segment = store_sealed_open(s, part, &fate, e);
    return segment != NULL ? store_filters_put(&s->filters, i, part->n, (int)part->state, segment->db, e)
                           : fate;
}

enum fate store_sealed_filters(struct store_sealed *s, const struct store_catalogue *c, struct err *e)
{
    struct store_filters *f = &s->filters;
    enum fate fate = FATE_DONE;
    size_t i = 0;
    for (const struct store_part *part = c->parts; part < c->parts + c->n && fate == FATE_DONE; part++) {
        while (i < f->n &&
               (f->at[i].n < part->n || (f->at[i].n == part->n && f->at[i].state != (int)part->state)))
            store_filters_drop(f, i);
        bool known = i < f->n && f->at[i].n == part->n;
        // An old copy of the catalogue may name ids that went since.
        if (part->state == PART_OPEN ||
            (part->state == PART_IDS && !known && !store_segment_there(s->directory, part->n, ".ids")))
            continue;
        if (!known)
            fate = put_filter(s, i, part, e);
        i++;
    }
    while (fate == FATE_DONE && i < f->n)
        store_filters_drop(f, f->n - 1);
    return fate;
}

static enum fate find_in(struct store_sealed *s, const struct store_part *part, const struct store_key *key,
                         struct store_place *out, size_t max, size_t *n, struct err *e)
{
    uint64_t values[16];
    size_t found = 0, most = sizeof values / sizeof *values;
    enum fate fate;
    struct store_segment *segment = store_sealed_open(s, part, &fate, e);
    struct sql *q = segment != NULL ? store_segment_sql(segment, S_RUN, &fate, e) : NULL;
    if (q != NULL)
        fate = store_run_find(q, key, values, max - *n < most ? max - *n : most, &found, e);
    for (size_t i = 0; i < found; i++)
        out[(*n)++] = (struct store_place){part->n, values[i]};
    return fate;
}

enum fate store_sealed_find(struct store_sealed *s, const struct store_catalogue *c,
                            const struct store_key *key, struct store_place *out, size_t max, size_t *n,
                            struct err *e)
{
    uint64_t hash = store_key_hash(key);
    enum fate fate = FATE_DONE;
    *n = 0;
    store_filters_fetch(&s->filters, hash);
    for (size_t i = s->filters.n; i-- > 0 && *n < max && fate == FATE_DONE;) {
        if (!store_filters_maybe(&s->filters, i, hash))
            continue;
        const struct store_part *part = store_catalogue_part(c, s->filters.at[i].n);
        if (part != NULL)
            fate = find_in(s, part, key, out, max, n, e);
    }
    return fate;
}
