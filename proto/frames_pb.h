// SPDX-License-Identifier: MIT
/* frames_pb: what the files of the room frames share, and nobody else: protobuf-c, kept at arm's length. */
#ifndef PROTO_FRAMES_PB_H
#define PROTO_FRAMES_PB_H

#include "proto/frames.h"
#include "proto/newswire.pb-c.h"

/* Fields in one frame, those of messages inside it included. A field of two bytes costs protobuf-c about a
 * hundred while it unpacks: this is what keeps 64 MiB of them from taking 3 GiB. 4096 sets of a trail take
 * 8192. */
#define FRAMES_FIELDS_MAX (256u << 10)

/* The message in p[0..n), checked as far as a schema can say it: limits, wire types, each string whole,
 * valid UTF-8 and without NUL (protobuf-c would cut it there), no message inside sent twice. NULL with the
 * reason in `e`. Free with protobuf_c_message_free_unpacked(m, NULL). */
ProtobufCMessage *frames_unpack(const ProtobufCMessageDescriptor *, const uint8_t *p, size_t n,
                                struct err *e);

/* False when memory ran out; `out` is then empty. */
bool frames_pack(const ProtobufCMessage *, struct bytes *out);

/* protobuf-c's structs are not const; packing does not write to what they point to. */
static inline char *frames_text(const char *text)
{
    return (char *)(text != NULL ? text : "");
}

/* proto3 cannot tell "" from nothing; here it is nothing. */
static inline const char *frames_said(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

/* Seqs are at most INT64_MAX: as SQLite counts, and so that seq + 1 is one too. */
bool frames_seq(const char *what, uint64_t seq, struct err *e);

/* Topics of a Head or a Request. `record`: as a Head has them, without "all/". */
bool frames_topics(char *const *topics, size_t n, bool record, struct err *e);

/* A status inside an Answer. fill: false when memory ran out; drop in any case. view: strings belong to
 * `m`, all else goes with free(). */
bool frames_status_fill(Newswire__V1__Status *m, const struct status *);
void frames_status_drop(Newswire__V1__Status *m);
struct status *frames_status_view(const Newswire__V1__Status *m, struct err *e);

#endif
