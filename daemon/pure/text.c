// SPDX-License-Identifier: MIT
/* text: see text.h. This file: folding, segments, case. Charsets lie in text_charset.c, time zones in
 * text_zone.c, languages in text_language.c; together they are the one room that sees ICU.
 *
 * Invariant of folding: each character folds by itself, whatever stands beside it. Thus the fast path for
 * what news in Latin script is made of and the slow one through ICU can be mixed freely, and the same text
 * has the same folding in whatever pieces it is looked at. Identities are made of folded text: who changes a
 * table here raises IDENTITY_SCHEME. */
#include "daemon/pure/text.h"
#include "proto/topic.h"
#include "proto/utf8.h"

#include <stdatomic.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* --- folding ---------------------------------------------------------------------------------- */

struct fold {
    struct arena *arena;
    char *out;
    size_t n, size;
    bool blank; /* one is due before the next character */
};

/* U+00A0..U+00FF as ICU folds them (compared for every character there is); "" = dropped, NULL = stays as
 * it is. The spacing acute is an exception: it is what typewriters have for an apostrophe. */
static const char *const latin1[96] = {
    " ",  NULL, NULL, NULL, NULL, NULL, NULL, NULL, " ",  NULL, "a",  "\"", NULL, "",     NULL,    " ",
    NULL, NULL, "2",  "3",  "'",  "μ",  NULL, NULL, " ",  "1",  "o",  "\"", "1⁄4", "1⁄2", "3⁄4",   NULL,
    "a",  "a",  "a",  "a",  "a",  "a",  "æ",  "c",  "e",  "e",  "e",  "e",  "i",  "i",    "i",     "i",
    "ð",  "n",  "o",  "o",  "o",  "o",  "o",  NULL, "ø",  "u",  "u",  "u",  "u",  "y",    "þ",     "ss",
    "a",  "a",  "a",  "a",  "a",  "a",  NULL, "c",  "e",  "e",  "e",  "e",  "i",  "i",    "i",     "i",
    NULL, "n",  "o",  "o",  "o",  "o",  "o",  NULL, NULL, "u",  "u",  "u",  "u",  "y",    NULL,    "y",
};

/* U+2000..U+203A, general punctuation; the rest of the block goes to ICU. */
static const char *punctuation(uint32_t c)
{
    switch (c) {
    case 0x2018: case 0x2019: case 0x201a: case 0x201b: case 0x2032: case 0x2035: case 0x2039: case 0x203a:
        return "'";
    case 0x201c: case 0x201d: case 0x201e: case 0x201f:
        return "\"";
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015:
        return "-";
    case 0x2026:
        return "...";
    case 0x2022: /* bullet */
        return "•";
    default:
        if (c <= 0x200a || c == 0x2028 || c == 0x2029 || c == 0x202f)
            return " ";
        if (c <= 0x200f || (c >= 0x202a && c <= 0x202e)) /* zero width, directions */
            return "";
        return NULL;
    }
}

static bool fold_room(struct fold *f, size_t more)
{
    if (f->n + more <= f->size)
        return true;
    size_t size = (f->n + more) * 2;
    char *out = arena_room(f->arena, size);
    if (out == NULL)
        return false;
    memcpy(out, f->out, f->n);
    f->out = out;
    f->size = size;
    return true;
}

/* Puts folded bytes; blanks are remembered only, so that runs shrink to one and none ends the text. */
static bool fold_put(struct fold *f, const char *p, size_t n)
{
    if (n == 0)
        return true;
    if (*p == ' ') {
        f->blank = f->n > 0;
        return fold_put(f, p + 1, n - 1);
    }
    if (!fold_room(f, n + 2)) /* the blank in front, and the NUL that ends it all */
        return false;
    if (f->blank)
        f->out[f->n++] = ' ';
    f->blank = false;
    memcpy(f->out + f->n, p, n);
    f->n += n;
    return true;
}

