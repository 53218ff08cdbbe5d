// SPDX-License-Identifier: MIT
/* form: lines that are known by their signs alone, whatever their words mean: rules across the page,
 * counters, a wire's catchwords, addresses. Pure; each looks at one line. */
#ifndef DAEMON_PURE_FORM_H
#define DAEMON_PURE_FORM_H

#include "daemon/pure/scan.h"

/* "-----", "* * *", "****** VISIT US ******", "3 of 50 DOCUMENTS" */
bool form_separator(struct view line);

/* "BC-Korea-Ferry,0150"; "1 COURTS Swan"; "Georgie-vin-Russie", which is one only right over a headline */
bool form_slug(struct view line);
bool form_catchline(struct view line);
bool form_keywords(struct view line);

/* "http://www.armenpress.am/eng/1.html", "press@lake.example" */
bool form_address(struct view line);

#endif
