# SPDX-License-Identifier: MIT
"""intake: goals 1 to 4 and 10: from the rename into incoming/ to the last dispatch that a subscriber in another
process received; and what went to the disk for it."""
import os
import time

import digests
import machine
import peers
from wire import Daemon, DaemonWithoutSearch, Floor, SearchFloor

PAUSE = 0.01  # seconds between single files


def drop(wire, paths, pause=0):
    """Renames each file into incoming/ and returns when."""
    dropped = []
    for path in paths:
        if pause > 0:
            time.sleep(max(0, (dropped or [0])[-1] + pause - time.monotonic()))
        dropped.append(time.monotonic())
        os.rename(path, os.path.join(wire.incoming, os.path.basename(path)))
    return dropped


def ratio(written, before, accepted):
    return None if before is None else (written - before) / accepted


def backlog(kind, files):
    """Files that come all at once."""
    with kind() as wire:
        count = files * digests.LONG.dispatches
        wire.start(count, count)
        paths, accepted = digests.write(wire.path("ready"), range(files))
        written, used = machine.device_bytes(), sum(wire.threads().values())
        began = drop(wire, paths)[0]
        seconds = wire.marks()[-1] - began
        indexed = wire.indexed()
        used = sum(wire.threads().values()) - used
        figures = wire.end()
        os.sync()
        figures.update(seconds=seconds, per_second=count / seconds, cpu_us=1e6 * used / count,
                       device_per_byte=ratio(machine.device_bytes(), written, accepted),
                       process_per_byte=figures["process_bytes"] / accepted,
                       store_per_byte=wire.stored_bytes() / accepted)
        if indexed is not None:
            figures["indexed_per_second"] = count / (indexed - began)
        return figures


def latency(kind, files):
    """Single files, PAUSE apart."""
    with kind() as wire:
        wire.start(files * digests.LONG.dispatches, digests.LONG.dispatches)
        paths, _ = digests.write(wire.path("ready"), range(files))
        return quantiles(drop(wire, paths, PAUSE), wire.marks())


def quantiles(dropped, received):
    """In ms. A file that is received after a later one was dropped still has its own two moments."""
    ms = sorted(1000 * (mark - began) for mark, began in zip(received, dropped))
    return {"p50_ms": ms[len(ms) // 2], "p99_ms": ms[len(ms) * 99 // 100], "each_ms": [round(v, 3) for v in ms]}


def measure(options, stack):
    floors = [Floor, SearchFloor, Daemon, DaemonWithoutSearch] + ([] if options.quick else [peers.Python, peers.PythonSingly])
    for kind in floors:
        yield "backlog", kind.name, lambda kind=kind: backlog(kind, options.files)
    for kind in [] if options.quick else peers.installed():
        yield "backlog", kind.name, lambda kind=kind: peers.through(kind, options.files)
    for kind in (Floor, Daemon):
        yield "latency", kind.name, lambda kind=kind: latency(kind, options.singles)
