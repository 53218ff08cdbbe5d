// SPDX-License-Identifier: MIT
/* lines: see lines.h. What is sure by its form alone comes first. */
#include "daemon/pure/lines.h"

#include "daemon/pure/buttons.h"
#include "daemon/pure/contacts.h"
#include "daemon/pure/credit_line.h"
#include "daemon/pure/dateline.h"
#include "daemon/pure/form.h"
#include "daemon/pure/mails.h"
#include "daemon/pure/mark.h"
#include "daemon/pure/records.h"
#include "daemon/pure/text.h"

#include <string.h>

#define FURNITURE_MAX 100
#define FIELD_MAX 60      /* bytes of "Theme: Incidents" */
#define PARAGRAPH_MIN 100 /* bytes: so long is no headline that a town stands in front of */
#define WRAPPED_CREDIT 60 /* bytes: a credit as long goes on in the next line */
#define WRAPPED_LINE 40   /* bytes: shorter ones are not wrapped */
#define SLUG_MAX 60       /* bytes of what wires print for desks */
#define WRAPPED_WORDS 3
#define INITIALS_MAX 14 /* bytes of "J.-P. M." */
#define MARKS_MAX 40 /* bytes of a line of end marks */
#define HASHES 5     /* "###", "# # #" end a text; more of them divide */

const char *line_word(enum line_class class)
{
    static const char *const words[] = {
        [LINE_BLANK] = "blank",         [LINE_BODY] = "body",         [LINE_TITLE] = "title",
        [LINE_KICKER] = "kicker",       [LINE_HEADING] = "heading",   [LINE_TIME] = "time line",
        [LINE_AGENCY] = "agency line",  [LINE_COUNTRY] = "country",   [LINE_PLACE] = "place",
        [LINE_BYLINE] = "byline",       [LINE_LABEL] = "label",       [LINE_DATELINE] = "dateline",
        [LINE_SEPARATOR] = "separator", [LINE_END] = "end mark",      [LINE_MAIL] = "mail",
        [LINE_FURNITURE] = "furniture", [LINE_EDITED] = "credit",     [LINE_COPYRIGHT] = "copyright",
        [LINE_SOURCE] = "source",       [LINE_PREAMBLE] = "preamble", [LINE_NOTE] = "editor's note",
        [LINE_SLUG] = "slug",
    };
    return words[class];
}

static const struct line_look no_look = {LINE_BODY, 50};

static struct line_look stamp_look(const struct stamp *stamp)
{
    bool dated = stamp->when.day != 0 || stamp->when.odd, timed = stamp->when.has_time;
    if (stamp->agency != NULL)
        return (struct line_look){LINE_AGENCY, dated || timed ? 95 : stamp->common ? 20 : 85};
    if (dated || timed)
        return (struct line_look){LINE_TIME, stamp->updated ? 60 : dated ? 95 : 80};
    return stamp->town.n > 0 ? (struct line_look){LINE_PLACE, 60} : (struct line_look){LINE_COUNTRY, 60};
}

static struct line_look rules_look(const struct rules *rules, struct view v)
{
    if (v.n > FURNITURE_MAX && buttons_note(rules, v))
        return (struct line_look){LINE_NOTE, 80};
    if (v.n > FURNITURE_MAX)
        return buttons_paragraph(rules, v) ? (struct line_look){LINE_FURNITURE, 85} : no_look;
    struct view bare = scan_unbracketed(v); // "[Sport]", "[Top]"
    enum rules_line line = rules_line(rules, v.p, v.n);
    switch (line == RULES_LINE_NONE ? rules_line(rules, bare.p, bare.n) : line) {
    case RULES_LINE_FURNITURE:
    case RULES_LINE_CONTENTS:
    case RULES_LINE_CONTACT:
        return (struct line_look){LINE_FURNITURE, 90};
    case RULES_LINE_KICKER:
        return (struct line_look){LINE_KICKER, 70};
    case RULES_LINE_END:
        return (struct line_look){LINE_END, 90};
    case RULES_LINE_MAIL:
        return (struct line_look){LINE_MAIL, 90};
    case RULES_LINE_NOTE:
        return (struct line_look){LINE_NOTE, 90};
    case RULES_LINE_SLUG:
        return (struct line_look){LINE_SLUG, 80};
    case RULES_LINE_LABEL:
        return (struct line_look){LINE_LABEL, 85};
    case RULES_LINE_NONE:
        return buttons_row(rules, v) || buttons_network(v) ? (struct line_look){LINE_FURNITURE, 85} : no_look;
    }
    return no_look;
}

