// SPDX-License-Identifier: MIT
/* identity: the only room that sees libsodium. What makes two dispatches the same one, and two files the same bytes. */
#ifndef DAEMON_PURE_IDENTITY_H
#define DAEMON_PURE_IDENTITY_H

#include "newswire/newswire.h"

#define IDENTITY_SCHEME 1 /* first byte of an id: raise it when the rule below changes, so that ids never mix */
#define IDENTITY_DIGEST 32

/* Once, before any thread: chooses the code that is fastest on this processor. Without it all is the same, a fifth slower. */
void identity_begin(void);

/* BLAKE2b-256 of bytes (RFC 7693). */
void identity_digest(const void *p, size_t n, uint8_t out[IDENTITY_DIGEST]);

/* id = IDENTITY_SCHEME, then 19 bytes of BLAKE2b over agency, printed date ("2023-11-08", "" if none) and the folded
 * text of the span (text_fold), each with its length (8 bytes, little endian) in front. NULL counts as "". */
void identity_dispatch(const char *agency, const char *date, const char *folded, size_t n,
                       uint8_t out[NEWSWIRE_ID_LEN]);

#endif
