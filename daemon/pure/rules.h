// SPDX-License-Identifier: MIT
/* rules: what the parser and the tagger know of the world, as data: agencies, month names, furniture, credit
 * phrases, towns, topics. The shipped files of daemon/rules/ are built into the program (rules_shipped()); an
 * operator's files are laid over them, a section of the same name replacing the shipped one.
 *
 * Pure. After rules_seal() a set never changes, so that it is swapped whole on SIGHUP. All text is UTF-8;
 * keys for lookup are folded by text_fold() (case, accents and apostrophes do not matter). */
#ifndef DAEMON_PURE_RULES_H
#define DAEMON_PURE_RULES_H

#include "daemon/pure/conf.h"
#include "daemon/pure/query.h"
#include "daemon/pure/words.h"

struct rules;

struct rules_agency {
    const char *name;     /* canonical: "ARMENPRESS" */
    const char *town;     /* home, NULL = none */
    const char *country;  /* ISO 3166-1 alpha-2, lower case, NULL = none */
    const char *zone;     /* tz database, NULL = none */
    const char *language; /* BCP 47, NULL = none */
    const char *segment;  /* topic segment: "armenpress" */
};

struct rules_place {
    const char *name;    /* "Yerevan" */
    const char *country; /* "am" */
    const char *segment; /* "yerevan" */
    uint32_t population;
};

/* A rule that gives a topic: each phrase of it alone, and each query. */
struct rules_query {
    struct rules_query *next;
    const struct query *is;
};
struct rules_topic {
    const char *topic; /* "subject/economy-business-and-finance/" or "watch/<name>/", normal form */
    const char *file;  /* and line of its section */
    int line;
    int within;               /* the subject it lies in; -1: none */
    struct query_terms terms; /* of phrases and queries; these count from the first of all */
    struct rules_query *queries;
};

/* Subjects that words have weights for; tag.h says what is made of them. Weights are hundredths of a nat. */
#define RULES_SUBJECTS_MAX 16
#define RULES_WEIGHTS_MAX 32768
struct rules_subject {
    const char *name;
    const char *topic; /* NULL: only there to be another one */
    const char *group; /* subjects of one group are near each other */
    size_t near;       /* the first of its group */
    int prior;
    int least; /* the share of its group, in hundredths, from which on it is given */
};
struct rules_weight {
    const char *word; /* as written, its star with it */
    uint32_t number;  /* of the word, below RULES_WEIGHTS_MAX */
    int mean;         /* of all subjects */
    int16_t of[RULES_SUBJECTS_MAX];
};

struct rules *rules_new(void);
void rules_free(struct rules *);

/* Lays one file over what is there: INI sections, or with a name that ends in ".tsv" places (name, country,
 * population between tabs, and where its topic is that of another spelling, that one). A list ([months]
 * [weekdays] [zones] [fillers] [lines] [labels] [credits] [countries] [evidence] [weights] [mentions]) is added to, an [agency],
 * [topic], [watch] or [subject] of a name that another file gave replaces it. Problems as in conf_read. False: there was
 * a problem, told in `out`; what is good of the file counts none the less. */
bool rules_add(struct rules *, const char *name, const char *text, size_t n, struct conf_problems *out);
/* All shipped files. False only when memory ran out or a shipped file is broken (a defect of the build). */
bool rules_shipped(struct rules *, struct conf_problems *out);
/* Ends adding: sorts, indexes, hashes. */
bool rules_seal(struct rules *, struct err *e);

/* BLAKE2b of all rules text in order: "the same rules" means the same bytes here. */
const uint8_t *rules_digest(const struct rules *); /* 16 bytes */

/* Lookups; `p` is text as printed. NULL or 0 = not known. */
const struct rules_agency *rules_agency(const struct rules *, const char *p, size_t n);
/* What names and phrases of the rules begin with a word, as bits; 0 = none, which one look-up says of most
 * words. */
enum rules_word {
    WORD_DATE = 1, /* months, weekdays */
    WORD_AGENCY = 2,
    WORD_PLACE = 4, /* towns, countries */
    WORD_FILLER = 8,
    WORD_LINE = 16, /* [lines] */
    WORD_CREDIT = 32,
};
unsigned rules_word(const struct rules *, const char *p, size_t n);

/* The longest agency name or alias that text begins with at p (whole words); *used = bytes it took. */
const struct rules_agency *rules_agency_at(const struct rules *, const char *p, size_t n, size_t *used);
/* The biggest town of that name; in `country` first if that is not NULL. */
const struct rules_place *rules_place(const struct rules *, const char *p, size_t n, const char *country);
const char *rules_country(const struct rules *, const char *p, size_t n); /* "Armenia" -> "am" */
/* The house of that name at home in `country` (NULL: any), if two share it: APA is in Vienna, and in Baku. */
const struct rules_agency *rules_agency_near(const struct rules *, const char *p, size_t n,
                                             const char *country);
