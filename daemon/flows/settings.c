// SPDX-License-Identifier: MIT
/* settings: see settings.h. */
#include "daemon/flows/settings.h"

#include "daemon/base/log.h"
#include "daemon/hands/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (16u << 20) /* bytes of one file of configuration or rules */

static void add_problem(struct conf_problems *problems, const char *line)
{
    char *more;
    problems->count++; // counted even when there is no memory for its words
    if (asprintf(&more, "%s%s\n", problems->text != NULL ? problems->text : "", line) < 0)
        return;
    free(problems->text);
    problems->text = more;
}

static void join_problems(struct conf_problems *all, struct conf_problems *some)
{
    char *save = NULL;
    for (char *line = some->text == NULL ? NULL : strtok_r(some->text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save))
        add_problem(all, line);
    conf_problems_free(some);
}

static void add_rules(struct settings *s, const char *path, struct conf_problems *problems)
{
    struct err e = {""};
    struct file file;
    struct conf_problems some = {0};
    if (!file_read(path, FILE_MAX, &file, &e)) {
        add_problem(problems, e.text);
        return;
    }
    if (!rules_add(s->rules, path, file.bytes, file.n, &some) && some.count == 0)
        add_problem(&some, "out of memory");
    join_problems(problems, &some);
    file_free(&file);
}

/* The operator's files that end so. False: there is no looking at them. */
static bool add_all(struct settings *s, const char *ending, struct conf_problems *problems)
{
    struct err e = {""};
    char **paths = NULL;
    size_t n = 0;
    if (!files_list(s->conf->topics.rules, ending, &paths, &n, &e)) {
        add_problem(problems, e.text);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        add_rules(s, paths[i], problems);
    files_free(paths, n);
    return true;
}

static void load_rules(struct settings *s, struct conf_problems *problems)
{
    struct err e = {""};
    struct conf_problems some = {0};
    if ((s->rules = rules_new()) == NULL || (!rules_shipped(s->rules, &some) && some.count == 0))
        add_problem(&some, "out of memory");
    join_problems(problems, &some);
    if (s->rules == NULL)
        return;
    if (add_all(s, ".tsv", problems))
        add_all(s, ".rules", problems);
    if (!rules_seal(s->rules, &e) || (s->tagger = tagger_new(s->rules, &e)) == NULL)
        add_problem(problems, e.text[0] != '\0' ? e.text : "out of memory");
}

static void load_conf(const char *path, struct settings *s, struct conf_problems *problems)
{
    struct err e = {""};
    struct file file = {0};
    struct conf_problems some = {0};
    if (path != NULL && !file_read(path, FILE_MAX, &file, &e)) {
        add_problem(problems, e.text);
        return;
    }
    s->conf = conf_read(path != NULL ? path : "defaults", file.n > 0 ? file.bytes : "", file.n, &some);
    if (s->conf == NULL)
        add_problem(&some, "out of memory");
    join_problems(problems, &some);
    file_free(&file);
}

bool settings_load(const char *path, struct settings *out, struct conf_problems *problems)
{
    *out = (struct settings){0};
    *problems = (struct conf_problems){0};
    load_conf(path, out, problems);
    if (out->conf != NULL)
        load_rules(out, problems);
    if (problems->count == 0)
        return true;
    settings_free(out);
    return false;
}

void settings_complain(const struct conf_problems *problems)
{
    const char *text = problems->text != NULL ? problems->text : "out of memory\n";
    for (size_t n; *text != '\0'; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        char line[1024]; // as much as the log shows of a value
        snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), text);
        log_at(LOG_ERROR, "conf", "cannot be used", "why=%s", line);
    }
}

void settings_free(struct settings *s)
{
    tagger_free(s->tagger);
    rules_free(s->rules);
    conf_free(s->conf);
    *s = (struct settings){0};
}
