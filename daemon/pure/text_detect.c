// SPDX-License-Identifier: MIT
/* text_detect: in which charset bytes are that are not UTF-8. ICU's detector weighs whole languages and is
 * easily led astray by a page of English with a Russian quotation in it, so what can be counted is counted
 * first: whether letters beyond ASCII stand within ASCII words (Latin script) or make words of their own, and
 * for those, which of the charsets of the scripts our wires use makes words of them. Only what is neither
 * goes to ICU. */
#include "daemon/pure/text.h"

#include "daemon/pure/text_armscii.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#define DETECT_MAX ((size_t)16 << 10) /* bytes looked at: 2,000 words settle any of it */

/* --- units of two and four bytes ---------------------------------------------------------------- */

/* A unit of `width` bytes at p. */
static uint32_t unit(const uint8_t *p, unsigned width, bool big)
{
    uint32_t c = 0;
    for (unsigned i = 0; i < width; i++)
        c = c << 8 | p[big ? i : width - 1 - i];
    return c;
}

/* Whether bytes read as units of that shape are text: blanks and line ends about as often as texts have them,
 * in all scripts but those without blanks, and nothing that no text has. */
static bool reads_as(const uint8_t *p, size_t n, unsigned width, bool big)
{
    size_t units = n / width, blanks = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = unit(p + i * width, width, big);
        if (c == 0 || c > 0x10ffff || c == 0xfffe || c == 0xffff)
            return false;
        blanks += c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
    return blanks > 0 && blanks >= units / 100;
}

static const char *detect_wide(const uint8_t *p, size_t n)
{
    if (n < 4 || memchr(p, 0, n) == NULL)
        return NULL;
    return reads_as(p, n, 4, false)   ? "UTF-32LE"
           : reads_as(p, n, 4, true)  ? "UTF-32BE"
           : reads_as(p, n, 2, false) ? "UTF-16LE"
           : reads_as(p, n, 2, true)  ? "UTF-16BE"
                                      : NULL;
}

/* --- the sample --------------------------------------------------------------------------------- */

/* The lines with bytes beyond ASCII, one behind the other, at most DETECT_MAX bytes. All end in LF, so that the
 * answer does not depend on line ends. Returns how many bytes. */
static size_t sample_take(const uint8_t *p, size_t n, uint8_t out[DETECT_MAX])
{
    size_t taken = 0;
    for (size_t at = 0, end; at < n && taken < DETECT_MAX; at = end + 1) {
        bool high = false;
        for (end = at; end < n && p[end] != '\n' && p[end] != '\r'; end++)
            high = high || p[end] >= 0x80;
        size_t room = DETECT_MAX - taken - 1, length = end - at < room ? end - at : room;
        if (!high)
            continue;
        memcpy(out + taken, p + at, length);
        taken += length;
        out[taken++] = '\n';
    }
    return taken;
}

/* Letters beyond ASCII in most 8-bit charsets; the others are quotes, dashes and signs. */
static bool high_letter(uint8_t c)
{
    return c >= 0xc0 || (c >= 0xb2 && c != 0xb7 && c != 0xbb);
}

static bool ascii_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Whether the bytes beyond ASCII are a few letters in words of Latin letters, and signs. */
static bool is_latin(const uint8_t *p, size_t n)
{
    size_t solid = 0, latin = 0; /* words of nothing but them; words with both */
    for (size_t i = 0; i < n;) {
        size_t high = 0, low = 0;
        for (; i < n && (p[i] >= 0x80 || ascii_letter(p[i])); i++) {
            high += p[i] >= 0x80 && p[i] != 0xa0;
            low += ascii_letter(p[i]);
        }
        solid += high >= 2 && low == 0;
        latin += high > 0 && low >= high;
        i++;
    }
    return solid <= latin / 4;
}

/* --- Cyrillic and Armenian ---------------------------------------------------------------------- */

/* What the letters of a script do in a text: most are small, small ones are not followed by capitals, and a
 * few are half of all. */
struct reading {
    size_t letters, small, frequent, jumps, strange;
};

static void reading_take(struct reading *r, uint32_t c, bool letter, bool small, bool frequent,
                         bool *was_small)
{
    r->letters += letter;
    r->small += letter && small;
    r->frequent += letter && frequent;
    r->jumps += letter && !small && *was_small;
    r->strange += !letter && c > 0xff && (c < 0x2010 || c > 0x2122);
    *was_small = letter && small;
}

/* 0 = no text in that script; else how well, at most 1. */
static double reading_score(const struct reading *r)
{
    if (r->letters < 4 || r->strange * 8 > r->letters || r->jumps * 20 > r->letters)
        return 0;
    double letters = (double)r->letters;
    return (double)r->frequent / letters - 2 * (double)r->jumps / letters - (double)r->strange / letters;
}

static double cyrillic_score(const char *charset, const uint8_t *p, size_t n)
{
    static const uint16_t frequent[] = {0x43e, 0x435, 0x430, 0x438, 0x43d, 0x442, 0x441, 0x440, 0x432, 0x43b};
    static const UChar capitals_from = 0x400, small_from = 0x430, end = 0x460;
    UChar text[1024];
    UErrorCode code = U_ZERO_ERROR;
    UConverter *from = ucnv_open(charset, &code);
    const char *source = (const char *)p, *limit = source + n;
    struct reading r = {0};
    bool was_small = false;
    do {
        UChar *target = text;
        code = U_FAILURE(code) && code != U_BUFFER_OVERFLOW_ERROR ? code : U_ZERO_ERROR;
        ucnv_toUnicode(from, &target, text + 1024, &source, limit, NULL, true, &code);
        for (const UChar *c = text; c < target; c++) {
            bool letter = *c >= capitals_from && *c < end, often = false;
            UChar lower = letter && *c < small_from ? (UChar)(*c < 0x410 ? *c + 0x50 : *c + 0x20) : *c;
            for (size_t i = 0; i < sizeof frequent / sizeof *frequent; i++)
                often = often || lower == frequent[i];
            reading_take(&r, *c, letter, *c >= small_from, often, &was_small);
        }
    } while (code == U_BUFFER_OVERFLOW_ERROR);
    ucnv_close(from);
    return U_SUCCESS(code) ? reading_score(&r) : 0;
}

