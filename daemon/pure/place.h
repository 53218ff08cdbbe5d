// SPDX-License-Identifier: MIT
/* place: in which country a town lies that a dispatch names, by the gazetteer of the rules. */
#ifndef DAEMON_PURE_PLACE_H
#define DAEMON_PURE_PLACE_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

struct place_clues {
    struct view region;  /* printed behind the town: "Mass.", "Georgia"; .n 0 = none */
    const char *printed; /* country printed elsewhere in the head; NULL = none, so the others */
    const char *agency;  /* the agency's */
    const char *file;    /* that of most agencies of the file */
};

/* A country's code, NULL = not known; in words why in *rule. A printed region decides, if the town is there
 * or nowhere in the gazetteer ("Atlanta, Georgia" is not in the country). Else the biggest town of the name,
 * unless there is one in a country of the clues that is not ten times smaller: of a much bigger one an agency
 * would name the country with the smaller. */
const char *place_country(const struct rules *, struct view town, const struct place_clues *,
                          const char **rule);

#endif