/* --- lines among others --------------------------------------------------------------------------------- */

/* The lines as they are read; those before `i` have their classes. */
struct walk {
    const struct rules *rules;
    struct mails mails;
    struct line *lines;
    size_t n, i;
    bool begun;   /* a line that is not blank stands above */
    bool letters; /* the file holds mails of which each is a dispatch */
    bool letter;  /* the line stands in the head of one */
    bool fields;  /* ... or of any mail */
};

/* A date among the fields of a mail's head is when it was sent. */
static bool in_mail_head(const struct walk *w)
{
    return (w->i > 0 && w->lines[w->i - 1].class == LINE_MAIL) || mails_label(&w->mails, w->i + 1);
}

static bool dated_below(const struct walk *w)
{
    struct stamp stamp;
    size_t i = w->i + 1;
    i += i < w->n && w->lines[i].class == LINE_BLANK;
    return i < w->n && w->lines[i].class != LINE_BLANK && stamp_read(w->rules, w->lines[i].text, &stamp) &&
           stamp.when.day != 0 && stamp.agency == NULL;
}

/* Whether the line is a house by what stands in it and the date that stands below, perhaps under a section's name:
 * "Le Soleil (Dakar)" / "NEWS" / "11 February 2008". */
static bool house_dated(const struct walk *w, struct view v)
{
    bool town = house_in_town(w->rules, v) < v.n, over = !town && house_over(w->rules, v) < v.n;
    if (!town && !over) // as nearly all lines
        return false;
    // Between a headline and its text: "Ferry sails again" / "Lake News - Gyumri,Armenia" / "The ferry ..."
    bool second = w->i > 0 && w->lines[w->i - 1].class == LINE_BODY &&
                  (w->i == 1 || w->lines[w->i - 2].class == LINE_BLANK) && w->i + 1 < w->n &&
                  w->lines[w->i + 1].text.n > v.n;
    struct walk next = *w;
    next.i += w->i + 1 < w->n && rules_line(w->rules, w->lines[w->i + 1].text.p, w->lines[w->i + 1].text.n) ==
                                     RULES_LINE_KICKER;
    return (town && (dated_below(w) || dated_below(&next))) || (over && second);
}

/* Bytes of a small word in front of a house over the date: "from Lake Fund" / "Published on 12 May 2016". */
static size_t house_from(const struct walk *w, struct view v)
{
    size_t word = scan_word(v.p, v.n), at = word + scan_blanks(v.p + word, v.n - word);
    const struct line *above = w->i > 0 ? &w->lines[w->i - 1] : NULL;
    bool wrapped = above != NULL && above->class == LINE_BODY && above->text.n >= WRAPPED_LINE &&
                   !scan_ends_sentence(above->text);
    bool filler = word > 0 && !wrapped && v.n <= SLUG_MAX && text_is_lower(v.p, word) && at < v.n &&
                  rules_filler(w->rules, v.p, word) == FILLER_WORD;
    return filler && text_is_upper(v.p + at, scan_letter(v.p + at, v.n - at)) && !scan_ends_sentence(v) &&
                   dated_below(w)
               ? at
               : 0;
}

/* A town and a house on a line of their own, no dateline: under a date or over one; or with none, and without
 * the sign that ends a dateline: "ISTANBUL - Daily Lake"; or over one. */
static bool house_line(const struct walk *w, const struct stamp *stamp, struct view v)
{
    bool gap = w->i + 1 == w->n || w->lines[w->i + 1].class == LINE_BLANK;
    bool under = w->i > 0 && w->lines[w->i - 1].class == LINE_TIME && gap;
    struct dateline dateline;
    bool text = !gap && dateline_read(w->rules, w->lines[w->i + 1].text, &dateline); // "AFP - Paris,France"
    bool over = text || (!gap && dated_below(w));
    bool alone = gap && w->begun && stamp->when.day == 0 && !stamp->when.odd && !scan_ends_sentence(v);
    return (under || over || alone) && strchr(".:-)]/=_", v.p[v.n - 1]) == NULL;
}

