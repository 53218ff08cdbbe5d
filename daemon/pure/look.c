// SPDX-License-Identifier: MIT
/* look: see look.h. */
#include "daemon/pure/look.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/mark.h"
#include "daemon/pure/sign.h"
#include "daemon/pure/text.h"

#include <string.h>

#define TITLE_MAX 300 /* bytes */
#define PARAGRAPH 160 /* bytes: so long is text, whatever it ends with */
#define UNWRAPPED 120 /* bytes */
#define BEGINNING 32  /* bytes that tell the script */
#define SHORT_WORDS 6
#define SHORT_BYTES 60 /* six words of ten bytes */
#define DATED_MAX 80   /* bytes of a line of date, place and agency */
#define DATED_WORDS 3

/* Armenian text ends its sentences with what looks like a colon, and often is one. */
static bool armenian_stop(struct view v)
{
    const char *at = memrchr(v.p, ':', v.n);
    return at != NULL && at > v.p + 1 && (unsigned char)at[-2] >= 0xd4 && (unsigned char)at[-2] <= 0xd6;
}

static uint32_t look_end(struct view v, uint32_t last)
{
    if (last == ':' && armenian_stop(v))
        return LOOK_ENDS;
    if (last == ':' || last == 0x55d) // an Armenian comma announces too
        return LOOK_COLON;
    if (last == '?' || last == 0x37e || last == 0x61f)
        return LOOK_QUESTION | LOOK_ENDS;
    bool ends = last == '.' || last == '!' || last == 0x2026 || last == 0x589 || last == 0x55c ||
                last == 0x55e || last == 0x3002;
    return ends ? LOOK_ENDS : 0;
}

/* Opening quotes and brackets do not hide what a text begins with. */
static struct view behind_quotes(struct view v)
{
    static const char *const signs[] = {"\"",           "'",           "(", "[", "\xc2\xab", "\xe2\x80\x9c",
                                        "\xe2\x80\x98", "\xe2\x80\x9e"};
    bool letter = scan_letter(v.p, v.n) > 0;
    for (size_t i = 0; !letter && i < sizeof signs / sizeof *signs; i++)
        if (v.n > strlen(signs[i]) && memcmp(v.p, signs[i], strlen(signs[i])) == 0)
            return view_from(v, strlen(signs[i]));
    return v;
}

static bool begins_lower(struct view v)
{
    v = behind_quotes(v);
    size_t first = scan_letter(v.p, v.n);
    return first > 0 && text_is_lower(v.p, first);
}

/* "September 1944: ...": a word and a year. */
static bool dated_on(struct view v)
{
    int year;
    size_t word = scan_word(v.p, v.n), at = word + scan_blanks(v.p + word, v.n - word);
    return word > 0 && at > word && scan_number(v.p + at, v.n - at, 4, &year) == 4 && year >= 1800 &&
           year < 2100;
}

/* "- ", "* ", a bullet, "12. ", "3/ ", "[4] ", "b) ". */
static bool begins_item(struct view v)
{
    size_t at = 0;
    while (at < v.n && at < 3 && v.p[at] >= '0' && v.p[at] <= '9')
        at++;
    bool number = at > 0 && at + 1 < v.n && strchr(".)/", v.p[at]) != NULL && v.p[at + 1] == ' ' &&
                  !dated_on(view_from(v, at + 2));
    const char *square =
        *v.p == '[' && v.n > 3 && v.p[1] >= '0' && v.p[1] <= '9' ? memchr(v.p, ']', 5) : NULL;
    number = number || (square != NULL && square + 1 < v.p + v.n && square[1] == ' ');
    bool letter = v.n > 2 && v.p[1] == ')' && scan_letter(v.p, 1) > 0;
    bool sign = v.n > 1 && (*v.p == '*' || scan_dash(v.p, v.n) > 0);
    bool bullet = v.n > 3 && (memcmp(v.p, "\xe2\x80\xa2", 3) == 0 || memcmp(v.p, "\xc2\xb7", 2) == 0);
    return number || letter || sign || bullet;
}

/* Four figures that are a year of our time somewhere in it; or in few words "14:58". */
static bool dated(struct view v)
{
    bool clock = false;
    for (size_t i = 0; i < v.n; i++) {
        int number;
        size_t used = scan_number(v.p + i, v.n - i, 4, &number);
        if (used == 4 && number >= 1900 && number < 2100)
            return true;
        clock = clock || (used > 0 && used <= 2 && v.n - i >= used + 3 && v.p[i + used] == ':' &&
                          v.p[i + used + 1] >= '0' && v.p[i + used + 1] <= '5');
        while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9')
            i++;
    }
    return clock && scan_words(v) <= DATED_WORDS;
}

/* "... after ten years of de...": a headline that did not fit. */
static bool cut_off(struct view v)
{
    return v.n > 3 && (memcmp(v.p + v.n - 3, "...", 3) == 0 || memcmp(v.p + v.n - 3, "\xe2\x80\xa6", 3) == 0);
}

