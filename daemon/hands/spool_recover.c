// SPDX-License-Identifier: MIT
/* spool_recover: which file was in hand when the daemon died, and what it left in work/.
 *
 * work/.in-hand has lines of fixed length: the claims in hand (or dashes), and the newest claim ever given.
 * Nothing of it is fsynced: it must outlive the process, and a machine that goes down was not killed by a
 * file. The last line keeps claims rising when the clock was set back, because the store takes a claim it
 * knows for settled. */
#include "daemon/hands/spool_dirs.h"

#include "daemon/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HAND_LINE 17 /* 16 hex digits and a newline */
#define NO_CLAIM "----------------\n"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool leave(struct spool *s, const char *name)
{
    if ((s->nleft & (s->nleft - 1)) == 0) { // 0, 1, 2, 4, 8 ...: full
        char **more = realloc(s->left, (s->nleft == 0 ? 1 : s->nleft * 2) * sizeof *more);
        if (more == NULL)
            return false;
        s->left = more;
    }
    s->left[s->nleft] = strdup(name);
    return s->left[s->nleft] != NULL && ++s->nleft > 0;
}

static bool list_work(struct spool *s, int work, struct err *e)
{
    int again = dup(work);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (d == NULL) {
        if (again >= 0)
            close(again);
        return err_sys(e, "%s/work", s->path);
    }
    bool fine = true;
    for (struct dirent *ent; fine && (errno = 0, ent = readdir(d)) != NULL;) {
        struct claim c;
        uint64_t id;
        if (ent->d_name[0] == '.')
            continue;
        if (!spool_name_work_read(ent->d_name, &c)) {
            log_at(LOG_WARN, "spool", "not a claimed file; left alone in work/", "file=%s", ent->d_name);
            continue;
        }
        if (spool_id_read(c.id, &id) && id > s->last)
            s->last = id;
        fine = leave(s, ent->d_name);
    }
    if (!fine || errno != 0)
        fine = err_sys(e, "%s/work", s->path);
    closedir(d);
    return fine;
}

/* One more death of the daemon with this file in hand, on the disk before the file is touched again. */
static bool count_death(struct spool *s, int work, char **left, struct err *e)
{
    struct claim c;
    char name[256];
    spool_name_work_read(*left, &c);
    c.deaths++;
    spool_name_work(name, &c);
    char *copy = strdup(name);
    if (copy == NULL || spool_rename(work, *left, work, name) < 0 || fsync(work) < 0) {
        err_sys(e, "cannot count the death of the daemon in %s/work", s->path);
        free(copy);
        return false;
    }
    free(*left);
    *left = copy;
    return true;
}

/* Of what is left, the one that this line of .in-hand names. */
static bool count_hand(struct spool *s, int work, const char *line, struct err *e)
{
    uint64_t id;
    bool fine = true;
    for (size_t i = 0; fine && spool_id_read(line, &id) && i < s->nleft; i++)
        if (strncmp(s->left[i], line, HAND_LINE - 1) == 0)
            fine = count_death(s, work, &s->left[i], e);
    return fine;
}

static bool read_hands(struct spool *s, int work, struct err *e)
{
    char text[(SPOOL_HANDS + 1) * HAND_LINE] = "";
    int fd = openat(work, ".in-hand", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0)
        return err_sys(e, "%s/work/.in-hand", s->path);
    ssize_t n = pread(fd, text, sizeof text, 0);
    uint64_t last;
    if (n == sizeof text && spool_id_read(text + SPOOL_HANDS * HAND_LINE, &last) && last > s->last)
        s->last = last;
    // Forgotten before they are counted: a crash in between costs a count, never counts twice.
    bool fine = true;
    for (int i = 0; fine && i < SPOOL_HANDS; i++)
        fine = pwrite(fd, NO_CLAIM, HAND_LINE, i * HAND_LINE) == HAND_LINE;
    if (!fine)
        err_sys(e, "%s/work/.in-hand", s->path);
    close(fd);
    for (int i = 0; fine && i < SPOOL_HANDS && (i + 1) * HAND_LINE <= n; i++)
        fine = count_hand(s, work, text + i * HAND_LINE, e);
    return fine;
}

bool spool_find_left(struct spool *s, struct err *e)
{
    int work = spool_dir(s->base, "work");
    if (work < 0)
        return err_sys(e, "%s/work", s->path);
    bool fine = list_work(s, work, e) && read_hands(s, work, e);
    close(work);
    if (s->nleft > 1)
        qsort(s->left, s->nleft, sizeof *s->left, by_name);
    return fine;
}

bool spool_recover(struct spool *s, struct claim *out)
{
    if (s->next_left == s->nleft)
        return false;
    char *name = s->left[s->next_left];
    s->left[s->next_left++] = NULL;
    spool_name_work_read(name, out);
    out->recovered = true;
    if (out->arrival > spool_seams.now_ms()) // The clock was ahead when it was claimed.
        out->arrival = spool_seams.now_ms();
    free(name);
    return true;
}

/* Into the lines of .in-hand from number `at` on. A disk too full for these bytes only costs the count of a
 * death. */
static void write_hand(struct spool *s, const char *lines, size_t at)
{
    ssize_t n = (ssize_t)strlen(lines);
    int fd = openat(s->base, "work/.in-hand", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
    if ((fd < 0 || pwrite(fd, lines, (size_t)n, (off_t)at * HAND_LINE) != n) &&
        spool_say_once(s, "in-hand", "", ""))
        log_at(LOG_WARN, "spool", "cannot note the file in hand", "why=%s", strerror(errno));
    if (fd >= 0)
        close(fd);
}

void spool_in_hand(struct spool *s, size_t hand, const struct claim *c)
{
    char line[HAND_LINE + 1];
    snprintf(line, sizeof line, "%.16s\n", c->id);
    write_hand(s, line, hand);
}

void spool_laid_down(struct spool *s)
{
    write_hand(s, NO_CLAIM NO_CLAIM NO_CLAIM NO_CLAIM, 0);
    _Static_assert(SPOOL_HANDS == 4, "as many lines");
}

void spool_newest(struct spool *s, uint64_t id)
{
    char line[HAND_LINE + 1];
    s->last = id;
    snprintf(line, sizeof line, "%016llx\n", (unsigned long long)id);
    write_hand(s, line, SPOOL_HANDS);
}
