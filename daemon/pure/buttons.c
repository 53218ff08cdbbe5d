// SPDX-License-Identifier: MIT
/* buttons: see buttons.h. */
#include "daemon/pure/buttons.h"

#include "daemon/pure/text.h"

#include <string.h>

#define PHRASE_WORDS 4
#define FRONT_WORDS 8
#define NOTE_WORDS 4       /* "Note de la rédaction:" */
#define FRONT_MAX 100     /* bytes of them */
#define PARAGRAPH_MAX 400 /* bytes */
#define MENU_MAX 120 /* bytes */
#define NETWORK_MAX 160 /* bytes: a sentence */
#define ROW_GAPS 2      /* wide gaps of a row of buttons */
#define MENU_NAMES 5    /* sections between bars, whatever they are called */
#define LANGUAGE_BYTES 6 /* "ENG", "РУС" */

/* Bytes of a count and the blank behind it: "1,245 ". */
static size_t button_count(const char *p, size_t n)
{
    size_t at = 0;
    while (at < n && ((p[at] >= '0' && p[at] <= '9') || (at > 0 && (p[at] == ',' || p[at] == '.'))))
        at++;
    size_t blanks = scan_blanks(p + at, n - at);
    return at > 0 && blanks > 0 ? at + blanks : 0;
}

/* A phrase of furniture at p, the longest of those of few words, with its count: "Read more", "Comments (4)",
 * "1,245 views". Returns its bytes. */
static size_t button_phrase(const struct rules *rules, const char *p, size_t n)
{
    size_t count_end = button_count(p, n), best = 0, end = 0, after;
    p += count_end;
    n -= count_end;
    for (int words = 0; words < PHRASE_WORDS && end < n; words++) {
        end += scan_blanks(p + end, n - end);
        while (end < n && scan_blank(p + end, n - end) == 0)
            end++;
        best = rules_line(rules, p, end) == RULES_LINE_FURNITURE ? end : best;
    }
    int count;
    after = best + scan_blanks(p + best, n - best);
    size_t digits =
        best > 0 && after < n && p[after] == '(' ? scan_number(p + after + 1, n - after - 1, 6, &count) : 0;
    bool counted = digits > 0 && after + 1 + digits < n && p[after + 1 + digits] == ')';
    return best == 0 ? 0 : count_end + (counted ? after + digits + 2 : best);
}

/* "Share | Print | Comments (4)": a page's buttons side by side. */
bool buttons_row(const struct rules *rules, struct view v)
{
    size_t at = 0, phrases = 0;
    while (at < v.n) {
        size_t used = button_phrase(rules, v.p + at, v.n - at);
        if (used == 0)
            return false;
        phrases++;
        at += used;
        for (size_t gap = 1; at < v.n && gap > 0; at += gap) {
            bool sign = strchr("|/,", v.p[at]) != NULL;
            gap = sign ? 1 : scan_blanks(v.p + at, v.n - at);
            if (gap == 0 && v.n - at > 2 && (memcmp(v.p + at, "\xc2\xb7", 2) == 0))
                gap = 2; /* middle dot */
        }
    }
    return phrases > 0;
}

/* Gaps that no sentence has: two blanks, a bar. */
static size_t row_gaps(struct view v)
{
    size_t gaps = 0;
    for (size_t i = 1; i + 1 < v.n; i++) {
        bool bar = v.p[i] == '|' && v.p[i - 1] == ' ' && v.p[i + 1] == ' ';
        bool wide = v.p[i] == ' ' && v.p[i - 1] == ' ' && v.p[i + 1] != ' ';
        gaps += bar || wide;
    }
    return gaps;
}

/* The end of the piece of a row that begins at `at`. */
static size_t piece_end(struct view v, size_t at)
{
    while (at < v.n && v.p[at] != '|' && !(v.p[at] == ' ' && at + 1 < v.n && v.p[at + 1] == ' '))
        at++;
    return at;
}

static bool behind_bar(struct view v, size_t end)
{
    return end == v.n || v.p[end] == '|';
}

