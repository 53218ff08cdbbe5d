# SPDX-License-Identifier: MIT
"""stages: where the time of a backlog goes, by the daemon with a clock at each door (stages.c): microseconds of each
stage per dispatch, its own, without the stages within it. No goal; it says what to make faster next."""
import json
import os
import statistics

import digests
from intake import PAUSE, drop
from wire import Daemon, program


class Clocked(Daemon):
    name = "newswired with clocks"
    program = program("newswired")

    def __init__(self):
        super().__init__()
        self.told = os.path.join(self.disk, "stages.json")
        os.environ["NEWSWIRE_STAGES"] = self.told

    def stages(self, count):
        self.end()
        with open(self.told) as f:
            told = json.load(f)
        return {name + "/" + clock: s[clock + "_us"] / count for name, s in told.items() for clock in ("wall", "cpu")}


def taken(files, pause):
    with Clocked() as wire:
        count = files * digests.LONG.dispatches
        wire.start(count, count)
        paths, _ = digests.write(wire.path("ready"), range(files))
        began = drop(wire, paths, pause)[0]
        seconds = wire.marks()[-1] - began
        return dict(wire.stages(count), per_second=count / seconds)


def measure(options, stack):
    if options.quick:
        return
    yield "stages", "backlog", lambda: taken(options.files, 0)
    yield "stages", "single", lambda: taken(options.singles, PAUSE)


def table(result):
    """Stages of 0.1 us and more, the dearest first; of a backlog, and of files that come singly."""
    form = "%-28s %14s %14s %8s   %14s %14s"
    lines = [form % ("us per dispatch", "backlog: wall", "processor", "share", "single: wall", "processor")]
    figures = {(key, name): statistics.median(r[name] for r in rounds)
               for key, rounds in result["figures"].items() for name in rounds[0] if "/" in name}
    names = {name.split("/")[0] for _, name in figures}
    whole = sum(figures["backlog", name + "/cpu"] for name in names)
    for name in sorted(names, key=lambda n: -figures["backlog", n + "/wall"]):
        cells = [figures[key, name + "/" + clock] for key in ("backlog", "single") for clock in ("wall", "cpu")]
        if max(cells) >= 0.1:
            words = ["%.1f" % v for v in cells]
            lines.append(form % (name, *words[:2], "%.0f %%" % (100 * cells[1] / whole), *words[2:]))
    return "\n".join(lines)
