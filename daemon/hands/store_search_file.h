// SPDX-License-Identifier: MIT
/* store_search_file: private to store_search*.c. The search index of one segment: its file, its birth, its
 * head, and how a dispatch becomes columns of FTS5. */
#ifndef DAEMON_HANDS_STORE_SEARCH_FILE_H
#define DAEMON_HANDS_STORE_SEARCH_FILE_H

#include "daemon/hands/store.h"
#include "daemon/hands/store_sql.h"

#include <sys/stat.h>

struct search_head {
    uint64_t segment, epoch, done;
    bool merged;
    bool timed; /* there is an earliest and a latest time: */
    int64_t low, high;
};

enum search_statement { X_SET_HEAD, X_WORDS, X_MOMENT, X_MERGE, X_NEWEST, X_BEST, X_COUNT };

struct search_file {
    uint64_t n; /* of the segment; 0: not open */
    sqlite3 *db;
    struct search_head head; /* as committed */
    struct stat id;          /* dev and ino as it was opened */
    struct sql sql[X_COUNT];
};

/* DIRECTORY/search */
bool search_directory(char *out, size_t size, const char *directory);

/* With `write` it is made if it is not there, with that epoch, and everything up to `done` left out.
 * FATE_STOP: it is damaged, or of another version. Ready to be closed in any case. */
enum fate search_file_open(struct search_file *, const char *directory, uint64_t n, bool write,
                           const struct search_head *born, struct err *e);
void search_file_close(struct search_file *);
/* It has not been taken away since. */
bool search_file_there(const struct search_file *, const char *directory);
bool search_file_unlink(const char *directory, uint64_t n); /* false with errno */

struct sql *search_sql(struct search_file *, enum search_statement, enum fate *fate, struct err *e);
enum fate search_file_set_head(struct search_file *, const struct search_head *, struct err *e);

/* The words of a record as row `row` of a table `words`. `insert` is the statement put_words. `moment`, if
 * not NULL: the printed time, or when it was stored. */
enum fate search_put(struct sql *insert, struct arena *, const struct store_record *,
                     const struct newswire_dispatch *, struct err *e);
int64_t search_moment(const struct store_record *, const struct newswire_dispatch *);

/* The one word in the column `topics` that stands for a topic and all below it. */
#define SEARCH_TOKEN_MAX 10
void search_token(char out[SEARCH_TOKEN_MAX], uint32_t hash);
#define SEARCH_TOKEN_ALL "all" /* of TOPIC_ALL */

#endif
