// SPDX-License-Identifier: MIT
/* text_charset: the charsets of text.h: which there are, which one bytes are in, and bytes into UTF-8.
 * Invariant: what comes out is valid UTF-8 without NUL, and every byte that could not be read is counted. */
#include "daemon/pure/text.h"

#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucsdet.h>

bool text_charset_known(const char *name)
{
    // ucnv_open takes "" for the locale's own charset, and options behind a comma.
    if (name == NULL || name[0] == '\0' || strchr(name, ',') != NULL)
        return false;
    UErrorCode code = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &code);
    ucnv_close(converter);
    return U_SUCCESS(code);
}

/* --- detection -------------------------------------------------------------------------------- */

#define DETECT_MAX ((size_t)64 << 10) /* bytes looked at */

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

/* ISO-8859-1 and its kin are what the Windows pages of the same script hold anyway. */
static const char *usual(const char *name)
{
    static const char *const better[][2] = {
        {"ISO-8859-1", "windows-1252"}, {"ISO-8859-9", "windows-1254"}, {"ISO-8859-8-I", "ISO-8859-8"}};
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

static const char *detect_8bit(UCharsetDetector *detector, const uint8_t *p, size_t n)
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
        if (kept != NULL && text_charset_known(kept))
            return kept;
    }
    return NULL;
}

const char *text_charset_detect(const uint8_t *p, size_t n)
{
    n = n > DETECT_MAX ? DETECT_MAX : n;
    if (n >= 4 && memchr(p, 0, n) != NULL) {
        if (reads_as(p, n, 4, false))
            return "UTF-32LE";
        if (reads_as(p, n, 4, true))
            return "UTF-32BE";
        if (reads_as(p, n, 2, false))
            return "UTF-16LE";
        if (reads_as(p, n, 2, true))
            return "UTF-16BE";
    }
    UErrorCode code = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&code);
    const char *name = U_SUCCESS(code) ? detect_8bit(detector, p, n) : NULL;
    ucsdet_close(detector);
    return name != NULL ? name : "windows-1252";
}

/* --- conversion ------------------------------------------------------------------------------- */

static void count_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t length,
                      UConverterCallbackReason reason, UErrorCode *code)
{
    (void)bytes;
    (void)length;
    if (reason > UCNV_IRREGULAR) /* reset, close, clone */
        return;
    static const UChar replacement = 0xfffd;
    ++*(size_t *)(uintptr_t)context;
    *code = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, code);
}

/* Appends to out (NULL: only counts), a NUL as U+FFFD. */
static size_t append(char *out, size_t at, const char *p, size_t n, size_t *bad)
{
    while (n > 0) {
        const char *nul = memchr(p, 0, n);
        size_t whole = nul != NULL ? (size_t)(nul - p) : n;
        if (out != NULL)
            memcpy(out + at, p, whole);
        at += whole;
        if (nul == NULL)
            break;
        if (out != NULL)
            memcpy(out + at, "\xef\xbf\xbd", 3);
        at += 3;
        ++*bad;
        p = nul + 1;
        n -= whole + 1;
    }
    return at;
}

/* One run over the bytes; returns how many bytes of UTF-8 they are. */
static size_t convert(UConverter *from, UConverter *to, const uint8_t *p, size_t n, char *out, size_t *bad,
                      UErrorCode *code)
{
    UChar pivot[1024], *pivot_source = pivot, *pivot_target = pivot;
    const char *source = (const char *)p, *limit = source + n;
    size_t at = 0;
    UBool first = true;
    do {
        char piece[4096], *target = piece;
        *code = U_ZERO_ERROR;
        ucnv_convertEx(to, from, &target, piece + sizeof piece, &source, limit, pivot, &pivot_source,
                       &pivot_target, pivot + 1024, first, true, code);
        at = append(out, at, piece, (size_t)(target - piece), bad);
        first = false;
    } while (*code == U_BUFFER_OVERFLOW_ERROR);
    return at;
}

/* Twice over the bytes: how much they become cannot be known before, and an arena takes nothing back. */
static enum fate convert_twice(struct arena *arena, UConverter *from, UConverter *to, const uint8_t *p,
                               size_t n, char **out, size_t *out_n, size_t *bad, struct err *e)
{
    UErrorCode code = U_ZERO_ERROR;
    size_t counted = 0;
    ucnv_setToUCallBack(from, count_bad, &counted, NULL, NULL, &code);
    size_t size = convert(from, to, p, n, NULL, &counted, &code);
    *out = U_SUCCESS(code) ? arena_alloc(arena, size + 1) : NULL;
    if (*out == NULL && U_SUCCESS(code)) {
        err_set(e, "no memory for %zu bytes of text", size);
        return FATE_RETRY;
    }
    counted = 0;
    if (U_SUCCESS(code))
        *out_n = convert(from, to, p, n, *out, &counted, &code);
    if (U_FAILURE(code)) {
        err_set(e, "charset %s: %s", ucnv_getName(from, &(UErrorCode){0}), u_errorName(code));
        return code == U_MEMORY_ALLOCATION_ERROR ? FATE_RETRY : FATE_BAD;
    }
    (*out)[*out_n] = '\0';
    *bad = counted;
    return FATE_DONE;
}

enum fate text_to_utf8(struct arena *arena, const char *charset, const uint8_t *p, size_t n, char **out,
                       size_t *out_n, size_t *bad, struct err *e)
{
    UErrorCode code = U_ZERO_ERROR;
    UConverter *from = ucnv_open(charset, &code);
    if (U_FAILURE(code)) {
        err_set(e, "charset '%s' is not known", charset);
        return code == U_MEMORY_ALLOCATION_ERROR ? FATE_RETRY : FATE_BAD;
    }
    UConverter *to = ucnv_open("UTF-8", &code);
    enum fate fate = FATE_RETRY;
    if (U_SUCCESS(code))
        fate = convert_twice(arena, from, to, p, n, out, out_n, bad, e);
    else
        err_set(e, "charset UTF-8: %s", u_errorName(code));
    ucnv_close(to);
    ucnv_close(from);
    return fate;
}
