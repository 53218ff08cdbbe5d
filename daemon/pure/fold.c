// SPDX-License-Identifier: MIT
/* fold: see fold.h. Runs of ASCII are folded here as text_fold() folds them (tests/test_rules.c compares), the
 * rest character by character, which it allows. */
#include "daemon/pure/fold.h"

#include "daemon/base/arena.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>

/* One block of an arena; a head needs less. */
#define FOLD_MEMORY (64u << 10)

static bool fold_put(struct fold_head *f, size_t at, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool blank = p[i] == ' ';
        if (blank && (f->n == 0 || f->text[f->n - 1] == ' '))
            continue;
        if (f->n == FOLD_SIZE)
            return false;
        f->from[f->n] = (uint16_t)at;
        f->text[f->n++] = p[i];
    }
    return true;
}

static bool fold_other(struct fold_head *f, struct arena **arena, const char *p, size_t at, size_t used,
                       bool *full)
{
    size_t n;
    if (*arena == NULL && (*arena = arena_new(FOLD_MEMORY)) == NULL)
        return false;
    char *folded = text_fold(*arena, p + at, used, &n);
    if (folded != NULL)
        *full = !fold_put(f, at, folded, n);
    return folded != NULL;
}

/* The run of printed ASCII at p, of at most n bytes; a blank only behind another sign. Returns its bytes. */
static size_t fold_run(struct fold_head *f, size_t at, const char *p, size_t n)
{
    size_t i = 0, most = FOLD_SIZE - f->n < n ? FOLD_SIZE - f->n : n;
    char last = f->n > 0 ? f->text[f->n - 1] : ' ';
    for (; i < most; i++) {
        unsigned c = (unsigned char)p[i];
        if (c >= 0x7f || c < ' ' || c == '`' || (c == ' ' && last == ' '))
            break;
        last = (char)(c | (unsigned)(c - 'A' < 26) << 5);
        f->text[f->n + i] = last;
        f->from[f->n + i] = (uint16_t)(at + i);
    }
    f->n += i;
    return i;
}

static bool fold_all(struct fold_head *f, struct arena **arena, const char *p, size_t n)
{
    size_t i = 0, end = 0;
    bool full = false;
    char own[5];
    const char *common;
    while (i < n && !full) {
        size_t run = i < FOLD_HEAD ? fold_run(f, i, p + i, (n < FOLD_HEAD ? n : FOLD_HEAD) - i) : 0;
        i += run;
        if (run > 0)
            end = f->text[f->n - 1] != ' ' ? i : i - 1;
        if (i == n)
            break;
        uint32_t c = (unsigned char)p[i];
        size_t used = c < 0x80 ? 1 : utf8_next(p + i, n - i, &c);
        if (i + used > FOLD_HEAD)
            break;
        if (c < 0x80) {
            bool upper = c >= 'A' && c <= 'Z';
            char one = (char)(c <= ' ' || c == 0x7f ? ' ' : upper ? c + ('a' - 'A') : c == '`' ? '\'' : c);
            full = !fold_put(f, i, &one, 1);
        } else if ((common = text_fold_known(c, own)) != NULL) {
            full = !fold_put(f, i, common, strlen(common));
        } else if (!fold_other(f, arena, p, i, used, &full)) {
            return false;
        }
        i += used;
        if (f->n > 0 && f->text[f->n - 1] != ' ')
            end = i;
    }
    f->whole = i == n && !full;
    if (f->n > 0 && f->text[f->n - 1] == ' ')
        f->n--;
    f->from[f->n] = (uint16_t)end;
    f->text[f->n] = '\0';
    return true;
}

bool fold_head(const char *p, size_t n, struct fold_head *out)
{
    struct arena *arena = NULL;
    out->n = 0;
    bool done = fold_all(out, &arena, p, n);
    arena_free(arena);
    return done;
}

bool fold_boundary(const struct fold_head *f, size_t i)
{
    if (i == 0 || i > f->n)
        return false;
    if (i == f->n)
        return true;
    bool inside = ((unsigned char)f->text[i] & 0xc0) == 0x80;
    return !inside && scan_letter(f->text + i, f->n - i) == 0;
}