/* A town and a dash begin a headline as often as a text: then it must be a paragraph. */
static bool paragraph(const struct walk *w, struct view v)
{
    bool wrapped = w->i + 1 < w->n && w->lines[w->i + 1].class != LINE_BLANK;
    return v.n >= PARAGRAPH_MIN || scan_ends_sentence(v) || wrapped;
}

/* The last words of a line that a program wrapped: "returned the letters to the" / "archive". */
static bool wraps(const struct walk *w, struct view v)
{
    if (w->i == 0 || w->lines[w->i - 1].class != LINE_BODY || scan_words(v) > WRAPPED_WORDS)
        return false;
    struct view above = w->lines[w->i - 1].text;
    size_t word = scan_word(v.p, v.n);
    bool lower = (*v.p >= 'a' && *v.p <= 'z') || line_open(above);
    bool upper = word > 1 && text_is_upper(v.p, word) && text_is_upper(above.p, above.n);
    return above.n >= WRAPPED_LINE && !scan_ends_sentence(above) && (lower || upper);
}

/* "... said they would come back on" / "March 24.": the end of a paragraph of text. */
static bool ends_text(const struct walk *w, struct view v)
{
    if (w->i < 2 || v.p[v.n - 1] != '.' || w->lines[w->i - 1].class != LINE_BODY)
        return false;
    struct view above = w->lines[w->i - 1].text;
    bool text = w->lines[w->i - 2].class == LINE_BODY || line_open(above);
    return text && above.n >= WRAPPED_LINE && !scan_ends_sentence(above);
}

/* Whether the line stands at the top of a paragraph of more than one. */
static bool tops(const struct walk *w)
{
    size_t i = w->i;
    bool above = i == 0 || w->lines[i - 1].class == LINE_BLANK || w->lines[i - 1].class == LINE_SEPARATOR;
    return above && i + 1 < w->n && w->lines[i + 1].class != LINE_BLANK;
}

/* "– 08-11-23" that a program wrapped off its headline. */
static bool suffix_wrapped(const struct walk *w, struct view v)
{
    struct stamp stamp;
    bool below = w->i > 0 && w->lines[w->i - 1].class == LINE_BODY;
    return below && w->lines[w->i - 1].text.n >= WRAPPED_LINE && *v.p != v.p[v.n - 1] &&
           !scan_ends_sentence(w->lines[w->i - 1].text) && stamp_read(w->rules, v, &stamp);
}

/* Whether the line above says who owns the text, or is a mail's footer, and was wrapped. */
static bool credit_goes_on(const struct walk *w)
{
    if (w->i == 0)
        return false;
    const struct line *above = &w->lines[w->i - 1];
    if (above->class == LINE_NOTE && *above->text.p == '[' && memchr(above->text.p, ']', above->text.n) == NULL)
        return true;
    return (above->class == LINE_COPYRIGHT || (above->class == LINE_MAIL && above->score > 85)) &&
           above->text.n >= WRAPPED_CREDIT && !scan_ends_sentence(above->text);
}

/* What the rules say of the line's beginning: all, when it is a sign. */
static unsigned line_begins(const struct walk *w, struct view v)
{
    size_t word = scan_word(v.p, v.n);
    return word == 0 ? ~0u : rules_word(w->rules, v.p, word);
}

/* Keeps what the line says of the time, for whoever asks later. */
static void note_when(const struct walk *w, const struct when *when)
{
    w->lines[w->i].says =
        (when->day != 0 || when->odd ? LINE_SAYS_DATE : 0) | (when->has_time ? LINE_SAYS_CLOCK : 0);
}

/* The lines that a wire puts over a headline, and the desk's under a text: "dpa sl yydd n1 kt", "RTRS0000 4
 * bk dp". */
