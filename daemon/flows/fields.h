// SPDX-License-Identifier: MIT
/* fields: what a dispatch says, by name and in one order: for whatever shows or compares all of it. Names are
 * those of JSON and of reader_source.field. */
#ifndef DAEMON_FLOWS_FIELDS_H
#define DAEMON_FLOWS_FIELDS_H

#include "newswire/newswire.h"

#define FIELDS_SCRATCH 24

extern const char *const fields_names[]; /* ends with NULL; the last is "body" */

/* Field i as text, in `scratch` if it is a number; NULL: it has none, or an empty one. */
const char *fields_value(const struct newswire_dispatch *, size_t i, char scratch[FIELDS_SCRATCH]);

#endif
