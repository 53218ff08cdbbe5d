// SPDX-License-Identifier: MIT
/* border: see border.h. */
#include "daemon/pure/border.h"

#define BORDER_LINES 24 /* lines passed over, blank runs and furniture */
#define BIT EVIDENCE_BIT

struct above border_look(const struct page *p, size_t i)
{
    struct above a = {SIZE_MAX, false, false, false};
    for (size_t steps = 0; i > 0 && steps < BORDER_LINES; i--, steps++) {
        uint8_t class = page_class(p, i - 1);
        a.gap = a.gap || class == LINE_BLANK;
        a.wide = a.wide || (p->looks.of[i - 1] & LOOK_WIDE);
        a.furniture = a.furniture || class == LINE_FURNITURE;
        if (!page_passed_over(p, i - 1)) {
            a.line = i - 1;
            break;
        }
    }
    return a;
}

/* Whether the byline at line i stands under text, not under a headline. */
static bool signature(const struct page *p, size_t i)
{
    struct above a = border_look(p, i);
    return a.line != SIZE_MAX && p->looks.text[a.line] == CHOOSE_SENTENCE;
}

/* Signs divide by their kind; numbers ("3 of 50") are one kind. */
static enum border border_sign(struct view v)
{
    return BORDER_SIGN + (scan_letter(v.p, v.n) > 0 ? 0 : ((unsigned char)*v.p & 63));
}

static enum border border_of(const struct page *p, const struct above *a)
{
    uint8_t class = a->line == SIZE_MAX ? LINE_BLANK : page_class(p, a->line);
    switch (class) {
    case LINE_SEPARATOR:
        return border_sign(p->lines[a->line].text);
    case LINE_END:
        return BORDER_END;
    case LINE_MAIL:
        return BORDER_MAIL;
    case LINE_EDITED:
    case LINE_COPYRIGHT:
    case LINE_SOURCE:
        return BORDER_CREDIT;
    case LINE_BYLINE:
        return signature(p, a->line) ? BORDER_SIGNATURE : BORDER_NONE;
    default:
        if (a->line != SIZE_MAX && (p->looks.of[a->line] & LOOK_MARK))
            return BORDER_END;
        return a->wide ? BORDER_WIDE_GAP : BORDER_NONE;
    }
}

enum border border_above(const struct page *p, size_t i)
{
    struct above a = border_look(p, i);
    return border_of(p, &a);
}

static bool stars(struct view v)
{
    return *v.p == '*' || *v.p == '~' || *v.p == '+';
}

/* What the line above a head, which is no border, says. */
static uint64_t evidence_text_above(const struct page *p, size_t i, bool gap)
{
    uint32_t look = p->looks.of[i];
    uint8_t class = page_class(p, i);
    // A question right above may be the headline of which this is the second part.
    bool asks = !gap && (look & LOOK_QUESTION) && (look & LOOK_TITLE);
    if (page_says_when(p, i) || page_leads(p, i) || class == LINE_NOTE)
        return BIT(EVIDENCE_ANCHOR_ABOVE);
    if (class == LINE_BYLINE)
        return BIT(signature(p, i) ? EVIDENCE_SIGNATURE_ABOVE : EVIDENCE_ANCHOR_ABOVE);
    uint64_t found = class == LINE_DATELINE ? BIT(EVIDENCE_DATELINE_ABOVE) : 0;
    if (look & LOOK_COLON)
        return found | BIT(EVIDENCE_COLON_ABOVE);
    if ((look & LOOK_ENDS) && !asks)
        return found | BIT(EVIDENCE_SENTENCE_ABOVE);
    if (gap && (look & LOOK_SIGNED))
        return found; // what the file is and its date
    if ((look & LOOK_TITLE) && (look & LOOK_SHORT) && name_like(p->rules, p->lines[i].text))
        return BIT(EVIDENCE_SIGNATURE_ABOVE);
    return found | (look & LOOK_TITLE ? BIT(EVIDENCE_TITLE_ABOVE) : BIT(EVIDENCE_OPEN_TEXT_ABOVE));
}

uint64_t border_evidence(const struct page *p, size_t first, uint8_t *border)
{
    struct above a = border_look(p, first);
    *border = (uint8_t)border_of(p, &a);
    uint64_t found = a.gap ? BIT(EVIDENCE_GAP_ABOVE) : 0;
    found |= a.wide ? BIT(EVIDENCE_WIDE_GAP_ABOVE) : 0;
    found |= a.furniture ? BIT(EVIDENCE_FURNITURE_ABOVE) : 0;
    if (a.line == SIZE_MAX)
        return found | BIT(EVIDENCE_FILE_BEGINS);
    switch (*border) {
    case BORDER_END:
        return found | BIT(EVIDENCE_END_ABOVE);
    case BORDER_MAIL:
        return found | BIT(EVIDENCE_MAIL_ABOVE);
    case BORDER_CREDIT:
        return found | BIT(EVIDENCE_CREDIT_ABOVE);
    case BORDER_NONE:
    case BORDER_WIDE_GAP:
    case BORDER_SIGNATURE:
        found |= a.gap || a.furniture ? 0 : BIT(EVIDENCE_NO_GAP_ABOVE);
        return found | evidence_text_above(p, a.line, a.gap);
    default:
        return found | BIT(stars(p->lines[a.line].text) ? EVIDENCE_STARS_ABOVE : EVIDENCE_SEPARATOR_ABOVE);
    }
}