static struct line_look wire_look(const struct walk *w, struct view v)
{
    if (form_wire(v) != 0)
        return (struct line_look){LINE_SLUG, 95};
    bool under = w->i > 0 && w->lines[w->i - 1].class == LINE_SLUG && w->lines[w->i - 1].score >= 90;
    if (under && form_wire_field(v))
        return (struct line_look){LINE_SLUG, 90};
    size_t used, word = scan_word(v.p, v.n);
    bool text = w->i > 0 && w->lines[w->i - 1].class == LINE_BODY;
    if (!text || !form_desk(view_from(v, word)))
        return no_look;
    bool house = form_code((struct view){v.p, word}) || rules_agency_at(w->rules, v.p, word, &used) != NULL;
    return house ? (struct line_look){LINE_END, 90} : no_look;
}

/* Whether brackets are around all of a line that names a house, and a line of text stands above. */
static bool bracketed_house(const struct walk *w, struct view v)
{
    size_t above = w->i;
    struct house house;
    if (*v.p != '(' || memchr(v.p, ')', v.n) != v.p + v.n - 1)
        return false;
    while (above > 0 && w->lines[above - 1].class == LINE_BLANK)
        above--;
    bool text = above > 0 && w->lines[above - 1].class == LINE_BODY && scan_ends_sentence(w->lines[above - 1].text);
    return text && house_read(w->rules, v, &house);
}

/* "J.-P. M." under the last sentence. */
static bool initials_sign(const struct walk *w, struct view v)
{
    size_t letters = 0, above = w->i;
    for (size_t at = 0; at < v.n && v.n <= INITIALS_MAX;) {
        size_t letter = scan_letter(v.p + at, v.n - at);
        if (letter > 0 && (!text_is_upper(v.p + at, letter) || at + letter >= v.n || v.p[at + letter] != '.'))
            return false;
        if (letter == 0 && strchr(" .-", v.p[at]) == NULL)
            return false;
        letters += letter > 0;
        at += letter > 0 ? letter : 1;
    }
    while (above > 0 && w->lines[above - 1].class == LINE_BLANK)
        above--;
    return letters > 1 && above > 0 && w->lines[above - 1].class == LINE_BODY &&
           scan_ends_sentence(w->lines[above - 1].text);
}

/* Whether a figure is in it. */
static bool line_figure(struct view v)
{
    bool found = false;
    for (size_t i = 0; i < v.n && !found; i++)
        found = v.p[i] >= '0' && v.p[i] <= '9';
    return found;
}

/* What only its form or its words' order tells. */
static struct line_look form_look(const struct walk *w, struct view v, unsigned begins)
{
    struct stamp stamp;
    struct line_look look;
    // "Posted by editor on March 4, 2013 in Politics" names nobody.
    struct view front;
    size_t phrase;
    bool posted = (begins & WORD_CREDIT) && rules_credit(w->rules, v.p, v.n, &phrase) == CREDIT_BY;
    if (stamp_loose(w->rules, v, posted && !scan_ends_sentence(v), &stamp, &front)) {
        note_when(w, &stamp.when);
        return (struct line_look){LINE_TIME, 55};
    }
    // "Lake Gazette, Wien - 3. Mai 2007 - Seite 7"
    if (v.n <= STAMP_MAX && line_figure(v) && stamp_behind(w->rules, v, &front, &stamp) &&
        house_named(w->rules, front)) {
        note_when(w, &stamp.when);
        return (struct line_look){LINE_TIME, 70};
    }
    if ((v.n <= MARKS_MAX && end_mark(w->rules, v) == 0) || initials_sign(w, v))
        return (struct line_look){LINE_END, 95};
    if (v.n <= SLUG_MAX && (look = wire_look(w, v)).class != LINE_BODY)
        return look;
    if (form_slug(v) || form_catchline(v) || (tops(w) && form_keywords(v)) ||
        (form_desk_words(v) && dated_below(w)))
        return (struct line_look){LINE_SLUG, 80};
    // "Posted November 8, 2005 (c) Lake News", the sign not in front
    const char *sign =
        v.n <= FURNITURE_MAX && !scan_ends_sentence(v) ? memmem(v.p, v.n, "\xc2\xa9", 2) : NULL;
    if (sign != NULL && w->begun && scan_words(view_from(v, (size_t)(sign - v.p))) > 1)
        return (struct line_look){LINE_COPYRIGHT, 70};
    if (form_address(v) || form_caption(v))
        return (struct line_look){LINE_FURNITURE, 80};
    char last = v.p[v.n - 1];
    if (v.n <= TITLE_MAX && (last == ':' || last == '?') && text_is_upper(v.p, v.n))
        return (struct line_look){LINE_HEADING, 60};
    return no_look;
}

