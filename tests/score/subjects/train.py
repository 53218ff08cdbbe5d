#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""train: makes daemon/rules/subjects.rules, the weights of words for subjects.

    train.py --news AG_NEWS.csv --topics MEDIATOPICS.tsv >daemon/rules/subjects.rules
    train.py --news AG_NEWS.csv --topics MEDIATOPICS.tsv --cross 5

A multinomial logistic regression over the words of headline and text as daemon/pure/subjects.c counts them, trained
with three kinds of example: news with one of four labels, of which "World" may be any of several subjects; the labels
and definitions of the IPTC Media Topics; and our own words of a subject (*.words beside this file), each an example by
itself, so that what the news of one year do not say is known too. Words of other languages than English are no
examples: they get the weight that such a word has in English. --cross N judges with N parts, each left out in turn.
Needs Debian's python3-numpy."""
import argparse
import collections
import csv
import glob
import html
import os
import re
import sys
import unicodedata

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TOPICS = {  # name: topic, group, least share of the group in hundredths
    "sport": ("sport", None, 45),
    "economy": ("economy-business-and-finance", None, 53),
    "science": ("science-and-technology", None, 50),
    "politics": ("politics-and-government", "affairs", 48),
    "conflict": ("conflict-war-and-peace", "affairs", 48),
    "culture": ("arts-culture-entertainment-and-media", None, 60),
    "crime": ("crime-law-and-justice", None, 60),
    "disaster": ("disaster-accident-and-emergency-incident", None, 60),
    "health": ("health", None, 60),
    "other": (None, None, 100),
}
NAMES = list(TOPICS)
# What "World" may be, and how likely each is before a word was read.
WORLD = {"politics": 1.0, "conflict": 1.0, "crime": 0.3, "disaster": 0.3, "health": 0.1, "culture": 0.1}
LABELS = {"1": WORLD, "2": {"sport": 1.0}, "3": {"economy": 1.0}, "4": {"science": 1.0}}
MEDIATOPICS = {"01": "culture", "02": "crime", "03": "disaster", "04": "economy", "07": "health", "11": "politics",
               "13": "science", "15": "sport", "16": "conflict"}  # the others are "other"
HEADLINE = 1.5  # SUBJECTS_HEADLINE over SUBJECTS_BODY
SEEN = 3        # news that must have a word, if it is none of ours
RIDGE, WORD, TOPIC = 0.25, 2.0, 0.3  # pull to zero; what an example of our own, of Media Topics weighs (news: 1)
KEPT = 25     # hundredths: words with smaller weights are left out
# Marks of the sources, and words that say when: no subject.
SAID = """ap afp reuters upi cp com www http quot amp lt gt href fullquote newsfactor washingtonpost usatoday space
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december today yesterday tomorrow said says say week month year years time day days new news
    one two three four five six seven eight nine ten first second third last""".split()
STOP = """a about after against all also although am among an and any are around as at back be because been before being
    between both but by can could did do does doing down during each even few for from further get go going had has have
    having he her here hers him his how however if in into is it its itself just like made make many may me might more
    most much must my near next no nor not now of off on once only or other our out over own per put re same she should
    since so some still such take than that the their them then there these they this those though through to too under
    until up upon us use very via was way we well were what when where which while who whom why will with within without
    would yet you your""".split()
TOKEN = re.compile(r"[^\W_]+")


