// SPDX-License-Identifier: MIT
/* lines: what each line of a digest looks like by itself. The splitter chooses among these looks with the
 * neighbours in view; a look is evidence, not a verdict.
 *
 * Pure; the cost of a line does not grow with its length beyond the first few hundred bytes. */
#ifndef DAEMON_PURE_LINES_H
#define DAEMON_PURE_LINES_H

#include "daemon/pure/credit.h"
#include "daemon/pure/decode.h"
#include "daemon/pure/rules.h"

enum line_class {
    LINE_BLANK,
    LINE_BODY,      /* anything else */
    LINE_TITLE,     /* behind a label ("HEADLINE: X"); else set by the splitter only */
    LINE_KICKER,    /* a section's name that the rules know, "ECONOMY"; others are set by the splitter */
    LINE_HEADING,   /* all in capitals, ends in ":" or "?" */
    LINE_TIME,      /* a date or a time alone, perhaps with a country */
    LINE_AGENCY,    /* an agency alone, perhaps with a date */
    LINE_COUNTRY,   /* a country alone */
    LINE_PLACE,     /* a town alone, perhaps with its country */
    LINE_BYLINE,    /* "By: Dr. X", "X in CITY", "X, AGENCY" */
    LINE_LABEL,     /* a field of an export or of a mailed form: "LENGTH: 300 words", "DATELINE: YEREVAN" */
    LINE_DATELINE,  /* a paragraph that begins with a dateline */
    LINE_SEPARATOR, /* "-----", "* * *", "3 of 50 DOCUMENTS" */
    LINE_END,       /* what ends a dispatch: "-0-", "ENDS", "###", "L.D. -0-" */
    LINE_MAIL,      /* of a mail's header or footer: "From: X | Y", "Subject: X" */
    LINE_FURNITURE, /* "Save", "Skip to main content" */
    LINE_EDITED,    /* "Edited and translated by X" */
    LINE_COPYRIGHT,
    LINE_SOURCE,   /* "Source: X" */
    LINE_PREAMBLE, /* set by the splitter only: in front of the first title */
    LINE_NOTE,     /* an editor's: "[Excerpt]", "Text of report by X" */
    LINE_SLUG,     /* a wire's: "BC-Korea-Ferry,0150", "URGENT" */
};

/* What a line says of the time, if it is of a class that does: LINE_TIME, LINE_AGENCY, LINE_DATELINE; and
 * whether a label stood in front. */
enum line_says { LINE_SAYS_DATE = 1 << 0, LINE_SAYS_CLOCK = 1 << 1, LINE_SAYS_LABEL = 1 << 2 };

/* What a line looks like by itself, and how sure that is, in hundredths. */
struct line_look {
    enum line_class class;
    int score;
};

/* For people: "time line". */
const char *line_word(enum line_class);

/* Sets class, says and score (how sure the look is, 1..100) of every line that is not blank. The marks of
 * quoted mail
 * (">") and the labels of an export that a part of the dispatch stands behind ("HEADLINE: X", "DATELINE:
 * YEREVAN") are cut off the line's text; its span stays. A line with nothing behind its mark becomes blank.
 */
void lines_classify(const struct rules *, struct line *lines, size_t n);

/* Whether a line may be a headline: not long, has letters, is no sentence. */
bool line_title_like(struct view text);

#define TITLE_MAX 300 /* bytes; longer is a paragraph */

/* Whether it ends with a small word, as no headline does: "Lake District Returned 137 Books to the". */
bool line_open(struct view text);

#endif