/* "Home   Politics   Economy", "AZ | RU | EN": buttons, sections and languages side by side. */
bool buttons_menu(const struct rules *rules, struct view v)
{
    size_t pieces = 0, known = 0, names = 0;
    if (v.n > MENU_MAX || row_gaps(v) < ROW_GAPS)
        return false;
    for (size_t at = 0, end; at < v.n; at = end + 1) {
        end = piece_end(v, at);
        struct view piece = scan_trim((struct view){v.p + at, end - at});
        if (piece.n == 0)
            continue;
        enum rules_line line = rules_line(rules, piece.p, piece.n);
        bool code = piece.n <= LANGUAGE_BYTES && text_is_upper(piece.p, piece.n);
        pieces++;
        names += piece.p[piece.n - 1] > '9' && scan_words(piece) <= 2 && behind_bar(v, end);
        known += code || line == RULES_LINE_FURNITURE || line == RULES_LINE_KICKER;
    }
    return (pieces > ROW_GAPS && known * 3 >= pieces * 2) ||
           (pieces >= MENU_NAMES && names == pieces && known > 0);
}

/* The first `words` words, in at most FRONT_MAX bytes. */
static struct view words_front(struct view v, size_t words)
{
    size_t end = 0, last = 0;
    for (; words > 0 && end < v.n && end <= FRONT_MAX; words--) {
        last = end;
        end += scan_blanks(v.p + end, v.n - end);
        while (end < v.n && scan_blank(v.p + end, v.n - end) == 0)
            end++;
    }
    return (struct view){v.p, end <= FRONT_MAX ? end : last};
}

static size_t begins_with_one(struct view v, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v.n > strlen(words[i]) && memcmp(v.p, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}

bool buttons_network(struct view v)
{
    static const char *const calls[] = {
        "Follow ", "Join ", "Like ", "Find ", "Watch ", "Read ", "Subscribe ", "Get ", "Подписывайтесь ",
        "Подпишитесь ", "Присоединяйтесь ", "Читайте ", "Следите ", "Смотрите ", "Suivez", "Rejoignez",
        "Retrouvez", "Abonnez", "Folgen ", "Besuchen ", "Abonnieren ", "Sigue", "Síg", "Únete ", "Հետևեք ",
        "Միացեք "};
    static const char *const ins[] = {" on ", " at ", " our ", " в ", " на ", " наш ", " sur ", " auf ",
                                      " bei ", " en ", " մեզ "};
    static const char *const networks[] = {"Telegram", "Facebook", "Twitter", "Instagram", "WhatsApp",
                                           "YouTube", "Google News", "Viber", "LinkedIn", "TikTok", "VK",
                                           "ВКонтакте", "Телеграм", "Фейсбук"};
    if (v.n > NETWORK_MAX || begins_with_one(v, calls, sizeof calls / sizeof *calls) == 0)
        return false;
    for (size_t at = 0, used; at < v.n; at++) {
        struct view rest = view_from(v, at);
        used = begins_with_one(rest, ins, sizeof ins / sizeof *ins);
        rest = view_from(rest, used);
        for (size_t i = 0; used > 0 && i < sizeof networks / sizeof *networks; i++)
            if (rest.n >= strlen(networks[i]) && memcmp(rest.p, networks[i], strlen(networks[i])) == 0)
                return true;
    }
    return false;
}

bool buttons_paragraph(const struct rules *rules, struct view v)
{
    struct view two = words_front(v, 2), front = words_front(v, FRONT_WORDS);
    return v.n <= PARAGRAPH_MAX && rules_line(rules, front.p, front.n) == RULES_LINE_FURNITURE &&
           rules_line(rules, two.p, two.n) == RULES_LINE_NONE;
}

bool buttons_note(const struct rules *rules, struct view v)
{
    struct view front = words_front(v, NOTE_WORDS);
    return v.n <= PARAGRAPH_MAX && memchr(front.p, ':', front.n) != NULL &&
           rules_line(rules, front.p, front.n) == RULES_LINE_NOTE;
}
