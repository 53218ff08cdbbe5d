// SPDX-License-Identifier: MIT
/* explain_text: --explain for a person. The file from top to bottom: each line behind a margin that says what it
 * was taken for, a cut where a dispatch begins, and at its end what was read out of it.
 *
 * Everything fits the terminal: a headline is folded, other long lines lose their middle, for what is decided
 * is decided at their ends. Nothing of the file reaches the terminal unescaped. */
#include "daemon/flows/explain_view.h"
#include "proto/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_LEAST 40 /* narrower is not readable anyway, and sums below stay positive */
#define COLUMNS_MOST 160 /* the eye finds no line's begin beyond */
#define FOLDS 4          /* rows of a headline or a value */
#define NAME 15          /* columns of a field's name: "contentCreated " */
#define EVIDENCE_SHOWN 4
#define SHOW 16          /* bytes of one character as shown: "\u{10FFFF}" */

struct page {
    FILE *f;
    const struct explain_view *v;
    const struct explain_style *style;
    int digits;    /* of the line numbers */
    bool scored;   /* some line has a score */
    size_t margin; /* columns in front of a line's text */
};

struct explain_style explain_style(void)
{
    struct explain_style style = {.columns = 80};
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

static const char *dim(const struct page *p)
{
    return p->style->colour ? "\033[2m" : "";
}

static const char *bold(const struct page *p)
{
    return p->style->colour ? "\033[1m" : "";
}

static const char *yellow(const struct page *p)
{
    return p->style->colour ? "\033[33m" : "";
}

static const char *plain(const struct page *p)
{
    return p->style->colour ? "\033[0m" : "";
}

/* --- text that fits ------------------------------------------------------------------------------------- */

/* Columns of the character at p as shown. */
static size_t show_one(const char *p, size_t n, char out[SHOW], size_t *used)
{
    uint32_t c;
    *used = utf8_next(p, n, &c);
    utf8_show(out, SHOW, p, *used);
    return utf8_width(out, strlen(out));
}

/* Bytes of a text that fit into so many columns. */
static size_t fitting(const char *p, size_t n, size_t columns)
{
    char one[SHOW];
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

/* The same from its end; *rest gets the columns that are left over. */
static size_t fitting_back(const char *p, size_t n, size_t columns)
{
    char one[SHOW];
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

static void put(const struct page *page, const char *p, size_t n)
{
    char one[SHOW];
    for (size_t i = 0, used; i < n; i += used) {
        show_one(p + i, n - i, one, &used);
        fputs(one, page->f);
    }
}

/* On one row; of what is too long the middle is left out. */
static void put_row(const struct page *page, const char *p, size_t n, size_t columns)
{
    size_t head = fitting(p, n, columns);
    if (head < n) {
        size_t tail_columns = columns / 3;
        head = fitting(p, n, columns - tail_columns - 3); // " … "
        size_t tail = fitting_back(p, n, tail_columns);
        put(page, p, head);
        fputs(" \u2026 ", page->f);
        p += n - tail;
        n = tail;
    }
    put(page, p, n);
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

/* On several rows, those behind the first under `indent` columns. */
static void put_folded(const struct page *page, const char *p, size_t n, size_t indent)
{
    size_t columns = page->style->columns - indent;
    for (int row = 1; n > 0; row++) {
        size_t take = row == FOLDS ? n : fold_at(p, n, columns);
        if (row > 1)
            fprintf(page->f, "\n%*s", (int)indent, "");
        put_row(page, p, take, columns);
        while (take < n && p[take] == ' ')
            take++;
        p += take;
        n -= take;
    }
}

/* --- lines ---------------------------------------------------------------------------------------------- */

/* "time line" is "time" in the margin. */
static int class_n(const char *class)
{
    const char *line = strstr(class, " line");
    return (int)(line != NULL && line[5] == '\0' ? (size_t)(line - class) : strlen(class));
}

static void print_margin(const struct page *p, const struct reader_line *line, uint64_t number)
{
    bool blank = line->text_n == 0;
    fprintf(p->f, "%s%*" PRIu64 " %-9.*s", dim(p), p->digits, number, blank ? 0 : class_n(line->class),
            line->class);
    if (p->scored && !blank && (line->score > 0 || line->score < 0))
        fprintf(p->f, " %5.2f", line->score);
    else if (p->scored)
        fprintf(p->f, " %5s", "");
    fprintf(p->f, " |%s", plain(p));
}

static void print_line(const struct page *p, size_t i)
{
    const struct reader_line *line = &p->v->result->lines[i];
    bool title = strcmp(line->class, "title") == 0;
    bool furniture = line->slice == 0 || strcmp(line->class, "furniture") == 0;
    print_margin(p, line, p->v->numbers[i]);
    if (line->text_n > 0) {
        fprintf(p->f, " %s", furniture ? dim(p) : title ? bold(p) : "");
        if (title)
            put_folded(p, line->text, line->text_n, p->margin);
        else
            put_row(p, line->text, line->text_n, p->style->columns - p->margin);
        fputs(furniture || title ? plain(p) : "", p->f);
    }
    fputc('\n', p->f);
}

/* --- cuts ----------------------------------------------------------------------------------------------- */

static void print_evidence(const struct page *p, const struct reader_slice *slice)
{
    char words[1000];
    size_t n = 0;
    for (size_t i = 0; i < slice->nevidence && i < EVIDENCE_SHOWN && n < sizeof words; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s %+.2g", i > 0 ? ", " : "",
                              slice->evidence[i].what, slice->evidence[i].weight);
    if (n == 0)
        return;
    fprintf(p->f, "   %sbecause:%s ", dim(p), plain(p));
    put_folded(p, words, strlen(words), strlen("   because: "));
    fputc('\n', p->f);
}

static void print_cut(const struct page *p, size_t number)
{
    const struct reader_slice *slice = &p->v->result->slices[number - 1];
    char words[160];
    int n = snprintf(words, sizeof words, "-- %zu -- ", number);
    if (slice->why != NULL)
        n += snprintf(words + n, sizeof words - (size_t)n, "rejected ");
    else
        n += snprintf(words + n, sizeof words - (size_t)n, "confidence %.2f ", slice->dispatch.confidence);
    if (slice->nevidence > 0)
        n += snprintf(words + n, sizeof words - (size_t)n, "-- score %.2f, margin %.2f ", slice->score,
                      slice->margin);
    fprintf(p->f, "\n%s%s", bold(p), words);
    for (size_t i = (size_t)n; i < p->style->columns; i++)
        fputc('-', p->f);
    fprintf(p->f, "%s\n", plain(p));
    print_evidence(p, slice);
}

/* --- fields --------------------------------------------------------------------------------------------- */

static void print_named(const struct page *p, const char *name, const char *value, const char *colour)
{
    fprintf(p->f, "   %s%-*s%s", dim(p), NAME, name, plain(p));
    fputs(colour, p->f);
    put_folded(p, value, strlen(value), 3 + NAME);
    fputs(colour[0] != '\0' ? plain(p) : "", p->f);
}

/* Behind the value if it fits, else on a row of its own. `room`: columns left behind the value. */
static void print_why(const struct page *p, const char *why, size_t *room)
{
    size_t n = strlen(why), width = utf8_width(why, n) + 2;
    if (width > *room) {
        fprintf(p->f, "\n%*s", 3 + NAME, "");
        *room = p->style->columns - 3 - NAME;
        width -= 2;
    } else {
        fputs("  ", p->f);
    }
    fputs(dim(p), p->f);
    put_row(p, why, n, *room);
    fputs(plain(p), p->f);
    *room -= width < *room ? width : *room;
}

static size_t room_behind(const struct page *p, const char *value)
{
    size_t n = strlen(value), room = p->style->columns - 3 - NAME;
    size_t shown = fitting(value, n, room);
    char one[SHOW];
    if (shown < n)
        return 0;
    for (size_t i = 0, used; i < n; i += used)
        room -= show_one(value + i, n - i, one, &used);
    return room;
}

static void print_field(const struct page *p, const struct reader_slice *slice, const char *name,
                        const char *value)
{
    char why[400];
    const struct reader_source *s = NULL;
    print_named(p, name, value, "");
    size_t room = room_behind(p, value);
    while ((s = explain_source(slice, name, s)) != NULL) {
        if (s->length > 0)
            snprintf(why, sizeof why, "(%s: line %" PRIu64 ", %" PRIu64 "+%u)", s->rule,
                     explain_line_of(p->v, s->offset), s->offset, s->length);
        else
            snprintf(why, sizeof why, "(%s)", s->rule); // no line of this dispatch says it
        print_why(p, why, &room);
    }
    fputc('\n', p->f);
}

static void print_topic(const struct page *p, const struct reader_topic *topic)
{
    char why[600];
    snprintf(why, sizeof why, "(%s)", topic->reason);
    print_named(p, "topic", topic->topic, "");
    size_t room = room_behind(p, topic->topic);
    print_why(p, why, &room);
    fputc('\n', p->f);
}

static void print_fields(const struct page *p, size_t number)
{
    const struct reader_slice *slice = &p->v->result->slices[number - 1];
    const struct newswire_dispatch *d = &slice->dispatch;
    char scratch[FIELDS_SCRATCH], span[120];
    snprintf(span, sizeof span, "lines %" PRIu64 "-%" PRIu64 ", %" PRIu64 "+%" PRIu64,
             explain_line_of(p->v, slice->offset), explain_line_of(p->v, slice->offset + slice->length - 1),
             slice->offset, slice->length);
    fputc('\n', p->f);
    print_named(p, "span", span, "");
    fputc('\n', p->f);
    if (slice->why != NULL) {
        print_named(p, "rejected", slice->why, yellow(p));
        fputc('\n', p->f);
        return;
    }
    for (size_t i = 0; fields_names[i] != NULL; i++) {
        const char *value = fields_value(d, i, scratch);
        // The text stands above; only where it was found can be news.
        bool body = fields_names[i + 1] == NULL;
        if (value != NULL && (!body || explain_source(slice, fields_names[i], NULL) != NULL))
            print_field(p, slice, fields_names[i], value);
    }
    for (size_t i = 0; i < slice->ntopics; i++)
        print_topic(p, &slice->topics[i]);
    for (size_t i = 0; d->warnings != NULL && d->warnings[i] != NULL; i++) {
        print_named(p, "warning", d->warnings[i], yellow(p));
        fputc('\n', p->f);
    }
}

/* --- the whole ------------------------------------------------------------------------------------------ */

static void print_head(const struct page *p)
{
    const struct reader_result *r = p->v->result;
    char words[200];
    snprintf(words, sizeof words, ": %s, %zu bytes, %" PRIu64 " lines, %zu %s", r->charset, p->v->in->n,
             p->v->nlines, r->nslices, r->nslices == 1 ? "dispatch" : "dispatches");
    fputs(bold(p), p->f);
    put(p, p->v->path, strlen(p->v->path));
    fprintf(p->f, "%s%s\n", plain(p), words);
}

static int digits_of(uint64_t n)
{
    int digits = 1;
    while ((n /= 10) > 0)
        digits++;
    return digits > 3 ? digits : 3;
}

static bool is_scored(const struct reader_result *r)
{
    for (size_t i = 0; i < r->nlines; i++)
        if (r->lines[i].score > 0 || r->lines[i].score < 0)
            return true;
    return false;
}

void explain_text(FILE *f, const struct explain_view *v, const struct explain_style *style)
{
    const struct reader_result *r = v->result;
    struct page p = {.f = f, .v = v, .style = style, .digits = digits_of(v->nlines), .scored = is_scored(r)};
    p.margin = (size_t)p.digits + strlen(" furniture | ") + (p.scored ? strlen(" -1.00") : 0);
    uint32_t open = 0; // the dispatch whose lines are being shown
    print_head(&p);
    for (size_t i = 0; i < r->nlines; i++) {
        uint32_t slice = r->lines[i].slice;
        if (slice != open && open != 0)
            print_fields(&p, open);
        if (slice != open && slice != 0)
            print_cut(&p, slice);
        else if (slice != open && r->lines[i].text_n > 0)
            fputc('\n', f);
        open = slice;
        print_line(&p, i);
    }
    if (open != 0)
        print_fields(&p, open);
}
