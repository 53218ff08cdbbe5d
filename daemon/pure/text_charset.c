// SPDX-License-Identifier: MIT
/* text_charset: the charsets of text.h: which there are, bytes into UTF-8, and from a place in that UTF-8 back to the
 * bytes (text_detect.c finds out which one bytes are in). ICU has no ARMSCII-8, in which Armenian was written before
 * Unicode: text_armscii() is ours.
 * Invariant: what comes out is valid UTF-8 without NUL, and every byte that could not be read is counted. */
#include "daemon/pure/text.h"

#include "daemon/pure/text_armscii.h"
#include "proto/utf8.h"

#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

bool text_charset_known(const char *name)
{
    // ucnv_open takes "" for the locale's own charset, and options behind a comma.
    if (name == NULL || name[0] == '\0' || strchr(name, ',') != NULL)
        return false;
    if (strcasecmp(name, ARMSCII) == 0)
        return true;
    UErrorCode code = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &code);
    ucnv_close(converter);
    return U_SUCCESS(code);
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

static enum fate armscii_to_utf8(struct arena *arena, const uint8_t *p, size_t n, char **out, size_t *out_n,
                                 size_t *bad, struct err *e)
{
    *out_n = *bad = 0;
    *out = arena_alloc(arena, n * 3 + 1); /* U+FFFD and the dashes take three bytes */
    if (*out == NULL) {
        err_set(e, "no memory for %zu bytes of text", n * 3);
        return FATE_RETRY;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t c = text_armscii(p[i]);
        *bad += c == 0xfffd;
        *out_n += utf8_put(*out + *out_n, c);
    }
    return FATE_DONE;
}

enum fate text_to_utf8(struct arena *arena, const char *charset, const uint8_t *p, size_t n, char **out,
                       size_t *out_n, size_t *bad, struct err *e)
{
    if (strcasecmp(charset, ARMSCII) == 0)
        return armscii_to_utf8(arena, p, n, out, out_n, bad, e);
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

/* --- back to the bytes ------------------------------------------------------------------------- */

static size_t utf8_size(uint32_t c)
{
    char scratch[4];
    return utf8_put(scratch, c == 0 ? 0xfffd : c);
}

static size_t armscii_prefix(const uint8_t *p, size_t n, size_t prefix)
{
    size_t i = 0;
    for (size_t size = 0; i < n && size < prefix; i++)
        size += utf8_size(text_armscii(p[i]));
    return i;
}

size_t text_raw_prefix(const char *charset, const uint8_t *p, size_t n, size_t prefix)
{
    if (strcasecmp(charset, ARMSCII) == 0)
        return armscii_prefix(p, n, prefix);
    UErrorCode code = U_ZERO_ERROR;
    UConverter *from = ucnv_open(charset, &code);
    const char *source = (const char *)p, *limit = source + n;
    for (size_t size = 0; U_SUCCESS(code) && source < limit && size < prefix;)
        size += utf8_size((uint32_t)ucnv_getNextUChar(from, &source, limit, &code));
    ucnv_close(from);
    return (size_t)(source - (const char *)p);
}
