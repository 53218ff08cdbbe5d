// SPDX-License-Identifier: MIT
/* entity: see entity.h. */
#include "daemon/pure/entity.h"

#include "proto/utf8.h"

#include <string.h>

#define NAME_MAX_BYTES 8

static uint32_t named(const char *p, size_t n)
{
    static const struct {
        char name[NAME_MAX_BYTES + 1];
        uint16_t c;
    } names[] = {
        {"quot", '"'},     {"amp", '&'},      {"lt", '<'},        {"gt", '>'},        {"apos", '\''},
        {"nbsp", 0xa0},    {"shy", 0xad},     {"copy", 0xa9},     {"reg", 0xae},      {"trade", 0x2122},
        {"laquo", 0xab},   {"raquo", 0xbb},   {"lsquo", 0x2018},  {"rsquo", 0x2019},  {"sbquo", 0x201a},
        {"ldquo", 0x201c}, {"rdquo", 0x201d}, {"bdquo", 0x201e},  {"lsaquo", 0x2039}, {"rsaquo", 0x203a},
        {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026}, {"bull", 0x2022},   {"middot", 0xb7},
        {"euro", 0x20ac},  {"pound", 0xa3},   {"yen", 0xa5},      {"cent", 0xa2},     {"sect", 0xa7},
        {"deg", 0xb0},     {"frac12", 0xbd},  {"frac14", 0xbc},   {"times", 0xd7},    {"minus", 0x2212},
        {"ensp", 0x2002},  {"emsp", 0x2003},  {"thinsp", 0x2009}, {"prime", 0x2032},  {"acute", 0xb4},
        {"agrave", 0xe0},  {"aacute", 0xe1},  {"acirc", 0xe2},    {"auml", 0xe4},     {"aring", 0xe5},
        {"aelig", 0xe6},   {"ccedil", 0xe7},  {"egrave", 0xe8},   {"eacute", 0xe9},   {"ecirc", 0xea},
        {"euml", 0xeb},    {"iacute", 0xed},  {"icirc", 0xee},    {"iuml", 0xef},     {"ntilde", 0xf1},
        {"oacute", 0xf3},  {"ocirc", 0xf4},   {"ouml", 0xf6},     {"oslash", 0xf8},   {"oelig", 0x153},
        {"ugrave", 0xf9},  {"uacute", 0xfa},  {"ucirc", 0xfb},    {"uuml", 0xfc},     {"szlig", 0xdf},
        {"Agrave", 0xc0},  {"Aacute", 0xc1},  {"Auml", 0xc4},     {"Ccedil", 0xc7},   {"Egrave", 0xc8},
        {"Eacute", 0xc9},  {"Ouml", 0xd6},    {"Uuml", 0xdc},     {"Ntilde", 0xd1},   {"atilde", 0xe3},
        {"otilde", 0xf5},  {"scaron", 0x161}, {"Scaron", 0x160},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == n && memcmp(names[i].name, p, n) == 0)
            return names[i].c;
    return 0;
}

/* 128 to 159 mean what windows-1252 has there: so do all browsers. */
static uint32_t windows(uint32_t c)
{
    static const uint16_t page[32] = {0x20ac, 0,      0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                      0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0,      0x17d,  0,
                                      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                      0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0,      0x17e,  0x178};
    return c >= 0x80 && c < 0xa0 ? page[c - 0x80] : c;
}

static int digit(char c, uint32_t base)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char small = (char)(c | 0x20);
    return base == 16 && small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* What stands between "&#" and ";". */
static uint32_t numbered(const char *p, size_t n)
{
    uint32_t base = n > 1 && (p[0] | 0x20) == 'x' ? 16 : 10, c = 0;
    for (size_t i = base == 16; i < n; i++) {
        int value = digit(p[i], base);
        if (value < 0 || c > 0x10ffff)
            return 0;
        c = c * base + (uint32_t)value;
    }
    bool control = c < 0x20 && c != '\t', surrogate = c >= 0xd800 && c < 0xe000;
    return control || surrogate || c > 0x10ffff ? 0 : windows(c);
}

/* p[0] is the '&'. */
static size_t read_once(const char *p, size_t n, uint32_t *c)
{
    const char *end = memchr(p, ';', n < NAME_MAX_BYTES + 2 ? n : NAME_MAX_BYTES + 2);
    if (end == NULL || end - p < 3)
        return 0;
    size_t length = (size_t)(end - p) - 1;
    *c = p[1] == '#' ? numbered(p + 2, length - 1) : named(p + 1, length);
    return *c == 0 ? 0 : length + 2;
}

size_t entity_read(const char *p, size_t n, uint32_t *c)
{
    size_t used = read_once(p, n, c);
    if (used == 0 || *c != '&')
        return used;
    // "&amp;quot;": the '&' that was escaped begins one itself.
    char again[NAME_MAX_BYTES + 3] = "&";
    size_t rest = n - used < sizeof again - 1 ? n - used : sizeof again - 1;
    memcpy(again + 1, p + used, rest);
    uint32_t inner;
    size_t more = read_once(again, rest + 1, &inner);
    *c = more > 0 ? inner : *c;
    return more > 0 ? used + more - 1 : used;
}

/* Blanks that do not break, and signs that nobody sees: soft hyphens, breaks without width. Bytes of the one
 * at p, 0 = none; what is put for it: a blank or nothing. */
static size_t unseen(const char *p, size_t n, const char **put)
{
    static const struct {
        const char *bytes, *put;
    } signs[] = {{"\xc2\xa0", " "},     {"\xe2\x80\xaf", " "}, {"\xe2\x80\x87", " "},
                 {"\xe2\x80\x89", " "}, {"\xc2\xad", ""},      {"\xe2\x80\x8b", ""},
                 {"\xe2\x80\x8c", ""},  {"\xe2\x81\xa0", ""},  {"\xef\xbb\xbf", ""}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i].bytes);
        if (n >= length && memcmp(p, signs[i].bytes, length) == 0) {
            *put = signs[i].put;
            return length;
        }
    }
    return 0;
}

bool entity_may(const char *p, size_t n)
{
    static const unsigned char leads[] = {0xc2, 0xe2, 0xef};
    const char *put;
    if (memchr(p, '&', n) != NULL)
        return true;
    for (size_t i = 0; i < sizeof leads; i++)
        for (const char *at = memchr(p, leads[i], n); at != NULL;
             at = memchr(at + 1, leads[i], (size_t)(p + n - at - 1)))
            if (unseen(at, (size_t)(p + n - at), &put) > 0)
                return true;
    return false;
}

size_t entity_replace(const char *p, size_t n, size_t most, char *out, size_t *used)
{
    size_t put = 0, i = 0;
    while (i < n && put < most) {
        uint32_t c;
        const char *sign;
        size_t length = p[i] == '&' ? entity_read(p + i, n - i, &c) : 0;
        if (length > 0)
            put += utf8_put(out + put, c == 0xa0 ? ' ' : c);
        else if ((unsigned char)p[i] >= 0x80 && (length = unseen(p + i, n - i, &sign)) > 0)
            put += (size_t)(stpcpy(out + put, sign) - (out + put));
        else
            out[put++] = p[i];
        i += length > 0 ? length : 1;
    }
    *used = i;
    return put;
}
