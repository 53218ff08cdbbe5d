// SPDX-License-Identifier: MIT
/* entity: HTML's character references, which mails and scraped pages leave in plain text: "&quot;",
 * "&#8217;", "&nbsp;", and those escaped twice, "&amp;#8217;". Only what ends in a semicolon and has one
 * meaning: "AT&T" and "R&D;" stay. Beside them the characters that pages have and nobody sees: a blank that does
 * not break is a blank, a soft hyphen and a break without width are nothing. */
#ifndef DAEMON_PURE_ENTITY_H
#define DAEMON_PURE_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The reference that begins at p, where a '&' stands: its bytes, and its character in *c; 0 = none does. */
size_t entity_read(const char *p, size_t n, uint32_t *c);

/* False: there is nothing to replace. */
bool entity_may(const char *p, size_t n);

/* Puts the text with its references replaced into out, which has room for n bytes (it never grows). Returns
 * the bytes put. Reads at most as far as makes `most` bytes or more, and tells in *used how far that was. */
size_t entity_replace(const char *p, size_t n, size_t most, char *out, size_t *used);

#endif
