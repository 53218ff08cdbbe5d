# SPDX-License-Identifier: MIT
"""compare: which dispatch that newswired read is which wanted one, and which of its fields are right.

A wanted item is a line of NAME.want: headline, agency, by, located, country, time, precision, language,
begins, ends, and credit, copyright, urgency, slugline where they are printed. What is not named there is not
judged."""
import re

# In the order of the table. The time's offset has a row of its own; begins and ends are those of the body.
FIELDS = ("headline", "agency", "by", "located", "country", "time", "offset", "language", "begins", "ends",
          "credit", "copyright", "urgency", "slugline")
SURE = ("headline", "agency", "by", "located", "time", "begins",
        "ends")  # all of them right: a right dispatch
ALIKE = 0.6  # headlines that share so much of their words may be the same one


def squeeze(text):
    return " ".join((text or "").split())


def folded(name):
    return "".join(c for c in (name or "").casefold() if c.isalnum())


class Rules:
    """Which house a name means, as the shipped rules say: (section's name, zone)."""

    def __init__(self, path):
        self.houses = {}
        name, settings = None, {}
        for line in list(open(path, encoding="utf-8")) + ["[end]"]:
            section = re.match(r"\[(?:agency )?(.*)\]", line)
            if section:
                if name:
                    self._add(name, settings)
                name, settings = section.group(1), {}
            elif "=" in line and not line.startswith("#"):
                key, value = (part.strip() for part in line.split("=", 1))
                settings.setdefault(key, []).append(value)

    def _add(self, name, settings):
        for spelling in [name] + settings.get("alias", []):
            self.houses[folded(spelling)] = (name, settings.get("zone", [None])[0])

    def name(self, printed):
        return self.houses.get(folded(printed), (printed, None))[0]

    def zone(self, printed):
        return self.houses.get(folded(printed), (printed, None))[1]


def country_of(line):
    for topic in line.get("topics", []):
        place = re.match(r"place/([a-z]{2})/", topic)
        if place:
            return None if place.group(1) == "zz" else place.group(1)
    return None


def read(line):
    """A JSON line of newswired --parse in the words of a wanted item; the body whole."""
    ninjs = line["ninjs"]
    said = {key: ninjs.get(key) for key in ("by", "located", "language", "urgency", "slugline")}
    said["headline"] = ninjs.get("headlines", [{}])[0].get("value")
    said["agency"] = ninjs.get("infoSources", [{}])[0].get("name")
    said["body"] = squeeze(ninjs.get("bodies", [{}])[0].get("value"))
    said["country"] = country_of(line)
    said["credit"] = ninjs.get("edNote")
    said["copyright"] = ninjs.get("usageTerms")
    said["precision"] = line.get("timePrecision", "none")
    said["time"], said["offset"] = clock(ninjs.get("contentCreated"), said["precision"])
    said["confidence"] = line.get("confidence", 0.0)
    return said


def clock(printed, precision):
    """("2023-11-08T14:58", "+04:00"); the offset is None where no clock or no zone is known."""
    if not printed or precision == "none":
        return None, None
    if precision == "day":
        return printed[:10], None
    offset = re.search(r"(Z|[+-]\d\d:\d\d)$", printed)
    offset = offset and offset.group(1).replace("Z", "+00:00")
    return printed[:16], None if offset == "-00:00" else offset


def right(field, wanted, got):
    """True, False, or None where the item does not say what would be right."""
    if field == "offset":
        if wanted.get("precision") != "minute" or not wanted.get("time"):
            return None
        return clock(wanted["time"], "minute")[1] == got["offset"]
    if field not in wanted:
        return None
    want = wanted[field]
    if field == "time":
        precision = wanted.get("precision", "none")
        return (clock(want, precision)[0], precision) == (got["time"], got["precision"])
    if field == "begins":
        return got["body"].startswith(squeeze(want)) if want else got["body"] == ""
    if field == "ends":
        return got["body"].endswith(squeeze(want)) if want else got["body"] == ""
    if field == "agency":
        return folded(got["agency"]) in (folded(want), folded(wanted["house"]))
    if field in ("credit", "copyright"):  # with or without the words around the name
        want, have = folded(want), folded(got[field])
        return have == want or (have != "" and want != "" and (want in have or have in want))
    if field == "language":
        return (got["language"] or "")[:2] == (want or "")[:2]
    if field == "urgency":
        return got["urgency"] == want
    # Capitals do not say which of the two an Armenian "yev" was.
    return squeeze(got[field]).replace("և", "եվ") == squeeze(want).replace("և", "եվ")


def shown(field, item):
    """What --wrong prints of a field."""
    if field == "begins":
        return item["begins"] if "begins" in item else item["body"][:60]
    if field == "ends":
        return item["ends"] if "ends" in item else item["body"][-60:]
    if field == "time":
        return "%s (%s)" % (item["time"], item.get("precision"))
    if field == "offset" and "offset" not in item:
        return clock(item["time"], "minute")[1]
    return item.get(field)


def words(text):
    return set(re.findall(r"\w+", (text or "").casefold()))


def likeness(a, b):
    a, b = words(a), words(b)
    return len(a & b) / len(a | b) if a | b else 0.0


def overlap(wanted, got):
    """How much of the wanted item is in the dispatch; 0 = they are not the same."""
    score = likeness(wanted["headline"], got["headline"])
    score = score if score >= ALIKE else score / 10
    for key, weight in (("begins", 4), ("ends", 2)):
        if wanted.get(key) and squeeze(wanted[key]) in got["body"]:
            score += weight
    return score if score >= ALIKE else 0.0


def pairs(wanted, got):
    """The one-to-one assignment, in file order on both sides, with the greatest overlap: [(i, j)]."""
    best = [[0.0] * (len(got) + 1) for _ in range(len(wanted) + 1)]
    score = [[overlap(w, g) for g in got] for w in wanted]
    for i in range(len(wanted)):
        for j in range(len(got)):
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + score[i][j])
    found, i, j = [], len(wanted), len(got)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def missing(wanted, i, got):
    """Why the dispatch is not the wanted item i, "" when it is: its body has the item's begin and end, and no
    other item's begin."""
    item, body = wanted[i], got["body"]
    if "begins" not in item:
        return ""
    begins, ends = squeeze(item["begins"]), squeeze(item["ends"])
    at = body.find(begins)
    if at < 0:
        return "the body lacks its beginning"
    if body.find(ends, at) < 0:
        return "the body lacks its end"
    for k, other in enumerate(wanted):
        begin = squeeze(other["begins"])
        if k != i and begin and begin in body[:at] + "\0" + body[at + 1:]:
            return "the body holds item %d as well" % (k + 1)
    return ""
