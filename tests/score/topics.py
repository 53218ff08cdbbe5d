#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""topics: how well newswired finds what a dispatch is about, a table per labelled set.

    topics.py [--newswired PROGRAM] [--wrong N] SET...

A set is a .tsv of label, headline and text; a .csv as AG News has it (a figure for a label); the .sgm of Reuters-21578 (of
which those with a topic are economy); or a directory with one of texts per label, the headline their first line. What is
no sport, economy, science or world (politics, conflict) is there to be left alone. Each item is a file of its own for
`newswired --parse`. A subject is right when the item's label is the same; world, when politics or conflict is."""
import argparse
import collections
import csv
import glob
import html
import json
import os
import re
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OWN = os.path.join(TOP, "tests/data/topics/own.tsv")
LABELS = {"1": "world", "2": "sport", "3": "economy", "4": "science", "business": "economy", "politics": "world",
          "tech": "science", "technology": "science", "conflict": "world"}
JUDGED = ("sport", "economy", "science", "world")
GIVEN = {"sport": "sport", "economy-business-and-finance": "economy", "science-and-technology": "science",
         "politics-and-government": "world", "conflict-war-and-peace": "world",
         "arts-culture-entertainment-and-media": "entertainment"}
BATCH = 400


def label_of(text):
    return LABELS.get(text.lower(), text.lower())


def of_reuters(path):
    text = open(path, encoding="latin-1").read()
    for item in re.findall(r"<REUTERS.*?</REUTERS>", text, re.S):
        title, body = re.search(r"<TITLE>(.*?)</TITLE>", item, re.S), re.search(r"<BODY>(.*?)</BODY>", item, re.S)
        if title and body and re.search(r"<TOPICS><D>", item):
            yield "economy", html.unescape(title[1]), html.unescape(body[1])


def items(path):
    """(label, headline, text) of a set."""
    if os.path.isdir(path):
        for name in sorted(glob.glob(os.path.join(path, "*", "*.txt"))):
            headline, _, text = open(name, encoding="utf-8", errors="replace").read().strip().partition("\n")
            yield label_of(os.path.basename(os.path.dirname(name))), headline, text
    elif path.endswith(".sgm"):
        yield from of_reuters(path)
    elif path.endswith(".csv"):
        for label, headline, text in csv.reader(open(path, encoding="utf-8")):
            text = re.sub(r" ?#(\d+);", lambda m: chr(int(m.group(1))), text.replace("\\", " "))
            headline = re.sub(r" ?#(\d+);", lambda m: chr(int(m.group(1))), headline.replace("\\", " "))
            yield label_of(label), html.unescape(headline), html.unescape(text)
    else:
        for line in open(path, encoding="utf-8"):
            if not line.startswith("#"):
                label, headline, text = line.rstrip("\n").split("\t")
                yield label_of(label), headline, text


def subjects_of(newswired, rows):
    """The set of labels given to each."""
    given = []
    for start in range(0, len(rows), BATCH):
        found = collections.defaultdict(set)
        with tempfile.TemporaryDirectory() as directory:
            names = []
            for i, (_, headline, text) in enumerate(rows[start:start + BATCH]):
                names.append(os.path.join(directory, "%d.txt" % i))
                with open(names[-1], "w", encoding="utf-8") as f:
                    f.write("%s\n\n%s\n" % (" ".join(headline.split()), text.strip()))
            done = subprocess.run([newswired, "--parse"] + names, stdout=subprocess.PIPE, check=False)
            if done.returncode not in (0, 3):
                raise SystemExit("%s ended with %d" % (newswired, done.returncode))
            for line in done.stdout.decode("utf-8", "replace").splitlines():
                line = json.loads(line)
                tops = {topic.split("/")[1] for topic in line["topics"] if topic.startswith("subject/")}
                found[line["origin"]["file"]] |= {GIVEN.get(top, top) for top in tops}
        given += [found["%d.txt" % i] for i in range(len(names))]
    return given


def table(name, rows, given):
    print("%s: %d items" % (os.path.basename(name), len(rows)))
    scores = []
    for label in JUDGED:
        told = sum(label in g for g in given)
        wanted = sum(row[0] == label for row in rows)
        right = sum(row[0] == label and label in g for row, g in zip(rows, given))
        p, r = right / max(1, told), right / max(1, wanted)
        if wanted:
            scores.append(2 * p * r / max(1e-9, p + r))
            print("  %-10s given %5d  precision %.3f  recall %.3f  F1 %.3f" % (label, told, p, r, scores[-1]))
        elif told:
            print("  %-10s given %5d, and none is one" % (label, told))
    none = sum(not g & set(JUDGED) for g in given)
    print("  macro-F1 %.3f; %d of %d were given none of these" % (sum(scores) / max(1, len(scores)), none, len(rows)))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--newswired", default=os.path.join(TOP, "build/newswired"))
    options.add_argument("--wrong", type=int, default=0, help="shows that many")
    options.add_argument("sets", nargs="*", default=[OWN])
    options = options.parse_args()
    for path in options.sets:
        rows = list(items(path))
        given = subjects_of(options.newswired, rows)
        table(path, rows, given)
        wrong = [(row, g) for row, g in zip(rows, given) if (g & set(JUDGED)) != {row[0]} & set(JUDGED)]
        for row, g in wrong[:options.wrong]:
            print("  %s, given %s: %s | %s" % (row[0], ", ".join(sorted(g)) or "none", row[1], row[2][:150]))


if __name__ == "__main__":
    main()
