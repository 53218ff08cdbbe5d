// SPDX-License-Identifier: MIT
/* form: see form.h. */
#include "daemon/pure/form.h"

#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>

#define COUNTER_MAX 60 /* bytes */
#define DOCUMENT_FIGURES 8
#define SLUG_MAX 60
#define DESK_TOKENS 6
#define DESK_BYTES 4
#define FIELD_WORDS 4 /* of keywords with slashes between */
#define BANNER_WORDS 4
#define BANNER_SIGNS 8
#define ORNAMENT_SIGNS 5
#define DOTS ".:/<>" /* signs that are a rule only in numbers: */
#define DOTS_MIN 5

/* The longest of the words that the text begins with, any case; 0 = with none. */
static size_t begins_with(struct view v, const char *const *words, size_t n)
{
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(words[i]);
        bool whole = v.n >= length && scan_letter(v.p + length, v.n - length) == 0;
        best = whole && length > best && strncasecmp(v.p, words[i], length) == 0 ? length : best;
    }
    return best;
}

/* "3 of 50 DOCUMENTS", "Document 3 of 50", "Dokument 3 von 50" */
static bool is_counter(struct view v)
{
    static const char *const things[] = {"document",  "documents",  "documento", "documentos", "dokument",
                                         "dokumente", "dokumenten", "документ",  "документа",  "документов",
                                         "Документ",  "ДОКУМЕНТ",   "article",   "articles",   "artikel",
                                         "item",      "items",      "story",     "stories",    "record"};
    static const char *const ofs[] = {"of", "de", "von", "из", "sur", "di", "/"};
    const size_t nthings = sizeof things / sizeof *things;
    int a, b;
    bool figure = v.n > 0 && ((*v.p >= '0' && *v.p <= '9') || (v.p[v.n - 1] >= '0' && v.p[v.n - 1] <= '9'));
    if (v.n > COUNTER_MAX || !figure)
        return false;
    size_t front = begins_with(v, things, nthings), used;
    v = scan_trim(view_from(v, front));
    if ((used = scan_number(v.p, v.n, 5, &a)) == 0)
        return false;
    v = scan_trim(view_from(v, used));
    if ((used = begins_with(v, ofs, sizeof ofs / sizeof *ofs)) == 0)
        return false;
    v = scan_trim(view_from(v, used));
    if ((used = scan_number(v.p, v.n, 5, &b)) == 0)
        return false;
    v = scan_trim(view_from(v, used));
    return a <= b && (v.n == 0 ? front > 0 : begins_with(v, things, nthings) == v.n);
}

/* Three or more of one sign, blanks between them allowed. */
static bool is_rule(struct view v)
{
    uint32_t sign = 0, c;
    size_t count = 0;
    for (size_t i = 0; i < v.n;) {
        size_t used = scan_blank(v.p + i, v.n - i);
        if (used == 0) {
            used = utf8_next(v.p + i, v.n - i, &c);
            bool fits = c < 0x80
                            ? c != 0 && strchr("-=_*~#+" DOTS, (int)c) != NULL
                            : (c >= 0x2010 && c <= 0x2015) || c == 0x2022 || (c >= 0x2500 && c <= 0x257f) ||
                                  (c >= 0x25a0 && c <= 0x25ff) || (c >= 0x2600 && c <= 0x2606);
            if (!fits || (sign != 0 && c != sign))
                return false;
            sign = c;
            count++;
        }
        i += used;
    }
    if (sign != 0 && sign < 0x80 && strchr(DOTS, (int)sign) != NULL)
        return count >= DOTS_MIN;
    return count >= 3 || (count == 2 && sign == '-' && v.n == 2); /* "--" is above a mail's footer */
}

/* "****** VISIT US ON-LINE ******": signs at both ends, as many as make a rule across the page. */
static bool is_banner(struct view v)
{
    size_t front = 0, back = 0;
    while (front < v.n && v.p[front] == *v.p && strchr("*=-#~", *v.p) != NULL)
        front++;
    while (back < v.n && v.p[v.n - 1 - back] == *v.p)
        back++;
    bool few = *v.p == '=' && front < v.n && scan_words(v) <= BANNER_WORDS; // "=== end ==="
    return (front >= BANNER_SIGNS && back >= BANNER_SIGNS) || (few && front >= 3 && back >= 3);
}

