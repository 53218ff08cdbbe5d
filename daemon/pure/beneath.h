// SPDX-License-Identifier: MIT
/* beneath: what a line that has no class of its own is under a headline, by its place: a house or an author
 * that no rule knows, a date that none can read, a second headline. It refuses the fields of an export, which
 * records and stencil have classified. Each looks at a bounded number of lines.
 *
 * It decides nothing: a candidate takes such a line, and its evidence says what that is worth. */
#ifndef DAEMON_PURE_BENEATH_H
#define DAEMON_PURE_BENEATH_H

#include "daemon/pure/heads.h"

#define HEAD_LINES 24 /* lines of a head under its headline, blank runs and furniture among them */

/* Whether a line may stand in a head beside the headline, by its class. */
bool head_holds(const struct page *, size_t i);

/* The first line from i on that is neither blank nor furniture; the page's end when none is near. */
size_t head_shown(const struct page *, size_t i);

/* Whether the first word of line i would have gone into the line above, by the length that line i itself has:
 * then nobody wrapped it, and it begins anew. */
bool head_fits(const struct page *, size_t i);

/* What a plain line under a headline is when it is neither text nor the headline again: one with figures of a
 * date that the rules cannot read, a house that is called as houses are or stands where they stand.
 * EVIDENCE_N: it is text. */
enum evidence beneath_unknown(const struct page *, const struct head *, size_t i);

/* A few words right under a headline that has its date above, right over the text: a house that nobody knows,
 * if others have theirs there. */
bool beneath_house(const struct page *, const struct head *, size_t i);

/* A few words right under a date that stands under the headline, a gap between them and the text, and one
 * above the headline: in a list of times and places there is none. */
bool beneath_house_dated(const struct page *, const struct head *, size_t i);

/* A name alone between who and when and the text, or between headline and dateline, or over who and when.
 * Where no gap follows, the text's first word would have gone into its line. */
bool beneath_author(const struct page *, const struct head *, size_t i);

/* A block of two or three lines under the date, over the text: an author's name and, beside it, house and town,
 * known or not: "Anna Example" / "Trend", "Istanbul - Lake News Desk" / "Anna EXAMPLE". Returns its lines, 0 = it
 * is none. */
size_t beneath_credits(const struct page *, const struct head *, size_t i);

/* A paragraph of a sentence or two between the headline and who wrote it, over the text: what it is about.
 * Where no text follows, the author signs the paragraph. Returns its lines, 0 = it is none. */
size_t beneath_summary(const struct page *, const struct head *, size_t i);

/* A second headline right under the first, or behind a dash under it, without an end, over the lines that say who
 * and when. A doubtful one may as well be the rest of the first: then the file's other heads decide. */
bool beneath_deck(const struct page *, const struct head *, size_t i);

#endif
