// SPDX-License-Identifier: MIT
/* embedded: files of the source tree that the build puts into the program (daemon/embed.sh). */
#ifndef DAEMON_BASE_EMBEDDED_H
#define DAEMON_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *name; /* last part of the path; NULL ends an array */
    const char *text; /* ends in NUL */
    size_t n;
};
extern const struct embedded rules_data[]; /* daemon/rules/ */
extern const struct embedded store_sql[];  /* daemon/hands/store.sql */

#endif