/* "oooOooo", "-- xXx --": one letter of those, in either case, among the signs of rules. */
static bool is_ornament(struct view v)
{
    size_t letters = 0, count = 0;
    char letter = '\0';
    for (size_t i = 0; i < v.n; i++) {
        char small = (char)(v.p[i] | 0x20);
        bool sign = v.p[i] != '\0' && strchr("-=*~", v.p[i]) != NULL;
        if (v.p[i] == ' ')
            continue;
        if (!sign && ((small != 'o' && small != 'x') || (letter != '\0' && small != letter)))
            return false;
        letter = sign ? letter : small;
        letters += !sign;
        count++;
    }
    return letters >= 3 && count >= ORNAMENT_SIGNS;
}

bool form_separator(struct view v)
{
    return is_rule(v) || is_ornament(v) || is_counter(v) || is_banner(v);
}

/* "[Photo] Guards in front of the town hall", "[Photo: Lake News]" */
bool form_caption(struct view v)
{
    static const char *const words[] = {"photo", "photos", "image", "picture",   "caption", "foto",
                                        "bild",  "Фото",   "фото",  "Լուսանկար", "video"};
    size_t word =
        v.n > 3 && *v.p == '[' ? begins_with(view_from(v, 1), words, sizeof words / sizeof *words) : 0;
    return word > 0 && 1 + word < v.n && (v.p[1 + word] == ']' || v.p[1 + word] == ':');
}

/* "1 COURTS Swan": a page, a catchword in capitals and what it is about. */
bool form_catchline(struct view v)
{
    size_t catchword =
        v.n > 2 && v.p[0] >= '1' && v.p[0] <= '9' && v.p[1] == ' ' ? scan_word(v.p + 2, v.n - 2) : 0;
    return catchword >= 4 && text_is_upper(v.p + 2, catchword) && scan_words(v) == 3 &&
           !text_is_upper(v.p, v.n);
}

/* The next word, up to a blank; moves *v on behind it. */
static struct view next_token(struct view *v)
{
    size_t end = 0;
    while (end < v->n && scan_blank(v->p + end, v->n - end) == 0)
        end++;
    struct view token = {v->p, end};
    *v = view_from(*v, end + scan_blanks(v->p + end, v->n - end));
    return token;
}

/* ASCII letters, then figures, and nothing else. */
static bool is_code(struct view v, size_t letters_min, size_t letters_max, size_t figures_min,
                    size_t figures_max)
{
    size_t letters = 0;
    while (letters < v.n && ((v.p[letters] | 0x20) >= 'a' && (v.p[letters] | 0x20) <= 'z'))
        letters++;
    size_t figures = letters;
    while (figures < v.n && v.p[figures] >= '0' && v.p[figures] <= '9')
        figures++;
    return figures == v.n && letters >= letters_min && letters <= letters_max &&
           figures - letters >= figures_min && figures - letters <= figures_max;
}

unsigned form_wire(struct view v)
{
    if (v.n > SLUG_MAX)
        return 0;
    struct view number = next_token(&v), urgency = next_token(&v), category = next_token(&v),
                length = next_token(&v);
    bool fits = is_code(number, 2, 4, 2, 5) && is_code(urgency, 0, 0, 1, 1) &&
                is_code(category, 1, 4, 0, 0) && is_code(length, 0, 0, 2, 5);
    unsigned level = fits ? (unsigned)(*urgency.p - '0') : 0;
    return level >= 1 && level <= 8 ? level : 0;
}

bool form_code(struct view word)
{
    return is_code(word, 2, 5, 2, 6);
}

size_t form_document(struct view line)
{
    size_t capitals = 0, n, blanks;
    while (capitals < line.n && line.p[capitals] >= 'A' && line.p[capitals] <= 'Z')
        capitals++;
    for (n = capitals; n < line.n && line.p[n] >= '0' && line.p[n] <= '9';)
        n++;
    blanks = scan_blanks(line.p + n, line.n - n);
    return capitals >= 2 && n >= capitals + DOCUMENT_FIGURES && blanks > 0 ? n + blanks : 0;
}

