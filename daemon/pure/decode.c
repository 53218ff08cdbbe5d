// SPDX-License-Identifier: MIT
/* decode: see decode.h. First the charset, then lines by their raw bytes, each converted by itself
 * (decode_line.c), so that no map between raw and decoded offsets is kept. Only UTF-16 and UTF-32 need care
 * there: their line ends are units of two and four bytes. */
#include "daemon/pure/decode.h"

#include "daemon/pure/lines.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>
#include <strings.h>

/* Where the first CR or LF stands in p[0..n), n when there is none; eight bytes at a time. Of a word with its
 * line ends made zero, subtracting one from each byte sets a top bit that was not set: the least of these
 * bits is a line end. */
static size_t end_at(const uint8_t *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (uint64_t w; n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, p + i, sizeof w);
        uint64_t lf = w ^ ones * '\n', cr = w ^ ones * '\r';
        if ((((lf - ones) & ~lf) | ((cr - ones) & ~cr)) & tops)
            break;
    }
    while (i < n && p[i] != '\n' && p[i] != '\r')
        i++;
    return i;
}

/* --- which charset -------------------------------------------------------------------------------------- */

static bool code_marked(const uint8_t *p, size_t n, struct decode_code *code)
{
    static const struct {
        uint8_t bytes[4];
        size_t n;
        struct decode_code code;
    } marks[] = {
        // UTF-32LE before UTF-16LE, whose mark it begins with.
        {{0xff, 0xfe, 0, 0}, 4, {"UTF-32LE", 4, false, false, false, false, 4}},
        {{0, 0, 0xfe, 0xff}, 4, {"UTF-32BE", 4, true, false, false, false, 4}},
        {{0xef, 0xbb, 0xbf}, 3, {"UTF-8", 1, false, true, false, false, 3}},
        {{0xff, 0xfe}, 2, {"UTF-16LE", 2, false, false, false, false, 2}},
        {{0xfe, 0xff}, 2, {"UTF-16BE", 2, true, false, false, false, 2}},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (n >= marks[i].n && memcmp(p, marks[i].bytes, marks[i].n) == 0) {
            *code = marks[i].code;
            return true;
        }
    }
    return false;
}

/* UTF-16 and UTF-32 by name, with the byte order that RFC 2781 gives to text without a mark. */
static bool code_wide(const char *name, struct decode_code *code)
{
    static const struct decode_code wide[] = {
        {"UTF-16LE", 2, false, false, false, false, 0},
        {"UTF-16BE", 2, true, false, false, false, 0},
        {"UTF-32LE", 4, false, false, false, false, 0},
        {"UTF-32BE", 4, true, false, false, false, 0},
    };
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        size_t stem = strlen("UTF-16");
        bool whole = strcasecmp(name, wide[i].charset) == 0;
        if (whole || (wide[i].big && strlen(name) == stem && strncasecmp(name, wide[i].charset, stem) == 0)) {
            *code = wide[i];
            return true;
        }
    }
    return false;
}

/* A line end must be the byte it is in ASCII, and the letters too. */
static bool charset_ascii(struct arena *arena, const char *charset)
{
    static const char sample[] = "Az09 .\n";
    char *out;
    size_t n, bad;
    enum fate fate =
        text_to_utf8(arena, charset, (const uint8_t *)sample, strlen(sample), &out, &n, &bad, NULL);
    return fate == FATE_DONE && n == strlen(sample) && memcmp(out, sample, n) == 0;
}

/* UTF-16 without a mark: in text of most scripts every other byte of many units (blanks, digits, line ends)
 * is 0. */
static bool code_guess_wide(const uint8_t *p, size_t n, struct decode_code *code)
{
    size_t look = n < 65536 ? n : 65536, zeros[2] = {0, 0};
    if (memchr(p, 0, look) == NULL)
        return false;
    for (size_t i = 0; i < look; i++)
        zeros[i % 2] += p[i] == 0;
    size_t units = look / 2;
    if (units >= 4 && zeros[1] * 16 >= units && zeros[0] * 32 < units)
        return code_wide("UTF-16LE", code);
    if (units >= 4 && zeros[0] * 16 >= units && zeros[1] * 32 < units)
        return code_wide("UTF-16BE", code);
    return false;
}

