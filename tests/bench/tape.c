// SPDX-License-Identifier: MIT
/* tape: see tape.h. */
#include "tests/bench/tape.h"

#include "tests/bench/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct tape tape_load(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0 && fstat(fd, &st) == 0, path);
    struct tape t = {.n = (size_t)st.st_size};
    t.p = mmap(NULL, t.n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    check(t.p != MAP_FAILED, path);
    close(fd);
    return t;
}

bool tape_next(struct tape *t, struct tape_frame frames[3])
{
    if (t->at == t->n)
        return false;
    for (int i = 0; i < 3; i++) {
        memcpy(&frames[i].n, t->p + t->at, sizeof frames[i].n);
        frames[i].p = t->p + t->at + sizeof frames[i].n;
        t->at += sizeof frames[i].n + frames[i].n;
    }
    return true;
}

bool tape_topic(const struct tape_frame *topic, const char *prefix)
{
    size_t n = strlen(prefix);
    return topic->n >= n && memcmp(topic->p, prefix, n) == 0;
}
