// SPDX-License-Identifier: MIT
/* making: see making.h. Every step returns false when memory ran out. */
#include "daemon/pure/making.h"

#include "daemon/pure/place.h"
#include "daemon/pure/slug.h"
#include "daemon/pure/text.h"

#include <string.h>

#define SHOWN_MAX 60 /* bytes of printed text in a warning */

#define warn(m, line, ...) making_warn(m, line, arena_printf((m)->arena, __VA_ARGS__))

bool making_warn(struct making *m, size_t line, const char *text)
{
    uint64_t offset = line == FACTS_NO_LINE ? m->out->offset : m->lines[line].offset;
    if (text == NULL)
        return false;
    if (m->nwarnings < WARNINGS_MAX)
        m->warnings[m->nwarnings++] =
            arena_printf(m->arena, "offset %llu: %s", (unsigned long long)offset, text);
    return m->nwarnings == 0 || m->warnings[m->nwarnings - 1] != NULL;
}

/* The words of a line that gave a field. */
static bool source_words(struct making *m, const char *field, size_t line, struct view words,
                         const char *rule)
{
    struct reader_source source = {.field = field, .rule = rule};
    if (!decode_span(m->arena, m->file->decoded, &m->lines[line], words, &source.offset, &source.length))
        return false;
    if (m->nsources < SOURCES_MAX)
        m->sources[m->nsources++] = source;
    return true;
}

static bool source_line(struct making *m, const char *field, size_t line, const char *rule)
{
    return source_words(m, field, line, m->lines[line].text, rule);
}

/* A field that no words gave. */
static void source_other(struct making *m, const char *field, const char *rule)
{
    if (m->nsources < SOURCES_MAX)
        m->sources[m->nsources++] = (struct reader_source){field, m->out->offset, 0, rule};
}

/* From the first of the words to the last of lines [first, end). */
static bool source_lines(struct making *m, const char *field, size_t first, size_t end, const char *rule)
{
    struct view words = m->lines[end - 1].text;
    struct reader_source last = {.length = 0};
    size_t at = m->nsources;
    if (!source_line(m, field, first, rule) ||
        !decode_span(m->arena, m->file->decoded, &m->lines[end - 1], words, &last.offset, &last.length))
        return false;
    if (at < m->nsources)
        m->sources[at].length = (uint32_t)(last.offset + last.length - m->sources[at].offset);
    return true;
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
    if (m->d->headline == NULL || !source_lines(m, "headline", s->title, s->title_end, rules[s->found]))
        return false;
    if (s->found == TITLE_DOUBTFUL)
        return warn(m, s->title, "the headline ends like a sentence");
    return s->found != TITLE_GUESSED ||
           warn(m, s->title,
                "no time line, agency line or dateline: the first line is taken for the headline");
}

static bool feed_agency(struct making *m)
{
    const char *feed = m->in->feed->agency;
    m->agency = rules_agency(m->in->rules, feed, strlen(feed));
    m->d->agency = m->agency != NULL ? m->agency->name : feed;
    source_other(m, "agency", agency_from_word(AGENCY_FEED));
    return true;
}

static bool make_agency(struct making *m)
{
    const struct claim *c = &m->facts->agency, *other = &m->facts->agency_other;
    bool printed = c->line != FACTS_NO_LINE;
    if (m->in->feed->agency[0] != '\0' && (!printed || c->from > AGENCY_FEED))
        return feed_agency(m);
    if (!printed)
        return true;
    m->agency = c->agency;
    m->d->agency = c->agency != NULL ? c->agency->name : arena_text(m->arena, c->words.p, c->words.n);
    if (m->d->agency == NULL ||
        !source_words(m, "agency", c->line, c->words, agency_from_word((enum agency_from)c->from)))
        return false;
    if (other->line != FACTS_NO_LINE &&
        !warn(m, other->line, "the %s says '%.*s', not %s", agency_from_word((enum agency_from)other->from),
              shown(other->words), other->words.p, m->d->agency))
        return false;
    return c->agency != NULL ||
           warn(m, c->line, "agency '%.*s' is not in the rules", shown(c->words), c->words.p);
}

