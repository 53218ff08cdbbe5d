#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The search index behind the live wire: what is dropped is found; nothing that happens to the index is news to
anybody else, and it is made anew."""
import json
import os
import pty
import signal
import subprocess

from house import CLIENT, DAEMON, LIMIT, digest, equal, item_number, run, until, with_conf


def search(house, *argv):
    """Numbers of what is found, in order."""
    answer = house.newswire("search", "-o", "jsonl", "--count", "1000", *argv)
    if answer.returncode != 0:
        raise AssertionError("search %s: %s" % (argv, answer.stderr))
    return [item_number(json.loads(line)) for line in answer.stdout.splitlines()]


def wait_indexed(house):
    until(lambda: "the index; status: %s" % house.status(), lambda: house.status()["indexed"] == house.status()["head"] > 0)


def files(house):
    directory = os.path.join(house.store, "search")
    names = os.listdir(directory) if os.path.isdir(directory) else []
    return [os.path.join(directory, name) for name in sorted(names) if name.endswith(".db")]


def flow_what_is_dropped_is_found(house):
    house.start()
    house.drop(digest(range(1, 21)))
    house.drop(digest(range(21, 31), "tass"))
    house.wait_settled()
    wait_indexed(house)
    equal(search(house, '"item 7 begins"'), [7])
    equal(search(house, "headline agency:tass"), list(range(30, 20, -1)))
    equal(search(house, "headline -25 agency:tass after:2023-11-07T21:22:00Z before:2023-11-07T21:30:00Z"),
          [29, 28, 27, 26, 24, 23, 22])  # Moscow is three hours ahead
    equal(search(house, "topic:place/am", "item"), list(range(20, 0, -1)))
    equal(len(search(house, "--best", "item")), 30)
    equal(search(house, "nowhere"), [])
    answer = house.newswire("search", 'item "not')
    equal((answer.returncode, "column 6" in answer.stderr), (2, True))
    equal(house.stop(), 0)
    equal(search(house, '"item 7 begins"'), [7])  # the daemon need not be up


def flow_words_are_marked_on_a_terminal(house):
    house.start()
    house.drop(digest([5]))
    house.wait_settled()
    wait_indexed(house)
    equal(house.newswire("search", "headline").stdout.count("\033"), 0)
    master, slave = pty.openpty()
    subprocess.run([CLIENT, "search", "-c", house.conf, "HEADLINE"], stdout=slave, timeout=LIMIT,
                   env=dict(os.environ, TERM="xterm", NO_COLOR=""))
    os.close(slave)
    shown = os.read(master, 65536).decode()
    equal("\033[1;33mheadline\033[0m that nobody else has" in shown, True, shown)


def flow_killed_while_indexing(house):
    """Before a transaction, and right after it: the next start goes on where the index says it is."""
    dropped = []
    for point in ("index-put:2", "index-done:2", "index-put:1"):
        house.start(env={"NEWSWIRE_CRASH": point})
        while house.daemon.poll() is None:
            dropped.append(len(dropped) + 1)
            house.drop(digest(dropped[-1:]))
            until("it is taken", lambda: house.settled() or house.daemon.poll() is not None)
        equal(house.daemon.returncode, -signal.SIGKILL)
    house.start()
    house.wait_settled()
    wait_indexed(house)
    equal(sorted(search(house, "")), dropped)
    equal(sorted(search(house, "headline")), dropped)
    house.stored_exactly(dropped)


def flow_an_index_that_is_taken_away_is_made_anew(house):
    house.start()
    house.drop(digest(range(1, 11)))
    house.wait_settled()
    wait_indexed(house)
    for path in files(house):
        os.unlink(path)
    until("an index again", lambda: files(house) and search(house, "headline") == list(range(10, 0, -1)))
    house.drop(digest([11]))
    house.wait_settled()
    wait_indexed(house)
    equal(search(house, "headline"), list(range(11, 0, -1)))
    answer = subprocess.run([DAEMON, "-c", house.conf, "--reindex"], capture_output=True, text=True, timeout=LIMIT)
    equal((answer.returncode, "the running newswired makes it anew" in answer.stderr), (0, True))
    until("an index again", lambda: search(house, "headline") == list(range(11, 0, -1)))
    house.stop()
    with open(files(house)[0], "r+b") as f:
        f.write(b"no database")
    answer = house.newswire("search", "headline")
    equal((answer.returncode, "--reindex" in answer.stderr), (1, True))
    answer = subprocess.run([DAEMON, "-c", house.conf, "--reindex"], capture_output=True, text=True, timeout=LIMIT)
    equal((answer.returncode, "up to record 11" in answer.stderr), (0, True), answer.stderr)
    equal(search(house, "headline"), list(range(11, 0, -1)))
    with open(files(house)[0], "r+b") as f:
        f.write(b"no database")
    house.start()
    until("an index again", lambda: house.newswire("search", "headline").returncode == 0)
    wait_indexed(house)
    equal(search(house, "headline"), list(range(11, 0, -1)))


def flow_an_index_that_cannot_be_written_holds_up_nobody(house):
    with open(os.path.join(house.store, "search"), "w"):
        pass  # where its directory should be
    house.start()
    tail = house.tail("--since", "start")
    house.drop(digest(range(1, 11)))
    tail.wait(10)
    house.wait_settled()
    until("a word about it", lambda: "the index stands still" in house.log())
    equal(house.status()["indexed"], 0)
    os.unlink(os.path.join(house.store, "search"))
    wait_indexed(house)
    equal(len(search(house, "headline")), 10)


@with_conf("[store]\nsearch = no\n")
def flow_without_an_index(house):
    house.start()
    house.drop(digest(range(1, 11)))
    house.wait_settled()
    equal((house.status()["indexed"], files(house)), (0, []))
    answer = house.newswire("search", "headline")
    equal((answer.returncode, answer.stdout, "10 records are not in the search index" in answer.stderr), (0, "", True))


run(globals())
