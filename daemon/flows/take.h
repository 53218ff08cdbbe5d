// SPDX-License-Identifier: MIT
/* take: one claimed drop file into the open transaction, in three steps: load it from the spool, read what it says,
 * store that. It decides what shall become of the file; it moves nothing. */
#ifndef DAEMON_FLOWS_TAKE_H
#define DAEMON_FLOWS_TAKE_H

#include "daemon/hands/spool.h"
#include "daemon/hands/store.h"
#include "daemon/pure/reader.h"

/* A drop file on its way from claim to settle. */
struct job {
    struct claim claim;
    bool refused;    /* known to be BAD before it was read: `why` says so */
    enum fate fate;  /* what shall become of the file: FATE_RETRY = back into incoming/ */
    struct err why;  /* for FATE_BAD */
    uint64_t fresh, seen;
    uint32_t rejected; /* slices set aside */
};

struct take_settings {
    const struct conf *conf;
    const struct rules *rules;
    const struct tagger *tagger;
};

/* Bytes that reading one drop file may need at most, itself among them: with 32 MiB of rules and program half a GiB. */
#define TAKE_MEMORY (480u << 20)

/* A drop file in memory. May not move between the steps. */
struct taking {
    struct job *job;
    const struct take_settings *with;
    struct arena *arena; /* that all this lies in */
    bool loaded;
    uint8_t *bytes;
    char name[SPOOL_KNOWN_AS];
    struct conf_feed feed; /* of one that the configuration does not name */
    struct store_file file;
    enum fate fate; /* of reading; `why` unless FATE_DONE */
    struct err why;
    struct reader_result result;
};

/* The bytes into the arena, which is emptied first. What cannot be loaded is refused, or put back. What ended the daemon
 * before is tried out in a child: then nobody else may be reading. */
void take_load(struct spool *, const struct take_settings *, struct arena *, struct job *, struct taking *out);

/* What they say. Pure, on any thread; nothing for what is not loaded. */
void take_read(struct taking *);

/* FATE_DONE: job->fate is decided and everything is in the transaction. FATE_RETRY or FATE_STOP: the store
 * or the disk is at fault (reason in `e`); nothing of this file is in the transaction, or the transaction
 * is gone. */
enum fate take_store(struct spool *, struct store *, struct taking *, struct err *e);

#endif
