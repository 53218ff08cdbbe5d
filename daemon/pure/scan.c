// SPDX-License-Identifier: MIT
/* scan: see scan.h. Every line of every file passes here. */
#include "daemon/pure/scan.h"

#include "proto/utf8.h"

#include <string.h>

size_t scan_blank_beyond(const char *p, size_t n)
{
    uint32_t c;
    size_t used = utf8_next(p, n, &c);
    bool blank = c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200b) || c == 0x2028 ||
                 c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
    return blank ? used : 0;
}

size_t scan_letter_beyond(const char *p, size_t n)
{
    uint32_t c;
    size_t used = utf8_next(p, n, &c);
    bool other = c < 0xc0 || (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f) || c == 0xfeff ||
                 c == 0xfffd || c == 0x1680 || (c >= 0x559 && c <= 0x55f) || c == 0x589 || c == 0x58a ||
                 (c >= 0x2190 && c <= 0x2bff);
    return other ? 0 : used;
}

size_t scan_dash(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        uint32_t c = (unsigned char)p[i];
        size_t used = c < 0x80 ? 1 : utf8_next(p + i, n - i, &c);
        if (c != '-' && !(c >= 0x2010 && c <= 0x2015) && c != 0x2212 && c != 0x58a)
            break;
        i += used;
    }
    return i;
}

size_t scan_blanks(const char *p, size_t n)
{
    size_t i = 0;
    for (size_t used; (used = scan_blank(p + i, n - i)) > 0;)
        i += used;
    return i;
}

size_t scan_word(const char *p, size_t n)
{
    // A bit for each letter and digit of ASCII: a jump for each kind of sign is what would cost here.
    static const uint64_t ascii[2] = {UINT64_C(0x03ff000000000000), UINT64_C(0x07fffffe07fffffe)};
    size_t i = 0, used;
    do {
        while (i < n && (unsigned char)p[i] < 0x80 && (ascii[p[i] >> 6] >> (p[i] & 63) & 1))
            i++;
        used = i < n && (unsigned char)p[i] >= 0x80 ? scan_letter_beyond(p + i, n - i) : 0;
        i += used;
    } while (used > 0);
    return i;
}

/* Where the last character of p[0..n) begins, n > 0. */
static size_t last_at(const char *p, size_t n)
{
    size_t at = n - 1;
    while (at > 0 && n - at < 4 && ((unsigned char)p[at] & 0xc0) == 0x80)
        at--;
    return at;
}

struct view scan_trim(struct view v)
{
    size_t front = scan_blanks(v.p, v.n);
    v = view_from(v, front);
    while (v.n > 0) {
        size_t at = last_at(v.p, v.n);
        if (scan_blank(v.p + at, v.n - at) == 0)
            break;
        v.n = at;
    }
    return v;
}

size_t scan_number(const char *p, size_t n, size_t most, int *value)
{
    size_t i = 0;
    int sum = 0;
    for (; i < n && i <= most && p[i] >= '0' && p[i] <= '9'; i++)
        sum = i < most ? sum * 10 + (p[i] - '0') : sum;
    if (i == 0 || i > most)
        return 0;
    *value = sum;
    return i;
}

static bool closes(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0xbb || c == 0x2019 || c == 0x201d ||
           c == 0x201c;
}

uint32_t scan_last(struct view v)
{
    v = scan_trim(v);
    while (v.n > 0) {
        size_t at = last_at(v.p, v.n);
        uint32_t c;
        utf8_next(v.p + at, v.n - at, &c);
        if (!closes(c))
            return c;
        v.n = at;
    }
    return 0;
}

bool scan_ends_sentence(struct view v)
{
    uint32_t c = scan_last(v);
    return c == '.' || c == '!' || c == '?' || c == ':' || c == ';' || c == 0x2026 || c == 0x589 ||
           c == 0x55c || c == 0x55e || c == 0x3002;
}

bool scan_figure_behind(const char *p, size_t n, size_t word)
{
    size_t at = word + (word < n && p[word] == '.');
    at += scan_blanks(p + at, n - at);
    return word > 0 && at < n && p[at] >= '0' && p[at] <= '9';
}

/* Every byte but those that go on with a character: of eight at once, those whose two top bits are not 10. */
size_t scan_length(struct view v)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t length = 0, i = 0;
    for (uint64_t w; v.n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, v.p + i, sizeof w);
        length += (size_t)(((~(w >> 7) | w >> 6) & ones) * ones >> 56);
    }
    for (; i < v.n; i++)
        length += ((unsigned char)v.p[i] & 0xc0) != 0x80;
    return length;
}

size_t scan_words(struct view v)
{
    size_t words = 0;
    v = scan_trim(v);
    while (v.n > 0) {
        words++;
        size_t i = 0, blanks;
        while (i < v.n && (blanks = scan_blank(v.p + i, v.n - i)) == 0)
            i++;
        v = view_from(v, i);
        v = view_from(v, scan_blanks(v.p, v.n));
    }
    return words;
}

const char *scan_find(struct view v, const char *words)
{
    size_t n = strlen(words);
    for (size_t i = 0; i + n <= v.n; i++)
        if (v.p[i] == words[0] && v.p[i + 1] == words[1] && memcmp(v.p + i, words, n) == 0)
            return v.p + i;
    return NULL;
}

struct view scan_unbracketed(struct view v)
{
    bool open = v.n > 2 && (*v.p == '(' || *v.p == '[');
    bool all = open && memchr(v.p, *v.p == '(' ? ')' : ']', v.n) == v.p + v.n - 1;
    return all ? scan_trim((struct view){v.p + 1, v.n - 2}) : v;
}
