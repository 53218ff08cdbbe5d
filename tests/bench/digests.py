# SPDX-License-Identifier: MIT
"""digests: drop files for measurements, 10 dispatches of 3 KB in each, no two alike, always the same.

    digests.py DIRECTORY FILES      writes FILES digest files there

Each dispatch begins with a line "Item 17 ...", which floor.c knows, in a habit that newswired reads, and says
words of two BEATS, so that it has about as many topics as floor.c gives: agency, feed, language, place, two
subjects."""
import functools
import os
import random
import sys

DISPATCHES = 10  # in a file
PARAGRAPHS = 6
SENTENCES = 8  # in a paragraph
WORDS = 9  # in a sentence

VOCABULARY = """
the a of in on with after before under between against and or but while that which said added noted will
would could has had been is are was were also still again minister office budget market street prices
wheat energy gas pipeline library hospital doctors match team coach concert museum weather storm garden
harbour summit session committee report draft notice majority company workers wages railway bridge road
airport orchard laboratory river forest village mayor region province capital week month spring autumn
morning evening first second last new old large small public private joint several many other common
recent early late local annual former next
""".split()

BEATS = """
earthquake floods drought wildfire vaccine measles parliament referendum ambassador ceasefire protesters
refugees inflation unemployment bankruptcy farmers airline broadband cybersecurity ransomware embezzlement
burglary astronauts telescope chess tennis basketball boxing gymnastics weightlifting wrestlers cathedral
""".split()


def sentence(rng, more=()):
    words = rng.choices(VOCABULARY, k=WORDS)
    words[1:1] = more
    return " ".join(words).capitalize() + "."


def dispatch(number):
    rng = random.Random(number)
    beats = rng.sample(BEATS, 2)
    title = "Item %d %s" % (number, " ".join(rng.choices(VOCABULARY, k=7)))
    time = "\u00a0%02d:%02d, 8 November 2023" % (number // 60 % 24, number % 60)
    paragraphs = [" ".join([sentence(rng, beats)] + [sentence(rng) for _ in range(SENTENCES - 1)])
                  for _ in range(PARAGRAPHS)]
    return "%s\n\n%s\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. %s\n" % (title, time, "\n\n".join(paragraphs))


@functools.lru_cache(maxsize=None)  # a bench writes the same files again and again
def digest(n):
    return "\n".join(dispatch(n * DISPATCHES + i) for i in range(DISPATCHES))


def write(directory, files):
    """Returns the names, in the order in which they are to be dropped."""
    names = ["digest-%06d.txt" % n for n in range(files)]
    for n, name in enumerate(names):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
            f.write(digest(n))
    return names


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write(sys.argv[1], int(sys.argv[2]))
