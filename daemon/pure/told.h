// SPDX-License-Identifier: MIT
/* told: the house that a text names as its own, where no line does. Only houses that the rules know; a quotation of
 * another's report in more words is none. Pure; views lie in the text. */
#ifndef DAEMON_PURE_TOLD_H
#define DAEMON_PURE_TOLD_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

/* "..., Trend reports.", "..., сообщает ТАСС.", "..., APA reports quoting X": a clause of three words at most that
 * begins or ends with a house, or says whom the house has it from. NULL: there is none. */
const struct rules_agency *told_attributed(const struct rules *, struct view paragraph, struct view *name);

/* "... he told Reuters." NULL: there is none. */
const struct rules_agency *told_said(const struct rules *, struct view paragraph, struct view *name);

#endif
