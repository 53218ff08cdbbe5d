// SPDX-License-Identifier: MIT
/* subjects: see subjects.h. */
#include "daemon/pure/subjects.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#define HITS_MIN 2 /* one word alone is no subject: "bank", "match" */

struct sums {
    const struct words *words[2];
    size_t ntables;
    struct subjects_verdict *out;
    uint64_t seen[RULES_WEIGHTS_MAX / 64];
    int32_t of[RULES_SUBJECTS_MAX];
    int square; /* of the length of the vector */
};

static void add_word(struct sums *s, struct view word, bool headline)
{
    const struct rules_weight *weight = NULL;
    for (size_t i = 0; i < s->ntables && weight == NULL; i++)
        weight = words_get(s->words[i], word.p, word.n, 1);
    if (weight == NULL || s->out->nhits == SUBJECTS_HITS)
        return;
    uint64_t bit = UINT64_C(1) << (weight->number & 63), *seen = &s->seen[weight->number >> 6];
    int times = headline ? SUBJECTS_HEADLINE : SUBJECTS_BODY;
    if ((*seen & bit) != 0)
        return;
    *seen |= bit;
    s->square += times * times;
    for (size_t i = 0; i < RULES_SUBJECTS_MAX; i++)
        s->of[i] += times * weight->of[i];
    s->out->hits[s->out->nhits++] = (struct subjects_hit){weight, headline};
}

/* Of eight bytes of folded text those that belong to words, a bit each: small letters, figures, all that is
 * no ASCII. A byte's top bit carries the answer about it, which is exact because the others' were cleared
 * first. */
static uint64_t word_bytes(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t w, low;
    memcpy(&w, p, sizeof w);
    w = le64toh(w);
    low = w & ~tops;
    uint64_t letters = (low + ones * (0x80 - 'a')) & ~(low + ones * (0x7f - 'z'));
    uint64_t figures = (low + ones * (0x80 - '0')) & ~(low + ones * (0x7f - '9'));
    // The top bits to the front, each by the power of two that takes it there.
    return ((letters | figures | w) & tops) / 0x80 * 0x0102040810204080u >> 56;
}

static uint64_t word_mask(const char *p, size_t n)
{
    uint64_t mask = 0;
    char tail[8] = "";
    size_t i = 0;
    for (; i + 8 <= n && i < 64; i += 8)
        mask |= word_bytes(p + i) << i;
    if (i < n && i < 64) {
        memcpy(tail, p + i, n - i);
        mask |= word_bytes(tail) << i;
    }
    return mask;
}

/* Words begin where the mask goes up and end where it goes down: no jump for each of their letters, which a
 * processor cannot foresee. */
static void add_text(struct sums *s, struct view v, bool headline)
{
    size_t begin = 0;
    uint64_t carry = 0; /* whether the byte before belonged to a word */
    for (size_t i = 0; i < v.n; i += 64) {
        uint64_t mask = word_mask(v.p + i, v.n - i);
        for (uint64_t edges = mask ^ (mask << 1 | carry); edges != 0; edges &= edges - 1) {
            size_t at = i + (size_t)__builtin_ctzll(edges);
            if (mask >> (at - i) & 1)
                begin = at;
            else
                add_word(s, (struct view){v.p + begin, at - begin}, headline);
        }
        carry = mask >> 63;
    }
    if (carry != 0)
        add_word(s, view_from(v, begin), headline);
}

/* Sums to shares. */
static void share(const struct sums *s, const struct rules_subject *subjects, size_t n)
{
    float score[RULES_SUBJECTS_MAX], most = -INFINITY, all = 0, length = sqrtf((float)s->square);
    for (size_t i = 0; i < n; i++) {
        score[i] = ((float)subjects[i].prior + (float)s->of[i] / length) / 100;
        most = score[i] > most ? score[i] : most;
    }
    for (size_t i = 0; i < n; i++)
        all += score[i] = expf(score[i] - most);
    for (size_t i = 0; i < n; i++)
        s->out->share[i] = (int)lroundf(100 * score[i] / all);
}

/* What the group of each has in all, and who gets something of that. */
static void decide(struct subjects_verdict *v, const struct rules_subject *subjects, size_t n)
{
    int groups[RULES_SUBJECTS_MAX] = {0};
    for (size_t i = 0; i < n; i++)
        groups[subjects[i].near] += v->share[i];
    for (size_t i = 0; i < n; i++) {
        int group = groups[subjects[i].near];
        v->near[i] = group >= subjects[i].least;
        v->given[i] = v->near[i] && subjects[i].topic != NULL && v->share[i] * 3 >= group;
    }
}

void subjects_judge(const struct rules *rules, const char *language, struct view headline, struct view text,
                    struct subjects_verdict *out)
{
    const struct rules_subject *subjects;
    size_t n = rules_subjects(rules, &subjects);
    struct sums s = {.out = out};
    s.ntables = rules_weights(rules, language, s.words);
    out->nhits = 0;
    memset(out->share, 0, sizeof out->share);
    memset(out->near, 0, sizeof out->near);
    memset(out->given, 0, sizeof out->given);
    add_text(&s, headline, true);
    add_text(&s, text, false);
    if (n == 0 || out->nhits < HITS_MIN)
        return;
    share(&s, subjects, n);
    decide(out, subjects, n);
}

/* How much a word says for a subject against all of them: its weight beyond the mean, what it counts with it.
 */
static int says(const struct subjects_hit *hit, size_t subject)
{
    return (hit->headline ? SUBJECTS_HEADLINE : SUBJECTS_BODY) *
           (hit->weight->of[subject] - hit->weight->mean);
}

size_t subjects_words(const struct subjects_verdict *v, size_t subject, struct subjects_hit *out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < v->nhits; i++) {
        int worth = says(&v->hits[i], subject);
        size_t at = n;
        while (at > 0 && says(&out[at - 1], subject) < worth)
            at--;
        if (worth <= 0 || at == most)
            continue;
        n += n < most;
        memmove(out + at + 1, out + at, (n - at - 1) * sizeof *out);
        out[at] = v->hits[i];
    }
    return n;
}