static bool make_country(struct making *m)
{
    const char *rule, *file = m->file->country;
    struct place_clues clues = {.region = m->facts->region,
                                .printed = m->facts->country,
                                .agency = m->agency != NULL ? m->agency->country : NULL,
                                .file = file[0] != '\0' ? file : NULL};
    const struct claim *place = &m->facts->place;
    m->d->country = place_country(m->in->rules, place->words, &clues, &rule);
    if (m->d->country == NULL && m->facts->country_line == place->line) {
        m->d->country = m->facts->country; // "SADAKHLO, Georgia, March 3"
        rule = "country beside the town";
    }
    struct view words =
        clues.region.n > 0 && strcmp(rule, "region behind the town") == 0 ? clues.region : place->words;
    return m->d->country == NULL || source_words(m, "country", place->line, words, rule);
}

static bool make_located(struct making *m)
{
    const struct claim *place = &m->facts->place;
    if (m->facts->dateline_line != FACTS_NO_LINE) {
        struct view words = m->facts->dateline.words;
        m->d->dateline = arena_text(m->arena, words.p, words.n);
        if (m->d->dateline == NULL ||
            !source_words(m, "dateline", m->facts->dateline_line, words, "dateline"))
            return false;
    }
    if (place->line == FACTS_NO_LINE) {
        if (m->facts->country_line == FACTS_NO_LINE)
            return true;
        m->d->country = m->facts->country;
        return source_line(m, "country", m->facts->country_line, "country line");
    }
    m->d->located = text_title(m->arena, place->words.p, place->words.n);
    return m->d->located != NULL &&
           source_words(m, "located", place->line, place->words,
                        place_from_word((enum place_from)place->from)) &&
           make_country(m);
}

/* "+04:00"; "-00:00" when nobody knows (RFC 3339, section 4.3). */
static const char *make_offset(struct making *m, const struct printed *p)
{
    const char *feed = m->in->feed->zone[0] != '\0' ? m->in->feed->zone : NULL;
    const char *named = p->time != NULL ? p->time->when.zone : NULL;
    const char *agency = m->agency != NULL ? m->agency->zone : NULL;
    const char *zone = named != NULL ? named : agency != NULL ? agency : feed;
    int minutes = p->offset;
    bool known = p->has_offset || (zone != NULL && text_zone_offset(zone, p->year, p->month, p->day, p->hour,
                                                                    p->minute, &minutes));
    int size = minutes < 0 ? -minutes : minutes;
    source_other(m, "zone",
                 p->has_offset || named != NULL ? "printed"
                 : !known                       ? "not known"
                 : zone == agency               ? "the agency's"
                                                : "the feed's");
    return known ? arena_printf(m->arena, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60)
                 : "-00:00";
}

static bool odd_date(struct making *m, const struct dated *d, const char *taken)
{
    return warn(m, d->line, "no such date or time: '%.*s'%s%s", shown(d->words), d->words.p,
                taken != NULL ? "; taken is that of the " : "", taken != NULL ? taken : "");
}

static bool warn_time(struct making *m)
{
    const struct printed *p = m->printed;
    const struct dated *d = p->date;
    if (p->mended != NULL && !odd_date(m, p->mended, date_from_word(d->from)))
        return false;
    if (d->when.repaired &&
        !warn(m, d->line, "misprinted, read as month %d: '%.*s'", p->month, shown(d->words), d->words.p))
        return false;
    if (m->file->guessed[m->index] &&
        !warn(m, d->line, "day and month may stand the other way round: '%.*s'", shown(d->words), d->words.p))
        return false;
    return p->other == NULL || warn(m, p->other->line, "the %s says '%.*s', another day than the %s",
                                    date_from_word(p->other->from), shown(p->other->words), p->other->words.p,
                                    date_from_word(d->from));
}

static bool make_time(struct making *m)
{
    const struct printed *p = m->printed;
    m->d->time_precision = "none";
    if (p->odd)
        return odd_date(m, p->date, NULL);
    if (p->date == NULL || p->day == 0)
        return p->time == NULL || warn(m, p->time->line, "a time without a date");
    const char *offset = make_offset(m, p);
    m->d->time_precision = p->has_time ? "minute" : "day";
    m->d->content_created = offset == NULL
                                ? NULL
                                : arena_printf(m->arena, "%04d-%02d-%02dT%02d:%02d:%02d%s", p->year, p->month,
                                               p->day, p->hour, p->minute, p->second, offset);
    if (m->d->content_created == NULL ||
        !source_words(m, "contentCreated", p->date->line, p->date->words, date_from_word(p->date->from)))
        return false;
    if (p->time != NULL && p->time != p->date &&
        !source_words(m, "contentCreated", p->time->line, p->time->words, date_from_word(p->time->from)))
        return false;
    if (!p->year_printed)
        source_other(m, "contentCreated", "year of the neighbours, or of the arrival");
    return warn_time(m);
}

