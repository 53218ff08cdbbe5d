# SPDX-License-Identifier: MIT
"""peers: goal 3: the same dispatches through what Debian packages and people use; those that are installed.

    program           what it does not do that newswired does
    python            trails, replay, recovery, hostile files; it commits as durably
    redis-always      parse, topics, identity; it fsyncs each round of its event loop
    redis-everysec    the same, and it fsyncs once a second: a power cut takes up to that
    jetstream         parse, topics, identity; at its default it acknowledges before it fsyncs, which it does now and then
    mosquitto         parse, topics, identity; it keeps all in memory and writes it every half an hour and at its end

The servers get the dispatches ready-cut from a loader that waits for each acknowledgement, and one subscriber reads
them. Each has a directory of its own and listens on loopback; it is ended by its process id."""
import os
import shutil
import socket
import time

import digests
from wire import TOP, Floor, Wire, program

PYTHON = "/usr/bin/python3"


class Python(Floor):
    name = "python"
    together = 16

    def start(self, count, every):
        self.incoming = self.path("incoming")
        self.path("done")
        self.publisher = self.spawn(PYTHON, "-B", os.path.join(TOP, "tests/bench/peer_python.py"), self.disk,
                                    self.endpoint("publish"), str(count), str(self.together))
        self.subscriber = self.spawn(program("listen"), self.endpoint("publish"), str(count), str(every))
        self.ready(self.publisher)

    def indexed(self):
        return None


class PythonSingly(Python):
    name = "python-singly"
    together = 1


class Server(Wire):
    """A server of somebody else on a free port of loopback."""
    protocol = server = None

    def start(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.publisher = self.spawn(shutil.which(self.server, path=os.environ["PATH"] + ":/usr/sbin"), *self.arguments())
        self.wait("its port", self.answers)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", int(self.port)), 1).close()
        except OSError:
            return False
        return True

    def peer(self, *argv):
        process = self.spawn(program("peer"), self.protocol, self.port, *argv)
        self.ready(process)
        return process


class RedisAlways(Server):
    name, protocol, server, fsync = "redis-always", "redis", "redis-server", "always"

    def arguments(self):
        return ["--bind", "127.0.0.1", "--port", self.port, "--dir", self.disk, "--save", "", "--appendonly", "yes",
                "--appendfsync", self.fsync, "--daemonize", "no", "--logfile", os.path.join(self.disk, "redis.log")]


class RedisEverysec(RedisAlways):
    name, fsync = "redis-everysec", "everysec"


class JetStream(Server):
    name, protocol, server = "jetstream", "nats", "nats-server"

    def arguments(self):
        return ["-a", "127.0.0.1", "-p", self.port, "-js", "-sd", self.path("jetstream")]


class Mosquitto(Server):
    name, protocol, server = "mosquitto", "mqtt", "mosquitto"

    def arguments(self):
        conf = os.path.join(self.disk, "mosquitto.conf")
        with open(conf, "w") as f:
            f.write("listener %s 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location %s/\n"
                    "max_inflight_messages 0\nmax_queued_messages 0\n" % (self.port, self.disk))
            if os.geteuid() == 0:
                f.write("user root\n")  # else it goes on as a user who may not write here
        return ["-c", conf]


def through(kind, files):
    """From the first dispatch sent to the last one received."""
    with kind() as wire:
        wire.start()
        directory = wire.path("ready")
        digests.write(directory, range(files))
        count = files * digests.LONG.dispatches
        wire.subscriber = wire.peer("receive", str(count), str(count))
        loader = wire.peer("load", directory)
        began = time.monotonic()
        loader.stdin.write("\n")
        loader.stdin.flush()
        seconds = wire.marks()[-1] - began
        return dict(seconds=seconds, per_second=count / seconds, **wire.end())


def installed():
    return [kind for kind in (RedisAlways, RedisEverysec, JetStream, Mosquitto)
            if shutil.which(kind.server, path=os.environ["PATH"] + ":/usr/sbin")]