/* Bytes beyond ASCII by what the lines they stand in are. */
struct votes {
    size_t utf8;  /* valid UTF-8, or damaged in one place of five at most */
    size_t other; /* neither */
};

static void line_vote(const uint8_t *p, size_t n, struct votes *votes)
{
    size_t good = 0, bad = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        size_t used = utf8_next((const char *)p + i, n - i, &c);
        good += used > 1 ? used : 0;
        bad += used == 1 && p[i] >= 0x80;
        i += used;
    }
    *(good / 2 >= bad * 4 ? &votes->utf8 : &votes->other) += good + bad;
}

static struct votes votes_count(const uint8_t *p, size_t n)
{
    struct votes votes = {0};
    for (size_t at = 0; at < n;) {
        size_t length = end_at(p + at, n - at);
        line_vote(p + at, length, &votes);
        at += length + (at + length < n);
    }
    return votes;
}

/* The charset that a mail or a page names itself near its beginning ("charset=windows-1251"); NULL = none. */
static const char *code_told(struct arena *arena, const uint8_t *p, size_t n)
{
    static const char key[] = "charset=";
    size_t look = n < 8192 ? n : 8192, length = 0;
    for (size_t i = 0; i + sizeof key < look; i++) {
        if (strncasecmp((const char *)p + i, key, strlen(key)) != 0)
            continue;
        i += strlen(key);
        i += p[i] == '"' || p[i] == '\'';
        while (i + length < look && length < 40 &&
               (p[i + length] == '-' || p[i + length] == '_' ||
                scan_letter((const char *)p + i + length, 1) > 0))
            length++;
        return arena_text(arena, (const char *)p + i, length);
    }
    return NULL;
}

static enum fate code_declared(struct arena *arena, const char *declared, struct decode_code *code,
                               struct err *e)
{
    if (strcasecmp(declared, "UTF-8") == 0 || strcasecmp(declared, "UTF8") == 0) {
        *code = (struct decode_code){.charset = "UTF-8", .unit = 1, .utf8 = true};
        return FATE_DONE;
    }
    if (code_wide(declared, code))
        return FATE_DONE;
    *code = (struct decode_code){.charset = arena_text(arena, declared, strlen(declared)), .unit = 1};
    if (code->charset == NULL)
        return FATE_RETRY;
    if (!text_charset_known(declared) || !charset_ascii(arena, declared)) {
        err_set(e, "charset %s of the feed is not known or no extension of ASCII", declared);
        return FATE_BAD;
    }
    return FATE_DONE;
}

static enum fate code_find(struct arena *arena, const uint8_t *p, size_t n, const char *declared,
                           struct decode_code *code, struct err *e)
{
    if (code_marked(p, n, code))
        return FATE_DONE;
    if (declared != NULL && declared[0] != '\0')
        return code_declared(arena, declared, code, e);
    if (code_guess_wide(p, n, code)) {
        code->detected = true;
        return FATE_DONE;
    }
    *code = (struct decode_code){.charset = "UTF-8", .unit = 1, .utf8 = true};
    code->valid = utf8_valid((const char *)p, n) == n;
    if (code->valid)
        return FATE_DONE;
    struct votes votes = votes_count(p, n);
    if (votes.utf8 >= votes.other)
        return FATE_DONE;
    const char *charset = code_told(arena, p, n);
    if (charset == NULL || !text_charset_known(charset) || strncasecmp(charset, "UTF", 3) == 0 ||
        strcasecmp(charset, "US-ASCII") == 0)
        charset = text_charset_detect(p, n);
    bool utf8 = strcmp(charset, "UTF-8") == 0 || !charset_ascii(arena, charset);
    *code =
        (struct decode_code){.charset = utf8 ? "UTF-8" : charset, .unit = 1, .utf8 = utf8, .detected = true};
    return FATE_DONE;
}

