// SPDX-License-Identifier: MIT
/* hostile: see hostile.h. */
#include "tests/hostile.h"

#include <string.h>

#define KIND(name, front, unit)                                                                              \
    {                                                                                                        \
        name, front, unit, sizeof(unit) - 1                                                                  \
    }
#define QUOTES "> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > "
#define TEXT "The ferry sails again on Monday, the captain of the harbour said after the storm. "

const struct hostile hostile_kinds[] = {
    KIND("one line", "", "words upon words "),
    KIND("one word", "", "a"),
    KIND("one line of capitals", "", "CAPITALS "),
    KIND("one line of dates", "", "11/12/2023 "),
    KIND("one line of sentences", "", "The ferry sails. "),
    KIND("one line of agencies", "", "YEREVAN, NOVEMBER 8, ARMENPRESS. "),
    KIND("all blank", "x\n", "\n"),
    KIND("blank by a blank", "x\n", " \n"),
    KIND("blank by U+00A0", "x\n", "\xc2\xa0\n"),
    KIND("all one letter", "", "a\n"),
    KIND("letter, gap", "", "a\n\n"),
    KIND("all titles", "", "A headline of five words\n"),
    KIND("titles, gaps", "", "A headline of five words\n\n"),
    KIND("wrapped titles", "", "A headline that is long enough to have been wrapped here\n"),
    KIND("longest titles", "",
         "A headline as long as any headline may be, for it goes on and on with further words until there is "
         "no more "
         "room for them in the line, and then it stops, but not before it has said all that was to be said "
         "of ferries, "
         "bridges, orchards, libraries, mills, harbours, gardens, schools, markets and roads\n\n"),
    KIND("all datelines", "", "YEREVAN, NOVEMBER 8, ARMENPRESS. x\n"),
    KIND("datelines, gaps", "", "YEREVAN, NOVEMBER 8, ARMENPRESS. " TEXT "\n\n"),
    KIND("unknown datelines", "", "SORVANBURG, Nov 8 (XYZ) - x\n"),
    KIND("all time lines", "", "14:58\n"),
    KIND("all dates", "", "14:58, 8 November 2023\n"),
    KIND("dates in figures", "", "11/12/2023\n"),
    KIND("title, time line", "", "A headline of five words\n14:58, 8 November 2023\n"),
    KIND("title, time line, gaps", "", "A headline of five words\n\n14:58, 8 November 2023\n\n"),
    KIND("title twice", "", "A headline of five words\nA HEADLINE OF FIVE WORDS\n"),
    KIND("all bylines", "", "By Anna Example\n"),
    KIND("all names", "", "Anna Example\n\n"),
    KIND("all agencies", "", "ARMENPRESS\n"),
    KIND("all towns", "", "Yerevan, Armenia\n"),
    KIND("all separators", "x\n", "-----\n"),
    KIND("separator, title", "", "-----\nHeadline here\n\ntext\n"),
    KIND("all end marks", "x\n", "-0-\n"),
    KIND("all furniture", "x\n", "Save\n"),
    KIND("all labels", "", "HEADLINE: x\n"),
    KIND("all copyright", "", "(c) 2009 ARKA\n"),
    KIND("all credits", "", "Edited and translated by Anna Example\n"),
    KIND("all mail", "", "From: Anna Example | a@example.org\n"),
    KIND("all list entries", "", "1. Entry\n"),
    KIND("all questions", "", "What is it?\n\n"),
    KIND("all capitals", "", "NOTHING BUT CAPITALS HERE\n"),
    KIND("all sentences", "", TEXT TEXT "\n\n"),
    KIND("one quoting mark", "x", ">"),
    KIND("quoting marks", "x\n", ">\n"),
    KIND("deep quoting", "", QUOTES QUOTES "text\n"),
    KIND("one bracket", "x", "("),
    KIND("brackets", "x\n", "(\n"),
    KIND("dashes", "x", "-"),
    KIND("dots", "x", "."),
    KIND("dots and blanks", "x", ". "),
    KIND("figures", "x", "1"),
    KIND("quotes", "x", "\""),
    KIND("ampersands", "x", "&"),
    KIND("references", "x", "&amp;"),
    KIND("references, lines", "", "&quot;Ferry&quot; &amp; bridge &#8212; open\n"),
    KIND("invalid bytes", "x\n", "\x80\xc0\xff"),
    KIND("invalid bytes, lines", "", "ab \x80\xc0\xff\n"),
    KIND("windows-1251", "",
         "\xcc\xee\xf1\xf2 \xee\xf2\xea\xf0\xfb\xf2, \xf1\xea\xe0\xe7\xe0\xeb \xec\xfd\xf0\n"),
    KIND("mixed charsets", "", "Мост открыт, сказал мэр\n\xcc\xee\xf1\xf2 \xee\xf2\xea\xf0\xfb\xf2\n"),
    KIND("NUL", "x", "\0"),
    KIND("UTF-16LE", "\xff\xfe", "F\0e\0r\0r\0y\0 \0l\0i\0n\0e\0\n\0"),
    KIND("UTF-16LE, one line", "\xff\xfe", "F\0e\0"),
    KIND("U+FFFD", "", "\xef\xbf\xbd"),
    KIND("combining marks", "a", "\xcc\x81"),
    KIND("right to left", "a", "\xe2\x80\x8f"),
    KIND("ligatures", "", "\xef\xb7\xba"), // U+FDFA folds to 18 characters
    KIND("ligatures, lines", "", "\xef\xb7\xba \xef\xb7\xba\n"),
    KIND("Armenian", "", "Սորվանի կամուրջը բացվեց, ասաց քաղաքապետը: "),
    KIND("Russian lines", "", "Мост в Сорване открыт\n\n"),
    KIND("Chinese", "", "大桥开通"),
    KIND("CR", "x", "\r"),
    KIND("CR and letter", "x", "\ra"),
};
const size_t hostile_nkinds = sizeof hostile_kinds / sizeof *hostile_kinds;

void hostile_fill(const struct hostile *kind, uint8_t *out, size_t n)
{
    size_t front = strlen(kind->front) < n ? strlen(kind->front) : n, unit = kind->unit_n;
    memcpy(out, kind->front, front);
    for (size_t i = front; i < n; i += unit)
        memcpy(out + i, kind->unit, unit < n - i ? unit : n - i);
}
