// SPDX-License-Identifier: MIT
/* choose: which of many competing heads of dispatches a file has: the set of heads that do not overlap with
 * the greatest total. Pure arithmetic; nothing of lines or words is known here.
 *
 * The total is the sum of the scores of the heads, less what each stretch between them costs: `bare` if no
 * line of text stands between a head and the next (or the end), `thin` if there are lines but no sentence;
 * a head that is `brief` needs none. Sentences in front of the first head cost `orphan`. 0 <= thin <= bare.
 *
 * Proof. Read the lines from the left; all that the future depends on is where one is and one of five
 * states: before the first head without and with a sentence, behind a head with nothing, with a line, with
 * a sentence. A line moves on to the next line and perhaps up a state; a head pays what the state before it
 * costs and moves to its end. So the best total from line x in state s is the greater of the best from x + 1
 * and, over the heads that begin at x, the score and the best from the head's end: one pass from the right,
 * each line and each head looked at once. That is linear in lines and heads. */
#ifndef DAEMON_PURE_CHOOSE_H
#define DAEMON_PURE_CHOOSE_H

#include "daemon/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define CHOOSE_SPAN 96 /* lines of a head, at most */

struct choice {
    uint32_t first, end; /* lines [first, end), end <= first + CHOOSE_SPAN; empty: its line is text */
    int32_t score;
    bool brief;
    /* set by choose(): */
    bool chosen;
    int32_t margin; /* of a chosen one: the best total less the best without it, never negative */
};

/* What a line gives between heads. */
enum choose_text { CHOOSE_NOTHING, CHOOSE_LINE, CHOOSE_SENTENCE };

struct choose_costs {
    int32_t bare, thin, orphan;
};

/* What choosing works in: 40 bytes a line and 8 a head; to be used again for the same file. */
struct chooser;
struct chooser *choose_new(struct arena *, const uint8_t *text, size_t nlines, size_t most_heads);

/* text[line] is an enum choose_text, of lines 0..nlines. `all` has at most `most_heads` and is sorted by
 * `first`. Of equal totals that with the earlier head, and of heads at one line the one that stands first in
 * `all`. Returns the total. */
int64_t choose(struct chooser *, struct choice *all, size_t n, const struct choose_costs *);

#endif
