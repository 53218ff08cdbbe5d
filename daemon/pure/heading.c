// SPDX-License-Identifier: MIT
/* heading: facts_heading() of facts.h: what the lines in front of the first dispatch say of the whole file.
 */
#include "daemon/pure/facts.h"

#define HEADING_MAX 60 /* bytes */

/* "RFE/RL ARMENIA REPORT: SELECTED STORIES" names the house, when it is the file's first line. */
static void heading_front(const struct rules *rules, const struct line *lines, size_t end,
                          struct heading *out)
{
    size_t i = 0, used;
    while (i < end &&
           (lines[i].class == LINE_BLANK || lines[i].class == LINE_SEPARATOR || lines[i].class == LINE_MAIL))
        i++;
    if (i == end || lines[i].class != LINE_PREAMBLE || !line_title_like(lines[i].text))
        return;
    struct view v = lines[i].text;
    const struct rules_agency *agency = rules_agency_at(rules, v.p, v.n, &used);
    if (agency != NULL && !rules_agency_common(rules, v.p, used))
        out->agency = (struct claim){i, {v.p, used}, AGENCY_FILE, agency};
}

/* The country that a short line names: "RFE/RL Armenia Report - 07/19/2004". */
static const char *heading_country(const struct rules *rules, struct view v)
{
    const char *country = NULL;
    for (size_t at = 0; at < v.n && v.n <= HEADING_MAX && country == NULL;) {
        size_t word = scan_word(v.p + at, v.n - at);
        country = word > 0 ? rules_country(rules, v.p + at, word) : NULL;
        at += word > 0 ? word : 1;
    }
    return country;
}

void facts_heading(const struct rules *rules, const struct line *lines, size_t end, struct heading *out)
{
    struct stamp stamp;
    *out = (struct heading){.agency = {.line = FACTS_NO_LINE}, .date = {.line = FACTS_NO_LINE}};
    heading_front(rules, lines, end, out);
    for (size_t i = 0; i < end; i++) {
        if (out->country == NULL && lines[i].class != LINE_BLANK && lines[i].class != LINE_MAIL)
            out->country = heading_country(rules, lines[i].text);
        if (lines[i].class == LINE_BLANK || lines[i].class == LINE_MAIL ||
            !stamp_read(rules, lines[i].text, &stamp))
            continue;
        if (stamp.agency != NULL && !stamp.common && out->agency.line == FACTS_NO_LINE)
            out->agency = (struct claim){i, stamp.agency_words, AGENCY_FILE, stamp.agency};
        if (stamp.when.day != 0 && !stamp.when.odd && out->date.when.day == 0)
            out->date = (struct dated){i, lines[i].text, DATE_FILE, stamp.when};
    }
}

void facts_owner(const struct facts *all, size_t n, struct heading *out)
{
    const struct claim *last = &all[n - 1].agency;
    bool owned = n > 1 && last->line != FACTS_NO_LINE && last->from == AGENCY_COPYRIGHT && last->agency != NULL;
    size_t named = 0;
    for (size_t i = 0; owned && i + 1 < n; i++) {
        owned = all[i].agency.line == FACTS_NO_LINE || all[i].agency.from != AGENCY_COPYRIGHT;
        named += all[i].agency.line != FACTS_NO_LINE && all[i].agency.from < AGENCY_COPYRIGHT;
    }
    if (!owned || named * 2 >= n || out->agency.line != FACTS_NO_LINE)
        return;
    out->agency = *last;
    out->agency.from = AGENCY_FILE;
}
