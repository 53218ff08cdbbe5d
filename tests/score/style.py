# SPDX-License-Identifier: MIT
"""style: what the items of a generated file have in common: a listing repeats its own form."""
import houses
import stamps
import words

# What stands between headline and text: a time line; agency and date on lines of their own; nothing; both on
# one line; a byline; nothing, the time line stands above the headline; nothing, but rules part the items.
KINDS = {"listing": 30, "agency": 22, "dateline": 18, "merged": 8, "byline": 8, "above": 6, "separated": 8}
RULES = ["-" * 40, "* * *", "=" * 60, "_" * 30, "-----", "***", "~~~~~~~~~~", "#" * 20]
MARKS = ["-0-", "ENDS", "###", "{i} –0–", "{i} -0-", "- 0 -", "(END)", "-END-"]
COPYRIGHTS = ["(c) {y} {a}", "© {y} {a}", "Copyright {y} {a}. All rights reserved.", "(C) {y} {a}"]
FURNITURE = [["Share"], ["Save", "Share"], ["Print", "Email", "Share on Facebook"], ["Views: 512"],
             ["Comments (0)"], ["Tags: lake, ferry, transport"], ["1,245 views"],
             ["Print this article", "Share on VK", "Tweet"], ["Read more"]]
PAPERS = ["the Lakeside Courier", "the Valley Gazette", "Kura Daily"]


def pick(rng, weighted):
    return rng.choices(list(weighted), weights=list(weighted.values()))[0]


class Style:
    def __init__(self, rng, rules):
        self.rules = rules
        self.lang = pick(rng, {"en": 74, "ru": 8, "fr": 6, "hy": 4, "es": 4, "de": 4})
        self.kind = pick(rng, KINDS)
        self.house = self._house(rng)
        self.form = rng.choice(self.house.forms) if self.house.forms else None
        self.stamp = self._stamp(rng)
        self.printed = rng.random() < 0.7  # a dateline, where the kind does not ask for one
        self.place = rng.choice(("", "", "country", "town"))  # on a line of its own
        self.labels = self.kind == "agency" and rng.random() < 0.15  # so have urgency and slug
        self._look(rng)
        self._ends(rng)

    def _look(self, rng):
        self.curly = rng.random() < 0.5
        self.width = rng.choice((0, 0, 0, 65, 70, 72, 76))  # hard-wrapped; 0 = not
        self.indent = self.width and rng.random() < 0.2  # paragraphs without blank lines between them
        self.tight = not self.width and rng.random() < 0.12  # a line is a paragraph
        self.gap = rng.choice((1, 1, 2, 3, 4))  # blank lines between items
        self.rule = rng.choice(RULES) if self.kind == "separated" or rng.random() < 0.25 else ""
        self.case = rng.choice(("sentence", "sentence", "title", "capitals"))
        self.twice = pick(rng, {"": 85, "capitals": 8, "cut": 7}) if self.case != "capitals" else ""
        self.close = rng.random() < 0.3  # no blank line behind the title
        self.before = rng.choice(FURNITURE) if rng.random() < 0.07 else []  # furniture before the text
        self.behind = rng.choice(FURNITURE) if rng.random() < 0.07 else []

    def _ends(self, rng):
        self.mark = rng.choice(MARKS) if rng.random() < 0.2 else ""
        self.inline = "{i}" not in self.mark and rng.random() < 0.3  # the mark stands behind the last word
        self.copyright = rng.choice(COPYRIGHTS) if self.kind == "separated" or rng.random() < 0.12 else ""
        self.footer = ""
        if rng.random() < 0.07:
            self.footer = "From: %s | %s" % (words.Writer(rng, "en", False).name(), rng.choice(PAPERS))
        self.credits = 0.4 if rng.random() < 0.15 else 0.02  # how many items have one
        self.bylines = rng.choice((0.0, 0.1, 0.6))
        self.where = rng.choice(("head", "tail"))  # the bylines

    def _house(self, rng):
        able = [h for h in houses.HOUSES if h.lang == self.lang]
        if self.kind == "dateline":
            able = [h for h in able if h.forms]
        else:  # APA is the one in Baku only when a dateline says so
            able = [h for h in able if "(" not in h.name]
        return rng.choices(able, weights=[h.weight for h in able])[0]

    def _stamp(self, rng):
        if self.kind == "merged":
            return rng.choice(stamps.MERGED)
        if self.kind == "dateline":
            return ""
        if rng.random() > (0.8 if self.kind in ("listing", "above") else 0.35):
            return rng.choice(stamps.DAYS[self.lang])
        if self.lang == "en" and rng.random() < 0.12:
            return rng.choice(list(stamps.ZONED))
        if self.kind == "listing" and self.form and houses.has_day(self.form) and rng.random() < 0.15:
            return rng.choice(stamps.CLOCKS)
        return rng.choice(stamps.BOTH[self.lang])
