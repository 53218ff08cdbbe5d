// SPDX-License-Identifier: MIT
/* spool_archive: see spool_archive.h. One day's names are held at a time. */
#include "daemon/hands/spool_archive.h"

#include "daemon/hands/spool_dirs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
    struct dirent **at;
    int n, next;
};

struct spool_archive {
    char *path; /* .../archive */
    char since[11];
    struct names days, files; /* files: of days.at[days.next - 1] */
};

static int is_day(const struct dirent *d)
{
    static const char form[] = "0000-00-00";
    for (size_t i = 0; i < sizeof form; i++) {
        bool digit = d->d_name[i] >= '0' && d->d_name[i] <= '9';
        if (form[i] == '0' ? !digit : d->d_name[i] != form[i])
            return 0;
    }
    return 1;
}

static int is_kept(const struct dirent *d)
{
    struct claim claim;
    return spool_name_kept_read(d->d_name, &claim);
}

static void free_names(struct names *names)
{
    while (names->n > 0)
        free(names->at[--names->n]);
    free(names->at);
    *names = (struct names){0};
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); // not alphasort(): the order of a locale is not that of claims
}

/* A directory that is not there is empty: it was pruned, or nothing was archived yet. */
static bool list(const char *path, int (*fits)(const struct dirent *), struct names *out, struct err *e)
{
    free_names(out);
    int n = scandir(path, &out->at, fits, by_name);
    if (n >= 0)
        out->n = n;
    return n >= 0 || errno == ENOENT || err_sys(e, "%s", path);
}

struct spool_archive *spool_archive_open(const struct conf *conf, const char *since, struct err *e)
{
    struct spool_archive *a = calloc(1, sizeof *a);
    if (a == NULL || asprintf(&a->path, "%s/archive", conf->spool.directory) < 0) {
        free(a);
        err_set(e, "out of memory");
        return NULL;
    }
    if (since != NULL)
        snprintf(a->since, sizeof a->since, "%s", since);
    if (list(a->path, is_day, &a->days, e))
        return a;
    spool_archive_close(a);
    return NULL;
}

void spool_archive_close(struct spool_archive *a)
{
    if (a == NULL)
        return;
    free_names(&a->days);
    free_names(&a->files);
    free(a->path);
    free(a);
}

/* Opens days until one has files that were not given yet. */
static bool next_day(struct spool_archive *a, struct err *e)
{
    char path[CONF_PATH_MAX + 32];
    bool good = true;
    while (good && a->files.next == a->files.n && a->days.next < a->days.n) {
        const char *day = a->days.at[a->days.next++]->d_name;
        snprintf(path, sizeof path, "%s/%s", a->path, day);
        if (strcmp(day, a->since) >= 0)
            good = list(path, is_kept, &a->files, e);
    }
    return good;
}

bool spool_archive_next(struct spool_archive *a, struct spool_archived *out, bool *more, struct err *e)
{
    *more = false;
    if (!next_day(a, e))
        return false;
    if (a->files.next == a->files.n)
        return true;
    const char *name = a->files.at[a->files.next++]->d_name, *day = a->days.at[a->days.next - 1]->d_name;
    *more = true;
    snprintf(out->day, sizeof out->day, "%.10s", day);
    snprintf(out->path, sizeof out->path, "%s/%.10s/%s", a->path, day, name);
    return spool_name_kept_read(name, &out->claim);
}
