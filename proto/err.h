// SPDX-License-Identifier: MIT
/* err: the words of a failure on their way from who detects it to who decides.
 * Who detects words it ("offset 412: ..."), who decides logs it, once. */
#ifndef PROTO_ERR_H
#define PROTO_ERR_H

#include <stdbool.h>

struct err {
    char text[480]; /* "" = nothing was said; always ends in NUL, long texts are cut at a whole UTF-8 character */
};

/* Both set the text (a NULL `e` is fine) and return false, so that `return err_set(e, ...)` reads well.
 * errno is kept. err_sys appends ": " and the words for errno. */
bool err_set(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts words in front of what is there already: "config.ini: " + text. Returns false. */
bool err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
