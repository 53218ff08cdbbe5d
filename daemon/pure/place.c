// SPDX-License-Identifier: MIT
/* place: see place.h. */
#include "daemon/pure/place.h"

#include <string.h>

#define FAR_BIGGER 10

static const struct rules_place *place_in(const struct rules *rules, struct view town, const char *country)
{
    const struct rules_place *place = country != NULL ? rules_place(rules, town.p, town.n, country) : NULL;
    return place != NULL && strcmp(place->country, country) == 0 ? place : NULL;
}

const char *place_country(const struct rules *rules, struct view town, const struct place_clues *clues,
                          const char **rule)
{
    const struct rules_place *biggest = rules_place(rules, town.p, town.n, NULL);
    const char *region = clues->region.n > 0 ? rules_country(rules, clues->region.p, clues->region.n) : NULL;
    if (region != NULL && (biggest == NULL || place_in(rules, town, region) != NULL)) {
        *rule = "region behind the town";
        return region;
    }
    const char *const countries[] = {clues->printed, clues->agency, clues->file};
    static const char *const rules_of[] = {"town of the printed country", "town of the agency's country",
                                           "town of the file's country"};
    for (size_t i = 0; biggest != NULL && i < sizeof countries / sizeof *countries; i++) {
        const struct rules_place *near = place_in(rules, town, countries[i]);
        if (near != NULL && (uint64_t)near->population * FAR_BIGGER >= biggest->population) {
            *rule = rules_of[i];
            return near->country;
        }
    }
    if (biggest == NULL) {
        *rule = "country of the name";
        return rules_country(rules, town.p, town.n);
    }
    *rule = "biggest town of the name";
    return biggest->country;
}
