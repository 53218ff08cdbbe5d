// SPDX-License-Identifier: MIT
/* parse: see parse.h. What the lines say (facts.c) and what the file says of it (siblings.c) becomes fields
 * (making.c). */
#include "daemon/pure/parse.h"

#include "daemon/pure/confidence.h"
#include "daemon/pure/making.h"
#include "daemon/pure/identity.h"
#include "daemon/pure/siblings.h"
#include "daemon/pure/text.h"

#include <string.h>

static bool make_identity(struct making *m)
{
    size_t n, folded_n;
    const struct printed *p = m->printed;
    struct arena_mark mark = arena_mark(m->arena);
    char *text = body_join(m->arena, m->lines, m->slice->first, m->slice->end, LINE_BLANK, "\n", &n);
    char *folded = text == NULL ? NULL : text_fold(m->arena, text, n, &folded_n);
    // A year that was not printed is no part of it: dropped again a year later it is the same dispatch.
    const char *date = p->day == 0 ? ""
                       : !p->year_printed
                           ? arena_printf(m->arena, "--%02d-%02d", p->month, p->day)
                           : arena_printf(m->arena, "%04d-%02d-%02d", p->year, p->month, p->day);
    bool made = folded != NULL && date != NULL;
    if (made)
        identity_dispatch(m->d->agency, date, folded, folded_n, m->d->id);
    arena_release(m->arena, mark);
    return made;
}

/* --- confidence ----------------------------------------------------------------------------------------- */

#define LONG_HEADLINE 200 /* bytes */
#define MARGIN_SURE 500   /* hundredths of a nat: 150 to 1 */
#define SHORT_TEXT 60     /* bytes: less than a sentence */

static bool strange(const struct making *m)
{
    const char *h = m->d->headline;
    if (h == NULL)
        return false;
    size_t n = strlen(h), first = scan_letter(h, n);
    return n > LONG_HEADLINE || (first > 0 && !text_is_upper(h, first) && (h[0] < '0' || h[0] > '9'));
}

/* The first paragraph is no sentence: a line of the head was left in the text. */
static bool ragged_begin(const struct making *m)
{
    const char *end = m->body.n > 0 ? memmem(m->body.text, m->body.n, "\n\n", 2) : NULL;
    struct view first = {m->body.text, end != NULL ? (size_t)(end - m->body.text) : m->body.n};
    return end != NULL && first.n < SHORT_TEXT && !scan_ends_sentence(first);
}

static bool strange_by(const struct making *m)
{
    const struct facts *f = m->facts;
    for (size_t i = 0; i < f->nby; i++)
        if (!name_like(m->in->rules, f->by[i].words))
            return true;
    return f->nby > 1;
}

/* Share of the other dispatches whose head is made otherwise. */
static double otherwise(const struct making *m)
{
    size_t n = m->file->split->n, other = 0, look = n < 64 ? n : 64;
    // Those next to it: with many dispatches not all pairs are compared.
    size_t from = m->index > look / 2 ? m->index - look / 2 : 0;
    from = from + look > n ? n - look : from;
    for (size_t i = from; i < from + look; i++)
        other += m->file->layouts[i] != m->file->layouts[m->index];
    return look > 1 ? (double)other / (double)(look - 1) : 0;
}

/* 1 when another cut was as good, 0 when the best was better by MARGIN_SURE. */
static double unsure(int margin)
{
    return margin >= MARGIN_SURE ? 0 : margin <= 0 ? 1 : 1 - (double)margin / MARGIN_SURE;
}

static double at_most_1(double share)
{
    return share > 1 ? 1 : share;
}

