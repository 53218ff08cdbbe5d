// SPDX-License-Identifier: MIT
/* show: other people's text on a terminal: escaped (utf8_show), and in the columns that there are. */
#ifndef DAEMON_FLOWS_SHOW_H
#define DAEMON_FLOWS_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SHOW_DIM "\033[2m"
#define SHOW_BOLD "\033[1m"
#define SHOW_YELLOW "\033[33m"
#define SHOW_PLAIN "\033[0m"

struct show_style {
    size_t columns; /* 40 at least */
    bool colour;
};
/* 80 columns without colour when standard output is no terminal; no colour with NO_COLOR or TERM=dumb. */
struct show_style show_style(void);

void show_text(FILE *, const char *p, size_t n);
/* On one row; of what is too long the middle is left out. */
void show_row(FILE *, const char *p, size_t n, size_t columns);
/* On up to four rows, those behind the first under `indent` columns. */
void show_folded(FILE *, const struct show_style *, const char *p, size_t n, size_t indent);
/* Columns that it takes, `most` if it takes more. */
size_t show_width(const char *p, size_t n, size_t most);

#endif
