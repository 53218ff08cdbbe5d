// SPDX-License-Identifier: MIT
/* err: see err.h. Formatting never fails loudly: a failure's words must not become a second failure. */
#include "proto/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A cut text must not end inside a UTF-8 character: drop the continuation bytes and the lead they belong
 * to. */
static void cut_at_character(char *text, size_t size)
{
    size_t n = strnlen(text, size);
    if (n + 1 < size)
        return;
    while (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0x80)
        n--;
    if (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0xc0)
        n--;
    text[n] = '\0';
}

bool err_set(struct err *e, const char *fmt, ...)
{
    int kept = errno;
    if (e != NULL) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(e->text, sizeof e->text, fmt, ap);
        va_end(ap);
        cut_at_character(e->text, sizeof e->text);
    }
    errno = kept;
    return false;
}

bool err_sys(struct err *e, const char *fmt, ...)
{
    int kept = errno;
    if (e != NULL) {
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(e->text, sizeof e->text, fmt, ap);
        va_end(ap);
        if (n >= 0 && (size_t)n < sizeof e->text)
            snprintf(e->text + n, sizeof e->text - (size_t)n, ": %s", strerror(kept));
        cut_at_character(e->text, sizeof e->text);
    }
    errno = kept;
    return false;
}

bool err_in(struct err *e, const char *fmt, ...)
{
    int kept = errno;
    if (e != NULL) {
        struct err old = *e;
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(e->text, sizeof e->text, fmt, ap);
        va_end(ap);
        if (n >= 0 && (size_t)n < sizeof e->text)
            snprintf(e->text + n, sizeof e->text - (size_t)n, "%s", old.text);
        cut_at_character(e->text, sizeof e->text);
    }
    errno = kept;
    return false;
}
