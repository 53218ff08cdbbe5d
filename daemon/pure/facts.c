// SPDX-License-Identifier: MIT
/* facts: see facts.h. */
#include "daemon/pure/facts.h"

static void stamp_take(const struct rules *rules, const struct line *lines, size_t i, struct facts *f)
{
    struct stamp stamp;
    if (!stamp_read(rules, lines[i].text, &stamp)) {
        if (lines[i].class == LINE_AGENCY && f->agency == NULL && f->agency_name.n == 0) {
            f->agency_name = lines[i].text;
            f->agency_line = i;
        }
        return;
    }
    if (stamp.agency != NULL && f->agency == NULL) {
        f->agency = stamp.agency;
        f->agency_line = i;
    }
    f->country = f->country == NULL ? stamp.country : f->country;
    // A second time line ("updated") says nothing of when it was made; a date and a time on two lines belong
    // together.
    struct when *when = &f->stamp;
    if (stamp.when.day != 0 && when->day == 0) {
        when->year = stamp.when.year;
        when->month = stamp.when.month;
        when->day = stamp.when.day;
        when->odd = when->odd || stamp.when.odd;
        f->stamp_line = i;
    }
    if (stamp.when.has_time && !when->has_time) {
        when->has_time = true;
        when->hour = stamp.when.hour;
        when->minute = stamp.when.minute;
        when->second = stamp.when.second;
        when->has_offset = stamp.when.has_offset;
        when->offset = stamp.when.offset;
        when->odd = when->odd || stamp.when.odd;
        f->stamp_line = f->stamp_line == FACTS_NO_LINE ? i : f->stamp_line;
    }
}

void facts_read(const struct rules *rules, const struct line *lines, const struct split_slice *slice,
                struct facts *out)
{
    *out = (struct facts){
        .agency_line = FACTS_NO_LINE, .stamp_line = FACTS_NO_LINE, .dateline_line = FACTS_NO_LINE};
    for (size_t i = slice->first; i < slice->head_end; i++)
        if (lines[i].class == LINE_TIME || lines[i].class == LINE_AGENCY || lines[i].class == LINE_COUNTRY)
            stamp_take(rules, lines, i, out);
    // Behind the first line of the text when a caption stands there.
    for (size_t i = slice->head_end; i < slice->end && i < slice->head_end + 4; i++) {
        if (lines[i].class != LINE_DATELINE || !dateline_read(rules, lines[i].text, &out->dateline))
            continue;
        out->dateline_line = i;
        if (out->dateline.agency != NULL && out->agency == NULL) {
            out->agency = out->dateline.agency;
            out->agency_line = i;
            out->agency_name.n = 0;
        }
        break;
    }
}

void facts_printed(const struct facts *f, struct printed *out)
{
    const struct when *stamp = &f->stamp, *line = &f->dateline.when;
    bool in_dateline = f->dateline_line != FACTS_NO_LINE;
    *out = (struct printed){.line = f->stamp_line,
                            .has_time = stamp->has_time,
                            .hour = stamp->hour,
                            .minute = stamp->minute,
                            .second = stamp->second,
                            .has_offset = stamp->has_offset,
                            .offset = stamp->offset};
    bool stamped = stamp->day != 0 || stamp->odd;
    out->mended = stamp->odd && in_dateline && line->day != 0 && !line->odd;
    const struct when *date = out->mended ? line : stamped ? stamp : in_dateline ? line : NULL;
    if (date == NULL)
        return;
    if (out->mended)
        out->has_time = stamp->has_time && stamp->hour < 24 && stamp->minute < 60 && stamp->second <= 60;
    out->line = date == stamp ? f->stamp_line : f->dateline_line;
    out->odd = date->odd;
    if (date->odd || date->day == 0)
        return;
    out->year = date->year;
    if (date->year == 0 && in_dateline && line->month == date->month && line->day == date->day)
        out->year = line->year;
    if (out->mended && date->year == 0 && date->day <= when_month_days(stamp->year, date->month))
        out->year = stamp->year;
    out->month = date->month;
    out->day = date->day;
    out->year_printed = out->year != 0;
}

static int year_by(int month, int day, int64_t arrival)
{
    int year = when_near(month, day, arrival);
    while (when_days(year, month, day) > arrival + 1 || day > when_month_days(year, month))
        year--;
    return year;
}

void facts_years(struct printed *all, size_t n, int64_t arrival)
{
    const struct printed *near = NULL;
    for (size_t i = 0; i < n && near == NULL; i++)
        near = all[i].year_printed ? &all[i] : NULL;
    for (size_t i = 0; i < n; i++) {
        struct printed *p = &all[i];
        if (p->year_printed)
            near = p;
        if (p->day == 0 || p->year != 0)
            continue;
        p->year = near == NULL ? year_by(p->month, p->day, arrival)
                               : when_near(p->month, p->day, when_days(near->year, near->month, near->day));
        // 29 February where the years around have none.
        p->odd = p->day > when_month_days(p->year, p->month);
        p->day = p->odd ? 0 : p->day;
    }
}
