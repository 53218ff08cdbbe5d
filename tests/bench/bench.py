# SPDX-License-Identifier: MIT
"""bench: newswired beside the floors of this directory (and beside peers, where they are installed), alternating,
in one run: absolute figures of a machine do not travel, ratios do.

    bench.py [--quick] [--rounds N] [--only NAME,...]     measures, prints the table of goals
    bench.py --table                                      prints it again from what was measured last

Each measurement has a store, a spool and processes of its own, and is kept in build/bench/NAME.json; all figures of
the table are in build/bench/goals.json."""
import argparse
import contextlib
import json
import os
import sys
import time

import fanout
import goals
import growth
import intake
import machine
import parse
import replay
import stages
import waiting
from wire import BENCH

ROOMS = [intake, parse, replay, fanout, waiting, growth, stages]


SIZES = {  # name of the option: quick, whole, words
    "rounds": (2, 3, "times that everything is measured"),
    "files": (500, 2000, "digest files of a backlog"),
    "singles": (100, 500, "single files for the latency"),
    "copies": (2000, 10000, "dispatches that are sent to many subscribers"),
    "replay": (500, 10000, "digest files that are replayed"),
    "names": (20000, 100000, "files that wait at the start"),
    "rows": (30000, 300000, "dispatches in the store that has grown; a fifth of them of 3 KB"),
    "seconds": (2, 6, "for the parser"),
}


def arguments():
    parser = argparse.ArgumentParser(description="Measures newswired beside floors and peers.")
    parser.add_argument("--quick", action="store_true", help="less of everything: under two minutes")
    parser.add_argument("--table", action="store_true", help="measure nothing, print the table")
    parser.add_argument("--only", help="names of measurements, with commas")
    for name, (_, _, words) in SIZES.items():
        parser.add_argument("--" + name, type=int, help=words)
    options = parser.parse_args()
    for name, (quick, whole, _) in SIZES.items():
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
    return options


def grouped(options, stack):
    """name of the measurement -> [(program, call)]"""
    found = {}
    for room in ROOMS:
        for name, program, call in room.measure(options, stack):
            if options.only is None or name in options.only.split(","):
                found.setdefault(name, []).append((program, call))
    return found


def measure(name, calls, rounds):
    """figures[program] is a list with what each round gave. The order turns around from round to round."""
    figures = {program: [] for program, _ in calls}
    for n in range(rounds):
        for program, call in calls if n % 2 == 0 else calls[::-1]:
            got = call()
            figures[program].append(got)
            told = ", ".join("%s %.4g" % (key, value) for key, value in got.items() if isinstance(value, (int, float)))
            print("# round %d, %s, %s: %s" % (n + 1, name, program, told), file=sys.stderr, flush=True)
    return figures


def keep(name, content):
    with open(os.path.join(BENCH, name + ".json"), "w") as f:
        json.dump(content, f, indent=1)


def run(options):
    """Measures, keeps and returns."""
    results = {}
    with contextlib.ExitStack() as stack:
        for name, calls in grouped(options, stack).items():
            where = {"machine": machine.line(), "taken": time.strftime("%Y-%m-%d %H:%M"), "options": vars(options)}
            results[name] = dict(where, figures=measure(name, calls, options.rounds))
            keep(name, results[name])
    return results


def main():
    options = arguments()
    os.makedirs(BENCH, exist_ok=True)
    results = goals.load(BENCH) if options.table else run(options)
    for line in sorted({"%s, %s" % (r["taken"][:10], r["machine"].split("; load")[0]) for r in results.values()}):
        print(line)
    print(goals.table(results))
    if "stages" in results:
        print("\n" + stages.table(results["stages"]))
    keep("goals", goals.summary(results))


if __name__ == "__main__":
    main()
