# SPDX-License-Identifier: MIT
"""item: one dispatch of a generated digest: its lines as a file prints them, and what a careful reader would
make of it. What a Style leaves open is chosen anew for each item."""
import datetime
import textwrap

import houses
import stamps
import words

CREDITS = {"en": ["Edited by {n}", "Edited and translated by {n}", "Translated by {n}", "Translation by {n}"],
           "ru": ["Перевод: {n}"], "fr": ["Traduit par {n}"], "es": ["Traducido por {n}"],
           "de": ["Übersetzung: {n}"], "hy": []}
PLAIN, WITH_AGENCY = "By {n}", "By {n}, {a}"
BYLINES = {"en": [PLAIN, WITH_AGENCY, "By: {n}", "BY {N}", "By {n} and {m}", "By Dr. {n}", "{n} in {t}",
                  "Author: {n}"],
           "ru": ["Автор: {n}"], "fr": ["Par {n}"], "es": ["Por {n}"], "de": ["Von {n}"],
           "hy": ["Հեղինակ՝ {n}"]}
SMALL = set("a an the of on in for and to by with at from as about after before between".split())


class Item:
    """.lines, .want, .title, and .year: whether nobody needs to guess the year."""

    def __init__(self, rng, style, when):
        self.rng, self.style, self.when = rng, style, when
        self.house, self.form = style.house, style.form
        self.writer = words.Writer(rng, style.lang, style.curly)
        self.agency = self.by = self.located = self.country = None
        self.credit = self.copyright = self.urgency = self.slugline = None
        if style.kind in ("listing", "agency", "dateline") and rng.random() < 0.08:
            self._of_another_house()
        self.stamp = style.stamp
        if style.kind == "separated" and rng.random() < 0.7:
            self.stamp = ""
        self.dateline = self._dateline()
        # Without a headline only between rules, and with a dateline that names the house.
        bare = style.kind == "dateline" and style.rule and not style.twice and rng.random() < 0.05
        self.title = None if bare else self._title()
        self.body = self._paragraphs()
        self.lines = self._head() + self._text() + self._tail()
        self.want = self._wanted()

    # --- what it says ---------------------------------------------------------------------------------------

    def _of_another_house(self):
        able = [h for h in houses.HOUSES if h.lang == self.style.lang and h.forms]
        self.house = self.rng.choice(able)
        self.form = self.rng.choice(self.house.forms)

    def _dateline(self):
        style, rng = self.style, self.rng
        timeless = style.stamp in stamps.CLOCKS
        if not (style.kind == "dateline" or timeless or style.printed) or self.form is None:
            return None
        if style.kind in ("byline", "separated") and rng.random() < 0.6:
            return None
        day, dated = self.when, "%N" in self.stamp
        if dated and rng.random() < 0.04:  # the time line beats it
            day -= datetime.timedelta(days=1)
        dateline = houses.Dateline(self.house, self.form, rng, day, self.writer.name())
        if timeless and not dateline.has_day or style.kind == "dateline" and not dateline.names_house:
            self.house, self.form = style.house, "TOWN, MONTH D, %s. " % style.house.name.upper()
            dateline = houses.Dateline(self.house, self.form, rng, day, self.writer.name())
        if dated and rng.random() < 0.03:
            dateline.misprint()
        if dateline.names_house:
            self.agency = self.house.name
        if dateline.has_town:
            self.located, self.country = dateline.town, houses.TOWNS.get(dateline.town)
        self.by = dateline.by
        return dateline

    def _title(self):
        rng, text = self.rng, self.writer.headline()
        english = self.style.lang == "en"
        if rng.random() < 0.06:
            text += "?"
        elif english and self.agency == "ARMENPRESS" and rng.random() < 0.06:
            text = "Armenpress: " + text
        elif rng.random() < 0.03:
            text += self.when.strftime(" – %d-%m-%y")
        if self.style.case == "capitals":
            return text.upper()
        if self.style.case == "title" and english:
            return " ".join(w if w in SMALL else w[0].upper() + w[1:] for w in text.split())
        return text

    def _paragraphs(self):
        rng, writer = self.rng, self.writer
        body = [writer.opening()]
        body += [writer.paragraph() for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4, 5, 7, 13)))]
        if rng.random() < 0.08:  # an interview
            for at in range(len(body) - 1, 0, -1):
                body.insert(at, writer.question())
        elif len(body) > 2 and rng.random() < 0.1:
            body.insert(rng.randint(1, len(body) - 1), writer.subhead())
        if len(body) > 2 and self.style.lang == "en" and rng.random() < 0.06:
            body.insert(rng.randint(1, len(body) - 1), self._quoted_dateline())
        if self.dateline:
            body[0] = self.dateline.words + body[0]
        return body

    def _quoted_dateline(self):
        others = [h for h in houses.HOUSES if h.lang == "en" and h.forms and h is not self.house]
        house = self.rng.choice(others)
        quoted = houses.Dateline(house, house.forms[0], self.rng, self.when, self.writer.name()).words
        left, right = ("“", "”") if self.style.curly else ('"', '"')
        said = self.writer.sentence().rstrip(".")
        return "%s%s%s,%s the agency reported earlier." % (left, quoted, said, right)

    # --- how it is printed ----------------------------------------------------------------------------------

    def _head(self):
        style, lines = self.style, self._title_lines()
        stamp = stamps.write(self.stamp, self.when, style.lang)
        blank = [] if style.close or not self.stamp and style.kind != "byline" else [""]
        if style.kind == "above":
            lines = [stamp] + lines
        elif style.kind == "merged":
            lines += blank + [self._merged(stamp)]
        elif style.kind == "agency":
            self.agency = self.house.name
            lines += blank + [self.house.line, stamp] + self._place() + self._labels()
        elif style.kind == "byline":
            lines += blank + [self._byline(), stamp]
        elif self.stamp:
            lines += blank + [stamp]
        if style.kind == "listing" and self.rng.random() < 0.01:
            later = self.when + datetime.timedelta(hours=1)
            lines.append("Updated: " + stamps.write("%H:%M, %f %N %Y", later, "en"))
        if style.kind in ("listing", "agency", "dateline") and style.where == "head" and not self.by:
            lines += [self._byline()] if self.rng.random() < style.bylines else []
        if style.before:
            lines += [""] + style.before
        return lines + [""] if lines else []

    def _title_lines(self):
        style = self.style
        if self.title is None:
            return []
        lines = [self.title]
        if style.width:
            lines = textwrap.wrap(self.title, style.width, break_on_hyphens=False)
        if style.twice == "capitals":
            lines += ["", self.title.upper()]
        elif style.twice == "cut":
            cut = self.title.upper()[:min(len(self.title) - 5, 45)].rstrip()
            lines = [cut + self.rng.choice(("...", "")), ""] + lines
        return lines

    def _home(self):
        """(country's name, its code) of the house, or (None, None)."""
        code = houses.TOWNS.get(self.house.home)
        known = self.style.lang == "en" and code in houses.COUNTRIES
        return (houses.COUNTRIES[code], code) if known else (None, None)

    def _merged(self, stamp):
        """Agency or country, and date."""
        name, code = self._home()
        if name and self.style.place == "country":
            self.country = self.country or code
            return stamp.replace("WHO", name)
        self.agency = self.house.name
        return stamp.replace("WHO", self.house.line)

    def _place(self):
        name, code = self._home()
        if name is None:
            return []
        if self.style.place == "country":
            self.country = self.country or code
            return [name]
        if self.style.place == "town" and not self.located:
            self.located, self.country = self.house.home, code
            return [self.house.home]
        return []

    def _labels(self):
        if not self.style.labels:
            return []
        self.urgency = self.rng.randint(1, 8)
        self.slugline = self.rng.choice(("lake-ferry", "budget-vote", "valley-roads", "Tunnel-Loan"))
        return ["Urgency: %d" % self.urgency, "Slug: " + self.slugline]

    def _byline(self):
        name, more = self.writer.name(), self.writer.name()
        form = self.rng.choice(BYLINES[self.style.lang])
        if "{t}" in form and self.located or "{a}" in form and self.agency not in (None, self.house.name):
            form = PLAIN
        if self.style.kind == "byline" and self.style.lang == "en" and self.agency is None:
            form = WITH_AGENCY
        if form == WITH_AGENCY:
            self.agency = self.house.name
        elif "{t}" in form:
            self.located = self.rng.choice([t for t in self.house.towns if houses.TOWNS[t]] or ["Yerevan"])
            self.country = houses.TOWNS[self.located]
        printed = form.format(n=name, N=name.upper(), m=more, a=self.house.line, t=self.located)
        self.by = {"BY {N}": name.upper(), "By {n} and {m}": "%s and %s" % (name, more),
                   "By Dr. {n}": "Dr. " + name}.get(form, name)
        return printed

    def _text(self):
        style, lines = self.style, []
        for i, paragraph in enumerate(self.body):
            if i and not style.tight and not style.indent:
                lines.append("")
            if style.width:
                lines += textwrap.wrap(paragraph, style.width, break_on_hyphens=False,
                                       initial_indent="    " if style.indent else "")
            else:
                lines.append(paragraph)
        if style.mark and style.inline:
            lines[-1] += " " + style.mark
        return lines

    def _tail(self):
        style, rng, lines = self.style, self.rng, []
        if style.where == "tail" and style.kind != "byline" and not self.by and rng.random() < style.bylines:
            self.by = self.writer.name()
            lines += ["", self.by]
        if CREDITS[style.lang] and rng.random() < style.credits:
            self.credit = rng.choice(CREDITS[style.lang]).format(n=self.writer.name())
            lines += ["", self.credit]
        if style.mark and not style.inline:
            lines += ["", style.mark.format(i="%s.%s." % (rng.choice("ADHKLMNT"), rng.choice("ADHKLMNT")))]
        if style.copyright:
            self.copyright = style.copyright.format(y=self.when.year, a=self.house.line)
            self.agency = self.agency or self.house.name
            lines += ["", self.copyright]
        for furniture in (style.behind, [style.footer] if style.footer else []):
            lines += [""] + furniture if furniture else []
        return lines

    # --- what a reader makes of it --------------------------------------------------------------------------

    def _wanted(self):
        printed = self.dateline is not None and self.dateline.has_day
        self.year = "%Y" in self.stamp or not self.stamp and (not printed or self.dateline.has_year)
        time, precision = None, "none"
        if "%M" in self.stamp:
            time, precision = self.when.strftime("%Y-%m-%dT%H:%M") + self._offset(), "minute"
        elif self.stamp or printed:
            time, precision = self.when.strftime("%Y-%m-%d"), "day"
        whole = " ".join(" ".join(self.body).split())
        want = {"headline": self.title, "agency": self.agency, "by": self.by, "located": self.located,
                "country": self.country, "time": time, "precision": precision, "language": self.style.lang,
                "begins": whole[:60].rstrip(), "ends": whole[-50:].lstrip()}
        for key in ("credit", "copyright", "urgency", "slugline"):
            if getattr(self, key):
                want[key] = getattr(self, key)
        return want

    def _offset(self):
        if self.stamp in stamps.ZONED:
            return "%+03d:00" % stamps.ZONED[self.stamp]
        return stamps.offset(self.style.rules.zone(self.agency), self.when) if self.agency else ""
