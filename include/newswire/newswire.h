// SPDX-License-Identifier: MIT
/* newswire.h: subscribe to a newswire daemon (newswired(8)) and never lose a dispatch.
 *
 *     struct newswire *wire = newswire_connect(NULL, NULL);
 *     newswire_subscribe(wire, "place/am/");
 *     newswire_cursor(wire, NULL, "my-desk");
 *     for (const struct newswire_event *e; (e = newswire_next(wire, -1)) != NULL;) {
 *         if (e->type == NEWSWIRE_DISPATCH && e->dispatch->headline != NULL)
 *             puts(e->dispatch->headline);
 *         newswire_done(wire, e->seq);
 *     }
 *     newswire_close(wire);
 *
 * The library starts no thread, installs no signal handler and prints nothing. A handle belongs to the thread
 * that uses it: several handles in several threads are fine, one handle in two threads is not.
 *
 * All text handed out is valid UTF-8 that ends in a NUL and holds no other; a field that was not printed
 * in the dispatch is NULL, never "". Times are milliseconds since 1970-01-01T00:00:00Z unless they say
 * otherwise.
 *
 * Delivery: every record that matches the subscription comes in seq order, each once, none missing,
 * whatever happened to the network, the daemon or this program in between. Across a crash of this program
 * a record that was delivered but not yet newswire_done() comes again (at least once); a program that
 * stores (epoch, seq) together with its own data has it exactly once. Field names follow IPTC ninjs 3.1. */
#ifndef NEWSWIRE_NEWSWIRE_H
#define NEWSWIRE_NEWSWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NEWSWIRE_PUBLIC __attribute__((visibility("default")))

/* Where `newswire_connect(NULL, NULL)` looks: the endpoints of a daemon installed with the defaults. */
#define NEWSWIRE_PUBLISH_DEFAULT "ipc:///run/newswire/publish"
#define NEWSWIRE_REPLAY_DEFAULT "ipc:///run/newswire/replay"

/* Length in bytes of the identity of a dispatch: a scheme byte and 19 bytes of BLAKE2b (proto/README.md). */
#define NEWSWIRE_ID_LEN 20

/* One news item as the daemon read it. Field names are those of ninjs 3.1 in C spelling. Members are only
 * ever added at the end; the library allocates it, so a program compiled against an older header keeps
 * working. */
struct newswire_dispatch {
    uint8_t id[NEWSWIRE_ID_LEN]; /* identity of version 1; the ninjs uri is "urn:newswire:" + its hex digits */
    uint32_t version;            /* 1 for the first version */
    const char *feed;            /* the sub-directory it was dropped into, "default" for the top */
    const char *agency;          /* infoSources[0].name: canonical name of the agency, e.g. "ARMENPRESS" */
    const char *headline;        /* headlines[0].value */
    const char *by;              /* who wrote it, as printed without "By:" */
    const char *located;         /* town of the dateline in ordinary spelling, e.g. "Yerevan" */
    const char *country;         /* of `located`, or printed without a town: ISO 3166-1 alpha-2, e.g. "am"; NULL if not known */
    const char *dateline;        /* the words of the dateline as printed, e.g. "YEREVAN, NOVEMBER 8, ARMENPRESS." */
    const char *body;            /* bodies[0].value: paragraphs separated by an empty line, dateline included */
    const char *language;        /* BCP 47, e.g. "en" */
    const char *content_created; /* the printed time, full RFC 3339, e.g. "2023-11-08T14:58:00+04:00"; offset
                                    "-00:00" when the zone is not known (RFC 3339 section 4.3) */
    const char *time_precision;  /* "minute", "day" or "none": how much of content_created was printed */
    int64_t version_created;     /* when the daemon took the file in; of a further version: made it */
    const char *slugline;        /* as printed */
    uint32_t urgency;            /* 1 to 9 as printed or set for the feed (IPTC NewsCodes), 0 = none */
    const char *ed_note;         /* editor's notes, e.g. "Edited and translated by ..." */
    const char *usage_terms;     /* credit and copyright lines as printed */
    double confidence;           /* 0 to 1: how sure the daemon is of where it begins and what it says */
    const char *const *warnings; /* what was odd, in words; a list that ends with NULL, never NULL itself */
    const char *charset;         /* of the drop file, e.g. "UTF-8", "windows-1251" (ICU's names) */
    const char *file;            /* origin: name of the drop file, without directories */
    uint32_t index;              /* origin: 1 for the first dispatch in the file */
    uint64_t offset, length;     /* origin: its span in the file, in bytes */
    uint8_t file_digest[32];     /* origin: BLAKE2b-256 of the whole file */
};

enum newswire_kind {
    NEWSWIRE_NEW = 1,       /* the first version of a dispatch */
    NEWSWIRE_REVISED = 2,   /* a further version: the text changed, or was read better */
    NEWSWIRE_CORRECTED = 3, /* a further version that the agency marks as a correction */
    NEWSWIRE_CANCELED = 4,  /* a further version: it is withdrawn (spelled as in ninjs pubStatus) */
    NEWSWIRE_RETAGGED = 5,  /* the same version under other topics */
};

enum newswire_type {
    NEWSWIRE_DISPATCH = 1, /* a record with its dispatch */
    NEWSWIRE_GONE = 2,     /* records gone_from..gone_to lie behind the daemon's retention: they cannot be had */
    NEWSWIRE_EPOCH = 3,    /* the daemon's store was recreated or restored: seqs begin anew under `epoch` */
};

