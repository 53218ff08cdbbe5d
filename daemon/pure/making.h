// SPDX-License-Identifier: MIT
/* making: one dispatch in the making: its fields from what its lines claim (facts.h), each with the words it
 * came from, and in words what was odd. For parse.c. */
#ifndef DAEMON_PURE_MAKING_H
#define DAEMON_PURE_MAKING_H

#include "daemon/pure/body.h"
#include "daemon/pure/facts.h"
#include "daemon/pure/reader.h"

#define WARNINGS_MAX 12 /* more kinds than there are */
#define SOURCES_MAX 24

/* What is known of the whole file. */
struct making_file {
    struct arena *arena;
    const struct reader_input *in;
    const struct decoded *decoded;
    const struct line *lines;
    const struct split *split;
    const uint8_t *digest;
    struct facts *facts; /* one for each slice, so the others */
    struct printed *printed;
    bool *guessed;     /* nothing settled the order of day and month */
    uint32_t *layouts; /* how the head is made */
    char country[3];   /* of most agencies; "" = none */
    size_t margin;     /* at which most texts were wrapped */
};

/* A dispatch in the making. Every step returns false when memory ran out. */
struct making {
    const struct making_file *file;
    struct arena *arena;
    const struct reader_input *in;
    const struct line *lines;
    const struct split_slice *slice;
    const struct facts *facts;
    const struct printed *printed;
    size_t index;
    struct reader_slice *out;
    struct newswire_dispatch *d;
    struct body body;
    const char *warnings[WARNINGS_MAX + 1];
    size_t nwarnings;
    struct reader_source sources[SOURCES_MAX];
    size_t nsources;
    const struct rules_agency *agency; /* printed, or the feed's */
};

/* Tells `text`, with the offset of the line in front. False: memory ran out, or text is NULL. */
bool making_warn(struct making *, size_t line, const char *text);

/* All fields but topics, identity and confidence. False: memory ran out. */
bool making_fields(struct making *);

#endif
