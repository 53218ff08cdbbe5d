// SPDX-License-Identifier: MIT
/* rows: the least that replay must do to the disk: read what floor.c has stored, in order.
 *
 *     rows FLOOR_DB TIMES [TOPIC]
 *
 * Every row by seq, or those of one topic, from a connection of its own each time; TIMES times. Prints one
 * line of JSON: rows and bytes read each time, and the seconds of each. */
#include "tests/bench/clock.h"

#include <sqlite3.h>

static const char all[] = "select seq, id, stored, text from record order by seq";
static const char of_topic[] = "select r.seq, r.id, r.stored, r.text from topic t join record r on r.seq = t.seq"
                               " where t.topic = ?1 order by t.seq";

static void read_rows(const char *path, const char *topic, long *rows, long *bytes)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    const char *text = topic != NULL ? of_topic : all;
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, path);
    check(sqlite3_prepare_v2(db, text, -1, &stmt, NULL) == SQLITE_OK, text);
    if (topic != NULL)
        sqlite3_bind_int(stmt, 1, atoi(topic));
    *rows = *bytes = 0;
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        check(sqlite3_column_blob(stmt, 3) != NULL, "a row without text");
        *bytes += sqlite3_column_bytes(stmt, 3);
        ++*rows;
    }
    check(sqlite3_finalize(stmt) == SQLITE_OK, text);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    long rows = 0, bytes = 0;
    check(argc == 3 || argc == 4, "usage: rows FLOOR_DB TIMES [TOPIC]");
    printf("{\"seconds\": [");
    for (long n = 0; n < atol(argv[2]); n++) {
        double began = now();
        read_rows(argv[1], argc == 4 ? argv[3] : NULL, &rows, &bytes);
        printf("%s%.6f", n > 0 ? ", " : "", now() - began);
    }
    printf("], \"rows\": %ld, \"bytes\": %ld}\n", rows, bytes);
    return 0;
}
