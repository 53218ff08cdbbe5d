// SPDX-License-Identifier: MIT
/* stencil: see stencil.h. Items are not known yet when it looks: between two of them something stands that
 * ends one or says when one was made (is_border()), so what comes again only behind such a line comes once in
 * each item. */
#include "daemon/pure/stencil.h"

#include "daemon/pure/buttons.h"
#include "daemon/pure/dateline.h"
#include "daemon/pure/tally.h"
#include "daemon/pure/text.h"

#include <string.h>

#define LINE_MAX_BYTES 120
#define LABEL_BYTES 30
#define LABEL_WORDS 3
#define COUNT_BYTES 60
#define COUNT_WORDS 3 /* "12,345 page views" */
#define APART 4  /* lines with text between two of the same form: a headline printed twice stands nearer */
#define LABELS 2 /* items that show a form: a label is much by itself */
#define COUNTS 3
#define SURE 80
#define NUMBER_BYTES 5 /* "(12)", "123)" */

enum kind { KIND_NONE, KIND_LABEL, KIND_COUNT };

struct form {
    uint32_t lines;  /* with it */
    uint32_t items;  /* of those, the first of their item */
    uint32_t beside; /* of those with it, that stand beside another label */
    uint32_t border; /* the last border above the last of them */
    uint32_t last;   /* that one, counted in lines with text */
};

struct forms {
    const struct rules *rules;
    struct line *lines;
    size_t n;
    struct tally tally;
    struct form *all; /* one for each slot of the tally */
};

/* --- what a line is like -----------------------------------------------------------------------------------
 */

/* Bytes of what may be a label, its colon included: a few words with a capital in front. */
static size_t label_bytes(struct view v)
{
    size_t most = v.n < LABEL_BYTES ? v.n : LABEL_BYTES;
    const char *colon = memchr(v.p, ':', most);
    if (colon == NULL)
        return 0;
    size_t n = (size_t)(colon - v.p), first = scan_letter(v.p, v.n);
    bool apart = n + 1 == v.n || (n > 0 && scan_blank(v.p + n + 1, v.n - n - 1) > 0);
    bool word = n > 1 && apart && first > 0 && text_is_upper(v.p, first) && (*v.p < '0' || *v.p > '9');
    return word && scan_words((struct view){v.p, n}) <= LABEL_WORDS ? n + 1 : 0;
}

static bool has_figure(struct view v)
{
    size_t i = 0;
    while (i < v.n && (v.p[i] < '0' || v.p[i] > '9'))
        i++;
    return i < v.n;
}

/* Whether four figures that could be a year stand in it. */
static bool has_year(struct view v)
{
    int year;
    for (size_t i = 0, used; i<v.n; i += used> 0 ? used : 1) {
        used = scan_number(v.p + i, v.n - i, 9, &year);
        if (used == 4 && year > 1900 && year < 2100)
            return true;
    }
    return false;
}

/* Whether a program wrapped the paragraph that line i begins: "INTRO: The price of" / "bread ..." */
static bool goes_on(const struct forms *f, size_t i)
{
    if (i + 1 >= f->n || f->lines[i + 1].class != LINE_BODY || scan_ends_sentence(f->lines[i].text))
        return false;
    struct view v = f->lines[i + 1].text;
    size_t first = scan_letter(v.p, v.n);
    return first > 0 && text_is_lower(v.p, first);
}

static enum kind kind_of(const struct forms *f, size_t i)
{
    struct view v = f->lines[i].text;
    bool plain = f->lines[i].class == LINE_BODY;
    if (!plain || v.n > LINE_MAX_BYTES)
        return KIND_NONE;
    if (label_bytes(v) > 0) // who speaks says sentences
        return (scan_ends_sentence(v) && scan_last(v) != ':') || goes_on(f, i) ? KIND_NONE : KIND_LABEL;
    bool above = i == 0 || f->lines[i - 1].class != LINE_BODY;
    bool below = i + 1 == f->n || f->lines[i + 1].class != LINE_BODY;
    if ((!above && !below) || v.n > COUNT_BYTES || !has_figure(v) || scan_ends_sentence(v))
        return KIND_NONE;
    return scan_words(v) <= COUNT_WORDS && !has_year(v) ? KIND_COUNT : KIND_NONE;
}

/* Labels are of one form whatever stands behind them. */
static uint64_t key_of(struct view v, enum kind kind)
{
    v.n = kind == KIND_LABEL ? label_bytes(v) : v.n;
    return tally_key(v, TALLY_CODES);
}

/* --- counting ----------------------------------------------------------------------------------------------
 */

static bool is_border(const struct line *line)
{
    return line->class == LINE_SEPARATOR || line->class == LINE_END || line->class == LINE_COPYRIGHT ||
           (line->class != LINE_BODY && (line->says & LINE_SAYS_DATE));
}

static bool label_like(const struct forms *f, size_t i)
{
    return f->lines[i].class == LINE_LABEL || (f->lines[i].says & LINE_SAYS_LABEL) ||
           (f->lines[i].class == LINE_BODY && label_bytes(f->lines[i].text) > 0);
}

