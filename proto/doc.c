// SPDX-License-Identifier: MIT
/* doc: see doc.h. */
#include "proto/doc.h"

#include "proto/rfc3339.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 12

struct doc {
    json_t *open[DEPTH]; /* [0] is the whole; each is owned by the one before it */
    size_t depth;
    bool ok;
};

struct doc *doc_new(void)
{
    struct doc *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->open[0] = json_object();
    d->depth = 1;
    d->ok = d->open[0] != NULL;
    return d;
}

bool doc_print(struct doc *d, FILE *f)
{
    char *text = doc_done(d, false);
    if (text != NULL)
        fprintf(f, "%s\n", text);
    free(text);
    return text != NULL;
}

char *doc_done(struct doc *d, bool indented)
{
    // Six digits, or 0.9 is 0.90000000000000002.
    size_t flags = JSON_REAL_PRECISION(6) | (indented ? JSON_INDENT(2) : JSON_COMPACT);
    if (d == NULL)
        return NULL;
    assert(d->depth == 1);
    char *text = d->ok ? json_dumps(d->open[0], flags) : NULL;
    json_decref(d->open[0]);
    free(d);
    return text;
}

/* Takes `value` over; NULL is memory that ran out. */
static void put(struct doc *d, const char *key, json_t *value)
{
    if (d == NULL) {
        json_decref(value);
        return;
    }
    json_t *into = d->open[d->depth - 1];
    int rc = json_is_array(into) ? json_array_append_new(into, value) : json_object_set_new(into, key, value);
    d->ok = d->ok && rc == 0;
}

/* A reference of its own, so that a put that fails does not take it away before it is closed. */
static void enter(struct doc *d, const char *key, json_t *value)
{
    put(d, key, json_incref(value));
    if (d == NULL) {
        json_decref(value);
        return;
    }
    assert(d->depth < DEPTH);
    d->open[d->depth++] = value;
}

void doc_object(struct doc *d, const char *key)
{
    enter(d, key, json_object());
}

void doc_list(struct doc *d, const char *key)
{
    enter(d, key, json_array());
}

void doc_end(struct doc *d)
{
    if (d == NULL)
        return;
    assert(d->depth > 1);
    json_decref(d->open[--d->depth]);
}

void doc_text(struct doc *d, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0')
        put(d, key, json_string(text));
}

void doc_bytes(struct doc *d, const char *key, const char *p, size_t n)
{
    put(d, key, json_stringn(n > 0 ? p : "", n));
}

void doc_number(struct doc *d, const char *key, uint64_t n)
{
    put(d, key, json_integer((json_int_t)n));
}

void doc_real(struct doc *d, const char *key, double value)
{
    put(d, key, json_real(value));
}

void doc_bool(struct doc *d, const char *key, bool value)
{
    put(d, key, json_boolean(value));
}

void doc_texts(struct doc *d, const char *key, const char *const *texts)
{
    doc_list(d, key);
    for (; texts != NULL && *texts != NULL; texts++)
        put(d, NULL, json_string(*texts));
    doc_end(d);
}

void doc_hex(struct doc *d, const char *key, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char text[129];
    assert(2 * n < sizeof text);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[p[i] >> 4];
        text[2 * i + 1] = digits[p[i] & 15];
    }
    doc_bytes(d, key, text, 2 * n);
}

void doc_time(struct doc *d, const char *key, int64_t ms)
{
    char text[RFC3339_MAX];
    if (ms != 0)
        doc_text(d, key, rfc3339_write(text, ms));
}