/* Whether an agency's name or alias is a common word as well ("Report", "Trend"): alone it says nothing. */
bool rules_agency_common(const struct rules *, const char *p, size_t n);

int rules_month(const struct rules *, const char *p, size_t n); /* 1..12, 0 = no month's name */
/* The only month whose name is one letter away, or two letters swapped: "NVEMBER" -> 11; 0 = none or several.
 * Costs as much as there are names: for words that stand where a month must. */
int rules_month_near(const struct rules *, const char *p, size_t n);
int rules_weekday(const struct rules *, const char *p, size_t n); /* 1 = Monday .. 7, 0 = none */

/* A clock that is named behind a time. */
struct rules_zone {
    const char *zone; /* tz database; NULL: it is `offset` */
    int offset;       /* minutes east of Greenwich */
};
/* The longest zone's name that text begins with at p ("EST", "Moscow time"); NULL = none. */
const struct rules_zone *rules_zone_at(const struct rules *, const char *p, size_t n, size_t *used);

/* Words of a time line or an agency line that are no date, agency or place. */
enum rules_filler {
    FILLER_NONE,
    FILLER_WORD,    /* means nothing: "at", "published" */
    FILLER_UPDATED, /* what follows is when it was changed */
    FILLER_CLOCK,   /* behind the figures of a time: "Uhr", "hrs" */
    FILLER_ROLE,    /* behind an agency or a name: "Writer", "correspondent" */
    FILLER_LENGTH,  /* behind the figures of a text's length: "words" */
    FILLER_HOUSE,   /* no filler, but what houses are called: "Gazette", "Vestnik" */
};
enum rules_filler rules_filler(const struct rules *, const char *p, size_t n);

/* What a whole line is by its words. */
enum rules_line {
    RULES_LINE_NONE,
    RULES_LINE_FURNITURE, /* "Save", "Skip to main content" */
    RULES_LINE_CONTENTS,  /* heads a list of headlines: "IN THIS ISSUE" */
    RULES_LINE_KICKER,    /* a section's name: "POLITICS" */
    RULES_LINE_END,       /* "ENDS" */
    RULES_LINE_MAIL,      /* "To unsubscribe, ..." */
    RULES_LINE_NOTE,      /* of an editor: "Text of report by ..." */
    RULES_LINE_SLUG,      /* "URGENT", "2nd Ld" */
    RULES_LINE_LABEL,     /* a field's name without a colon: "Body" */
    RULES_LINE_CONTACT,   /* begins a paragraph that tells whom to ask: "For further information, ..." */
};
enum rules_line rules_line(const struct rules *, const char *p, size_t n);

/* What the word before a colon at the front of a line makes of the line. */
enum rules_label {
    LABEL_NONE,
    LABEL_TITLE,   /* "HEADLINE:" the headline follows */
    LABEL_TEXT,    /* "BODY:" a part of the dispatch follows, whatever it is */
    LABEL_HOUSE,   /* "PUBLICATION:" the house follows */
    LABEL_DATA,    /* "LENGTH: 320 words", no part of the dispatch */
    LABEL_MAIL,    /* "From:", of a mail's head */
    LABEL_SUBJECT, /* ... the line there that may be the headline */
    LABEL_PLACE,   /* "CITY:" the town follows */
};
/* *used = bytes of the label, its colon included. */
enum rules_label rules_label(const struct rules *, const char *p, size_t n, size_t *used);

/* Whether the line begins with a credit phrase ("Edited and translated by", "By:"); *used = bytes of the
 * phrase. */
enum rules_credit {
    CREDIT_NONE,
    CREDIT_BY,
    CREDIT_EDITED,
    CREDIT_COPYRIGHT,
    CREDIT_SOURCE,
    CREDIT_FLASH, /* no credit: a headline that begins so ("URGENT") may have no text */
};
enum rules_credit rules_credit(const struct rules *, const char *p, size_t n, size_t *used);

/* The weight of every evidence by its number (evidence.h). */
const int *rules_evidence(const struct rules *);

size_t rules_topics(const struct rules *, const struct rules_topic *const **out);
size_t rules_subjects(const struct rules *, const struct rules_subject **out);

/* Words to their struct rules_weight: those of the language (NULL: not known), then those of every language.
 * Returns how many tables these are. */
size_t rules_weights(const struct rules *, const char *language, const struct words *out[2]);
/* The country that a name stands for which may be mentioned: code, or NULL. Folded already, its last word at `last`,
 * with WORDS_BEYOND readable bytes behind it. */
const char *rules_mention(const struct rules *, const char *p, size_t n, size_t last);
/* Whether a name of several words begins with the word. */
bool rules_mention_begins(const struct rules *, const char *p, size_t n);

#endif
