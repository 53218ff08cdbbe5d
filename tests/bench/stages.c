// SPDX-License-Identifier: MIT
/* stages: where the time of the daemon goes, stage by stage: linked into a newswired of the bench's own, whose calls
 * between rooms the linker leads through here (--wrap; the Makefile takes their names from this file), and whose
 * system calls it answers in libc's place.
 *
 * A stage has its own time, without that of stages within it; on the wall and on the processor. Written at the end
 * into the file that NEWSWIRE_STAGES names, as one line of JSON. Taking the time costs 0.3 us a call. */
#include "daemon/flows/ingest.h"
#include "daemon/flows/trails.h"
#include "daemon/hands/bell.h"
#include "daemon/hands/bus.h"
#include "daemon/hands/spool.h"
#include "daemon/hands/store.h"
#include "daemon/pure/decode.h"
#include "daemon/pure/identity.h"
#include "daemon/pure/parse.h"
#include "daemon/pure/split.h"
#include "daemon/pure/tag.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct stage {
    const char *name;
    _Atomic uint64_t calls, wall, cpu; /* ns */
    struct stage *next;
};

/* A call under way. */
struct visit {
    struct stage *stage;
    struct visit *outer;
    uint64_t wall, cpu;       /* when it began */
    uint64_t wall_in, cpu_in; /* spent in stages within */
};

static struct stage *stages;
static _Thread_local struct visit *here;

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void enter(struct visit *v, struct stage *stage)
{
    *v = (struct visit){.stage = stage, .outer = here};
    here = v;
    v->cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    v->wall = clock_ns(CLOCK_MONOTONIC);
}

static void leave(struct visit *v)
{
    uint64_t wall = clock_ns(CLOCK_MONOTONIC) - v->wall, cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - v->cpu;
    here = v->outer;
    atomic_fetch_add(&v->stage->calls, 1);
    atomic_fetch_add(&v->stage->wall, wall - v->wall_in);
    atomic_fetch_add(&v->stage->cpu, cpu > v->cpu_in ? cpu - v->cpu_in : 0);
    if (v->outer != NULL) {
        v->outer->wall_in += wall;
        v->outer->cpu_in += cpu;
    }
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("NEWSWIRE_STAGES");
    FILE *out = path != NULL ? fopen(path, "w") : NULL;
    if (out == NULL)
        return;
    fputs("{", out);
    for (const struct stage *s = stages; s != NULL; s = s->next)
        fprintf(out, "%s\"%s\": {\"calls\": %llu, \"wall_us\": %.1f, \"cpu_us\": %.1f}", s == stages ? "" : ", ",
                s->name, (unsigned long long)s->calls, (double)s->wall / 1e3, (double)s->cpu / 1e3);
    fputs("}\n", out);
    fclose(out);
}

#define KNOWN(door)                                                                                          \
    static struct stage stage_##door = {.name = #door};                                                      \
    __attribute__((constructor)) static void add_##door(void)                                                \
    {                                                                                                        \
        stage_##door.next = stages;                                                                          \
        stages = &stage_##door;                                                                              \
    }

