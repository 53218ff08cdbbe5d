#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The daemon is killed wherever it hurts. Afterwards every dropped dispatch is in the store exactly once and every
subscriber with a cursor has it once."""
import os
import random
import shutil
import signal
import sqlite3
import time

from house import digest, equal, item_number, run, until, with_conf

POINTS = ["claimed", "claims-durable", "read", "parsed", "slices-written", "file-ended", "before-commit", "committed",
          "rung", "settled"]
# A span over max_dispatch is set aside: the point "slices-written" is passed only then.
SMALL = "[spool]\nmax_dispatch = 4K\n"


@with_conf(SMALL)
def flow_killed_at_every_point(house):
    wanted = []
    slices = junk = 0
    reader = house.tail("--since", "start", cursor="desk")
    for point in POINTS:
        for n in (1, 3):
            house.start(env={"NEWSWIRE_CRASH": "%s:%d" % (point, n)})
            base = house.dropped * 100 + 1000  # each round has numbers of its own
            for k in range(4):
                numbers = list(range(base + k * 5, base + k * 5 + 5))
                data = digest(numbers)
                if k % 2 == 0:
                    data += b"\n" + digest([base + 90 + k], words=2000)
                    slices += 1
                house.drop(data)
                wanted += numbers
            house.drop(b"\0" * 99)  # its fate is to be rejected, wherever the daemon dies
            junk += 1
            extra = 0
            while house.daemon.poll() is None:  # a point passed once per batch may need more batches
                extra += 1
                house.drop(digest([base + 20 + extra]) + b"\n" + digest([base + 60 + extra], words=2000))
                slices += 1
                wanted.append(base + 20 + extra)
                until("taken, or dead", lambda: house.daemon.poll() is not None or house.settled())
                equal(extra < 20, True, "it never died at " + point)
            equal(house.daemon.returncode, -signal.SIGKILL, "how it ended at " + point)
            house.start()
            house.wait_settled()
            house.stop()
    house.start()
    house.stored_exactly(wanted)
    reader.wait(len(wanted))
    equal(sorted(reader.numbers()), sorted(wanted), "what the subscriber had")
    equal(len([n for n in house.rejected() if not n.endswith(".why")]), slices + junk, "slices and files set aside")
    equal(len([n for n in house.rejected() if n.endswith(".why")]), slices + junk, "and why")
    equal(len(house.archived()), house.dropped - junk, "archived files")


def flow_killed_at_random_under_load(house):
    random.seed(4)
    readers = [house.tail("--since", "start", cursor="a"), house.tail("agency/tass", "--since", "start", cursor="b")]
    wanted, tass = [], []
    for kill in range(20):
        house.start(ready=kill % 2 == 0)
        for i in range(30):
            numbers = list(range((kill * 30 + i) * 10, (kill * 30 + i) * 10 + 10))
            if os.path.isdir(house.incoming()):
                house.drop(digest(numbers, "tass" if i % 3 == 0 else "armenpress"))
                wanted += numbers
                tass += numbers if i % 3 == 0 else []
        time.sleep(random.random() * 0.25)  # a moment nobody chose
        house.kill()
        if kill % 5 == 4:  # a subscriber is killed too, between delivery and cursor
            equal(readers[0].end(signal.SIGTERM), 0)
            readers[0] = house.tail("--since", "start", cursor="a")
    house.start()
    house.wait_settled()
    house.stored_exactly(wanted)
    equal(house.rejected(), [], "innocent files rejected")
    until("the second subscriber has its share", lambda: readers[1].count() >= len(tass))
    equal(sorted(readers[1].numbers()), sorted(tass))
    seqs = [e["seq"] for e in readers[1].events()]
    equal(seqs, sorted(set(seqs)), "order")
    heads = [r for r in house.readers if "a" in r.argv]

    def have():
        return [n for r in heads for n in r.numbers()]
    until("the first subscriber has all", lambda: len(have()) >= len(wanted))
    equal(sorted(have()), sorted(wanted), "over its lives, each once")


def flow_a_file_that_ends_the_daemon_is_set_aside(house):
    poison = {"NEWSWIRE_CRASH": "parsed@poison.txt"}
    house.start(env=poison)
    house.drop(digest(range(1, 6)), "a-good.txt")
    house.drop(digest(range(100, 105)), "poison.txt")
    house.drop(digest(range(6, 11)), "z-good.txt")
    deaths = 0
    while True:
        until("it dies, or all is settled", lambda: house.daemon.poll() is not None or house.settled())
        if house.daemon.poll() is None:
            break
        deaths += 1
        if deaths > 3:
            raise AssertionError("it died %d times" % deaths)
        house.start(ready=False, env=poison)  # as systemd would
    equal(deaths, 2)
    until("it is ready", lambda: house.status() is not None)
    house.stored_exactly(range(1, 11))
    why = [n for n in house.rejected() if n.endswith(".why")]
    equal(len(why), 1)
    with open(os.path.join(house.spool, "rejected", why[0])) as f:
        equal("ended the daemon twice" in f.read(), True)


def flow_a_file_in_hand_at_two_deaths_is_not_guilty_of_them(house):
    for _ in range(2):
        house.start(ready=False, env={"NEWSWIRE_CRASH": "read@innocent.txt"})
        if not house.dropped:
            until("incoming/", lambda: os.path.isdir(house.incoming()))
            house.drop(digest(range(1, 6)), "innocent.txt")
        equal(house.daemon.wait(60), -signal.SIGKILL)
    house.start()
    house.wait_settled()
    house.stored_exactly(range(1, 6))
    equal("deaths=2" in house.log(), True, "two deaths were counted")
    equal(house.rejected(), [])


def flow_a_store_restored_from_an_older_copy(house):
    house.start()
    reader = house.tail("--since", "start", cursor="desk")
    house.drop(digest(range(1, 11)))
    reader.wait(10)
    house.wait_settled()
    house.stop()
    shutil.copytree(house.store, house.path("backup"))
    house.start()
    old = house.status()["epoch"]
    house.drop(digest(range(11, 31)))
    reader.wait(30)
    house.wait_settled()
    house.kill()
    shutil.rmtree(house.store)
    shutil.copytree(house.path("backup"), house.store)
    house.start()
    equal(house.status()["epoch"] == old, False, "the epoch is the old one")
    house.drop(digest(range(31, 61)))  # more than was lost: seqs pass the old head
    until("told of the new epoch, and given everything that the store has",
          lambda: [e for e in reader.events() if e.get("event") == "epoch"] and reader.count() >= 30 + 1 + 40)
    events = reader.events()
    at = [i for i, e in enumerate(events) if e.get("event") == "epoch"][0]
    equal([item_number(e) for e in events[at + 1:]], list(range(1, 11)) + list(range(31, 61)))


def flow_a_copy_of_the_running_store(house):
    """Taken as newswired(8) says, while dispatches come in: it is whole, and goes on under a new epoch."""
    house.start()
    for n in range(20):
        house.drop(digest(range(n * 100, n * 100 + 100)))
    until("some are stored", lambda: house.head() > 0)
    os.mkdir(house.path("backup"))
    for name in sorted(n for n in os.listdir(house.store) if n.startswith("segment-") and n.endswith(".db")):
        db = sqlite3.connect("file:%s?mode=ro" % os.path.join(house.store, name), uri=True)
        db.execute("vacuum into ?", (os.path.join(house.path("backup"), name),))
        db.close()
    until("all are stored", lambda: house.head() == 2000)
    old = house.status()["epoch"]
    house.kill()
    shutil.rmtree(house.store)
    shutil.copytree(house.path("backup"), house.store)
    house.start()
    stored = house.stored()
    equal([seq for seq, _ in stored], list(range(1, len(stored) + 1)))
    equal(0 < len(stored) <= 2000 and len(stored) % 100 == 0, True, "%d dispatches, not whole files" % len(stored))
    equal(len(stored) == 2000 or house.status()["epoch"] != old, True, "the epoch is the old one")
    for n in range(20):
        house.drop(digest(range(n * 100, n * 100 + 100)))
    until("the rest is stored, nothing twice", lambda: house.head() == 2000)
    house.wait_settled()
    equal(house.head(), 2000)


def flow_a_store_that_is_none(house):
    house.start()
    house.drop(digest(range(1, 4)))
    house.wait_settled()
    house.stop()
    with open(os.path.join(house.store, "newswire.db"), "r+b") as f:
        f.write(b"this is not a database")
    for name in ("newswire.db-wal", "newswire.db-shm"):
        if os.path.exists(os.path.join(house.store, name)):
            os.unlink(os.path.join(house.store, name))
    house.start(ready=False)
    equal(house.daemon.wait(60), 4)
    equal(house.store in house.log().splitlines()[-1], True, house.log()[-500:])


def flow_a_store_taken_away_under_the_daemon(house):
    """What would be committed into a file that nobody can open again is not taken in at all."""
    house.start()
    house.drop(digest(range(1, 6)))
    house.wait_settled()
    os.rename(house.store, house.path("elsewhere"))
    os.mkdir(house.store)
    house.drop(digest(range(6, 11)))
    equal(house.daemon.wait(60), 4)
    os.rmdir(house.store)
    os.rename(house.path("elsewhere"), house.store)
    house.start()
    house.wait_settled()
    house.stored_exactly(range(1, 11))


def flow_one_daemon_per_spool(house):
    house.start()
    first = house.daemon
    house.start(ready=False)
    equal(house.daemon.wait(60), 1)
    equal(str(first.pid) in house.log().splitlines()[-1], True, house.log()[-500:])
    house.daemon = first
    equal(house.stop(), 0)


if __name__ == "__main__":
    run(globals())
