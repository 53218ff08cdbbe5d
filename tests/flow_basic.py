#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The wire on an ordinary day: drop, receive, filter, come late, restart, ask."""
import json
import os
import signal
import sqlite3
import subprocess

from house import BUILD, CLIENT, Reader, TOP, as_nobody, digest, dispatch, equal, item_number, run, until, with_conf


@as_nobody
def flow_a_digest_reaches_a_subscriber(house):
    house.start()
    tail = house.tail()
    until("a subscriber is seen", lambda: house.status()["subscribers"] >= 1)
    house.drop(digest(range(1, 11)))
    tail.wait(10)
    equal(tail.numbers(), list(range(1, 11)))
    equal([e["seq"] for e in tail.events()], list(range(1, 11)))
    house.wait_settled()
    equal(len(house.archived()), 1)
    equal(house.rejected(), [])
    first = tail.events()[0]
    equal(first["ninjs"]["infoSources"][0]["name"], "ARMENPRESS")
    equal(first["ninjs"]["located"], "Yerevan")
    equal(first["ninjs"]["contentCreated"], "2023-11-08T00:01:00+04:00")
    if "agency/armenpress/" not in first["topics"] or "place/am/yerevan/" not in first["topics"]:
        raise AssertionError("topics: %s" % first["topics"])
    equal(house.stop(), 0)


