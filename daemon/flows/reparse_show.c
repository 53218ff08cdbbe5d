// SPDX-License-Identifier: MIT
/* reparse_show: see reparse_show.h. A person is shown the beginning of what differs, a program all of it. */
#include "daemon/flows/reparse_show.h"

#include "daemon/flows/fields.h"
#include "proto/doc.h"
#include "proto/utf8.h"

#include <inttypes.h>
#include <string.h>

#define NAME 15   /* columns of a field's name: "contentCreated " */
#define INDENT 13 /* "  retagged 12 " less one */

const char *reparse_word(enum reparse_what what)
{
    static const char *const words[REPARSE_KINDS] = {
        [REPARSE_SAME] = "unchanged",     [REPARSE_NEW] = "new",           [REPARSE_REVISED] = "revised",
        [REPARSE_RETAGGED] = "retagged",  [REPARSE_CANCELED] = "canceled", [REPARSE_KEPT] = "kept",
        [REPARSE_ELSEWHERE] = "elsewhere"};
    return words[what];
}

bool reparse_told(enum reparse_what what)
{
    return what != REPARSE_SAME && what != REPARSE_ELSEWHERE;
}

const uint8_t *reparse_id(const struct reparse_change *changes, size_t n, const struct reader_slice *slice)
{
    for (size_t i = 0; i < n; i++)
        if (slice != NULL && changes[i].slice == slice)
            return changes[i].was != NULL ? changes[i].was->id : slice->dispatch.id;
    return NULL;
}

/* As it is after the change. */
static const struct newswire_dispatch *now_of(const struct reparse_change *c)
{
    return c->slice != NULL ? &c->slice->dispatch : c->was;
}

static uint32_t version_of(const struct reparse_change *c)
{
    bool further = c->what == REPARSE_REVISED || c->what == REPARSE_CANCELED;
    return c->held == NULL ? 1 : c->held->version + further;
}

struct field {
    const char *name, *was, *now;
    char of_was[FIELDS_SCRATCH], of_now[FIELDS_SCRATCH];
};

/* Whether field i differs. */
static bool differs(const struct reparse_change *c, size_t i, struct field *f)
{
    f->name = fields_names[i];
    f->was = fields_value(c->was, i, f->of_was);
    f->now = fields_value(&c->slice->dispatch, i, f->of_now);
    return (f->was == NULL) != (f->now == NULL) || (f->was != NULL && strcmp(f->was, f->now) != 0);
}

static bool has_topic(const struct reparse_change *c, const char *topic)
{
    for (size_t i = 0; i < c->slice->ntopics; i++)
        if (strcmp(c->slice->topics[i].topic, topic) == 0)
            return true;
    return false;
}

static bool had_topic(const struct reparse_change *c, const char *topic)
{
    for (size_t i = 0; i < c->held->ntopics; i++)
        if (strcmp(c->held->topics[i], topic) == 0)
            return true;
    return false;
}

/* --- for a person --------------------------------------------------------------------------------------- */

/* From where two texts differ, a little before it, at a whole character. */
static size_t difference(const char *a, const char *b)
{
    size_t i = 0, before = 10;
    while (a[i] != '\0' && a[i] == b[i])
        i++;
    i = i > before ? i - before : 0;
    while (i > 0 && ((unsigned char)a[i] & 0xc0) == 0x80)
        i--;
    return i;
}

static void print_value(FILE *f, const struct show_style *style, const char *sign, const char *name,
                        const char *value, size_t from)
{
    size_t columns = style->columns - INDENT - NAME - 2;
    fprintf(f, "%*s%-*s%s ", INDENT, "", NAME, name, sign);
    if (value == NULL)
        fputs("(none)", f);
    else if (from == 0)
        show_row(f, value, strlen(value), columns);
    else {
        fputs("\u2026", f);
        show_row(f, value + from, strlen(value + from), columns - 1);
    }
    fputc('\n', f);
}

