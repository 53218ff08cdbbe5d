// SPDX-License-Identifier: MIT
/* evidence: see evidence.h. */
#include "daemon/pure/evidence.h"

#include <assert.h>
#include <string.h>

static_assert(EVIDENCE_N <= 64, "a set is 64 bits");

static const char *const names[EVIDENCE_N] = {
    [EVIDENCE_START] = "start",
    [EVIDENCE_FILE_BEGINS] = "file-begins",
    [EVIDENCE_GAP_ABOVE] = "gap-above",
    [EVIDENCE_NO_GAP_ABOVE] = "no-gap-above",
    [EVIDENCE_WIDE_GAP_ABOVE] = "wide-gap-above",
    [EVIDENCE_SEPARATOR_ABOVE] = "separator-above",
    [EVIDENCE_STARS_ABOVE] = "stars-above",
    [EVIDENCE_END_ABOVE] = "end-above",
    [EVIDENCE_CREDIT_ABOVE] = "credit-above",
    [EVIDENCE_SIGNATURE_ABOVE] = "signature-above",
    [EVIDENCE_MAIL_ABOVE] = "mail-above",
    [EVIDENCE_FURNITURE_ABOVE] = "furniture-above",
    [EVIDENCE_ANCHOR_ABOVE] = "anchor-above",
    [EVIDENCE_SENTENCE_ABOVE] = "sentence-above",
    [EVIDENCE_COLON_ABOVE] = "colon-above",
    [EVIDENCE_TITLE_ABOVE] = "title-above",
    [EVIDENCE_OPEN_TEXT_ABOVE] = "open-text-above",
    [EVIDENCE_DATELINE_ABOVE] = "dateline-above",
    [EVIDENCE_TITLE] = "title",
    [EVIDENCE_TITLE_SENTENCE] = "title-sentence",
    [EVIDENCE_TITLE_BROKEN] = "title-broken",
    [EVIDENCE_TITLE_LONG] = "title-long",
    [EVIDENCE_TITLE_UPPER] = "title-upper",
    [EVIDENCE_TITLE_LOWER] = "title-lower",
    [EVIDENCE_TITLE_COLON] = "title-colon",
    [EVIDENCE_TITLE_QUESTION] = "title-question",
    [EVIDENCE_TITLE_TWICE] = "title-twice",
    [EVIDENCE_TITLE_WRAPPED] = "title-wrapped",
    [EVIDENCE_TITLE_NAME] = "title-name",
    [EVIDENCE_TITLE_ITEM] = "title-item",
    [EVIDENCE_TITLE_FLASH] = "title-flash",
    [EVIDENCE_TITLE_FURNITURE] = "title-furniture",
    [EVIDENCE_TITLE_LISTED] = "title-listed",
    [EVIDENCE_LIST_ENTRY] = "list-entry",
    [EVIDENCE_KICKER] = "kicker",
    [EVIDENCE_UNTITLED] = "untitled",
    [EVIDENCE_DATE] = "date",
    [EVIDENCE_TIME] = "time",
    [EVIDENCE_AGENCY] = "agency",
    [EVIDENCE_AGENCY_UNKNOWN] = "agency-unknown",
    [EVIDENCE_ANCHOR_UNKNOWN] = "anchor-unknown",
    [EVIDENCE_PLACE] = "place",
    [EVIDENCE_BYLINE] = "byline",
    [EVIDENCE_LABEL] = "label",
    [EVIDENCE_NOTE] = "note",
    [EVIDENCE_SLUG] = "slug",
    [EVIDENCE_SOURCE] = "source",
    [EVIDENCE_DATELINE] = "dateline",
    [EVIDENCE_DATELINE_DATE] = "dateline-date",
    [EVIDENCE_DATELINE_LATE] = "dateline-late",
    [EVIDENCE_ANCHOR_FIRST] = "anchor-first",
    [EVIDENCE_ANCHOR_UNSURE] = "anchor-unsure",
    [EVIDENCE_ANCHOR_NONE] = "anchor-none",
    [EVIDENCE_NO_GAP_BELOW] = "no-gap-below",
    [EVIDENCE_LOWER_BELOW] = "lower-below",
    [EVIDENCE_LAYOUT_FIRST] = "layout-first",
    [EVIDENCE_LAYOUT_REPEATED] = "layout-repeated",
    [EVIDENCE_LAYOUT_USUAL] = "layout-usual",
    [EVIDENCE_LAYOUT_ODD] = "layout-odd",
    [EVIDENCE_BORDER_USUAL] = "border-usual",
    [EVIDENCE_BORDER_MISSING] = "border-missing",
    [EVIDENCE_NO_TEXT] = "no-text",
    [EVIDENCE_NO_SENTENCE] = "no-sentence",
    [EVIDENCE_TEXT_LEFT_OVER] = "text-left-over",
};

const char *evidence_name(enum evidence e)
{
    return names[e];
}

enum evidence evidence_named(const char *name)
{
    enum evidence e = 0;
    while (e < EVIDENCE_N && strcmp(names[e], name) != 0)
        e++;
    return e;
}

int evidence_sum(const int weights[EVIDENCE_N], uint64_t set)
{
    int sum = 0;
    for (; set != 0; set &= set - 1)
        sum += weights[__builtin_ctzll(set)];
    return sum;
}
