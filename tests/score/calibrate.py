#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""calibrate: fits the weights of the confidence (daemon/pure/confidence_weights.h) to digests whose fields are known.

    make build/newswired build/tests/clues && tests/score/calibrate.py > weights.h

A logistic regression over the clues, in which no clue may speak for a dispatch; then all is shifted so that of those at
or above 0.9 at least TARGET are right. Half of the generated files is only measured, not fitted. Run by hand after the
parser changed; look at what it says on stderr, then move the file into its place."""
import argparse
import math
import os
import re
import subprocess
import sys
import tempfile

import compare
import generate
import score

TARGET = 0.985  # half a hundredth over what is promised
SURE = 0.9
ROUNDS = 4000
PENALTY = 2.0  # of squared weights, in dispatches


def names_of_clues(header):
    """The enum's names, in its order."""
    body = re.search(r"enum confidence_clue \{(.*?)\n\};", open(header, encoding="utf-8").read(), re.S).group(1)
    return [name for name in re.findall(r"^\s+(CLUE_\w+)", body, re.M)]


def rows_of(directory, o, rules):
    """[(clues, right)] of a directory of digests."""
    names = sorted(f[:-3] for f in os.listdir(directory) if f.endswith(".in"))
    files = [os.path.join(directory, name + ".in") for name in names]
    lines = subprocess.run([o.clues] + files, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[1:]
    clues = {}
    for line in lines:
        path, number, *values = line.split("\t")
        clues[os.path.basename(path)[:-3], int(number)] = [float(v) for v in values]
    read = score.parse(o.newswired, directory, names)
    rows = []
    for name in names:
        wanted, got = score.wanted_of(os.path.join(directory, name + ".want"), rules), read[name]
        paired = {j: i for i, j in compare.pairs(wanted, got)}
        for j, dispatch in enumerate(got):
            i = paired.get(j)
            right = i is not None and not compare.missing(wanted, i, dispatch) and all(
                compare.right(field, wanted[i], dispatch) is not False for field in compare.SURE)
            if (name, j + 1) in clues:
                rows.append((clues[name, j + 1], right))
    return rows


def share(weights, clues):
    total = sum(w * c for w, c in zip(weights, clues))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def fit(rows, count):
    """Weights by gradient descent; all but the first at most 0. Rows that are alike are one."""
    groups = {}
    for clues, right in rows:
        counted = groups.setdefault(tuple(round(c, 1) for c in clues), [0, 0])
        counted[0] += right
        counted[1] += 1
    weights = [2.0] + [-0.1] * (count - 1)
    for turn in range(ROUNDS):
        slope = [0.0] * count
        for clues, (right, of) in groups.items():
            off = of * share(weights, clues) - right
            for k, value in enumerate(clues):
                slope[k] += off * value
        step = 4.0 / len(rows) / (1 + turn / ROUNDS)
        for k in range(count):
            weights[k] -= step * (slope[k] + (PENALTY * weights[k] if k else 0))
            weights[k] = min(weights[k], 0.0) if k else weights[k]
    return weights


def shifted(weights, rows):
    """With the first weight so that of those at SURE or above TARGET are right, as many of them as can be."""
    logit = math.log(SURE / (1 - SURE))
    sums = sorted(((sum(w * c for w, c in zip(weights, clues)), right) for clues, right in rows), reverse=True)
    good, cut = 0, None
    for n, (total, right) in enumerate(sums, 1):
        good += right
        last = n == len(sums) or sums[n][0] < total - 1e-9
        if last and good >= TARGET * n:
            cut = total
    if cut is None:
        cut = sums[0][0] + 1
    return [weights[0] + logit - cut + 0.01] + weights[1:]


def tell(what, weights, rows):
    bins = [(0.0, 0.5), (0.5, 0.7), (0.7, SURE), (SURE, 1.01)]
    print("%s: %d dispatches" % (what, len(rows)), file=sys.stderr)
    for low, high in bins:
        inside = [right for clues, right in rows if low <= round(share(weights, clues), 2) < high]
        print("  %.1f to %.1f  %4d of %-4d right  %5.1f %%" % (low, min(high, 1), sum(inside), len(inside),
              100 * score.ratio(sum(inside), len(inside))), file=sys.stderr)


def main():
    options = argparse.ArgumentParser(description="Fits the weights of the confidence.")
    options.add_argument("--newswired", default=os.path.join(score.TOP, "build/newswired"))
    options.add_argument("--clues", default=os.path.join(score.TOP, "build/tests/clues"))
    options.add_argument("--rules", default=score.RULES)
    options.add_argument("--header", default=os.path.join(score.TOP, "daemon/pure/confidence.h"))
    options.add_argument("--items", type=int, default=2000, help="how many dispatches to generate for each half")
    options.add_argument("--seed", type=int, default=1001)
    options.add_argument("--set", action="append", default=[], help="a directory of .in and .want to fit as well")
    o = options.parse_args()
    rules = compare.Rules(o.rules)
    halves = []
    for seed in (o.seed, o.seed + 1):
        with tempfile.TemporaryDirectory() as scratch:
            generate.write(scratch, o.items, seed, rules)
            halves.append(rows_of(scratch, o, rules))
    # Written digests are fewer and harder: each counts as five.
    written = [rows_of(directory, o, rules) for directory in o.set]
    fitted = halves[0] + [row for rows in written for row in rows] * 5
    names = names_of_clues(o.header)
    weights = shifted(fit(fitted, len(names)), fitted)
    tell("fitted", weights, fitted)
    tell("not fitted", weights, halves[1])
    for directory, rows in zip(o.set, written):
        tell(os.path.basename(directory), weights, rows)
    print("// SPDX-License-Identifier: MIT")
    print("/* confidence_weights: made by tests/score/calibrate.py from %d generated dispatches%s. */"
          % (len(halves[0]), " and %d written ones" % sum(map(len, written)) if written else ""))
    for name, weight in zip(names, weights):
        print("[%s] = %.2f," % (name, weight + 0.0))


if __name__ == "__main__":
    main()
