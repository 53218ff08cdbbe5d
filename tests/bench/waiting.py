# SPDX-License-Identifier: MIT
"""waiting: goal 6: a great many small files that lie in incoming/ when the daemon starts, beside one readdir and as
many stat calls as it may make in one look."""
import os
import time

import digests
from wire import Daemon, Floor, Wire, answer, program

STATS = 65536  # of one look: DESIGN of the spool
GRACE = 1  # second
TAKEN = 2000  # files after which it is enough, if there are so many
EVERY = 50


class Crowd:
    """So many drop files in a directory that is put in the place of incoming/; what was taken is not put back."""

    def __init__(self, directory, count, turns):
        self.path = os.path.join(directory, "crowd")
        self.count = count
        self.taken = min(TAKEN, count // (2 * turns) // EVERY * EVERY)

    def ready(self):
        if not os.path.exists(self.path):
            os.makedirs(self.path)
            for n in range(self.count):
                with open(os.path.join(self.path, "%07d.txt" % n), "w", encoding="utf-8") as f:
                    f.write(digests.dispatch(n, digests.SHORT))
            os.sync()
        return self.path

    def lend(self, incoming):
        os.rename(self.ready(), incoming)  # over the empty one

    def take_back(self, incoming):
        os.rename(incoming, self.path)
        os.makedirs(incoming)


def rates(began, marks):
    return {"first_s": marks[0] - began, "per_second": (len(marks) - 1) * EVERY / (marks[-1] - marks[0])}


def readdir(crowd):
    got = answer(program("names"), crowd.ready(), str(STATS))
    return {"seconds": got["seconds"], "first_s": got["seconds"] + GRACE}


def floor(crowd):
    with Floor() as wire:
        incoming = wire.path("incoming")
        crowd.lend(incoming)
        began = time.monotonic()
        wire.start(crowd.taken, EVERY)
        figures = rates(began, wire.marks())
        crowd.take_back(incoming)
        return figures


def daemon(crowd):
    with Daemon() as wire:
        wire.configure()
        crowd.lend(wire.incoming)
        began = time.monotonic()
        wire.run()
        wire.subscriber = wire.receive(crowd.taken, EVERY)
        figures = dict(rates(began, wire.marks()), **wire.end())
        crowd.take_back(wire.incoming)
        return figures


def measure(options, stack):
    crowd = Crowd(stack.enter_context(Wire("run-waiting")).path(), options.names,
                  2 * options.rounds)
    yield "waiting", "readdir", lambda: readdir(crowd)
    yield "waiting", "newswired", lambda: daemon(crowd)
    yield "waiting", "floor", lambda: floor(crowd)
