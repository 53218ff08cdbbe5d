// SPDX-License-Identifier: MIT
/* tag: gives a dispatch its topics. The only room that sees vectorscan (package libvectorscan-dev, header hs.h).
 *
 * A tagger is compiled from sealed rules and never changes; several threads may use one. */
#ifndef DAEMON_PURE_TAG_H
#define DAEMON_PURE_TAG_H

#include "daemon/pure/reader.h"

/* Compiles the topic rules. NULL with the rule at fault in `e`. `rules` must outlive it. */
struct tagger *tagger_new(const struct rules *, struct err *e);
void tagger_free(struct tagger *);

/* agency/<segment>/, feed/<name>/, place/<cc>/<town>/ (cc "zz" when the country is not known), language/<code>/, the
 * feed's own topics, and what the topic rules find in headline and body: subject/.../ and watch/<name>/. A
 * phrase of a rule anywhere in either, as whole words, whatever its case and accents, is enough. Sorted,
 * without duplicates, at most TOPICS_PER_RECORD (the last of the rules are left out). FATE_RETRY when memory
 * ran out. */
enum fate tag_dispatch(struct arena *, const struct tagger *, const struct newswire_dispatch *,
                       const struct conf_feed *, const struct reader_topic **out, size_t *n, struct err *e);

#endif
