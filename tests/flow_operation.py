#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What systemd and an operator rely on: notify, watchdog, reload, a clean end, --once, --check, --parse."""
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import termios
import time

from house import CLIENT, DAEMON, LIMIT, TOP, as_nobody, digest, equal, run, until, with_conf


def call(house, *argv, data=None):
    return subprocess.run([DAEMON, *argv], capture_output=True, input=data, timeout=LIMIT)


def flow_notify_and_watchdog(house):
    house.start(env={"WATCHDOG_USEC": "400000"})
    until("three pings", lambda: house.hear().count("WATCHDOG=1") >= 3)
    until("a status line", lambda: any(l.startswith("STATUS=") for l in house.hear()))
    house.daemon.send_signal(signal.SIGHUP)
    until("reloading, then ready again", lambda: "RELOADING=1" in house.hear() and house.notes.count("READY=1") == 2)
    equal(any(l.startswith("MONOTONIC_USEC=") for l in house.notes), True)
    equal(house.stop(), 0)
    equal("STOPPING=1" in house.hear(), True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def flow_runs_under_the_filters_of_the_unit(house):
    """What the unit forbids must not be what a library needs: libzmq aborts when it may not."""
    if shutil.which("systemd-analyze") is None:
        return "no systemd-analyze"
    unit = os.path.join(TOP, "systemd/newswired.service.in")
    house.configure("[publish]\nbind = tcp://127.0.0.1:%d\n[replay]\nbind = tcp://127.0.0.1:%d\n" % (free_port(), free_port()))
    house.start(under=["/usr/bin/python3", os.path.join(TOP, "tests/under_unit.py"), unit])
    house.drop(digest(range(1, 6)))
    house.wait_settled()
    house.daemon.send_signal(signal.SIGHUP)
    until("reloaded", lambda: "reloaded" in house.log())
    equal(house.stop(), 0)


def flow_a_thread_that_stands_still_is_not_vouched_for(house):
    """The watchdog is pinged only as long as each of the three threads goes on."""
    for thread in ("ingest", "live", "replay"):
        house.start(env={"WATCHDOG_USEC": "400000", "NEWSWIRE_CRASH": thread + "-turn~5"})
        seen, last = 0, time.monotonic()

        def silent():
            nonlocal seen, last
            pings = house.hear().count("WATCHDOG=1")
            if pings != seen:
                seen, last = pings, time.monotonic()
            return time.monotonic() - last > 4  # healthy, it is ten times as often: each thread turns once a second
        until("no more pings while %s stands still" % thread, silent)
        house.kill()


def flow_reload_misses_no_file(house):
    house.start()
    tail = house.tail("--since", "start")
    for i in range(40):
        house.drop(digest(range(i * 5, i * 5 + 5)))
        if i % 4 == 0:
            house.configure("[feed extra%d]\nagency = Extra Wire\n" % i)
            house.daemon.send_signal(signal.SIGHUP)
    # Nobody hears what the daemon tells its manager meanwhile: the socket is full after 10 messages, and nothing waits.
    tail.wait(200)
    until("the last feed's directory", lambda: os.path.isdir(house.incoming("extra36")))
    equal(tail.numbers(), list(range(200)))
    house.configure("[spool]\nsetle = 3s\n")
    house.daemon.send_signal(signal.SIGHUP)
    until("a wrong configuration is refused", lambda: "not reloaded" in house.log())
    house.drop(digest(range(200, 205)))
    tail.wait(205)


def flow_sigterm_under_load_ends_clean(house):
    house.start()
    for i in range(300):
        house.drop(digest(range(i * 10, i * 10 + 10)))
    equal(house.stop(), 0)
    work = [n for n in os.listdir(os.path.join(house.spool, "work")) if not n.startswith(".")]
    equal(work, [], "left in work/")
    house.start()
    house.wait_settled()
    house.stored_exactly(range(3000))


def holds(pid, number):
    """Whether the process has blocked the signal: main() was reached."""
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"SigBlk:\s*([0-9a-f]+)", f.read()).group(1), 16) >> (number - 1) & 1


def flow_a_signal_during_the_start(house):
    for number in [signal.SIGHUP, signal.SIGTERM] * 5:
        house.start(ready=False)
        until("main() is reached", lambda: holds(house.daemon.pid, number))
        house.daemon.send_signal(number)
        if number == signal.SIGHUP:
            until("READY", lambda: "READY=1" in house.hear() or house.daemon.poll() is not None)
            house.daemon.terminate()
        equal(house.daemon.wait(LIMIT), 0, "exit status")


