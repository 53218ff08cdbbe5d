// SPDX-License-Identifier: MIT
/* settings: configuration and rules as they lie on disk, read as one whole, so that they are swapped as
 * one whole. */
#ifndef DAEMON_FLOWS_SETTINGS_H
#define DAEMON_FLOWS_SETTINGS_H

#include "daemon/pure/conf.h"
#include "daemon/pure/rules.h"
#include "daemon/pure/tag.h"

struct settings {
    struct conf *conf;
    struct rules *rules;
    struct tagger *tagger;
};

/* Reads `path` (NULL: all defaults) and the rules that it names. Problems, in the configuration and in
 * each rule file, all of them, go to `problems`. False: there were problems, or memory ran out; what was
 * read is then freed. */
bool settings_load(const char *path, struct settings *out, struct conf_problems *problems);
void settings_free(struct settings *);

/* Logs each of the problems as an error. */
void settings_complain(const struct conf_problems *);

#endif