/* Whether the line above or below, perhaps behind a gap, has a label as well. */
static bool beside_label(const struct forms *f, size_t i)
{
    size_t up = i > 1 && f->lines[i - 1].class == LINE_BLANK ? i - 2 : i - 1;
    size_t down = i + 1 < f->n && f->lines[i + 1].class == LINE_BLANK ? i + 2 : i + 1;
    return (i > 0 && label_like(f, up)) || (down < f->n && label_like(f, down));
}

static void forms_count(struct forms *f)
{
    uint32_t border = 1, shown = APART;
    for (size_t i = 0; i < f->n; i++) {
        if (f->lines[i].class == LINE_BLANK)
            continue;
        shown++;
        border += is_border(&f->lines[i]);
        enum kind kind = kind_of(f, i);
        size_t slot = kind == KIND_NONE ? TALLY_FULL : tally_take(&f->tally, key_of(f->lines[i].text, kind));
        if (slot == TALLY_FULL)
            continue;
        struct form *form = &f->all[slot];
        form->lines++;
        form->items += form->border != border && shown - form->last >= APART;
        form->beside += kind == KIND_LABEL && beside_label(f, i);
        form->border = border;
        form->last = shown;
    }
}

/* --- deciding ----------------------------------------------------------------------------------------------
 */

/* "Armenia: ...", "Interfax: ..." begin headlines. */
static bool names_something(const struct rules *rules, struct view label)
{
    return rules_country(rules, label.p, label.n) != NULL || rules_agency(rules, label.p, label.n) != NULL ||
           rules_place(rules, label.p, label.n, NULL) != NULL;
}

/* The rest of a labelled line may say when. */
static void take_label(const struct forms *f, struct line *line)
{
    struct stamp stamp;
    size_t used = label_bytes(line->text);
    struct view rest = scan_trim(view_from(line->text, used));
    if (names_something(f->rules, (struct view){line->text.p, used - 1}))
        return;
    bool dated = rest.n > 0 && stamp_read(f->rules, rest, &stamp) && stamp.when.day != 0 && !stamp.updated;
    line->class = dated ? LINE_TIME : LINE_LABEL;
    line->score = SURE;
    if (!dated)
        return;
    line->text = rest;
    line->says = LINE_SAYS_LABEL | LINE_SAYS_DATE | (stamp.when.has_time ? LINE_SAYS_CLOCK : 0);
}

static void form_take(const struct forms *f, size_t i)
{
    struct line *line = &f->lines[i];
    enum kind kind = kind_of(f, i);
    size_t slot = kind == KIND_NONE ? TALLY_FULL : tally_find(&f->tally, key_of(line->text, kind));
    const struct form *form = slot == TALLY_FULL ? NULL : &f->all[slot];
    bool several = form != NULL && form->items >= (kind == KIND_LABEL ? LABELS : COUNTS) &&
                   form->items * 5 >= form->lines * 4;
    bool count = several && kind == KIND_COUNT;
    if (several && kind == KIND_LABEL && form->beside * 3 >= form->lines * 2) {
        take_label(f, line);
    } else if (count || buttons_menu(f->rules, line->text)) {
        line->class = LINE_FURNITURE;
        line->score = SURE;
    }
}

/* The number of an item alone on its line, nothing right above: "3.", "(3)", "[3]", "3)". 0 = it is none. */
static int numbered(const struct forms *f, size_t i)
{
    struct view v = f->lines[i].text;
    int number;
    if (f->lines[i].class == LINE_BLANK || v.n > NUMBER_BYTES ||
        (i > 0 && f->lines[i - 1].class != LINE_BLANK))
        return 0;
    size_t open = *v.p == '(' || *v.p == '[' || *v.p == '#',
           used = scan_number(v.p + open, v.n - open, 3, &number);
    size_t end = open + used;
    bool closed = end + 1 == v.n && strchr(".)]", v.p[end]) != NULL;
    return used > 0 && (closed || (open > 0 && end == v.n)) ? number : 0;
}

/* Items that are numbered from 1 on: each number divides. */
static void numbers_take(const struct forms *f)
{
    int most = 0, next = 1;
    for (size_t i = 0; i < f->n; i++)
        most += numbered(f, i) == most + 1;
    for (size_t i = 0; most >= COUNTS && i < f->n; i++) {
        if (numbered(f, i) != next)
            continue;
        next++;
        f->lines[i].class = LINE_SEPARATOR;
        f->lines[i].score = SURE;
    }
}

bool stencil_classify(struct arena *arena, const struct rules *rules, struct line *lines, size_t n)
{
    struct forms f = {.rules = rules, .lines = lines, .n = n};
    struct arena_mark mark = arena_mark(arena);
    if (!tally_new(arena, n, &f.tally) || (f.all = arena_alloc(arena, f.tally.size * sizeof *f.all)) == NULL)
        return false;
    forms_count(&f);
    for (size_t i = n; i-- > 0;)
        if (lines[i].class == LINE_BODY)
            form_take(&f, i);
    numbers_take(&f);
    arena_release(arena, mark);
    return true;
}