def flow_once(house):
    os.makedirs(house.incoming())
    house.drop(digest(range(1, 6)))
    answer = call(house, "-c", house.conf, "--once")
    equal(answer.returncode, 0, answer.stderr)
    house.drop(digest(range(6, 11)))
    house.drop(b"", "empty")
    answer = call(house, "-c", house.conf, "--once")
    equal(answer.returncode, 3, answer.stderr)
    house.start()
    house.stored_exactly(range(1, 11))
    answer = call(house, "-c", house.conf, "--once")
    equal(answer.returncode, 1)
    equal(str(house.daemon.pid).encode() in answer.stderr, True, answer.stderr)


def flow_once_ends_though_somebody_writes(house):
    os.makedirs(house.incoming())
    house.drop(digest(range(1, 6)))
    busy = os.path.join(house.incoming(), "busy.txt")
    writer = subprocess.Popen(["sh", "-c", "while echo x >> '%s'; do sleep 0.05; done" % busy])
    try:
        until("it writes", lambda: os.path.exists(busy))
        equal(call(house, "-c", house.conf, "--once").returncode, 0)
    finally:
        writer.kill()
        writer.wait()
    equal(os.path.exists(busy), True)
    equal(len(house.archived()), 1)


@as_nobody
def flow_once_ends_though_a_move_fails(house):
    if os.geteuid() != 0:
        return "a directory of somebody else's wants root"
    house.start()
    house.stop()
    archive = os.path.join(house.spool, "archive")
    os.chown(archive, 0, 0)
    os.chmod(archive, 0o755)
    house.drop(digest(range(1, 6)))
    once = [house.program(), "-c", house.conf, "--once"]
    user = {"user": house.user, "group": house.user, "extra_groups": [], "timeout": LIMIT, "capture_output": True}
    answer = subprocess.run(once, **user)
    equal(answer.returncode, 1, answer.stderr)
    equal(b"archive" in answer.stderr, True, answer.stderr)
    os.chown(archive, house.user, house.user)
    equal(subprocess.run(once, **user).returncode, 0)
    equal(len(house.archived()), 1)
    house.start()
    house.stored_exactly(range(1, 6))


def flow_once_interrupted_blames_no_file(house):
    """A signal is not a death: twice interrupted, a big file is still taken."""
    os.makedirs(house.incoming())
    os.makedirs(os.path.join(house.spool, "work"))
    house.drop(digest(range(1, 6001), words=300))
    for _ in range(2):
        once = subprocess.Popen([DAEMON, "-c", house.conf, "--once"], stderr=subprocess.DEVNULL)
        until("the file is in hand", lambda: [n for n in os.listdir(os.path.join(house.spool, "work"))
                                              if not n.startswith(".")] or once.poll() is not None)
        once.send_signal(signal.SIGINT)
        equal(once.wait(LIMIT) in (0, 1), True, "exit status")
    equal(call(house, "-c", house.conf, "--once").returncode, 0)
    equal(house.rejected(), [])
    house.start()
    house.stored_exactly(range(1, 6001))


def flow_check(house):
    equal(call(house, "-c", house.conf, "--check").returncode, 0)
    with open(house.conf, "a") as f:
        f.write("[feed Bad Name]\n[topics]\nrulez = /x\n")
    lines = open(house.conf).read().splitlines()
    answer = call(house, "-c", house.conf, "--check")
    equal(answer.returncode, 1)
    text = answer.stdout.decode()
    equal("%s:%d:" % (house.conf, lines.index("rulez = /x") + 1) in text, True, text)
    equal("%s:%d:" % (house.conf, lines.index("[feed Bad Name]") + 1) in text, True, text)
    equal(call(house, "-c", house.path("none"), "--check").returncode, 1)


