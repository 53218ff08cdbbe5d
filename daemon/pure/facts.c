// SPDX-License-Identifier: MIT
/* facts: see facts.h. One pass over the lines of a dispatch; each class of line may claim some fields. */
#include "daemon/pure/facts.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/sign.h"
#include "daemon/pure/slug.h"
#include "daemon/pure/told.h"
#include "daemon/pure/text.h"

#include <string.h>

#define CAPTIONS 4       /* lines in front of the dateline's, at most: a caption, the headline again */
#define PARAGRAPH_MIN 60 /* bytes */
#define FIRST_WORDS 300  /* bytes */
#define END_LINES 2      /* a date and a house */

const char *agency_from_word(enum agency_from from)
{
    static const char *const words[] = {[AGENCY_LINE] = "agency line",
                                        [AGENCY_DATELINE] = "dateline",
                                        [AGENCY_HEADLINE] = "headline",
                                        [AGENCY_BYLINE] = "byline",
                                        [AGENCY_SOURCE] = "source line",
                                        [AGENCY_END] = "agency line at the end",
                                        [AGENCY_COPYRIGHT] = "copyright line",
                                        [AGENCY_NOTE] = "editor's note",
                                        [AGENCY_FILE] = "heading of the file",
                                        [AGENCY_FEED] = "feed default",
                                        [AGENCY_TEXT] = "said in the first paragraph"};
    return words[from];
}

const char *by_from_word(enum by_from from)
{
    static const char *const words[] = {[BY_HEAD] = "byline at the headline",
                                        [BY_DATELINE] = "name in the dateline",
                                        [BY_END] = "byline at the end",
                                        [BY_NAME] = "name alone at the end"};
    return words[from];
}

const char *place_from_word(enum place_from from)
{
    static const char *const words[] = {
        [PLACE_DATELINE] = "dateline", [PLACE_LINE] = "place line", [PLACE_BYLINE] = "byline"};
    return words[from];
}

const char *date_from_word(enum date_from from)
{
    static const char *const words[] = {
        [DATE_LINE] = "time line",           [DATE_DATELINE] = "dateline",
        [DATE_SOURCE] = "source line",       [DATE_END] = "time line at the end",
        [DATE_HEADLINE] = "headline",        [DATE_UPDATED] = "time of a change, the only one",
        [DATE_FILE] = "heading of the file", [DATE_TEXT] = "first words of the text"};
    return words[from];
}

/* A reading in progress. */
struct reading {
    const struct rules *rules;
    const struct line *lines;
    const struct split_slice *slice;
    struct facts *f;
    size_t i;       /* the line */
    size_t unknown; /* a line between headline and text that is a house or a person */
    struct view unknown_words;
    bool dated;     /* a date stands above it */
    struct view second; /* behind an author: a house that nobody knows, or another author */
};

/* --- claims --------------------------------------------------------------------------------------------- */

static bool claimed(const struct claim *c)
{
    return c->line != FACTS_NO_LINE;
}

