// SPDX-License-Identifier: MIT
/* spool_name: names that carry a claim, and moving files under them. A name is bytes: it is kept as it is on
 * the disk, and made safe only where a person reads it. What this file never does is replace a file that it
 * did not write. */
#include "daemon/hands/spool_dirs.h"

#include "proto/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- names -----------------------------------------------------------------------------------------------

/* Neither half ends inside a character, if it is UTF-8: at most 3 continuation bytes are in the way. */
void spool_name_shorten(char out[256], const char *name)
{
    size_t n = strlen(name);
    if (n <= SPOOL_NAME_MAX) {
        memmove(out, name, n + 1);
        return;
    }
    size_t tail = 60; // Holds every file name extension.
    size_t head = utf8_cut(name, n, SPOOL_NAME_MAX - 3 - tail);
    for (int i = 0; i < 3 && ((unsigned char)name[n - tail] & 0xc0) == 0x80; i++)
        tail--;
    char shortened[256];
    snprintf(shortened, sizeof shortened, "%.*s...%s", (int)head, name, name + n - tail);
    memcpy(out, shortened, sizeof shortened);
}

void spool_name_work(char out[256], const struct claim *c)
{
    snprintf(out, 256, "%.16s.%u.%.40s.%.*s", c->id, c->deaths, c->feed, SPOOL_NAME_MAX, c->name);
}

void spool_name_kept(char out[256], const struct claim *c)
{
    snprintf(out, 256, "%.16s.%.40s.%.*s", c->id, c->feed, SPOOL_NAME_MAX, c->name);
}

bool spool_id_read(const char *text, uint64_t *id)
{
    *id = 0;
    for (int i = 0; i < 16; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (at == NULL)
            return false;
        *id = *id << 4 | (uint64_t)(at - digits);
    }
    return true;
}

/* FEED.NAME */
static bool read_rest(const char *text, struct claim *out)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL || dot - text > CONF_FEED_NAME_MAX || dot[1] == '\0')
        return false;
    memcpy(out->feed, text, (size_t)(dot - text));
    snprintf(out->name, sizeof out->name, "%s", dot + 1);
    return conf_feed_name_valid(out->feed);
}

static bool read_claim(const char *text, struct claim *out)
{
    uint64_t id;
    memset(out, 0, sizeof *out);
    if (!spool_id_read(text, &id) || text[16] != '.')
        return false;
    memcpy(out->id, text, 16);
    out->arrival = (int64_t)(id / 1000000);
    return true;
}

bool spool_name_work_read(const char *text, struct claim *out)
{
    if (!read_claim(text, out) || text[17] < '0' || text[17] > '9')
        return false;
    char *end;
    unsigned long deaths = strtoul(text + 17, &end, 10);
    out->deaths = (unsigned)deaths;
    return *end == '.' && deaths < 1000 && read_rest(end + 1, out);
}

bool spool_name_kept_read(const char *text, struct claim *out)
{
    return read_claim(text, out) && read_rest(text + 17, out);
}

bool spool_skipped(const struct conf *conf, const char *name, const char **pattern)
{
    const char *hit = name[0] == '.' ? ".*" : NULL;
    for (size_t i = 0; hit == NULL && i < conf->spool.nskip; i++) {
        if (fnmatch(conf->spool.skip[i], name, 0) == 0)
            hit = conf->spool.skip[i];
    }
    if (pattern != NULL)
        *pattern = hit;
    return hit != NULL;
}

// --- for a person ----------------------------------------------------------------------------------------

const char *spool_show(char out[SPOOL_SHOW], const char *name)
{
    return utf8_show(out, SPOOL_SHOW, name, strlen(name));
}

const char *spool_show_size(char out[32], uint64_t bytes)
{
    if (bytes >= 1u << 20)
        snprintf(out, 32, "%.1f MiB", (double)bytes / (1 << 20));
    else
        snprintf(out, 32, "%llu bytes", (unsigned long long)bytes);
    return out;
}

// --- moving ----------------------------------------------------------------------------------------------

static bool same_file(int from, const char *old, int to, const char *name)
{
    struct stat a, b;
    return fstatat(from, old, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstatat(to, name, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int link_and_unlink(int from, const char *old, int to, const char *name)
{
    if (linkat(from, old, to, name, 0) < 0)
        return -1;
    if (unlinkat(from, old, 0) == 0)
        return 0;
    int why = errno;
    unlinkat(to, name, 0);
    errno = why;
    return -1;
}

/* Names in work/, archive/ and rejected/ carry a claim that nobody else gives out, so nothing can come in
 * between there; in incoming/ it is the best that such a file system has. */
static int look_and_rename(int from, const char *old, int to, const char *name)
{
    struct stat st;
    if (fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        errno = EEXIST;
    return errno == ENOENT ? spool_seams.rename(from, old, to, name, 0) : -1;
}

int spool_rename(int from, const char *old, int to, const char *name)
{
    int rc = spool_seams.rename(from, old, to, name, RENAME_NOREPLACE);
    if (rc < 0 && (errno == EINVAL || errno == ENOSYS)) { // NFS, 9P, some of FUSE
        rc = link_and_unlink(from, old, to, name);
        // EPERM: no links at all, or fs.protected_hardlinks and a file of somebody else's.
        if (rc < 0 && (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK))
            rc = look_and_rename(from, old, to, name);
    }
    // A crash came between link and unlink.
    if (rc < 0 && errno == EEXIST && same_file(from, old, to, name))
        rc = unlinkat(from, old, 0);
    return rc;
}

int spool_rename_free(int from, const char *old, int to, const char *name, char got[256])
{
    int rc = -1;
    snprintf(got, 256, "%s", name);
    for (int i = 2; (rc = spool_rename(from, old, to, got)) < 0 && errno == EEXIST && i < 10000; i++)
        snprintf(got, 256, "%.250s~%d", name, i);
    return rc;
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, p, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        p += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

int spool_write(int dir, const char *name, const void *p, size_t n, bool sync)
{
    char part[256];
    if (snprintf(part, sizeof part, ".%s", name) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0)
        return -1;
    bool fine = write_all(fd, p, n) && (!sync || fsync(fd) == 0);
    int why = errno;
    close(fd);
    errno = why;
    if (fine && spool_seams.rename(dir, part, dir, name, 0) == 0)
        return 0;
    why = errno;
    unlinkat(dir, part, 0);
    errno = why;
    return -1;
}

void spool_known_as(char out[SPOOL_KNOWN_AS], const char *name)
{
    char kept[256];
    spool_name_shorten(kept, name);
    utf8_show(out, SPOOL_KNOWN_AS, kept, strlen(kept));
}
