// SPDX-License-Identifier: MIT
/* subjects: what a dispatch is about, by the weights that its words have for each subject of the rules.
 *
 * A linear model, and no more: the weights of the different words that headline and beginning of the text
 * have, those of the headline more often, are summed for each subject, divided by the length of the
 * vector that the words make (so that a long text has no stronger opinion for being long), and the sums made
 * shares that are 1 together. Pure; costs a look-up a word. */
#ifndef DAEMON_PURE_SUBJECTS_H
#define DAEMON_PURE_SUBJECTS_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

#define SUBJECTS_HEADLINE 3 /* what a word of the headline counts */
#define SUBJECTS_BODY 2     /* and one of the text */
#define SUBJECTS_HITS 512 /* words taken into account */

struct subjects_hit {
    const struct rules_weight *weight;
    bool headline;
};

struct subjects_verdict {
    int share[RULES_SUBJECTS_MAX];  /* in hundredths */
    bool near[RULES_SUBJECTS_MAX];  /* its group has the share that it needs */
    bool given[RULES_SUBJECTS_MAX]; /* and it has a third of that or more */
    struct subjects_hit hits[SUBJECTS_HITS]; /* the words that have weights, each once */
    size_t nhits;
};

/* Headline and text are folded (text_fold), with WORDS_BEYOND readable bytes behind each; a language that is not known
 * is NULL. Without words that have weights nothing is given. */
void subjects_judge(const struct rules *, const char *language, struct view headline, struct view text,
                    struct subjects_verdict *out);

/* The words that spoke most for a subject against all others, the first most; returns how many. */
size_t subjects_words(const struct subjects_verdict *, size_t subject, struct subjects_hit *out, size_t most);

#endif
