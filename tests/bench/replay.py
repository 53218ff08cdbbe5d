# SPDX-License-Identifier: MIT
"""replay: goal 7: everything that is stored, and one topic of a hundredth of it, beside reading the floor's rows and
beside raw ZeroMQ to one subscriber."""
import os

import digests
import fanout
from intake import drop
from wire import Daemon, Floor, Wire, answer, program

RARE = "rare"  # the feed of the tenth file of each hundred; the floor calls it topic 7
RARE_TOPIC = "7"
TIMES = 5  # a topic is read so often: its time is short


def rare(n):
    return n % 100 == 9


class Stores:
    """The same dispatches in a daemon's store and in the floor's; filled when they are first asked for."""

    def __init__(self, stack, files):
        self.stack = stack
        self.files = files
        self.count = files * digests.LONG.dispatches
        self.wires = {}
        self.tape = fanout.Tape(stack.enter_context(Wire("run-replay")).path(), self.count, "all/")

    def filled(self, kind):
        if kind not in self.wires:
            wire = self.stack.enter_context(kind("run-replay-" + kind.name))
            wire.start(self.count, self.count)
            paths, _ = digests.write(wire.path("ready"), range(self.files))
            if kind is Daemon:
                rares = wire.path("spool/incoming", RARE)
                for n, path in enumerate(paths):
                    os.rename(path, os.path.join(rares if rare(n) else wire.incoming, os.path.basename(path)))
            else:
                drop(wire, paths)
            wire.marks()
            self.wires[kind] = wire
        return self.wires[kind]

    def newswired(self):
        wire = self.filled(Daemon)
        seconds = self.received(wire, self.count, "all")
        topic = sorted(self.received(wire, self.count // 100, "feed/" + RARE) for _ in range(TIMES))
        return {"per_second": self.count / seconds, "topic_ms": 1000 * topic[TIMES // 2]}

    def received(self, wire, count, topic):
        """Seconds from the connection to the last of them."""
        said = wire.last_said(wire.receive(count, count, topic))
        return said["marks"][-1] - said["began"]

    def select(self):
        path = os.path.join(self.filled(Floor).disk, "floor.db")
        everything = answer(program("rows"), path, "1")
        topic = answer(program("rows"), path, str(TIMES), RARE_TOPIC)
        assert (everything["rows"], topic["rows"]) == (self.count, self.count // 100)
        return {"per_second": self.count / everything["seconds"][0],
                "topic_ms": 1000 * sorted(topic["seconds"])[TIMES // 2]}

    def zeromq(self):
        return {"per_second": fanout.raw(self.tape, 1)["per_second"]}


def measure(options, stack):
    stores = Stores(stack, options.replay // 100 * 100)
    yield "replay", "select", stores.select
    yield "replay", "zeromq", stores.zeromq
    yield "replay", "newswired", stores.newswired
