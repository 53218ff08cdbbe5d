# SPDX-License-Identifier: MIT
"""house: what the flows (tests/flow_*.py) share: a daemon on a throw-away directory, subscribers, digests, TAP.

A flow is a list of functions whose names say what holds; run(globals()) runs each in a house of its own.
Everything waits for a condition (until()) with a generous limit; nothing sleeps to be sure."""
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
DAEMON = os.path.join(BUILD, "tests/newswired")  # linked with tests/crash_points.c
CLIENT = os.path.join(BUILD, "newswire")
LIMIT = float(os.environ.get("FLOW_LIMIT", "120"))  # seconds any one condition may take
NOBODY = 65534


def until(what, condition, limit=None):
    """Waits until condition() is true and returns its value; fails with `what` after the limit."""
    end = time.monotonic() + (limit or LIMIT)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited in vain: " + (what() if callable(what) else what))
        time.sleep(0.01)


def equal(got, wanted, what="values"):
    if got == wanted:
        return
    text = "%s differ:\n  got    %.600r\n  wanted %.600r" % (what, got, wanted)
    if isinstance(got, list) and isinstance(wanted, list):
        more, less = Counter(map(repr, got)), Counter(map(repr, wanted))
        text += "\n  missing %.600r\n  surplus %.600r" % (list((less - more).elements()), list((more - less).elements()))
    raise AssertionError(text)


