// SPDX-License-Identifier: MIT
/* mark: see mark.h. Words are taken off the end, one after the other, as long as they are marks. */
#include "daemon/pure/mark.h"

#include "daemon/pure/text.h"

#include <string.h>

#define WORD_BYTES 60 /* of the longest word that is looked at */
#define INITIALS 3
#define CODE_MAX 3
#define SIGNED_MIN 4 /* bytes: "M.V." */
#define MARK_WORDS 5 /* "PTI KR SAB" and one more */

/* "0", "00", "30"; a desk's code of figures and capitals: "06D", "K7". Any other number counts pages. */
static bool zero_code(struct view v)
{
    size_t figures = 0, capitals = 0;
    for (size_t i = 0; i < v.n; i++) {
        figures += v.p[i] >= '0' && v.p[i] <= '9';
        capitals += v.p[i] >= 'A' && v.p[i] <= 'Z';
    }
    bool known = figures == v.n && (*v.p == '0' || (v.n == 2 && memcmp(v.p, "30", 2) == 0));
    return figures > 0 && figures + capitals == v.n && v.n <= CODE_MAX && (known || capitals > 0);
}

/* "-0-", "--0--", "- 30 -", "-06D-" with dashes of any kind. */
static bool zero_mark(struct view v)
{
    size_t at = scan_dash(v.p, v.n), code = 0, back = 0;
    at += at == 0 ? 0 : scan_blanks(v.p + at, v.n - at);
    while (at > 0 && at + code < v.n && (unsigned char)v.p[at + code] < 0x80 &&
           scan_letter(v.p + at + code, 1) > 0)
        code++;
    if (code == 0 || !zero_code((struct view){v.p + at, code}))
        return false;
    at += code + scan_blanks(v.p + at + code, v.n - at - code);
    back = scan_dash(v.p + at, v.n - at);
    return back > 0 && at + back == v.n;
}

/* The end of the text in front of its last word. */
static size_t last_word(struct view v)
{
    size_t at = v.n, end = 0;
    while (at > 0 && v.n - at < WORD_BYTES) {
        at--;
        if (((unsigned char)v.p[at] & 0xc0) != 0x80 && scan_blank(v.p + at, v.n - at) > 0) {
            end = at + scan_blanks(v.p + at, v.n - at);
            break;
        }
    }
    return end;
}

/* "L.D.", "A.H": who typed it. */
static bool initials(struct view v)
{
    size_t at = 0;
    int count = 0;
    for (; at < v.n && count < INITIALS; count++) {
        size_t letter = scan_letter(v.p + at, v.n - at);
        if (letter == 0 || !text_is_upper(v.p + at, letter))
            return false;
        at += letter;
        if (at < v.n && v.p[at++] != '.')
            return false;
    }
    return count > 0 && at == v.n && v.n > 1;
}

/* "jh/pvh/rl", "MK/LS/210", "(UK-CE)": two or more groups of up to four small letters, or of capitals. */
static bool desk_mark(struct view v)
{
    bool round = v.n > 2 && *v.p == '(' && v.p[v.n - 1] == ')';
    v = round ? (struct view){v.p + 1, v.n - 2} : v;
    size_t groups = 1, letters = 0;
    char least = v.n > 0 && *v.p >= 'a' ? 'a' : 'A', most = (char)(least + 25);
    for (size_t i = 0; i < v.n; i++) {
        bool figure = groups > 1 && least == 'A' && v.p[i] >= '0' && v.p[i] <= '9';
        if (((v.p[i] >= least && v.p[i] <= most) || figure) && letters < 4)
            letters++;
        else if ((v.p[i] == '/' || v.p[i] == '-') && letters >= 2) {
            groups += v.p[i] == '/' || round;
            letters = 0;
        } else
            return false;
    }
    return groups >= 2 && letters >= 2;
}

