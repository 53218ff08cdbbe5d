// SPDX-License-Identifier: MIT
/* utf8: see utf8.h. Every byte that comes in passes utf8_valid once, most of them ASCII, eight at a time. */
#include "proto/utf8.h"

#include <stdio.h>
#include <string.h>

/* Length of the character at p[0..n), n > 0; 0 if there is none. Which second bytes a lead allows is what
 * keeps out overlong forms (E0, F0), surrogates (ED) and what lies behind U+10FFFF (F4): RFC 3629, section
 * 4. */
static size_t length_at(const unsigned char *p, size_t n)
{
    unsigned char lead = p[0];
    if (lead < 0x80)
        return 1;
    size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || n < len)
        return 0;
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

/* How many of the first bytes are ASCII but not NUL, in steps of eight. Subtracting one from each byte
 * sets a top bit where a byte was 0; where a byte had its top bit set, the word is left to the slow way in
 * any case. */
static size_t plain_run(const unsigned char *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (uint64_t w; n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, p + i, sizeof w);
        if (((w | (w - ones)) & tops) != 0)
            break;
    }
    return i;
}

size_t utf8_valid(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0;
    while (i < n) {
        i += plain_run(p + i, n - i);
        // The word that stopped the run, and what follows it as long as it is not plain.
        for (size_t tail = i + sizeof(uint64_t); i < n && (i < tail || p[i] >= 0x80);) {
            size_t len = p[i] == 0 ? 0 : length_at(p + i, n - i);
            if (len == 0)
                return i;
            i += len;
        }
    }
    return n;
}

size_t utf8_cut(const char *p, size_t n, size_t max)
{
    if (n <= max)
        return n;
    size_t cut = max;
    while (cut > 0 && max - cut < 3 && ((unsigned char)p[cut] & 0xc0) == 0x80)
        cut--;
    return ((unsigned char)p[cut] & 0xc0) == 0x80 ? max : cut; // no UTF-8: cut anywhere
}

size_t utf8_next(const char *text, size_t n, uint32_t *c)
{
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *p = (const unsigned char *)text;
    size_t len = length_at(p, n);
    if (len == 0) {
        *c = 0xfffd;
        return 1;
    }
    *c = p[0] & mask[len];
    for (size_t i = 1; i < len; i++)
        *c = *c << 6 | (p[i] & 0x3f);
    return len;
}

size_t utf8_put(char out[4], uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00u >> len & 0xf0u) | c);
    return len;
}

static bool is_bidi_control(uint32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* One character as it may be shown, in `cell`; returns how many bytes of p it took. */
static size_t show_one(char cell[16], const char *p, size_t n)
{
    uint32_t c;
    size_t len = utf8_next(p, n, &c);
    bool invalid = len == 1 && (unsigned char)p[0] >= 0x80;
    if (c == '\n' || c == '\t') {
        snprintf(cell, 16, "\\%c", c == '\n' ? 'n' : 't');
    } else if (invalid || c < 0x20 || c == 0x7f) {
        snprintf(cell, 16, "\\x%02x", (unsigned char)p[0]);
    } else if ((c >= 0x80 && c <= 0x9f) || is_bidi_control(c)) {
        snprintf(cell, 16, "\\u{%04x}", (unsigned)c);
    } else {
        memcpy(cell, p, len);
        cell[len] = '\0';
    }
    return len;
}

char *utf8_show(char *out, size_t size, const char *p, size_t n)
{
    size_t used = 0;
    if (size == 0)
        return out;
    for (size_t i = 0; i < n;) {
        char cell[16];
        i += show_one(cell, p + i, n - i);
        size_t len = strlen(cell);
        if (len > size - 1 - used)
            break;
        memcpy(out + used, cell, len);
        used += len;
    }
    out[used] = '\0';
    return out;
}

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count && c >= ranges[i].first; i++)
        if (c <= ranges[i].last)
            return true;
    return false;
}

/* Whole blocks, not the Unicode character database: a column of a list may be off by one in scripts where
 * a terminal itself is not sure; nothing else hangs on it. */
static size_t width_of(uint32_t c)
{
    static const struct range marks[] = {
        {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},   {0x064b, 0x065f},
        {0x06d6, 0x06dc}, {0x0900, 0x0902}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},   {0x1ab0, 0x1aff},
        {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f},   {0x20d0, 0x20ff},
        {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
    };
    static const struct range wide[] = {
        {0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
        {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff},
        {0x20000, 0x3fffd},
    };
    if (c < marks[0].first)
        return 1;
    if (is_in(marks, sizeof marks / sizeof marks[0], c))
        return 0;
    return is_in(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}

size_t utf8_width(const char *p, size_t n)
{
    size_t columns = 0;
    uint32_t c;
    for (size_t i = 0; i < n;) {
        i += utf8_next(p + i, n - i, &c);
        columns += width_of(c);
    }
    return columns;
}
