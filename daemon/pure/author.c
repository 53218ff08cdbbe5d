// SPDX-License-Identifier: MIT
/* author: author_read() and names_like() of credit.h: a line of which its place says that it names an author.
 * It refuses whatever else a line may be: a name, or several, or one beside a town or a house, and nothing
 * more. */
#include "daemon/pure/credit.h"

#include "daemon/pure/text.h"

#include <string.h>

/* Bytes of a small word in front of a town: "Anna Exemple, à Bakou". */
static size_t in_front(struct view v)
{
    static const char *const ins[] = {"in ", "à ", "в ", "en ", "aus ", "из ", "desde "};
    for (size_t i = 0; i < sizeof ins / sizeof *ins; i++)
        if (v.n > strlen(ins[i]) && memcmp(v.p, ins[i], strlen(ins[i])) == 0)
            return strlen(ins[i]);
    return 0;
}

/* Up to a comma or a bar behind `at`. */
static size_t name_end(struct view v, size_t at)
{
    while (at < v.n && v.p[at] != ',' && v.p[at] != '|')
        at++;
    return at;
}

/* Bytes of what joins two names: ",", " and "; *end: where it begins behind `at`. */
static size_t joint(struct view v, size_t at, size_t *end)
{
    static const char *const ands[] = {" and ", " und ", " et ", " y ", " e ", " и ", " և ", " & "};
    for (; at < v.n; at++) {
        *end = at;
        if (v.p[at] == ',')
            return 1;
        for (size_t i = 0; v.p[at] == ' ' && i < sizeof ands / sizeof *ands; i++)
            if (v.n - at > strlen(ands[i]) && memcmp(v.p + at, ands[i], strlen(ands[i])) == 0)
                return strlen(ands[i]);
    }
    *end = v.n;
    return 0;
}

bool names_like(const struct rules *rules, struct view v)
{
    size_t people = 0, end;
    for (size_t at = 0, used; at < v.n; at = end + used, people++) {
        used = joint(v, at, &end);
        if (!name_like(rules, scan_trim((struct view){v.p + at, end - at})))
            return false;
    }
    return people > 1;
}

bool author_read(const struct rules *rules, struct view line, struct byline *out)
{
    line = scan_unbracketed(line);
    size_t end = name_end(line, 0);
    if (byline_read(rules, line, out))
        return true;
    *out = (struct byline){.names = line};
    if (names_like(rules, line))
        return true;
    out->names = scan_trim((struct view){line.p, end});
    if (!name_full(rules, out->names))
        return false;
    if (end == line.n)
        return true;
    struct view rest = scan_trim(view_from(line, end + 1));
    rest = view_from(rest, in_front(rest));
    if (rest.n > 0 && house_named(rules, rest)) {
        out->agency_words = rest;
        return true;
    }
    // A word of a town that nobody knows; no age.
    bool word = scan_word(rest.p, rest.n) == rest.n && rest.n > 2 &&
                text_is_upper(rest.p, scan_letter(rest.p, rest.n)) && !role_alone(rules, rest);
    out->town = rest;
    return rest.n > 0 && (word || rules_place(rules, rest.p, rest.n, NULL) != NULL);
}
