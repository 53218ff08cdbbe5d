// SPDX-License-Identifier: MIT
/* parse: see parse.h. One dispatch at a time; only years are looked for in its neighbours (facts.c). */
#include "daemon/pure/parse.h"

#include "daemon/pure/body.h"
#include "daemon/pure/facts.h"
#include "daemon/pure/identity.h"
#include "daemon/pure/text.h"

#include <string.h>

#define WARNINGS_MAX 12 /* more kinds than there are */
#define SOURCES_MAX 16
#define SHOWN_MAX 60 /* bytes of printed text in a warning */

/* A dispatch in the making. Every step returns false when memory ran out. */
struct making {
    struct arena *arena;
    const struct reader_input *in;
    const struct line *lines;
    const struct split_slice *slice;
    const struct facts *facts;
    const struct printed *printed;
    struct reader_slice *out;
    struct newswire_dispatch *d;
    const char *warnings[WARNINGS_MAX + 1];
    size_t nwarnings;
    struct reader_source sources[SOURCES_MAX];
    size_t nsources;
    const struct rules_agency *agency; /* printed, or the feed's */
};

#define warn(m, line, ...) warn_text(m, line, arena_printf((m)->arena, __VA_ARGS__))

/* Puts the offset of the line in front. */
static bool warn_text(struct making *m, size_t line, const char *text)
{
    uint64_t offset = line == FACTS_NO_LINE ? m->out->offset : m->lines[line].offset;
    if (text == NULL)
        return false;
    if (m->nwarnings < WARNINGS_MAX)
        m->warnings[m->nwarnings++] =
            arena_printf(m->arena, "offset %llu: %s", (unsigned long long)offset, text);
    return m->nwarnings == 0 || m->warnings[m->nwarnings - 1] != NULL;
}

static void source_line(struct making *m, const char *field, size_t line, const char *rule)
{
    if (m->nsources < SOURCES_MAX)
        m->sources[m->nsources++] =
            (struct reader_source){field, m->lines[line].offset, m->lines[line].length, rule};
}

/* A field that no line gave. */
static void source_other(struct making *m, const char *field, const char *rule)
{
    if (m->nsources < SOURCES_MAX)
        m->sources[m->nsources++] = (struct reader_source){field, m->out->offset, 0, rule};
}

static int shown(struct view v)
{
    size_t n = v.n < SHOWN_MAX ? v.n : SHOWN_MAX;
    while (n > 0 && n < v.n && ((unsigned char)v.p[n] & 0xc0) == 0x80)
        n--;
    return (int)n;
}

/* --- fields --------------------------------------------------------------------------------------------- */

static bool make_headline(struct making *m)
{
    static const char *const rules[] = {[TITLE_SURE] = "headline above the anchor",
                                        [TITLE_DOUBTFUL] = "line above the anchor",
                                        [TITLE_GUESSED] = "first line"};
    const struct split_slice *s = m->slice;
    size_t n;
    if (s->title == s->title_end)
        return warn(m, s->first, "no headline");
    m->d->headline = body_join(m->arena, m->lines, s->title, s->title_end, LINE_BLANK, " ", &n);
    if (m->d->headline == NULL)
        return false;
    source_line(m, "headline", s->title, rules[s->found]);
    if (s->found == TITLE_DOUBTFUL)
        return warn(m, s->title, "the headline ends like a sentence");
    return s->found != TITLE_GUESSED ||
           warn(m, s->title,
                "no time line, agency line or dateline: the first line is taken for the headline");
}

static bool make_agency(struct making *m)
{
    const struct facts *f = m->facts;
    const char *feed = m->in->feed->agency;
    m->agency = f->agency;
    if (f->agency != NULL) {
        m->d->agency = f->agency->name;
        source_line(m, "agency", f->agency_line,
                    f->agency_line == f->dateline_line ? "dateline" : "agency line");
    } else if (f->agency_name.n > 0) {
        m->d->agency = arena_text(m->arena, f->agency_name.p, f->agency_name.n);
        source_line(m, "agency", f->agency_line, "line under the headline");
        return m->d->agency != NULL && warn(m, f->agency_line, "agency '%.*s' is not in the rules",
                                            shown(f->agency_name), f->agency_name.p);
    } else if (feed[0] != '\0') {
        m->agency = rules_agency(m->in->rules, feed, strlen(feed));
        m->d->agency = m->agency != NULL ? m->agency->name : feed;
        source_other(m, "agency", "feed default");
    }
    return true;
}

