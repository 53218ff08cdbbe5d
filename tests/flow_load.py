#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Many files, slow subscribers, wide subscriptions."""
import os
import signal
import time

from house import CLIENT, Reader, digest, equal, run, until, with_conf

MANY = int(os.environ.get("FLOW_MANY", "20000"))


@with_conf("[publish]\nsndhwm = 1000\n")
def flow_a_stopped_subscriber_misses_nothing(house):
    house.start()
    stopped = house.tail("--since", "start")
    other = house.tail("--since", "start")
    house.drop(digest(range(10)))
    stopped.wait(10)
    other.wait(10)
    stopped.send(signal.SIGSTOP)
    for i in range(1, MANY // 10):
        house.drop(digest(range(i * 10, i * 10 + 10), words=20))
    other.wait(MANY)  # the other one has all of it while the first one stands still
    equal(stopped.count(), 10, "lines of the stopped one")
    equal([e["seq"] for e in other.events()], list(range(1, MANY + 1)))
    stopped.send(signal.SIGCONT)
    stopped.wait(MANY)
    equal([e["seq"] for e in stopped.events()], list(range(1, MANY + 1)))
    equal(stopped.numbers(), other.numbers())


def flow_twenty_thousand_files_at_once(house):
    """inotify's queue holds 16,384 events: hints overflow, the scan finds everything."""
    house.start()
    house.daemon.send_signal(signal.SIGSTOP)
    for i in range(MANY):
        house.drop(digest([i], words=3))
    house.daemon.send_signal(signal.SIGCONT)
    house.wait_settled(600)
    until("all are stored", lambda: house.head() == MANY)
    house.stored_exactly(range(MANY))
    equal(len(house.archived()), MANY)


def flow_files_that_wait_at_the_start(house):
    house.start()
    house.stop()
    for i in range(2000):
        house.drop(digest([i], words=3))
    house.start()
    house.wait_settled(600)
    stored = house.stored()
    equal([n for _, n in stored], list(range(2000)), "seq follows arrival")


def flow_five_thousand_subscriptions(house):
    house.start()
    topics = ["watch/nobody-%d" % i for i in range(5000)] + ["agency/armenpress"]
    wide = house.tail(*topics, "--since", "start")
    house.drop(digest(range(1, 11)))
    house.drop(digest(range(100, 110), "tass"))
    wide.wait(10)
    house.wait_settled()
    house.kill()
    house.start()  # all subscriptions are made again over a new connection
    house.drop(digest(range(11, 21)))
    house.drop(digest(range(110, 120), "tass"))
    wide.wait(20)
    equal(wide.numbers(), list(range(1, 21)))


if __name__ == "__main__":
    run(globals())
