// SPDX-License-Identifier: MIT
/* credit: lines that say who wrote, owns or gave a text, taken apart.
 *
 * They refuse what only begins like one: "By noon the square was full" is no byline. Pure; views lie in the
 * line. */
#ifndef DAEMON_PURE_CREDIT_H
#define DAEMON_PURE_CREDIT_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/when.h"

/* Bytes of the longest line that is one. */
#define CREDIT_MAX 200

/* "By Anna Example and Dr. Peter Muster in Gyumri, Daily Lake | 8 November 2023" */
struct byline {
    bool phrase;       /* "By", "Author:" stood in front; else a house, a town or a role stands behind */
    struct view names; /* as printed, without the phrase and what is below */
    struct view town;  /* .n 0 = none; so the others */
    struct view role;  /* "Staff Writer" */
    struct view agency_words;
    const struct rules_agency *agency; /* NULL: none, or one that the rules do not know */
    struct when when;
};
bool byline_read(const struct rules *, struct view line, struct byline *out);

/* The same of a line of which its place says that it names an author, so that a name alone will do: "Anna
 * Example", "(Anna Example)", "ANNA EXAMPLE, ISTANBUL". */
bool author_read(const struct rules *, struct view line, struct byline *out);

/* Whether a line says what an author is and no more: "Staff Writer", "Special to the Daily Lake". */
bool role_alone(const struct rules *, struct view line);

/* The house in a line that begins with a phrase of copyright or source: "(c) 2009 AGENCY", "Copyright 2004
 * Agence France Presse", "Source: Turan news agency, Baku, in Russian 0845 GMT 1 Nov 04", and in a note:
 * "Text of report by Armenian news agency Mediamax". False: it names none. */
struct house {
    struct view words;                 /* as printed */
    const struct rules_agency *agency; /* NULL: the rules do not know it */
    struct when when;                  /* of a source */
};
bool house_read(const struct rules *, struct view line, struct house *out);

/* Whether a line is a name that houses have, by a word of the rules: "Lake Gazette", "Вестник озера". */
bool house_named(const struct rules *, struct view text);

/* A line that is nothing but a house the rules know and signs or an address beside it, without those: "*Azg*",
 * "ARMENPRESS:", "Arka (www.example.com)". Any other as it is. */
struct view house_bare(const struct rules *, struct view line);

/* Bytes of the name in front of a dash and the house's country: "Lake News - Gyumri,Armenia". text.n = no country
 * stands there. */
size_t house_over(const struct rules *, struct view text);

/* Bytes of the name in front of a town or a country between brackets at a line's end: "Le Soleil (Dakar)". text.n =
 * none stands there. */
size_t house_in_town(const struct rules *, struct view text);

/* Whether a line is nothing but a person's name: two to four words, each with a capital, no sign at the end.
 */
bool name_like(const struct rules *, struct view text);

/* Whether a line is several such names with commas or "and" between. */
bool names_like(const struct rules *, struct view text);

/* The same as name_like(), with small words inside where a phrase or a place says that it is a name: "Arnaud de la Tour". */
bool name_full(const struct rules *, struct view text);

#endif