struct newswire_event {
    enum newswire_type type;
    enum newswire_kind kind;
    uint64_t epoch;            /* random id of the daemon's store */
    uint64_t seq;              /* number of the record: 1, 2, 3 ... within an epoch; 0 for NEWSWIRE_EPOCH */
    int64_t stored;            /* when the record was committed */
    const char *const *topics; /* every topic of the record; a list that ends with NULL, never NULL itself */
    const struct newswire_dispatch *dispatch;  /* NULL unless type is NEWSWIRE_DISPATCH */
    uint64_t gone_from, gone_to;               /* NEWSWIRE_GONE: first and last seq that cannot be had */
    const void *head_frame, *dispatch_frame;   /* the protobuf messages as they came (proto/newswire.proto) */
    size_t head_frame_size, dispatch_frame_size;
};

struct newswire;

/* Connects to a daemon. `publish` and `replay` are ZeroMQ endpoints; NULL takes the default above.
 * Connecting is lazy and for ever: a daemon that is not up yet is waited for. NULL: an endpoint is
 * malformed (errno EINVAL) or memory or descriptors ran out (errno of that). Close with newswire_close(). */
NEWSWIRE_PUBLIC struct newswire *newswire_connect(const char *publish, const char *replay);

/* Adds a topic. Forms (proto/README.md has the grammar):
 *   "subject/sport"   that topic and all below it
 *   "*" as a segment  any one segment: place, then *, then paris is Paris in whatever country
 *   "!language/en"    but not these
 *   "all"             every dispatch, once
 * A handle without a subscription, or with `!` only, gets everything. Topics may be added at any time,
 * also between two events: a new one counts from the cursor on. False: `topic` breaks the grammar, there
 * are 10,000 already, or memory ran out (newswire_error() says which). */
NEWSWIRE_PUBLIC bool newswire_subscribe(struct newswire *, const char *topic);

/* Takes a topic back, in the spelling in which it was added. False if it was not there. */
NEWSWIRE_PUBLIC bool newswire_unsubscribe(struct newswire *, const char *topic);

/* Keeps the place under `name` ([A-Za-z0-9._-], at most 64 bytes) in directory `dir`, NULL for
 * $XDG_STATE_HOME/newswire or ~/.local/state/newswire. A handle that finds the cursor continues after the
 * last newswire_done(). Call it before the first newswire_next(). The file is locked as long as the handle
 * lives: a second holder of the name is refused. False: refused or not writable (newswire_error() says
 * why). */
NEWSWIRE_PUBLIC bool newswire_cursor(struct newswire *, const char *dir, const char *name);

/* Says where to begin: "now" (the default: what is stored from here on), "start" (everything the store
 * has), a number (that seq is the first), or a time, RFC 3339 ("2026-11-23T09:00:00Z", "2026-11-23" in the
 * local zone): the first record stored at or after it. A cursor that exists already wins. Before the first
 * newswire_next(). False: not one of these, or too late. */
NEWSWIRE_PUBLIC bool newswire_since(struct newswire *, const char *since);

/* The next event, waiting at most `timeout_ms` (-1: for ever, 0: not at all). The event and all it points
 * to belong to the handle and live until the next call of newswire_next() or newswire_close(). NULL: none
 * came in time (errno EAGAIN), a signal came (EINTR), or something is beyond repair (other errno;
 * newswire_error() says what). */
NEWSWIRE_PUBLIC const struct newswire_event *newswire_next(struct newswire *, int timeout_ms);

/* A descriptor for poll(2) or epoll: readable means call newswire_next(wire, 0) until it returns NULL. It
 * becomes readable also when a timer of the handle is due (gaps are noticed by silence too), so a loop may
 * wait for it without a timeout. -1 before the first newswire_next(). The descriptor belongs to the
 * handle. */
NEWSWIRE_PUBLIC int newswire_fd(struct newswire *);

/* Says that everything up to `seq` is dealt with: the cursor moves there. Written to disk within a second,
 * as long as newswire_next() is called, and at newswire_close(). A seq not delivered yet, or 0, changes
 * nothing. False: the cursor could not be written. */
NEWSWIRE_PUBLIC bool newswire_done(struct newswire *, uint64_t seq);

/* The newest seq that the daemon said it has; 0 before it said anything. With newswire_seen() it tells how
 * far behind the handle is. */
NEWSWIRE_PUBLIC uint64_t newswire_head(const struct newswire *);

/* Everything of mine up to this seq was delivered or is known to be none of mine. */
NEWSWIRE_PUBLIC uint64_t newswire_seen(const struct newswire *);

/* The last error in words, "" if there was none. Belongs to the handle, until its next call. */
NEWSWIRE_PUBLIC const char *newswire_error(const struct newswire *);

/* Saves the cursor and lets everything go. NULL is fine. False: the cursor could not be saved (errno says
 * why), so that some of what is done will come again. */
NEWSWIRE_PUBLIC bool newswire_close(struct newswire *);

/* As in "0.1.0": of the library in use, which may be newer than this header. */
NEWSWIRE_PUBLIC const char *newswire_version(void);

#ifdef __cplusplus
}
#endif
#endif