static bool make_confidence(struct making *m)
{
    const struct newswire_dispatch *d = m->d;
    const struct facts *f = m->facts;
    bool printed = d->agency != NULL && f->agency.line != FACTS_NO_LINE;
    double clues[CLUES] = {
        [CLUE_ANY] = 1,
        [CLUE_NO_HEADLINE] = m->slice->found == TITLE_NONE,
        [CLUE_FIRST_LINE] = m->slice->found == TITLE_GUESSED,
        [CLUE_DOUBTFUL] = m->slice->found == TITLE_DOUBTFUL,
        [CLUE_STRANGE] = strange(m),
        [CLUE_NO_DATE] = d->content_created == NULL,
        [CLUE_NO_AGENCY] = d->agency == NULL,
        [CLUE_AGENCY_UNKNOWN] = d->agency != NULL && m->agency == NULL,
        [CLUE_AGENCY_WEAK] = printed && f->agency.from > AGENCY_BYLINE,
        [CLUE_BARE] = d->dateline == NULL && d->by == NULL,
        [CLUE_WARNINGS] = at_most_1((double)m->nwarnings / 3),
        [CLUE_CONTRADICTION] = m->printed->other != NULL || f->agency_other.line != FACTS_NO_LINE ||
                               f->by_other.line != FACTS_NO_LINE,
        [CLUE_NO_TEXT] = m->body.n == 0,
        [CLUE_SHORT_TEXT] =
            m->body.n > 0 &&
            m->body.n<SHORT_TEXT, [CLUE_BREAKS] = at_most_1((double)m->body.breaks / 5),
                      [CLUE_RAGGED_BEGIN] = ragged_begin(m), [CLUE_RAGGED_END] = m->body.n> 0 &&
            !scan_ends_sentence((struct view){m->body.text, m->body.n}),
        [CLUE_TOWN_UNKNOWN] = d->located != NULL && d->country == NULL,
        [CLUE_STRANGE_BY] = strange_by(m),
        [CLUE_LONE] = m->file->split->n == 1,
        [CLUE_OTHER_LAYOUT] = otherwise(m),
        [CLUE_UNSURE_CUT] = unsure(m->slice->margin),
    };
    struct reader_clue *list = arena_alloc(m->arena, CLUES * sizeof *list);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < CLUES; i++)
        list[i] = (struct reader_clue){confidence_word((enum confidence_clue)i), clues[i],
                                       confidence_weight((enum confidence_clue)i)};
    m->out->clues = list;
    m->out->nclues = CLUES;
    m->d->confidence = confidence_of(clues);
    double floor = m->in->feed->min_confidence;
    if (m->d->confidence >= floor)
        return true;
    return making_warn(
        m, m->slice->first,
        arena_printf(m->arena, "confidence %.2f, below the %.2f of min_confidence", m->d->confidence, floor));
}

/* --- one dispatch --------------------------------------------------------------------------------------- */

static bool make_lists(struct making *m)
{
    const char **warnings = arena_alloc(m->arena, (m->nwarnings + 1) * sizeof *warnings);
    struct reader_source *sources = arena_alloc(m->arena, m->nsources * sizeof *sources);
    if (warnings == NULL || sources == NULL)
        return false;
    memcpy(warnings, m->warnings, m->nwarnings * sizeof *warnings);
    memcpy(sources, m->sources, m->nsources * sizeof *sources);
    m->d->warnings = warnings;
    m->out->sources = sources;
    m->out->nsources = m->nsources;
    return true;
}

static bool make(struct making *m)
{
    bool made = making_fields(m) && make_identity(m) && make_confidence(m);
    return made && make_lists(m);
}

static void slice_span(const struct line *lines, const struct split_slice *slice, struct reader_slice *out)
{
    const struct line *last = &lines[slice->end - 1];
    out->offset = lines[slice->first].offset;
    out->length = last->offset + last->length - out->offset;
}

