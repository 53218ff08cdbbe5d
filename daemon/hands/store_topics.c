// SPDX-License-Identifier: MIT
/* store_topics: see store_topics.h. Invariant: at least half of the slots are free, so that a search ends
 * soon. */
#include "daemon/hands/store_topics.h"

#include "proto/topic.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 512

void store_topics_free(struct store_topics *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->names[i]);
    free(t->names);
    free(t->slots);
    *t = (struct store_topics){0};
}

/* The slot of the name, or the free one where it belongs. */
static uint32_t *slot_of(const struct store_topics *t, const char *name, size_t n)
{
    size_t i = topic_hash(name, n) & (t->nslots - 1);
    for (; t->slots[i] != 0; i = (i + 1) & (t->nslots - 1)) {
        const char *other = t->names[t->slots[i] - 1];
        if (strncmp(other, name, n) == 0 && other[n] == '\0')
            break;
    }
    return &t->slots[i];
}

static bool grow(struct store_topics *t)
{
    size_t room = t->room == 0 ? ROOM_FIRST : 2 * t->room;
    char **names = realloc(t->names, room * sizeof *names);
    if (names == NULL)
        return false;
    t->names = names;
    uint32_t *slots = calloc(2 * room, sizeof *slots);
    if (slots == NULL)
        return false;
    free(t->slots);
    t->slots = slots;
    t->room = room;
    t->nslots = 2 * room;
    for (size_t i = 0; i < t->n; i++)
        *slot_of(t, t->names[i], strlen(t->names[i])) = (uint32_t)i + 1;
    return true;
}

bool store_topics_number(struct store_topics *t, const char *name, size_t n, uint32_t *number)
{
    if (t->n == t->room && !grow(t))
        return false;
    uint32_t *slot = slot_of(t, name, n);
    if (*slot == 0) {
        char *copy = strndup(name, n);
        if (copy == NULL)
            return false;
        t->names[t->n++] = copy;
        *slot = (uint32_t)t->n;
    }
    *number = *slot - 1;
    return true;
}
