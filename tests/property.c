// SPDX-License-Identifier: MIT
/* property: see property.h. */
#include "tests/property.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* --- chance
 * ---------------------------------------------------------------------------------------------------- */

static uint64_t chance = 88172645463325252u;

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

uint64_t property_seed(void)
{
    uint64_t seed = from_environment("PROPERTY_SEED", 20231108);
    chance = seed * 0x9e3779b97f4a7c15u | 1; // xorshift must not begin at zero
    return seed;
}

unsigned property_runs(void)
{
    return (unsigned)from_environment("PROPERTY_RUNS", 600);
}

size_t below(size_t n)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return n == 0 ? 0 : (size_t)(chance % n);
}

void put_bytes(struct bytes *out, const void *p, size_t n)
{
    if (n > sizeof out->at - out->n)
        return;
    memcpy(out->at + out->n, p, n);
    out->n += n;
}

void put(struct bytes *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

/* --- bytes
 * ----------------------------------------------------------------------------------------------------- */

void any_bytes(struct bytes *out)
{
    static const char *const alphabets[] = {NULL,
                                            "abcde FGHI 0123456789.,:;-\n",
                                            "\n\n \t>-=*#()[]/.:,0aA",
                                            "aB \n\xc2\xa0\xd4\xb5\xe2\x80\x94\xff\xfe\xef\xbb\xbf",
                                            "12:30 8.11.2023, NOVEMBER\n",
                                            "\x80\xa0\xc0\xe0\xf0\xff ab\n"};
    const char *alphabet = alphabets[below(LENGTH(alphabets))];
    out->n = below(below(2) ? 60 : 2000);
    for (size_t i = 0; i < out->n; i++)
        out->at[i] =
            (uint8_t)(alphabet == NULL ? below(256) : (unsigned char)alphabet[below(strlen(alphabet))]);
}

/* --- lines
 * ----------------------------------------------------------------------------------------------------- */

static const char *const lines[] = {
    // headlines
    "Ferry line is open again",
    "WHEAT PRICES FALL",
    "Is the bridge safe?",
    "Armenpress: Orchard blooms",
    "Garden opens – 08-11-23",
    "Mayor of Sorvan visits the library of the town and opens a new reading room there",
    "\"Wheat is dear\", says miller",
    "Le pont de Marlo est ouvert",
    "Мост в Сорване открыт",
    "Սորվանի կամուրջը բացվեց",
    "Die Brücke ist offen",
    "Puente abierto",
    "Քաղաքապետը բացեց գրադարանը",
    "جسر مفتوح",
    "大桥开通",
    "წიგნი გამოიცა",
    // who and when
    "10:25, 8 November 2023",
    " 09:43,",
    "November 8, 2023",
    "Nov 8 2023",
    "8 Nov",
    "08.11.2023 14:58",
    "11/13/2023",
    "2023-11-08",
    "31 February 2023",
    "Wednesday, November 8, 2023 2:58 PM EST",
    "8 ноября 2023",
    "8 նոյեմբերի 2023",
    "NVEMBER 1, 2023",
    "14:58",
    "ARMENPRESS",
    "TASS",
    "Reuters",
    "Azg Daily",
    "Noyan Tapan – 08/11/2023",
    "Armenia",
    "Yerevan",
    "Yerevan, Armenia",
    "By: Dr. Anna Example",
    "By Anna Example and Karl Muster, Reuters",
    "Anna Example in Tbilisi",
    "Anna Example",
    "Lilit Gasparyan, Azg",
    "HEADLINE: Ferry is late",
    "BYLINE: Anna Example",
    "DATELINE: YEREVAN",
    "LENGTH: 300 words",
    "3 of 50 DOCUMENTS",
    "BC-Ferry-Line,0150",
    "URGENT",
    "ECONOMY",
    "[Excerpt]",
    "Text of report by Armenian news agency Mediamax",
    // text
    "YEREVAN, NOVEMBER 8, ARMENPRESS. The ferry sails again from Monday, the captain said.",
    "MOSCOW, November 8. /TASS/. The bridge is open again, the mayor told reporters.",
    "LONDON, Nov 8 (Reuters) - Wheat prices fell on Wednesday.",
    "PARIS (AFP) - Une belle journée, dit le maire.",
    "YEREVAN. -- The orchard of the town is in bloom.",
    "Baku, November 8, AZERTAC",
    "ЕРЕВАН, 8 ноября. /АРМЕНПРЕСС/. Мост открыт.",
    "ԵՐԵՎԱՆ, 8 ՆՈՅԵՄԲԵՐԻ, ԱՐՄԵՆՊՐԵՍ: Կամուրջը բացվեց:",
    "The ferry sails again on Monday, said the captain of the harbour.",
    "He said it was \"a good day\" for all & that is that.",
    "\"Text with quotes,\" she said. \"More of it.\"",
    "and goes on with a small letter,",
    "- What did you see?",
    "- I saw the bridge.",
    "Wheat prices:",
    "* a point",
    "1. A point",
    "The price rose by 3.5% in 2022 (see above).",
    "Мост через реку открыт, сообщил мэр города.",
    "Կամուրջը բացված է, ասաց քաղաքապետը:",
    "&quot;Entities&quot; &amp; more &#8212; here &nbsp; and &lt;b&gt;there&lt;/b&gt;.",
    "In Tbilisi, November 7, 2023, the two sides met (Interfax) - and spoke.",
    "word",
    "x",
    "...",
    "?!",
    "0",
    "İstanbul’da köprü açıldı.",
    // what ends and divides
    "-0-",
    "ENDS",
    "###",
    "L.D. –0–",
    "the end of it, he said. -0-",
    "-----",
    "* * *",
    "==========",
    "--",
    "___",
    "•",
    "xxxx",
    "(c) 2009 ARKA",
    "Copyright 2004 Noyan Tapan. All rights reserved.",
    "Source: ARKA",
    "Edited and translated by Anna Example",
    "(Reporting by Anna Example; Editing by Karl Muster)",
    "Save",
    "Share",
    "Skip to main content",
    "Read more",
    "Print",
    "Related news",
    "From: Anna Example | a@example.org",
    "Subject: digest",
    "To: list@example.org",
    "Date: Wed, 8 Nov 2023 14:58:00 +0400",
    "http://example.org/a/b?c=1&d=2",
    "Contents:",
    "Tel: +374 10 123456",
    "info@example.org",
    "<b>markup</b>",
    "&nbsp;",
    "&#160;&#8203;",
    // white space and odd signs
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    " ",
    "\t",
    "\xc2\xa0",
    "\xe2\x80\xa9x",
    "\xef\xbb\xbf",
    "\xe2\x80\x8f\xe2\x80\x8e",
    "a\xcc\x81\xcc\x81\xcc\x81 combining",
    "\xef\xbf\xbd\xef\xbf\xbd",
    "\xe2\x80\x8bzero width",
    "\xf0\x9f\x93\xb0 sign",
    "  \xe2\x80\x94  ",
    ">",
    "> ",
    ">>> deep",
    "\x0b",
    "a\fb",
};

static const char *const fronts[] = {"> ", ">", "    ", "\t", "\xc2\xa0", " > > ", "* ", "\"", "- "};

void any_lines(struct bytes *out)
{
    size_t favourite = below(LENGTH(lines));
    out->n = 0;
    for (size_t n = below(below(4) ? 24 : 80) + 1; n > 0; n--) {
        size_t odd = below(40);
        if (odd == 0)
            put(out, fronts[below(LENGTH(fronts))]);
        put(out, lines[odd < 4 ? favourite : below(LENGTH(lines))]);
        if (odd == 39)
            put(out, " ");
        if (odd > 36)
            put(out, lines[below(LENGTH(lines))]);
        if (n > 1 || below(2))
            put(out, "\n");
    }
}

/* --- golden inputs
 * --------------------------------------------------------------------------------------------- */

static bool load(const char *directory, const char *name, struct bytes *out)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "rb");
    out->n = f != NULL ? fread(out->at, 1, sizeof out->at / 2, f) : 0;
    if (f != NULL)
        fclose(f);
    return out->n > 0;
}

