// SPDX-License-Identifier: MIT
/* arena: see arena.h. Two lists of blocks, newest first: those that bytes are handed out from, of which only
 * the newest does, and those that one large piece fills.
 *
 * Invariant: `held` is the sum of the blocks' sizes and never passes `limit`. Under AddressSanitizer every
 * byte that was not handed out is poisoned, so that a parser that runs past its text is caught as it would
 * be on the heap. */
#include "daemon/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/asan_interface.h> // its macros do nothing in any other build

#define BLOCK_MIN (64u << 10)
#define BLOCK_MAX (1u << 20)
#define PRINTED_MAX 256 /* longer texts are printed twice */
#define ALIGN alignof(max_align_t)

struct block {
    struct block *older;
    size_t size, used; // of `bytes`
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    size_t limit, held, given;
    struct block *newest, *large;
    bool full; // something went past the limit
};

struct arena *arena_new(size_t limit)
{
    struct arena *a = calloc(1, sizeof *a);
    if (a != NULL)
        a->limit = limit;
    return a;
}

static void block_free(struct arena *a, struct block *b)
{
    a->held -= b->size;
    ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->size);
    free(b);
}

/* Frees the newest blocks of a list up to `last`, which stays. */
static void list_free(struct arena *a, struct block **list, const struct block *last)
{
    while (*list != last) {
        struct block *b = *list;
        *list = b->older;
        block_free(a, b);
    }
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    list_free(a, &a->newest, NULL);
    list_free(a, &a->large, NULL);
    free(a);
}

void arena_reset(struct arena *a)
{
    struct block *kept = NULL;
    list_free(a, &a->large, NULL);
    while (a->newest != NULL) {
        struct block *b = a->newest;
        a->newest = b->older;
        if (b->size > BLOCK_MAX || (kept != NULL && kept->size >= b->size)) {
            block_free(a, b);
            continue;
        }
        if (kept != NULL)
            block_free(a, kept);
        kept = b;
    }
    if (kept != NULL) {
        kept->older = NULL;
        kept->used = 0;
        ASAN_POISON_MEMORY_REGION(kept->bytes, kept->size);
    }
    a->newest = kept;
    a->given = 0;
    a->full = false;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->newest, a->newest != NULL ? a->newest->used : 0, a->large, a->given};
}

void arena_release(struct arena *a, struct arena_mark mark)
{
    list_free(a, &a->large, mark.large);
    list_free(a, &a->newest, mark.newest);
    a->given = mark.given;
    if (a->newest == NULL)
        return;
    a->newest->used = mark.used;
    ASAN_POISON_MEMORY_REGION(a->newest->bytes + mark.used, a->newest->size - mark.used);
}

/* A block with room for `n`, `n` a multiple of ALIGN. What is large gets a block of just its size, so that the
 * rest of the newest is not lost. */
static struct block *block_for(struct arena *a, size_t n)
{
    struct block *top = a->newest;
    if (top != NULL && n <= top->size - top->used)
        return top;
    a->full = a->full || n > a->limit - a->held;
    if (n > a->limit - a->held)
        return NULL;
    size_t size = top == NULL ? BLOCK_MIN : top->size < BLOCK_MAX / 2 ? top->size * 2 : BLOCK_MAX;
    if (size > a->limit - a->held)
        size = a->limit - a->held;
    bool large = n > size / 4;
    if (large)
        size = n;
    struct block *b = malloc(sizeof *b + size), **list = large ? &a->large : &a->newest;
    if (b == NULL)
        return NULL;
    *b = (struct block){.older = *list, .size = size};
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    a->held += size;
    *list = b;
    return b;
}

void *arena_room(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2)
        return NULL;
    size_t whole = n == 0 ? ALIGN : (n + ALIGN - 1) / ALIGN * ALIGN;
    struct block *b = block_for(a, whole);
    if (b == NULL)
        return NULL;
    unsigned char *p = b->bytes + b->used;
    b->used += whole;
    a->given += whole;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    void *p = arena_room(a, n);
    return p == NULL ? NULL : memset(p, 0, n);
}

char *arena_text(struct arena *a, const char *p, size_t n)
{
    char *text = n < SIZE_MAX ? arena_alloc(a, n + 1) : NULL;
    if (text != NULL && n > 0)
        memcpy(text, p, n);
    return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    char most[PRINTED_MAX];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(most, sizeof most, fmt, ap);
    char *text = n >= 0 ? arena_alloc(a, (size_t)n + 1) : NULL;
    if (text != NULL && (size_t)n < sizeof most)
        memcpy(text, most, (size_t)n);
    else if (text != NULL)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
    return text;
}

size_t arena_used(const struct arena *a)
{
    return a->given;
}

size_t arena_limit(const struct arena *a)
{
    return a->limit;
}

bool arena_full(const struct arena *a)
{
    return a->full;
}
