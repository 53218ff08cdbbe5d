#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""score: how well newswired reads digests, in figures. Runs `newswired --parse` on each NAME.in of a set and
compares with NAME.want (JSON Lines; compare.py says what is in it). The sets: dev, to tune with; held, of
which nobody sees more than totals; and generated, made anew by generate.py. NAME.arrival, where there is one, holds
the time of arrival.

An item is found when a dispatch's body has its beginning and its end and no other item's beginning."""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

import compare
import generate

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(TOP, "tests/data/score")
RULES = os.path.join(TOP, "daemon/rules/agencies.rules")
HELD_TO = ("agency", "by", "located", "time", "begins", "ends")  # what --at-least judges beside the items
BINS = (0.0, 0.5, 0.7, 0.9, 1.01)
NAMES = {"time": "date-time", "begins": "body begins", "ends": "body ends"}
BATCH = 50  # files given to one newswired


def wanted_of(path, rules):
    items = [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]
    for item in items:
        item["house"] = rules.name(item.get("agency"))
    return items


def parse(newswired, directory, names):
    """{name: [dispatch]}, everything in the words of compare.read()."""
    read = {name: [] for name in names}
    runs = collections.defaultdict(list)  # files of one arrival can be read by one newswired
    for name in names:
        arrival = os.path.join(directory, name + ".arrival")
        runs[open(arrival).read().strip() if os.path.exists(arrival) else None].append(name)
    for arrival, run in runs.items():
        for start in range(0, len(run), BATCH):
            files = [os.path.join(directory, name + ".in") for name in run[start:start + BATCH]]
            command = [newswired, "--parse"] + (["--arrival", arrival] if arrival else []) + files
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            if done.returncode not in (0, 3):
                print("%s ended with %d: %s" % (newswired, done.returncode, done.stderr.decode()),
                      file=sys.stderr)
            for line in done.stdout.decode("utf-8", "replace").splitlines():
                line = json.loads(line)
                read[line["origin"]["file"][:-len(".in")]].append(compare.read(line))
    return read


class Score:
    """The sums of a set."""

    def __init__(self, name):
        self.name = name
        self.files = self.wanted = self.read = self.found = 0
        self.all = {field: [0, 0] for field in compare.FIELDS}  # right, judged: of all wanted items
        self.of_found = {field: [0, 0] for field in compare.FIELDS}
        self.bins = [[0, 0] for _ in BINS[1:]]  # right, dispatches
        self.wrong = []  # {"file", "item", "field", "wanted", "got"}

    def add(self, name, wanted, got):
        self.files += 1
        self.wanted += len(wanted)
        self.read += len(got)
        right, paired = set(), dict(compare.pairs(wanted, got))
        for i, item in enumerate(wanted):
            j = paired.get(i)
            why = "no dispatch is like it" if j is None else compare.missing(wanted, i, got[j])
            if why:
                self.wrong.append({"file": name, "item": i + 1, "field": "missed", "wanted": item["headline"],
                                   "got": why})
            if self._fields(name, i, item, None if why else got[j]):
                right.add(j)
        for j in sorted(set(range(len(got))) - set(paired.values())):
            self.wrong.append({"file": name, "item": j + 1, "field": "not wanted", "wanted": None,
                               "got": got[j]["headline"] or got[j]["body"][:60]})
        for j, dispatch in enumerate(got):
            place = sum(dispatch["confidence"] >= floor for floor in BINS[1:-1])
            self.bins[place][0] += j in right
            self.bins[place][1] += 1

    def _fields(self, name, i, item, got):
        """Counts; got None: a missed item is wrong in every field. True when all of compare.SURE is right."""
        self.found += got is not None
        sure = got is not None
        empty = compare.read({"ninjs": {}})
        for field in compare.FIELDS:
            ok = compare.right(field, item, got or empty)
            if ok is None:
                continue
            self.all[field][0] += ok and got is not None
            self.all[field][1] += 1
            if got is None:
                continue
            self.of_found[field][0] += ok
            self.of_found[field][1] += 1
            if not ok:
                sure = sure and field not in compare.SURE
                self.wrong.append({"file": name, "item": i + 1, "field": field,
                                   "wanted": compare.shown(field, item), "got": compare.shown(field, got)})
        return sure

    def rates(self):
        """(precision, recall, F1)"""
        precision, recall = ratio(self.found, self.read), ratio(self.found, self.wanted)
        return precision, recall, ratio(2 * precision * recall, precision + recall)

    def below(self, target):
        rows = {"items F1": self.rates()[2]}
        rows.update((NAMES.get(f, f), ratio(*self.all[f])) for f in HELD_TO if self.all[f][1])
        return ["%s: %s is %.1f %%" % (self.name, row, 100 * rate) for row,
                rate in rows.items() if rate < target]

    def report(self):
        out = {"files": self.files, "wanted": self.wanted, "read": self.read, "found": self.found}
        out.update(zip(("precision", "recall", "f1"), self.rates()))
        out["fields"] = {f: {"right": self.all[f][0], "of": self.all[f][1], "of_found": self.of_found[f][1]}
                         for f in compare.FIELDS}
        out["confidence"] = [{"from": floor, "right": b[0], "of": b[1]} for floor, b in zip(BINS, self.bins)]
        if self.name != "held":
            out["wrong"] = self.wrong
        return out


def ratio(part, whole):
    return part / whole if whole else 0.0


def percent(right, of):
    return "%5d/%-5d %5.1f %%" % (right, of, 100 * ratio(right, of)) if of else "%19s" % "-"


def show(score):
    print("%s: %d files, %d items wanted, %d read, %d found" % (
        score.name, score.files, score.wanted, score.read, score.found))
    print("  %-12s precision %.1f %%   recall %.1f %%   F1 %.1f %%" % (
        ("items",) + tuple(100 * rate for rate in score.rates())))
    print("  %-12s %19s   %19s" % ("field", "of all wanted", "of those found"))
    for field in compare.FIELDS:
        if score.all[field][1]:
            print("  %-12s %s   %s" % (NAMES.get(field, field), percent(*score.all[field]),
                                       percent(*score.of_found[field])))
    print("  %-12s %19s" % ("confidence", "all right"))
    for floor, ceiling, (right, of) in zip(BINS, BINS[1:], score.bins):
        print("  %-12s %s" % ("%.1f to %.1f" % (floor, min(ceiling, 1)), percent(right, of)))
    print()


def show_wrong(score):
    if score.name == "held":
        print("held: what is wrong there is not shown, or it would be no test\n")
        return
    last = None
    for w in score.wrong:
        if w["file"] != last:
            last = w["file"]
            print("%s.in" % last)
        print("  %3d %-11s %r" % (w["item"], w["field"], w["got"]) if w["wanted"] is None
              and w["field"] == "not wanted"
              else "  %3d %-11s wanted %r\n      %-11s got    %r" % (w["item"], w["field"], w["wanted"], "",
                                                                     w["got"]))
    print()


def score_set(name, directory, newswired, rules):
    score = Score(name)
    names = sorted(f[:-len(".in")] for f in os.listdir(directory) if f.endswith(".in"))
    read = parse(newswired, directory, names)
    for each in names:
        score.add(each, wanted_of(os.path.join(directory, each + ".want"), rules), read[each])
    return score


def main():
    options = argparse.ArgumentParser(description="How well newswired reads digests: a table per set.")
    options.add_argument("--set", action="append", metavar="NAME",
                         help="dev, held, generated, or a directory of .in and .want (all three)")
    options.add_argument("--wrong", action="store_true", help="list what is wrong (never of held)")
    options.add_argument("--json", metavar="FILE", help="write all figures there as well")
    options.add_argument("--at-least", type=float, metavar="SHARE", help="fail when a set is below, as 0.97")
    options.add_argument("--newswired", default=os.path.join(TOP, "build/newswired"))
    options.add_argument("--rules", default=RULES, help="agencies.rules, for names and zones")
    options.add_argument("--items", type=int, default=600, help="how many dispatches to generate")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--keep", metavar="DIRECTORY", help="write the generated set there and leave it")
    o = options.parse_args()
    rules = compare.Rules(o.rules)
    scores = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in o.set or ["dev", "held", "generated"]:
            directory = os.path.join(DATA, name) if name in ("dev", "held") else name
            if name == "generated":
                directory = o.keep or scratch
                generate.write(directory, o.items, o.seed, rules)
            if not os.path.isdir(directory):
                print("%s: not there\n" % name)
                continue
            if os.path.basename(os.path.realpath(directory)) == "held":
                name = "held"  # by whatever path
            scores.append(score_set(name, directory, o.newswired, rules))
    for score in scores:
        show(score)
        if o.wrong:
            show_wrong(score)
    if o.json:
        with open(o.json, "w", encoding="utf-8") as f:
            json.dump({score.name: score.report() for score in scores}, f, ensure_ascii=False, indent=1)
    below = [line for score in scores for line in score.below(o.at_least)] if o.at_least else []
    for line in below:
        print("below %.1f %%: %s" % (100 * o.at_least, line))
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