def folded(text):
    """Near enough to text_fold() for words."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def words(text):
    return [w for w in TOKEN.findall(folded(text)) if len(w) > 1 and not w.isdigit()]


def clean(text):
    text = re.sub(r" ?#(\d+);", lambda m: chr(int(m.group(1))), text.replace("\\", " "))
    return html.unescape(re.sub(r"&lt;.*?&gt;|<[^>]*>|https?://\S+", " ", text))


def news(path):
    """[(subjects allowed, headline, text)], without the marks of the sources."""
    rows = []
    for label, headline, text in csv.reader(open(path, encoding="utf-8")):
        headline = re.sub(r"\s*\([^()]*\)\s*$", "", clean(headline))
        text = re.sub(r"^.{0,60}?\((AP|Reuters|AFP|CP|SPACE\.com)\)\s*-+\s*|^[\w. ]{2,25} - ", "", clean(text))
        rows.append((LABELS[label], headline, text))
    return rows


def media_topics(path):
    for row in csv.DictReader(open(path, encoding="utf-8"), delimiter="\t"):
        yield row


def of_top(path):
    """[(subject, label and definition)] of every topic."""
    rows = {row["qcode"]: row for row in media_topics(path)}
    out = []
    for code, row in rows.items():
        top = row
        while top["broader"] and top["broader"].split()[0] in rows:
            top = rows[top["broader"].split()[0]]
        out.append((MEDIATOPICS.get(top["qcode"][7:9], "other"), row["label_en"], row.get("definition_en") or ""))
    return out


def own_words(language):
    """{word: {subject, ...}}, stems with their star."""
    found = collections.defaultdict(set)
    for line in open(os.path.join(HERE, language + ".words"), encoding="utf-8"):
        subject, colon, rest = line.partition(":")
        if line.startswith("#") or not colon:
            continue
        for word in rest.split():
            parts = words(word) if language == "en" else TOKEN.findall(word)
            for part in [p for p in parts if language != "en" or p not in STOP]:
                found[part + ("*" if word.endswith("*") and part == parts[-1] else "")].add(subject)
    return found


class Examples:
    """Vectors of length 1, as rows of (word, value), with the subjects that each may be."""

    def __init__(self, vocabulary):
        self.vocabulary, self.rows, self.allowed, self.weights = vocabulary, [], [], []

    def add(self, subjects, headline, text, weight):
        row = {self.vocabulary[w]: 1.0 for w in words(text) if w in self.vocabulary}
        row.update({self.vocabulary[w]: float(HEADLINE) for w in words(headline) if w in self.vocabulary})
        self.rows.append(row)
        self.allowed.append([subjects.get(name, 0.0) for name in NAMES])
        self.weights.append(weight)

    def seal(self):
        lengths = [sum(v * v for v in row.values()) ** 0.5 or 1 for row in self.rows]
        self.row = np.repeat(np.arange(len(self.rows)), [len(row) for row in self.rows])
        self.word = np.array([w for row in self.rows for w in row], int)
        self.value = np.array([v / n for row, n in zip(self.rows, lengths) for v in row.values()])
        self.allowed, self.weights = np.array(self.allowed), np.array(self.weights)
        return self

    def scores(self, w):
        columns = [np.bincount(self.row, self.value * w[self.word, k], len(self.rows)) for k in range(w.shape[1])]
        return np.stack(columns, 1) + w[-1]

    def back(self, g):
        size = len(self.vocabulary)
        columns = [np.bincount(self.word, self.value * g[self.row, k], size) for k in range(g.shape[1])]
        return np.vstack([np.stack(columns, 1), g.sum(0)])


def shares(scores):
    p = np.exp(scores - scores.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def train(examples, rounds=250):
    """Weights, a row a word and the last for the priors: the likeliest for the subjects allowed, by Adam."""
    w = np.zeros((len(examples.vocabulary) + 1, len(NAMES)))
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, rounds + 1):
        p = shares(examples.scores(w))
        q = p * examples.allowed
        q /= q.sum(1, keepdims=True)
        g = (examples.back((q - p) * examples.weights[:, None]) - RIDGE * w) / examples.weights.sum()
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
        w += (0.15 * (1 - t / rounds) + 0.002) * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.99 ** t)) + 1e-8)
    return w


def vocabulary(rows, ours):
    seen = collections.Counter(w for _, headline, text in rows for w in set(words(headline + " " + text)))
    kept = {w for w, n in seen.items() if n >= SEEN and w not in SAID and w not in STOP}
    return {w: i for i, w in enumerate(sorted(kept | set(ours)))}


def learn(rows, topics, ours):
    examples = Examples(vocabulary(rows, ours))
    for subjects, headline, text in rows:
        examples.add(subjects, headline, text, 1.0)
    for subject, label, definition in topics:
        examples.add({subject: 1.0}, label, definition, TOPIC)
    for word, subjects in ours.items():
        examples.add(dict.fromkeys(subjects, 1.0), word, "", WORD)
    return examples.vocabulary, train(examples.seal())


def label_of(subjects):
    return "world" if len(subjects) > 1 else next(iter(subjects))


def cross(rows, topics, ours, parts):
    """Prints how well each part is told by what was learned from the others."""
    right, told = collections.Counter(), collections.Counter()
    wanted = collections.Counter(label_of(subjects) for subjects, _, _ in rows)
    for part in range(parts):
        vocabulary_, w = learn([r for i, r in enumerate(rows) if i % parts != part], topics, ours)
        left = Examples(vocabulary_)
        for subjects, headline, text in rows[part::parts]:
            left.add(subjects, headline, text, 1.0)
        for p, (subjects, _, _) in zip(shares(left.seal().scores(w)), rows[part::parts]):
            share = dict(zip(NAMES, p))
            share["world"] = share.pop("politics") + share.pop("conflict")
            best = max(share, key=share.get)
            name = label_of(subjects)
            least = TOPICS["politics" if best == "world" else best][2] / 100
            if share[best] >= least and best in wanted:
                told[best] += 1
                right[best] += best == name
    for name, n in wanted.items():
        p, r = right[name] / max(1, told[name]), right[name] / n
        print("%-10s precision %.3f recall %.3f F1 %.3f" % (name, p, r, 2 * p * r / max(1e-9, p + r)))


def line(word, values):
    kept = ["%s %d" % (name, round(100 * v)) for name, v in zip(NAMES, values) if abs(round(100 * v)) >= KEPT]
    return "%s = %s" % (word, " ".join(kept)) if kept else None


def print_rules(vocabulary_, w, ours):
    print(open(os.path.join(HERE, "head.rules"), encoding="utf-8").read(), end="")
    for name, prior in zip(NAMES, w[-1]):
        topic, group, least = TOPICS[name]
        print("\n[subject %s]" % name)
        if topic:
            print("topic = subject/%s" % topic)
        if group:
            print("group = %s" % group)
        print("prior = %d\nleast = %d" % (round(100 * prior), least))
    print("\n[weights]")
    for word, i in sorted(vocabulary_.items()):
        if line(word, w[i]):
            print(line(word, w[i]))
    # What a word of ours has on average, for its own subject and for the others.
    single = [(w[vocabulary_[word]], NAMES.index(next(iter(s)))) for word, s in ours.items() if len(s) == 1]
    own = {k: np.mean([row[k] for row, subject in single if subject == k]) for k in range(len(NAMES))}
    for path in sorted(glob.glob(os.path.join(HERE, "*.words"))):
        language = os.path.basename(path)[:-len(".words")]
        if language == "en":
            continue
        print("\n[weights %s]" % language)
        for word, subjects in sorted(own_words(language).items()):
            values = [own[k] / len(subjects) if name in subjects else 0 for k, name in enumerate(NAMES)]
            print(line(word, values))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--news", required=True)
    options.add_argument("--topics", required=True)
    options.add_argument("--cross", type=int, default=0)
    options = options.parse_args()
    rows, topics, ours = news(options.news), of_top(options.topics), own_words("en")
    if options.cross:
        cross(rows, topics, ours, options.cross)
    else:
        print_rules(*learn(rows, topics, ours), ours)


if __name__ == "__main__":
    sys.exit(main())
