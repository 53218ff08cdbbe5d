// SPDX-License-Identifier: MIT
/* log: logfmt on stderr, one line an event, room and words named:
 *     level=notice room=spool msg="rejected" file=junk.bin why="offset 0: not text"
 * With systemd's journal on the other end ($JOURNAL_STREAM) each line carries its level as <N>; at a
 * terminal the time stands in front. errno is kept. Values are escaped: no control character of a file
 * name reaches a terminal.
 *
 * LOG_ERROR: a person must act.  LOG_WARN: a person may want to know soon.  LOG_NOTICE: start, stop,
 * reload, and what became of a file that was not plainly fine.  LOG_DEBUG: each file, each page. */
#ifndef DAEMON_BASE_LOG_H
#define DAEMON_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTICE, LOG_DEBUG };

void log_level_set(enum log_level most);
bool log_level_of(const char *word, enum log_level *out); /* "error", "warn", "notice", "debug" */

/* log_at(LOG_WARN, "spool", "rejected", "file=%s why=%s", name, why): words in `msg`, then key=value
 * pairs; each %s value is quoted when it needs it. Only %s, %d, %u, %zu, %llu and %llx are known in
 * `pairs`, and only as whole values; %llx is an id, shown with all its 16 digits. `pairs` NULL: none. A line takes at most 4 KiB, a value 1 KiB; what
 * is longer is cut. */
void log_at(enum log_level level, const char *room, const char *msg, const char *pairs, ...)
    __attribute__((format(printf, 4, 5)));

/* Called once with the words of each LOG_ERROR and LOG_WARN ("spool: rejected file=junk.bin why=..."),
 * also when the level set keeps them off stderr (for the status); NULL for none. On the thread that
 * logged. */
void log_tap(void (*tap)(enum log_level level, const char *text));

#endif
