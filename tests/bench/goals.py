# SPDX-License-Identifier: MIT
"""goals: the table of goals, and how far they are met, from what a run of the bench has measured.

A figure is held against the same figure of another program in the same round; of these ratios the median counts.
Nothing here fails: a bench tells, and somebody decides."""
import collections
import json
import os
import statistics

import fanout

Goal = collections.namedtuple("Goal", "number what measurement figure against sense bound ours")


def least(number, what, measurement, figure, against, bound, ours="newswired"):
    return Goal(number, what, measurement, figure, against, "at least", bound, ours)


def most(number, what, measurement, figure, against, bound, ours="newswired"):
    return Goal(number, what, measurement, figure, against, "at most", bound, ours)


def note(what, measurement, figure, against, ours="newswired"):
    """No goal, but it says where the time goes."""
    return Goal("", what, measurement, figure, against, "", None, ours)


def grown(words, measurement, rate):
    return [
        least(5, words + ", dispatches/s", measurement, "per_second", "fresh", rate, "stored"),
        most(5, words + ", a single file, p99, ms", measurement, "p99_ms", "fresh", 1.5, "stored"),
        most(5, words + ", start-up, s", measurement, "start_s", None, 1, "stored"),
        most(5, words + ", most memory, MB", measurement, "peak_rss_mb", None, 128, "stored"),
    ]


GROWTH = grown("grown, short", "growth", 0.85) + grown("grown, 3 KB", "growth-3k", 0.7)
GOALS = [
    least(1, "backlog, dispatches/s", "backlog", "per_second", "floor", 0.9),
    note("  processor, us per dispatch, all threads", "backlog", "cpu_us", "floor"),
    note("  most memory, MB", "backlog", "peak_rss_mb", "floor"),
    least(2, "backlog until indexed, dispatches/s", "backlog", "indexed_per_second", "floor+search", 0.8),
    least(3, "backlog beside Python, 16 files a commit", "backlog", "per_second", "python", 3),
    least(3, "  one file a commit", "backlog", "per_second", "python-singly", 6),
    least(3, "  NATS JetStream (no fsync, no parse)", "backlog", "per_second", "jetstream", 1.0),
    least(3, "  Redis, fsync always (no parse)", "backlog", "per_second", "redis-always", 2),
    note("  Redis, fsync every second (no parse)", "backlog", "per_second", "redis-everysec"),
    note("  mosquitto, QoS 1 (no fsync, no parse)", "backlog", "per_second", "mosquitto"),
    most(4, "a single file, p50, ms", "latency", "p50_ms", "floor", 1.2),
    most(4, "a single file, p99, ms", "latency", "p99_ms", "floor", 1.5),
    *GROWTH,
    most(6, "many files waiting: first dispatch out, s", "waiting", "first_s", "readdir", 1.0),
    most(6, "many files waiting: most memory, MB", "waiting", "peak_rss_mb", None, 128),
    least(6, "many files waiting: files/s", "waiting", "per_second", "floor", 0.9),
    least(7, "replay of everything, dispatches/s", "replay", "per_second", ("select", "zeromq"), 0.8),
    most(7, "replay of a topic of 1 %, ms", "replay", "topic_ms", "select", 2),
    *(least(8, "fan-out to %d, dispatches/s" % n, "fanout-%d" % n, "per_second", "raw", 0.9) for n in fanout.SUBSCRIBERS),
    most(8, "live thread at 2,000/s to 100, share of a core", "live", "live_share", None, 0.3),
    note("  ZeroMQ's thread at that", "live", "io_share", None),
    least(9, "decode, split, parse, tag, MB/s", "parse", "parse_tag", None, 100),
    note("  without tagging", "parse", "parse", None),
    note("  finding lines alone", "parse", "lines", None),
    note("  copying alone", "parse", "copy", None),
    least(9, "the same of a printed listing, MB/s", "parse-listing", "parse_tag", None, 100),
    least(9, "10,000 terms: tagging over raw vectorscan", "parse", "tag_of_scan", None, 0.7),
    most(10, "to the device per byte accepted", "backlog", "device_per_byte", None, 2.5),
    most(10, "  the same as the kernel counts for the process", "backlog", "process_per_byte", None, 2.5),
    most(10, "store per byte accepted", "backlog", "store_per_byte", None, 1.3),
]


def load(directory):
    """The measurements that are there: name -> what bench.py has written."""
    found = {}
    for name in {goal.measurement for goal in GOALS} | {"stages"}:
        path = os.path.join(directory, name + ".json")
        if os.path.exists(path):
            with open(path) as f:
                found[name] = json.load(f)
    return found


def values(results, measurement, program, figure):
    rounds = results.get(measurement, {"figures": {}})["figures"].get(program, [])
    return [r[figure] for r in rounds if r.get(figure) is not None]


def against(results, goal):
    """Of several programs the slower one."""
    names = goal.against if isinstance(goal.against, tuple) else (goal.against,)
    return [min(numbers) for numbers in zip(*(values(results, goal.measurement, name, goal.figure) for name in names))]


def spread(numbers, form="%.3g"):
    if not numbers:
        return "-"
    middle, low, high = (shown(f(numbers), form) for f in (statistics.median, min, max))
    return "%s (%s .. %s)" % (middle, low, high)


def shown(number, form):
    return "%.0f" % number if number >= 1000 else form % number


def judge(goal, results):
    """(ours, theirs, ratios, met) of one goal; met is None when something was not measured."""
    ours = values(results, goal.measurement, goal.ours, goal.figure)
    theirs = against(results, goal)
    ratios = [a / b for a, b in zip(ours, theirs)] if goal.against else ours
    if not ratios or goal.bound is None:
        return ours, theirs, ratios, None
    middle = statistics.median(ratios)
    return ours, theirs, ratios, middle >= goal.bound if goal.sense == "at least" else middle <= goal.bound


def table(results):
    form = "%4s  %-49s %-27s %-42s %-24s %-9s %s"
    lines = [form % ("goal", "median (least .. most)", "newswired", "against", "ratio", "wanted", "met")]
    for goal in GOALS:
        if goal.measurement not in results:
            continue
        ours, theirs, ratios, met = judge(goal, results)
        name = "/".join(goal.against) if isinstance(goal.against, tuple) else goal.against
        beside = "%s: %s" % (name, spread(theirs)) if name else ""
        wanted = "%s %g" % (">=" if goal.sense == "at least" else "<=", goal.bound) if goal.bound else ""
        word = "" if goal.bound is None else {None: "not measured", True: "met", False: "NOT MET"}[met]
        lines.append((form % (goal.number, goal.what, spread(ours), beside, spread(ratios), wanted, word)).rstrip())
    return "\n".join(lines)


def summary(results):
    """The table as data."""
    rows = []
    for goal in GOALS:
        ours, theirs, ratios, met = judge(goal, results)
        rows.append(dict(goal._asdict(), values=ours, floor=theirs, ratios=ratios, met=met))
    return rows
