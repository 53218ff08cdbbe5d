#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""generate: writes digests nobody has seen, with what is in them: NAME.in, NAME.want and, where no year is
printed, NAME.arrival.

The same seed and the same rules give the same files. What no careful reader could solve is not written: an
item without a headline behind an unmarked end, a day and a month in figures that nothing in the file tells
apart."""
import argparse
import codecs
import datetime
import json
import os
import random
import sys

import compare
import item
import lexis
import stamps
import style

SIZES = (1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 15, 25)
CHARSETS = {"ru": {"utf-8": 4, "utf-8-sig": 1, "windows-1251": 4, "utf-16": 1},
            "hy": {"utf-8": 4, "utf-8-sig": 1, "utf-16": 1},
            "en": {"utf-8": 7, "utf-8-sig": 1, "windows-1252": 2, "utf-16": 1, "utf-16-be": 1}}
WESTERN = {"utf-8": 4, "utf-8-sig": 1, "latin-1": 3, "windows-1252": 1}
MASTHEADS = [["The Example Daily News Digest", "{day}", "=" * 50],
             ["CAUCASUS NEWS ROUNDUP", "Issue No. 45", "-" * 60]]
FEET = [["-- ", "To unsubscribe, send a message to lists@example.org"],
        ["=" * 40, "You receive this digest because you subscribed to it."]]
PAGE = ["Skip to main content", "Home", "News", "About us", "Search"]


def contents(rng, items):
    """The list of headlines on top."""
    marks = rng.choice((lambda n: "%d. " % n, lambda n: "* ", lambda n: "- ", lambda n: "%2d) " % n,
                        lambda n: ""))
    head = rng.choice(("CONTENTS", "Today's headlines:", "In this issue:", "HEADLINES"))
    listed = [marks(n + 1) + each.title for n, each in enumerate(items) if each.title]
    return [head, ""] + listed + ["", rng.choice(("-" * 40, "=" * 40, "* * *")), ""]


def calendar(rng, style, count):
    """The items' times, in order; days in figures can be told from months by at least one of them."""
    first = datetime.datetime(rng.randint(2004, 2023), rng.randint(1, 12), rng.randint(1, 26),
                              rng.randint(7, 18), rng.randint(0, 59))
    if stamps.IN_FIGURES.search(style.stamp):
        first = first.replace(day=rng.randint(13, 26) if count < 8 else 12)
    step = 3 if count < 8 or first.day != 12 else 6
    times = [first + datetime.timedelta(hours=step * i, minutes=rng.randint(0, 170)) for i in range(count)]
    return times if rng.random() < 0.7 or "%m" in style.stamp else times[::-1]


def digest(rng, count, rules):
    """(lines, wanted items, arrival or None, language)"""
    common = style.Style(rng, rules)
    times = calendar(rng, common, count)
    items = [item.Item(rng, common, when) for when in times]
    lines = []
    if rng.random() < 0.06:
        lines += [each.format(day=stamps.write("%W, %N %f, %Y", times[0], "en"))
                  for each in rng.choice(MASTHEADS)] + [""]
    if count > 2 and common.lang == "en" and not common.tight and rng.random() < 0.1:
        lines += contents(rng, items)
    elif common.kind == "listing" and rng.random() < 0.06:
        lines = PAGE + [""]
    for n, each in enumerate(items):
        if n:
            lines += [""] * common.gap + ([common.rule] + [""] * min(common.gap, 2) if common.rule else [])
        lines += each.lines
    if common.width and rng.random() < 0.1:
        lines += [""] + rng.choice(FEET)
    if common.width and rng.random() < 0.12:  # quoted in a mail
        lines = [(rng.choice((">", "> ")) if not line else "> " + line) for line in lines]
    arrival = None
    if not all(each.year for each in items):
        arrival = (max(times) + datetime.timedelta(days=rng.randint(1, 20))).strftime("%Y-%m-%dT12:00:00Z")
    return lines, [each.want for each in items], arrival, common.lang


def encoded(rng, lines, lang):
    text = rng.choice(("\n", "\n", "\n", "\r\n")).join(lines + [""])
    charset = style.pick(rng, CHARSETS.get(lang, WESTERN))
    try:
        return (codecs.BOM_UTF16_BE if charset == "utf-16-be" else b"") + text.encode(charset)
    except UnicodeEncodeError:
        return text.encode("utf-8")


def write(directory, count, seed, rules):
    """Files with `count` dispatches or a few more. Returns how many."""
    os.makedirs(directory, exist_ok=True)
    number = total = 0
    while total < count:
        rng = random.Random("%d %d" % (seed,
                                       number))  # each file of its own: a change of one leaves the others
        make = lexis.export if rng.random() < 0.06 else digest
        lines, wanted, arrival, lang = make(rng, rng.choice(SIZES), rules)
        path = os.path.join(directory, "generated-%04d" % number)
        with open(path + ".in", "wb") as f:
            f.write(encoded(rng, lines, lang))
        with open(path + ".want", "w", encoding="utf-8") as f:
            f.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in wanted)
        if arrival:
            with open(path + ".arrival", "w", encoding="ascii") as f:
                f.write(arrival + "\n")
        number += 1
        total += len(wanted)
    return total


def main():
    options = argparse.ArgumentParser(description="Writes digests with known fields.")
    options.add_argument("directory")
    options.add_argument("--items", type=int, default=600)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--rules", default="daemon/rules/agencies.rules",
                         help="for names and zones of agencies")
    o = options.parse_args()
    print("%d dispatches" % write(o.directory, o.items, o.seed, compare.Rules(o.rules)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