static struct line_look classify(const struct walk *w, struct view v)
{
    unsigned begins = line_begins(w, v);
    struct stamp stamp = {0};
    struct dateline dateline;
    if (scan_dash(v.p, v.n) > 0 && suffix_wrapped(w, v))
        return no_look;
    if (form_separator(v))
        return (struct line_look){*v.p == '#' && v.n <= HASHES ? LINE_END : LINE_SEPARATOR, 100};
    bool may =
        begins != 0 || (*v.p >= '0' && *v.p <= '9') || scan_figure_behind(v.p, v.n, scan_word(v.p, v.n)) ||
        (v.p[v.n - 1] >= '0' && v.p[v.n - 1] <= '9' && memchr(v.p, ',', v.n)); // "SADAKHLO, Georgia, March 3"
    bool stamped = may && stamp_read(w->rules, v, &stamp);
    note_when(w, &stamp.when);
    // The last word of a wrapped paragraph: "Arminfo."
    stamped = stamped && (stamp.when.day != 0 || stamp.when.has_time || !scan_ends_sentence(v)) && !ends_text(w, v);
    bool both = stamp.agency != NULL && stamp.town.n > 0 && !house_line(w, &stamp, v);
    bool loud = stamp.town.n > 0 && text_is_upper(stamp.town.p, stamp.town.n); // "KARS - Radikal"
    bool complete = stamped && !both && (!stamp.common || loud || dated_below(w));
    bool mark = v.n > 2 && v.n <= MARKS_MAX && v.p[0] == v.p[1] && strchr("-=/", *v.p) != NULL; // "--SPA"
    if (mark && w->begun && end_mark(w->rules, v) == 0)
        return (struct line_look){LINE_END, 95};
    // A wire's figures stand under the text, but a file does not begin with its end.
    if (complete && stamp.group && w->begun)
        return (struct line_look){LINE_END, 90};
    // "(Lake newspaper, June 12)" stands under a text; with a house that is known the splitter decides.
    if (w->begun && !complete && bracketed_house(w, v))
        return (struct line_look){LINE_SOURCE, 85};
    bool place = stamp.agency == NULL && stamp.when.day == 0 && !stamp.when.odd && !stamp.when.has_time;
    if (complete && place && form_desk_words(v) && dated_below(w))
        return (struct line_look){LINE_SLUG, 80}; // "ARGENTINA-ARMENIA"
    // "END" / "MNA"
    bool ended = w->i > 0 && w->lines[w->i - 1].class == LINE_END &&
                 (w->i + 1 == w->n || w->lines[w->i + 1].class == LINE_BLANK);
    if (complete && ended && stamp.agency != NULL && stamp.when.day == 0)
        return (struct line_look){LINE_END, 85};
    if (complete && !(stamp.town.n > 0 && scan_ends_sentence(v)))
        return stamp_look(&stamp);
    bool counts = *v.p >= '0' && *v.p <= '9';
    struct line_look look = (begins & WORD_LINE || counts) && !wraps(w, v) ? rules_look(w->rules, v) : no_look;
    if (look.class == LINE_KICKER && stamped && stamp.agency != NULL && !text_is_upper(v.p, v.n))
        look = no_look; // "Report" is a house's name too, "REPORT" hardly
    if (look.class == LINE_BODY)
        look = credit_look(w->rules, v, begins);
    if (look.class == LINE_BODY && credit_goes_on(w))
        look.class = w->lines[w->i - 1].class;
    struct byline byline;
    if (look.class == LINE_BYLINE && byline_read(w->rules, v, &byline))
        note_when(w, &byline.when);
    if (look.class != LINE_BODY)
        return look;
    if (dateline_read(w->rules, v, &dateline) && (dateline.sure || paragraph(w, v))) {
        note_when(w, &dateline.when);
        return (struct line_look){LINE_DATELINE, dateline.sure ? 95 : 50};
    }
    if (stamped)
        return stamp.common ? no_look : stamp_look(&stamp);
    return form_look(w, v, begins);
}