/* The town of that name that is meant: in the printed or the agency's country, unless there is one elsewhere
 * so much bigger that an agency would name the country with the smaller one. */
#define FAR_BIGGER 10

static const struct rules_place *place_meant(const struct making *m, struct view town)
{
    const char *home = m->facts->country != NULL ? m->facts->country
                       : m->agency != NULL       ? m->agency->country
                                                 : NULL;
    const struct rules_place *biggest = rules_place(m->in->rules, town.p, town.n, NULL);
    const struct rules_place *near = rules_place(m->in->rules, town.p, town.n, home);
    if (near == NULL || biggest == NULL)
        return biggest;
    return (uint64_t)near->population * FAR_BIGGER < biggest->population ? biggest : near;
}

static bool make_located(struct making *m)
{
    const struct facts *f = m->facts;
    m->d->country = NULL;
    if (f->dateline_line == FACTS_NO_LINE)
        return true;
    const struct dateline *line = &f->dateline;
    m->d->dateline = arena_text(m->arena, line->words.p, line->words.n);
    source_line(m, "dateline", f->dateline_line, "dateline");
    if (m->d->dateline == NULL)
        return false;
    if (line->when.odd && f->stamp.day != 0 &&
        !warn(m, f->dateline_line, "no such date in '%.*s'", shown(line->words), line->words.p))
        return false;
    if (line->town.n == 0)
        return true;
    m->d->located = text_title(m->arena, line->town.p, line->town.n);
    source_line(m, "located", f->dateline_line, "dateline");
    m->d->country = line->region.n > 0 ? rules_country(m->in->rules, line->region.p, line->region.n) : NULL;
    const struct rules_place *place = m->d->country == NULL ? place_meant(m, line->town) : NULL;
    if (place != NULL)
        m->d->country = place->country;
    if (m->d->country != NULL)
        source_line(m, "country", f->dateline_line, place != NULL ? "places" : "dateline");
    return m->d->located != NULL;
}

/* "+04:00"; "-00:00" when nobody knows (RFC 3339, section 4.3). */
static const char *make_offset(struct making *m, const struct printed *p)
{
    const char *zone = m->agency != NULL ? m->agency->zone : NULL;
    int minutes = p->offset;
    bool known = p->has_offset;
    if (zone == NULL && m->in->feed->zone[0] != '\0')
        zone = m->in->feed->zone;
    if (!known && zone != NULL)
        known = text_zone_offset(zone, p->year, p->month, p->day, p->has_time ? p->hour : 0,
                                 p->has_time ? p->minute : 0, &minutes);
    int size = minutes < 0 ? -minutes : minutes;
    return known ? arena_printf(m->arena, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60)
                 : "-00:00";
}

static bool make_time(struct making *m)
{
    const struct printed *p = m->printed;
    m->d->time_precision = "none";
    if (p->odd) {
        struct view text =
            p->line == m->facts->dateline_line ? m->facts->dateline.words : m->lines[p->line].text;
        return warn(m, p->line, "no such date or time: '%.*s'", shown(text), text.p);
    }
    if (p->mended &&
        !warn(m, m->facts->stamp_line, "no such date or time: '%.*s'; that of the dateline is taken",
              shown(m->lines[m->facts->stamp_line].text), m->lines[m->facts->stamp_line].text.p))
        return false;
    if (p->day == 0)
        return !p->has_time || warn(m, p->line, "a time without a date");
    const char *offset = make_offset(m, p);
    m->d->time_precision = p->has_time ? "minute" : "day";
    m->d->content_created = offset == NULL
                                ? NULL
                                : arena_printf(m->arena, "%04d-%02d-%02dT%02d:%02d:%02d%s", p->year, p->month,
                                               p->day, p->has_time ? p->hour : 0, p->has_time ? p->minute : 0,
                                               p->has_time ? p->second : 0, offset);
    bool both = p->has_time && m->facts->stamp.day == 0;
    source_line(m, "contentCreated", p->line,
                both                                 ? "date of the dateline"
                : p->line == m->facts->dateline_line ? "dateline"
                                                     : "time line");
    if (both)
        source_line(m, "contentCreated", m->facts->stamp_line, "time line");
    if (!p->year_printed)
        source_other(m, "contentCreated", "year of the neighbours, or of the arrival");
    return m->d->content_created != NULL;
}

