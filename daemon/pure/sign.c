// SPDX-License-Identifier: MIT
/* sign: see sign.h. */
#include "daemon/pure/sign.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/dateline.h"

#include <string.h>

#define HANDS_MAX 24 /* bytes: "PTI KR SAB", "dpa at fs" */
#define INITIALS_MAX 5 /* bytes: "SAB", "(lo)" */
#define SIGN_MAX 80  /* "(Armenian Mirror-Spectator, November 8, 2012)" */

/* "KR SAB", "at fs": no word of a sentence is among them. */
static bool initials_only(struct view v)
{
    size_t letters = 0;
    for (size_t i = 0; i < v.n && letters <= INITIALS_MAX; i++)
        letters = scan_blank(v.p + i, v.n - i) > 0 ? 0 : letters + 1;
    return letters <= INITIALS_MAX;
}

/* The name of a house and perhaps initials: "EFE", "dpa at fs". */
static bool with_hands(const struct rules *rules, struct view v, struct sign *out)
{
    size_t used;
    v = scan_trim(v);
    while (v.n > 0 && (*v.p == '=' || *v.p == '/' || *v.p == '('))
        v = view_from(v, 1);
    if (v.n <= 1 || v.n > HANDS_MAX || scan_ends_sentence(v))
        return false;
    out->agency = rules_agency_at(rules, v.p, v.n, &used);
    out->house = (struct view){v.p, out->agency != NULL ? used : 0};
    return out->agency != NULL && initials_only(view_from(v, used));
}

/* What stands between brackets or strokes, or behind a dash; .n 0 = neither. */
static struct view marked(struct view v)
{
    static const char pairs[][2] = {{'(', ')'}, {'[', ']'}, {'/', '/'}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (v.n > 2 && *v.p == pairs[i][0] && v.p[v.n - 1] == pairs[i][1])
            return scan_trim((struct view){v.p + 1, v.n - 2});
    size_t dash = scan_dash(v.p, v.n);
    return dash > 0 ? scan_trim(view_from(v, dash)) : (struct view){v.p, 0};
}

/* A house with a mark, perhaps with a date; without a rule it must be called what houses are. */
static bool with_mark(const struct rules *rules, struct view v, struct sign *out)
{
    struct stamp stamp;
    struct view name = marked(v);
    if (name.n == 0 || scan_ends_sentence(name))
        return false;
    if (stamp_read(rules, name, &stamp) && stamp.agency != NULL) {
        out->house = stamp.agency_words;
        out->agency = stamp.agency;
        return true;
    }
    out->house = name;
    return house_named(rules, name);
}

/* " - 0 -", " # # #". */
static bool nameless(struct view v)
{
    bool sign = false;
    for (size_t i = 0, dash; i < v.n; i += dash > 0 ? dash : 1) {
        dash = scan_dash(v.p + i, v.n - i);
        if (dash == 0 && strchr("#*0 ", v.p[i]) == NULL)
            return false;
        sign = sign || dash > 0 || v.p[i] == '#';
    }
    return sign && v.n >= 2 && v.n <= HANDS_MAX;
}

bool sign_behind(const struct rules *rules, struct view v, struct sign *out)
{
    size_t from = v.n > SIGN_MAX ? v.n - SIGN_MAX : 0;
    for (size_t i = v.n; i > from + 1; i--) {
        bool dash = v.p[i - 1] == '.' && scan_dash(v.p + i, v.n - i) > 0; // "... said.—Trend"
        if (!dash && v.p[i - 1] != ' ')
            continue;
        struct view text = {v.p, dash ? i : i - 1}, behind = scan_trim(view_from(v, i));
        if (behind.n == 0 || !scan_ends_sentence(text))
            continue;
        *out = (struct sign){.text = text.n, .marked = true};
        if (nameless(behind) || with_mark(rules, behind, out))
            return true;
        *out = (struct sign){.text = text.n};
        if (!dash && with_hands(rules, behind, out))
            return true;
    }
    *out = (struct sign){.text = v.n};
    return false;
}

bool sign_alone(const struct rules *rules, struct view line)
{
    struct sign sign;
    return with_hands(rules, line, &sign);
}