/* One letter that becomes one letter, of the scripts that news is full of; 0 = ask ICU. */
static uint32_t letter(uint32_t c)
{
    // U+0100..U+017F; blanks: ICU.
    static const char latin[] = "aaaaaaccccccccdd  eeeeeeeeeegggggggghh  iiiiiiiiii  jjkk llllll "
                                "   nnnnnn   oooooo  rrrrrrsssssssstttt  uuuuuuuuuuuuwwyyyzzzzzzs";
    if (c >= 0x100 && c < 0x180)
        return latin[c - 0x100] == ' ' ? 0 : (unsigned char)latin[c - 0x100];
    if (c >= 0x400 && c <= 0x40f)
        c += 0x50;
    if (c >= 0x410 && c <= 0x42f)
        c += 0x20;
    switch (c) {
    case 0x18f: return 0x259; // of Azerbaijan
    case 0x439: case 0x45d: return 0x438; // accents go, a breve too
    case 0x450: case 0x451: return 0x435;
    case 0x453: return 0x433;
    case 0x457: return 0x456;
    case 0x45c: return 0x43a;
    case 0x45e: return 0x443;
    case 0x490: return 0x491;
    default: break;
    }
    if (c >= 0x531 && c <= 0x556)
        return c + 0x30;
    bool small = c == 0x259 || (c >= 0x430 && c <= 0x45f) || c == 0x491 || (c >= 0x561 && c <= 0x586) ||
                 (c >= 0x10d0 && c <= 0x10f0) || (c >= 0x4e00 && c <= 0x9fff);
    return small ? c : 0;
}

const char *text_fold_known(uint32_t c, char own[5])
{
    if (c < 0x80) {
        bool blank = c <= ' ' || c == 0x7f;
        own[0] = (char)(blank ? ' ' : c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == '`' ? '\'' : c);
        own[1] = '\0';
        return own;
    }
    if (c < 0xa0)
        return " "; /* C1 */
    if (c <= 0xff && latin1[c - 0xa0] != NULL)
        return latin1[c - 0xa0];
    if (c <= 0xff) {
        own[utf8_put(own, c)] = '\0';
        return own;
    }
    if (c >= 0x300 && c <= 0x36f)
        return ""; /* combining accents */
    if (c == 0x2bc || c == 0x55a || c == 0x2bb)
        return "'"; /* modifier and Armenian apostrophes */
    if (c == 0x587)
        return "եվ"; // Armenian: YEREVAN in capitals has the two letters, Unicode would make it "եւ"
    if (c >= 0x2000 && c <= 0x203a)
        return punctuation(c);
    if (c == 0x2212)
        return "-"; /* minus */
    if (c == 0x3000)
        return " ";
    uint32_t small = letter(c);
    own[small != 0 ? utf8_put(own, small) : 0] = '\0';
    return small != 0 ? own : c == 0xfeff ? "" : NULL;
}

/* Of what ICU made of a run the accents go (all of category Mn would be too much: it holds vowels of India). */
static bool fold_accent(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x487) || (c >= 0x591 && c <= 0x5c7) ||
           (c >= 0x64b && c <= 0x65f) || c == 0x670 || (c >= 0x1ab0 && c <= 0x1aff) ||
           (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

#define RUN_MAX 256 /* bytes folded by ICU at once */
/* No character grows by more than this in NFKC (U+FDFA); NFD of that adds at most 4 (normalization stability
 * policy and Unicode FAQ), but not to those that grew most. */
#define RUN_GROWTH 18

/* A run of characters that the tables do not know: NFKC_Casefold, then decomposed, accents dropped. */
static bool fold_run(struct fold *f, const char *p, size_t n)
{
    UErrorCode code = U_ZERO_ERROR;
    UChar raw[RUN_MAX], folded[RUN_MAX * RUN_GROWTH], apart[RUN_MAX * RUN_GROWTH];
    int32_t length = 0;
    u_strFromUTF8WithSub(raw, RUN_MAX, &length, p, (int32_t)n, 0xfffd, NULL, &code);
    const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&code);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&code);
    length = unorm2_normalize(casefold, raw, length, folded, RUN_MAX * RUN_GROWTH, &code);
    length = unorm2_normalize(nfd, folded, length, apart, RUN_MAX * RUN_GROWTH, &code);
    if (U_FAILURE(code))
        return fold_put(f, p, n); /* no growth beyond RUN_GROWTH is known: then the text as it is */
    for (int32_t i = 0; i < length;) {
        UChar32 c;
        U16_NEXT(apart, i, length, c);
        if (fold_accent((uint32_t)c))
            continue;
        char own[5];
        const char *known = text_fold_known((uint32_t)c, own);
        if (known == NULL) {
            own[utf8_put(own, (uint32_t)c)] = '\0';
            known = own;
        }
        if (!fold_put(f, known, strlen(known)))
            return false;
    }
    return true;
}

/* Length of the run from p on that only ICU can fold. */
static size_t fold_unknown(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        uint32_t c;
        char own[5];
        size_t used = utf8_next(p + i, n - i, &c);
        if (i + used > RUN_MAX || (i > 0 && text_fold_known(c, own) != NULL))
            break;
        i += used;
    }
    return i;
}

