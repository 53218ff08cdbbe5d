// SPDX-License-Identifier: MIT
/* rules_lists: the sections of a rules file that are lists of words; see rules_read.h. */
#include "daemon/pure/rules_read.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/text.h"

#include <stdio.h>
#include <string.h>

/* A phrase that lines begin with, among those of its first byte. */
static bool take_beginning(struct reading *r, struct phrases *lists, const char *value, int kind)
{
    struct phrase *phrase = NULL;
    if (!rulefile_phrase(r, &phrase, value, true, kind))
        return false;
    struct phrase **first = &lists->first[(unsigned char)phrase->text[0]];
    phrase->next = *first;
    *first = phrase;
    return true;
}

static bool take_number(struct reading *r, struct map *map, const char *key, int number)
{
    struct numbered *kept = arena_alloc(r->rules->arena, sizeof *kept);
    if (kept == NULL)
        return rulefile_full(r);
    kept->number = number;
    return rulefile_key(r, map, key, kept);
}

/* 1..most; 0: told as a problem. */
static int read_number(struct reading *r, int line, const char *value, int most)
{
    int number = 0;
    size_t used = scan_number(value, strlen(value), 2, &number);
    if (used == strlen(value) && number >= 1 && number <= most)
        return number;
    rulefile_problem(r, line, "'%s' is no number from 1 to %d", value, most);
    return 0;
}

/* The place of a key in a list of words that ends with NULL; 0 (the first is no word): told as a problem. */
static int read_kind(struct reading *r, int line, const char *key, const char *section,
                     const char *const words[])
{
    char all[256] = "";
    for (int i = 1; words[i] != NULL; i++) {
        if (strcmp(key, words[i]) == 0)
            return i;
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", n == 0 ? "" : ", ", words[i]);
    }
    rulefile_problem(r, line, "unknown key '%s' in [%s]: %s", key, section, all);
    return 0;
}

bool rulefile_months(struct reading *r, const char *key, const char *value, int line)
{
    int month = read_number(r, line, value, 12);
    struct month_name *name = arena_alloc(r->rules->arena, sizeof *name);
    if (name == NULL)
        return rulefile_full(r);
    *name = (struct month_name){.next = r->rules->month_names, .month = month};
    name->text = text_fold(r->rules->arena, key, strlen(key), &name->n);
    if (name->text == NULL)
        return rulefile_full(r);
    if (month == 0)
        return true;
    r->rules->month_names = name;
    return take_number(r, &r->rules->months, key, month);
}

bool rulefile_weekdays(struct reading *r, const char *key, const char *value, int line)
{
    int day = read_number(r, line, value, 7);
    return day == 0 || take_number(r, &r->rules->weekdays, key, day);
}

/* "+04:00", or a zone of the tz database. */
bool rulefile_zones(struct reading *r, const char *key, const char *value, int line)
{
    struct rules_zone *zone = arena_alloc(r->rules->arena, sizeof *zone);
    if (zone == NULL)
        return rulefile_full(r);
    *zone = (struct rules_zone){0};
    int hours, minutes;
    size_t n = strlen(value);
    bool offset = n == 6 && (*value == '+' || *value == '-') && value[3] == ':' &&
                  scan_number(value + 1, 2, 2, &hours) == 2 && scan_number(value + 4, 2, 2, &minutes) == 2;
    if (!offset && !text_zone_known(value))
        return rulefile_problem(r, line, "'%s' is neither an offset (+04:00) nor a zone of the tz database",
                                value);
    if (offset)
        zone->offset = (*value == '-' ? -1 : 1) * (hours * 60 + minutes);
    else if (!rulefile_text(r, value, &zone->zone))
        return false;
    return rulefile_key(r, &r->rules->zones, key, zone);
}

bool rulefile_fillers(struct reading *r, const char *key, const char *value, int line)
{
    static const char *const kinds[] = {"", "word", "updated", "clock", "role", "length", "house", NULL};
    int kind = read_kind(r, line, key, "fillers", kinds);
    return kind == 0 || take_number(r, &r->rules->fillers, value, kind);
}

/* A whole line; with "..." at the end, what a line begins with. */
bool rulefile_lines(struct reading *r, const char *key, const char *value, int line)
{
    static const char *const kinds[] = {"",     "furniture", "contents", "kicker", "end",
                                        "mail", "note",      "slug",     "label",  "contact", NULL};
    int kind = read_kind(r, line, key, "lines", kinds);
    size_t n = strlen(value);
    if (kind == 0)
        return true;
    if (n < 4 || strcmp(value + n - 3, "...") != 0)
        return take_number(r, &r->rules->lines, value, kind);
    char *beginning = arena_text(r->rules->arena, value, n - 3);
    return beginning == NULL ? rulefile_full(r) : take_beginning(r, &r->rules->prefixes, beginning, kind);
}

bool rulefile_labels(struct reading *r, const char *key, const char *value, int line)
{
    static const char *const kinds[] = {"", "title", "text", "house", "data", "mail", "subject", "place", NULL};
    int kind = read_kind(r, line, key, "labels", kinds);
    return kind == 0 || take_number(r, &r->rules->labels, value, kind);
}

bool rulefile_credits(struct reading *r, const char *key, const char *value, int line)
{
    static const char *const kinds[] = {"", "by", "edited", "copyright", "source", "flash", NULL};
    int kind = read_kind(r, line, key, "credits", kinds);
    return kind == 0 || take_beginning(r, &r->rules->credits, value, kind);
}
