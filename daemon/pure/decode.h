// SPDX-License-Identifier: MIT
/* decode: the bytes of a drop file in, its lines as UTF-8 out, each with the place of its bytes in the file.
 *
 * A line's text is what its author saw: the ">" of quoted mail and white space at the ends are no part of it,
 * HTML's character references are the characters they stand for. decode_span() finds the bytes again. Lines
 * of another charset than the rest, which digests pasted from many sources have, are read in their own.
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

/* A line; or a run of lines with nothing but white space, which is one record however long it is. */
struct line {
    uint64_t offset;  /* in the file */
    uint32_t length;  /* bytes in the file, with the line end (LF, CR LF or CR) */
    uint32_t bad;     /* characters that could not be decoded, NULs among them: they are U+FFFD in the text */
    struct view text; /* without white space at the ends; empty in a blank run */
    uint8_t class;    /* enum line_class (lines.h): LINE_BLANK or LINE_BODY until lines_classify() */
    uint8_t says;     /* enum line_says (lines.h) */
    uint8_t score;    /* how sure the class is, 1..100; 0 until lines_classify() and in a blank run */
    uint8_t indent;   /* characters of white space in front of the text; 255 = as many or more */
    bool quoted;      /* ">" stood in front */
    bool foreign;     /* in decoded.foreign, not in decoded.charset */
    uint16_t rows;    /* lines that it is: 1, or those of a blank run; 65535 = as many or more */
};

/* How bytes are read. */
struct decode_code {
    const char *charset; /* text_charset_known() */
    size_t unit;         /* bytes of a unit: 1, 2 or 4 */
    bool big;            /* units of 2 and 4: the first byte is the high one */
    bool utf8;
    bool valid;    /* all of the file is good UTF-8 */
    bool detected; /* guessed from the bytes, neither declared nor marked */
    size_t mark;   /* bytes of the byte order mark */
};

struct decoded {
    const char *charset; /* of the file */
    const char *foreign; /* of the lines that are in another one; NULL = there are none */
    struct decode_code code;
    const uint8_t *bytes; /* the input */
    struct line *lines;
    size_t nlines;
};

/* `declared`: a charset, "" or NULL = find out. A byte order mark beats what is declared.
 * FATE_BAD: "empty file", "offset N: not text (...)", "offset N: more than 9 lines" (a blank run counts as one), a
 * declared charset that is not to be had. */
enum fate decode(struct arena *, const uint8_t *bytes, size_t n, const char *declared, uint64_t max_lines,
                 struct decoded *out, struct err *e);

/* Where in the file `words`, which lie in the line's text, stand. False: memory ran out. */
bool decode_span(struct arena *, const struct decoded *, const struct line *, struct view words,
                 uint64_t *offset, uint32_t *length);

/* --- decode_line.c, for decode() --------------------------------------------------------------------------
 */

/* Fills in bad, text, class, indent, quoted and foreign of the line whose bytes, without the line end, are
 * p[0..n). */
enum fate decode_line(struct arena *, const struct decoded *, const uint8_t *p, size_t n, struct line *,
                      struct err *e);

/* Whether bytes that are not UTF-8 are all the same in another charset of eight bits: no character of UTF-8
 * is among them and each could be a letter or a sign there. Else they are UTF-8 that was damaged. */
bool decode_foreign(const uint8_t *p, size_t n);

#endif
