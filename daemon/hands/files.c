// SPDX-License-Identifier: MIT
/* files: see files.h. */
#include "daemon/hands/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (64u << 10)

/* Reads to the end whatever it is: a pipe says no size. */
static bool read_all(int fd, size_t max, struct file *out, struct err *e)
{
    size_t room = 0;
    for (;;) {
        if (out->n + 1 >= room) {
            room = room == 0 ? CHUNK : room * 2;
            char *more = realloc(out->bytes, room);
            if (more == NULL)
                return err_set(e, "out of memory");
            out->bytes = more;
        }
        ssize_t got = read(fd, out->bytes + out->n, room - out->n - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, "cannot be read");
        out->n += (size_t)got;
        out->bytes[out->n] = '\0';
        if (got == 0)
            return true;
        if (out->n > max)
            return err_set(e, "more than %zu bytes", max);
    }
}

bool file_read(const char *path, size_t max, struct file *out, struct err *e)
{
    struct stat st;
    *out = (struct file){0};
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    bool good = false;
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_sys(e, "%s", path);
    } else if (S_ISDIR(st.st_mode)) {
        err_set(e, "%s: a directory", path);
    } else {
        struct timespec t = st.st_mtim;
        if (!S_ISREG(st.st_mode))
            clock_gettime(CLOCK_REALTIME, &t);
        out->mtime = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
        good = read_all(fd, max, out, e) || err_in(e, "%s: ", path);
    }
    if (fd >= 0)
        close(fd);
    if (!good)
        file_free(out);
    return good;
}

void file_free(struct file *f)
{
    free(f->bytes);
    *f = (struct file){0};
}

static const char *wanted_ending;

static int has_ending(const struct dirent *d)
{
    size_t n = strlen(d->d_name), m = strlen(wanted_ending);
    return d->d_name[0] != '.' && n > m && strcmp(d->d_name + n - m, wanted_ending) == 0;
}

static char *join(const char *directory, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

bool files_list(const char *directory, const char *ending, char ***paths, size_t *n, struct err *e)
{
    struct dirent **names = NULL;
    *paths = NULL;
    *n = 0;
    wanted_ending = ending;
    int found = scandir(directory, &names, has_ending, alphasort);
    if (found < 0)
        return errno == ENOENT || err_sys(e, "%s", directory);
    bool good = (*paths = calloc((size_t)found + 1, sizeof **paths)) != NULL;
    for (int i = 0; i < found; i++) {
        if (good && ((*paths)[*n] = join(directory, names[i]->d_name)) != NULL)
            ++*n;
        else
            good = false;
        free(names[i]);
    }
    free(names);
    if (!good) {
        files_free(*paths, *n);
        *paths = NULL;
        *n = 0;
        err_set(e, "out of memory");
    }
    return good;
}

void files_free(char **paths, size_t n)
{
    for (size_t i = 0; paths != NULL && i < n; i++)
        free(paths[i]);
    free(paths);
}

void files_keep_standard(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}
