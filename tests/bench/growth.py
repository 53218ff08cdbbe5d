# SPDX-License-Identifier: MIT
"""growth: goal 5: a store of many rows beside a fresh one: the same files into each, in turn, each rested.

The big store is filled once, in chunks whose rates make the curve over the rows stored (growth-fill.json)."""
import os
import time

import digests
from intake import PAUSE, drop, quantiles
from wire import Daemon

CHUNK = 20  # parts of the filling
SINGLES = 200
FIRST_SINGLE = 10 ** 6  # number of a digest: far behind those of the filling


class Growing(Daemon):
    """Files are deleted when they are taken: what grows is the store."""
    more = "after = delete\n"
    fed = 0  # files so far

    def feed(self, files, style):
        """Takes these many more files in and returns dispatches per second, until they are committed."""
        paths, _ = digests.write(self.path("ready"), range(self.fed, self.fed + files), style)
        self.fed += files
        head = self.status()["head"] + files * style.dispatches
        began = drop(self, paths)[0]
        self.wait("the head", lambda: self.status()["head"] >= head)
        return files * style.dispatches / (time.monotonic() - began)

    def singles(self, round):
        """Single files of a feed that nobody else has, so that their subscriber gets nothing but them."""
        feed = "single-%d" % round
        incoming, self.incoming = self.incoming, self.path("spool/incoming", feed)
        self.subscribe(SINGLES * digests.LONG.dispatches, digests.LONG.dispatches, "feed/" + feed)
        first = FIRST_SINGLE + round * SINGLES
        paths, _ = digests.write(self.path("ready"), range(first, first + SINGLES))
        figures = quantiles(drop(self, paths, PAUSE), self.marks())
        self.incoming = incoming
        return figures


class Pairs:
    """The big store, which stays on the disk between its turns, and fresh ones."""

    def __init__(self, stack, name, style, rows, batch):
        self.stack, self.name, self.style = stack, name, style
        self.rows, self.batch = rows, batch // style.dispatches
        self.big = None
        self.rounds = {"stored": 0, "fresh": 0}
        self.curve = []

    def filled(self):
        if self.big is None:
            self.big = self.stack.enter_context(Growing("run-" + self.name))
            self.big.configure()
            self.big.run()
            while self.big.fed * self.style.dispatches < self.rows:
                rate = self.big.feed(max(1, self.rows // self.style.dispatches // CHUNK), self.style)
                self.curve.append([self.big.fed * self.style.dispatches, rate])
            self.big.end()
        return self.big

    def turn(self, wire, name):
        os.sync()
        self.rounds[name] += 1
        started = wire.run()
        figures = {"start_s": started, "per_second": wire.feed(self.batch, self.style)}
        figures.update(wire.singles(self.rounds[name]))
        figures.update(wire.end(), rows=wire.fed * self.style.dispatches)
        return figures

    def stored(self):
        figures = self.turn(self.filled(), "stored")
        return dict(figures, curve=self.curve)

    def fresh(self):
        with Growing() as wire:
            wire.configure()
            wire.fed = self.filled().fed  # the same files as the big one gets next, or has just got
            return self.turn(wire, "fresh")


def measure(options, stack):
    sizes = [("growth", digests.SHORT, options.rows), ("growth-3k", digests.LONG, options.rows // 5)]
    for name, style, rows in sizes[:1] if options.quick else sizes:
        pairs = Pairs(stack, name, style, rows, min(100000, rows // 3))
        yield name, "stored", pairs.stored
        yield name, "fresh", pairs.fresh
