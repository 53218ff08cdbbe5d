#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The drop directory under bad weather: half-written, hostile and unreadable files, no inotify, a directory that goes, a
full disk."""
import os
import signal
import socket
import subprocess
import time

from house import NOBODY, House, as_nobody, digest, equal, run, until, with_conf


def why_of(house, name):
    found = [n for n in house.rejected() if name in n and n.endswith(".why")]
    equal(len(found), 1, ".why files of " + name)
    with open(os.path.join(house.spool, "rejected", found[0])) as f:
        return f.read()


@as_nobody
@with_conf("[spool]\nmax_file = 1M\n")
def flow_hostile_files_among_good_ones(house):
    house.start()
    inc = house.incoming()
    with open(house.path("secret"), "w") as f:
        f.write("A secret\n\nThat a link must not publish.\n")
    house.drop(digest(range(1, 6)), "a.txt")
    house.drop(bytes(range(256)) * 64, "junk.bin")
    house.drop(b"", "empty.txt")
    house.drop(b"\0" * 100000, "nul.txt")
    house.drop(b"x" * (1 << 20) + b"y", "huge.txt")
    house.drop(b" \n\n \t\n", "blank.txt")
    os.symlink(house.path("secret"), os.path.join(inc, "link.txt"))
    os.mkfifo(os.path.join(inc, "fifo.txt"))
    s = socket.socket(socket.AF_UNIX)
    s.bind(os.path.join(inc, "socket.txt"))
    bad = ["junk.bin", "empty.txt", "nul.txt", "huge.txt", "blank.txt", "link.txt", "fifo.txt", "socket.txt"]
    if os.geteuid() == 0:
        house.drop(digest(range(50, 55)), ".unreadable")
        os.chmod(os.path.join(inc, ".unreadable"), 0o000)
        os.rename(os.path.join(inc, ".unreadable"), os.path.join(inc, "unreadable.txt"))
        bad.append("unreadable.txt")
    os.mkdir(os.path.join(inc, "Not A Feed"))
    house.drop(digest(range(6, 11)), "\x1b[31mred\nname.txt")
    house.drop(digest(range(11, 16)), "z.txt")
    until(lambda: "all settled; left: %s; log: %s" % (os.listdir(inc), house.log()[-2000:]),
          lambda: os.listdir(inc) == ["Not A Feed"] and house.settled())
    house.stored_exactly(range(1, 16))
    equal(len([n for n in house.rejected() if not n.endswith(".why")]), len(bad))
    for name in bad:
        print("# %s: %s" % (name, why_of(house, name).splitlines()[0]))
    equal("offset" in why_of(house, "junk.bin"), True)
    equal("link" in why_of(house, "link.txt"), True)
    equal("\x1b" in house.log(), False, "a control character in the log")
    s.close()
    status = house.status()
    equal((status["fates"]["done"], status["fates"]["bad"]), (3, len(bad)))


def flow_a_half_written_file_is_taken_whole(house):
    house.start()
    whole = digest(range(1, 21))
    path = os.path.join(house.incoming(), "slow.txt")
    with open(path, "wb") as f:
        for i in range(0, len(whole), len(whole) // 8 + 1):
            f.write(whole[i:i + len(whole) // 8 + 1])
            f.flush()
            house.drop(digest([1000 + i]))  # others pass it meanwhile
            until("the other one", lambda: house.settled_but("slow.txt"))
            equal(os.path.exists(path), True, "taken while its writer has it open")
    house.wait_settled()
    numbers = [n for _, n in house.stored()]
    equal([n for n in numbers if n < 1000], list(range(1, 21)))


def settled_but(self, name):
    left = [f for f in os.listdir(self.incoming()) if f != name and not f.startswith(".")]
    return not left and not [f for f in os.listdir(os.path.join(self.spool, "work")) if not f.startswith(".")]


House.settled_but = settled_but


def flow_without_inotify(house):
    house.configure("[spool]\npoll = 100ms\n")
    house.start(env={"NEWSWIRE_POLL": "1"})
    equal("polling" in house.status()["watching"], True, house.status()["watching"])
    house.drop(digest(range(1, 11)))
    os.mkdir(house.incoming("reuters"))
    house.drop(digest(range(11, 21)), feed="reuters")
    until("all stored", lambda: house.head() == 20)
    equal(sum("polling" in l and "level=warn" in l for l in house.log().splitlines()), 1, "how often it is said")


def flow_a_directory_that_goes_and_comes_back(house):
    house.start()
    house.drop(digest(range(1, 6)))
    house.wait_settled()
    os.rename(house.incoming(), house.path("away"))
    until("gone is said", lambda: "gone" in (house.status() or {}).get("watching", ""))
    os.rename(house.path("away"), house.incoming())
    house.drop(digest(range(6, 11)))
    until("it is picked up again", lambda: house.head() == 10)
    until("watched again", lambda: "inotify" in house.status()["watching"])


@as_nobody
def flow_moves_that_fail_pause_intake(house):
    """archive/ cannot be written: what is settled waits in work/, intake pauses and says why, and nobody spins."""
    if os.geteuid() != 0:
        return "a directory of somebody else's wants root"
    house.start()
    archive = os.path.join(house.spool, "archive")
    os.chown(archive, 0, 0)
    os.chmod(archive, 0o755)
    house.daemon.send_signal(signal.SIGSTOP)
    for i in range(1300):
        house.drop(digest([i]))
    house.daemon.send_signal(signal.SIGCONT)
    until("it pauses and says why", lambda: "cannot be moved" in (house.status() or {}).get("paused", ""))
    before = cpu_seconds(house)
    time.sleep(2)
    spent = cpu_seconds(house) - before
    equal(spent < 0.5, True, "%.2f s of CPU in 2 s of pause" % spent)
    equal(house.log().count("could not be moved"), 1, "lines about one reason")
    os.chown(archive, NOBODY, NOBODY)
    house.wait_settled()
    house.stored_exactly(range(1300))
    equal(len(house.archived()), 1300)
    until("the status is well again", lambda: not house.status().get("paused"))


@as_nobody
def flow_once_says_what_it_cannot_take(house):
    if os.geteuid() != 0:
        return "a directory of somebody else's wants root"
    house.start()
    house.stop()
    work = os.path.join(house.spool, "work")
    house.drop(digest(range(1, 4)), "good.txt")
    os.chmod(work, 0o500)
    house.start(ready=False, argv=["--once"])
    equal(house.daemon.wait(60), 1)
    equal("stay in incoming/" in house.log().splitlines()[-1], True, house.log()[-500:])
    os.chmod(work, 0o750)
    house.start(ready=False, argv=["--once"])
    equal(house.daemon.wait(60), 0)
    equal(len(house.archived()), 1)


def cpu_seconds(house):
    with open("/proc/%d/stat" % house.daemon.pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@with_conf("[spool]\nmax_file = 1G\nsettle = 0\n")
def flow_a_file_larger_than_its_memory_is_rejected(house):
    house.start()
    hidden = os.path.join(house.incoming(), ".big")
    with open(hidden, "wb") as f:
        f.truncate(600 << 20)
    os.rename(hidden, os.path.join(house.incoming(), "big"))
    house.drop(digest(range(1, 6)))
    house.wait_settled()
    equal("memory" in why_of(house, "big"), True)
    house.stored_exactly(range(1, 6))


def flow_retry_after_the_cause_is_gone(house):
    house.configure("[spool]\nmax_items = 5\n")
    house.start()
    house.drop(digest(range(1, 11)), "ten.txt")
    until("it is rejected", lambda: house.status()["fates"]["bad"] == 1)
    house.configure("[spool]\nmax_items = 50\n")
    house.daemon.send_signal(signal.SIGHUP)
    until("reloaded", lambda: "reloaded" in house.log())
    equal(house.newswire("retry", "ten.txt").returncode, 0)
    until("stored", lambda: house.head() == 10)
    equal(house.rejected(), [])


@with_conf("[spool]\narchive_keep = 1d\n")
def flow_old_archives_are_removed(house):
    house.start()
    house.stop()
    old = os.path.join(house.spool, "archive", "2001-01-01")
    os.mkdir(old)
    for i in range(3):
        open(os.path.join(old, "%016x.default.x%d.txt" % (i + 1, i)), "w").close()
    house.start()
    until("the old day is gone", lambda: not os.path.exists(old))


def flow_delete_after(house):
    house.configure("[spool]\nafter = delete\n")
    house.start()
    house.drop(digest(range(1, 6)))
    house.wait_settled()
    equal(house.archived(), [])
    house.stored_exactly(range(1, 6))


def flow_a_full_disk(_):
    """Spool and store on a tmpfs of 6 MB: intake pauses, says why, and resumes by itself; nothing is lost."""
    if os.geteuid() != 0:
        return "mounting a tmpfs wants root"
    house = House()
    disk = house.path("disk")
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", disk]).returncode != 0:
        house.close()
        return "mount -t tmpfs is not allowed here"
    try:
        house.spool, house.store = os.path.join(disk, "spool"), os.path.join(disk, "store")
        os.mkdir(house.spool)
        os.mkdir(house.store)
        house.configure("[spool]\nafter = delete\n[store]\nreserve = 0\n")
        fill_and_resume(house, disk)
    except AssertionError as e:
        raise AssertionError("%s\n%s" % (e, house.log()[-3000:]))
    finally:
        house.close_daemon_only()
        subprocess.run(["umount", "-l", disk], check=True)
        house.close()


def close_daemon_only(self):
    for r in self.readers:
        r.end(signal.SIGKILL)
    if self.daemon is not None and self.daemon.poll() is None:
        self.daemon.kill()
        self.daemon.wait()


House.close_daemon_only = close_daemon_only


def fill_and_resume(house, disk):
    house.start()
    ballast = os.path.join(disk, "ballast")
    wanted = []
    house.drop(digest(range(5)))
    wanted += range(5)
    until("the first", lambda: house.head() == 5)
    for i in range(1, 20):  # dropped before the disk is full: the producer's own writes must succeed
        house.daemon.send_signal(signal.SIGSTOP)
        house.drop(digest(range(i * 10, i * 10 + 10), words=300))
        wanted += range(i * 10, i * 10 + 10)
    with open(ballast, "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"b" * 4096)
        except OSError:
            pass
    house.daemon.send_signal(signal.SIGCONT)
    until("it pauses and says why", lambda: (house.status() or {}).get("paused"))
    print("# paused: " + house.status()["paused"])
    text = house.newswire("status").stdout
    equal("full" in text, True, text)
    equal(house.daemon.poll(), None, "it ended")
    os.unlink(ballast)
    house.wait_settled()
    until("resumed", lambda: not house.status().get("paused"))
    house.stored_exactly(wanted)


if __name__ == "__main__":
    run(globals())
