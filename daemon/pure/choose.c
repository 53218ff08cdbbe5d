// SPDX-License-Identifier: MIT
/* choose: see choose.h. */
#include "daemon/pure/choose.h"

#include <assert.h>
#include <string.h>

enum state {
    BEFORE,   /* no head yet, no sentence */
    ORPHANED, /* no head yet, a sentence */
    BARE,     /* behind a head: nothing */
    THIN,     /* ... lines, no sentence */
    FED,      /* ... a sentence */
    STATES,
};

#define NEVER (INT64_MIN / 4) /* so low that no sum of scores comes near, and no sum overflows */

static const uint8_t after[STATES][3] = {
    [BEFORE] = {BEFORE, BEFORE, ORPHANED},
    [ORPHANED] = {ORPHANED, ORPHANED, ORPHANED},
    [BARE] = {BARE, THIN, FED},
    [THIN] = {THIN, THIN, FED},
    [FED] = {FED, FED, FED},
};

struct chooser {
    const uint8_t *text;
    size_t nlines;
    struct choice *all;
    size_t n;
    int64_t cost[STATES];
    int64_t (*best)[STATES]; /* best[x][s]: of what is still to come at line x in state s */
    int64_t *with;           /* with[k]: the best total that has head k */
    size_t most;
};

static enum state entered(const struct choice *c)
{
    return c->brief ? FED : BARE;
}

/* The score of a head and the best behind it. The line of an empty head is its first line of text. */
static int64_t through(const struct chooser *c, const struct choice *head)
{
    enum state in = entered(head);
    if (head->end > head->first)
        return head->score + c->best[head->end][in];
    return head->score + c->best[head->first + 1][after[in][c->text[head->first]]];
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* From the right: best[][]. */
static void choose_back(struct chooser *c)
{
    size_t k = c->n;
    for (int s = 0; s < STATES; s++)
        c->best[c->nlines][s] = -c->cost[s];
    for (size_t x = c->nlines; x-- > 0;) {
        int64_t begin = NEVER;
        for (; k > 0 && c->all[k - 1].first == x; k--)
            begin = most(begin, through(c, &c->all[k - 1]));
        for (int s = 0; s < STATES; s++)
            c->best[x][s] = most(c->best[x + 1][after[s][c->text[x]]], begin - c->cost[s]);
    }
}

/* Marks the heads of the best total. */
static void choose_follow(struct chooser *c)
{
    enum state s = BEFORE;
    size_t k = 0;
    for (size_t x = 0; x < c->nlines;) {
        struct choice *taken = NULL;
        for (; k < c->n && c->all[k].first <= x; k++)
            if (c->all[k].first == x && taken == NULL && through(c, &c->all[k]) - c->cost[s] == c->best[x][s])
                taken = &c->all[k];
        if (taken == NULL || taken->end == x)
            s = after[taken == NULL ? s : entered(taken)][c->text[x]];
        else
            s = entered(taken);
        x = taken == NULL || taken->end == x ? x + 1 : taken->end;
        if (taken != NULL)
            taken->chosen = true;
    }
}

/* From the left: the best total up to a line in each state, for the lines that a head can still reach. */
struct ring {
    int64_t upto[CHOOSE_SPAN + 1][STATES];
};

static int64_t *ring_at(struct ring *r, size_t x)
{
    return r->upto[x % (CHOOSE_SPAN + 1)];
}

static void ring_clear(struct ring *r, size_t x)
{
    for (int s = 0; s < STATES; s++)
        ring_at(r, x)[s] = NEVER;
}

static void ring_join(struct ring *r, size_t x, enum state s, int64_t value)
{
    ring_at(r, x)[s] = most(ring_at(r, x)[s], value);
}

/* Sets with[], and the margin of each chosen head against leaving its first line in no head at all. */
static void choose_forward(struct chooser *c)
{
    struct ring ring;
    size_t k = 0;
    for (size_t x = 0; x <= CHOOSE_SPAN; x++)
        ring_clear(&ring, x);
    ring_join(&ring, 0, BEFORE, 0);
    for (size_t x = 0; x < c->nlines; x++) {
        int64_t upto[STATES], here = NEVER, pass = NEVER;
        memcpy(upto, ring_at(&ring, x), sizeof upto);
        ring_clear(&ring, x); // the slot of line x + CHOOSE_SPAN + 1 from now on
        for (int s = 0; s < STATES; s++) {
            enum state next = after[s][c->text[x]];
            here = most(here, upto[s] - c->cost[s]);
            pass = most(pass, upto[s] + c->best[x + 1][next]);
            ring_join(&ring, x + 1, next, upto[s]);
        }
        for (; k < c->n && c->all[k].first == x; k++) {
            struct choice *head = &c->all[k];
            bool empty = head->end == x;
            enum state in = empty ? after[entered(head)][c->text[x]] : entered(head);
            c->with[k] = here + through(c, head);
            ring_join(&ring, empty ? x + 1 : head->end, in, here + head->score);
            head->margin = head->chosen ? (int32_t)most(INT32_MIN, c->best[0][BEFORE] - pass) : 0;
        }
    }
}

/* The best total without a chosen head leaves its first line in no head or in another one. */
static void choose_margins(struct chooser *c)
{
    for (size_t k = 0; k < c->n; k++) {
        struct choice *head = &c->all[k];
        size_t from = k, x = head->first;
        if (!head->chosen)
            continue;
        while (from > 0 && c->all[from - 1].first + CHOOSE_SPAN > x)
            from--;
        for (size_t d = from; d < c->n && c->all[d].first <= x; d++) {
            bool covers = c->all[d].first == x || c->all[d].end > x;
            int64_t margin = c->best[0][BEFORE] - c->with[d];
            if (d != k && covers && margin < head->margin)
                head->margin = (int32_t)margin;
        }
    }
}

struct chooser *choose_new(struct arena *arena, const uint8_t *text, size_t nlines, size_t most_heads)
{
    struct chooser *c = arena_alloc(arena, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct chooser){.text = text, .nlines = nlines, .most = most_heads};
    c->best = arena_room(arena, (nlines + 1) * sizeof *c->best);
    c->with = arena_room(arena, most_heads * sizeof *c->with);
    return c->best != NULL && c->with != NULL ? c : NULL;
}

int64_t choose(struct chooser *c, struct choice *all, size_t n, const struct choose_costs *costs)
{
    assert(n <= c->most);
    for (size_t k = 0; k < n; k++) {
        assert(all[k].end >= all[k].first && all[k].end - all[k].first <= CHOOSE_SPAN &&
               all[k].end <= c->nlines && all[k].first < c->nlines &&
               (k == 0 || all[k - 1].first <= all[k].first));
        all[k].chosen = false;
    }
    c->all = all;
    c->n = n;
    c->cost[ORPHANED] = costs->orphan;
    c->cost[BARE] = costs->bare;
    c->cost[THIN] = costs->thin;
    choose_back(c);
    choose_follow(c);
    choose_forward(c);
    choose_margins(c);
    return c->best[0][BEFORE];
}
