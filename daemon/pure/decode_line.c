// SPDX-License-Identifier: MIT
/* decode_line: one line's bytes into its text, and places in that text back into bytes; see decode.h.
 *
 * bytes -> UTF-8 -> without white space at the ends and ">" in front -> character references replaced ->
 * without the white space those became. The way back goes the same steps again: it is asked for a few words
 * of a dispatch, so that nothing is kept for it. */
#include "daemon/pure/decode.h"

#include "daemon/pure/entity.h"
#include "daemon/pure/lines.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>

/* The same in every charset that extends ASCII: an escape sequence of ISO 2022 is not. */
static bool plain_ascii(const uint8_t *p, size_t n)
{
    bool plain = true;
    for (size_t i = 0; i < n; i++)
        plain = plain && p[i] != 0 && p[i] < 0x80 && p[i] != 0x1b;
    return plain;
}

/* A letter or a sign of text in the charsets of eight bits. 0xc2 and 0xc3 are letters too, but the bytes that
 * UTF-8 most often loses its second of. */
static bool likely(uint8_t c)
{
    bool quote = c == 0x80 || c == 0x84 || c == 0x85 || (c >= 0x91 && c <= 0x97) || c == 0x99;
    return quote || (c >= 0xa0 && c != 0xc2 && c != 0xc3 && c < 0xfe);
}

bool decode_foreign(const uint8_t *p, size_t n)
{
    for (size_t i = 0, run; i < n; i += run) {
        bool odd = false;
        for (run = 0; i + run < n && p[i + run] >= 0x80; run++) {
            uint32_t c;
            if (utf8_next((const char *)p + i + run, n - i - run, &c) > 1)
                return false;
            odd = odd || !likely(p[i + run]);
        }
        // Three and more in a row are a word.
        if (odd && run < 3)
            return false;
        run += run == 0;
    }
    return true;
}

/* The charset of a line; NULL = its bytes are UTF-8 already. */
static const char *charset_of(const struct decoded *d, const uint8_t *p, size_t n, bool *foreign)
{
    *foreign = false;
    if (d->code.valid)
        return NULL;
    if (d->code.unit > 1)
        return d->charset;
    if (d->code.utf8 ? utf8_valid((const char *)p, n) == n : plain_ascii(p, n))
        return NULL;
    *foreign =
        d->foreign != NULL && (d->code.utf8 ? decode_foreign(p, n) : utf8_valid((const char *)p, n) == n);
    if (!*foreign)
        return d->charset;
    return d->code.utf8 ? d->foreign : NULL;
}

/* All of the line in UTF-8. */
static enum fate line_whole(struct arena *arena, const char *charset, const uint8_t *p, size_t n,
                            struct view *whole, size_t *bad, struct err *e)
{
    *whole = (struct view){(const char *)p, n};
    *bad = 0;
    if (charset == NULL)
        return FATE_DONE;
    char *out;
    enum fate fate = text_to_utf8(arena, charset, p, n, &out, &whole->n, bad, e);
    whole->p = out;
    return fate;
}

/* Without what stands in front of it and behind; fills in indent and quoted. */
static struct view line_bare(struct view whole, struct line *line)
{
    struct view v = scan_trim(whole);
    struct view front = {whole.p, (size_t)(v.p - whole.p)};
    line->quoted = false;
    while (v.n > 0 && *v.p == '>') {
        struct view next = scan_trim(view_from(v, 1));
        front = (struct view){v.p + 1, (size_t)(next.p - v.p) - 1};
        v = next;
        line->quoted = true;
    }
    size_t indent = scan_length(front);
    indent -= line->quoted && indent > 0; // "> text": the blank belongs to the sign
    line->indent = indent < UINT8_MAX ? (uint8_t)indent : UINT8_MAX;
    return v;
}

static enum fate no_memory(struct err *e, size_t n)
{
    err_set(e, "no memory for %zu bytes of text", n);
    return FATE_RETRY;
}

enum fate decode_line(struct arena *arena, const struct decoded *d, const uint8_t *p, size_t n,
                      struct line *line, struct err *e)
{
    struct view whole;
    size_t bad, used;
    enum fate fate = line_whole(arena, charset_of(d, p, n, &line->foreign), p, n, &whole, &bad, e);
    if (fate != FATE_DONE)
        return fate;
    struct view text = line_bare(whole, line);
    if (entity_may(text.p, text.n)) {
        char *out = arena_room(arena, text.n);
        if (out == NULL)
            return no_memory(e, text.n);
        text = scan_trim((struct view){out, entity_replace(text.p, text.n, SIZE_MAX, out, &used)});
    }
    line->text = text.n > 0 ? text : (struct view){"", 0};
    line->bad = bad > UINT32_MAX ? UINT32_MAX : (uint32_t)bad;
    line->class = text.n == 0 ? LINE_BLANK : LINE_BODY;
    return FATE_DONE;
}

/* --- the way back --------------------------------------------------------------------------------------- */

bool decode_span(struct arena *arena, const struct decoded *d, const struct line *line, struct view words,
                 uint64_t *offset, uint32_t *length)
{
    uintptr_t at = (uintptr_t)words.p, input = (uintptr_t)d->bytes;
    if (at >= input && at < input + line->offset + line->length) {
        *offset = at - input;
        *length = (uint32_t)words.n;
        return true;
    }
    size_t mark = line->offset == 0 ? d->code.mark : 0, n = line->length - mark, bad, used;
    const uint8_t *p = d->bytes + line->offset + mark;
    bool foreign;
    // With the line end, which is white space behind it all.
    const char *charset = charset_of(d, p, n, &foreign);
    struct view whole;
    struct line scratch;
    if (line_whole(arena, charset, p, n, &whole, &bad, NULL) != FATE_DONE)
        return false;
    struct view bare = line_bare(whole, &scratch);
    char *out = arena_room(arena, bare.n);
    if (out == NULL)
        return false;
    struct view text = scan_trim((struct view){out, entity_replace(bare.p, bare.n, SIZE_MAX, out, &used)});
    // The label of an export may have been cut off its front since.
    size_t front = (size_t)(text.p - out) + text.n - line->text.n;
    size_t ends[2] = {front + (size_t)(words.p - line->text.p), 0};
    ends[1] = ends[0] + words.n;
    for (size_t i = 0; i < 2; i++) {
        entity_replace(bare.p, bare.n, ends[i], out, &used);
        ends[i] = used + (size_t)(bare.p - whole.p);
        ends[i] = charset == NULL ? ends[i] : text_raw_prefix(charset, p, n, ends[i]);
    }
    *offset = line->offset + mark + ends[0];
    *length = (uint32_t)(ends[1] - ends[0]);
    return true;
}