static bool slice_parse(struct making *m)
{
    struct reader_slice *out = m->out;
    slice_span(m->lines, m->slice, out);
    m->d->index = (uint32_t)(m->index + 1);
    m->d->offset = out->offset;
    m->d->length = out->length;
    m->d->version = 1;
    m->d->version_created = m->in->arrival;
    m->d->feed = m->in->feed->name;
    m->d->file = m->in->name;
    m->d->charset = m->file->decoded->charset;
    memcpy(m->d->file_digest, m->file->digest, sizeof m->d->file_digest);
    if (out->length <= m->in->max_dispatch)
        return make(m);
    out->why =
        arena_printf(m->arena, "offset %llu: a dispatch of %llu bytes, more than the %llu of max_dispatch",
                     (unsigned long long)out->offset, (unsigned long long)out->length,
                     (unsigned long long)m->in->max_dispatch);
    return out->why != NULL && make_lists(m);
}

/* --- the whole file ------------------------------------------------------------------------------------- */

/* The country of more than half of the agencies that have one. */
static void file_country(struct making_file *file)
{
    const char *most = NULL;
    size_t lead = 0, count = 0, all = 0;
    // Boyer and Moore's vote: if one has more than half, it is the one that is left.
    for (size_t i = 0; i < file->split->n; i++) {
        const struct rules_agency *agency = file->facts[i].agency.agency;
        if (agency == NULL || agency->country == NULL)
            continue;
        bool same = most != NULL && strcmp(most, agency->country) == 0;
        most = lead == 0 ? agency->country : most;
        lead = lead == 0 || same ? lead + 1 : lead - 1;
        all++;
    }
    for (size_t i = 0; most != NULL && i < file->split->n; i++) {
        const struct rules_agency *agency = file->facts[i].agency.agency;
        count += agency != NULL && agency->country != NULL && strcmp(agency->country, most) == 0;
    }
    if (count * 2 > all)
        memcpy(file->country, most, sizeof file->country);
}

/* Of two houses with one name the one at home where the dispatch is from is meant, or else the one in the
 * file's country. */
static void file_houses(struct making_file *file)
{
    const struct rules *rules = file->in->rules;
    for (size_t i = 0; i < file->split->n; i++) {
        struct claim *house = &file->facts[i].agency;
        const struct claim *town = &file->facts[i].place;
        if (house->agency == NULL || house->from != AGENCY_LINE) // a dateline has settled it
            continue;
        const struct rules_place *place =
            town->line == FACTS_NO_LINE ? NULL : rules_place(rules, town->words.p, town->words.n, NULL);
        const char *country = place != NULL ? place->country : file->country;
        const struct rules_agency *near = rules_agency_near(rules, house->words.p, house->words.n, country);
        house->agency = near != NULL ? near : house->agency;
    }
}

/* The margin of the longest lines among the dispatches that show one. */
static void file_margin(struct making_file *file)
{
    for (size_t i = 0; i < file->split->n; i++) {
        size_t margin = body_margin(file->lines, &file->split->slices[i]);
        file->margin = margin > file->margin ? margin : file->margin;
    }
}

/* How the head is made: which classes of lines are in it, one after the other. */
static uint32_t layout(const struct line *lines, const struct split_slice *slice)
{
    uint32_t sum = 0;
    uint8_t last = LINE_BLANK;
    for (size_t i = slice->first; i < slice->head_end; i++) {
        uint8_t class = lines[i].class;
        if (class != LINE_BLANK && class != last && class != LINE_FURNITURE)
            sum = sum * 31 + class;
        last = class;
    }
    size_t i = slice->head_end;
    return sum * 2 + (i < slice->end && lines[i].class == LINE_DATELINE);
}

/* Whether no dispatch but the first prints a date: then what stands above the first headline is the whole
 * file's. */
static bool dated_once(const struct making_file *file)
{
    size_t i = 1;
    while (i < file->split->n && (file->facts[i].ndates == 0 || file->facts[i].dates[0].from > DATE_END))
        i++;
    return file->split->n > 1 && i == file->split->n;
}

