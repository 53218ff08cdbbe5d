# SPDX-License-Identifier: MIT
"""digests: drop files for measurements, no two dispatches alike, always the same ones.

    digests.py DIRECTORY FILES [short]      writes FILES digest files there

LONG: 10 dispatches of 3 KB in a file. SHORT: 100 of 300 bytes. Each dispatch begins with a line "Item 17 ...",
which floor.c knows, in a habit that newswired reads, and says words of two BEATS, so that it has about as many
topics as floor.c gives: agency, feed, language, place, two subjects."""
import collections
import functools
import os
import random
import sys

Style = collections.namedtuple("Style", "dispatches paragraphs sentences")
LONG = Style(10, 6, 8)
SHORT = Style(100, 1, 2)
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


def dispatch(number, style):
    rng = random.Random(number * 2 + (style is SHORT))
    beats = rng.sample(BEATS, 2)
    title = "Item %d %s" % (number, " ".join(rng.choices(VOCABULARY, k=7)))
    time = "\u00a0%02d:%02d, 8 November 2023" % (number // 60 % 24, number % 60)
    paragraphs = [" ".join([sentence(rng, beats)] + [sentence(rng) for _ in range(style.sentences - 1)])
                  for _ in range(style.paragraphs)]
    return "%s\n\n%s\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. %s\n" % (title, time, "\n\n".join(paragraphs))


@functools.lru_cache(maxsize=4096)  # a bench writes the same files again and again
def digest(n, style=LONG):
    return "\n".join(dispatch(n * style.dispatches + i, style) for i in range(style.dispatches))


def write(directory, numbers, style=LONG):
    """Writes the files of these numbers, on the disk when it returns: their write-back is not what is measured.
    Returns their paths in the order in which they are to be dropped, and their bytes."""
    paths = [os.path.join(directory, "digest-%06d.txt" % n) for n in numbers]
    size = 0
    for n, path in zip(numbers, paths):
        with open(path, "w", encoding="utf-8") as f:
            size += f.write(digest(n, style))
    os.sync()
    return paths, size


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    write(sys.argv[1], range(int(sys.argv[2])), SHORT if sys.argv[3:] == ["short"] else LONG)