/* Eight bytes at once: printed ASCII but the grave, no two blanks together. A byte's top bit carries the answer
 * about it, which is exact because no byte has it set from the start. */
static bool fold_eight(const char *p, uint64_t *out)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t w;
    memcpy(&w, p, sizeof w);
    if ((w & tops) != 0)
        return false;
    uint64_t printed = w + ones * (0x80 - ' '), del = w + ones, grave = (w ^ ones * '`') + ones * 0x7f;
    uint64_t blanks = ~((w ^ ones * ' ') + ones * 0x7f) & tops;
    if ((printed & ~del & grave & tops) != tops || (blanks & blanks << 8) != 0)
        return false;
    uint64_t capitals = (w + ones * (0x80 - 'A')) & ~(w + ones * (0x7f - 'Z')) & tops;
    *out = w | capitals >> 2; /* 0x80 >> 2: small letters are 32 behind the capitals */
    return true;
}

/* Runs of ASCII, the bulk of all news, without a call or a jump per character: each is written, and the next
 * one over it where it was a blank too many. Room for n bytes and a blank is there. */
static size_t fold_ascii(struct fold *f, const char *p, size_t n)
{
    char *out = f->out, last = f->blank || f->n == 0 ? ' ' : 'x';
    size_t i = 0, at = f->n;
    if (f->blank)
        out[at++] = ' ';
    while (i < n) {
        uint64_t eight;
        if (n - i >= sizeof eight && !(p[i] == ' ' && last == ' ') && fold_eight(p + i, &eight)) {
            memcpy(out + at, &eight, sizeof eight);
            at += sizeof eight;
            i += sizeof eight;
            last = out[at - 1];
            continue;
        }
        unsigned c = (unsigned char)p[i];
        if (c >= 0x7f || c == '`')
            break;
        c = c > ' ' ? c : ' ';
        c |= (unsigned)(c - 'A' < 26) << 5;
        out[at] = (char)c;
        at += (c != ' ') | (last != ' ');
        last = (char)c;
        i++;
    }
    f->blank = at > 0 && last == ' ';
    f->n = at - f->blank;
    return i;
}

char *text_fold(struct arena *arena, const char *p, size_t n, size_t *out_n)
{
    struct fold f = {.arena = arena, .size = n + 2};
    f.out = arena_room(arena, f.size);
    if (f.out == NULL)
        return NULL;
    for (size_t i = 0; i < n;) {
        if (!fold_room(&f, n - i + 2))
            return NULL;
        i += fold_ascii(&f, p + i, n - i);
        if (i == n)
            break;
        uint32_t c;
        char own[5];
        size_t used = utf8_next(p + i, n - i, &c);
        const char *known = text_fold_known(c, own);
        if (known == NULL)
            used = fold_unknown(p + i, n - i);
        if (!(known != NULL ? fold_put(&f, known, strlen(known)) : fold_run(&f, p + i, used)))
            return NULL;
        i += used;
    }
    f.out[f.n] = '\0';
    if (out_n != NULL)
        *out_n = f.n;
    return f.out;
}

/* --- segments --------------------------------------------------------------------------------- */

/* Signs that transliteration puts for soft signs and aspirates ("step'anakert") have no place in a segment;
 * an apostrophe of the text itself becomes a dash. */
#define LATIN "Any-Latin; [\\u02B9-\\u02BF] Remove; Latin-ASCII; Lower"

/* Opening a transliterator takes a millisecond and one may be used by one thread at a time: one is kept at
 * hand, who finds it taken opens another. */
static _Atomic(UTransliterator *) spare;

static UTransliterator *latin_take(void)
{
    UTransliterator *latin = atomic_exchange(&spare, NULL);
    if (latin != NULL)
        return latin;
    UErrorCode code = U_ZERO_ERROR;
    UChar id[sizeof LATIN];
    u_uastrcpy(id, LATIN);
    latin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    return U_SUCCESS(code) ? latin : NULL;
}

static void latin_give(UTransliterator *latin)
{
    latin = atomic_exchange(&spare, latin);
    if (latin != NULL)
        utrans_close(latin);
}

#define WORDS_MAX 256 /* bytes of a name that count */