def flow_two_filters_see_exactly_their_share(house):
    house.start()
    armenian = house.tail("agency/armenpress", "--since", "start")
    moscow = house.tail("place/*/moscow", "--since", "start")
    neither = house.tail("all", "!agency/tass", "!agency/armenpress", "--since", "start")
    both = house.tail("agency", "--since", "start")
    for i in range(10):
        house.drop(digest(range(i * 20, i * 20 + 10)))
        house.drop(digest(range(i * 20 + 10, i * 20 + 20), "tass"))
    both.wait(200)
    armenian.wait(100)
    moscow.wait(100)
    equal(armenian.numbers(), [n for n in both.numbers() if n // 10 % 2 == 0])
    equal(moscow.numbers(), [n for n in both.numbers() if n // 10 % 2 == 1])
    equal(sorted(both.numbers()), list(range(200)))
    equal(neither.lines(), [])


def flow_late_joiner_has_everything(house):
    house.start()
    house.drop(digest(range(1, 31)))
    until("30 stored", lambda: house.head() == 30)
    late = house.tail("--since", "start", "--count", "30").wait(30)
    equal(late.numbers(), list(range(1, 31)))
    equal(late.process.wait(60), 0)
    middle = house.tail("--since", "11", "--until", "now").wait(20)
    equal(middle.numbers(), list(range(11, 31)))
    equal(middle.process.wait(60), 0)
    future = house.tail("--since", "2001-01-01T00:00:00Z", "--until", "20").wait(20)
    equal(future.numbers(), list(range(1, 21)))
    equal(future.process.wait(60), 0)


def flow_restart_and_cursor(house):
    house.start()
    reader = house.tail("--since", "start", cursor="desk")
    house.drop(digest(range(1, 11)))
    reader.wait(10)
    equal(reader.end(signal.SIGTERM), 0)
    house.drop(digest(range(11, 21)))
    house.wait_settled()
    equal(house.stop(), 0)
    house.start()
    house.drop(digest(range(21, 31)))
    again = house.tail("--since", "start", cursor="desk")
    again.wait(20)
    equal(again.numbers(), list(range(11, 31)))
    second = house.tail(cursor="desk")
    until("a second holder is refused", lambda: second.process.poll() is not None)
    equal(second.process.returncode, 1)
    if "desk" not in second.errors():
        raise AssertionError(second.errors())


def flow_subscriber_outlives_the_daemon(house):
    """The daemon is killed and restarted under a running subscriber."""
    house.start()
    reader = house.tail("--since", "start")
    for i in range(5):
        house.drop(digest(range(i * 10, i * 10 + 10)))
        reader.wait(i * 10 + 10)
        house.wait_settled()
        house.kill()
        house.start()
    house.drop(digest(range(50, 60)))
    reader.wait(60)
    equal(reader.numbers(), list(range(60)))


def flow_same_dispatch_twice_is_stored_once(house):
    house.start()
    house.drop(digest(range(1, 11)), "one.txt")
    house.wait_settled()
    house.drop(digest(range(1, 11)), "same-bytes.txt")
    house.drop(b"\n\n" + digest(range(6, 16)), "half-new.txt")
    house.wait_settled()
    house.stored_exactly(range(1, 16))
    status = house.status()
    equal((status["fresh"], status["seen"], status["fates"]["done"]), (15, 15, 3))


@with_conf("[feed sports]\nagency = Field Wire\ntopics = subject/sport\nurgency = 4\n")
def flow_feeds_have_their_own_settings(house):
    house.start()
    house.drop("A plain title\n\nA paragraph without any dateline at all, of some length.\n", feed="sports")
    os.mkdir(house.incoming("made-later"))
    house.drop("Another title\n\nA paragraph without any dateline at all, of other length.\n", feed="made-later")
    tail = house.tail("--since", "start").wait(2)
    events = {e["feed"]: e for e in tail.events()}
    sports = events["sports"]
    equal(sports["ninjs"]["infoSources"][0]["name"], "Field Wire")
    equal(sports["ninjs"]["urgency"], 4)
    for topic in ("agency/field-wire/", "feed/sports/", "subject/sport/"):
        if topic not in sports["topics"]:
            raise AssertionError("%s is not in %s" % (topic, sports["topics"]))
    equal("feed/made-later/" in events["made-later"]["topics"], True)


def flow_asking(house):
    """status, topics, show, drop --wait, retry: as a person at a terminal has them."""
    house.start()
    with open(house.path("in.txt"), "wb") as f:
        f.write(digest(range(1, 4)))
    answer = house.newswire("drop", "--wait", house.path("in.txt"))
    equal(answer.returncode, 0, answer.stderr)
    equal("1..3" in answer.stdout, True, answer.stdout)
    koi8 = b"\xc4\xc1\xca\xc4\xd6\xc5\xd3\xd4" * 20  # a name that is no UTF-8, and long once it is shown
    answer = subprocess.run([CLIENT, "drop", "-c", house.conf, "--wait", "--name", koi8, house.path("in.txt")],
                            capture_output=True)
    equal((answer.returncode, answer.stderr), (0, b""))
    answer = house.newswire("drop", "--wait", house.path("in.txt"))
    equal((answer.returncode, "seen" in answer.stdout), (0, True), answer.stdout + answer.stderr)
    with open(house.path("junk"), "wb") as f:
        f.write(bytes(range(256)) * 100)
    answer = house.newswire("drop", "--wait", house.path("junk"))
    equal(answer.returncode, 3, answer.stdout + answer.stderr)
    equal("offset" in answer.stderr, True, answer.stderr)
    rejected = [n for n in house.rejected() if not n.endswith(".why")]
    equal(len(rejected), 1)
    answer = house.newswire("retry", "junk")
    equal(answer.returncode, 0, answer.stderr)
    until("rejected again", lambda: house.status()["fates"]["bad"] == 2)
    answer = house.newswire("show", "2")
    equal(answer.returncode, 0, answer.stderr)
    equal("Item 2 is a headline" in answer.stdout and "second paragraph of item 2" in answer.stdout, True,
          answer.stdout)
    equal(house.newswire("show", "99").returncode, 1)
    answer = house.newswire("topics")
    equal(answer.returncode, 0, answer.stderr)
    equal("agency/armenpress/" in answer.stdout, True, answer.stdout)
    text = house.newswire("status")
    equal(text.returncode, 0, text.stderr)
    prometheus = house.newswire("status", "-o", "prometheus")
    equal("newswire_" in prometheus.stdout and "# TYPE" in prometheus.stdout, True, prometheus.stdout)
    house.stop()
    answer = house.newswire("status")
    equal(answer.returncode, 1)
    equal("running" in answer.stderr, True, answer.stderr)


def flow_other_peoples_sql(house):
    """A reader opens the store mode=ro, with the daemon up and with it down."""
    house.start()
    house.drop(digest(range(1, 11)))
    until("10 stored", lambda: house.head() == 10)
    house.drop(b"\0", name="none.txt")
    until("a rejected file", house.rejected)

    def count():
        db = sqlite3.connect("file:%s?mode=ro" % os.path.join(house.store, "segment-00000001.db"), uri=True)
        try:
            return db.execute("select count(*) from dispatches").fetchone()[0]
        finally:
            db.close()
    def ask(*words):
        answer = house.newswire("sql", *words)
        equal(answer.returncode, 0, answer.stderr)
        return answer.stdout.splitlines()
    for _ in range(2):
        equal(count(), 10)
        equal(ask("select count(*) as n from records"), ["n", "10"])
        equal(ask("-o", "jsonl", "select seq, fresh from files join records on file = name where seq > 9;"),
              ['{"seq":10,"fresh":10}'])
        house.stop()
    # As newswire(1) shows them.
    newest = ask("select seq, headline from records order by seq desc limit 10")
    equal(newest[0], "seq\theadline")
    equal([line.split("\t")[0] for line in newest[1:]], [str(n) for n in range(10, 0, -1)])
    today = ask("select max(stored) from records")[1][:10]
    equal(ask("select agency, count(*) from records where stored like '%s%%' group by agency order by 2 desc" % today)[0],
          "agency\tcount(*)")
    bad = ask("-o", "jsonl", "select name, settled, why from files where fate = 'bad'")
    equal([json.loads(line)["name"] for line in bad], ["none.txt"])
    equal(house.newswire("sql", "delete from records").returncode, 1)


def flow_a_stranger_in_python(house):
    """tests/subscriber.py was written from proto/README.md; it throws every third live copy away and misses nothing."""
    pb2 = house.path("pb2")
    os.mkdir(pb2)
    subprocess.run(["protoc", "--python_out=" + pb2, "-I" + os.path.join(TOP, "proto"), "newswire.proto"], check=True,
                   cwd=os.path.join(TOP, "proto"))
    house.start()
    env = dict(os.environ, NEWSWIRE_PB2_DIR=pb2)
    stranger = Reader(house, ["/usr/bin/python3", os.path.join(TOP, "tests/subscriber.py"), "--publish",
                              "ipc://" + house.path("pub"), "--replay", "ipc://" + house.path("rep"), "--topic",
                              "agency/tass/", "--since-start", "--drop-every", "3", "--count", "100"], env=env)
    for i in range(20):
        house.drop(digest(range(i * 5, i * 5 + 5), "tass"))
        house.drop(digest(range(1000 + i * 5, 1000 + i * 5 + 5)))
    stranger.wait(100)
    want = [(s, n) for s, n in house.stored() if n < 1000]
    got = [(int(l.split(" ", 1)[0]), int(l.split(" ")[2])) for l in stranger.lines()]
    equal(got, want)


def flow_the_readme_example(house):
    house.start()
    example = Reader(house, [os.path.join(BUILD, "tests/example"), "ipc://" + house.path("pub"),
                             "ipc://" + house.path("rep")])
    until("it is connected", lambda: house.status()["subscribers"] >= 1 and house.status()["replays"] >= 1)
    house.drop(digest(range(1, 6)))
    example.wait(5)
    equal(["Item" in l for l in example.lines()], [True] * 5)


if __name__ == "__main__":
    run(globals())