static void print_fields(FILE *f, const struct show_style *style, const struct reparse_change *c)
{
    struct field field;
    for (size_t i = 0; fields_names[i] != NULL; i++) {
        if (!differs(c, i, &field))
            continue;
        size_t columns = style->columns - INDENT - NAME - 2;
        bool both = field.was != NULL && field.now != NULL;
        bool long_one = both && (show_width(field.was, strlen(field.was), columns + 1) > columns ||
                                 show_width(field.now, strlen(field.now), columns + 1) > columns);
        size_t from = long_one ? difference(field.was, field.now) : 0;
        print_value(f, style, "-", field.name, field.was, from);
        print_value(f, style, "+", "", field.now, from);
    }
}

static void print_topics(FILE *f, const struct show_style *style, const struct reparse_change *c)
{
    const char *name = "topics";
    for (size_t i = 0; i < c->held->ntopics; i++) {
        if (has_topic(c, c->held->topics[i]))
            continue;
        print_value(f, style, "-", name, c->held->topics[i], 0);
        name = "";
    }
    for (size_t i = 0; i < c->slice->ntopics; i++) {
        if (had_topic(c, c->slice->topics[i].topic))
            continue;
        print_value(f, style, "+", name, c->slice->topics[i].topic, 0);
        name = "";
    }
}

static void print_change(FILE *f, const struct show_style *style, const struct reparse_change *c)
{
    const char *headline = now_of(c)->headline;
    fprintf(f, "  %s%-8s %-2u%s", style->colour ? SHOW_BOLD : "", reparse_word(c->what), version_of(c),
            style->colour ? SHOW_PLAIN : "");
    headline = headline != NULL ? headline : "(no headline)";
    show_row(f, headline, strlen(headline), style->columns - INDENT);
    fputc('\n', f);
    if (c->what == REPARSE_KEPT)
        fprintf(f, "%*snot read as a dispatch any more; it stays as it is\n", INDENT, "");
    else if (c->what == REPARSE_CANCELED)
        fprintf(f, "%*sall of it is in other dispatches now\n", INDENT, "");
    else if (c->what != REPARSE_NEW) {
        print_fields(f, style, c);
        print_topics(f, style, c);
    }
}

void reparse_text(FILE *f, const struct show_style *style, const struct spool_archived *file,
                  const struct reparse_change *changes, size_t n)
{
    fprintf(f, "%s ", file->day);
    show_text(f, file->claim.name, strlen(file->claim.name));
    fprintf(f, " (%s)\n", file->claim.feed);
    for (size_t i = 0; i < n; i++)
        if (reparse_told(changes[i].what))
            print_change(f, style, &changes[i]);
    fputc('\n', f);
}

void reparse_sum_text(FILE *f, const struct reparse_sum *s, bool dry_run)
{
    static const struct {
        enum reparse_what what;
        const char *means;
    } rows[] = {
        {REPARSE_NEW, "found where none was"},
        {REPARSE_REVISED, "with other fields: a further version"},
        {REPARSE_RETAGGED, "under other topics, the same version"},
        {REPARSE_CANCELED, "gone, their text is in other dispatches"},
        {REPARSE_KEPT, "gone, but not all of their text: left as they are"},
        {REPARSE_SAME, ""},
        {REPARSE_ELSEWHERE, "brought by another file before"},
    };
    fprintf(f, "files      %8" PRIu64 "  %" PRIu64 " with changes\n", s->files, s->changed);
    if (s->unknown > 0)
        fprintf(f, "           %8" PRIu64 "  not in this store: drop them again to take them in\n",
                s->unknown);
    if (s->pruned > 0)
        fprintf(f, "           %8" PRIu64 "  left alone: [store] keep has pruned what they brought\n",
                s->pruned);
    if (s->refused > 0)
        fprintf(f, "           %8" PRIu64 "  left alone: no news in them, by these rules\n", s->refused);
    if (s->unread > 0)
        fprintf(f, "           %8" PRIu64 "  could not be read\n", s->unread);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fprintf(f, "%-10s %8" PRIu64 "%s%s\n", reparse_word(rows[i].what), s->what[rows[i].what],
                rows[i].means[0] != '\0' ? "  " : "", rows[i].means);
    if (dry_run)
        fputs("\nNothing was stored: this was a dry run.\n", f);
}

