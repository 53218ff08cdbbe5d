# SPDX-License-Identifier: MIT
"""bench: newswired beside tests/bench/floor.c, alternating, in one run: absolute figures of a machine do not
travel, the ratio does.

    bench.py [--rounds N] [--files N] [--singles N]

Backlog: a batch of files is renamed into incoming/; the clock runs from the first rename to the last
dispatch that a subscriber in another process received. Latency: single files, PAUSE apart; from the
rename of one to the last of its dispatches received. Each measurement has a store, a spool and processes
of its own. Prints a table; all figures are kept in build/bench/result.json."""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import digests

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build")))
BENCH = os.path.join(TOP, "build/bench")
PAUSE = 0.02  # seconds between single files
LIMIT = 120  # seconds that anything may take


class Wire:
    """A publisher and its subscriber: on disk what is measured, the sockets where paths are short."""

    def __init__(self):
        self.disk = os.path.join(BENCH, "run")
        shutil.rmtree(self.disk, ignore_errors=True)
        self.sockets = tempfile.mkdtemp(prefix="nwbench")
        self.processes = []

    def path(self, *names):
        path = os.path.join(self.disk, *names)
        os.makedirs(path, exist_ok=True)
        return path

    def endpoint(self, name):
        return "ipc://" + os.path.join(self.sockets, name)

    def spawn(self, *argv):
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.processes.append(process)
        return process

    def __enter__(self):
        self.log = open(os.path.join(self.path(), "log"), "w")
        return self

    def __exit__(self, *unused):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdout.close()
        self.log.close()
        shutil.rmtree(self.sockets)

    def marks(self):
        """When each EVERY-th dispatch was received."""
        line = self.subscriber.stdout.readline()
        if not line.endswith("}\n"):
            sys.exit("bench: the subscriber of %s failed; see %s" % (self.name, self.log.name))
        return json.loads(line)["marks"]


class Floor(Wire):
    name = "floor"

    def start(self, count, every):
        self.incoming = self.path("incoming")
        self.path("done")
        self.subscriber = self.spawn(os.path.join(BUILD, "bench/floor"), self.disk, self.endpoint("publish"),
                                     str(count), str(every))
        if self.subscriber.stdout.readline() != "ready\n":
            sys.exit("bench: the floor did not start; see " + self.log.name)

    def more(self):
        return {}


class Daemon(Wire):
    name = "newswired"

    def start(self, count, every):
        self.incoming = self.path("spool/incoming")
        self.conf = os.path.join(self.disk, "newswired.conf")
        with open(self.conf, "w") as f:
            f.write("[spool]\ndirectory = %s\n" % self.path("spool"))
            f.write("[store]\ndirectory = %s\n" % self.path("store"))
            f.write("[publish]\nbind = %s\n" % self.endpoint("publish"))
            f.write("[replay]\nbind = %s\n" % self.endpoint("replay"))
        self.daemon = self.spawn(os.path.join(BUILD, "newswired"), "-c", self.conf)
        self.subscriber = self.spawn(os.path.join(BUILD, "bench/receive"), self.endpoint("publish"),
                                     self.endpoint("replay"), str(count), str(every))
        end = time.monotonic() + LIMIT
        while not self.connected():
            if time.monotonic() > end or any(p.poll() is not None for p in self.processes):
                sys.exit("bench: the daemon or its subscriber did not start; see " + self.log.name)
            time.sleep(0.05)

    def connected(self):
        """The subscriber has asked for what there was before it, which is nothing, and now listens."""
        status = self.status()
        return status.get("subscribers") == 1 and status["replays"] > 0

    def status(self):
        answer = subprocess.run([os.path.join(BUILD, "newswire"), "status", "-c", self.conf, "-o", "json"],
                                stdout=subprocess.PIPE, stderr=self.log, text=True)
        return json.loads(answer.stdout) if answer.returncode == 0 else {}

    def more(self):
        with open("/proc/%d/status" % self.daemon.pid) as f:
            peak = [int(line.split()[1]) for line in f if line.startswith("VmHWM:")]
        return {"peak_rss_mb": peak[0] / 1024, "replays": self.status()["replays"]}


