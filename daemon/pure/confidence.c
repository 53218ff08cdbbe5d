// SPDX-License-Identifier: MIT
/* confidence: see confidence.h. */
#include "daemon/pure/confidence.h"

#include <math.h>

static const double weights[CLUES] = {
#include "daemon/pure/confidence_weights.h"
};

const char *confidence_word(enum confidence_clue clue)
{
    static const char *const words[CLUES] = {[CLUE_ANY] = "a dispatch",
                                             [CLUE_NO_HEADLINE] = "no headline",
                                             [CLUE_FIRST_LINE] = "no anchor",
                                             [CLUE_DOUBTFUL] = "headline ends like a sentence",
                                             [CLUE_STRANGE] = "strange headline",
                                             [CLUE_NO_DATE] = "no date",
                                             [CLUE_NO_AGENCY] = "no agency",
                                             [CLUE_AGENCY_UNKNOWN] = "agency not in the rules",
                                             [CLUE_AGENCY_WEAK] = "agency from a weak source",
                                             [CLUE_BARE] = "neither dateline nor byline",
                                             [CLUE_WARNINGS] = "warnings",
                                             [CLUE_CONTRADICTION] = "sources differ",
                                             [CLUE_NO_TEXT] = "no text",
                                             [CLUE_SHORT_TEXT] = "short text",
                                             [CLUE_BREAKS] = "lines like a headline in the text",
                                             [CLUE_RAGGED_BEGIN] = "text begins with a short line",
                                             [CLUE_RAGGED_END] = "text ends without a full stop",
                                             [CLUE_TOWN_UNKNOWN] = "place not in the gazetteer",
                                             [CLUE_STRANGE_BY] = "strange byline",
                                             [CLUE_LONE] = "alone in its file",
                                             [CLUE_OTHER_LAYOUT] = "siblings made otherwise",
                                             [CLUE_UNSURE_CUT] = "unsure where it is cut"};
    return words[clue];
}

double confidence_weight(enum confidence_clue clue)
{
    return weights[clue];
}

double confidence_of(const double clues[CLUES])
{
    double sum = 0;
    for (size_t i = 0; i < CLUES; i++)
        sum += weights[i] * clues[i];
    double share = round(100 / (1 + exp(-sum))) / 100;
    return share < 0.01 ? 0.01 : share > 0.99 ? 0.99 : share;
}