/* --- for a program -------------------------------------------------------------------------------------- */

static void put_uri(struct doc *j, const char *key, const uint8_t *id)
{
    char uri[sizeof "urn:newswire:" + 2 * NEWSWIRE_ID_LEN] = "urn:newswire:";
    for (size_t i = 0, at = strlen(uri); id != NULL && i < NEWSWIRE_ID_LEN; i++)
        snprintf(uri + at + 2 * i, 3, "%02x", id[i]);
    if (id != NULL)
        doc_text(j, key, uri);
}

static void put_fields(struct doc *j, const struct reparse_change *c)
{
    struct field field;
    doc_list(j, "fields");
    for (size_t i = 0; fields_names[i] != NULL; i++) {
        if (!differs(c, i, &field))
            continue;
        doc_object(j, NULL);
        doc_text(j, "name", field.name);
        doc_text(j, "was", field.was);
        doc_text(j, "now", field.now);
        doc_end(j);
    }
    doc_end(j);
}

static void put_topics(struct doc *j, const struct reparse_change *c)
{
    doc_object(j, "topics");
    doc_list(j, "removed");
    for (size_t i = 0; i < c->held->ntopics; i++)
        if (!has_topic(c, c->held->topics[i]))
            doc_text(j, NULL, c->held->topics[i]);
    doc_end(j);
    doc_list(j, "added");
    for (size_t i = 0; i < c->slice->ntopics; i++)
        if (!had_topic(c, c->slice->topics[i].topic))
            doc_text(j, NULL, c->slice->topics[i].topic);
    doc_end(j);
    doc_end(j);
}

static void put_change(struct doc *j, const struct reparse_change *changes, size_t n,
                       const struct reparse_change *c)
{
    const struct newswire_dispatch *now = now_of(c);
    doc_object(j, NULL);
    doc_text(j, "change", reparse_word(c->what));
    put_uri(j, "uri", c->was != NULL ? c->was->id : now->id);
    doc_number(j, "version", version_of(c));
    doc_number(j, "offset", now->offset);
    doc_number(j, "length", now->length);
    doc_text(j, "headline", now->headline);
    if (c->what == REPARSE_REVISED || c->what == REPARSE_RETAGGED) {
        put_fields(j, c);
        put_topics(j, c);
    }
    put_uri(j, "successor", reparse_id(changes, n, c->successor));
    doc_end(j);
}

bool reparse_json(FILE *f, const struct spool_archived *file, const struct reparse_change *changes, size_t n)
{
    char name[SPOOL_KNOWN_AS];
    struct doc *j = doc_new();
    spool_known_as(name, file->claim.name);
    doc_text(j, "file", name);
    doc_text(j, "feed", file->claim.feed);
    doc_text(j, "day", file->day);
    doc_text(j, "claim", file->claim.id);
    doc_list(j, "dispatches");
    for (size_t i = 0; i < n; i++)
        if (reparse_told(changes[i].what))
            put_change(j, changes, n, &changes[i]);
    doc_end(j);
    return doc_print(j, f);
}

bool reparse_sum_json(FILE *f, const struct reparse_sum *s, bool dry_run)
{
    struct doc *j = doc_new();
    doc_object(j, "sum");
    doc_bool(j, "stored", !dry_run);
    doc_number(j, "files", s->files);
    doc_number(j, "changed", s->changed);
    doc_number(j, "notInStore", s->unknown);
    doc_number(j, "pruned", s->pruned);
    doc_number(j, "refused", s->refused);
    doc_number(j, "unread", s->unread);
    for (int i = 0; i < REPARSE_KINDS; i++)
        doc_number(j, reparse_word((enum reparse_what)i), s->what[i]);
    doc_end(j);
    return doc_print(j, f);
}
