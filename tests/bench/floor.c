// SPDX-License-Identifier: MIT
/* floor: the least that a durable wire must do, as one plain program: something to hold the daemon against.
 *
 *     floor DIRECTORY ENDPOINT COUNT [search]
 *
 * Takes digest files from DIRECTORY/incoming, oldest first, cuts them where digests.py begins a dispatch,
 * commits id, text and six topics of each to SQLite (at most 16 files in a transaction), publishes what
 * was committed as three frames, and moves the files to DIRECTORY/done, until it has COUNT dispatches. With
 * `search` a thread of its own indexes them meanwhile (floor_search.c). Prints "ready" once a subscriber
 * (listen.c) is connected, and at the end one line of JSON: the (monotonic) time when all were indexed.
 *
 * It refuses nothing, recovers nothing, explains nothing, decodes no charset, reads no field, finds no
 * topic, keeps no trail. What it does it does as durably as the daemon: what the daemon takes longer is
 * the price of the rest. */
#include "tests/bench/floor_search.h"

#include "tests/bench/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#define BATCH 16           /* files in a transaction */
#define ITEMS (BATCH * 64) /* dispatches in them */
#define ID_LEN 20          /* as NEWSWIRE_ID_LEN */
#define TOPICS 6           /* of a dispatch */
#define RARE 7             /* the topic of one dispatch in a hundred */
#define TOPIC "all/"
#define MARK "\nItem " /* begins a dispatch: see digests.py */

struct item {
    const char *text; /* in the file it came from */
    size_t n;
    int64_t seq;
};

struct file {
    int64_t ctime; /* ns */
    char name[256];
    char *text; /* while its batch is under way; ends in a NUL */
};

struct floor {
    int incoming, done, notify; /* descriptors */
    sqlite3 *db;
    sqlite3_stmt *put, *put_topic;
    void *socket;
    struct floor_search *search; /* or NULL */
    int64_t seq;
    struct item items[ITEMS]; /* of the batch under way */
    size_t nitems;
};

/* --- the store --------------------------------------------------------------------------------- */
static void sql(struct floor *f, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(f->db, text, NULL, NULL, &why) != SQLITE_OK) {
        fprintf(stderr, "floor: %s: %s\n", text, why);
        exit(1);
    }
}

static void store_open(struct floor *f)
{
    check(sqlite3_open("floor.db", &f->db) == SQLITE_OK, "floor.db");
    sql(f, "pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = full;"
           "pragma secure_delete = 0; pragma cache_size = -8192;"
           "create table record (seq integer primary key, id blob not null unique, stored int, text blob);"
           "create table topic (topic integer, seq integer, primary key (topic, seq)) without rowid;");
    const char *put = "insert or ignore into record values (?1, ?2, ?3, ?4)";
    const char *put_topic = "insert into topic values (?1, ?2)";
    check(sqlite3_prepare_v2(f->db, put, -1, &f->put, NULL) == SQLITE_OK, put);
    check(sqlite3_prepare_v2(f->db, put_topic, -1, &f->put_topic, NULL) == SQLITE_OK, put_topic);
}

static void run(sqlite3_stmt *stmt)
{
    check(sqlite3_step(stmt) == SQLITE_DONE, sqlite3_sql(stmt));
    sqlite3_reset(stmt);
}

/* Four that every dispatch has (agency, feed, language, place; the tenth file of a hundred is of another
 * feed: see replay.py), two of some hundreds (subjects). */
static void put_topics(struct floor *f, int64_t seq, const uint8_t id[ID_LEN])
{
    int feed = (seq - 1) / 10 % 100 == 9 ? RARE : 2;
    const int topics[TOPICS] = {1, feed, 3, 4, 1000 + id[0], 2000 + id[1]};
    for (size_t i = 0; i < TOPICS; i++) {
        sqlite3_bind_int(f->put_topic, 1, topics[i]);
        sqlite3_bind_int64(f->put_topic, 2, seq);
        run(f->put_topic);
    }
}

static void put(struct floor *f, const char *text, size_t n)
{
    uint8_t id[ID_LEN];
    crypto_generichash(id, sizeof id, (const unsigned char *)text, n, NULL, 0);
    sqlite3_bind_int64(f->put, 1, f->seq + 1);
    sqlite3_bind_blob(f->put, 2, id, sizeof id, SQLITE_STATIC);
    sqlite3_bind_int64(f->put, 3, time(NULL));
    sqlite3_bind_blob(f->put, 4, text, (int)n, SQLITE_STATIC);
    run(f->put);
    if (sqlite3_changes(f->db) == 0)
        return; // seen before
    put_topics(f, ++f->seq, id);
    check(f->nitems < ITEMS, "too many dispatches in a batch");
    f->items[f->nitems++] = (struct item){text, n, f->seq};
}

