// SPDX-License-Identifier: MIT
/* store_segment: private to the store's rooms. One file of the row: its name, its birth, its head, and a
 * connection to it with the statements that readers need, each prepared when it is first used. */
#ifndef DAEMON_HANDS_STORE_SEGMENT_H
#define DAEMON_HANDS_STORE_SEGMENT_H

#include "daemon/hands/store_sql.h"

#define SEGMENT_PATH 4096
#define SEGMENT_LINEAGE 2048 /* bytes kept: the last 50 epochs or so */

struct store_head {
    uint64_t segment, epoch, first, seq, oldest, dispatches, files;
    int64_t stored;
    bool sealed;
    int64_t renewed;
    char lineage[SEGMENT_LINEAGE];
};

enum segment_statement {
    S_BEGIN,
    S_END,
    S_HEAD,
    S_CHECK,
    S_RECORDS,
    S_SCAN,
    S_TOPICS_FROM,
    S_STORED_AT,
    S_FIND_FILE,
    S_RUN,
    S_FILE,
    S_IDS_BETWEEN,
    S_HELD,
    S_BROUGHT,
    S_BROUGHT_AGAIN,
    S_COUNT
};
/* Columns of "file" and "held". */
enum {
    F_CLAIM,
    F_NAME,
    F_FEED,
    F_DIGEST,
    F_RULES,
    F_ARRIVAL,
    F_FATE,
    F_WHY,
    F_FRESH,
    F_SEEN,
    F_REJECTED,
    F_FIRST_SEQ,
    F_LAST_SEQ
};
enum {
    V_KIND,
    V_ID,
    V_VERSION,
    V_FIRST,
    V_IDENTITY,
    V_TOPICS,
    V_AGENCY,
    V_HEADLINE,
    V_LOCATED,
    V_CREATED,
    V_BLOB
};

struct store_segment {
    uint64_t n;
    sqlite3 *db; /* NULL: not open */
    struct sql sql[S_COUNT];
};

/* DIRECTORY/segment-0000000N.db and the like; `ending`: ".db", ".db-wal", ".ids" ... False with errno when it
 * is too long. */
bool store_segment_path(char out[SEGMENT_PATH], const char *directory, uint64_t n, const char *ending);
/* Whether there is such a file. */
bool store_segment_there(const char *directory, uint64_t n, const char *ending);

/* The numbers of all files with that ending, rising; free() them. */
enum fate store_segment_list(const char *directory, const char *ending, uint64_t **numbers, size_t *n,
                             struct err *e);

/* For readers: mode=ro. FATE_RETRY when it is not there. Ready to be closed in any case. */
enum fate store_segment_open(struct store_segment *, const char *directory, uint64_t n, const char *ending,
                             struct err *e);
void store_segment_close(struct store_segment *);
/* A statement of it; NULL with *fate. */
struct sql *store_segment_sql(struct store_segment *, enum segment_statement, enum fate *fate, struct err *e);
/* The head's row. */
enum fate store_segment_head(struct store_segment *, struct store_head *out, struct err *e);

/* For the writer: opens segment number head->segment for writing, or makes it with that head; `head` is then
 * as it stands there. FATE_STOP: it is damaged, or not that segment. */
enum fate store_segment_write(sqlite3 **db, const char *directory, struct store_head *head, struct err *e);
/* The head of a segment, without touching it. head->segment 0: there is no such file, or nothing in it. */
enum fate store_head_peek(const char *directory, uint64_t n, struct store_head *out, struct err *e);

/* Makes a file with mode 0640 whatever the umask, if it is not there; its log gets the same. */
enum fate store_make_file(const char *path, struct err *e);
/* So that a file that was made, named or taken away is so after a power cut too. */
enum fate store_sync_directory(const char *directory, struct err *e);

#endif