static bool make_by(struct making *m)
{
    const struct facts *f = m->facts;
    for (size_t i = 0; i < f->nby; i++) {
        struct view name = f->by[i].words;
        m->d->by = m->d->by == NULL ? arena_text(m->arena, name.p, name.n)
                                    : arena_printf(m->arena, "%s, %.*s", m->d->by, (int)name.n, name.p);
        if (m->d->by == NULL ||
            !source_words(m, "by", f->by[i].line, name, by_from_word((enum by_from)f->by[i].from)))
            return false;
    }
    const struct claim *other = &f->by_other;
    return other->line == FACTS_NO_LINE ||
           warn(m, other->line, "the %s says '%.*s'", by_from_word((enum by_from)other->from),
                shown(other->words), other->words.p);
}

/* What wires print for desks. A level in the headline counts as well. */
static bool make_slug(struct making *m)
{
    const struct facts *f = m->facts;
    const struct split_slice *s = m->slice;
    unsigned level = s->title < s->title_end ? slug_urgency(m->lines[s->title].text) : 0;
    m->d->urgency = f->urgency != 0 ? f->urgency : level != 0 ? level : m->in->feed->urgency;
    if (f->urgency != 0 || level != 0) {
        if (!source_line(m, "urgency", f->urgency != 0 ? f->urgent.line : s->title, "as printed"))
            return false;
    } else if (m->d->urgency != 0)
        source_other(m, "urgency", "feed default");
    if (f->slug.line == FACTS_NO_LINE)
        return true;
    m->d->slugline = arena_text(m->arena, f->slug.words.p, f->slug.words.n);
    return m->d->slugline != NULL && source_words(m, "slugline", f->slug.line, f->slug.words, "as printed");
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
    if (text != NULL && *out != NULL)
        text = arena_printf(m->arena, "%s\n%s", *out, text);
    *out = text;
    return text != NULL && source_line(m, field, first, line_word(class));
}

static void make_language(struct making *m)
{
    const struct conf_feed *feed = m->in->feed;
    const char *headline = m->d->headline, *rule = "feed default";
    m->d->language = feed->language[0] != '\0' ? feed->language : NULL;
    if (m->d->language == NULL) {
        m->d->language = text_language(m->body.text, m->body.n);
        rule = "text";
    }
    if (m->d->language == NULL && headline != NULL) {
        m->d->language = text_language(headline, strlen(headline));
        rule = "headline";
    }
    if (m->d->language == NULL && m->agency != NULL) {
        m->d->language = m->agency->language;
        rule = "agency";
    }
    if (m->d->language != NULL)
        source_other(m, "language", rule);
}

static bool warn_charset(struct making *m)
{
    size_t bad = 0, first_bad = 0, foreign = 0, first_foreign = 0;
    for (size_t i = m->slice->end; i > m->slice->first; i--) {
        bad += m->lines[i - 1].bad;
        first_bad = m->lines[i - 1].bad > 0 ? i - 1 : first_bad;
        foreign += m->lines[i - 1].foreign;
        first_foreign = m->lines[i - 1].foreign ? i - 1 : first_foreign;
    }
    if (bad > 0 && !warn(m, first_bad, "%zu characters could not be decoded and became U+FFFD", bad))
        return false;
    return foreign == 0 || warn(m, first_foreign, "%zu lines are in %s, not in %s", foreign,
                                m->file->decoded->foreign, m->file->decoded->charset);
}

static bool make_body(struct making *m)
{
    if (!body_make(m->arena, m->in->rules, m->lines, m->slice, m->file->margin, &m->body))
        return false;
    m->d->body = m->body.n > 0 ? m->body.text : NULL;
    make_language(m);
    if (!warn_charset(m))
        return false;
    return m->body.n > 0 ? source_lines(m, "body", m->body.first, m->body.end, "text behind the head")
                         : warn(m, m->slice->first, "no text under the headline");
}

bool making_fields(struct making *m)
{
    return make_headline(m) && make_agency(m) && make_located(m) && make_time(m) && make_by(m) &&
           make_slug(m) && make_credit(m, LINE_EDITED, "edNote", &m->d->ed_note) &&
           make_credit(m, LINE_SOURCE, "usageTerms", &m->d->usage_terms) &&
           make_credit(m, LINE_COPYRIGHT, "usageTerms", &m->d->usage_terms) && make_body(m);
}