/* Whether the byline above says where its author is and not who: "De notre correspondante à Bakou". */
static bool nameless(const struct walk *w)
{
    struct byline byline;
    return byline_read(w->rules, w->lines[w->i - 1].text, &byline) && byline.names.n == 0;
}

/* "Theme: Incidents" and "Staff Writer" right under a line that says who or when: a field that no rule names,
 * what the author is. */
static struct line_look field_look(const struct walk *w, struct view v)
{
    uint8_t above = w->i == 0 ? LINE_BLANK : w->lines[w->i - 1].class;
    bool head = above == LINE_TIME || above == LINE_AGENCY || above == LINE_COUNTRY || above == LINE_LABEL;
    const char *colon = head && v.n <= FIELD_MAX ? memchr(v.p, ':', v.n) : NULL;
    if (above == LINE_BODY && name_like(w->rules, w->lines[w->i - 1].text) && role_alone(w->rules, v))
        above = w->lines[w->i - 1].class = LINE_BYLINE;
    if (above == LINE_BYLINE && (role_alone(w->rules, v) || (name_full(w->rules, v) && nameless(w))))
        return (struct line_look){LINE_BYLINE, 90};
    if (colon == NULL || colon == v.p || scan_ends_sentence(v) || colon[1] != ' ' || *v.p <= '9')
        return no_look;
    struct view label = {v.p, (size_t)(colon - v.p)}, value = scan_trim(view_from(v, label.n + 1));
    return scan_words(label) <= 2 && scan_words(value) <= 2 ? (struct line_look){LINE_LABEL, 55} : no_look;
}

/* A field of a mail's head that no rule names; of a letter it may say whose the text is: "Organization: Copyright 2004
 * by Lake News". */
static struct line_look field_of_mail(const struct walk *w, struct view *v)
{
    struct view rest = scan_trim(view_from(*v, mails_field(*v)));
    struct line_look look = w->letter && rest.n > 0 ? credit_look(w->rules, rest, ~0u) : no_look;
    if (look.class != LINE_COPYRIGHT)
        return w->letter ? (struct line_look){LINE_LABEL, 90} : (struct line_look){LINE_MAIL, 85};
    *v = rest;
    return look;
}

/* The first figure that stands alone in a line. */
static size_t first_figure(struct view v)
{
    size_t at = 1;
    while (at < v.n && (v.p[at - 1] != ' ' || v.p[at] < '0' || v.p[at] > '9'))
        at++;
    return at;
}

/* "Newspaper: Ex-minister's brother sells two hotels": a headline over its date, whatever its first word. */
static bool headline_labelled(const struct walk *w, struct view rest)
{
    struct stamp stamp;
    bool alone = w->i == 0 || w->lines[w->i - 1].class == LINE_BLANK;
    size_t small = 0, used;
    for (size_t at = 0, word; at < rest.n; at += word > 0 ? word : 1) {
        word = scan_word(rest.p + at, rest.n - at);
        small += word > 3 && text_is_lower(rest.p + at, word);
    }
    return alone && small > 1 && rules_agency_at(w->rules, rest.p, rest.n, &used) == NULL && w->i + 1 < w->n &&
           stamp_read(w->rules, w->lines[w->i + 1].text, &stamp) && stamp.when.day != 0;
}