static bool make_by(struct making *m)
{
    const struct split_slice *s = m->slice;
    for (size_t i = s->first; i < s->end; i++) {
        if (m->lines[i].class != LINE_BYLINE)
            continue;
        struct view text = m->lines[i].text;
        size_t used;
        bool phrase = rules_credit(m->in->rules, text.p, text.n, &used) == CREDIT_BY;
        text = phrase ? scan_trim(view_from(text, used)) : text;
        m->d->by = m->d->by == NULL ? arena_text(m->arena, text.p, text.n)
                                    : arena_printf(m->arena, "%s, %.*s", m->d->by, (int)text.n, text.p);
        source_line(m, "by", i, phrase ? "byline" : "name alone at the end");
        if (m->d->by == NULL)
            return false;
    }
    return true;
}

/* Lines of one class as a field, NULL if there are none. */
static bool make_credit(struct making *m, enum line_class class, const char *field, const char **out)
{
    size_t n, first = m->slice->end;
    for (size_t i = m->slice->end; i > m->slice->first; i--)
        first = m->lines[i - 1].class == class ? i - 1 : first;
    if (first == m->slice->end)
        return true;
    char *text = body_join(m->arena, m->lines, first, m->slice->end, class, "\n", &n);
    source_line(m, field, first, line_word(class));
    if (text != NULL && *out != NULL)
        text = arena_printf(m->arena, "%s\n%s", *out, text);
    *out = text;
    return text != NULL;
}

static bool make_body(struct making *m)
{
    size_t n, bad = 0, first = m->slice->end;
    m->d->body = body_text(m->arena, m->lines, m->slice, &n);
    if (m->d->body == NULL)
        return false;
    const struct conf_feed *feed = m->in->feed;
    const char *found = text_language(m->d->body, n);
    m->d->language = feed->language[0] != '\0' ? feed->language : found;
    const char *rule = feed->language[0] != '\0' ? "feed default" : "text";
    if (m->d->language == NULL && m->agency != NULL && m->agency->language != NULL) {
        m->d->language = m->agency->language;
        rule = "agency";
    }
    if (m->d->language != NULL)
        source_other(m, "language", rule);
    if (n == 0)
        m->d->body = NULL;
    for (size_t i = m->slice->end; i > m->slice->first; i--) {
        bad += m->lines[i - 1].bad;
        first = m->lines[i - 1].bad > 0 ? i - 1 : first;
    }
    if (bad > 0 && !warn(m, first, "%zu characters could not be decoded and became U+FFFD", bad))
        return false;
    return n > 0 || warn(m, m->slice->first, "no text under the headline");
}

static bool make_identity(struct making *m)
{
    size_t n, folded_n;
    const struct printed *p = m->printed;
    char *text = body_join(m->arena, m->lines, m->slice->first, m->slice->end, LINE_BLANK, "\n", &n);
    char *folded = text == NULL ? NULL : text_fold(m->arena, text, n, &folded_n);
    // A year that was not printed is no part of it: dropped again a year later it is the same dispatch.
    const char *date = p->day == 0 ? ""
                       : !p->year_printed
                           ? arena_printf(m->arena, "--%02d-%02d", p->month, p->day)
                           : arena_printf(m->arena, "%04d-%02d-%02d", p->year, p->month, p->day);
    if (folded == NULL || date == NULL)
        return false;
    identity_dispatch(m->d->agency, date, folded, folded_n, m->d->id);
    return true;
}

