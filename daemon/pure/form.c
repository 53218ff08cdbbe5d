// SPDX-License-Identifier: MIT
/* form: see form.h. */
#include "daemon/pure/form.h"

#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <string.h>

#define SLUG_MAX 60
#define BANNER_SIGNS 8

/* "3 of 50 DOCUMENTS", "Document 3 of 50" */
static bool is_counter(struct view v)
{
    static const char words[] = "document";
    bool digit = v.n > 0 && *v.p >= '0' && *v.p <= '9', front = v.n > 8 && strncasecmp(v.p, words, 8) == 0;
    if (v.n > 40 || !(digit || front))
        return false;
    int a, b;
    size_t at = front ? 8 + scan_blanks(v.p + 8, v.n - 8) : 0, used = scan_number(v.p + at, v.n - at, 5, &a);
    at += used;
    if (used == 0 || v.n - at < 5 || strncasecmp(v.p + at, " of ", 4) != 0)
        return false;
    at += 4;
    used = scan_number(v.p + at, v.n - at, 5, &b);
    at += used;
    bool behind = v.n - at > 8 && strncasecmp(v.p + at, " document", 9) == 0 && v.n - at <= 10;
    return used > 0 && a <= b && (behind || (front && at == v.n));
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
                            ? c != 0 && strchr("-=_*~#+", (int)c) != NULL
                            : (c >= 0x2010 && c <= 0x2015) || c == 0x2022 || (c >= 0x2500 && c <= 0x257f) ||
                                  (c >= 0x25a0 && c <= 0x25ff) || (c >= 0x2600 && c <= 0x2606);
            if (!fits || (sign != 0 && c != sign))
                return false;
            sign = c;
            count++;
        }
        i += used;
    }
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
    return front >= BANNER_SIGNS && back >= BANNER_SIGNS;
}

bool form_separator(struct view v)
{
    return is_rule(v) || is_counter(v) || is_banner(v);
}

/* "1 COURTS Swan": a page, a catchword in capitals and what it is about. */
bool form_catchline(struct view v)
{
    size_t catchword =
        v.n > 2 && v.p[0] >= '1' && v.p[0] <= '9' && v.p[1] == ' ' ? scan_word(v.p + 2, v.n - 2) : 0;
    return catchword >= 4 && text_is_upper(v.p + 2, catchword) && scan_words(v) == 3 &&
           !text_is_upper(v.p, v.n);
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