bool form_desk(struct view v)
{
    size_t tokens = 0;
    v = scan_trim(v);
    while (v.n > 0 && tokens < DESK_TOKENS) {
        struct view token = next_token(&v);
        if (token.n > DESK_BYTES || !is_code(token, 0, DESK_BYTES, 0, DESK_BYTES) ||
            (*token.p >= 'A' && *token.p <= 'Z'))
            return false;
        tokens++;
    }
    return v.n == 0 && tokens >= 2;
}

bool form_wire_field(struct view v)
{
    if (v.n < 3 || v.n > SLUG_MAX)
        return false;
    return (*v.p == '(' && v.p[v.n - 1] == ')') ||
           (memchr(v.p, '/', v.n) != NULL && scan_words(v) <= FIELD_WORDS && !scan_ends_sentence(v));
}

/* "BC-Korea-Ferry,0150", "u i BC-Korea-Ferry 11-01": a word with hyphens, a number behind a comma or a desk
 * in front. */
bool form_slug(struct view v)
{
    static const char *const desks[] = {"BC-", "AM-", "PM-", "AFP-", "bc-", "am-", "pm-"};
    if (v.n > SLUG_MAX || v.n < 4 || scan_words(v) > 5)
        return false;
    for (int i = 0; i < 2 && v.n > 4 && v.p[1] == ' ' && v.p[0] >= 'a' && v.p[0] <= 'z'; i++)
        v = view_from(v, 2); // "u i BC-..": priority and category
    size_t at = 0, hyphens = 0;
    for (; at < v.n && v.p[at] != ' ' && v.p[at] != ','; at++)
        hyphens += v.p[at] == '-' && at > 0 && at + 1 < v.n && v.p[at + 1] != '-';
    bool desk = false;
    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++)
        desk = desk || (v.n > strlen(desks[i]) && memcmp(v.p, desks[i], strlen(desks[i])) == 0);
    int length;
    const char *comma = memrchr(v.p, ',', v.n);
    size_t behind = comma == NULL ? v.n : (size_t)(comma - v.p) + 1;
    bool counted = behind < v.n && scan_number(v.p + behind, v.n - behind, 5, &length) == v.n - behind &&
                   v.n - behind >= 3;
    return hyphens > 0 && (desk ? counted || hyphens > 1 : counted && at < behind && hyphens > 1);
}

/* "Georgie-vin-Russie": one word of three and more with hyphens between. */
bool form_desk_words(struct view v)
{
    size_t word = 0, signs = 0;
    for (; word < v.n && v.p[word] != ' '; word++)
        signs += word > 0 && word + 1 < v.n && (v.p[word] == '-' || v.p[word] == '/');
    return v.n <= SLUG_MAX && signs > 0 && scan_words(v) <= 3 && word > 6 && text_is_upper(v.p, v.n);
}

bool form_keywords(struct view v)
{
    size_t hyphens = 0;
    if (v.n > SLUG_MAX)
        return false;
    for (size_t at = 0; at < v.n; at++) {
        bool inside = v.p[at] == '-' && at > 0 && at + 1 < v.n && scan_letter(v.p + at + 1, v.n - at - 1) > 0;
        hyphens += inside;
        if (!inside && scan_letter(v.p + at, v.n - at) == 0 && ((unsigned char)v.p[at] & 0xc0) != 0x80)
            return false;
    }
    return hyphens >= 2;
}

/* "http://www.armenpress.am/eng/1.html", "press@lake.example" */
bool form_address(struct view v)
{
    const char *at = memchr(v.p, '@', v.n);
    if (at != NULL && at > v.p && memchr(at, '.', v.n - (size_t)(at - v.p)) != NULL &&
        memchr(v.p, ' ', v.n) == NULL)
        return true;
    return ((v.n > 8 && (memcmp(v.p, "http://", 7) == 0 || memcmp(v.p, "https://", 8) == 0)) ||
            (v.n > 5 && memcmp(v.p, "www.", 4) == 0)) &&
           memchr(v.p, ' ', v.n) == NULL;
}