static double armenian_score(const uint8_t *p, size_t n)
{
    static const char frequent[] =
        "\xb3\xdd\xbb\xc7\xf1\xe1\xeb\xd9\xed\xcf"; /* ա ն ե ի ր ո ս մ վ կ */
    struct reading r = {0};
    bool was_small = false;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = text_armscii(p[i]);
        bool letter = c >= 0x531 && c <= 0x587, small = c >= 0x561;
        uint8_t lower = (uint8_t)(p[i] | 1);
        reading_take(&r, c, letter, small, memchr(frequent, lower, sizeof frequent - 1) != NULL, &was_small);
    }
    // Capitals and small letters take turns in the charset: other text read so is half capitals.
    return r.small * 10 > r.letters * 7 ? reading_score(&r) : 0;
}

static const char *detect_solid(const uint8_t *p, size_t n)
{
    static const char *const pages[] = {"windows-1251", "KOI8-R", "ISO-8859-5", "IBM866"};
    const char *best = NULL;
    double most =
        0.45; /* ten letters are 63 in 100 of Russian, half and more of its neighbours; 30 of chance */
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        double score = cyrillic_score(pages[i], p, n);
        if (score > most) {
            most = score;
            best = pages[i];
        }
    }
    return armenian_score(p, n) > most ? ARMSCII : best;
}

/* --- ICU ---------------------------------------------------------------------------------------- */

/* ISO-8859-1 and its kin are what the Windows pages of the same script hold anyway. */
static const char *usual(const char *name)
{
    static const char *const better[][2] = {{"ISO-8859-1", "windows-1252"},
                                            {"ISO-8859-2", "windows-1250"},
                                            {"ISO-8859-9", "windows-1254"},
                                            {"ISO-8859-8-I", "ISO-8859-8"}};
    for (size_t i = 0; i < sizeof better / sizeof *better; i++)
        if (strcmp(name, better[i][0]) == 0)
            return better[i][1];
    return name;
}

/* ucsdet's names live as long as the detector; these live for ever. */
static const char *lasting(const char *name)
{
    static const char *const standards[] = {"IANA", "MIME"};
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++) {
        UErrorCode code = U_ZERO_ERROR;
        const char *lasting_name = ucnv_getStandardName(usual(name), standards[i], &code);
        if (lasting_name != NULL && U_SUCCESS(code))
            return lasting_name;
    }
    return NULL;
}

static bool latin_page(const char *name)
{
    return strcmp(name, "windows-1252") == 0 || strcmp(name, "windows-1250") == 0 ||
           strcmp(name, "windows-1254") == 0;
}

static const char *detect_icu(UCharsetDetector *detector, const uint8_t *p, size_t n, bool latin)
{
    UErrorCode code = U_ZERO_ERROR;
    int32_t found = 0;
    ucsdet_setText(detector, (const char *)p, (int32_t)n, &code);
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &found, &code);
    for (int32_t i = 0; U_SUCCESS(code) && i < found; i++) {
        const char *name = ucsdet_getName(matches[i], &code);
        // The bytes are not UTF-8, and UTF-16 was asked for above; below 10 ICU is guessing.
        if (U_FAILURE(code) || strncmp(name, "UTF-", 4) == 0 || ucsdet_getConfidence(matches[i], &code) < 10)
            continue;
        const char *kept = lasting(name);
        if (kept != NULL && text_charset_known(kept) && (!latin || latin_page(kept)))
            return kept;
    }
    return NULL;
}

static size_t high_letters(const uint8_t *p, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += high_letter(p[i]);
    return count;
}

/* Whether Latin text is of the page that has the euro where ISO-8859-1 has the sign of any currency, which nobody
 * prints: no Windows page leaves out all of 80 to 9f. */
static bool has_euro(const uint8_t *p, size_t n)
{
    bool windows = false;
    for (size_t i = 0; i < n; i++)
        windows = windows || (p[i] >= 0x80 && p[i] < 0xa0);
    return !windows && memchr(p, 0xa4, n) != NULL;
}

const char *text_charset_detect(const uint8_t *p, size_t n)
{
    const char *name = detect_wide(p, n < DETECT_MAX ? n : DETECT_MAX);
    if (name != NULL)
        return name;
    uint8_t sample[DETECT_MAX];
    size_t taken = sample_take(p, n, sample);
    bool latin = is_latin(sample, taken);
    if (!latin)
        name = detect_solid(sample, taken);
    // Of a handful of accents no statistics can be made.
    if (name == NULL && !(latin && high_letters(sample, taken) < 8)) {
        UErrorCode code = U_ZERO_ERROR;
        UCharsetDetector *detector = ucsdet_open(&code);
        name = U_SUCCESS(code) ? detect_icu(detector, sample, taken, latin) : NULL;
        ucsdet_close(detector);
    }
    if (name != NULL && strcmp(name, "windows-1252") != 0)
        return name;
    return has_euro(sample, taken) ? "ISO-8859-15" : "windows-1252";
}