/* Small letters in a row in front of `at`. */
static size_t small_before(const char *p, const char *at)
{
    size_t small = 0;
    for (; at > p && ((unsigned char)at[-1] >= 0x80 || (at[-1] >= 'a' && at[-1] <= 'z')); at--)
        small += ((unsigned char)at[-1] & 0xc0) != 0x80;
    return small;
}

/* A full stop behind a word of four small letters and more, which is no abbreviation, and a capital or a
 * bracket behind it. */
static bool broken(struct view v)
{
    for (const char *at = v.p; (at = scan_find((struct view){at, (size_t)(v.p + v.n - at)}, ". ")) != NULL; at += 2) {
        struct view next = behind_quotes(view_from(v, (size_t)(at + 2 - v.p)));
        size_t first = scan_letter(next.p, next.n);
        bool begins = (next.n > 0 && *next.p == '(') || (first > 0 && text_is_upper(next.p, first));
        if (begins && small_before(v.p, at) >= 4)
            return true;
    }
    return false;
}

/* Adds LOOK_DATED and LOOK_SIGNED. "Выпуск 212, 21 сентября 2005 г." is no sentence. */
static uint32_t look_dated(const struct rules *rules, struct view v, uint32_t look)
{
    struct stamp stamp;
    struct view name;
    bool unit = v.n > 2 && v.p[v.n - 1] == '.' && (unsigned char)v.p[v.n - 2] >= 0x80;
    const char *colon = memmem(v.p, v.n, ": ", 2);
    bool tight = colon != NULL && colon > v.p && colon[-1] >= '0' && colon[-1] <= '9';
    if (tight && scan_words(view_from(v, (size_t)(colon - v.p) + 1)) > DATED_WORDS)
        return look; // "20. September 1944: Ein Brief aus Gjumri"
    if (v.n > DATED_MAX || (look & LOOK_COLON) || ((look & LOOK_ENDS) && !unit) || !dated(v))
        return look;
    bool behind = stamp_behind(rules, v, &name, &stamp);
    if (look & LOOK_ENDS)
        return behind ? (look & ~LOOK_ENDS) | LOOK_DATED | LOOK_SIGNED : look;
    return look | LOOK_DATED | (behind ? LOOK_SIGNED : 0);
}

/* "... said. - Trend"; but "Is it over? - Trend" is a headline. */
static bool signed_text(const struct rules *rules, struct view v)
{
    struct sign sign;
    return sign_behind(rules, v, &sign) && sign.marked && scan_last((struct view){v.p, sign.text}) == '.';
}

static uint32_t look_plain(const struct rules *rules, const struct line *line)
{
    struct view v = line->text;
    uint32_t last = scan_last(v), look = LOOK_PLAIN | look_end(v, last);
    bool marked = last != '.' && last != ',' && last != '?'; // as nearly all lines but those that are marked
    if (marked && (end_mark(rules, v) < v.n || signed_text(rules, v)))
        return look | LOOK_ENDS | LOOK_MARK | (v.n > TITLE_MAX ? LOOK_LONG : 0);
    if (line->class == LINE_TITLE)
        look |= LOOK_TITLE | LOOK_NAMED;
    if (v.n > TITLE_MAX)
        return look | LOOK_LONG;
    // "of the town said on Monday ..." is what was cut off of a text.
    look |= line_title_like(v) || (cut_off(v) && !begins_lower(v)) ? LOOK_TITLE : 0;
    look |= text_is_upper(v.p, v.n) ? LOOK_UPPER : 0;
    look |= begins_lower(v) ? LOOK_LOWER : 0;
    look |= broken(v) ? LOOK_BROKEN | LOOK_ENDS : 0;
    look |= begins_item(v) ? LOOK_ITEM : 0;
    look |= v.n <= SHORT_BYTES && scan_words(v) <= SHORT_WORDS ? LOOK_SHORT : 0;
    return look_dated(rules, v, look);
}

/* Of a line that no headline is, if its class is sure. */
static uint32_t look_other(const struct rules *rules, const struct line *line)
{
    uint32_t look = 0;
    if (line->class == LINE_TIME || line->class == LINE_AGENCY || line->class == LINE_DATELINE ||
        line->class == LINE_BYLINE)
        look =
            (line->says & LINE_SAYS_DATE ? LOOK_DATE : 0) | (line->says & LINE_SAYS_CLOCK ? LOOK_CLOCK : 0);
    if (line->class == LINE_DATELINE) {
        look |= look_end(line->text, scan_last(line->text));
        return look | (end_mark(rules, line->text) < line->text.n ? LOOK_MARK | LOOK_ENDS : 0);
    }
    bool doubtful = line->class == LINE_FURNITURE || line->class == LINE_KICKER || line->score < LOOK_UNSURE;
    return look | (line->class != LINE_BLANK && doubtful && line_title_like(line->text) ? LOOK_TITLE : 0);
}

