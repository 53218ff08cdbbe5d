// SPDX-License-Identifier: MIT
/* buttons: rows of what a page offers side by side on one line, and what it says of itself in sentences. Pure; each
 * looks at one line. */
#ifndef DAEMON_PURE_BUTTONS_H
#define DAEMON_PURE_BUTTONS_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

/* "Share | Print | Comments (4)": phrases of furniture, whatever stands between. */
bool buttons_row(const struct rules *, struct view line);

/* "Home   Politics   Economy", "AZ | RU | EN": sections, languages and buttons with wide gaps or bars
 * between, of which the rules know most. */
bool buttons_menu(const struct rules *, struct view line);

/* "Follow Lake News on Telegram", "Читайте нас в Telegram": where else a house can be read. */
bool buttons_network(struct view line);

/* A paragraph that begins as furniture does, with three words or more: "This site uses cookies to ...". */
bool buttons_paragraph(const struct rules *, struct view text);

/* A paragraph that begins as an editor's note does, a colon behind: "Editor's note: Anne Example is a ...". */
bool buttons_note(const struct rules *, struct view text);

#endif