/* Writes ASCII to `out`; what is not ASCII by then, topic_segment() takes for a gap. */
static bool latin_words(const char *p, size_t n, char *out, size_t size)
{
    UTransliterator *latin = latin_take();
    if (latin == NULL)
        return false;
    UErrorCode code = U_ZERO_ERROR;
    UChar words[WORDS_MAX * 4]; /* one character of China is up to six letters and a blank, in three bytes */
    int32_t length = 0;
    u_strFromUTF8WithSub(words, WORDS_MAX, &length, p, (int32_t)n, 0xfffd, NULL, &code);
    int32_t limit = length;
    utrans_transUChars(latin, words, &length, WORDS_MAX * 4, 0, &limit, &code);
    latin_give(latin);
    if (code == U_BUFFER_OVERFLOW_ERROR) {
        out[0] = '\0';
        return true;
    }
    u_strToUTF8WithSub(out, (int32_t)size, NULL, words, length, 0xfffd, NULL, &code);
    return U_SUCCESS(code);
}

char *text_segment(struct arena *arena, const char *p, size_t n)
{
    char words[WORDS_MAX * 12 + 1];
    char segment[100 + 1]; /* half of TOPIC_MAX: place/am/ and agency/ fit in front */
    bool ascii = true;
    n = n > WORDS_MAX ? WORDS_MAX : n;
    for (size_t i = 0; i < n; i++)
        ascii = ascii && (unsigned char)p[i] < 0x80;
    if (!ascii) {
        if (!latin_words(p, n, words, sizeof words))
            return NULL;
        p = words;
        n = strlen(words);
    }
    size_t length = topic_segment(segment, sizeof segment, p, n);
    return arena_text(arena, segment, length);
}

/* --- case ------------------------------------------------------------------------------------- */

/* Letters of a text: bit 1 some are there, bit 2 a capital, bit 4 a small one. */
static unsigned letters(const char *p, size_t n)
{
    unsigned seen = 0;
    for (size_t i = 0; i < n && seen != 7u;) {
        uint32_t c = (unsigned char)p[i];
        if (c < 0x80) {
            seen |= c - 'A' < 26 ? 1u | 2u : c - 'a' < 26 ? 1u | 4u : 0u;
            i++;
            continue;
        }
        i += utf8_next(p + i, n - i, &c);
        if (u_isalpha((UChar32)c))
            seen |= 1u | (u_isupper((UChar32)c) ? 2u : 0u) | (u_islower((UChar32)c) ? 4u : 0u);
    }
    return seen;
}

bool text_is_upper(const char *p, size_t n)
{
    return letters(p, n) == (1u | 2u);
}

bool text_is_lower(const char *p, size_t n)
{
    return letters(p, n) == (1u | 4u);
}

bool text_has_letter(const char *p, size_t n)
{
    return letters(p, n) != 0;
}

#define DOTTED 0x130 /* capital I */
#define DOTLESS 0x131

/* Whether a letter shows that I and \u0130 are two letters here: "I\u011eDIR". */
static bool is_turkish(const char *p, size_t n)
{
    bool found = false;
    for (size_t i = 0; i < n && !found;) {
        uint32_t c;
        i += utf8_next(p + i, n - i, &c);
        found = c == DOTTED || c == 0x11e || c == 0x15e; /* G with a breve, S with a cedilla */
    }
    return found;
}

/* Whether a small word between hyphens begins at p: "Rostov-on-Don", "Boulogne-sur-Mer". */
static bool is_joint(const char *p, size_t n)
{
    static const char *const words[] = {"-ON-", "-UPON-", "-SUR-", "-SOUS-", "-EN-", "-DE-",
                                        "-LA-", "-LES-",  "-AM-",  "-НА-",   "-ДЕ-"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) <= n && memcmp(words[i], p, strlen(words[i])) == 0)
            return true;
    return false;
}

char *text_title(struct arena *arena, const char *p, size_t n)
{
    if ((letters(p, n) & 4u) != 0)
        return arena_text(arena, p, n);
    // No letter takes more than twice its bytes in the other case.
    char *out = arena_alloc(arena, n * 2 + 1);
    if (out == NULL)
        return NULL;
    char *end = out;
    bool turkish = is_turkish(p, n);
    size_t in_word = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_next(p + i, n - i, &c);
        bool letter = u_isalpha((UChar32)c);
        bool mark = c == '\'' || c == 0x2019 || c == 0x2018;
        UChar32 cased = !letter ? (UChar32)c : in_word == 0 ? u_totitle((UChar32)c) : u_tolower((UChar32)c);
        cased = turkish && in_word > 0 && c == 'I' ? DOTLESS : turkish && in_word > 0 && c == DOTTED ? 'i' : cased;
        end += utf8_put(end, (uint32_t)cased);
        // L'Aquila and O'Brien, but Sana'a and Xi'an.
        bool joint = c == '-' && is_joint(p + i - 1, n - i + 1);
        in_word = letter || (mark && in_word > 1) || joint ? in_word + 1 : 0;
    }
    *end = '\0';
    return out;
}
