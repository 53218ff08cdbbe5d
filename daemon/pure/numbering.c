// SPDX-License-Identifier: MIT
/* numbering: see numbering.h. */
#include "daemon/pure/numbering.h"

#include <string.h>

#define FIGURES 3 /* of a number: a digest has at most so many dispatches that anybody numbers */

/* Bytes of "12. ", "(3) ", "[4]", "5) ", "6/", "7 - " at the front; 0 = there is none. */
static size_t number_at(struct view v, int *number)
{
    bool open = v.n > 1 && (*v.p == '(' || *v.p == '[');
    size_t at = open, digits = at < v.n ? scan_number(v.p + at, v.n - at, FIGURES, number) : 0;
    at += digits;
    if (digits == 0 || at >= v.n)
        return 0;
    size_t blank = scan_blanks(v.p + at, v.n - at), dash = scan_dash(v.p + at + blank, v.n - at - blank);
    if (!open && blank > 0 && dash > 0)
        return at + blank + dash + scan_blanks(v.p + at + blank + dash, v.n - at - blank - dash);
    if (strchr(open ? ")]" : ".)/:", v.p[at]) == NULL)
        return 0;
    at++;
    return at + scan_blanks(v.p + at, v.n - at);
}

/* Bytes of a run of one sign that is no quotation mark or bracket, and the blank behind it: "* ", "-- ", "##
 * ", a bullet. */
static size_t sign_at(struct view v)
{
    size_t dash = scan_dash(v.p, v.n), at = dash;
    if (dash == 0 && v.n > 2 && (*v.p == '*' || *v.p == '#' || *v.p == '=' || *v.p == '+' || *v.p == '>'))
        while (at < v.n && v.p[at] == *v.p)
            at++;
    // U+2022, U+25A0 to U+27BF: bullets, boxes, arrows, stars
    else if (dash == 0 && v.n > 3 &&
             (memcmp(v.p, "\xe2\x80\xa2", 3) == 0 ||
              ((unsigned char)v.p[0] == 0xe2 && (unsigned char)v.p[1] >= 0x96 &&
               (unsigned char)v.p[1] <= 0x9e)))
        at = 3;
    return at;
}

/* The words of a headline without the sign around it. */
static struct view without_sign(struct view v, size_t sign)
{
    struct view front = {v.p, sign}, rest = view_from(v, sign);
    if (rest.n > sign && memcmp(rest.p + rest.n - sign, front.p, sign) == 0)
        rest.n -= sign; // "**Ferry sails**"
    return scan_trim(rest);
}

/* Whether most headlines have numbers, each the next or, where a headline is not found, the one behind it. */
static bool all_numbered(const struct line *lines, const struct split *split)
{
    int last = 0, number;
    size_t numbered = 0;
    for (size_t k = 0; k < split->n; k++) {
        struct view v = lines[split->slices[k].title].text;
        size_t used = split->slices[k].title == split->slices[k].title_end ? 0 : number_at(v, &number);
        if (used == 0 || used == v.n)
            continue;
        if (numbered > 0 && (number <= last || number > last + 2))
            return false;
        last = number;
        numbered++;
    }
    return numbered > 1 && numbered * 4 >= split->n * 3;
}

static bool begins_signed(struct view v, struct view sign)
{
    return sign.n > 0 && v.n > sign.n && sign_at(v) == sign.n && memcmp(v.p, sign.p, sign.n) == 0;
}

/* The sign that most headlines begin with; .n 0 = there is none. */
static struct view all_signed(const struct line *lines, const struct split *split)
{
    struct view sign = {"", 0};
    size_t with = 0;
    for (size_t k = 0; k < split->n; k++) {
        const struct split_slice *slice = &split->slices[k];
        struct view v = lines[slice->title].text;
        if (slice->title == slice->title_end)
            continue;
        if (sign.n == 0)
            sign = (struct view){v.p, sign_at(v)};
        with += begins_signed(v, sign);
    }
    return with > 1 && with * 4 >= split->n * 3 ? sign : (struct view){"", 0};
}

void numbering_strip(struct line *lines, const struct split *split)
{
    if (split->n < 2)
        return;
    bool numbered = all_numbered(lines, split);
    struct view sign = numbered ? (struct view){"", 0} : all_signed(lines, split);
    for (size_t k = 0; k < split->n; k++) {
        struct view *v = &lines[split->slices[k].title].text, bare = *v;
        int number;
        if (split->slices[k].title == split->slices[k].title_end)
            continue;
        if (numbered)
            bare = scan_trim(view_from(*v, number_at(*v, &number)));
        else if (begins_signed(*v, sign))
            bare = without_sign(*v, sign.n);
        *v = bare.n > 0 ? bare : *v;
    }
}
