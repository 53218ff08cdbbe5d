// SPDX-License-Identifier: MIT
/* told: see told.h. */
#include "daemon/pure/told.h"

#include <string.h>

#define TOLD_WORD 8   /* bytes of a word between a phrase and a house */
#define TOLD_MAX 1500 /* bytes of a paragraph in which it is looked for */

/* "Trend reports citing the ministry": one word behind the house, and whom it has it from. */
static bool cites(struct view clause, size_t used)
{
    static const char *const sources[] = {"citing ", "quoting ", "referring ", "with reference ", "via ",
                                          "со ссылкой ", "ссылаясь "};
    struct view rest = scan_trim(view_from(clause, used));
    size_t verb = scan_word(rest.p, rest.n);
    rest = scan_trim(view_from(rest, verb));
    bool found = false;
    for (size_t i = 0; verb > 0 && i < sizeof sources / sizeof *sources && !found; i++)
        found = rest.n > strlen(sources[i]) && memcmp(rest.p, sources[i], strlen(sources[i])) == 0;
    return found;
}

/* Words that may stand behind a house there: "reports", "was told"; "'s correspondent reports". */
static size_t attributed(struct view clause, size_t used)
{
    struct view rest = view_from(clause, used);
    bool owns = (rest.n > 2 && memcmp(rest.p, "'s", 2) == 0) ||
                (rest.n > 4 && memcmp(rest.p, "\xe2\x80\x99s", 4) == 0);
    return owns ? 4 : 2;
}

const struct rules_agency *told_attributed(const struct rules *rules, struct view v, struct view *name)
{
    v.n = v.n < TOLD_MAX ? v.n : TOLD_MAX;
    for (const char *comma = memchr(v.p, ',', v.n); comma != NULL;) {
        struct view rest = scan_trim(view_from(v, (size_t)(comma - v.p) + 1));
        size_t end = 0, used;
        while (end < rest.n && rest.p[end] != ',' &&
               !(rest.p[end] == '.' && (end + 1 == rest.n || rest.p[end + 1] == ' ')))
            end++;
        struct view clause = {rest.p, end}, last = clause;
        size_t words = scan_words(clause);
        while (last.n > 0 && scan_blanks(last.p, last.n) == 0)
            last = view_from(last, 1);
        last = scan_trim(last);
        const struct rules_agency *agency = rules_agency_at(rules, clause.p, clause.n, &used);
        *name = (struct view){clause.p, used};
        if (agency == NULL && words == 2 && (agency = rules_agency(rules, last.p, last.n)) != NULL)
            *name = last;
        else if (agency != NULL &&
                 (used == clause.n || (scan_words(view_from(clause, used)) > attributed(clause, used) &&
                                       !cites(clause, used))))
            agency = NULL; // a list of names, or more than "reports"
        if (agency != NULL && words >= 2)
            return agency;
        comma = memchr(rest.p, ',', (size_t)(v.p + v.n - rest.p));
    }
    return NULL;
}

/* The house behind a phrase, perhaps with a word between: "the", "l'", an abbreviation of "agency". */
static const struct rules_agency *told_house(const struct rules *rules, struct view v, struct view *name)
{
    size_t used = 0, skip = scan_word(v.p, v.n);
    const struct rules_agency *agency = rules_agency_at(rules, v.p, v.n, &used);
    skip += skip > 0 && skip <= TOLD_WORD ? scan_blanks(v.p + skip, v.n - skip) : 0;
    if (agency == NULL && skip > 0 && skip < v.n) {
        v = view_from(v, skip);
        agency = rules_agency_at(rules, v.p, v.n, &used);
    }
    *name = (struct view){v.p, used};
    return agency;
}

const struct rules_agency *told_said(const struct rules *rules, struct view v, struct view *name)
{
    static const char *const told[] = {" told ",
                                       " корреспонденту ",
                                       " корреспондентом ",
                                       " корреспондент ",
                                       " агентству ",
                                       " à l'",
                                       " à l’",
                                       " déclaré à ",
                                       " dijo a ",
                                       " declaró a ",
                                       " sagte der ",
                                       " Nachrichtenagentur "};
    const struct rules_agency *agency = NULL;
    for (size_t k = 0; k < sizeof told / sizeof *told && v.n < TOLD_MAX && agency == NULL; k++) {
        const char *at = memmem(v.p, v.n, told[k], strlen(told[k]));
        if (at != NULL)
            agency = told_house(rules, view_from(v, (size_t)(at - v.p) + strlen(told[k])), name);
    }
    return agency;
}