AGENCIES = {
    "armenpress": lambda n, text: "\u00a0%02d:%02d, 8 November 2023\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. %s" % (
        n // 60 % 24, n % 60, text),
    "tass": lambda n, text: "\u00a0%02d:%02d, 8 November 2023\n\nMOSCOW, November 8. /TASS/. %s" % (
        n // 60 % 24, n % 60, text),
}


def dispatch(n, agency="armenpress", words=40):
    """One dispatch whose headline begins with its number: "Item 17 ..."."""
    fill = " ".join("word%d" % ((n * 31 + i * 7) % 997) for i in range(words))
    return "Item %d is a headline that nobody else has\n\n%s\n\nThe second paragraph of item %d says a little more.\n" % (
        n, AGENCIES[agency](n, "The story of item %d begins here, %s." % (n, fill)), n)


def digest(numbers, agency="armenpress", words=40):
    return "\n".join(dispatch(n, agency, words) for n in numbers).encode()


def item_number(event):
    return int(re.match(r"Item (\d+) ", event["ninjs"]["headlines"][0]["value"]).group(1))


class Reader:
    """A process whose standard output is a file that is read as it grows."""

    def __init__(self, house, argv, env=None, user=None):
        self.path = house.path("out%d" % len(house.readers))
        self.argv = argv
        self.out = open(self.path, "wb")
        self.err = open(self.path + ".err", "wb")
        self.process = subprocess.Popen(argv, stdout=self.out, stderr=self.err, env=env, user=user,
                                        stdin=subprocess.DEVNULL)
        house.readers.append(self)

    def lines(self):
        with open(self.path, "rb") as f:
            return [line.decode() for line in f.read().split(b"\n")[:-1]]

    def count(self):
        with open(self.path, "rb") as f:
            return f.read().count(b"\n")

    def events(self):
        return [json.loads(line) for line in self.lines()]

    def numbers(self):
        return [item_number(e) for e in self.events() if "ninjs" in e]

    def errors(self):
        with open(self.path + ".err", "rb") as f:
            return f.read().decode(errors="replace")

    def wait(self, count, limit=None):
        until(lambda: "%d lines of %s, got %d; stderr: %s" % (count, self.argv, self.count(), self.errors()[-500:]),
              lambda: self.count() >= count, limit)
        return self

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.send_signal(signal.SIGCONT)
        return self.process.wait(LIMIT)


class House:
    def __init__(self, conf="", user=None, root=None):
        self.root = tempfile.mkdtemp(prefix="nw")  # short: an ipc path has 107 bytes
        self.spool = os.path.join(root or self.root, "spool")
        self.store = os.path.join(root or self.root, "store")
        self.user = user
        self.readers = []
        self.daemon = None
        self.dropped = 0
        self.notes = []
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.path("notify"))
        self.notify.setblocking(False)
        os.chmod(self.path("notify"), 0o777)
        os.chmod(self.root, 0o777)
        self.configure(conf)
        for d in (self.spool, self.store):
            os.makedirs(d, exist_ok=True)
            if user is not None:
                os.chown(d, user, user)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def configure(self, extra=""):
        """Writes the configuration; sections in `extra` are joined with ours."""
        ours = {"spool": "directory = %s\nsettle = 200ms" % self.spool, "store": "directory = %s\nreserve = 0" % self.store,
                "publish": "bind = ipc://%s" % self.path("pub"), "replay": "bind = ipc://%s" % self.path("rep"),
                "log": "level = debug"}
        section = None
        for line in extra.splitlines():
            if line.startswith("["):
                section = line.strip("[]")
                ours.setdefault(section, "")
            elif line.strip():
                key = line.split("=")[0].strip()
                kept = [l for l in ours[section].splitlines() if l.split("=")[0].strip() != key]
                ours[section] = "\n".join(kept + [line])
        with open(self.path("conf.new"), "w") as f:
            for name, text in ours.items():
                f.write("[%s]\n%s\n\n" % (name, text))
        os.rename(self.path("conf.new"), self.path("conf"))  # whoever reads it reads a whole one
        self.conf = self.path("conf")

    def start(self, ready=True, env=None, argv=(), under=()):
        environment = dict(os.environ, NOTIFY_SOCKET=self.path("notify"), **(env or {}))
        self.notes = []
        log = open(self.path("log"), "ab")
        self.daemon = subprocess.Popen([*under, self.program(), "-c", self.conf, *argv], stderr=log, stdin=subprocess.DEVNULL,
                                       env=environment, user=self.user, group=self.user,
                                       extra_groups=[] if self.user is not None else None)
        if ready:
            until(lambda: "READY; log: " + self.log()[-2000:],
                  lambda: "READY=1" in self.hear() or self.daemon.poll() is not None)
            if self.daemon.poll() is not None:
                raise AssertionError("the daemon ended with %d: %s" % (self.daemon.returncode, self.log()[-2000:]))
        return self

    def program(self):
        """The daemon where an ordinary user can run it: the checkout may lie where he cannot go."""
        copy = self.path("newswired")
        if not os.path.exists(copy):
            shutil.copy(DAEMON, copy)
        return copy

    def hear(self):
        """What came to the notify socket so far, as lines."""
        try:
            while True:
                self.notes += self.notify.recv(65536).decode().split("\n")
        except BlockingIOError:
            return self.notes

    def log(self):
        with open(self.path("log"), "rb") as f:
            return f.read().decode(errors="replace")

    def kill(self):
        self.daemon.kill()
        return self.daemon.wait(LIMIT)

    def stop(self):
        if self.daemon.poll() is None:
            self.daemon.terminate()
        return self.daemon.wait(LIMIT)

    def incoming(self, feed=None):
        return os.path.join(self.spool, "incoming", feed or "")

    def drop(self, data, name=None, feed=None):
        """As a careful producer does: dot-name, then rename."""
        self.dropped += 1
        name = name or "d%06d.txt" % self.dropped
        hidden = os.path.join(self.incoming(feed), "." + name)
        with open(hidden, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        os.rename(hidden, os.path.join(self.incoming(feed), name))
        return name

    def newswire(self, *argv, **more):
        return subprocess.run([CLIENT, argv[0], "-c", self.conf, *argv[1:]], capture_output=True, text=True,
                              timeout=LIMIT, **more)

    def tail(self, *argv, cursor=None, env=None):
        args = [CLIENT, "tail", "-c", self.conf, "-o", "jsonl", *argv]
        if cursor is not None:
            args += ["--cursor", cursor, "--cursor-dir", self.path("cursors")]
            os.makedirs(self.path("cursors"), exist_ok=True)
        return Reader(self, args, env=env)

    def status(self):
        answer = self.newswire("status", "-o", "json")
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    def head(self):
        status = self.status()
        return status["head"] if status else -1

    def settled(self):
        """Nothing waits in incoming/ or work/."""
        for top, dirs, files in os.walk(self.incoming()):
            if any(not f.startswith(".") for f in files):
                return False
        return not [f for f in os.listdir(os.path.join(self.spool, "work")) if not f.startswith(".")]

    def wait_settled(self, limit=None):
        until(lambda: "everything settled; log: " + self.log()[-1500:], self.settled, limit)

    def rejected(self):
        return sorted(os.listdir(os.path.join(self.spool, "rejected")))

    def archived(self):
        found = []
        for top, dirs, files in os.walk(os.path.join(self.spool, "archive")):
            found += files
        return sorted(found)

    def stored(self):
        """Every dispatch in the store, read as a late subscriber reads it: [(seq, number)]."""
        answer = self.newswire("tail", "-o", "jsonl", "--since", "start", "--until", "now")
        if answer.returncode != 0:
            raise AssertionError("tail --since start failed: " + answer.stderr)
        events = [json.loads(line) for line in answer.stdout.splitlines()]
        return [(e["seq"], item_number(e)) for e in events]

    def stored_exactly(self, numbers):
        stored = self.stored()
        equal([s for s, _ in stored], list(range(1, len(stored) + 1)), "seqs")
        equal(sorted(n for _, n in stored), sorted(numbers), "dispatches in the store")

    def close(self):
        for r in self.readers:
            r.end(signal.SIGKILL)
            r.out.close()
            r.err.close()
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        self.notify.close()
        shutil.rmtree(self.root, ignore_errors=True)


def run(namespace):
    """Runs every function named like flow_x(house) or flow_x() in the order of the file, and prints TAP."""
    flows = [(n, f) for n, f in namespace.items() if n.startswith("flow_") and callable(f)]
    wanted = sys.argv[1:]
    failed = 0
    print("1..%d" % len(flows), flush=True)
    for number, (name, flow) in enumerate(flows, 1):
        if wanted and name not in wanted:
            print("ok %d - %s # SKIP not asked for" % (number, name))
            continue
        began = time.monotonic()
        house = None
        try:
            house = House(getattr(flow, "conf", ""), getattr(flow, "user", None))
            skip = flow(house)
            print("ok %d - %s%s" % (number, name, " # SKIP " + skip if skip else ""), flush=True)
        except Exception:
            failed += 1
            print("not ok %d - %s" % (number, name))
            said = "".join("%s: %s\n" % (r.argv[1:], r.errors()[-1000:]) for r in (house.readers if house else []))
            log = house.log()[-3000:] if house and house.daemon else ""
            said += "rejected: %s\n" % house.rejected() if log and os.path.isdir(house.spool + "/rejected") else ""
            for line in (traceback.format_exc() + said + log).splitlines():
                print("# " + line)
        finally:
            if house is not None:
                house.close()
        print("# %s took %.1f s" % (name, time.monotonic() - began), flush=True)
    sys.exit(1 if failed else 0)


def with_conf(text):
    def put(f):
        f.conf = text
        return f
    return put


def as_nobody(f):
    """The daemon runs as an ordinary user, where the tests run as root."""
    if os.geteuid() == 0:
        f.user = NOBODY
    return f
