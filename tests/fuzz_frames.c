// SPDX-License-Identifier: MIT
/* What a stranger may put into a frame. The first byte says which frame it is; what is understood is
 * packed, unpacked and packed again, and must be the same both times, and must be fit for JSON. */
#include "tests/fuzz.h"

#include "proto/json.h"

static void must(int fine)
{
    if (!fine)
        abort();
}

/* Packs what was understood, and again what was understood of that. */
#define TRY(type, name) \
    static void try_##name(const uint8_t *p, size_t n) \
    { \
        struct err e; \
        struct bytes once, twice; \
        type *first = name##_unpack(p, n, &e); \
        if (first == NULL) \
            return; \
        must(name##_pack(first, &once)); \
        type *second = name##_unpack(once.p, once.n, &e); \
        must(second != NULL && name##_pack(second, &twice)); \
        must(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0); \
        show_##name(second); \
        name##_free(first); \
        name##_free(second); \
        bytes_free(&once); \
        bytes_free(&twice); \
    }

static void show_line(const struct newswire_dispatch *d, const struct head *h)
{
    char *line = json_line(d, h, h->topics);
    must(line != NULL);
    free(line);
}

static void show_head(const struct head *h)
{
    show_line(&(struct newswire_dispatch){.version = 1}, h);
}

static void show_dispatch(const struct newswire_dispatch *d)
{
    const char *none = NULL;
    show_line(d, &(struct head){.seq = 1, .kind = NEWSWIRE_NEW, .version = d->version, .topics = &none});
}

static void show_answer(const struct answer *a)
{
    char *text = a->type == ANSWER_STATUS ? json_status(a->status) : NULL;
    must(a->type != ANSWER_STATUS || text != NULL);
    free(text);
}

static void show_trail(const struct trail *t)
{
    must(t->nsets == t->head + 1 - t->from);
}

static void show_ask(const struct ask *a)
{
    must(a->type >= ASK_REQUEST && a->type <= ASK_FILE);
}

TRY(struct head, head)
TRY(struct newswire_dispatch, dispatch)
TRY(struct trail, trail)
TRY(struct ask, ask)
TRY(struct answer, answer)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(const uint8_t *, size_t) = {try_head, try_dispatch, try_trail, try_ask, try_answer};
    if (size > 0)
        tries[data[0] % (sizeof tries / sizeof tries[0])](data + 1, size - 1);
    return 0;
}
