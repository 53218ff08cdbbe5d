// SPDX-License-Identifier: MIT
/* contacts: paragraphs that tell whom to ask. Behind a text such a paragraph is furniture; over a headline it
 * is the letterhead of the house, which its first line names.
 *
 * Only paragraphs of short lines with a line among them that the rules know as one of a contact. Pure,
 * linear. */
#ifndef DAEMON_PURE_CONTACTS_H
#define DAEMON_PURE_CONTACTS_H

#include "daemon/pure/lines.h"

/* Sets the classes of such paragraphs' lines; the others have theirs already. */
void contacts_classify(const struct rules *, struct line *lines, size_t n);

#endif
