// SPDX-License-Identifier: MIT
/* slug: see slug.h. Levels as IPTC has them and AFP uses them: 1 flash, 2 alert or bulletin, 3 urgent. */
#include "daemon/pure/slug.h"

#include "daemon/pure/form.h"
#include "daemon/pure/text.h"

#include <string.h>
#include <strings.h>

static bool begins(struct view v, const char *word)
{
    size_t n = strlen(word);
    return v.n >= n && strncasecmp(v.p, word, n) == 0 && scan_letter(v.p + n, v.n - n) == 0;
}

unsigned slug_urgency(struct view line)
{
    static const struct {
        const char *word;
        unsigned urgency;
    } words[] = {{"FLASH", 1},  {"МОЛНИЯ", 1}, {"Молния", 1},  {"BULLETIN", 2},   {"ALERT", 2},
                 {"ALERTE", 2}, {"URGENT", 3}, {"URGENTE", 3}, {"EILMELDUNG", 2}, {"СРОЧНО", 3},
                 {"Срочно", 3}, {"ՇՏԱՊ", 3},   {"Շտապ", 3}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins(line, words[i].word))
            return words[i].urgency;
    return 0;
}

/* The value of "Urgency: 3" and the like; .n 0 = the line has no such label. */
static struct view labelled(struct view line, const char *const labels[])
{
    for (size_t i = 0; labels[i] != NULL; i++) {
        size_t n = strlen(labels[i]);
        if (begins(line, labels[i]) && n < line.n && line.p[n] == ':')
            return scan_trim(view_from(line, n + 1));
    }
    return (struct view){"", 0};
}

void slug_read(const struct rules *rules, struct view line, bool wire, struct view *words, unsigned *urgency)
{
    static const char *const levels[] = {"urgency", "priority", NULL};
    static const char *const slugs[] = {"slug", "slugline", "slug-line", NULL};
    int level;
    struct view value = labelled(line, levels);
    *words = labelled(line, slugs);
    *urgency = slug_urgency(line);
    if (value.n > 0 && scan_number(value.p, value.n, 1, &level) == 1 && level >= 1 && level <= 8)
        *urgency = (unsigned)level;
    else if (value.n > 0)
        *urgency = slug_urgency(value);
    if (!wire)
        return;
    if (form_wire(line) != 0) {
        *urgency = form_wire(line);
        return;
    }
    if (*line.p == '(')
        return; // "(Roundup 1630)"
    // Behind AP's letters for the level and the kind: "u i BC-...".
    for (size_t i = 0; words->n == 0 && i + 3 < line.n && i < 6; i++)
        if ((memcmp(line.p + i, "BC-", 3) == 0 || memcmp(line.p + i, "AM-", 3) == 0 ||
             memcmp(line.p + i, "PM-", 3) == 0) &&
            (i == 0 || line.p[i - 1] == ' '))
            *words = view_from(line, i);
    // A wire's line that is neither a level nor one of the words that every wire uses ("CORRECTED").
    if (words->n == 0 && value.n == 0 && *urgency == 0 &&
        rules_line(rules, line.p, line.n) == RULES_LINE_NONE)
        *words = line;
}
