// SPDX-License-Identifier: MIT
/* conf_table: every key of the configuration in one table: what it is called, what it may be, where it goes.
 * Inside the room conf only; others see conf.h. newswired.conf(5) says the same in words; tests compare. */
#ifndef DAEMON_PURE_CONF_TABLE_H
#define DAEMON_PURE_CONF_TABLE_H

#include "daemon/pure/conf.h"

enum conf_type {
    CONF_TEXT,     /* char[] */
    CONF_PATH,     /* char[], an absolute path */
    CONF_WORD,     /* char[], one of `words` */
    CONF_CHOICE,   /* enum: which one of `words` */
    CONF_SIZE,     /* uint64_t */
    CONF_TIME,     /* int64_t, ms */
    CONF_NUMBER64, /* uint64_t */
    CONF_NUMBER32, /* uint32_t */
    CONF_BOOL,     /* bool */
    CONF_SHARE,    /* double, 0 to 1 */
    CONF_ZONE,     /* char[] that text_zone_known() */
    CONF_CHARSET,  /* char[] that text_charset_known() */
    CONF_LANGUAGE, /* char[] */
    CONF_LIST,     /* char[][], words between blanks */
    CONF_TOPICS,   /* the same, each a topic in normal form */
    CONF_BINDS,    /* the same, each an endpoint; the key may be repeated */
};

struct conf_key {
    const char *section, *key; /* "feed": offsets are those of struct conf_feed */
    enum conf_type type;
    size_t offset;
    size_t size;         /* of the member; of one row in a list */
    size_t count_offset; /* lists: of the count */
    size_t rows;         /* lists: room for that many */
    const char *value;   /* the default, as a person would write it */
    const char *min, *max; /* as a person would write them; NULL = none */
    const char *words;     /* CONF_WORD, CONF_CHOICE: between blanks */
};
extern const struct conf_key conf_keys[];
extern const size_t conf_nkeys;

/* Reads a value into its place in *base. Lists are added to. False with the reason in `e`; then nothing
 * changed but that a list may have got its first words. */
bool conf_set(const struct conf_key *, void *base, const char *value, struct err *e);

/* Checks an endpoint to bind and writes it with "localhost" as an address. */
bool conf_endpoint(const char *text, char *out, size_t size, struct err *e);

#endif