def flow_parse_and_explain(house):
    with open(house.path("in.txt"), "wb") as f:
        f.write(digest(range(1, 4)))
    answer = call(house, "-c", house.conf, "--parse", house.path("in.txt"))
    equal(answer.returncode, 0, answer.stderr)
    lines = [json.loads(l) for l in answer.stdout.splitlines()]
    equal(len(lines), 3)
    equal(["seq" in l or "kind" in l or "version" in l for l in lines], [False] * 3)
    data = digest(range(1, 4))
    covered = b"".join(data[l["origin"]["offset"]:][:l["origin"]["length"]] for l in lines)
    equal(b"second paragraph of item 3" in covered and covered.count(b"headline") == 3, True)
    piped = call(house, "-c", house.conf, "--parse", "-", data=data)
    equal([json.loads(l)["ninjs"]["uri"] for l in piped.stdout.splitlines()], [l["ninjs"]["uri"] for l in lines])
    dated = call(house, "-c", house.conf, "--parse", "--arrival", "1999-05-05T00:00:00Z", "-",
                 data="A title\n\nYEREVAN, MAY 4, ARMENPRESS. A text without a year in it.\n".encode())
    equal(json.loads(dated.stdout)["ninjs"]["contentCreated"], "1999-05-04T00:00:00+05:00")
    explained = call(house, "-c", house.conf, "--explain", house.path("in.txt"))
    equal(explained.returncode, 0)
    equal(b"agency/armenpress/" in explained.stdout and b"dateline" in explained.stdout, True, explained.stdout)
    equal(call(house, "-c", house.conf, "--parse", "-", data=b"").returncode, 3)
    equal(call(house, "-c", house.conf, "--parse", house.path("nothing-here")).returncode, 1)


def flow_usage(house):
    for argv in (["--nonsense"], ["--parse"], ["--once", "--check"], ["stray"], ["--arrival", "2023-11-08"]):
        equal(call(house, *argv).returncode, 2, str(argv))
    for argv in (["--help"], ["--version"]):
        answer = call(house, *argv)
        equal((answer.returncode, answer.stdout != b"", answer.stderr), (0, True, b""))
    for argv in (["--nonsense"], ["tial"], ["tail", "-o", "yaml"], ["show"], ["show", "abc"]):
        equal(subprocess.run([os.path.join(os.path.dirname(DAEMON), "../newswire"), *argv],
                             capture_output=True).returncode, 2, str(argv))


def flow_output_that_cannot_be_written(house):
    with open("/dev/full", "w") as full:
        for argv in (["--help"], ["--version"], ["-c", house.conf, "--check"]):
            equal(subprocess.run([DAEMON, *argv], stdout=full, stderr=subprocess.DEVNULL).returncode, 1, str(argv))


def waiting(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]


def flow_a_signal_while_the_reader_is_slow(house):
    house.start()
    house.drop(digest(range(1000)))
    until("all stored", lambda: house.head() == 1000)
    for number in (signal.SIGTERM, signal.SIGINT):
        reader, writer = os.pipe()
        room = fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)
        tail = subprocess.Popen([CLIENT, "tail", "-c", house.conf, "--since", "start", "-o", "jsonl"], stdout=writer,
                                stderr=subprocess.PIPE)
        until("the pipe is full", lambda: waiting(reader) > room - 8192)  # a line is less than two pages
        tail.send_signal(number)
        equal((tail.communicate(timeout=LIMIT)[1], tail.returncode), (b"", 0))
        os.close(reader)
        os.close(writer)


def flow_a_daemon_without_standard_streams(house):
    """Whoever starts it with descriptors closed must not find its log in a file of the spool."""
    subprocess.run(["sh", "-c", 'exec "$0" -c "$1" --once <&- >&- 2>&-', DAEMON, house.conf], check=True)
    with open(os.path.join(house.spool, ".lock")) as f:
        equal(re.fullmatch(r"\d+\n", f.read()) is not None, True)


@with_conf("[feed quiet]\nexpect = 1s\n")
def flow_a_quiet_feed_is_overdue(house):
    house.start()
    house.drop(digest(range(1, 3)), feed="quiet")
    until("it is overdue in the log", lambda: "feed=quiet expect_s=1" in house.log())
    until("it is overdue", lambda: [f for f in house.status()["feeds"] if f["name"] == "quiet" and f["overdue"]])
    equal("overdue" in house.newswire("status").stdout.lower(), True)
    house.configure("[log]\nlevel = notice\n")
    house.daemon.send_signal(signal.SIGHUP)
    until("nothing is expected of it any more", lambda: not [f for f in house.status()["feeds"] if f["overdue"]])


if __name__ == "__main__":
    run(globals())