/* A function of a room: called under its name, found under __real_. */
#define STAGE(type, door, params, args)                                                                      \
    KNOWN(door)                                                                                              \
    type __real_##door params;                                                                               \
    type __wrap_##door params;                                                                               \
    type __wrap_##door params                                                                                \
    {                                                                                                        \
        struct visit v;                                                                                      \
        enter(&v, &stage_##door);                                                                            \
        type got = __real_##door args;                                                                       \
        leave(&v);                                                                                           \
        return got;                                                                                          \
    }

/* One that gives nothing back. */
#define QUIET(door, params, args)                                                                            \
    KNOWN(door)                                                                                              \
    void __real_##door params;                                                                               \
    void __wrap_##door params;                                                                               \
    void __wrap_##door params                                                                                \
    {                                                                                                        \
        struct visit v;                                                                                      \
        enter(&v, &stage_##door);                                                                            \
        __real_##door args;                                                                                  \
        leave(&v);                                                                                           \
    }

/* A system call that libraries make: theirs come here too, because a program's symbol goes before libc's. */
#define CALL(type, door, params, call)                                                                       \
    KNOWN(door)                                                                                              \
    type door params;                                                                                        \
    __attribute__((visibility("default"))) type door params                                                  \
    {                                                                                                        \
        struct visit v;                                                                                      \
        enter(&v, &stage_##door);                                                                            \
        type got = (type)syscall call;                                                                       \
        leave(&v);                                                                                           \
        return got;                                                                                          \
    }

// clang-format off
STAGE(enum fate, ingest_turn, (struct ingest *in, int *ms, struct err *e), (in, ms, e))

STAGE(bool, spool_look, (struct spool *s, const struct spool_name **out, size_t *n, size_t *waiting, int *again,
                         int64_t *oldest, struct err *e), (s, out, n, waiting, again, oldest, e))
STAGE(enum fate, spool_claim, (struct spool *s, const struct spool_name *n, struct claim *c, struct err *e), (s, n, c, e))
STAGE(enum fate, spool_claimed, (struct spool *s, struct err *e), (s, e))
STAGE(enum fate, spool_read, (struct spool *s, struct claim *c, struct arena *a, uint8_t **p, size_t *n, struct err *e),
      (s, c, a, p, n, e))
STAGE(bool, spool_unchanged, (struct spool *s, const struct claim *c), (s, c))
STAGE(bool, spool_settle, (struct spool *s, const struct claim *c, enum fate f, const char *why, struct err *e),
      (s, c, f, why, e))

STAGE(enum fate, reader_read, (struct arena *a, const struct reader_input *in, struct reader_result *out, struct err *e),
      (a, in, out, e))
STAGE(enum fate, decode, (struct arena *a, const uint8_t *p, size_t n, const char *declared, struct decoded *out,
                          struct err *e), (a, p, n, declared, out, e))
STAGE(enum fate, split_lines, (struct arena *a, const struct rules *r, struct line *l, size_t n, uint64_t max,
                               struct split *out, struct err *e), (a, r, l, n, max, out, e))
STAGE(enum fate, parse_slices, (struct arena *a, const struct reader_input *in, const struct decoded *d,
                                const struct split *s, const uint8_t *digest, struct reader_slice **out, struct err *e),
      (a, in, d, s, digest, out, e))
STAGE(enum fate, tag_dispatch, (struct arena *a, const struct tagger *t, const struct newswire_dispatch *d,
                                const struct conf_feed *f, const struct reader_topic **out, size_t *n, struct err *e),
      (a, t, d, f, out, n, e))

STAGE(enum fate, store_begin, (struct store *s, struct err *e), (s, e))
STAGE(enum fate, store_file_begin, (struct store *s, const struct store_file *f, enum file_fate *settled, struct err *e),
      (s, f, settled, e))
STAGE(enum fate, store_file_repeat, (struct store *s, const struct store_file *f, bool *whole, uint64_t *seen,
                                     struct err *e), (s, f, whole, seen, e))
STAGE(enum fate, store_put, (struct store *s, const struct newswire_dispatch *d, const char *const *topics, size_t n,
                             uint64_t *seq, struct err *e), (s, d, topics, n, seq, e))
STAGE(enum fate, store_file_end, (struct store *s, uint32_t rejected, const char *why, struct err *e), (s, rejected, why, e))
STAGE(enum fate, store_commit, (struct store *s, struct err *e), (s, e))
STAGE(bool, dispatch_pack, (const struct newswire_dispatch *d, struct bytes *out), (d, out))
STAGE(int, sqlite3_wal_checkpoint_v2, (sqlite3 *db, const char *name, int mode, int *log, int *done),
      (db, name, mode, log, done))

STAGE(enum fate, store_reader_page, (struct store_reader *s, struct arena *a, uint64_t after, const char *const *topics,
                                     size_t n, size_t max_n, size_t max_bytes, struct store_page *out, struct err *e),
      (s, a, after, topics, n, max_n, max_bytes, out, e))
STAGE(bool, head_pack, (const struct head *h, struct bytes *out), (h, out))
STAGE(bool, bus_pub_send, (struct bus_pub *p, const char *topic, struct bus_blob *head, struct bus_blob *blob),
      (p, topic, head, blob))
STAGE(bool, trail_pack, (const struct trail *t, struct bytes *out), (t, out))

CALL(int, fsync, (int fd), (SYS_fsync, fd))
CALL(int, fdatasync, (int fd), (SYS_fdatasync, fd))
CALL(ssize_t, pwrite64, (int fd, const void *p, size_t n, off64_t at), (SYS_pwrite64, fd, p, n, at))
CALL(int, renameat2, (int from_dir, const char *from, int to_dir, const char *to, unsigned flags),
     (SYS_renameat2, from_dir, from, to_dir, to, flags))

QUIET(identity_dispatch, (const char *agency, const char *date, const char *folded, size_t n,
                          uint8_t out[NEWSWIRE_ID_LEN]), (agency, date, folded, n, out))
QUIET(identity_digest, (const void *p, size_t n, uint8_t out[IDENTITY_DIGEST]), (p, n, out))
QUIET(bell_ring, (int bell), (bell))
// clang-format on
