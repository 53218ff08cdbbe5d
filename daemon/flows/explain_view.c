// SPDX-License-Identifier: MIT
/* explain_view: see explain_view.h. */
#include "daemon/flows/explain_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- line numbers --------------------------------------------------------------------------------------- */

/* Bytes of a character of blank space in that charset: of UTF-16 and UTF-32 more than one. */
static size_t unit_of(const char *charset)
{
    return strncmp(charset, "UTF-16", 6) == 0 ? 2 : strncmp(charset, "UTF-32", 6) == 0 ? 4 : 1;
}

/* The character at p as far as it may be a line end: its low byte if the others are 0, whatever their order.
 */
static int sign_at(const uint8_t *p, size_t unit)
{
    int sign = 0, others = 0;
    for (size_t i = 0; i < unit; i++) {
        bool low = p[i] == '\n' || p[i] == '\r';
        sign = low ? p[i] : sign;
        others += !low && p[i] != 0;
    }
    return others == 0 ? sign : 0;
}

/* Line ends in a run of blank lines; CR LF is one. At least 1: a record is a line. */
static uint64_t count_ends(const uint8_t *p, size_t n, size_t unit)
{
    uint64_t count = 0;
    int before = 0;
    for (size_t i = 0; i + unit <= n; i += unit) {
        int sign = sign_at(p + i, unit);
        count += sign != 0 && !(sign == '\n' && before == '\r');
        before = sign;
    }
    return count > 0 ? count : 1;
}

bool explain_number(struct arena *arena, struct explain_view *v)
{
    const struct reader_result *r = v->result;
    size_t unit = unit_of(r->charset);
    uint64_t next = 1;
    v->numbers = arena_alloc(arena, r->nlines * sizeof *v->numbers);
    if (v->numbers == NULL)
        return false;
    for (size_t i = 0; i < r->nlines; i++) {
        const struct reader_line *line = &r->lines[i];
        v->numbers[i] = next;
        next += line->text_n > 0 ? 1 : count_ends(v->in->bytes + line->offset, line->length, unit);
    }
    v->nlines = next - 1;
    return true;
}

uint64_t explain_line_of(const struct explain_view *v, uint64_t offset)
{
    size_t low = 0, high = v->result->nlines;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (v->result->lines[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return v->result->nlines == 0 ? 1 : v->numbers[low];
}

/* --- sources ---------------------------------------------------------------------------------------------
 */

const struct reader_source *explain_source(const struct reader_slice *slice, const char *field,
                                           const struct reader_source *last)
{
    const struct reader_source *end = slice->sources + slice->nsources;
    for (const struct reader_source *s = last != NULL ? last + 1 : slice->sources; s < end; s++)
        if (strcmp(s->field, field) == 0)
            return s;
    return NULL;
}

/* --- evidence ------------------------------------------------------------------------------------------- */

static int by_weight(const void *left, const void *right)
{
    const struct explain_evidence *a = left, *b = right;
    double x = fabs(a->weight), y = fabs(b->weight);
    return x > y ? -1 : x < y ? 1 : strcmp(a->what, b->what);
}

size_t explain_evidence(const struct explain_view *v, const struct reader_slice *slice,
                        struct explain_evidence out[EVIDENCE_N])
{
    const int *weights = rules_evidence(v->in->rules);
    size_t n = 0;
    for (enum evidence e = 0; e < EVIDENCE_N; e++)
        if ((slice->evidence & EVIDENCE_BIT(e)) != 0)
            out[n++] = (struct explain_evidence){evidence_name(e), weights[e] / 100.0};
    qsort(out, n, sizeof *out, by_weight);
    return n;
}
