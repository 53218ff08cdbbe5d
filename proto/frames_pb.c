// SPDX-License-Identifier: MIT
/* frames_pb: see frames_pb.h. The bytes are walked once by our own eyes before protobuf-c sees them: it
 * takes strings that are not UTF-8, cuts them at a NUL, merges what comes twice, and allocates as much as
 * a stranger likes. */
#include "proto/frames_pb.h"

#include "proto/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Reads a varint; returns its length, 0 if there is none. */
static size_t varint(const uint8_t *p, size_t n, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n && i < 10; i++) { // 10 * 7 bits hold 64
        value |= (uint64_t)(p[i] & 0x7f) << (7 * i);
        if (p[i] < 0x80) {
            *out = value;
            return i + 1;
        }
    }
    return 0;
}

struct field {
    uint32_t id, wire;      // wire: 0 varint, 1 eight bytes, 2 with its length, 5 four bytes
    const uint8_t *payload; // of wire type 2
    size_t n;
};

/* Reads one field; returns its length with the tag, 0 if it is cut short or of a wire type that is not
 * known. */
static size_t read_field(const uint8_t *p, size_t n, struct field *f)
{
    uint64_t tag, value = 0;
    size_t head = varint(p, n, &tag);
    if (head == 0 || tag > UINT32_MAX || tag >> 3 == 0)
        return 0;
    *f = (struct field){.id = (uint32_t)tag >> 3, .wire = tag & 7};
    size_t body = f->wire == 1 ? 8 : f->wire == 5 ? 4 : 0;
    if (f->wire == 0 || f->wire == 2)
        body = varint(p + head, n - head, &value);
    if (body == 0 || body > n - head)
        return 0;
    f->payload = p + head + body;
    if (f->wire == 2) {
        if (value > n - head - body)
            return 0;
        f->n = (size_t)value;
    }
    return head + body + f->n;
}

static bool is_scanned(const ProtobufCMessageDescriptor *d, const uint8_t *p, size_t n, unsigned *left,
                       struct err *e);

static bool is_field_fine(const ProtobufCFieldDescriptor *known, const struct field *f, unsigned *left,
                          struct err *e)
{
    if (f->wire != 2)
        return true;
    if (known->type == PROTOBUF_C_TYPE_MESSAGE)
        return is_scanned(known->descriptor, f->payload, f->n, left, e);
    if (known->type != PROTOBUF_C_TYPE_STRING)
        return true;
    size_t good = utf8_valid((const char *)f->payload, f->n);
    return good == f->n || err_set(e, "%s: byte %zu is not UTF-8, or NUL", known->name, good);
}

static bool is_scanned(const ProtobufCMessageDescriptor *d, const uint8_t *p, size_t n, unsigned *left,
                       struct err *e)
{
    uint64_t met = 0; // messages inside, by their number: fewer than 64 in each of our messages
    struct field f;
    for (size_t i = 0, len; i < n; i += len) {
        len = read_field(p + i, n - i, &f);
        if (len == 0)
            return err_set(e, "%s: not a protobuf message at byte %zu", d->short_name, i);
        if ((*left)-- == 0)
            return err_set(e, "%s: more than %u fields", d->short_name, FRAMES_FIELDS_MAX);
        const ProtobufCFieldDescriptor *known = protobuf_c_message_descriptor_get_field(d, f.id);
        if (known == NULL)
            continue; // of a later version
        if (known->type == PROTOBUF_C_TYPE_MESSAGE && known->label != PROTOBUF_C_LABEL_REPEATED) {
            if (met & UINT64_C(1) << (f.id & 63))
                return err_set(e, "%s: %s twice", d->short_name, known->name);
            met |= UINT64_C(1) << (f.id & 63);
        }
        if (!is_field_fine(known, &f, left, e))
            return false;
    }
    return true;
}

ProtobufCMessage *frames_unpack(const ProtobufCMessageDescriptor *d, const uint8_t *p, size_t n,
                                struct err *e)
{
    unsigned left = FRAMES_FIELDS_MAX;
    if (n > FRAMES_BYTES_MAX) {
        err_set(e, "%s: %zu bytes, more than %u", d->short_name, n, FRAMES_BYTES_MAX);
        return NULL;
    }
    if (!is_scanned(d, p, n, &left, e))
        return NULL;
    ProtobufCMessage *m = protobuf_c_message_unpack(d, NULL, n, p);
    if (m == NULL)
        err_set(e, "%s: a field of the wrong type, or memory ran out", d->short_name);
    return m;
}

bool frames_pack(const ProtobufCMessage *m, struct bytes *out)
{
    *out = (struct bytes){0};
    size_t n = protobuf_c_message_get_packed_size(m);
    uint8_t *p = malloc(n > 0 ? n : 1);
    if (p == NULL)
        return false;
    *out = (struct bytes){.p = p, .n = protobuf_c_message_pack(m, p)};
    return true;
}

void bytes_free(struct bytes *b)
{
    free(b->p);
    *b = (struct bytes){0};
}

bool frames_seq(const char *what, uint64_t seq, struct err *e)
{
    return seq <= INT64_MAX || err_set(e, "%s is %" PRIu64 ": no store counts that far", what, seq);
}

bool frames_topics(char *const *topics, size_t n, bool record, struct err *e)
{
    size_t max = record ? TOPICS_PER_RECORD : FRAMES_TOPICS_MAX;
    if (n > max)
        return err_set(e, "%zu topics, more than %zu", n, max);
    for (size_t i = 0; i < n; i++)
        if (!topic_valid(topics[i]) || (record && strcmp(topics[i], TOPIC_ALL) == 0))
            return err_set(e, "'%.*s' is not a topic", TOPIC_MAX, topics[i]);
    return true;
}