static bool same_words(struct view a, struct view b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static void claim_agency(struct reading *r, enum agency_from from, const struct rules_agency *agency,
                         struct view words)
{
    struct claim *best = &r->f->agency;
    struct claim claim = {r->i, words, (int)from, agency};
    if (agency == NULL && words.n == 0)
        return;
    // Two fields of their own that differ: who only owns, passes on or quotes a text is another matter.
    bool differs = claimed(best) && best->agency != agency && agency != NULL && best->from != claim.from;
    if (differs && best->from <= AGENCY_DATELINE && from <= AGENCY_DATELINE)
        r->f->agency_other = claim.from < best->from ? *best : claim;
    if (!claimed(best) || claim.from < best->from ||
        (claim.from == best->from && best->agency == NULL && agency != NULL))
        *best = claim;
}

static void claim_by(struct reading *r, enum by_from from, struct view words)
{
    struct facts *f = r->f;
    struct claim claim = {r->i, words, (int)from, NULL};
    if (words.n == 0)
        return;
    if (f->nby > 0 && f->by[0].from != claim.from) {
        if (!same_words(words, f->by[0].words))
            f->by_other = claim.from < f->by[0].from ? f->by[0] : claim;
        f->nby = claim.from < f->by[0].from ? 0 : f->nby;
    }
    if (f->nby < FACTS_NAMES && (f->nby == 0 || f->by[0].from == claim.from))
        f->by[f->nby++] = claim;
}

static void claim_place(struct reading *r, enum place_from from, struct view town, struct view region)
{
    if (town.n == 0 || (claimed(&r->f->place) && r->f->place.from <= (int)from))
        return;
    r->f->place = (struct claim){r->i, town, (int)from, NULL};
    r->f->region = region;
}

static void claim_date(struct reading *r, enum date_from from, const struct when *when, struct view words)
{
    struct facts *f = r->f;
    if ((when->day == 0 && !when->has_time && !when->odd) || f->ndates == FACTS_DATES)
        return;
    size_t at = f->ndates++;
    for (; at > 0 && f->dates[at - 1].from > from; at--)
        f->dates[at] = f->dates[at - 1];
    f->dates[at] = (struct dated){r->i, words, from, *when};
}

/* --- the kinds of lines --------------------------------------------------------------------------------- */

/* "Transcaucasus Review, UK" and "Lake News - Gyumri,Armenia" are named without country. */
static struct view house_name(const struct rules *rules, struct view v)
{
    struct house house;
    v = house_read(rules, v, &house) && house.words.n > 0 ? house.words : v; // "Source: Lake News"
    size_t by = 0;
    if (rules_credit(rules, v.p, v.n, &by) == CREDIT_BY) { // "Par AFP"
        struct view rest = scan_trim(view_from(v, by));
        v = rest.n > 0 && rules_agency(rules, rest.p, rest.n) != NULL ? rest : v;
    }
    while (v.n > 2 && *v.p == '"' && v.p[v.n - 1] == '"')
        v = (struct view){v.p + 1, v.n - 2};
    const char *comma = memrchr(v.p, ',', v.n);
    size_t over = house_over(rules, v);
    if (over < v.n || comma == NULL)
        return (struct view){v.p, over};
    struct view head = {v.p, (size_t)(comma - v.p)}, tail = scan_trim(view_from(v, head.n + 1));
    return rules_country(rules, tail.p, tail.n) != NULL || rules_place(rules, tail.p, tail.n, NULL) != NULL
               ? head
               : v;
}

/* "Istanbul - Lake News Desk": the town is where it sits. Returns the rest. */
static struct view take_town_of(struct reading *r, struct view text)
{
    size_t town = 0;
    while (town < text.n && scan_dash(text.p + town, text.n - town) == 0)
        town++;
    struct view front = scan_trim((struct view){text.p, town});
    if (town == text.n || rules_place(r->rules, front.p, front.n, NULL) == NULL)
        return text;
    claim_place(r, PLACE_LINE, front, (struct view){"", 0});
    return scan_trim(view_from(text, town + scan_dash(text.p + town, text.n - town)));
}

/* A line between headline and text that nobody knows: a house or a person, settled when all is read. "Radio
 * Liberty, Czech Rep." begins with a house all the same. */
static void take_unknown(struct reading *r, struct view text)
{
    struct view name = text;
    size_t used;
    while (name.n > 0 && strchr("|,;:", name.p[name.n - 1]) != NULL)
        name = scan_trim((struct view){name.p, name.n - 1});
    name = take_town_of(r, name);
    const struct rules_agency *agency = rules_agency_at(r->rules, name.p, name.n, &used);
    size_t behind = agency != NULL ? used + scan_blanks(name.p + used, name.n - used) : name.n;
    bool sign = behind < name.n && (strchr(",:(|", name.p[behind]) != NULL ||
                                    scan_dash(name.p + behind, name.n - behind) > 0);
    bool short_rest = behind < name.n && scan_words(view_from(name, behind)) <= 2 &&
                      !rules_agency_common(r->rules, name.p, used); // "... Press Newswires"
    if (agency != NULL && (used == name.n || sign || short_rest)) {
        claim_agency(r, AGENCY_LINE, agency, (struct view){name.p, used});
    } else if (name.n < text.n && name_like(r->rules, name)) {
        claim_by(r, BY_HEAD, name); // "NAME |"
    } else if (r->unknown == FACTS_NO_LINE) {
        r->unknown = r->i;
        r->unknown_words = text;
        r->dated = r->f->ndates > 0;
    }
}

/* It is a person when another line says which house it is, or when the date stands above. */
static void settle_unknown(struct reading *r)
{
    struct facts *f = r->f;
    if (r->unknown == FACTS_NO_LINE)
        return;
    r->i = r->unknown;
    struct view text = r->unknown_words;
    // "Source: Lake News" says who as well, when the words themselves are not called as houses are.
    bool credited = claimed(&f->agency) && f->agency.from == AGENCY_SOURCE &&
                    house_named(r->rules, f->agency.words) && !house_named(r->rules, text);
    bool house = credited || (claimed(&f->agency) && f->agency.from <= AGENCY_COPYRIGHT && f->agency.agency != NULL);
    bool code = scan_word(text.p, text.n) == text.n && text_is_upper(text.p, text.n);
    // "Le Soleil (Dakar)" and "Copyright 2008 Le Soleil"
    struct view name = {text.p, house_in_town(r->rules, text)}, owner = f->agency.words;
    bool owned = claimed(&f->agency) && f->agency.from == AGENCY_COPYRIGHT;
    text = owned && owner.n == name.n && memcmp(owner.p, name.p, name.n) == 0 ? name : text;
    struct byline byline;
    bool author = author_read(r->rules, text, &byline) &&
                  (name_like(r->rules, text) || names_like(r->rules, text) ||
                   memchr(text.p, ',', text.n) != NULL); // "El Faro de Colonia" is none
    if ((house || r->dated || (claimed(&f->agency) && byline.town.n > 0)) && author) {
        claim_by(r, BY_HEAD, byline.names);
        claim_place(r, PLACE_BYLINE, byline.town, (struct view){"", 0}); // "ANNA EXAMPLE, ISTANBUL"
    } else if (house && code)
        return;
    else if (!house || r->unknown >= r->slice->title) // over the headline it is a service of the house
        claim_agency(r, AGENCY_LINE, NULL, house_name(r->rules, text));
}

/* "By Anna Example, Ben Example" where another line says which house it is. */
static void settle_second(struct reading *r)
{
    struct facts *f = r->f;
    bool house = claimed(&f->agency) && f->agency.from <= AGENCY_DATELINE && f->agency.agency != NULL;
    if (house && r->second.n > 0 && f->nby == 1 && r->second.p > f->by[0].words.p)
        f->by[0].words.n = (size_t)(r->second.p + r->second.n - f->by[0].words.p);
}

/* What stands between quotation marks, if one begins it: '"Lake Online"'. */
static struct view unquoted(struct view v)
{
    size_t sign = v.n > 1 && *v.p == '"' ? 1 : v.n > 2 && memcmp(v.p, "\xc2\xab", 2) == 0 ? 2 : 0;
    if (sign == 0)
        return v;
    v = view_from(v, sign);
    while (v.n > 0 && scan_letter(v.p + v.n - 1, 1) == 0 && (unsigned char)v.p[v.n - 1] < 0x80)
        v.n--;
    if (v.n > 1 && memcmp(v.p + v.n - 2, "\xc2\xbb", 2) == 0)
        v.n -= 2;
    return v;
}

/* Whether a line is a country's name and signs around. */
static bool country_alone(const struct rules *rules, struct view v)
{
    while (v.n > 0 && scan_letter(v.p, v.n) == 0)
        v = view_from(v, 1);
    while (v.n > 0 && strchr(" .,:;)]/|-", v.p[v.n - 1]) != NULL)
        v.n--;
    return v.n > 0 && rules_country(rules, v.p, v.n) != NULL;
}

/* What stands in front of a date: "Lake Gazette", "Anne Example | Lake Gazette", "Staff | Lake Gazette". */
static void take_front(struct reading *r, struct view front)
{
    struct byline byline;
    const char *bar = memchr(front.p, '|', front.n);
    size_t role = bar == NULL ? 0 : (size_t)(bar - front.p);
    if (bar != NULL && author_read(r->rules, front, &byline) && byline.agency_words.n > 0) {
        claim_by(r, BY_HEAD, byline.names);
        claim_agency(r, AGENCY_BYLINE, byline.agency, byline.agency_words);
    } else {
        bool staff = bar != NULL && role_alone(r->rules, scan_trim((struct view){front.p, role}));
        take_unknown(r, staff ? scan_trim(view_from(front, role + 1)) : front);
    }
}

/* A town that nobody knows, told by its label; its country or region behind a comma. */
static void take_town(struct reading *r, struct view text)
{
    const char *comma = memchr(text.p, ',', text.n);
    struct view town = {text.p, comma == NULL ? text.n : (size_t)(comma - text.p)};
    struct view region = view_from(text, town.n + (comma == NULL ? 0 : 1));
    claim_place(r, PLACE_LINE, scan_trim(town), scan_trim(region));
}

static void take_stamp(struct reading *r, struct view text, bool head)
{
    static const struct view no_region = {"", 0};
    struct stamp stamp;
    struct view front = {text.p, 0};
    bool known = stamp_read(r->rules, text, &stamp), anchor = head && r->lines[r->i].class == LINE_TIME;
    // In front of a date a house stands, in front of date and clock rather who wrote it.
    if (!known && head && !stamp_clock(text) && stamp_behind(r->rules, text, &front, &stamp)) {
        take_front(r, front);
        claim_date(r, DATE_LINE, &stamp.when, text);
        claim_agency(r, AGENCY_LINE, stamp.agency, stamp.agency_words);
        claim_place(r, PLACE_LINE, stamp.town, no_region);
        return;
    }
    if (!known && r->lines[r->i].class == LINE_PLACE && (r->lines[r->i].says & LINE_SAYS_LABEL)) {
        take_town(r, text);
        return;
    }
    if (!known && !stamp_loose(r->rules, text, anchor, &stamp, &front)) {
        bool agency = r->lines[r->i].class == LINE_AGENCY;
        if (agency && head)
            take_unknown(r, text);
        else if (agency && (r->lines[r->i].says & LINE_SAYS_LABEL))
            claim_agency(r, AGENCY_END, NULL, text); // "Quelle: X" under the text
        return;
    }
    claim_agency(r, head ? AGENCY_LINE : AGENCY_END, stamp.agency, stamp.agency_words);
    claim_date(r, stamp.updated ? DATE_UPDATED : head ? DATE_LINE : DATE_END, &stamp.when, text);
    // "NEWS DIGEST - ARMENIA" says what the file is about.
    bool digest = r->lines[r->i].class == LINE_COUNTRY && stamp.when.day == 0 && !country_alone(r->rules, text);
    if (r->f->country == NULL && stamp.country != NULL && !digest) {
        r->f->country = stamp.country;
        // "Radio Liberty, Czech Rep." says where the house is.
        r->f->country_line = stamp.agency == NULL ? r->i : FACTS_NO_LINE;
    }
    // "Baku Daily Review" is a house's masthead.
    bool masthead = r->lines[r->i].class == LINE_PLACE && stamp.when.day == 0 &&
                    scan_words(text) > scan_words(stamp.town) + (stamp.country != NULL ? 2 : 0);
    // "The Irish Times (Dublin)" says where the house is.
    bool home = stamp.agency != NULL && stamp.town.p > text.p && stamp.town.p[-1] == '(' &&
                r->lines[r->i].class == LINE_AGENCY;
    if (!masthead && !home)
        claim_place(r, PLACE_LINE, stamp.town, no_region);
    struct byline byline;
    struct view name = unquoted(front);
    bool called = rules_filler(r->rules, front.p, scan_word(front.p, front.n)) == FILLER_HOUSE;
    if (head && (name.n < front.n || called || house_named(r->rules, front)))
        take_unknown(r, name);
    if (!head || front.n == 0 || !author_read(r->rules, front, &byline))
        return;
    claim_by(r, BY_HEAD, byline.names);
    claim_agency(r, AGENCY_BYLINE, byline.agency, byline.agency_words);
    claim_place(r, PLACE_BYLINE, byline.town, no_region);
}

static void take_byline(struct reading *r, bool head)
{
    static const struct view no_region = {"", 0};
    struct view text = r->lines[r->i].text;
    struct byline byline;
    bool role = r->f->nby > 0 && role_alone(r->rules, text);
    if (!author_read(r->rules, text, &byline))
        byline = (struct byline){.names = {text.p, role ? 0 : text.n}};
    claim_by(r, head ? BY_HEAD : byline.phrase ? BY_END : BY_NAME, byline.names);
    if (byline.agency == NULL && byline.names.n > 0 && name_like(r->rules, byline.agency_words))
        r->second = byline.agency_words;
    claim_agency(r, AGENCY_BYLINE, byline.agency, byline.agency_words);
    claim_place(r, PLACE_BYLINE, byline.town, no_region);
    claim_date(r, head ? DATE_LINE : DATE_END, &byline.when, text);
}

static void take_house(struct reading *r, enum agency_from from)
{
    struct house house;
    if (!house_read(r->rules, r->lines[r->i].text, &house))
        return;
    claim_agency(r, from, house.agency, house.words);
    claim_date(r, DATE_SOURCE, &house.when, r->lines[r->i].text);
}

/* "ARMENPRESS: Ferry sails", "Ferry sails - ARMENPRESS", "Ferry sails - 08-11-23" */
static void take_headline(struct reading *r)
{
    struct view v = r->lines[r->i].text;
    size_t used;
    const struct rules_agency *agency = rules_agency_at(r->rules, v.p, v.n, &used);
    if (agency != NULL && used < v.n && v.p[used] == ':' && !rules_agency_common(r->rules, v.p, used))
        claim_agency(r, AGENCY_HEADLINE, agency, (struct view){v.p, used});
    const char *bracket = memrchr(v.p, '(', v.n); // "Ferry sails (Lake News)"
    size_t open = bracket == NULL ? v.n : (size_t)(bracket - v.p) + 1;
    agency = open + 1 < v.n && v.p[v.n - 1] == ')' ? rules_agency(r->rules, v.p + open, v.n - 1 - open) : NULL;
    if (agency != NULL && !rules_agency_common(r->rules, v.p + open, v.n - 1 - open))
        claim_agency(r, AGENCY_HEADLINE, agency, (struct view){v.p + open, v.n - 1 - open});
    size_t tail = 0;
    for (size_t i = 1; i + 1 < v.n; i++) {
        size_t dash = v.p[i - 1] == ' ' ? scan_dash(v.p + i, v.n - i) : 0;
        dash = dash == 0 && v.p[i - 1] == ' ' && v.p[i] == '|' ? 1 : dash;
        tail = dash > 0 && i + dash < v.n && v.p[i + dash] == ' ' ? i + dash : tail;
    }
    struct stamp stamp;
    struct view suffix = scan_trim(view_from(v, tail));
    if (tail == 0 || !stamp_read(r->rules, suffix, &stamp))
        return;
    if (!stamp.common)
        claim_agency(r, AGENCY_HEADLINE, stamp.agency, stamp.agency_words);
    claim_date(r, DATE_HEADLINE, &stamp.when, suffix);
}

/* "..., Trend reports." */
static void take_attribution(struct reading *r)
{
    struct view name;
    const struct rules_agency *agency = told_attributed(r->rules, r->lines[r->i].text, &name);
    if (agency != NULL)
        claim_agency(r, AGENCY_TEXT, agency, name);
}

static bool is_text(const struct line *line)
{
    return line->class == LINE_BODY || line->class == LINE_DATELINE;
}

/* A date alone behind the text, which the splitter leaves in it; a house under it. */
static void take_end(struct reading *r)
{
    struct stamp stamp;
    r->i = r->slice->end;
    for (size_t k = 0; k < END_LINES; k++) {
        while (r->i > r->slice->head_end && r->lines[r->i - 1].class != LINE_BODY)
            r->i--;
        if (r->i <= r->slice->head_end + 1 || !stamp_read(r->rules, r->lines[r->i - 1].text, &stamp))
            return;
        r->i--;
        take_stamp(r, r->lines[r->i].text, false);
    }
}

/* "... said. (ARMENPRESS)": who signs behind the last words. */
static void take_sign(struct reading *r)
{
    struct sign sign;
    for (r->i = r->slice->end; r->i > r->slice->head_end; r->i--)
        if (is_text(&r->lines[r->i - 1]))
            break;
    if (r->i-- == r->slice->head_end)
        return;
    if (sign_behind(r->rules, r->lines[r->i].text, &sign))
        claim_agency(r, AGENCY_END, sign.agency, sign.house);
}

/* "... he told Reuters.", to the end of the text. */
static void take_told(struct reading *r)
{
    struct view name;
    for (; r->i < r->slice->end; r->i++) {
        bool text = is_text(&r->lines[r->i]);
        const struct rules_agency *agency = text ? told_said(r->rules, r->lines[r->i].text, &name) : NULL;
        if (agency != NULL) {
            claim_agency(r, AGENCY_TEXT, agency, name);
            return;
        }
    }
}

/* A weekday and a date with its year, in the first words. */
static void take_text_date(struct reading *r)
{
    struct view v = r->lines[r->i].text;
    v.n = v.n < FIRST_WORDS ? v.n : FIRST_WORDS;
    for (size_t i = 0; i < v.n;) {
        size_t word = scan_word(v.p + i, v.n - i), day = i + word;
        struct when when = {0};
        if (word > 0 && day < v.n && v.p[day] == ',' && rules_weekday(r->rules, v.p + i, word) != 0) {
            day += 1 + scan_blanks(v.p + day + 1, v.n - day - 1);
            size_t used = when_date(r->rules, v.p + day, v.n - day, false, &when);
            if (used > 0 && when.year != 0 && !when.odd) {
                claim_date(r, DATE_TEXT, &when, (struct view){v.p + i, day + used - i});
                return;
            }
        }
        i += word > 0 ? word : 1;
    }
}

static void take_dateline(struct reading *r)
{
    struct facts *f = r->f;
    if (f->dateline_line != FACTS_NO_LINE || !dateline_read(r->rules, r->lines[r->i].text, &f->dateline))
        return;
    f->dateline_line = r->i;
    claim_agency(r, AGENCY_DATELINE, f->dateline.agency, f->dateline.agency_words);
    size_t by = 0;
    struct view person = f->dateline.person;
    if (person.n > 0 && rules_credit(r->rules, person.p, person.n, &by) != CREDIT_BY)
        by = 0; // "BAKU, May 14. By Anna Example - Trend:"
    claim_by(r, BY_DATELINE, scan_trim(view_from(person, by)));
    claim_place(r, PLACE_DATELINE, f->dateline.town, f->dateline.region);
    claim_date(r, DATE_DATELINE, &f->dateline.when, f->dateline.words);
}

/* --- */

static void take_slug(struct reading *r, bool wire)
{
    struct view words;
    unsigned urgency;
    slug_read(r->rules, r->lines[r->i].text, wire, &words, &urgency);
    if (words.n > 0 && !claimed(&r->f->slug))
        r->f->slug = (struct claim){r->i, words, 0, NULL};
    if (urgency != 0 && r->f->urgency == 0) {
        r->f->urgency = urgency;
        r->f->urgent = (struct claim){r->i, r->lines[r->i].text, 0, NULL};
    }
}

static void take_line(struct reading *r)
{
    const struct line *line = &r->lines[r->i];
    bool head = r->i < r->slice->head_end;
    switch ((enum line_class)line->class) {
    case LINE_TITLE:
        if (r->i >= r->slice->title && r->i < r->slice->title_end)
            take_headline(r);
        break;
    case LINE_END: // "AFP 081432 GMT NOV 06"
    case LINE_TIME:
    case LINE_AGENCY:
    case LINE_COUNTRY:
    case LINE_PLACE:
        take_stamp(r, line->text, head);
        break;
    case LINE_BYLINE:
        take_byline(r, head);
        break;
    case LINE_LABEL:
    case LINE_SLUG:
        take_slug(r, line->class == LINE_SLUG);
        break;
    case LINE_DATELINE:
        if (r->i < r->slice->head_end + CAPTIONS)
            take_dateline(r);
        break;
    case LINE_SOURCE:
        take_house(r, AGENCY_SOURCE);
        break;
    case LINE_COPYRIGHT:
        take_house(r, AGENCY_COPYRIGHT);
        break;
    case LINE_NOTE:
        take_house(r, AGENCY_NOTE);
        break;
    default: /* says nothing of these fields */
        break;
    }
}

static const struct facts nothing = {.agency = {.line = FACTS_NO_LINE},
                                     .agency_other = {.line = FACTS_NO_LINE},
                                     .by_other = {.line = FACTS_NO_LINE},
                                     .place = {.line = FACTS_NO_LINE},
                                     .country_line = FACTS_NO_LINE,
                                     .dateline_line = FACTS_NO_LINE,
                                     .slug = {.line = FACTS_NO_LINE},
                                     .urgent = {.line = FACTS_NO_LINE}};

void facts_read(const struct rules *rules, const struct line *lines, const struct split_slice *slice,
                struct facts *out)
{
    *out = nothing;
    struct reading r = {
        .rules = rules, .lines = lines, .slice = slice, .f = out, .i = slice->first, .unknown = FACTS_NO_LINE};
    for (; r.i < slice->end; r.i++)
        take_line(&r);
    settle_unknown(&r);
    settle_second(&r);
    take_end(&r);
    take_sign(&r);
    r.i = out->dateline_line != FACTS_NO_LINE ? out->dateline_line : slice->head_end;
    while (r.i < slice->end && lines[r.i].class != LINE_DATELINE &&
           (lines[r.i].class != LINE_BODY || lines[r.i].text.n < PARAGRAPH_MIN))
        r.i++;
    if (r.i == slice->end)
        return;
    if (!claimed(&out->agency))
        take_attribution(&r);
    take_text_date(&r);
    if (!claimed(&out->agency))
        take_told(&r); // moves on to the end
}

void facts_inherit(const struct rules *rules, struct facts *f, const struct heading *heading)
{
    const struct claim *own = &f->agency;
    bool named = claimed(own) && own->from == AGENCY_LINE && own->agency == NULL && f->nby == 0 &&
                 heading->agency.agency != NULL;
    struct view words = own->words;
    size_t first = scan_word(words.p, words.n); // "UN Children's Fund" is nobody
    bool person = name_like(rules, words) && !house_named(rules, words) &&
                  (!text_is_upper(words.p, first) || text_is_upper(words.p, words.n));
    if (named && person) {
        f->by[f->nby++] = (struct claim){own->line, words, BY_HEAD, NULL};
        f->agency = heading->agency;
    }
    if (claimed(&heading->agency) && (!claimed(&f->agency) || f->agency.from > AGENCY_FILE))
        f->agency = heading->agency;
    struct reading r = {.f = f, .i = heading->date.line};
    claim_date(&r, DATE_FILE, &heading->date.when, heading->date.words);
}
