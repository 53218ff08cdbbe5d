// SPDX-License-Identifier: MIT
/* explain_text: --explain for a person. The file from top to bottom: each line behind a margin that says what
 * it was taken for, a cut where a dispatch begins, and at its end what was read out of it.
 *
 * Everything fits the terminal: a headline is folded, other long lines lose their middle, for what is decided
 * is decided at their ends. Nothing of the file reaches the terminal unescaped. */
#include "daemon/flows/explain_view.h"
#include "proto/utf8.h"

#include <inttypes.h>
#include <string.h>

#define NAME 15 /* columns of a field's name: "contentCreated " */
#define EVIDENCE_SHOWN 4

struct page {
    FILE *f;
    const struct explain_view *v;
    const struct show_style *style;
    int digits;    /* of the line numbers */
    bool scored;   /* some line has a score */
    size_t margin; /* columns in front of a line's text */
};

static const char *dim(const struct page *p)
{
    return p->style->colour ? SHOW_DIM : "";
}

static const char *bold(const struct page *p)
{
    return p->style->colour ? SHOW_BOLD : "";
}

static const char *yellow(const struct page *p)
{
    return p->style->colour ? SHOW_YELLOW : "";
}

static const char *plain(const struct page *p)
{
    return p->style->colour ? SHOW_PLAIN : "";
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
            show_folded(p->f, p->style, line->text, line->text_n, p->margin);
        else
            show_row(p->f, line->text, line->text_n, p->style->columns - p->margin);
        fputs(furniture || title ? plain(p) : "", p->f);
    }
    fputc('\n', p->f);
}

/* --- cuts ----------------------------------------------------------------------------------------------- */

static void print_evidence(const struct page *p, const struct reader_slice *slice)
{
    char words[1000];
    struct explain_evidence evidence[EVIDENCE_N];
    size_t n = 0, count = explain_evidence(p->v, slice, evidence);
    for (size_t i = 0; i < count && i < EVIDENCE_SHOWN && n < sizeof words; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s %+.2g", i > 0 ? ", " : "",
                              evidence[i].what, evidence[i].weight);
    if (n == 0)
        return;
    fprintf(p->f, "   %sbecause:%s ", dim(p), plain(p));
    show_folded(p->f, p->style, words, strlen(words), strlen("   because: "));
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
    if (slice->evidence != 0)
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
    show_folded(p->f, p->style, value, strlen(value), 3 + NAME);
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
    show_row(p->f, why, n, *room);
    fputs(plain(p), p->f);
    *room -= width < *room ? width : *room;
}

/* Columns behind a value on its row; 0: it takes more than one. */
static size_t room_behind(const struct page *p, const char *value)
{
    size_t room = p->style->columns - 3 - NAME, width = show_width(value, strlen(value), room + 1);
    return width <= room ? room - width : 0;
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
    if (topic->relevance > 0)
        snprintf(why, sizeof why, "(%d %%: %s)", topic->relevance, topic->reason);
    else
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
    show_text(p->f, p->v->path, strlen(p->v->path));
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

void explain_text(FILE *f, const struct explain_view *v, const struct show_style *style)
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
