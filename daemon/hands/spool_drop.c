// SPDX-License-Identifier: MIT
/* spool_drop: what `newswire drop` and `newswire retry` do to the spool, as any careful stranger would: no
 * lock, no claim, a whole file renamed into place. Errors say what a person can do about them. */
#include "daemon/hands/spool_dirs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static int open_spool(const struct conf *conf, struct err *e)
{
    int base = open(conf->spool.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (base < 0)
        err_sys(e, "the spool %s cannot be opened (is newswired set up? is this its configuration? -c FILE)",
                conf->spool.directory);
    return base;
}

static bool no_feed(const struct conf *conf, const char *feed, struct err *e)
{
    const char *path = conf->spool.directory;
    bool top = strcmp(feed, "default") == 0;
    if (errno == ENOENT && !top)
        return err_set(e, "no feed '%s': there is no directory %s/incoming/%s; make it, or add [feed %s] "
                       "to the configuration and reload newswired", feed, path, feed, feed);
    if (errno == ENOENT)
        return err_set(e, "%s/incoming is not there; start newswired once, it makes it", path);
    return err_sys(e, "%s/incoming%s%s", path, top ? "" : "/", top ? "" : feed);
}

static bool no_permission(const char *directory, struct err *e)
{
    return err_set(e, "you may not write into %s; become a member of its group (adduser YOU newswire), "
                   "then log in again", directory);
}

// --- drop ------------------------------------------------------------------------------------------------

/* The name it is to have: a name that would never be taken is refused before anything is copied. */
static bool good_name(const struct conf *conf, const char *wanted, char name[256], struct err *e)
{
    const char *slash = strrchr(wanted, '/'), *pattern;
    char shown[SPOOL_SHOW];
    if (slash != NULL)
        wanted = slash + 1;
    if (wanted[0] == '\0')
        return err_set(e, "a drop file needs a name");
    if (spool_skipped(conf, wanted, &pattern))
        return err_set(e, "'%s' would never be taken: names like '%s' are left alone ([spool] skip)",
                       spool_show(shown, wanted), pattern);
    spool_name_shorten(name, wanted);
    return true;
}

static bool copy(const struct conf *conf, int from, int to, struct err *e)
{
    char part[65536];
    uint64_t bytes = 0;
    for (ssize_t n; (n = read(from, part, sizeof part)) != 0;) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_sys(e, "cannot be read");
        bytes += (uint64_t)n;
        if (bytes > conf->spool.max_file) {
            char most[32];
            return err_set(e, "more than [spool] max_file = %s; newswired would reject it",
                           spool_show_size(most, conf->spool.max_file));
        }
        for (ssize_t at = 0; at < n;) {
            ssize_t wrote = write(to, part + at, (size_t)(n - at));
            if (wrote < 0 && errno != EINTR)
                return err_sys(e, "cannot be copied into the spool");
            at += wrote > 0 ? wrote : 0;
        }
    }
    if (fchmod(to, 0640) < 0 || fsync(to) < 0)
        return err_sys(e, "cannot be copied into the spool");
    return true;
}