/* A line with a label in front loses it, or is no more than a field. */
static struct line_look classify_labelled(const struct walk *w, struct view *v)
{
    size_t used;
    enum rules_label label = rules_label(w->rules, v->p, v->n, &used);
    struct view rest = scan_trim(view_from(*v, used));
    // "A: We meet on Thursday." answers a question, but among a mail's fields one letter says to whom.
    bool letter = used == scan_letter(v->p, v->n) + 1;
    if (label == LABEL_MAIL && letter && !in_mail_head(w))
        return classify(w, *v);
    if (w->fields && (label == LABEL_NONE || label == LABEL_DATA) && mails_field(*v) > 0)
        return field_of_mail(w, v);
    // "From: Lake News" under a headline is no mail's.
    if (label == LABEL_MAIL && !w->fields && rules_agency(w->rules, rest.p, rest.n) != NULL)
        label = LABEL_HOUSE;
    if (label == LABEL_HOUSE && headline_labelled(w, rest))
        return classify(w, *v);
    switch (label) {
    case LABEL_SUBJECT:
    case LABEL_MAIL:
        if (!w->letter)
            return (struct line_look){LINE_MAIL, 85};
        if (label == LABEL_MAIL || rest.n == 0)
            return (struct line_look){LINE_LABEL, 90};
        *v = rest;
        w->lines[w->i].says |= LINE_SAYS_LABEL;
        return (struct line_look){LINE_TITLE, 95};
    case LABEL_DATA:
        return (struct line_look){LINE_LABEL, 90};
    case LABEL_TITLE:
    case LABEL_HOUSE:
    case LABEL_PLACE:
    case LABEL_TEXT:
        if (rest.n == 0)
            return (struct line_look){LINE_LABEL, 90};
        if (in_mail_head(w) && !w->letter)
            return (struct line_look){LINE_MAIL, 85};
        *v = rest;
        struct line_look look = label == LABEL_TITLE ? (struct line_look){LINE_TITLE, 95} : classify(w, rest);
        if (label == LABEL_HOUSE && look.class == LINE_BODY)
            look = (struct line_look){LINE_AGENCY, 90};
        bool named = rest.n <= FIELD_MAX && !scan_ends_sentence(rest);
        if (label == LABEL_PLACE && look.class == LINE_BODY && named)
            look = (struct line_look){LINE_PLACE, 90};
        w->lines[w->i].says |= LINE_SAYS_LABEL;
        return look;
    case LABEL_NONE:
        break;
    }
    struct view numbered = view_from(*v, form_document(*v));
    struct line_look found = classify(w, numbered);
    struct stamp stamp;
    struct view front;
    bool when = found.class == LINE_AGENCY || found.class == LINE_TIME;
    if (numbered.n < v->n && !when && stamp_loose(w->rules, numbered, true, &stamp, &front) &&
        stamp.when.day != 0 && stamp.when.has_time) {
        note_when(w, &stamp.when);
        *v = view_from(numbered, first_figure(numbered)); // what stands in front is a house, not who wrote it
        return (struct line_look){LINE_TIME, 90};
    }
    if (numbered.n < v->n && !when)
        found = classify(w, *v);
    else
        *v = numbered;
    size_t from = found.class == LINE_BODY ? house_from(w, *v) : 0;
    *v = view_from(*v, from);
    if (from > 0 || (found.class == LINE_BODY && house_dated(w, *v)))
        return (struct line_look){LINE_AGENCY, 80};
    return found.class == LINE_BODY ? field_look(w, *v) : found;
}

/* Without the sign that ends a wire's headline: "Ferry sails =". */
static struct view unmarked(struct view v)
{
    bool mark = v.n > 2 && v.n <= TITLE_MAX && v.p[v.n - 1] == '=' && v.p[v.n - 2] == ' ';
    return mark ? scan_trim((struct view){v.p, v.n - 1}) : v;
}

/* Without the marks of quoted mail: "> ", ">> > ". */
static struct view unquoted(struct view v)
{
    size_t at = 0;
    while (at < v.n && v.p[at] == '>')
        at += 1 + scan_blanks(v.p + at + 1, v.n - at - 1);
    return view_from(v, at);
}

void lines_classify(const struct rules *rules, struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lines[i].text = house_bare(rules, unmarked(unquoted(lines[i].text)));
        if (lines[i].text.n == 0)
            lines[i].class = LINE_BLANK;
    }
    records_uncode(lines, n);
    struct walk w = {.rules = rules, .mails = {rules, lines, n}, .lines = lines, .n = n};
    w.letters = mails_letters(&w.mails);
    for (size_t i = 0; i < n; i++) {
        if (lines[i].class == LINE_BLANK)
            continue;
        w.i = i;
        if (i == 0 || lines[i - 1].class == LINE_BLANK) {
            w.fields = mails_head(&w.mails, i);
            w.letter = w.fields && w.letters && mails_letter(&w.mails, i);
        }
        struct line_look look = classify_labelled(&w, &lines[i].text);
        lines[i].class = (uint8_t)look.class;
        lines[i].score = (uint8_t)look.score;
        w.begun = true;
    }
    contacts_classify(rules, lines, n);
    records_classify(rules, lines, n);
    mails_wrapping(lines, n);
}
