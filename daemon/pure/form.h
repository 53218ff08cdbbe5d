// SPDX-License-Identifier: MIT
/* form: lines that are known by their signs alone, whatever their words mean: rules across the page,
 * counters, a wire's catchwords, addresses. Pure; each looks at one line. */
#ifndef DAEMON_PURE_FORM_H
#define DAEMON_PURE_FORM_H

#include "daemon/pure/scan.h"

/* "-----", "* * *", "****** VISIT US ******", "3 of 50 DOCUMENTS" */
bool form_separator(struct view line);

/* "BC-Korea-Ferry,0150"; "1 COURTS Swan"; "Georgie-vin-Russie", which is one only right over a headline */
/* "bdt0312 4 wi 210  dpa 0871": a message's number, its urgency, its category, how long it is (IPTC 7901).
 * Returns the urgency, 0 = it is none. */
unsigned form_wire(struct view line);

/* "Lake/Ferries", "(Roundup 1630)": right under that. */
bool form_wire_field(struct view line);

bool form_slug(struct view line);
bool form_caption(struct view);
bool form_catchline(struct view line);
bool form_keywords(struct view line);

/* "GEORGIA-MAYOR/POPLARS", which is one only over a date. */
bool form_desk_words(struct view line);

/* " sl yydd n1 kt": who handled a text, behind the house's name or a code: "RTRS0000". */
bool form_desk(struct view line);
bool form_code(struct view word);

/* Bytes of a document's number at the front of a line: "CEP20050311027099 ", "LD0811143093 ". 0 = none. */
size_t form_document(struct view line);

/* "http://www.armenpress.am/eng/1.html", "press@lake.example" */
bool form_address(struct view line);

#endif