/* --- a batch: read, split, commit, publish, move ----------------------------------------------- */
static void load(struct floor *f, struct file *file)
{
    struct stat st;
    int fd = openat(f->incoming, file->name, O_RDONLY | O_CLOEXEC);
    check(fd >= 0 && fstat(fd, &st) == 0, file->name);
    file->text = malloc((size_t)st.st_size + 1);
    check(file->text != NULL, "memory");
    check(read(fd, file->text, (size_t)st.st_size) == st.st_size, file->name);
    file->text[st.st_size] = '\0';
    close(fd);
}

static void split(struct floor *f, const struct file *file)
{
    for (const char *at = file->text, *next; *at != '\0'; at = next) {
        next = strstr(at, MARK);
        next = next != NULL ? next + 1 : at + strlen(at);
        put(f, at, (size_t)(next - at));
    }
}

static void publish(struct floor *f)
{
    for (const struct item *i = f->items; i < f->items + f->nitems; i++) {
        check(zmq_send(f->socket, TOPIC, strlen(TOPIC), ZMQ_SNDMORE) >= 0, "publish");
        check(zmq_send(f->socket, &i->seq, sizeof i->seq, ZMQ_SNDMORE) >= 0, "publish");
        check(zmq_send(f->socket, i->text, i->n, 0) >= 0, "publish");
    }
}

static void take(struct floor *f, struct file *files, size_t n)
{
    f->nitems = 0;
    sql(f, "begin immediate");
    for (size_t i = 0; i < n; i++) {
        load(f, &files[i]);
        split(f, &files[i]);
    }
    sql(f, "commit");
    publish(f);
    if (f->search != NULL)
        floor_search_ring(f->search);
    for (size_t i = 0; i < n; i++) {
        check(renameat(f->incoming, files[i].name, f->done, files[i].name) == 0, files[i].name);
        free(files[i].text);
    }
}

/* --- the drop directory ------------------------------------------------------------------------ */
static int by_age(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    return x->ctime != y->ctime ? (x->ctime < y->ctime ? -1 : 1) : strcmp(x->name, y->name);
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

/* Everything that is there now, oldest first. */
static struct file *look(struct floor *f, size_t *n)
{
    struct dirent **names;
    int found = scandirat(f->incoming, ".", &names, visible, NULL);
    check(found >= 0, "incoming");
    struct file *files = calloc((size_t)found + 1, sizeof *files);
    check(files != NULL, "memory");
    for (int i = 0; i < found; i++) {
        struct stat st;
        snprintf(files[i].name, sizeof files[i].name, "%s", names[i]->d_name);
        check(fstatat(f->incoming, files[i].name, &st, AT_SYMLINK_NOFOLLOW) == 0, files[i].name);
        files[i].ctime = st.st_ctim.tv_sec * INT64_C(1000000000) + st.st_ctim.tv_nsec;
        free(names[i]);
    }
    free(names);
    qsort(files, (size_t)found, sizeof *files, by_age);
    *n = (size_t)found;
    return files;
}

static void intake(struct floor *f, long count)
{
    char hints[1 << 16]; // whatever they say, the next look sees it
    while (f->seq < count) {
        size_t n;
        struct file *files = look(f, &n);
        for (size_t i = 0; i < n; i += BATCH)
            take(f, files + i, n - i < BATCH ? n - i : BATCH);
        free(files);
        if (n == 0)
            check(read(f->notify, hints, sizeof hints) > 0, "inotify");
    }
}

static void *publisher(const char *endpoint)
{
    char subscription[64];
    int unlimited = 0;
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_XPUB); // a PUB that tells when ours is there
    zmq_setsockopt(socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    check(zmq_bind(socket, endpoint) == 0, endpoint);
    check(zmq_recv(socket, subscription, sizeof subscription, 0) > 0, "the subscriber");
    return socket;
}

int main(int argc, char **argv)
{
    static struct floor f;
    check((argc == 4 || argc == 5) && sodium_init() >= 0, "usage: floor DIRECTORY ENDPOINT COUNT [search]");
    long count = atol(argv[3]);
    check(chdir(argv[1]) == 0, argv[1]);
    f.incoming = open("incoming", O_RDONLY | O_DIRECTORY);
    f.done = open("done", O_RDONLY | O_DIRECTORY);
    check(f.incoming >= 0 && f.done >= 0, "incoming and done");
    f.notify = inotify_init1(IN_CLOEXEC);
    check(f.notify >= 0 && inotify_add_watch(f.notify, "incoming", IN_MOVED_TO) >= 0, "inotify");
    store_open(&f);
    if (argc == 5)
        f.search = floor_search_start(count);
    f.socket = publisher(argv[2]);
    puts("ready");
    fflush(stdout);
    intake(&f, count);
    double indexed = f.search != NULL ? floor_search_end(f.search) : 0;
    printf("{\"indexed\": %.6f}\n", indexed);
    fflush(stdout);
    pause(); // the subscriber still reads; who started us ends us
    return 0;
}
