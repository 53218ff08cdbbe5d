// SPDX-License-Identifier: MIT
/* show: see show.h. */
#include "daemon/flows/show.h"

#include "proto/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_LEAST 40 /* narrower is not readable anyway, and callers subtract their margins */
#define COLUMNS_MOST 160 /* beyond, the eye does not find the next row */
#define FOLDS 4
#define ONE 16 /* bytes of one character as shown: "\u{10FFFF}" */

struct show_style show_style(void)
{
    struct show_style style = {.columns = 80};
    struct winsize size;
    if (!isatty(STDOUT_FILENO))
        return style;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.columns = size.ws_col;
    style.columns = style.columns < COLUMNS_LEAST  ? COLUMNS_LEAST
                    : style.columns > COLUMNS_MOST ? COLUMNS_MOST
                                                   : style.columns;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    style.colour = (no_color == NULL || no_color[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
    return style;
}

/* Columns of the character at p as shown. */
static size_t show_one(const char *p, size_t n, char out[ONE], size_t *used)
{
    uint32_t c;
    *used = utf8_next(p, n, &c);
    utf8_show(out, ONE, p, *used);
    return utf8_width(out, strlen(out));
}

/* Bytes of a text that fit into so many columns. */
static size_t fitting(const char *p, size_t n, size_t columns)
{
    char one[ONE];
    size_t i = 0, used;
    while (i < n) {
        size_t width = show_one(p + i, n - i, one, &used);
        if (width > columns)
            break;
        columns -= width;
        i += used;
    }
    return i;
}

/* The same from its end. */
static size_t fitting_back(const char *p, size_t n, size_t columns)
{
    char one[ONE];
    size_t i = n, used;
    while (i > 0) {
        size_t from = i - 1;
        while (from > 0 && i - from < 4 && ((unsigned char)p[from] & 0xc0) == 0x80)
            from--;
        size_t width = show_one(p + from, i - from, one, &used);
        if (width > columns || used != i - from)
            break;
        columns -= width;
        i = from;
    }
    return n - i;
}

void show_text(FILE *f, const char *p, size_t n)
{
    char one[ONE];
    for (size_t i = 0, used; i < n; i += used) {
        show_one(p + i, n - i, one, &used);
        fputs(one, f);
    }
}

void show_row(FILE *f, const char *p, size_t n, size_t columns)
{
    size_t head = fitting(p, n, columns);
    if (head < n) {
        size_t tail_columns = columns / 3;
        head = fitting(p, n, columns - tail_columns - 3); // " … "
        size_t tail = fitting_back(p, n, tail_columns);
        show_text(f, p, head);
        fputs(" \u2026 ", f);
        p += n - tail;
        n = tail;
    }
    show_text(f, p, n);
}

/* Bytes of the row that `p` begins with, folded at a blank or behind a slash if there is one. */
static size_t fold_at(const char *p, size_t n, size_t columns)
{
    size_t row = fitting(p, n, columns), blank = row;
    if (row == n)
        return n;
    while (blank > 0 && p[blank] != ' ' && p[blank - 1] != '/')
        blank--;
    return blank > 0 ? blank : row > 0 ? row : n; // not one character fits: all of it, ugly but whole
}

void show_folded(FILE *f, const struct show_style *style, const char *p, size_t n, size_t indent)
{
    size_t columns = style->columns - indent;
    for (int row = 1; n > 0; row++) {
        size_t take = row == FOLDS ? n : fold_at(p, n, columns);
        if (row > 1)
            fprintf(f, "\n%*s", (int)indent, "");
        show_row(f, p, take, columns);
        while (take < n && p[take] == ' ')
            take++;
        p += take;
        n -= take;
    }
}

size_t show_width(const char *p, size_t n, size_t most)
{
    char one[ONE];
    size_t width = 0;
    for (size_t i = 0, used; i < n && width < most; i += used)
        width += show_one(p + i, n - i, one, &used);
    return width < most ? width : most;
}
