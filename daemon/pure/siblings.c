// SPDX-License-Identifier: MIT
/* siblings: see siblings.h. Linear: of the file's other dates each dispatch looks at those next to it. */
#include "daemon/pure/siblings.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_DAYS 3
#define WEEK_DAYS 7
#define HOUSES 32 /* of one file that are told apart; what comes behind goes by the whole file's evidence */

/* For day first, and for month first. */
struct votes {
    unsigned sure[2];          /* dates that can be only one of them */
    unsigned near[2];          /* dates that fit their neighbours in one of them only */
    int64_t least[2], most[2]; /* days since 1970 of the dates that can be both; all zero: there are none */
    bool any;
};

enum order { DAY_FIRST, MONTH_FIRST, UNKNOWN };

static int64_t days_of(const struct when *w, enum order order)
{
    return order == DAY_FIRST ? when_days(w->year, w->month, w->day) : when_days(w->year, w->day, w->month);
}

/* --- houses behind towns -------------------------------------------------------------------------------- */

static bool same(struct view a, struct view b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* Whether words that nobody knows stand behind the town, and no house is named. */
static bool strange_region(const struct rules *rules, const struct facts *f)
{
    struct view region = f->dateline.region;
    return f->dateline_line != FACTS_NO_LINE && region.n > 2 && f->dateline.agency_words.n == 0 &&
           f->agency.line == FACTS_NO_LINE && rules_country(rules, region.p, region.n) == NULL &&
           rules_place(rules, region.p, region.n, NULL) == NULL;
}

void siblings_houses(const struct rules *rules, struct facts *all, size_t n)
{
    struct view region = {"", 0}, town = {"", 0};
    bool towns = false;
    for (size_t i = 0; i < n; i++) {
        if (!strange_region(rules, &all[i]) || (region.n > 0 && !same(region, all[i].dateline.region)))
            continue;
        towns = towns || (region.n > 0 && !same(town, all[i].dateline.town));
        region = all[i].dateline.region;
        town = all[i].dateline.town;
    }
    for (size_t i = 0; i < n && towns; i++) {
        struct facts *f = &all[i];
        if (!strange_region(rules, f) || !same(region, f->dateline.region))
            continue;
        f->agency = (struct claim){f->dateline_line, region, AGENCY_DATELINE, NULL};
        f->region.n = 0;
    }
}

/* --- one dispatch --------------------------------------------------------------------------------------- */

/* The date in figures that can be read in two ways; NULL = none is printed. */
static struct dated *swappable(struct facts *f)
{
    for (size_t i = 0; i < f->ndates; i++)
        if (f->dates[i].when.swappable && f->dates[i].when.year != 0)
            return &f->dates[i];
    return NULL;
}

/* Whether a date in figures, with a slash or a hyphen, has a number over 12 where only a day can be. */
static enum order figures_order(struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        int a, b, year;
        size_t na = scan_number(v.p + i, v.n - i, 2, &a);
        if (na == 0 || (i > 0 && v.p[i - 1] >= '0' && v.p[i - 1] <= '9'))
            continue;
        const char *p = v.p + i + na;
        size_t rest = v.n - i - na;
        size_t nb = rest > 2 && (*p == '/' || *p == '-') ? scan_number(p + 1, rest - 1, 2, &b) : 0;
        if (nb == 0 || rest < nb + 4 || p[nb + 1] != *p ||
            scan_number(p + nb + 2, rest - nb - 2, 4, &year) < 2)
            continue;
        if (a > 12 && a <= 31 && b <= 12)
            return DAY_FIRST;
        if (b > 12 && b <= 31 && a <= 12)
            return MONTH_FIRST;
    }
    return UNKNOWN;
}

static enum order sure_order(const struct facts *f)
{
    for (size_t i = 0; i < f->ndates; i++) {
        enum order order = f->dates[i].when.odd ? UNKNOWN : figures_order(f->dates[i].words);
        if (order != UNKNOWN)
            return order;
    }
    return UNKNOWN;
}

/* A date with one reading; NULL = none. */
static const struct when *certain(const struct facts *f)
{
    for (size_t i = 0; i < f->ndates; i++) {
        const struct when *w = &f->dates[i].when;
        if (w->day != 0 && !w->odd && !w->swappable)
            return w;
    }
    return NULL;
}

/* Which order puts `w` near the date `by`, the other one not. */
static enum order nearer(const struct when *w, const struct when *by)
{
    int64_t far[2];
    for (int order = 0; order < 2; order++) {
        int64_t day = days_of(w, (enum order)order);
        int year = by->year != 0 ? by->year : when_near(by->month, by->day, day);
        far[order] = llabs(day - when_days(year, by->month, by->day));
    }
    bool near[2] = {far[0] <= NEAR_DAYS, far[1] <= NEAR_DAYS};
    return near[0] == near[1] ? UNKNOWN : near[0] ? DAY_FIRST : MONTH_FIRST;
}