static bool drop_into(const struct conf *conf, int dir, int fd, char name[256], struct err *e)
{
    char part[256], got[256], shown[SPOOL_SHOW];
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return err_sys(e, "getrandom");
    snprintf(part, sizeof part, ".%.*s.%016llx.part", SPOOL_NAME_MAX, name, (unsigned long long)random);
    int to = openat(dir, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (to < 0 && (errno == EACCES || errno == EPERM))
        return no_permission(conf->spool.directory, e);
    if (to < 0)
        return err_sys(e, "cannot be copied into the spool");
    bool fine = copy(conf, fd, to, e);
    close(to);
    if (fine && spool_rename_free(dir, part, dir, name, got) < 0)
        fine = err_sys(e, "'%s' cannot be renamed into place", spool_show(shown, name));
    if (!fine) {
        unlinkat(dir, part, 0);
        return false;
    }
    memcpy(name, got, sizeof got);
    // It may be claimed by now; only a power cut could still take it back, and a sync that fails says so.
    return fsync(dir) == 0 ||
           err_sys(e, "'%s' was dropped, but the directory cannot be synced", spool_show(shown, got));
}

bool spool_drop(const struct conf *conf, const char *feed, int fd, const char *wanted, char name[256],
                struct err *e)
{
    if (feed == NULL)
        feed = "default";
    if (!conf_feed_name_valid(feed))
        return err_set(e, "'%s' is no name of a feed: at most 40 of a-z, 0-9 and -", feed);
    if (!good_name(conf, wanted, name, e))
        return false;
    int base = open_spool(conf, e);
    if (base < 0)
        return false;
    int dir = spool_feed_dir(base, feed);
    bool fine = dir >= 0 ? drop_into(conf, dir, fd, name, e) : no_feed(conf, feed, e);
    if (dir >= 0)
        close(dir);
    close(base);
    return fine;
}

// --- retry -----------------------------------------------------------------------------------------------

static bool is_there(int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A reason is what lies beside the file it is about. */
static bool is_reason(int dir, const char *name)
{
    char file[256];
    size_t n = strlen(name);
    if (n <= 4 || n >= sizeof file || strcmp(name + n - 4, ".why") != 0)
        return false;
    snprintf(file, sizeof file, "%.*s", (int)(n - 4), name);
    return is_there(dir, file);
}

static bool fits(const char *kept, const char *wanted)
{
    struct claim c;
    char name[256]; // a long one was shortened when it was claimed
    spool_name_shorten(name, wanted);
    return spool_name_kept_read(kept, &c) && (strcmp(c.name, name) == 0 || strcmp(c.id, wanted) == 0);
}

/* The one name in rejected/ that is meant; several are named in `e`. */
static bool find(int dir, const char *wanted, char found[256], struct err *e)
{
    char shown[SPOOL_SHOW];
    size_t count = 0;
    struct err candidates = {""};
    if (spool_name_kept_read(wanted, &(struct claim){0}) && is_there(dir, wanted)) {
        snprintf(found, 256, "%s", wanted);
        return !is_reason(dir, wanted) ||
               err_set(e, "'%s' is the reason, not the file", spool_show(shown, wanted));
    }
    int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (d == NULL) {
        if (again >= 0)
            close(again);
        return err_sys(e, "rejected/");
    }
    for (struct dirent *ent; (ent = readdir(d)) != NULL;) {
        if (!fits(ent->d_name, wanted) || is_reason(dir, ent->d_name))
            continue;
        count++;
        snprintf(found, 256, "%s", ent->d_name);
        err_in(&candidates, "%s ", spool_show(shown, ent->d_name));
    }
    closedir(d);
    if (count > 1)
        return err_set(e, "%zu rejected files fit; name one of: %s", count, candidates.text);
    return count == 1 ? true : err_set(e, "nothing in rejected/ is named '%s'", spool_show(shown, wanted));
}

static bool retry_from(const struct conf *conf, int base, int rejected, const char *wanted, struct err *e)
{
    char found[256], got[256], why[256], shown[SPOOL_SHOW];
    struct claim c;
    if (!find(rejected, wanted, found, e))
        return false;
    spool_name_kept_read(found, &c);
    int dir = spool_feed_dir(base, c.feed);
    if (dir < 0)
        return no_feed(conf, c.feed, e);
    bool fine = spool_rename_free(rejected, found, dir, c.name, got) == 0;
    if (!fine && (errno == EACCES || errno == EPERM))
        no_permission(conf->spool.directory, e);
    else if (!fine)
        err_sys(e, "'%s' cannot be put back", spool_show(shown, found));
    else if (snprintf(why, sizeof why, "%s.why", found) < (int)sizeof why)
        unlinkat(rejected, why, 0); // A reason without its file misleads nobody.
    close(dir);
    return fine;
}

bool spool_retry(const struct conf *conf, const char *name, struct err *e)
{
    const char *slash = strrchr(name, '/');
    int base = open_spool(conf, e);
    if (base < 0)
        return false;
    int rejected = spool_dir(base, "rejected");
    bool fine = rejected >= 0 ? retry_from(conf, base, rejected, slash != NULL ? slash + 1 : name, e)
                              : err_sys(e, "%s/rejected", conf->spool.directory);
    if (rejected >= 0)
        close(rejected);
    close(base);
    return fine;
}
