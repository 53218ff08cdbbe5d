// SPDX-License-Identifier: MIT
/* fields: see fields.h. */
#include "daemon/flows/fields.h"

#include <stdio.h>

const char *const fields_names[] = {
    "headline",       "agency",        "by",       "located",  "country", "dateline",
    "contentCreated", "timePrecision", "language", "slugline", "urgency", "edNote",
    "usageTerms",     "body",          NULL};

static const char *text_of(const struct newswire_dispatch *d, size_t i)
{
    const char *const texts[] = {d->headline,
                                 d->agency,
                                 d->by,
                                 d->located,
                                 d->country,
                                 d->dateline,
                                 d->content_created,
                                 d->time_precision,
                                 d->language,
                                 d->slugline,
                                 NULL,
                                 d->ed_note,
                                 d->usage_terms,
                                 d->body};
    return texts[i];
}

const char *fields_value(const struct newswire_dispatch *d, size_t i, char scratch[FIELDS_SCRATCH])
{
    const size_t urgency = 10;
    const char *text = text_of(d, i);
    if (i == urgency && d->urgency != 0) {
        snprintf(scratch, FIELDS_SCRATCH, "%u", d->urgency);
        return scratch;
    }
    return text != NULL && text[0] != '\0' ? text : NULL;
}
