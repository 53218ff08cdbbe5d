// SPDX-License-Identifier: MIT
/* dates: facts_printed() of facts.h: the date of the best source that has one that can be, the time of day of
 * the best that has one and means the same day. */
#include "daemon/pure/facts.h"

static bool has_date(const struct when *w)
{
    return w->day != 0 || w->odd;
}

static bool same_day(const struct when *a, const struct when *b)
{
    return a->month == b->month && a->day == b->day && (a->year == b->year || a->year == 0 || b->year == 0);
}

static bool clock_possible(const struct when *w)
{
    return w->has_time && w->hour < 24 && w->minute < 60 && w->second <= 60;
}

/* A source that is the dispatch's own and better than a heading or a headline. */
static bool own(const struct dated *d)
{
    return d->from <= DATE_END;
}

static void take_date(const struct facts *f, struct printed *out)
{
    for (size_t i = 0; i < f->ndates && out->date == NULL; i++) {
        const struct dated *d = &f->dates[i];
        if (!has_date(&d->when))
            continue;
        if (!d->when.odd && (out->mended == NULL || own(d)))
            out->date = d;
        else if (d->when.odd && out->mended == NULL)
            out->mended = d;
    }
    if (out->date == NULL && out->mended != NULL) {
        out->odd = true;
        out->date = out->mended;
        out->mended = NULL;
    }
}

static void take_time(const struct facts *f, struct printed *out)
{
    for (size_t i = 0; i < f->ndates && out->time == NULL; i++) {
        const struct dated *d = &f->dates[i];
        bool fits = !has_date(&d->when) || d == out->mended || d == out->date ||
                    (!d->when.odd && out->date != NULL && same_day(&d->when, &out->date->when));
        // A clock in a heading is that of the file.
        if (fits && own(d) && d->when.has_time && (clock_possible(&d->when) || d == out->date))
            out->time = d;
    }
    if (out->time == NULL)
        return;
    out->has_time = true;
    out->hour = out->time->when.hour;
    out->minute = out->time->when.minute;
    out->second = out->time->when.second;
    out->has_offset = out->time->when.has_offset;
    out->offset = out->time->when.offset;
}

static int year_of(const struct facts *f, const struct printed *p)
{
    const struct when *w = &p->date->when;
    for (size_t i = 0; w->year == 0 && i < f->ndates; i++) {
        const struct when *other = &f->dates[i].when;
        bool same = !other->odd && other->year != 0 && same_day(w, other);
        bool odd =
            &f->dates[i] == p->mended && other->year != 0 && w->day <= when_month_days(other->year, w->month);
        if (same || odd)
            return other->year;
    }
    return w->year;
}

/* A time line and a dateline with different days. */
static const struct dated *contradiction(const struct facts *f, const struct printed *p)
{
    for (size_t i = 0; i < f->ndates; i++) {
        const struct dated *d = &f->dates[i];
        if (d != p->date && d->from <= DATE_DATELINE && d->when.day != 0 && !d->when.odd &&
            !same_day(&d->when, &p->date->when))
            return d;
    }
    return NULL;
}

void facts_printed(const struct facts *f, struct printed *out)
{
    *out = (struct printed){0};
    take_date(f, out);
    take_time(f, out);
    if (out->date == NULL || out->odd)
        return;
    out->year = year_of(f, out);
    out->month = out->date->when.month;
    out->day = out->date->when.day;
    out->year_printed = out->year != 0;
    out->other = contradiction(f, out);
}
