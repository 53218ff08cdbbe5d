// SPDX-License-Identifier: MIT
/* fold: see fold.h. ASCII and the punctuation that news is full of are folded here as text_fold() folds them
 * (tests/test_rules.c compares); the rest goes through it, character by character, which it allows. */
#include "daemon/pure/fold.h"

#include "daemon/base/arena.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>

/* One block of an arena; a head needs less. */
#define FOLD_MEMORY (64u << 10)

/* The folding of what is no letter beyond ASCII; NULL: ask text_fold(). */
static const char *fold_common(uint32_t c)
{
    switch (c) {
    case 0xa0:
        return " ";
    case 0x2018:
    case 0x2019:
        return "'";
    case 0x201c:
    case 0x201d:
        return "\"";
    case 0x2013:
    case 0x2014:
        return "-";
    case 0xfeff:
        return "";
    default:
        return NULL;
    }
}

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

static bool fold_all(struct fold_head *f, struct arena **arena, const char *p, size_t n)
{
    size_t i = 0, end = 0;
    bool full = false;
    while (i < n && !full) {
        uint32_t c = (unsigned char)p[i];
        size_t used = c < 0x80 ? 1 : utf8_next(p + i, n - i, &c);
        if (i + used > FOLD_HEAD)
            break;
        if (c < 0x80) {
            bool upper = c >= 'A' && c <= 'Z';
            char one = (char)(c <= ' ' || c == 0x7f ? ' ' : upper ? c + ('a' - 'A') : c == '`' ? '\'' : c);
            full = !fold_put(f, i, &one, 1);
        } else if (fold_common(c) != NULL) {
            full = !fold_put(f, i, fold_common(c), strlen(fold_common(c)));
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