/* --- is it text at all ---------------------------------------------------------------------------------- */

/* Control characters that no text has; tab, line and page ends and ESC (of ISO 2022) are not among them. */
static inline bool control(uint8_t c)
{
    return (c < 0x20 && c != 0x1b && (c < 0x09 || c > 0x0d)) || c == 0x7f;
}

/* How many of the bytes at p, most at least eight, are surely no control characters: eight at a time. Of each
 * byte the top bit says whether it is printed; what is beyond ASCII is. */
static size_t printed(const uint8_t *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (uint64_t w; n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, p + i, sizeof w);
        uint64_t low = w & ~tops, from_blank = low + ones * (0x80 - ' '), not_del = ~(low + ones);
        if (((w | (from_blank & not_del)) & tops) != tops)
            break;
    }
    return i;
}

/* More than one byte in sixteen: compressed or enciphered bytes have one in nine, text that was damaged
 * fewer. */
static bool is_text(const uint8_t *p, size_t n, struct err *e)
{
    size_t controls = 0, first = 0, zeros = 0;
    for (size_t i = printed(p, n); i < n; i++) {
        if (!control(p[i])) {
            i += printed(p + i + 1, n - i - 1);
            continue;
        }
        first = controls++ == 0 ? i : first;
        zeros += p[i] == 0;
    }
    if (controls <= n / 16)
        return true;
    return err_set(e, "offset %zu: not text (%zu %s in %zu bytes)", first,
                   zeros > controls / 2 ? zeros : controls,
                   zeros > controls / 2 ? "NUL bytes" : "control characters", n);
}

/* --- lines ---------------------------------------------------------------------------------------------- */

static uint32_t unit_at(const struct decode_code *code, const uint8_t *p)
{
    uint32_t c = 0;
    for (size_t i = 0; i < code->unit; i++)
        c = c << 8 | p[code->big ? i : code->unit - 1 - i];
    return c;
}

/* Bytes of the line that begins at p, its end included; *end_n: bytes of that end. */
static size_t line_length(const struct decode_code *code, const uint8_t *p, size_t n, size_t *end_n)
{
    size_t unit = code->unit;
    for (size_t i = unit == 1 ? end_at(p, n) : 0; i + unit <= n; i += unit) {
        uint32_t c = unit_at(code, p + i);
        if (c != '\n' && c != '\r')
            continue;
        bool pair = c == '\r' && i + 2 * unit <= n && unit_at(code, p + i + unit) == '\n';
        *end_n = pair ? 2 * unit : unit;
        return i + *end_n;
    }
    *end_n = 0;
    return n;
}

static void line_add(struct decoded *out, struct line line)
{
    struct line *last = out->nlines > 0 ? &out->lines[out->nlines - 1] : NULL;
    if (last == NULL || last->class != LINE_BLANK || line.class != LINE_BLANK) {
        out->lines[out->nlines++] = line;
        return;
    }
    last->length += line.length;
    last->rows += last->rows < UINT16_MAX;
}

static size_t lines_count(const struct decode_code *code, const uint8_t *p, size_t n)
{
    size_t count = 0, end_n;
    for (size_t at = 0; at < n; count++)
        at += line_length(code, p + at, n - at, &end_n);
    return count;
}

static enum fate lines_read(struct arena *arena, const uint8_t *p, size_t n, uint64_t max_lines,
                            struct decoded *out, struct err *e)
{
    const struct decode_code *code = &out->code;
    size_t end_n, mark = code->mark;
    for (size_t at = 0; at < n; mark = 0) {
        size_t length = line_length(code, p + at + mark, n - at - mark, &end_n) + mark;
        struct line line = {.offset = at, .length = (uint32_t)length, .rows = 1};
        enum fate fate = decode_line(arena, out, p + at + mark, length - mark - end_n, &line, e);
        if (fate != FATE_DONE)
            return fate;
        if (line.class != LINE_BLANK && out->nlines >= max_lines) {
            err_set(e, "offset %zu: more than %llu lines", at, (unsigned long long)max_lines);
            return FATE_BAD;
        }
        line_add(out, line);
        at += length;
    }
    return FATE_DONE;
}

