// SPDX-License-Identifier: MIT
/* text_language: in which language a text is, by its script and its commonest words. A wrong answer misleads
 * a subscriber, none does not: where two languages are near each other it says that it does not know.
 *
 * Looks at the beginning only (LOOK_MAX bytes, WORDS_MAX words), once, without allocating. */
#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define LOOK_MAX 1024
#define WORDS_MAX 150

/* --- Latin script: common words --------------------------------------------------------------- */

#define LANGUAGES 12
static const struct {
    const char *code;
    const char *words; /* each between blanks; a word may count for several languages */
} common[LANGUAGES] = {
    {"en",
     " the of and to in is that for on with was by from has have are this will which said he she it at as be "
     "an been were not their after who would "},
    {"fr",
     " le la les de des du et un une est dans que qui pour sur au aux par avec ce cette pas plus sont été a "
     "ont il elle se ne en son sa leur "},
    {"de",
     " der die das und den dem des ein eine einer einem ist im in von mit für auf nicht auch sich zu werden "
     "wurde hat sind bei nach aus wird als dass "},
    {"es", " el la los las de del y en un una que es por con para se no su al lo como más pero sus ha fue "
           "este esta "
           "son han también "},
    {"it", " il lo la i gli le di del della dei delle e un una che è in per con non si da al alla sono nel "
           "nella ha "
           "anche più come "},
    {"pt",
     " o a os as de do da dos das e em um uma que é por com para se não no na ao mais como foi são pelo pela "
     "também à "},
    {"tr", " ve bir bu için ile olarak olan da de çok daha gibi kadar sonra ise olduğu tarafından ancak en "},
    {"az", " və bir bu üçün ilə olan də da edib isə onun kimi ki sonra bildirib olub həm görə "},
    {"nl", " de het een en van in is dat op te voor met zijn niet aan er om ook als bij door maar heeft naar "
           "werd "},
    {"pl", " i w z na do nie się że jest to jak o po od przez oraz dla ale przy za są był została "},
    {"ro", " și în de la cu a pe din care nu este pentru un o mai să au fost al ale că prin sau "},
    {"sv", " och i att det som en på är av för med den till har de inte om ett men var vid från kommer "},
};

/* The words of all lists, hashed; at most half full. Made once, by whoever comes first, then only read. */
#define TABLE_SIZE 1024
#define WORD_MAX 12 /* bytes: no word of the lists is longer */

static struct common_word {
    char text[WORD_MAX]; /* zeros behind it; free: all zeros */
    uint16_t languages;  /* a bit each */
} table[TABLE_SIZE];
static pthread_once_t table_made = PTHREAD_ONCE_INIT;

/* The place of a word (zeros behind it), or the free one where it would stand. */
static struct common_word *table_at(const char word[WORD_MAX])
{
    uint64_t head;
    uint32_t tail;
    memcpy(&head, word, sizeof head);
    memcpy(&tail, word + sizeof head, sizeof tail);
    size_t i = (size_t)((head ^ tail) * 0x9e3779b97f4a7c15u >> 54); /* Fibonacci hashing; 64 - 54: 1024 */
    while (table[i].text[0] != '\0' && memcmp(table[i].text, word, WORD_MAX) != 0)
        i = (i + 1) % TABLE_SIZE;
    return &table[i];
}

static void table_make(void)
{
    for (size_t language = 0; language < LANGUAGES; language++) {
        for (const char *p = common[language].words + 1; *p != '\0';) {
            char word[WORD_MAX] = {0};
            size_t n = strcspn(p, " ");
            memcpy(word, p, n);
            struct common_word *at = table_at(word);
            memcpy(at->text, word, WORD_MAX);
            at->languages |= (uint16_t)(1u << language);
            p += n + 1;
        }
    }
}

struct tally {
    char word[WORD_MAX]; /* being read, in small letters */
    size_t length;       /* of it; more than WORD_MAX: none of the lists */
    size_t words, hits[LANGUAGES];
};

static inline bool ascii_letter(char c)
{
    return (unsigned)(c | 0x20) - 'a' < 26;
}

/* The run of ASCII letters at p; most text is nothing else. */
static size_t tally_run(struct tally *t, const char *p, size_t n)
{
    size_t i = 0;
    for (; i < n && ascii_letter(p[i]); i++)
        if (t->length + i < WORD_MAX)
            t->word[t->length + i] = (char)(p[i] | 0x20);
    t->length += i;
    return i;
}

static void tally_letter(struct tally *t, uint32_t c)
{
    char own[4];
    size_t n = utf8_put(own, (uint32_t)u_tolower((UChar32)c));
    if (t->length + n <= WORD_MAX)
        memcpy(t->word + t->length, own, n);
    t->length += n;
}

static void tally_word(struct tally *t)
{
    if (t->length == 0 || t->words == WORDS_MAX)
        return;
    t->words++;
    unsigned languages = t->length <= WORD_MAX ? table_at(t->word)->languages : 0;
    for (size_t i = 0; languages != 0; i++, languages >>= 1)
        t->hits[i] += languages & 1;
    memset(t->word, 0, WORD_MAX);
    t->length = 0;
}

static const char *latin_language(const struct tally *t)
{
    size_t best = 0, second = 0;
    for (size_t i = 1; i < LANGUAGES; i++)
        best = t->hits[i] > t->hits[best] ? i : best;
    for (size_t i = 0; i < LANGUAGES; i++)
        second = i != best && t->hits[i] > second ? t->hits[i] : second;
    // Running text has such words in every third place; names and figures may thin them out to every tenth.
    bool enough = t->hits[best] >= 3 && t->hits[best] * 10 >= t->words;
    bool ahead = t->hits[best] * 4 >= second * 5;
    return enough && ahead ? common[best].code : NULL;
}

