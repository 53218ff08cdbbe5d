// SPDX-License-Identifier: MIT
/* decode: the bytes of a drop file in, its lines as UTF-8 out, each with the place of its bytes in the file.
 *
 * Pure, linear, memory from the arena. A line that is UTF-8 already is not copied: its text lies in the
 * input, which must live as long as the result. Invariant: the lines' spans, line ends included, cover the
 * file in order. */
#ifndef DAEMON_PURE_DECODE_H
#define DAEMON_PURE_DECODE_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "daemon/pure/scan.h"
#include "proto/err.h"

#include <stdint.h>

/* A file with more lines is no digest: 64 MiB (the default max_file) in lines of 32 bytes. */
#define DECODE_LINES_MAX ((64u << 20) / 32)

/* A line; or a run of lines with nothing but white space, which is one record however long it is. */
struct line {
    uint64_t offset;  /* in the file */
    uint32_t length;  /* bytes in the file, with the line end (LF, CR LF or CR) */
    uint32_t bad;     /* characters that could not be decoded, NULs among them: they are U+FFFD in the text */
    struct view text; /* without white space at the ends; empty in a blank run */
    uint8_t class;    /* enum line_class (lines.h): LINE_BLANK or LINE_BODY until lines_classify() */
    uint8_t score;    /* how sure the class is, 1..100; 0 until lines_classify() and in a blank run */
};

struct decoded {
    const char *charset; /* ICU's name */
    bool detected;       /* guessed from the bytes, neither declared nor marked */
    struct line *lines;
    size_t nlines;
};

/* `declared`: ICU's name, "" or NULL = find out. A byte order mark beats what is declared.
 * FATE_BAD: "empty file", "offset N: not text (...)", a declared charset that is not to be had. */
enum fate decode(struct arena *, const uint8_t *bytes, size_t n, const char *declared, struct decoded *out,
                 struct err *e);

#endif
