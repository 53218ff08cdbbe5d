// SPDX-License-Identifier: MIT
/* files: whole small files of the operator, read once: configuration, rules, and what --parse is given. */
#ifndef DAEMON_HANDS_FILES_H
#define DAEMON_HANDS_FILES_H

#include "proto/err.h"

#include <stddef.h>
#include <stdint.h>

struct file {
    char *bytes; /* malloc'ed, a NUL behind the last */
    size_t n;
    int64_t mtime; /* ms since 1970; of standard input: now */
};

/* "-" is standard input. Directories, and files over `max` bytes, are refused. */
bool file_read(const char *path, size_t max, struct file *out, struct err *e);
void file_free(struct file *);

/* Paths of the files directly in `directory` whose names end in `ending` and do not begin with a dot,
 * sorted by name. A directory that is not there has none. Free with files_free(). */
bool files_list(const char *directory, const char *ending, char ***paths, size_t *n, struct err *e);
void files_free(char **paths, size_t n);

/* A descriptor below 3 that the caller closed would become a lock, a socket or a cursor, and the log would be written into
 * it: opened here on /dev/null, for reading only, so that writing fails and is noticed. */
void files_keep_standard(void);

#endif
