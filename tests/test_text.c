// SPDX-License-Identifier: MIT
/* test_text: charsets, folding, segments, case, zones, languages. */
#include "tests/unit.h"

#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static int up(void **state)
{
    (void)state;
    arena = arena_new((size_t)64 << 20);
    return arena == NULL;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *fold(const char *text)
{
    size_t n = 12345;
    char *out = text_fold(arena, text, strlen(text), &n);
    assert_non_null(out);
    assert_int_equal(n, strlen(out));
    return out;
}

static const char *segment(const char *text)
{
    return text_segment(arena, text, strlen(text));
}

static void folds_case_space_and_signs(void **state)
{
    (void)state;
    assert_string_equal(fold(""), "");
    assert_string_equal(fold(" \t\r\n "), "");
    assert_string_equal(fold("  YEREVAN,\r\n\r\nNovember\t 8 "), "yerevan, november 8");
    assert_string_equal(fold("“It’s” — ‘no’ – «yes»…"), "\"it's\" - 'no' - \"yes\"...");
    assert_string_equal(fold("\u00a0a\u00a0\u2009b\u3000"), "a b");
    assert_string_equal(fold("Élysée Ação STRASSE straße"), "elysee acao strasse strasse");
    assert_string_equal(fold("e\u0301t\u00e9 co\u00adop zero\u200bwidth"), "ete coop zerowidth");
    assert_string_equal(fold("ЁЛКА й"), "елка и");
    assert_string_equal(fold("ԵՐԵՎԱՆ և ՀՀ"), "երեվան եվ հհ");
    assert_string_equal(fold("Երևան"), fold("ԵՐԵՎԱՆ"));
    assert_string_equal(fold("İSTANBUL ŁÓDŹ"), "istanbul łodz");
    assert_string_equal(fold("ﬁne １２ ½ ΣΟΦΟΣ"), "fine 12 1⁄2 σοφοσ");
    assert_string_equal(fold("\xff\xfe ok"), "\ufffd\ufffd ok");
}

/* Eight bytes are folded at once: each kind of byte at each place among them. The sanitizers see whether what
 * grows at the very end leaves room for the NUL. */
static void folds_in_eights_as_in_ones(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {{"A", "a"},      {"Z", "z"},    {"@", "@"},      {"[", "["},
                                           {"`", "'"},      {"~", "~"},    {"\x7f", " "},   {"\t", " "},
                                           {"  ", " "},     {" \t ", " "}, {"\u00a0", " "}, {"½", "1⁄2"},
                                           {"  ½", " 1⁄2"}, {"É", "e"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (int before = 0; before < 20; before++) {
            char text[64], want[64];
            snprintf(text, sizeof text, "x%.*s%sX Yz", before, "bcdefghijklmnopqrstu", kinds[i][0]);
            snprintf(want, sizeof want, "x%.*s%sx yz", before, "bcdefghijklmnopqrstu", kinds[i][1]);
            assert_string_equal(fold(text), want);
            snprintf(text, sizeof text, "x%.*s  ½", before, "bcdefghijklmnopqrstu");
            snprintf(want, sizeof want, "x%.*s 1⁄2", before, "bcdefghijklmnopqrstu");
            assert_string_equal(fold(text), want);
        }
    }
}

/* U+00C0..U+00FF go by a table: it must say what taking the accents off by Unicode's decompositions says. */
static void accents_go_however_written(void **state)
{
    (void)state;
    static const char bases[] = "aaaaaa?ceeeeiiii?nooooo??uuuuy??aaaaaa?ceeeeiiii?nooooo??uuuuy?y";
    for (uint32_t i = 0; i < 64; i++) {
        char letter[5] = {0}, base[2] = {bases[i], '\0'};
        utf8_put(letter, 0xc0 + i);
        if (bases[i] != '?')
            assert_string_equal(fold(letter), base);
    }
    static const char *const same[][2] = {
        {"Å", "A\u030a"}, {"ǖ", "u\u0308\u0304"}, {"Ç", "C\u0327"}, {"ệ", "e\u0323\u0302"}, {"Й", "И\u0306"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_string_equal(fold(same[i][0]), fold(same[i][1]));
}

static void folding_is_stable(void **state)
{
    (void)state;
    // Twice folded is once folded, and a long run without blanks (in pieces for ICU) loses nothing.
    static const char *const texts[] = {"Ā“Ж” ½ ﷺ Ǆ ẞ İ ´x` É…", "ԱԲԳ և ﬓ", "한국어 日本語ガ", "ӂ ѷ ᾳ"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(fold(fold(texts[i])), fold(texts[i]));
    char run[4001] = "", want[4001] = "";
    for (int i = 0; i < 2000; i++) {
        memcpy(run + (size_t)i * 2, "Ж", 2);
        memcpy(want + (size_t)i * 2, "ж", 2);
    }
    assert_string_equal(fold(run), want);
}

static void folding_grows_within_the_arena(void **state)
{
    (void)state;
    char text[3001] = "";
    for (int i = 0; i < 1000; i++)
        memcpy(text + (size_t)i * 3, "ﷺ", 3);
    assert_true(strlen(fold(text)) > 30000);
    struct arena *tiny = arena_new(4096);
    size_t n;
    assert_non_null(tiny);
    assert_null(text_fold(tiny, text, 3000, &n));
    arena_free(tiny);
}

static void makes_segments(void **state)
{
    (void)state;
    assert_string_equal(segment("ԵՐԵՎԱՆ"), "erevan");
    assert_string_equal(segment("Ստեփանակերտ"), "stepanakert");
    assert_string_equal(segment("Élysée"), "elysee");
    assert_string_equal(segment("New York"), "new-york");
    assert_string_equal(segment("Côte d’Ivoire"), "cote-d-ivoire");
    assert_string_equal(segment("Харьков"), "harkov");
    assert_string_equal(segment("北京"), "bei-jing");
    assert_string_equal(segment("- ! -"), "");
    assert_string_equal(segment(""), "");
    char lng[2001];
    memset(lng, 'x', 2000);
    lng[2000] = '\0';
    assert_int_equal(strlen(segment(lng)), 100);
    for (int i = 0; i < 666; i++)
        memcpy(lng + (size_t)i * 3, "床", 3);
    assert_non_null(text_segment(arena, lng, 1998));
}

static void knows_capitals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *title;
        bool upper;
    } cases[] = {{"YEREVAN", "Yerevan", true},     {"NEW YORK", "New York", true},
                 {"Yerevan", "Yerevan", false},    {"PORT-AU-PRINCE", "Port-Au-Prince", true},
                 {"L'AQUILA", "L'Aquila", true},   {"SANA'A", "Sana'a", true},
                 {"N’DJAMENA", "N’Djamena", true}, {"ԵՐԵՎԱՆ", "Երեվան", true},
                 {"МОСКВА 2", "Москва 2", true},   {"ÉVIAN", "Évian", true},
                 {"თბილისი", "თბილისი", false},    {"12:40", "12:40", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].text);
        assert_int_equal(text_is_upper(cases[i].text, n), cases[i].upper);
        assert_string_equal(text_title(arena, cases[i].text, n), cases[i].title);
    }
    assert_true(text_has_letter("თ", 3));
    assert_false(text_has_letter("14:58, 8.", 9));
    assert_false(text_has_letter("", 0));
}

static void knows_charsets(void **state)
{
    (void)state;
    static const char *const good[] = {"UTF-8",  "utf8",   "windows-1251", "cp1252",
                                       "latin1", "KOI8-R", "UTF-16LE",     "Shift_JIS"};
    static const char *const bad[] = {"", "klingon", "utf-8,version=1", "windows-12511"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(text_charset_known(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_charset_known(bad[i]));
    assert_false(text_charset_known(NULL));
}

static const char *to_utf8(const char *charset, const void *p, size_t n, size_t *bad)
{
    struct err e = {""};
    char *out = NULL;
    size_t out_n = 0;
    enum fate fate = text_to_utf8(arena, charset, p, n, &out, &out_n, bad, &e);
    assert_string_equal(e.text, "");
    assert_int_equal(fate, FATE_DONE);
    assert_int_equal(strlen(out), out_n);
    assert_int_equal(utf8_valid(out, out_n), out_n);
    return out;
}

static void converts(void **state)
{
    (void)state;
    size_t bad;
    assert_string_equal(to_utf8("windows-1252", "It\x92s \x93so\x94 \x97 caf\xe9", 16, &bad),
                        "It’s “so” — café");
    assert_int_equal(bad, 0);
    assert_string_equal(to_utf8("windows-1251", "\xcc\xee\xf1\xea\xe2\xe0", 6, &bad), "Москва");
    assert_string_equal(to_utf8("UTF-16LE", "A\0\x04\x04\n\0", 6, &bad), "AЄ\n");
    assert_string_equal(to_utf8("UTF-8", "", 0, &bad), "");
    assert_string_equal(to_utf8("UTF-8",
                                "a\xff"
                                "b\0c\xe2\x82",
                                7, &bad),
                        "a\ufffdb\ufffdc\ufffd");
    assert_int_equal(bad, 3);
    assert_string_equal(to_utf8("UTF-16BE",
                                "\xd8\x00\x00"
                                "A",
                                4, &bad),
                        "\ufffdA");
    assert_int_equal(bad, 1);
    assert_string_equal(to_utf8("UTF-16BE", "\xd8\x3d\xde\x00", 4, &bad), "😀");
    assert_string_equal(to_utf8("UTF-16BE",
                                "\x00"
                                "A\x00",
                                3, &bad),
                        "A\ufffd");
    assert_int_equal(bad, 1);
    char *out;
    size_t n;
    struct err e = {""};
    assert_int_equal(text_to_utf8(arena, "klingon", (const uint8_t *)"x", 1, &out, &n, &bad, &e), FATE_BAD);
    assert_string_equal(e.text, "charset 'klingon' is not known");
}

static void converts_much(void **state)
{
    (void)state;
    enum { N = 300000 };
    static uint8_t text[N];
    for (size_t i = 0; i < N; i++)
        text[i] = i % 1000 == 999 ? 0 : (uint8_t)(0xe0 + i % 16);
    size_t bad;
    const char *out = to_utf8("windows-1251", text, N, &bad);
    assert_int_equal(bad, N / 1000);
    assert_int_equal(strlen(out), (N - N / 1000) * 2 + N / 1000 * 3);
    struct arena *small = arena_new(1 << 18);
    struct err e = {""};
    char *none;
    size_t n;
    assert_int_equal(text_to_utf8(small, "windows-1251", text, N, &none, &n, &bad, &e), FATE_RETRY);
    arena_free(small);
}

static void detects(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *charset;
    } cases[] = {
        {"The minister\x92s visit \x96 the first in years \x96 was \x93"
         "fruitful\x94, he said.",
         "windows-1252"},
        {"Le pr\xe9sident a \xe9t\xe9 re\xe7u \xe0 l'\xc9lys\xe9"
         "e par le Premier ministre apr\xe8s la s\xe9"
         "ance.",
         "windows-1252"},
        {"\xcc\xe8\xed\xe8\xf1\xf2\xf0 \xe7\xe0\xff\xe2\xe8\xeb, \xf7\xf2\xee "
         "\xe2\xf1\xf2\xf0\xe5\xf7\xe0 \xef\xf0\xee\xf8"
         "\xeb\xe0 \xf5\xee\xf0\xee\xf8\xee.",
         "windows-1251"},
        {"\xed\xc9\xce\xc9\xd3\xd4\xd2 \xda\xc1\xd1\xd7\xc9\xcc, \xde\xd4\xcf "
         "\xd7\xd3\xd4\xd2\xc5\xde\xc1 \xd0\xd2\xcf\xdb"
         "\xcc\xc1 \xc8\xcf\xd2\xcf\xdb\xcf.",
         "KOI8-R"},
        {"The visit of \xcd\xe8\xea\xee\xeb \xcf\xe0\xf8\xe8\xed\xff\xed to the plant, in Russian.",
         "windows-1251"},
        {"\xbf\xd0\xe0\xde\xdc \xe1\xdd\xde\xd2\xd0 \xe5\xde\xd4\xd8\xe2 \xdf\xde \xde\xd7\xd5\xe0\xe3.",
         "ISO-8859-5"},
        {"\x8f\xa0\xe0\xae\xac \xe1\xad\xae\xa2\xa0 \xe5\xae\xa4\xa8\xe2 \xaf\xae \xae\xa7\xa5\xe0\xe3.",
         "IBM866"},
        {"\xba\xf1\xa2\xb3\xdd\xc7 \xc9\xb3\xbd\xb3\xdd\xb3\xed\xa8 \xdd\xe1\xf1\xc7\xf3 "
         "\xc9\xe1\xd5\xe1\xf5\xd9 \xbf\xa3",
         "ARMSCII-8"},
        {"The caf\xe9 on the lake \x97 a \x93"
         "first\x94 of its kind.",
         "windows-1252"},
        {"\xff", "windows-1252"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(text_charset_detect((const uint8_t *)cases[i].bytes, strlen(cases[i].bytes)),
                            cases[i].charset);
    static const uint8_t le[] = "Y\0e\0r\0e\0v\0a\0n\0 \0n\0o\0w\0\n";
    static const uint8_t be[] = "\x04\x1c\x04\x3e\x04\x41\x00 \x04\x3a\x04\x32\x04\x30\x00\n";
    static const uint8_t le32[] = "A\0\0\0 \0\0\0B\0\0\0\n\0\0";
    assert_string_equal(text_charset_detect(le, sizeof le), "UTF-16LE");
    assert_string_equal(text_charset_detect(be, sizeof be - 1), "UTF-16BE");
    assert_string_equal(text_charset_detect(le32, sizeof le32), "UTF-32LE");
    assert_non_null(text_charset_detect((const uint8_t *)"", 0));
    uint8_t noise[999];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(i * 167 >> 3);
    assert_true(text_charset_known(text_charset_detect(noise, sizeof noise)));
}

static void knows_zones(void **state)
{
    (void)state;
    assert_true(text_zone_known("Asia/Yerevan"));
    assert_true(text_zone_known("UTC"));
    static const char *const bad[] = {
        "", "Foo/Bar", "GMT+5", "Etc/Unknown", "Asia/Erev\xd5\xa1n", "asia yerevan"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_zone_known(bad[i]));
    int minutes = 1;
    assert_true(text_zone_offset("Asia/Yerevan", 2023, 11, 8, 14, 58, &minutes));
    assert_int_equal(minutes, 240);
    assert_true(text_zone_offset("Europe/Paris", 2023, 7, 1, 0, 0, &minutes));
    assert_int_equal(minutes, 120);
    assert_true(text_zone_offset("America/New_York", 2023, 1, 1, 0, 0, &minutes));
    assert_int_equal(minutes, -300);
    assert_true(text_zone_offset("Asia/Kathmandu", 2023, 1, 1, 0, 0, &minutes));
    assert_int_equal(minutes, 345);
    assert_false(text_zone_offset("Foo/Bar", 2023, 1, 1, 0, 0, &minutes));
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t ms;
        int year, month, day;
    } cases[] = {{NULL, 0, 1970, 1, 1},
                 {NULL, -1, 1969, 12, 31},
                 {NULL, -86400000, 1969, 12, 31},
                 {NULL, -86400001, 1969, 12, 30},
                 {NULL, 951782400000, 2000, 2, 29},
                 {NULL, 1699473600000, 2023, 11, 8},
                 {"Asia/Yerevan", 1699473599999, 2023, 11, 8},
                 {"Asia/Yerevan", 1699473600000, 2023, 11, 9},
                 {"America/New_York", 1704067199999, 2023, 12, 31},
                 {"Foo/Bar", 1704067200000, 2024, 1, 1},
                 {NULL, -2208988800000, 1900, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int year, month, day;
        text_date(cases[i].zone, cases[i].ms, &year, &month, &day);
        assert_int_equal(year, cases[i].year);
        assert_int_equal(month, cases[i].month);
        assert_int_equal(day, cases[i].day);
    }
}

static void languages(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"The Prime Minister of Armenia said that the talks in Brussels were useful and will go on.", "en"},
        {"Le ministre a déclaré que les négociations avec la délégation sont dans une phase décisive.", "fr"},
        {"Der Minister sagte, dass die Gespräche mit der Delegation nicht zu einem Ergebnis führten.", "de"},
        {"El ministro dijo que las conversaciones con la delegación no han terminado en la capital.", "es"},
        {"Il ministro ha detto che i colloqui con la delegazione non sono finiti nella capitale.", "it"},
        {"O ministro disse que as conversas com a delegação não foram concluídas na capital, mas também em "
         "Faro.",
         "pt"},
        {"Bakan, heyet ile görüşmelerin olumlu olduğu ve daha sonra devam edeceği için bir açıklama yaptı.",
         "tr"},
        {"Nazir bildirib ki, danışıqlar bu gün başa çatıb və nümayəndə heyəti ilə görüş olub.", "az"},
        {"Վարչապետը հայտարարեց, որ բանակցությունները կշարունակվեն Բրյուսելում։", "hy"},
        {"Министр заявил, что встреча была полезной и переговоры будут продолжены в Москве, сообщил он.",
         "ru"},
        {"Міністр заявив, що зустріч була корисною, і переговори триватимуть у Києві.", "uk"},
        {"პრემიერ-მინისტრმა განაცხადა, რომ მოლაპარაკებები გაგრძელდება.", "ka"},
        {"Ο υπουργός δήλωσε ότι οι συνομιλίες θα συνεχιστούν.", "el"},
        {"שר החוץ אמר כי השיחות יימשכו בירושלים", "he"},
        {"قال الوزير إن المحادثات ستستمر في العاصمة", "ar"},
        {"وزیر امور خارجه گفت که گفتگوها ادامه خواهد یافت", "fa"},
        {"東京で首脳会談が行われた。", "ja"},
        {"外交部发言人表示，双方将继续谈判。", "zh"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = text_language(cases[i].text, strlen(cases[i].text));
        if (got == NULL || strcmp(got, cases[i].code) != 0)
            fail_msg("%s taken for %s: %s", cases[i].code, got != NULL ? got : "(none)", cases[i].text);
    }
    static const char *const unsure[] = {"", "14:58", "Vladimir Ivanovich Petrov Washington Reuters",
                                         "Привет"};
    for (size_t i = 0; i < sizeof unsure / sizeof *unsure; i++)
        assert_null(text_language(unsure[i], strlen(unsure[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(folds_case_space_and_signs),
                                       cmocka_unit_test(folds_in_eights_as_in_ones),
                                       cmocka_unit_test(accents_go_however_written),
                                       cmocka_unit_test(folding_is_stable),
                                       cmocka_unit_test(folding_grows_within_the_arena),
                                       cmocka_unit_test(makes_segments),
                                       cmocka_unit_test(knows_capitals),
                                       cmocka_unit_test(knows_charsets),
                                       cmocka_unit_test(converts),
                                       cmocka_unit_test(converts_much),
                                       cmocka_unit_test(detects),
                                       cmocka_unit_test(knows_zones),
                                       cmocka_unit_test(dates),
                                       cmocka_unit_test(languages)};
    return cmocka_run_group_tests_name("text", tests, up, down);
}
