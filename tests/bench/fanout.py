# SPDX-License-Identifier: MIT
"""fanout: goal 8: the live wire beside a raw PUB that sends the very same frames to the very same subscribers.

So that the intake is not what is measured, one drop file brings everything in one transaction; the clock runs from
the first copy received to the last one."""
import os
import time

import digests
import intake
from wire import Daemon, Wire, program

SUBSCRIBERS = (1, 10, 100, 1000)
LIVE_SUBSCRIBERS = 100
ITEMS = 10000  # max_items of a file
LIVE_RATE = 2000  # dispatches per second


def drop_all(wire, count):
    """One file with everything; several where that is more than a file may hold."""
    for first in range(0, count, ITEMS):
        path = os.path.join(wire.path("ready"), "from-%d.txt" % first)
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(digests.dispatch(n, digests.LONG) for n in range(first, min(count, first + ITEMS))))
        intake.drop(wire, [path])


class Tape:
    """What the daemon sends for so many dispatches; made when it is first asked for."""

    def __init__(self, directory, count, prefix=""):
        self.path = os.path.join(directory, "tape")
        self.count = count
        self.prefix = prefix

    def ready(self):
        if not os.path.exists(self.path):
            with Daemon("run-tape") as wire:
                wire.configure()
                wire.run()
                tape = wire.spawn(program("fanout"), "tape", self.path, wire.endpoint("publish"), str(self.count),
                                  self.prefix)
                wire.ready(tape)
                drop_all(wire, self.count)
                wire.said(tape)
        return self

    def hear(self, wire, subscribers):
        """Subscribers that are connected and subscribed."""
        process = wire.spawn(program("fanout"), "hear", self.path, wire.endpoint("publish"), str(subscribers))
        wire.ready(process)
        return process

    def figures(self, heard):
        seconds = heard["last"] - heard["first"]
        return {"seconds": seconds, "per_second": self.count / seconds, "deliveries": heard["deliveries"],
                "deliveries_per_second": heard["deliveries"] / seconds}


class Raw(Wire):
    name = "raw"

    def play(self, path):
        self.publisher = self.spawn(program("fanout"), "play", path, self.endpoint("publish"))
        self.ready(self.publisher)

    def go(self):
        self.publisher.stdin.write("\n")
        self.publisher.stdin.flush()


def raw(tape, subscribers):
    with Raw() as wire:
        wire.play(tape.ready().path)
        hear = tape.hear(wire, subscribers)
        wire.go()
        return tape.figures(wire.said(hear))


def daemon(tape, subscribers):
    tape.ready()
    with Daemon() as wire:
        wire.configure()
        wire.run()
        hear = tape.hear(wire, subscribers)
        drop_all(wire, tape.count)
        return tape.figures(wire.said(hear))


def live(tape):
    """Single files at a steady rate: how busy are the threads that send?"""
    tape.ready()
    with Daemon() as wire:
        wire.configure()
        wire.run()
        hear = tape.hear(wire, LIVE_SUBSCRIBERS)
        paths, _ = digests.write(wire.path("ready"), range(tape.count // digests.LONG.dispatches))
        before, began = wire.threads(), time.monotonic()
        intake.drop(wire, paths, digests.LONG.dispatches / LIVE_RATE)
        wire.said(hear)
        seconds, after = time.monotonic() - began, wire.threads()
        share = {name: (after[name] - before.get(name, 0)) / seconds for name in after}
        return {"live_share": share["live"], "io_share": sum(v for k, v in share.items() if k.startswith("ZMQbg")),
                "main_share": share["main"], "per_second": tape.count / seconds}


def measure(options, stack):
    tape = Tape(stack.enter_context(Wire("tape")).path(), options.copies // 10 * 10)
    for n in SUBSCRIBERS:
        yield "fanout-%d" % n, "raw", lambda n=n: raw(tape, n)
        yield "fanout-%d" % n, "newswired", lambda n=n: daemon(tape, n)
    yield "live", "newswired", lambda: live(tape)
