// SPDX-License-Identifier: MIT
/* reader: the bytes of one drop file in, its dispatches out; the one door from the flows to the pure rooms
 * (decode -> split -> parse -> tag for the format "digest"; other formats join here).
 *
 * Pure and bounded: time linear in n, memory only from the arena. Whatever the bytes are, each belongs to exactly one
 * slice or to furniture, in order, without overlap: nothing is lost between one dispatch and the next. */
#ifndef DAEMON_PURE_READER_H
#define DAEMON_PURE_READER_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "daemon/pure/conf.h"
#include "daemon/pure/rules.h"
#include "newswire/newswire.h"
#include "proto/err.h"

struct tagger; /* tag.h */

struct reader_input {
    const uint8_t *bytes;
    size_t n;
    const char *name;             /* of the drop file, without directories, valid UTF-8 */
    const struct conf_feed *feed; /* its defaults */
    const struct rules *rules;
    const struct tagger *tagger;
    const uint8_t *digest;        /* of the bytes, when it is known already; NULL: it is made */
    int64_t arrival;              /* ms since 1970: fills in a missing year, becomes version_created */
    uint64_t max_items, max_lines, max_dispatch;
};

struct reader_topic {
    const char *topic;  /* normal form, never "all/" */
    const char *reason; /* "dateline YEREVAN", "topics.rules:41 'parliament' in headline": for --explain */
    int relevance;      /* 1 to 100; 0 where nothing is to be weighed */
};

/* Where a field came from, for --explain. */
struct reader_source {
    const char *field; /* "headline", "located", ... */
    uint64_t offset;   /* in the file: of the words that gave it; of the slice where none did */
    uint32_t length;   /* 0 = no words */
    const char *rule;  /* in words: "dateline", "time line", "feed default" */
};

/* What spoke for or against a dispatch; the confidence is a logistic sum of value times weight. */
struct reader_clue {
    const char *clue; /* "no headline" */
    double value, weight;
};

struct reader_slice {
    uint64_t offset, length; /* span in the file */
    const char *why;         /* NULL: `dispatch` is good; else why this slice is rejected, "offset 412: ..." */
    struct newswire_dispatch dispatch; /* id, version 1 and origin filled in */
    const struct reader_topic *topics; /* sorted by topic, without duplicates, at most TOPICS_PER_RECORD */
    size_t ntopics;
    const struct reader_source *sources;
    size_t nsources;
    const struct reader_clue *clues;
    size_t nclues;
    double score;  /* of the evidence for its cut, in nats */
    double margin; /* by which it won over the next best split */
    uint64_t evidence; /* EVIDENCE_BITs of what spoke for or against it */
};

struct reader_furniture {
    uint64_t offset, length;
    const char *rule; /* "blank", "separator", "furniture 'Save'", "credit" */
};

/* A line as the splitter saw it, for --explain. */
struct reader_line {
    uint64_t offset;
    uint32_t length;
    const char *class; /* "title", "time line", "body", ... */
    const char *text;  /* UTF-8, not terminated */
    uint32_t text_n;
    uint32_t slice;    /* 1..nslices, 0 = furniture */
    double score;      /* how sure its class is; 0 = not weighed */
};

struct reader_result {
    const struct reader_slice *slices; /* in file order */
    size_t nslices;
    const struct reader_furniture *furniture; /* in file order */
    size_t nfurniture;
    const struct reader_line *lines;
    size_t nlines;
    const char *charset;
    uint8_t digest[32]; /* of the whole file */
};

/* FATE_DONE: result filled in (some slices may carry `why`). FATE_BAD: the file as a whole is refused, reason in `e`
 * ("offset 0: not text (NUL bytes)", "empty file", "more than 10000 dispatches", and that it needs more memory than the
 * arena may have). FATE_RETRY: memory ran out. */
enum fate reader_read(struct arena *, const struct reader_input *, struct reader_result *, struct err *e);

#endif