/* The rule is in parse.h. */
static double confidence(const struct making *m)
{
    static const double headline[] = {[TITLE_SURE] = 0.25, [TITLE_DOUBTFUL] = 0.1};
    double sum = 0.3;
    if (m->slice->found != TITLE_GUESSED) {
        sum += m->slice->found == TITLE_NONE ? 0 : headline[m->slice->found];
        sum += m->d->content_created != NULL ? 0.2 : 0;
        sum += m->d->agency != NULL ? 0.15 : 0;
        sum += m->d->dateline != NULL || m->d->by != NULL ? 0.1 : 0;
    }
    sum -= 0.05 * (double)m->nwarnings;
    return sum < 0.05 ? 0.05 : sum;
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
    bool made = make_headline(m) && make_agency(m) && make_located(m) && make_time(m) && make_by(m) &&
                make_credit(m, LINE_EDITED, "edNote", &m->d->ed_note) &&
                make_credit(m, LINE_SOURCE, "usageTerms", &m->d->usage_terms) &&
                make_credit(m, LINE_COPYRIGHT, "usageTerms", &m->d->usage_terms) && make_body(m) &&
                make_identity(m);
    m->d->confidence = confidence(m);
    return made && make_lists(m);
}

static void slice_span(const struct line *lines, const struct split_slice *slice, struct reader_slice *out)
{
    const struct line *last = &lines[slice->end - 1];
    out->offset = lines[slice->first].offset;
    out->length = last->offset + last->length - out->offset;
}

static bool slice_parse(struct making *m, const struct decoded *decoded, uint32_t index,
                        const uint8_t digest[32])
{
    struct reader_slice *out = m->out;
    slice_span(m->lines, m->slice, out);
    m->d->index = index;
    m->d->offset = out->offset;
    m->d->length = out->length;
    m->d->version = 1;
    m->d->version_created = m->in->arrival;
    m->d->feed = m->in->feed->name;
    m->d->file = m->in->name;
    m->d->charset = decoded->charset;
    m->d->urgency = m->in->feed->urgency;
    memcpy(m->d->file_digest, digest, sizeof m->d->file_digest);
    if (out->length <= m->in->max_dispatch)
        return make(m);
    out->why =
        arena_printf(m->arena, "offset %llu: a dispatch of %llu bytes, more than the %llu of max_dispatch",
                     (unsigned long long)out->offset, (unsigned long long)out->length,
                     (unsigned long long)m->in->max_dispatch);
    return out->why != NULL && make_lists(m);
}

static void printed_all(const struct reader_input *in, const struct decoded *decoded,
                        const struct split *split, struct facts *facts, struct printed *printed)
{
    int year, month, day;
    for (size_t i = 0; i < split->n; i++) {
        facts_read(in->rules, decoded->lines, &split->slices[i], &facts[i]);
        facts_printed(&facts[i], &printed[i]);
    }
    text_date(NULL, in->arrival, &year, &month, &day);
    facts_years(printed, split->n, when_days(year, month, day));
}

enum fate parse_slices(struct arena *arena, const struct reader_input *in, const struct decoded *decoded,
                       const struct split *split, const uint8_t file_digest[32], struct reader_slice **out,
                       struct err *e)
{
    struct reader_slice *slices = arena_alloc(arena, split->n * sizeof *slices);
    struct facts *facts = arena_alloc(arena, split->n * sizeof *facts);
    struct printed *printed = arena_alloc(arena, split->n * sizeof *printed);
    *out = slices;
    bool room = slices != NULL && facts != NULL && printed != NULL;
    if (room)
        printed_all(in, decoded, split, facts, printed);
    for (size_t i = 0; room && i < split->n; i++) {
        struct making m = {.arena = arena,
                           .in = in,
                           .lines = decoded->lines,
                           .slice = &split->slices[i],
                           .facts = &facts[i],
                           .printed = &printed[i],
                           .out = &slices[i],
                           .d = &slices[i].dispatch};
        room = slice_parse(&m, decoded, (uint32_t)(i + 1), file_digest);
    }
    if (!room)
        err_set(e, "no memory to parse the file");
    return room ? FATE_DONE : FATE_RETRY;
}