def prepared(wire, files):
    """Pairs (from, to) to be renamed. On the disk already: their write-back is not what is measured."""
    ready = wire.path("ready")
    names = digests.write(ready, files)
    os.sync()
    return [(os.path.join(ready, name), os.path.join(wire.incoming, name)) for name in names]


def backlog(kind, files):
    with kind() as wire:
        count = files * digests.DISPATCHES
        wire.start(count, count)
        renames = prepared(wire, files)
        began = time.monotonic()
        for source, target in renames:
            os.rename(source, target)
        seconds = wire.marks()[-1] - began
        return dict(wire.more(), seconds=seconds, per_second=count / seconds)


def latency(kind, files):
    with kind() as wire:
        wire.start(files * digests.DISPATCHES, digests.DISPATCHES)
        renames = prepared(wire, files)
        dropped = []
        for source, target in renames:
            dropped.append(time.monotonic())
            os.rename(source, target)
            time.sleep(PAUSE)
        taken = sorted(mark - began for mark, began in zip(wire.marks(), dropped))
        return {"p50_ms": 1000 * taken[len(taken) // 2], "p99_ms": 1000 * taken[len(taken) * 99 // 100]}


def measure(rounds, files, singles):
    """results[measurement][program] is a list with what each round gave."""
    results = {"backlog": {"floor": [], "newswired": []}, "latency": {"floor": [], "newswired": []}}
    for n in range(rounds):
        for name, run, size in (("backlog", backlog, files), ("latency", latency, singles)):
            for kind in (Floor, Daemon) if n % 2 == 0 else (Daemon, Floor):
                figures = run(kind, size)
                results[name][kind.name].append(figures)
                print("# round %d, %s, %s: %s" % (n + 1, name, kind.name, ", ".join(
                    "%s %.4g" % pair for pair in figures.items())), file=sys.stderr, flush=True)
    return results


def file_system(path):
    """That of the longest mount point above the path."""
    with open("/proc/self/mounts") as f:
        mounts = [line.split()[1:3] for line in f]
    above = [m for m in mounts if os.path.join(path, "").startswith(os.path.join(m[0], ""))]
    return max(above, key=lambda m: len(m[0]))[1]


def machine():
    with open("/proc/cpuinfo") as f:
        models = [line.split(":")[1].strip() for line in f if line.startswith("model name")]
    return "%d cores (%s), Linux %s, %s" % (os.cpu_count(), (models or [platform.machine()])[0],
                                            platform.release(), file_system(BENCH))


def spread(values, form):
    return "%s  (%s .. %s)" % tuple(form % v for v in (statistics.median(values), min(values), max(values)))


def row(*columns):
    print(("%-26s %-26s %-26s %s" % columns).rstrip())


def table(results):
    row("median (least .. most)", "floor", "newswired", "newswired / floor")
    for title, name, figure, form in (("backlog, dispatches/s", "backlog", "per_second", "%.0f"),
                                      ("single file, p50, ms", "latency", "p50_ms", "%.2f"),
                                      ("single file, p99, ms", "latency", "p99_ms", "%.2f")):
        floor, daemon = ([r[figure] for r in results[name][kind]] for kind in ("floor", "newswired"))
        ratios = [d / f for d, f in zip(daemon, floor)]
        row(title, spread(floor, form), spread(daemon, form), spread(ratios, "%.2f"))
    for title, figure in (("peak memory, MB", "peak_rss_mb"), ("replays, 1 at the start", "replays")):
        row(title, "", spread([r[figure] for r in results["backlog"]["newswired"]], "%.0f"), "")


def main():
    parser = argparse.ArgumentParser(description="Measures newswired beside the floor.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=2000, help="digest files of a backlog")
    parser.add_argument("--singles", type=int, default=200, help="single files for the latency")
    options = parser.parse_args()
    os.makedirs(BENCH, exist_ok=True)
    results = measure(options.rounds, options.files, options.singles)
    where = machine()
    print("%s\nbacklog of %d files, %d dispatches; %d single files" % (
        where, options.files, options.files * digests.DISPATCHES, options.singles))
    table(results)
    shutil.rmtree(os.path.join(BENCH, "run"))
    with open(os.path.join(BENCH, "result.json"), "w") as f:
        json.dump({"machine": where, "options": vars(options), "results": results}, f, indent=2)


if __name__ == "__main__":
    main()
