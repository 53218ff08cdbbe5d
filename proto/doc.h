// SPDX-License-Identifier: MIT
/* doc: a JSON text made key by key, in the order of the calls. The only room that sees jansson.
 *
 * A failure (memory that ran out) is kept and told at the end; until then every call may be made, on NULL
 * too. Strings are valid UTF-8. */
#ifndef PROTO_DOC_H
#define PROTO_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct doc;

/* Begins with the outermost object. */
struct doc *doc_new(void);
/* The text, malloc'ed, and the end of the doc: on one line, or indented by two. NULL when memory ran out. */
char *doc_done(struct doc *, bool indented);
/* The same as a line of `f`, which may be checked by ferror(). */
bool doc_print(struct doc *, FILE *f);

/* Opens an object or a list within the one that is open, 12 deep at most; doc_end() closes it. In a list
 * every `key` is NULL. */
void doc_object(struct doc *, const char *key);
void doc_list(struct doc *, const char *key);
void doc_end(struct doc *);

/* A text that is NULL or "" is left out: what is not known has no key. */
void doc_text(struct doc *, const char *key, const char *text);
/* n bytes, "" too. */
void doc_bytes(struct doc *, const char *key, const char *p, size_t n);
void doc_number(struct doc *, const char *key, uint64_t n);
void doc_real(struct doc *, const char *key, double value);
void doc_bool(struct doc *, const char *key, bool value);
/* A list of texts that ends with NULL; NULL is an empty one. */
void doc_texts(struct doc *, const char *key, const char *const *texts);
/* In hex. */
void doc_hex(struct doc *, const char *key, const uint8_t *p, size_t n);
/* RFC 3339 in UTC; 0 is left out. */
void doc_time(struct doc *, const char *key, int64_t ms);

#endif
