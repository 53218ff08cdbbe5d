// SPDX-License-Identifier: MIT
/* cursor: see cursor.h. Invariant: DIR/NAME is always whole, the old one or the new one; only the holder of
 * the lock writes it. Refuses to guess: a damaged file is an error, not a start from nothing. */
#include "clients/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES 64
#define FORMAT "newswire-cursor 1 %016" PRIx64 " %" PRIu64 " %016" PRIx64 "\n"
#define TEXT_MAX 128 // 18 + 16 + 1 + 20 + 1 + 16 + 1 bytes, rounded up

struct cursor {
    int dir, lock;
    char name[NAME_BYTES + 1];
    char part[NAME_BYTES + 8]; // `@` is in no name: these two collide with no cursor
    char lock_name[NAME_BYTES + 8];
    char path[PATH_MAX + NAME_BYTES + 1]; // for messages
};

static bool is_name(const char *name)
{
    size_t n = strlen(name);
    size_t good = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return n > 0 && n <= NAME_BYTES && good == n && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool default_dir(char *out, size_t size, struct err *e)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n;
    if (state != NULL && state[0] == '/')
        n = snprintf(out, size, "%s/newswire", state);
    else if (home != NULL && home[0] == '/')
        n = snprintf(out, size, "%s/.local/state/newswire", home);
    else
        return err_set(e, "no directory for cursors: neither XDG_STATE_HOME nor HOME is set");
    return (size_t)n < size || err_set(e, "the directory for cursors has too long a name");
}

/* mkdir -p, for the user alone (XDG). What is there already is none of its business: open() will tell. */
static void make_dirs(const char *path)
{
    char part[PATH_MAX];
    for (const char *slash = path; *slash != '\0';) {
        slash += strspn(slash, "/");
        slash += strcspn(slash, "/");
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0700);
    }
}

static bool take_lock(struct cursor *c, struct err *e)
{
    c->lock = openat(c->dir, c->lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->lock < 0)
        return err_sys(e, "%s@lock", c->path);
    if (flock(c->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return err_set(e, "cursor '%s' is in use by another subscriber (%s@lock)", c->name, c->path);
    return err_sys(e, "%s@lock", c->path);
}

static bool parse(const char *text, struct cursor_place *place)
{
    char again[TEXT_MAX];
    if (sscanf(text, FORMAT, &place->epoch, &place->seq, &place->check) != 3)
        return false;
    // sscanf lets much pass; what it read must be what we would write.
    snprintf(again, sizeof again, FORMAT, place->epoch, place->seq, place->check);
    return strcmp(again, text) == 0;
}

static bool load(struct cursor *c, struct cursor_place *place, bool *found, struct err *e)
{
    char text[TEXT_MAX];
    int fd = openat(c->dir, c->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *found = fd >= 0;
    if (fd < 0)
        return errno == ENOENT || err_sys(e, "%s", c->path);
    ssize_t n = read(fd, text, sizeof text - 1);
    int why = errno;
    close(fd);
    errno = why;
    if (n < 0)
        return err_sys(e, "%s", c->path);
    text[n] = '\0';
    return parse(text, place) || err_set(e, "%s: not a cursor, or damaged; remove it to begin anew", c->path);
}

static bool open_in(struct cursor *c, const char *dir, struct cursor_place *place, bool *found, struct err *e)
{
    make_dirs(dir);
    c->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->dir < 0)
        return err_sys(e, "%s", dir);
    return take_lock(c, e) && load(c, place, found, e);
}

struct cursor *cursor_open(const char *dir, const char *name, struct cursor_place *place, bool *found,
                           struct err *e)
{
    char otherwise[PATH_MAX];
    if (!is_name(name)) {
        err_set(e, "cursor '%.80s': a name is 1 to %d of A-Z a-z 0-9 . _ -", name, NAME_BYTES);
        errno = EINVAL;
        return NULL;
    }
    if (dir == NULL && !default_dir(otherwise, sizeof otherwise, e))
        return NULL;
    if (dir == NULL)
        dir = otherwise;
    struct cursor *c = calloc(1, sizeof *c);
    if (c == NULL) {
        err_sys(e, "cursor '%s'", name);
        return NULL;
    }
    c->dir = c->lock = -1;
    snprintf(c->name, sizeof c->name, "%s", name);
    snprintf(c->part, sizeof c->part, "%s@part", name);
    snprintf(c->lock_name, sizeof c->lock_name, "%s@lock", name);
    snprintf(c->path, sizeof c->path, "%s/%s", dir, name);
    if (open_in(c, dir, place, found, e))
        return c;
    int why = errno;
    cursor_close(c);
    errno = why;
    return NULL;
}

static bool write_part(struct cursor *c, const char *text, size_t n)
{
    int fd = openat(c->dir, c->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    ssize_t written = write(fd, text, n);
    if (written >= 0 && (size_t)written < n)
        errno = ENOSPC;
    bool fine = written == (ssize_t)n && fsync(fd) == 0;
    int why = errno;
    close(fd);
    errno = why;
    return fine;
}

bool cursor_save(struct cursor *c, const struct cursor_place *place, struct err *e)
{
    char text[TEXT_MAX];
    int n = snprintf(text, sizeof text, FORMAT, place->epoch, place->seq, place->check);
    if (!write_part(c, text, (size_t)n) || renameat(c->dir, c->part, c->dir, c->name) != 0 ||
        fsync(c->dir) != 0)
        return err_sys(e, "%s", c->path);
    return true;
}

void cursor_close(struct cursor *c)
{
    if (c == NULL)
        return;
    if (c->lock >= 0)
        close(c->lock);
    if (c->dir >= 0)
        close(c->dir);
    free(c);
}