/* "/VT/": the initials of who typed it, between strokes. */
static bool stroke_mark(struct view v)
{
    size_t letters = 0;
    while (letters + 1 < v.n && v.p[letters + 1] >= 'A' && v.p[letters + 1] <= 'Z')
        letters++;
    return v.n > 3 && *v.p == '/' && letters >= 2 && letters <= 4 && letters + 2 == v.n && v.p[v.n - 1] == '/';
}

/* Words of the rules; plain ones ("Ends") only in capitals, as a sentence may end with them. */
static bool word_mark(const struct rules *rules, struct view v)
{
    if (rules_line(rules, v.p, v.n) != RULES_LINE_END)
        return false;
    bool plain = scan_word(v.p, v.n) == v.n && v.n <= 4;
    return !plain || text_is_upper(v.p, v.n);
}

/* "KR", "fs": whose hands it went through. */
static bool code_mark(struct view v)
{
    bool upper = text_is_upper(v.p, v.n), letters = v.n >= 2 && v.n <= 4;
    for (size_t i = 0; i < v.n && letters; i++)
        letters = upper ? v.p[i] >= 'A' && v.p[i] <= 'Z' : v.p[i] >= 'a' && v.p[i] <= 'z';
    return letters;
}

/* "==Kyodo", "PTI"; a common word only behind two signs, "--SPA", "//Petra//" */
static bool agency_mark(const struct rules *rules, struct view v)
{
    size_t signs = 0;
    for (; v.n > 0 && strchr("=-(/", *v.p) != NULL && *v.p != '\0'; signs++)
        v = view_from(v, 1);
    while (v.n > 0 && (v.p[v.n - 1] == ')' || v.p[v.n - 1] == '-' || v.p[v.n - 1] == '=' || v.p[v.n - 1] == '/'))
        v.n--;
    return v.n > 0 && rules_agency(rules, v.p, v.n) != NULL &&
           (signs > 1 || !rules_agency_common(rules, v.p, v.n));
}

/* The mark at the end of a last word: "A.H.-0--" without its "-0--". A word that is a mark is a whole one. */
static size_t glued_mark(struct view v)
{
    if (zero_mark(v))
        return 0;
    for (size_t i = 1; i < v.n; i++)
        if (scan_dash(v.p + i, v.n - i) > 0)
            return zero_mark(view_from(v, i)) ? i : 0;
    return 0;
}

size_t end_mark(const struct rules *rules, struct view text)
{
    struct view left = scan_trim(text);
    size_t found = text.n;
    bool zero = false;
    if (left.n == 0)
        return text.n;
    if (zero_mark(left) || (left.n <= WORD_BYTES && rules_line(rules, left.p, left.n) == RULES_LINE_END))
        return 0;
    for (int words = 0; words < MARK_WORDS && left.n > 0; words++) {
        size_t at = last_word(left);
        at += glued_mark(view_from(left, at));
        struct view word = view_from(left, at);
        bool zeroed = zero_mark(word), mark = zeroed || word_mark(rules, word) || desk_mark(word) || stroke_mark(word);
        // "... or 386.5. M.V.": without a mark behind them initials need a sentence in front, and both full stops.
        bool signs = words == 0 && word.n >= SIGNED_MIN && word.p[word.n - 1] == '.' && at > 0 &&
                     scan_ends_sentence(scan_trim((struct view){left.p, at}));
        bool house = agency_mark(rules, word), typist = (zero || signs) && initials(word);
        if (!mark && !house && !typist && !code_mark(word))
            break;
        left = scan_trim((struct view){left.p, at});
        zero = zeroed;
        // Alone a house is its line; codes count in front of nothing but a house.
        bool closed = typist && left.n > 0 && strchr(")]\"", left.p[left.n - 1]) != NULL;
        bool doubled = word.n > 2 && word.p[0] == word.p[1]; // "--SPA"
        bool ends =
            left.n == 0 ? mark || typist || doubled || word.p[0] == '=' : closed || scan_ends_sentence(left);
        if (zeroed || (ends && (mark || house || typist)))
            found = left.n;
    }
    return found;
}