static int is_input(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return end != NULL && strcmp(end, ".in") == 0;
}

static void any_golden(struct bytes *out)
{
    static struct {
        const char *path;
        struct dirent **names;
        int n;
    } from[] = {{"tests/data/parse", NULL, 0}, {"tests/data/score/dev", NULL, 0}};
    size_t d = below(LENGTH(from));
    if (from[d].names == NULL)
        from[d].n = scandir(from[d].path, &from[d].names, is_input, alphasort);
    if (from[d].n <= 0 || !load(from[d].path, from[d].names[below((size_t)from[d].n)]->d_name, out))
        abort();
}

/* Where the line that has byte `at` begins. */
static size_t line_begin(const struct bytes *b, size_t at)
{
    while (at > 0 && b->at[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct bytes *b, size_t at)
{
    while (at < b->n && b->at[at] != '\n')
        at++;
    return at + (at < b->n);
}

static void cut(struct bytes *b, size_t from, size_t to)
{
    memmove(b->at + from, b->at + to, b->n - to);
    b->n -= to - from;
}

static void insert(struct bytes *b, size_t at, const uint8_t *p, size_t n)
{
    if (n > sizeof b->at - b->n)
        return;
    memmove(b->at + at + n, b->at + at, b->n - at);
    memcpy(b->at + at, p, n);
    b->n += n;
}

/* One line dropped, doubled, made empty, or put in from the vocabulary; a stretch dropped; a byte changed. */
static void change(struct bytes *b)
{
    size_t at = below(b->n), begin = line_begin(b, at), end = line_end(b, at), n = end - begin;
    const char *line = lines[below(LENGTH(lines))];
    uint8_t copy[PROPERTY_BYTES];
    memcpy(copy, b->at + begin, n);
    switch (below(6)) {
    case 0:
        cut(b, begin, end);
        break;
    case 1:
        insert(b, line_end(b, below(b->n)), copy, n);
        break;
    case 2:
        cut(b, begin, end > begin ? end - 1 : end);
        break;
    case 3:
        insert(b, begin, (const uint8_t *)"\n", 1);
        insert(b, begin, (const uint8_t *)line, strlen(line));
        break;
    case 4:
        cut(b, at, at + below(b->n - at < 100 ? b->n - at : 100));
        break;
    default:
        if (b->n > 0)
            b->at[at] = (uint8_t)below(256);
    }
}

void golden_changed(struct bytes *out)
{
    any_golden(out);
    for (size_t times = below(6); times > 0; times--)
        change(out);
}

/* --- good digests
 * ---------------------------------------------------------------------------------------------- */

static const char *const nouns[] = {"ferry",   "bridge", "orchard", "library", "mill",
                                    "harbour", "garden", "school",  "market",  "road"};
static const char *const verbs[] = {"opens",      "closes", "is repaired", "grows",   "waits",
                                    "is praised", "burns",  "moves",       "is sold", "wins"};
static const char *const towns[] = {"YEREVAN", "MOSCOW", "LONDON", "TBILISI", "BAKU", "GYUMRI"};
static const char *const months[] = {"January", "March", "May", "June", "October", "November"};

static const char *any_of(const char *const *words, size_t n)
{
    return words[below(n)];
}
#define ANY(words) any_of(words, LENGTH(words))

static void put_sentences(struct bytes *out, size_t n)
{
    char text[200];
    for (; n > 0; n--) {
        snprintf(text, sizeof text,
                 "The %s of the old town %s again after the storm, the %s said on the day. ", ANY(nouns),
                 ANY(verbs), below(2) ? "mayor" : "captain");
        put(out, text);
    }
    out->n -= 1; // the last blank
}

/* What is the same in all dispatches of a good digest. */
struct style {
    unsigned layout;
    const char *agency, *divider;
};

static void put_good(struct bytes *out, const struct style *s, unsigned number)
{
    char head[400], title[100], date[60];
    const char *town = ANY(towns), *month = ANY(months);
    int day = 13 + (int)below(15), year = 2010 + (int)below(10), hour = (int)below(24),
        minute = (int)below(60);
    snprintf(title, sizeof title, "Number %u of the %s %s in the valley", number, ANY(nouns), ANY(verbs));
    snprintf(date, sizeof date, "%02d:%02d, %d %s %d", hour, minute, day, month, year);
    switch (s->layout) {
    case 0:
        snprintf(head, sizeof head, "%s\n\n%s\n\n%s, %s %d, %s. ", title, date, town, month, day, s->agency);
        break;
    case 1:
        snprintf(head, sizeof head, "%s\n\n%s, %s %d, %d. /%s/. ", title, town, month, day, year, s->agency);
        break;
    case 2:
        snprintf(head, sizeof head, "%s\n\n%s\n%s %d %d\n\n", title, s->agency, month, day, year);
        break;
    case 3:
        snprintf(head, sizeof head, "%s\n%s\n\n%s (%s) - ", title, date, town, s->agency);
        break;
    default:
        snprintf(head, sizeof head, "%s\n\n%02d.%02d.%d %02d:%02d\n\nBy Anna Example, %s\n\n", title, day,
                 3 + day % 9, year, hour, minute, s->agency);
    }
    put(out, head);
    put_sentences(out, 2 + below(2));
    for (size_t more = 1 + below(3); more > 0; more--) {
        put(out, "\n\n");
        put_sentences(out, 1 + below(3));
    }
    put(out, "\n");
}

void good_digest(struct bytes *out, unsigned first)
{
    static const char *const agencies[] = {"ARMENPRESS", "TASS", "Reuters", "Interfax", "Arka"};
    static const char *const dividers[] = {"\n", "\n", "\n-----\n\n", "\n* * *\n\n", "\n-0-\n\n"};
    const struct style style = {(unsigned)below(5), ANY(agencies), ANY(dividers)};
    size_t n = 3 + below(3);
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        put(out, i > 0 ? style.divider : "");
        put_good(out, &style, first + (unsigned)i);
    }
}

/* --- shrinking
 * ------------------------------------------------------------------------------------------------- */

/* Drops every stretch of `size` lines without which the property still fails. True if one was dropped. */
static bool drop_stretches(property *holds, struct bytes *in, size_t size)
{
    static struct bytes less;
    bool dropped = false;
    for (size_t at = 0; at < in->n;) {
        size_t end = at;
        for (size_t i = 0; i < size && end < in->n; i++)
            end = line_end(in, end);
        less = *in;
        cut(&less, at, end);
        bool fails = less.n > 0 && holds(&less) != NULL;
        if (fails)
            *in = less;
        dropped = dropped || fails;
        at = fails ? at : line_end(in, at);
    }
    return dropped;
}

static void print_as_command(const struct bytes *in)
{
    fprintf(stderr, "# shrunk to %zu bytes:\nprintf '", in->n);
    for (size_t i = 0; i < in->n; i++) {
        uint8_t c = in->at[i];
        if (c == '\n')
            fprintf(stderr, "\\n");
        else if (c < 0x20 || c >= 0x7f || c == '\'')
            fprintf(stderr, "\\%03o", c);
        else if (c == '%' || c == '\\')
            fprintf(stderr, "%c%c", c, c);
        else
            fputc(c, stderr);
    }
    fprintf(stderr, "' >tests/data/parse/CASE.in\n");
}

const char *property_shrink(property *holds, struct bytes *in)
{
    for (size_t size = 64; size > 0; size /= 2)
        while (drop_stretches(holds, in, size))
            continue;
    print_as_command(in);
    return holds(in);
}
