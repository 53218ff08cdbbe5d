// SPDX-License-Identifier: MIT
/* confidence: how likely it is that a dispatch has every field right: a logistic sum over clues that can be
 * counted. The weights are data (confidence_weights.h, made by tests/score/calibrate.py from generated
 * digests whose fields are known). Whoever adds a clue runs that again. */
#ifndef DAEMON_PURE_CONFIDENCE_H
#define DAEMON_PURE_CONFIDENCE_H

#include <stddef.h>

/* Shares and counts, each 0 to about 1. */
enum confidence_clue {
    CLUE_ANY,         /* always 1 */
    CLUE_NO_HEADLINE, /* an anchor without one */
    CLUE_FIRST_LINE,  /* no anchor: the first line is taken for the headline */
    CLUE_DOUBTFUL,    /* the headline ends like a sentence */
    CLUE_STRANGE,     /* it begins with a small letter, or is very long */
    CLUE_NO_DATE,
    CLUE_NO_AGENCY,
    CLUE_AGENCY_UNKNOWN, /* printed, but not in the rules */
    CLUE_AGENCY_WEAK,    /* from no line, dateline, headline or byline */
    CLUE_BARE,           /* neither dateline nor byline */
    CLUE_WARNINGS,       /* a third of their number, at most 1 */
    CLUE_CONTRADICTION,  /* two sources differ */
    CLUE_NO_TEXT,
    CLUE_SHORT_TEXT,   /* less than a sentence */
    CLUE_BREAKS,       /* lines in the text that look like a headline or an anchor: a fifth of their number */
    CLUE_RAGGED_BEGIN, /* the first line of the text is short and no sentence */
    CLUE_RAGGED_END,   /* the last one does not end like a sentence */
    CLUE_TOWN_UNKNOWN, /* the place is not in the gazetteer */
    CLUE_STRANGE_BY,   /* no name of two to four words, or several */
    CLUE_LONE,         /* the only dispatch of the file */
    CLUE_OTHER_LAYOUT, /* share of the file's dispatches whose head is made otherwise */
    CLUE_UNSURE_CUT,   /* the second best place to cut was nearly as good */
    CLUES
};

/* "no headline", for people and for the script that fits the weights. */
const char *confidence_word(enum confidence_clue);
double confidence_weight(enum confidence_clue);

/* Between 0.01 and 0.99, two digits behind the point. */
double confidence_of(const double clues[CLUES]);

#endif
