// SPDX-License-Identifier: MIT
/* reparse_plan: what reading a file anew changes about the dispatches that it brought. Nothing is read or
 * stored here: a reading and what the store holds in, a list of changes out.
 *
 * A dispatch that is held and one that is read are the same if they lie at the same place of the file: of
 * those that overlap, one with the same identity goes first, then one with the same headline, then the one
 * with more bytes in common. One that was canceled is matched only with what is left. So of a dispatch that
 * is taken apart the part that people know by its headline goes on, and the others are new; of several put
 * together one stays, and the others are canceled. */
#ifndef DAEMON_FLOWS_REPARSE_PLAN_H
#define DAEMON_FLOWS_REPARSE_PLAN_H

#include "daemon/hands/store.h"
#include "daemon/pure/reader.h"

enum reparse_what {
    REPARSE_SAME,      /* nothing that a reader of the news would see */
    REPARSE_NEW,       /* no dispatch of this file lies there */
    REPARSE_REVISED,   /* a field is another: a further version */
    REPARSE_RETAGGED,  /* only topics are others */
    REPARSE_CANCELED,  /* gone, and each of its lines is in other dispatches now */
    REPARSE_KEPT,      /* gone, but not all of it is elsewhere: it stays as it is, and a person is told */
    REPARSE_ELSEWHERE, /* another file brought it, or this one twice: nothing is done */
};

struct reparse_change {
    enum reparse_what what;
    const struct reader_slice *slice;     /* as read; NULL: canceled or kept */
    const struct store_held *held;        /* as stored; NULL: new */
    const struct newswire_dispatch *was;  /* of `held` */
    const struct reader_slice *successor; /* of a canceled one: where its first line is now */
};

/* Every good slice and every dispatch that is held and not canceled, in file order, each once. was[i] is
 * held[i] unpacked. Dispatches that the store knows from elsewhere by their text alone are REPARSE_NEW here.
 * NULL: memory ran out. */
struct reparse_change *reparse_plan(struct arena *, const struct reader_result *,
                                    const struct store_brought *, struct newswire_dispatch *const *was,
                                    size_t *n);

#endif
