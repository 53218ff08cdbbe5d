// SPDX-License-Identifier: MIT
/* store_topics: see store_topics.h. Invariant: at least half of the slots are free, so that a search ends
 * soon. */
#include "daemon/hands/store_topics.h"

#include "proto/topic.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 1024
#define CACHE_MAX 65536 /* names kept from one transaction to the next: some 8 MB */

/* The slot of the name, or the free one where it belongs. */
static struct store_topic *slot_of(const struct store_topics *t, const char *name)
{
    size_t i = topic_hash(name, strlen(name)) & (t->nslots - 1);
    while (t->slots[i].name != NULL && strcmp(t->slots[i].name, name) != 0)
        i = (i + 1) & (t->nslots - 1);
    return &t->slots[i];
}

static bool grow(struct store_topics *t)
{
    struct store_topics more = *t;
    more.nslots = t->nslots == 0 ? SLOTS_FIRST : t->nslots * 2;
    more.slots = calloc(more.nslots, sizeof *more.slots);
    if (more.slots == NULL)
        return false;
    for (size_t i = 0; i < t->nslots; i++)
        if (t->slots[i].name != NULL)
            *slot_of(&more, t->slots[i].name) = t->slots[i];
    free(t->slots);
    *t = more;
    return true;
}

void store_topics_free(struct store_topics *t)
{
    store_topics_forget(t);
    free(t->slots);
    free(t->touched);
    *t = (struct store_topics){0};
}

struct store_topic *store_topics_find(const struct store_topics *t, const char *name)
{
    struct store_topic *slot = t->nslots > 0 ? slot_of(t, name) : NULL;
    return slot != NULL && slot->name != NULL ? slot : NULL;
}

struct store_topic *store_topics_add(struct store_topics *t, const char *name, int64_t n)
{
    if (t->used * 2 >= t->nslots && !grow(t))
        return NULL;
    char *copy = strdup(name);
    if (copy == NULL)
        return NULL;
    struct store_topic *slot = slot_of(t, name);
    *slot = (struct store_topic){.name = copy, .n = n};
    t->used++;
    return slot;
}

bool store_topics_touch(struct store_topics *t, struct store_topic *topic)
{
    if (topic->touched == t->round + 1)
        return true;
    if (t->ntouched == t->room) {
        size_t room = t->room == 0 ? 256 : t->room * 2;
        int64_t *more = realloc(t->touched, room * sizeof *more);
        if (more == NULL)
            return false;
        t->touched = more;
        t->room = room;
    }
    t->touched[t->ntouched++] = topic->n;
    topic->touched = t->round + 1;
    return true;
}

void store_topics_forget(struct store_topics *t)
{
    for (size_t i = 0; i < t->nslots; i++)
        free(t->slots[i].name);
    if (t->nslots > 0)
        memset(t->slots, 0, t->nslots * sizeof *t->slots);
    t->used = 0;
}

void store_topics_settle(struct store_topics *t)
{
    if (t->used > CACHE_MAX)
        store_topics_forget(t);
    t->ntouched = 0;
    t->round++;
}