static uint8_t text_of(const struct line *line, uint32_t look)
{
    if (line->class == LINE_DATELINE)
        return CHOOSE_SENTENCE;
    if (!(look & LOOK_PLAIN))
        return CHOOSE_NOTHING;
    bool sentence = line->text.n >= PARAGRAPH || ((look & LOOK_ENDS) && !(look & LOOK_TITLE));
    return sentence ? CHOOSE_SENTENCE : CHOOSE_LINE;
}

/* The end of the blank run that begins at line i; *rows: how wide it is. */
static size_t blank_run(const struct line *lines, size_t n, size_t i, size_t *rows)
{
    for (*rows = 0; i < n && lines[i].class == LINE_BLANK; i++)
        *rows += lines[i].rows;
    return i;
}

/* Marks the gaps that are wider than the narrowest, in lines: bytes would make blanks at the end of a line,
 * and CR, evidence. A blank run above the first line or under the last is no gap. */
static void looks_gaps(const struct line *lines, size_t n, uint32_t *of)
{
    size_t narrow = SIZE_MAX, rows, end, first = 0;
    while (first < n && lines[first].class == LINE_BLANK)
        first++;
    for (size_t i = first; i < n; i = end + (end == i)) {
        end = blank_run(lines, n, i, &rows);
        narrow = end > i && end < n && rows < narrow ? rows : narrow;
    }
    for (size_t i = first; i < n; i = end + (end == i)) {
        end = blank_run(lines, n, i, &rows);
        if (end > i && end < n && rows > narrow)
            of[end - 1] |= LOOK_WIDE;
    }
}

/* Bytes of a line longer than any that a program wraps: more where two make a letter. */
static size_t unwrapped_min(struct view v)
{
    size_t beyond = 0;
    for (size_t i = 0; i < v.n && i < BEGINNING; i++)
        beyond += (unsigned char)v.p[i] >= 0x80;
    return beyond > BEGINNING / 4 ? 2 * UNWRAPPED : UNWRAPPED;
}

/* Whether half of the bytes stand in lines that no program wrapped. */
static bool looks_unwrapped(const struct line *lines, size_t n)
{
    size_t all = 0, unwrapped = 0;
    for (size_t i = 0; i < n; i++) {
        all += lines[i].text.n;
        unwrapped += lines[i].text.n > unwrapped_min(lines[i].text) ? lines[i].text.n : 0;
    }
    return unwrapped * 2 > all;
}

/* Lines that no program wrapped count as the longest. */
static size_t looks_width(const struct line *lines, size_t n)
{
    size_t of[UNWRAPPED + 1] = {0}, shown = 0, beyond = 0, width = UNWRAPPED;
    for (size_t i = 0; i < n; i++) {
        size_t length = lines[i].class == LINE_BLANK || lines[i].text.n > 2 * UNWRAPPED ? 0 : scan_length(lines[i].text);
        shown += length > 0;
        of[length < UNWRAPPED ? length : UNWRAPPED] += length > 0;
    }
    for (; width > 0 && (beyond += of[width]) * 10 <= shown;)
        width--;
    return width;
}

/* "14 марта 2008 г.", "2008 թ.": an abbreviation, not the end of a sentence. */
static bool ends_year(struct view v)
{
    size_t at = v.n > 1 && v.p[v.n - 1] == '.' ? v.n - 1 : 0, word = at;
    while (word > 0 && (unsigned char)v.p[word - 1] >= 0x80)
        word--;
    size_t letters = scan_length((struct view){v.p + word, at - word});
    while (word > 0 && v.p[word - 1] == ' ')
        word--;
    return letters > 0 && letters <= 2 && dated((struct view){v.p, word}) && v.p[word - 1] <= '9' &&
           v.p[word - 1] >= '0';
}

/* What a file is and of which day, at its top, is no sentence. */
static void looks_opening(const struct line *lines, size_t n, struct looks *out)
{
    size_t i = 0;
    while (i < n && lines[i].class == LINE_BLANK)
        i++;
    for (; i < n && lines[i].class != LINE_BLANK && lines[i].text.n <= PARAGRAPH; i++)
        if ((out->of[i] & LOOK_PLAIN) && ends_year(lines[i].text)) {
            out->of[i] = (out->of[i] & ~(uint32_t)LOOK_ENDS) | LOOK_TITLE | LOOK_DATED;
            out->text[i] = CHOOSE_LINE;
        }
}

bool looks_take(struct arena *arena, struct page *page)
{
    size_t n = page->n;
    const struct line *lines = page->lines;
    struct looks *out = &page->looks;
    out->of = arena_room(arena, n * sizeof *out->of);
    out->text = arena_room(arena, n);
    if (out->of == NULL || out->text == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t class = lines[i].class;
        if (class == LINE_BODY || class == LINE_HEADING || class == LINE_TITLE)
            out->of[i] = look_plain(page->rules, &lines[i]);
        else
            out->of[i] = look_other(page->rules, &lines[i]);
        out->text[i] = text_of(&lines[i], out->of[i]);
    }
    looks_opening(lines, n, out);
    looks_gaps(lines, n, out->of);
    out->unwrapped = looks_unwrapped(lines, n);
    out->width = looks_width(lines, n);
    return true;
}