/* Whether the first dispatch has lines above its headline and no other has. */
static bool headed_once(const struct making_file *file)
{
    const struct split_slice *s = file->split->slices;
    size_t i = 1;
    while (i < file->split->n && s[i].title == s[i].first)
        i++;
    return file->split->n > 2 && i == file->split->n && s[0].title > s[0].first;
}

/* The day on which a mail in front of all was sent: nearer than that on which it was dropped; 0 = none says. */
static int64_t mail_date(const struct making_file *file)
{
    size_t end = file->split->n > 0 ? file->split->slices[0].first : 0;
    for (size_t i = 0; i < end; i++) {
        struct view v = file->lines[i].text;
        const char *colon = file->lines[i].class == LINE_MAIL ? memchr(v.p, ':', v.n) : NULL;
        struct stamp stamp;
        if (colon != NULL && stamp_read(file->in->rules, view_from(v, (size_t)(colon - v.p) + 1), &stamp) &&
            stamp.when.day != 0 && stamp.when.year != 0 && stamp.when.has_time)
            return when_days(stamp.when.year, stamp.when.month, stamp.when.day);
    }
    return 0;
}

static void file_read(struct making_file *file)
{
    const struct rules *rules = file->in->rules;
    const struct split_slice *slices = file->split->slices;
    struct heading heading;
    int year, month, day;
    size_t n = file->split->n;
    for (size_t i = 0; i < n; i++) {
        facts_read(rules, file->lines, &slices[i], &file->facts[i]);
        file->layouts[i] = layout(file->lines, &slices[i]);
    }
    siblings_houses(rules, file->facts, n);
    facts_heading(rules, file->lines, dated_once(file) || headed_once(file) ? slices[0].title : slices[0].first, &heading);
    if (n > 0)
        facts_owner(file->facts, n, &heading);
    for (size_t i = 0; i < n; i++)
        facts_inherit(rules, &file->facts[i], &heading);
    file_country(file);
    if (heading.country != NULL)
        memcpy(file->country, heading.country, sizeof file->country);
    file_houses(file);
    text_date(NULL, file->in->arrival, &year, &month, &day);
    int64_t arrival = when_days(year, month, day);
    int64_t sent = mail_date(file);
    arrival = sent != 0 ? sent : arrival;
    siblings_orders(file->facts, n, arrival, file->guessed);
    for (size_t i = 0; i < n; i++)
        facts_printed(&file->facts[i], &file->printed[i]);
    siblings_years(file->printed, n, arrival);
    file_margin(file);
}

enum fate parse_slices(struct arena *arena, const struct reader_input *in, const struct decoded *decoded,
                       const struct split *split, const uint8_t file_digest[32], struct reader_slice **out,
                       struct err *e)
{
    struct making_file file = {.arena = arena,
                               .in = in,
                               .decoded = decoded,
                               .lines = decoded->lines,
                               .split = split,
                               .digest = file_digest,
                               .facts = arena_alloc(arena, split->n * sizeof *file.facts),
                               .printed = arena_alloc(arena, split->n * sizeof *file.printed),
                               .guessed = arena_alloc(arena, split->n * sizeof *file.guessed),
                               .layouts = arena_alloc(arena, split->n * sizeof *file.layouts)};
    struct reader_slice *slices = *out = arena_alloc(arena, split->n * sizeof *slices);
    bool room = slices != NULL && file.facts != NULL && file.printed != NULL && file.guessed != NULL &&
                file.layouts != NULL;
    if (room)
        file_read(&file);
    for (size_t i = 0; room && i < split->n; i++) {
        struct making m = {.file = &file,
                           .arena = arena,
                           .in = in,
                           .lines = decoded->lines,
                           .slice = &split->slices[i],
                           .facts = &file.facts[i],
                           .printed = &file.printed[i],
                           .index = i,
                           .out = &slices[i],
                           .d = &slices[i].dispatch};
        room = slice_parse(&m);
    }
    if (!room)
        err_set(e, "no memory to parse the file");
    return room ? FATE_DONE : FATE_RETRY;
}
