// SPDX-License-Identifier: MIT
/* hold: see hold.h. A sorted array that is filled at its end and emptied at its front, as live copies come
 * and go. */
#include "clients/hold.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 64

/* Index, counted from `first`, of the lowest that is not below `seq`. */
static size_t place_of(const struct hold *h, uint64_t seq)
{
    if (h->n == 0)
        return 0;
    const struct held *used = h->slots + h->first;
    if (used[h->n - 1].copy.seq < seq)
        return h->n;
    size_t low = 0, high = h->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (used[middle].copy.seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A free slot behind the last. Moving down when half is free, doubling otherwise, costs O(1) per copy in the
 * long run. */
static bool make_room(struct hold *h)
{
    if (h->first + h->n < h->room)
        return true;
    if (h->first > h->room / 2) {
        memmove(h->slots, h->slots + h->first, h->n * sizeof *h->slots);
        h->first = 0;
        return true;
    }
    size_t room = h->room > 0 ? 2 * h->room : ROOM_MIN;
    struct held *slots = realloc(h->slots, room * sizeof *slots);
    if (slots == NULL)
        return false;
    h->slots = slots;
    h->room = room;
    return true;
}

bool hold_put(struct hold *h, const struct held *held)
{
    if (!make_room(h))
        return false;
    struct held *used = h->slots + h->first;
    size_t at = place_of(h, held->copy.seq);
    memmove(used + at + 1, used + at, (h->n - at) * sizeof *used);
    used[at] = *held;
    h->n++;
    h->bytes += held->copy.size;
    return true;
}

bool hold_has(const struct hold *h, uint64_t seq)
{
    size_t at = place_of(h, seq);
    return at < h->n && h->slots[h->first + at].copy.seq == seq;
}

const struct held *hold_lowest(const struct hold *h)
{
    return h->n > 0 ? &h->slots[h->first] : NULL;
}

void hold_take(struct hold *h, struct held *out)
{
    *out = h->slots[h->first];
    h->bytes -= out->copy.size;
    h->n--;
    h->first = h->n > 0 ? h->first + 1 : 0;
}

void hold_drop(struct hold *h)
{
    struct held held;
    hold_take(h, &held);
    if (held.wanted)
        h->drop(held.copy.frames);
}

void hold_clear(struct hold *h)
{
    while (h->n > 0)
        hold_drop(h);
}

void hold_free(struct hold *h)
{
    hold_clear(h);
    free(h->slots);
    h->slots = NULL;
    h->room = 0;
}