/* --- other scripts: letters that only one language has ---------------------------------------- */

static size_t letters_of(const char *p, size_t n, const char *which)
{
    size_t found = 0, wn = strlen(which);
    for (size_t i = 0; i < n;) {
        uint32_t c, w;
        i += utf8_next(p + i, n - i, &c);
        for (size_t j = 0; c >= 0x80 && j < wn;) {
            j += utf8_next(which + j, wn - j, &w);
            found += w == (uint32_t)u_tolower((UChar32)c);
        }
    }
    return found;
}

/* Letters of Cyrillic script that say something. */
enum cyrillic { UKRAINIAN, BOTH, BELARUSIAN, RUSSIAN, KAZAKH, KYRGYZ, SERBIAN, MACEDONIAN, HARD, CYRILLIC_KINDS };

static enum cyrillic cyrillic_of(uint32_t c)
{
    switch (c) {
    case U'ї': case U'є': case U'ґ': return UKRAINIAN;
    case U'і': return BOTH;
    case U'ў': return BELARUSIAN;
    case U'ы': case U'э': case U'ё': return RUSSIAN;
    case U'ә': case U'ғ': case U'қ': case U'ң': case U'ұ': case U'һ': return KAZAKH;
    case U'ө': case U'ү': return KYRGYZ;
    case U'ђ': case U'ћ': case U'џ': case U'љ': case U'њ': case U'ј': return SERBIAN;
    case U'ѓ': case U'ќ': case U'ѕ': return MACEDONIAN;
    case U'ъ': return HARD;
    default: return CYRILLIC_KINDS;
    }
}

static const char *cyrillic_language(const char *p, size_t n)
{
    size_t found[CYRILLIC_KINDS + 1] = {0};
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_next(p + i, n - i, &c);
        found[c < 0x400 ? CYRILLIC_KINDS : cyrillic_of((uint32_t)u_tolower((UChar32)c))]++;
    }
    if (found[KAZAKH] > 0 || found[KYRGYZ] > 0)
        return found[KAZAKH] > found[KYRGYZ] && found[BOTH] > 0 ? "kk" : NULL;
    if (found[BELARUSIAN] > 0)
        return "be";
    if (found[UKRAINIAN] > 0 || found[BOTH] > 0)
        return found[RUSSIAN] <= found[UKRAINIAN] + found[BOTH] ? "uk" : NULL;
    if (found[MACEDONIAN] > 0)
        return "mk";
    if (found[SERBIAN] > 0)
        return "sr";
    if (found[RUSSIAN] > 0)
        return "ru";
    // Nearly every word of the others has one of their letters; of Russian only every fifth.
    return found[HARD] > 2 ? "bg" : "ru";
}

static const char *arabic_language(const char *p, size_t n)
{
    if (letters_of(p, n, "ٹڈڑںے") > 0)
        return "ur";
    // Persian has four letters and its own kaf and yeh.
    return letters_of(p, n, "پچژگکی") > 0 ? "fa" : "ar";
}

/* --- */

enum script { LATIN, CYRILLIC, ARABIC, ARMENIAN, GEORGIAN, HEBREW, GREEK, HAN, KANA, HANGUL, THAI, SCRIPTS };

static enum script script_of(uint32_t c)
{
    UErrorCode code = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)c, &code)) {
    case USCRIPT_LATIN: return LATIN;
    case USCRIPT_CYRILLIC: return CYRILLIC;
    case USCRIPT_ARABIC: return ARABIC;
    case USCRIPT_ARMENIAN: return ARMENIAN;
    case USCRIPT_GEORGIAN: return GEORGIAN;
    case USCRIPT_HEBREW: return HEBREW;
    case USCRIPT_GREEK: return GREEK;
    case USCRIPT_HAN: return HAN;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA: return KANA;
    case USCRIPT_HANGUL: return HANGUL;
    case USCRIPT_THAI: return THAI;
    default: return SCRIPTS;
    }
}

const char *text_language(const char *p, size_t n)
{
    static const char *const only[SCRIPTS] = {
        [ARMENIAN] = "hy", [GEORGIAN] = "ka", [HEBREW] = "he", [GREEK] = "el",
        [HAN] = "zh",      [KANA] = "ja",     [HANGUL] = "ko", [THAI] = "th"};
    struct tally tally = {0};
    size_t seen[SCRIPTS + 1] = {0}, all = 0;
    pthread_once(&table_made, table_make);
    n = n > LOOK_MAX ? LOOK_MAX : n;
    for (size_t i = 0; i < n;) {
        size_t run = tally_run(&tally, p + i, n - i);
        seen[LATIN] += run;
        all += run;
        i += run;
        if (i == n)
            break;
        uint32_t c = (unsigned char)p[i];
        i += c < 0x80 ? 1 : utf8_next(p + i, n - i, &c);
        if (c >= 0x80 && u_isalpha((UChar32)c)) {
            seen[script_of(c)]++;
            all++;
            tally_letter(&tally, c);
        } else {
            tally_word(&tally);
        }
    }
    tally_word(&tally);
    // Names and links in Latin letters stand in every text: Japanese is written in Han with kana among it.
    if (seen[KANA] * 10 > all)
        return "ja";
    enum script best = LATIN;
    for (enum script s = LATIN; s < SCRIPTS; s++)
        best = seen[s] > seen[best] ? s : best;
    if (seen[best] < 8 || seen[best] * 10 < all * 6)
        return NULL;
    if (only[best] != NULL)
        return only[best];
    if (best == LATIN)
        return latin_language(&tally);
    return best == CYRILLIC ? cyrillic_language(p, n) : arabic_language(p, n);
}
