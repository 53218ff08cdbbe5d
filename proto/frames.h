// SPDX-License-Identifier: MIT
/* frames: what travels on the wire, as C structs, and their protobuf spelling. The only room besides json
 * that sees protobuf; proto/README.md is the same for strangers, WIRE rules included.
 *
 * pack: returns false only when memory ran out; `out` is then empty. The bytes are malloc'ed, free with
 * bytes_free(). unpack: `p` may be anything a stranger sent. NULL with the reason in `e` when it is not
 * such a message, breaks a limit below, or memory ran out. What is returned is one object that owns all it
 * points to; free with its _free(), NULL is fine. Strings are valid UTF-8 without NUL (checked here:
 * protobuf-c does not). Epochs and versions are not 0, seqs at most INT64_MAX, so that seq + 1 is one too,
 * topics are such, a Request has a topic and a credit. */
#ifndef PROTO_FRAMES_H
#define PROTO_FRAMES_H

#include "newswire/newswire.h"
#include "proto/err.h"
#include "proto/topic.h"

#define FRAMES_TOPICS_MAX 10000    /* topics in one Request */
#define FRAMES_TRAIL_MAX 4096      /* records in one Trail */
#define FRAMES_CREDIT_MAX 256     /* entries in one page; an Ask for more is unpacked as one for so many */
#define FRAMES_BYTES_MAX (64u << 20) /* bytes of any one frame */
#define FRAMES_FEEDS_MAX 256         /* feeds in one Status */

struct bytes {
    uint8_t *p;
    size_t n;
};
void bytes_free(struct bytes *);

/* Head: second frame of a copy. */
struct head {
    uint64_t epoch, seq;
    enum newswire_kind kind;
    uint8_t id[NEWSWIRE_ID_LEN]; /* identity of version 1 of the dispatch */
    uint32_t version;
    int64_t stored;            /* ms since 1970 */
    const char *const *topics; /* ends with NULL; without "all/" */
    size_t ntopics;
};
bool head_pack(const struct head *, struct bytes *out);
struct head *head_unpack(const uint8_t *p, size_t n, struct err *e);
void head_free(struct head *);

/* Dispatch: third frame. In JSON and here the same view that the public header shows. */
bool dispatch_pack(const struct newswire_dispatch *, struct bytes *out);
struct newswire_dispatch *dispatch_unpack(const uint8_t *p, size_t n, struct err *e);
void dispatch_free(struct newswire_dispatch *);

/* Trail: second frame under "@trail/". sets[i] holds the hashes of record from + i; from == head + 1 has
 * none. */
struct trail_set {
    const uint32_t *hashes;
    size_t n;
};
struct trail {
    uint64_t epoch, head, from;
    const struct trail_set *sets; /* head - from + 1 of them */
    size_t nsets;
};
bool trail_pack(const struct trail *, struct bytes *out);
struct trail *trail_unpack(const uint8_t *p, size_t n, struct err *e);
void trail_free(struct trail *);

/* Ask: the one frame that a DEALER sends. */
enum ask_type { ASK_REQUEST = 1, ASK_LOCATE, ASK_TOPICS, ASK_STATUS, ASK_FILE };
struct ask {
    enum ask_type type;
    uint64_t rid;
    /* ASK_REQUEST */
    uint64_t epoch, after, check; /* check 0 = none (after is 0) */
    const char *const *topics;    /* prefixes: plain topics, or TOPIC_ALL */
    size_t ntopics;
    uint32_t credit; /* entries wanted at most */
    /* ASK_LOCATE: where is a time (ms, the first record stored at or after it)? INT64_MAX: the head. */
    int64_t time;
    /* ASK_TOPICS: names beginning with `prefix` that come after `past`, in order */
    const char *prefix, *past;
    /* ASK_FILE: what became of the newest drop file of this name and feed that was taken in at `time` or
     * later? */
    const char *feed, *name;
};
bool ask_pack(const struct ask *, struct bytes *out);
struct ask *ask_unpack(const uint8_t *p, size_t n, struct err *e);
void ask_free(struct ask *);

/* Answer: the first frame that a ROUTER sends back; only ANSWER_ENTRY is followed by topic | Head |
 * Dispatch. */
enum answer_type {
    ANSWER_ENTRY = 1,
    ANSWER_END,
    ANSWER_EPOCH,
    ANSWER_GONE,
    ANSWER_LOCATED,
    ANSWER_TOPICS,
    ANSWER_STATUS,
    ANSWER_REFUSED,
    ANSWER_FILE,
};
/* What became of a drop file. */
enum file_fate { FILE_UNKNOWN = 0 /* not settled yet, or never seen */, FILE_DONE, FILE_BAD };
struct file_outcome {
    enum file_fate fate;
    uint64_t first, last;   /* seqs it was given, all between them too; 0, 0 = none were new */
    uint64_t fresh, seen;   /* dispatches stored, and met before */
    uint64_t rejected;      /* slices set aside in rejected/ */
    const char *why;        /* FILE_BAD: the reason; else NULL */
};
struct topic_count {
    const char *topic;
    uint64_t records, last_seq;
    int64_t last; /* when the newest of them was stored */
};
struct answer {
    enum answer_type type;
    uint64_t rid;
    uint64_t idx;               /* ENTRY: 0, 1, 2 ... within the request */
    uint64_t count, upto, head; /* END; head also in LOCATED */
    uint64_t epoch;             /* EPOCH, LOCATED */
    uint64_t oldest;            /* GONE, LOCATED: the oldest seq that can be had */
    uint64_t after, check;      /* LOCATED: begin after this seq (0 = at the start); its check */
    const struct topic_count *topics; /* TOPICS: a page; empty means no more */
    size_t ntopics;
    const struct status *status; /* STATUS */
    const char *reason;          /* REFUSED: in words */
    struct file_outcome file;    /* FILE */
};
bool answer_pack(const struct answer *, struct bytes *out);
struct answer *answer_unpack(const uint8_t *p, size_t n, struct err *e);
void answer_free(struct answer *);

/* Status of a daemon; times in ms since 1970, 0 = never. */
struct status_feed {
    const char *name;
    uint64_t files, dispatches;
    int64_t last; /* last arrival */
    int64_t expect_ms; /* 0: no alarm set */
    bool overdue;
};
struct status {
    const char *version;     /* of the daemon */
    int64_t started, now;
    uint64_t epoch, head, oldest, dispatches;
    double rate_1m, rate_15m; /* dispatches per second, averaged over that long */
    uint64_t backlog;        /* files that wait in incoming/ as of the last look, and in work/ */
    int64_t backlog_oldest;  /* arrival of the oldest of them */
    uint64_t done, bad, retry; /* fates since the start */
    uint64_t fresh, seen;    /* dispatches stored, and met again, since the start */
    uint64_t slices_rejected;
    uint64_t store_bytes, store_free_bytes; /* on disk, and left on its file system */
    uint64_t subscribers;    /* connections to the publish socket */
    uint64_t replays;        /* requests answered since the start */
    uint64_t replaying;      /* peers with a page under way now */
    uint64_t published;      /* copies sent since the start */
    uint64_t indexed;        /* head, less the records that the search index lacks; 0 without one */
    const char *watching;    /* "inotify", "polling: <why>" or "gone: <path>" */
    const char *paused;      /* why intake stands still; NULL when it does not */
    const char *last_error;  /* NULL: none since the start */
    int64_t last_error_at;
    const struct status_feed *feeds;
    size_t nfeeds;
};

#endif
