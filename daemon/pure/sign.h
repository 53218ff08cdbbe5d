// SPDX-License-Identifier: MIT
/* sign: who signs a text behind its last sentence, in the same line: "... said. (ARMENPRESS)", "... said. - Trend",
 * "... said. EFE", "... said. dpa at fs"; and signs that name nobody, "... said. - 0 -".
 *
 * It refuses what belongs to the sentence: "... said (Reuters).". Pure; only the last words are looked at. */
#ifndef DAEMON_PURE_SIGN_H
#define DAEMON_PURE_SIGN_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

struct sign {
    size_t text;                       /* bytes of the line in front of it */
    bool marked;                       /* between brackets or strokes, behind a dash, or nothing but signs */
    struct view house;                 /* .n 0 = it names none */
    const struct rules_agency *agency; /* NULL: none, or one that the rules do not know */
};
/* False: nobody signs, .text is the whole line. */
bool sign_behind(const struct rules *, struct view line, struct sign *out);

/* Whether the words, in a line of their own under the text, are such a sign with a house that the rules know. */
bool sign_alone(const struct rules *, struct view line);

#endif
