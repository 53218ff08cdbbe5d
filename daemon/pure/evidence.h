// SPDX-License-Identifier: MIT
/* evidence: what speaks for and against a dispatch beginning at a line, by name. The weights are data
 * (daemon/rules/evidence.rules, section [evidence]), in hundredths of a nat: 100 makes it e times as likely,
 * -100 e times less. The names stand here because code finds what they name. */
#ifndef DAEMON_PURE_EVIDENCE_H
#define DAEMON_PURE_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

/* What was found is a set of these, a bit each. */
enum evidence {
    /* always */
    EVIDENCE_START,
    /* the border above */
    EVIDENCE_FILE_BEGINS,
    EVIDENCE_GAP_ABOVE,
    EVIDENCE_NO_GAP_ABOVE,
    EVIDENCE_WIDE_GAP_ABOVE,
    EVIDENCE_SEPARATOR_ABOVE,
    EVIDENCE_STARS_ABOVE,
    EVIDENCE_END_ABOVE,
    EVIDENCE_CREDIT_ABOVE,
    EVIDENCE_SIGNATURE_ABOVE,
    EVIDENCE_MAIL_ABOVE,
    EVIDENCE_FURNITURE_ABOVE,
    EVIDENCE_ANCHOR_ABOVE,
    EVIDENCE_SENTENCE_ABOVE,
    EVIDENCE_COLON_ABOVE,
    EVIDENCE_TITLE_ABOVE,
    EVIDENCE_OPEN_TEXT_ABOVE,
    EVIDENCE_DATELINE_ABOVE,
    /* the headline */
    EVIDENCE_TITLE,
    EVIDENCE_TITLE_SENTENCE,
    EVIDENCE_TITLE_BROKEN,
    EVIDENCE_TITLE_LONG,
    EVIDENCE_TITLE_UPPER,
    EVIDENCE_TITLE_LOWER,
    EVIDENCE_TITLE_COLON,
    EVIDENCE_TITLE_QUESTION,
    EVIDENCE_TITLE_TWICE,
    EVIDENCE_TITLE_WRAPPED,
    EVIDENCE_TITLE_NAME,
    EVIDENCE_TITLE_ITEM,
    EVIDENCE_TITLE_FLASH,
    EVIDENCE_TITLE_FURNITURE,
    EVIDENCE_TITLE_LISTED,
    EVIDENCE_LIST_ENTRY,
    EVIDENCE_KICKER,
    EVIDENCE_UNTITLED,
    /* between headline and text */
    EVIDENCE_DATE,
    EVIDENCE_TIME,
    EVIDENCE_AGENCY,
    EVIDENCE_AGENCY_UNKNOWN,
    EVIDENCE_ANCHOR_UNKNOWN,
    EVIDENCE_PLACE,
    EVIDENCE_BYLINE,
    EVIDENCE_LABEL,
    EVIDENCE_NOTE,
    EVIDENCE_SLUG,
    EVIDENCE_SOURCE,
    EVIDENCE_DATELINE,
    EVIDENCE_DATELINE_DATE,
    EVIDENCE_DATELINE_LATE,
    EVIDENCE_ANCHOR_FIRST,
    EVIDENCE_ANCHOR_UNSURE,
    EVIDENCE_ANCHOR_NONE,
    /* the text */
    EVIDENCE_NO_GAP_BELOW,
    EVIDENCE_LOWER_BELOW,
    /* the file */
    EVIDENCE_LAYOUT_FIRST,
    EVIDENCE_LAYOUT_REPEATED,
    EVIDENCE_LAYOUT_USUAL,
    EVIDENCE_LAYOUT_ODD,
    EVIDENCE_BORDER_USUAL,
    EVIDENCE_BORDER_MISSING,
    /* the choice; told when they were paid */
    EVIDENCE_NO_TEXT,
    EVIDENCE_NO_SENTENCE,
    EVIDENCE_TEXT_LEFT_OVER,
    EVIDENCE_N, /* at most 64 */
};

#define EVIDENCE_BIT(e) (UINT64_C(1) << (e))

const char *evidence_name(enum evidence); /* "wide-gap-above" */

/* EVIDENCE_N: no evidence has that name. */
enum evidence evidence_named(const char *name);

/* The sum of the weights of a set. */
int evidence_sum(const int weights[EVIDENCE_N], uint64_t set);

#endif
