// SPDX-License-Identifier: MIT
/* siblings: the printed dates of the dispatches of one file, and what they settle for each other: years that
 * were not printed, and whether "11/08/2023" is in August or in November.
 *
 * Order of day and month. In this order: a date of the same house in the same form that can be only one of
 * the two
 * ("23/11/2023"); the other dates of the dispatch and of its neighbours, when one order puts it within three
 * days of them and the other one does not; the dates of the house among themselves, when one order has them
 * within a week and the other one months apart; then the same evidence of the whole file; then that it cannot
 * be later than the arrival; then the custom of the house's country; else day first, and a warning. */
#ifndef DAEMON_PURE_SIBLINGS_H
#define DAEMON_PURE_SIBLINGS_H

#include "daemon/pure/facts.h"

/* What stands behind several towns, and is no country, is a house: "TBILISI, Lake Watch -", "BATUMI, Lake Watch -". */
void siblings_houses(const struct rules *, struct facts *all, size_t n);

/* Swaps day and month where that is meant; *guessed: nothing settled it for that dispatch (one flag for
 * each). `arrival`: days since 1970. */
void siblings_orders(struct facts *all, size_t n, int64_t arrival, bool *guessed);

/* Years that were not printed: each like the date of the dispatch before it that has one (or else of the
 * first behind it); with none in the file the last year in which the day is not later than `arrival` and a
 * day. */
void siblings_years(struct printed *all, size_t n, int64_t arrival);

#endif
