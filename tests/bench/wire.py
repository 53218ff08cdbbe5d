# SPDX-License-Identifier: MIT
"""wire: what is measured, as processes: a publisher and its subscriber on a directory of their own, which is
removed afterwards. Floor and Daemon answer the same calls, so that a measurement is written once."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build")))
BENCH = os.path.join(BUILD, "bench")
LIMIT = 300  # seconds that anything may take


def program(name):
    """One of the bench's own."""
    return os.path.join(BENCH, name)


def answer(*argv):
    """What a program that prints one line of JSON has to say."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("bench: failed: " + " ".join(argv))
    return json.loads(done.stdout)


class Wire:
    """On disk what is measured, the sockets where paths are short."""
    name = None

    def __init__(self, directory="run"):
        self.disk = os.path.join(BENCH, directory)
        shutil.rmtree(self.disk, ignore_errors=True)
        self.processes = []
        self.publisher = self.subscriber = None

    def __enter__(self):
        self.sockets = tempfile.mkdtemp(prefix="nwbench")
        self.log = open(os.path.join(self.path(), "log"), "w")
        return self

    def __exit__(self, *unused):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdout.close()
        self.log.close()
        shutil.rmtree(self.sockets)
        shutil.rmtree(self.disk)

    def path(self, *names):
        path = os.path.join(self.disk, *names)
        os.makedirs(path, exist_ok=True)
        return path

    def endpoint(self, name):
        return "ipc://" + os.path.join(self.sockets, name)

    def spawn(self, *argv, **more):
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                   **more)
        self.processes.append(process)
        return process

    def said(self, process):
        """The next line of one of ours, which is JSON."""
        line = process.stdout.readline()
        if not line.endswith("}\n"):
            with open(self.log.name) as f:
                sys.exit("bench: %s failed: %s\n%s" % (self.name, process.args, f.read()[-2000:]))
        return json.loads(line)

    def ready(self, process):
        if process.stdout.readline() != "ready\n":
            self.said(process)

    def marks(self):
        """When each EVERY-th dispatch was received."""
        return self.last_said(self.subscriber)["marks"]

    def last_said(self, process):
        """Of one that ends with it."""
        said = self.said(process)
        process.stdout.close()
        process.wait()
        self.processes.remove(process)
        return said

    def wait(self, what, condition):
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end or any(p.poll() is not None for p in self.processes):
                with open(self.log.name) as f:
                    sys.exit("bench: %s: %s: in vain\n%s" % (self.name, what, f.read()[-2000:]))
            time.sleep(0.02)

    def threads(self):
        """Seconds of processor that each thread of the publisher has used; the first one is "main"."""
        seconds = {}
        tasks = "/proc/%d/task" % self.publisher.pid
        for task in os.listdir(tasks):
            with open(os.path.join(tasks, task, "comm")) as comm, open(os.path.join(tasks, task, "schedstat")) as stat:
                name = "main" if int(task) == self.publisher.pid else comm.read().strip()
                seconds[name] = seconds.get(name, 0) + int(stat.read().split()[0]) / 1e9
        return seconds

    def end(self):
        """Ends the publisher and tells what it took: bytes written, most memory in MB."""
        with open("/proc/%d/status" % self.publisher.pid) as f:
            peak = [int(line.split()[1]) for line in f if line.startswith("VmHWM:")]
        self.publisher.send_signal(signal.SIGTERM)
        usage = os.wait4(self.publisher.pid, 0)[2]
        self.publisher.returncode = 0
        self.processes.remove(self.publisher)
        self.publisher.stdout.close()
        return {"peak_rss_mb": peak[0] / 1024, "process_bytes": usage.ru_oublock * 512}


class Floor(Wire):
    name = "floor"
    search = ()

    def start(self, count, every):
        self.incoming = self.path("incoming")
        self.path("done")
        self.publisher = self.spawn(program("floor"), self.disk, self.endpoint("publish"), str(count), *self.search)
        self.subscriber = self.spawn(program("listen"), self.endpoint("publish"), str(count), str(every))
        self.ready(self.publisher)

    def indexed(self):
        """When the last dispatch was in the search index; None without one."""
        return self.said(self.publisher)["indexed"] or None

    def stored_bytes(self):
        return size(self.disk) - size(self.path("ready")) - size(self.path("done"))


class SearchFloor(Floor):
    name = "floor+search"
    search = ("search",)


class Daemon(Wire):
    name = "newswired"
    program = os.path.join(BUILD, "newswired")
    more = ""  # of its [spool]
    store = ""  # of its [store]

    def configure(self):
        self.incoming = self.path("spool/incoming")
        self.conf_path = os.path.join(self.path(), "newswired.conf")
        with open(self.conf_path, "w") as f:
            f.write("[spool]\ndirectory = %s\n%s" % (self.path("spool"), self.more))
            f.write("[store]\ndirectory = %s\n%s" % (self.path("store"), self.store))
            f.write("[publish]\nbind = %s\nsndhwm = 10000000\n" % self.endpoint("publish"))
            f.write("[replay]\nbind = %s\n" % self.endpoint("replay"))

    def run(self):
        """Starts the daemon and returns the seconds until it says that it is ready."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            path = os.path.join(self.sockets, "notify")
            if os.path.exists(path):
                os.unlink(path)
            notify.bind(path)
            notify.settimeout(LIMIT)
            began = time.monotonic()
            self.publisher = self.spawn(self.program, "-c", self.conf_path,
                                        env=dict(os.environ, NOTIFY_SOCKET=path))
            while b"READY=1" not in notify.recv(65536):
                continue
            return time.monotonic() - began

    def subscribe(self, count, every, topic="all"):
        """A subscriber that is up to date, and listens."""
        replays = self.status()["replays"]
        self.subscriber = self.receive(count, every, topic)
        self.wait("the subscriber", lambda: self.status()["replays"] > replays and self.status()["subscribers"] == 1)

    def receive(self, count, every, topic="all"):
        return self.spawn(program("receive"), self.endpoint("publish"), self.endpoint("replay"), str(count),
                          str(every), topic)

    def start(self, count, every):
        self.configure()
        self.run()
        self.subscribe(count, every)

    def status(self):
        done = subprocess.run([os.path.join(BUILD, "newswire"), "status", "-c", self.conf_path, "-o", "json"],
                              stdout=subprocess.PIPE, stderr=self.log, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else {"replays": 0, "subscribers": 0}

    def indexed(self):
        self.wait("the search index", lambda: self.status()["indexed"] == self.status()["head"])
        return time.monotonic()

    def stored_bytes(self):
        return size(os.path.join(self.disk, "store")) - self.index_bytes()

    def index_bytes(self):
        search = os.path.join(self.disk, "store/search")
        return size(search) if os.path.exists(search) else 0


class DaemonWithoutSearch(Daemon):
    name = "newswired-search"
    store = "search = no\n"

    def indexed(self):
        return None


def size(path):
    """Bytes that a file or everything below a directory takes on the disk."""
    files = [os.path.join(top, name) for top, _, names in os.walk(path) for name in names] or [path]
    return sum(os.stat(f).st_blocks * 512 for f in files)
