// SPDX-License-Identifier: MIT
/* explain_json: --explain -o json: one object per file, as newswired(8) describes it. */
#include "daemon/flows/explain_view.h"
#include "proto/doc.h"


/* "-0.0" helps nobody, and neither do numbers that were never weighed. */
static void put_score(struct doc *j, const char *key, double score)
{
    if (score > 0 || score < 0)
        doc_real(j, key, score);
}

static void put_lines(struct doc *j, const struct explain_view *v)
{
    doc_list(j, "lines");
    for (size_t i = 0; i < v->result->nlines; i++) {
        const struct reader_line *line = &v->result->lines[i];
        doc_object(j, NULL);
        doc_number(j, "number", v->numbers[i]);
        doc_number(j, "offset", line->offset);
        doc_number(j, "length", line->length);
        doc_text(j, "class", line->class);
        put_score(j, "score", line->score);
        if (line->slice != 0)
            doc_number(j, "dispatch", line->slice);
        doc_bytes(j, "text", line->text, line->text_n);
        doc_end(j);
    }
    doc_end(j);
}

static void put_source(struct doc *j, const struct explain_view *v, const struct reader_source *s)
{
    doc_text(j, "rule", s->rule);
    doc_number(j, "offset", s->offset);
    doc_number(j, "length", s->length);
    if (s->length > 0)
        doc_number(j, "line", explain_line_of(v, s->offset));
}

/* One entry per source: a time may come from two lines. */
static void put_field(struct doc *j, const struct explain_view *v, const struct reader_slice *slice,
                      const char *name, const char *value)
{
    const struct reader_source *s = explain_source(slice, name, NULL);
    if (value == NULL)
        return;
    do {
        doc_object(j, NULL);
        doc_text(j, "name", name);
        doc_text(j, "value", value);
        if (s != NULL)
            put_source(j, v, s);
        doc_end(j);
        s = s != NULL ? explain_source(slice, name, s) : NULL;
    } while (s != NULL);
}

static void put_evidence(struct doc *j, const struct explain_view *v, const struct reader_slice *slice)
{
    struct explain_evidence evidence[EVIDENCE_N];
    size_t n = explain_evidence(v, slice, evidence);
    doc_list(j, "evidence");
    for (size_t i = 0; i < n; i++) {
        doc_object(j, NULL);
        doc_text(j, "what", evidence[i].what);
        doc_real(j, "weight", evidence[i].weight);
        doc_end(j);
    }
    doc_end(j);
}

static void put_topics(struct doc *j, const struct reader_slice *slice)
{
    doc_list(j, "topics");
    for (size_t i = 0; i < slice->ntopics; i++) {
        doc_object(j, NULL);
        doc_text(j, "topic", slice->topics[i].topic);
        doc_text(j, "reason", slice->topics[i].reason);
        if (slice->topics[i].relevance > 0)
            doc_number(j, "relevance", (uint64_t)slice->topics[i].relevance);
        doc_end(j);
    }
    doc_end(j);
}

static void put_dispatch(struct doc *j, const struct explain_view *v, size_t number)
{
    const struct reader_slice *slice = &v->result->slices[number - 1];
    char scratch[FIELDS_SCRATCH];
    doc_object(j, NULL);
    doc_number(j, "number", number);
    doc_number(j, "offset", slice->offset);
    doc_number(j, "length", slice->length);
    doc_text(j, "rejected", slice->why);
    if (slice->why == NULL)
        doc_real(j, "confidence", slice->dispatch.confidence);
    put_score(j, "score", slice->score);
    put_score(j, "margin", slice->margin);
    put_evidence(j, v, slice);
    doc_list(j, "fields");
    for (size_t i = 0; fields_names[i] != NULL; i++)
        put_field(j, v, slice, fields_names[i], fields_value(&slice->dispatch, i, scratch));
    doc_end(j);
    put_topics(j, slice);
    doc_texts(j, "warnings", slice->dispatch.warnings);
    doc_end(j);
}

static void put_furniture(struct doc *j, const struct reader_result *r)
{
    doc_list(j, "furniture");
    for (size_t i = 0; i < r->nfurniture; i++) {
        doc_object(j, NULL);
        doc_number(j, "offset", r->furniture[i].offset);
        doc_number(j, "length", r->furniture[i].length);
        doc_text(j, "rule", r->furniture[i].rule);
        doc_end(j);
    }
    doc_end(j);
}

bool explain_json(FILE *f, const struct explain_view *v)
{
    struct doc *j = doc_new();
    doc_text(j, "file", v->in->name);
    doc_text(j, "feed", v->in->feed->name);
    doc_text(j, "charset", v->result->charset);
    doc_number(j, "bytes", v->in->n);
    doc_hex(j, "digest", v->result->digest, sizeof v->result->digest);
    put_lines(j, v);
    doc_list(j, "dispatches");
    for (size_t i = 1; i <= v->result->nslices; i++)
        put_dispatch(j, v, i);
    doc_end(j);
    put_furniture(j, v->result);
    return doc_print(j, f);
}

bool explain_json_refused(FILE *f, const char *name, const char *why)
{
    struct doc *j = doc_new();
    doc_text(j, "file", name);
    doc_text(j, "rejected", why);
    return doc_print(j, f);
}
