// SPDX-License-Identifier: MIT
/* dateline_judge: see dateline_judge.h. An agency is enough, or a date behind a town; a town alone must be in
 * capitals in front of a dash, and is not sure. */
#include "daemon/pure/dateline_judge.h"

#include "daemon/pure/text.h"

#include <string.h>

#define STRANGE_MIN 5    /* bytes of a town that nobody knows; "NATO" is none */
#define STRANGE_TEXT 100 /* ... of what it stands in front of, at least */
#define STATE_MAX 4      /* bytes: "D.C." */

bool dateline_town(const struct dateline_head *h, struct view town)
{
    return text_is_upper(town.p, town.n) || rules_place(h->rules, town.p, town.n, NULL) != NULL;
}

/* What stands behind the sign that ends it: a sentence begins with a capital, a figure or a quotation. */
static bool sentence_begins(const struct dateline_head *h)
{
    size_t at = h->at, before = 0;
    while (at < h->n && at != before) {
        before = at;
        at += scan_blanks(h->p + at, h->n - at);
        at += scan_dash(h->p + at, h->n - at);
        at += at < h->n && strchr(".:_=\"", h->p[at]) != NULL && h->p[at] != '\0';
    }
    size_t first = scan_letter(h->p + at, h->n - at);
    return at < h->n && (first == 0 || !text_has_letter(h->p + at, first) || text_is_upper(h->p + at, first));
}

/* "CRANSTON - By noon": a town that nobody knows, in capitals that its paragraph has nowhere else. */
static bool town_strange(const struct dateline_head *h, struct view town)
{
    size_t at = town.n, blank = scan_blanks(h->p + at, h->n - at), dash;
    dash = scan_dash(h->p + at + blank, h->n - at - blank);
    at += blank + dash;
    size_t behind = scan_blanks(h->p + at, h->n - at), word;
    at += behind;
    word = scan_word(h->p + at, h->n - at);
    return town.p == h->p && town.n >= STRANGE_MIN && h->n >= STRANGE_TEXT && blank > 0 && dash > 0 &&
           behind > 0 && !text_is_upper(h->p + at, h->n - at) && scan_words(town) <= 3 &&
           rules_line(h->rules, town.p, town.n) == RULES_LINE_NONE && word > 0 &&
           text_is_upper(h->p + at, scan_letter(h->p + at, word));
}

/* "YEREVAN. The": a full stop, and capitals that the paragraph has nowhere else. */
static bool full_stop(const struct dateline_head *h, size_t end)
{
    size_t behind = end < h->n ? h->n - end : 0;
    return end > 0 && h->p[end - 1] == '.' && behind >= STRANGE_TEXT && !text_is_upper(h->p + end, behind);
}

/* Whether a town alone, or an agency alone, is enough: "WASHINGTON - The", "Armenpress. The", "A1+ - The". */
static bool barely(const struct dateline_head *h, const struct dateline *d, size_t end, bool dash)
{
    bool colon = end > 0 && h->p[end - 1] == ':';
    if (!sentence_begins(h))
        return false;
    if (d->town.n == 0)
        return d->agency != NULL && end > 0 && (h->p[end - 1] == '.' || dash) &&
               !rules_agency_common(h->rules, d->agency_words.p, d->agency_words.n);
    // "Washington, D.C. - The", "Lyon, France - The"
    bool state = dash && d->region.n > 1 &&
                 ((d->region.n <= STATE_MAX && text_is_upper(d->region.p, d->region.n)) ||
                  rules_country(h->rules, d->region.p, d->region.n) != NULL);
    bool loud = state || text_is_upper(d->town.p, d->town.n);
    const struct rules_place *place = rules_place(h->rules, d->town.p, d->town.n, NULL);
    const char *country = rules_country(h->rules, d->town.p, d->town.n);
    // "ARMENIA: THE VILLAGE": a town too, but in another country.
    bool state_only = country != NULL && (place == NULL || strcmp(place->country, country) != 0);
    // "CORNESTI, Moldova - On": its country tells that it is one.
    bool told = dash && scan_words(d->town) <= 3 && d->region.n > STATE_MAX &&
                rules_country(h->rules, d->region.p, d->region.n) != NULL;
    bool town = place != NULL || told || (dash && town_strange(h, d->town));
    bool full = place != NULL && d->region.n == 0 && full_stop(h, end);
    return (dash || colon || full) && d->town.n >= TOWN_MIN && loud && town && !state_only;
}

/* Whether what was read is enough to be a dateline. */
bool dateline_convinces(const struct dateline_head *h, struct dateline *d, bool stop, bool dash, size_t end)
{
    bool capitals = d->town.n > 0 && text_is_upper(d->town.p, d->town.n);
    // "WORKERS TO PLANT 90 TREES": a word that no month is like counts beside a house only.
    bool dated = (d->when.day != 0 || d->when.odd) && (d->when.month != 0 || d->agency_words.n > 0);
    bool known = d->town.n > 0 && dateline_town(h, d->town);
    d->sure = d->agency_words.n > 0 || dated;
    if (d->town.n == 0 && d->agency != NULL) {
        if (h->marked ? stop && (dash || dated) : dated && stop)
            return true;
        // "[Kazinform, 06.11.2008] A new"
        bool known_only = h->p[0] == '(' && !rules_agency_common(h->rules, d->agency_words.p, d->agency_words.n);
        bool bracket = h->p[0] == '/' || (h->p[0] == '[' && dated) || known_only;
        d->sure = h->marked && bracket && sentence_begins(h);
        return d->sure || (stop && barely(h, d, end, dash));
    }
    if (d->town.n == 0)
        return h->marked && h->p[0] == '[' && dated && d->agency_words.n > 0 && sentence_begins(h);
    if (d->agency == NULL && d->agency_words.n > 0)
        return known && (stop || dated);
    if (d->agency == NULL && dated)
        return d->town.n >= TOWN_MIN && known && stop &&
               (dash ||
                (end > 0 && end <= h->n && strchr(".:", h->p[end - 1]) != NULL && sentence_begins(h)));
    if (d->agency == NULL)
        return stop && barely(h, d, end, dash);
    bool loud = known && text_is_upper(d->agency_words.p, d->agency_words.n);
    if (h->marked || stop) // "Baku - APA. The"
        return dated || h->marked || capitals || (d->person.n > 0 && known) || (loud && sentence_begins(h));
    return dated && (capitals || loud);
}
