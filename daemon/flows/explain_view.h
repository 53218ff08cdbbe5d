// SPDX-License-Identifier: MIT
/* explain_view: what --explain shows of one file, the same for a person (explain_text.c) and as JSON
 * (explain_json.c). Private to explain*.c. */
#ifndef DAEMON_FLOWS_EXPLAIN_VIEW_H
#define DAEMON_FLOWS_EXPLAIN_VIEW_H

#include "daemon/flows/fields.h"
#include "daemon/flows/show.h"
#include "daemon/pure/evidence.h"
#include "daemon/pure/reader.h"

struct explain_view {
    const char *path; /* as named on the command line */
    const struct reader_input *in;
    const struct reader_result *result;
    uint64_t *numbers; /* per record of result->lines: the number of its (first) line in the file, from 1 */
    uint64_t nlines;   /* lines of the file: a run of blank ones is one record, and several of these */
};

/* What spoke for, or with a weight below 0 against, a dispatch beginning where this one does. */
struct explain_evidence {
    const char *what; /* "time-line" */
    double weight;    /* nats */
};
/* Returns how many; the strongest first. */
size_t explain_evidence(const struct explain_view *, const struct reader_slice *,
                        struct explain_evidence out[EVIDENCE_N]);

/* Fills in `numbers` and `nlines`. False: memory ran out. */
bool explain_number(struct arena *, struct explain_view *);

/* The number of the line in which a byte of the file lies. */
uint64_t explain_line_of(const struct explain_view *, uint64_t offset);

/* The next source of a field behind `last` (NULL: the first); NULL: no more. */
const struct reader_source *explain_source(const struct reader_slice *, const char *field,
                                           const struct reader_source *last);

void explain_text(FILE *, const struct explain_view *, const struct show_style *);

/* One line of JSON with its newline. False: memory ran out. */
bool explain_json(FILE *, const struct explain_view *);
/* The same of a file that is refused as a whole. */
bool explain_json_refused(FILE *, const char *path, const char *why);

#endif