/* --- lines of another charset --------------------------------------------------------------------------- */

#define FOREIGN_MAX 65536 /* bytes looked at to find out their charset */

/* Whether UTF-8 cannot be taken for it: of the charsets of several bytes a short line may be both. */
static bool one_byte(const char *charset)
{
    static const char *const kinds[] = {"windows-125", "ISO-8859-", "KOI8-", "IBM866", "ARMSCII-8"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncasecmp(charset, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

/* Of a file that is UTF-8 by and large: the charset of the lines that are not; of others UTF-8 if it has such
 * lines. An operator who declared a charset is believed for all of it. */
static enum fate foreign_find(struct arena *arena, const uint8_t *p, size_t n, struct decoded *out,
                              struct err *e)
{
    const struct decode_code *code = &out->code;
    size_t gathered = 0;
    if (code->unit > 1 || (!code->utf8 && !(code->detected && one_byte(code->charset))))
        return FATE_DONE;
    if (!code->utf8) {
        out->foreign = "UTF-8";
        return FATE_DONE;
    }
    if (code->valid)
        return FATE_DONE;
    uint8_t *lines = arena_alloc(arena, FOREIGN_MAX);
    if (lines == NULL) {
        err_set(e, "no memory to find out a charset");
        return FATE_RETRY;
    }
    for (size_t at = 0; at < n && gathered < FOREIGN_MAX;) {
        size_t length = end_at(p + at, n - at), room = FOREIGN_MAX - gathered - 1;
        bool valid = utf8_valid((const char *)p + at, length) == length;
        if (!valid && length <= room && decode_foreign(p + at, length)) {
            memcpy(lines + gathered, p + at, length);
            gathered += length;
            lines[gathered++] = '\n';
        }
        at += length + (at + length < n);
    }
    const char *charset = gathered > 0 ? text_charset_detect(lines, gathered) : NULL;
    out->foreign = charset != NULL && charset_ascii(arena, charset) ? charset : NULL;
    return FATE_DONE;
}

/* --- */

static bool all_blank(const struct decoded *d)
{
    return d->nlines == 0 || (d->nlines == 1 && d->lines[0].class == LINE_BLANK);
}

enum fate decode(struct arena *arena, const uint8_t *bytes, size_t n, const char *declared,
                 uint64_t max_lines, struct decoded *out, struct err *e)
{
    *out = (struct decoded){.bytes = bytes};
    struct decode_code *code = &out->code;
    if (n == 0 || n > UINT32_MAX) {
        err_set(e, n == 0 ? "empty file" : "longer than 4 GiB");
        return FATE_BAD;
    }
    enum fate fate = code_find(arena, bytes, n, declared, code, e);
    if (fate != FATE_DONE)
        return fate;
    if (code->unit == 1 && !is_text(bytes, n, e))
        return FATE_BAD;
    code->valid = code->valid || (code->utf8 && utf8_valid((const char *)bytes, n) == n);
    size_t most = lines_count(code, bytes + code->mark, n - code->mark) + 1;
    // One more than the limit, for a blank run behind the last line.
    most = most - 1 > max_lines ? max_lines + 1 : most;
    out->lines = arena_room(arena, most * sizeof *out->lines);
    if (out->lines == NULL) {
        err_set(e, "no memory for %zu lines", most);
        return FATE_RETRY;
    }
    out->charset = code->charset;
    fate = foreign_find(arena, bytes, n, out, e);
    if (fate == FATE_DONE)
        fate = lines_read(arena, bytes, n, max_lines, out, e);
    if (fate == FATE_DONE && all_blank(out)) {
        err_set(e, "empty file");
        return FATE_BAD;
    }
    return fate;
}