/* --- houses --------------------------------------------------------------------------------------------- */

struct houses {
    const struct rules_agency *who[HOUSES];
    struct votes votes[HOUSES + 1]; /* the last is the file's */
    size_t n;
};

static struct votes *house_votes(struct houses *h, const struct facts *f)
{
    size_t i = 0;
    while (i < h->n && h->who[i] != f->agency.agency)
        i++;
    if (i == h->n && h->n < HOUSES)
        h->who[h->n++] = f->agency.agency;
    return &h->votes[i < HOUSES ? i : HOUSES];
}

static void vote_take(struct votes *v, const struct when *w, enum order sure, enum order near)
{
    if (sure != UNKNOWN)
        v->sure[sure]++;
    if (near != UNKNOWN)
        v->near[near]++;
    for (int order = 0; w != NULL && order < 2; order++) {
        int64_t day = days_of(w, (enum order)order);
        v->least[order] = !v->any || day < v->least[order] ? day : v->least[order];
        v->most[order] = !v->any || day > v->most[order] ? day : v->most[order];
    }
    v->any = v->any || w != NULL;
}

static enum order vote_result(const struct votes *v)
{
    if (v->sure[0] != v->sure[1])
        return v->sure[0] > v->sure[1] ? DAY_FIRST : MONTH_FIRST;
    if (v->near[0] != v->near[1])
        return v->near[0] > v->near[1] ? DAY_FIRST : MONTH_FIRST;
    int64_t span[2] = {v->most[0] - v->least[0], v->most[1] - v->least[1]};
    bool close[2] = {v->any && span[0] <= WEEK_DAYS, v->any && span[1] <= WEEK_DAYS};
    return close[0] == close[1] ? UNKNOWN : close[0] ? DAY_FIRST : MONTH_FIRST;
}

/* Countries that print the month first. */
static bool month_first_country(const struct facts *f)
{
    const char *country = f->agency.agency != NULL ? f->agency.agency->country : f->country;
    return country != NULL && strcmp(country, "us") == 0;
}

static enum order order_of(const struct houses *h, const struct votes *own, const struct facts *f,
                           const struct when *w, int64_t arrival)
{
    enum order order = vote_result(own);
    if (order == UNKNOWN)
        order = vote_result(&h->votes[HOUSES]);
    bool late[2] = {days_of(w, DAY_FIRST) > arrival + 1, days_of(w, MONTH_FIRST) > arrival + 1};
    if (order == UNKNOWN && late[0] != late[1])
        order = late[0] ? MONTH_FIRST : DAY_FIRST;
    return order == UNKNOWN && month_first_country(f) ? MONTH_FIRST : order;
}

void siblings_orders(struct facts *all, size_t n, int64_t arrival, bool *guessed)
{
    struct houses h = {.n = 0};
    const struct when *before = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct dated *d = swappable(&all[i]);
        const struct when *own = certain(&all[i]), *by = own != NULL ? own : before;
        const struct when *behind = i + 1 < n ? certain(&all[i + 1]) : NULL;
        enum order sure = sure_order(&all[i]),
                   near = d != NULL && by != NULL ? nearer(&d->when, by) : UNKNOWN;
        if (d != NULL && near == UNKNOWN && own == NULL && behind != NULL)
            near = nearer(&d->when, behind);
        struct votes *votes = house_votes(&h, &all[i]);
        vote_take(votes, d != NULL ? &d->when : NULL, sure, near);
        if (votes != &h.votes[HOUSES])
            vote_take(&h.votes[HOUSES], d != NULL ? &d->when : NULL, sure, near);
        before = own != NULL ? own : before;
    }
    for (size_t i = 0; i < n; i++) {
        struct dated *d = swappable(&all[i]);
        guessed[i] = false;
        if (d == NULL)
            continue;
        enum order order = order_of(&h, house_votes(&h, &all[i]), &all[i], &d->when, arrival);
        guessed[i] = order == UNKNOWN;
        if (order == MONTH_FIRST) {
            int day = d->when.month;
            d->when.month = d->when.day;
            d->when.day = day;
        }
    }
}

/* --- years ---------------------------------------------------------------------------------------------- */

static int year_by(int month, int day, int64_t arrival)
{
    int year = when_near(month, day, arrival);
    while (when_days(year, month, day) > arrival + 1 || day > when_month_days(year, month))
        year--;
    return year;
}

void siblings_years(struct printed *all, size_t n, int64_t arrival)
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
