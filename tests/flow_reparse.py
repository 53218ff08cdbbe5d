#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The archive read anew: what changed becomes a further version of the same dispatch, and nothing else happens."""
import json
import os
import signal
import sqlite3
import subprocess

from house import CLIENT, digest, equal, run, until, with_conf

RULES = "[topics]\nrules = %s\n"


def reparse(house, *argv, env=None, status=0):
    answer = subprocess.run([house.program(), "-c", house.conf, "--reparse", *argv], capture_output=True, text=True,
                            env=dict(os.environ, **(env or {})))
    equal(answer.returncode, status, answer.stderr + answer.stdout)
    return answer


def changes(house, *argv, **more):
    """[(change, version, headline)] of all files, and the sum."""
    lines = [json.loads(l) for l in reparse(house, "-o", "json", *argv, **more).stdout.splitlines()]
    told = [(d["change"], d["version"], d.get("headline")) for l in lines[:-1] for d in l["dispatches"]]
    return told, lines[-1]["sum"]


def once(house, status=0):
    answer = subprocess.run([house.program(), "-c", house.conf, "--once"], stderr=subprocess.DEVNULL)
    equal(answer.returncode, status)


def rules(house, text):
    os.makedirs(house.path("rules.d"), exist_ok=True)
    with open(house.path("rules.d", "own.rules"), "w") as f:
        f.write(text)


def wire(house):
    house.start()
    answer = house.newswire("tail", "-o", "jsonl", "--since", "start", "--until", "now")
    equal(answer.returncode, 0, answer.stderr)
    house.stop()
    return [json.loads(l) for l in answer.stdout.splitlines()]


def taken(house, text=None, extra="", status=0):
    """A house with one file in its archive."""
    house.configure(extra + RULES % house.path("rules.d"))
    os.makedirs(house.incoming(), exist_ok=True)
    house.drop(text or digest(range(1, 4)), "digest.txt")
    once(house, status)


FERRIES = "[watch items]\nwords = item 2\n"
NAMED = "[agency Armenpress]\ntown = Yerevan\ncountry = am\nzone = Asia/Yerevan\n"  # no capitals: another identity


def flow_nothing_changed(house):
    taken(house)
    told, total = changes(house)
    equal((told, total["files"], total["unchanged"]), ([], 1, 3))
    equal(len(wire(house)), 3)


def flow_topics_alone_are_a_record_of_the_same_version(house):
    taken(house)
    rules(house, FERRIES)
    told, total = changes(house, "--dry-run")
    equal([t[:2] for t in told], [("retagged", 1)])
    equal((total["stored"], total["retagged"], total["unchanged"]), (False, 1, 2))
    equal(len(wire(house)), 3)
    equal(changes(house)[0], told)
    equal(changes(house)[0], [])
    events = wire(house)
    equal([e["kind"] for e in events], ["new"] * 3 + ["retagged"])
    equal(("watch/items/" in events[3]["topics"], events[3]["version"]), (True, 1))
    equal(events[3]["ninjs"]["uri"], events[1]["ninjs"]["uri"])
    rules(house, "")
    equal([t[:2] for t in changes(house)[0]], [("retagged", 1)])
    equal("watch/items/" in wire(house)[4]["topics"], False)


def flow_fields_make_a_further_version(house):
    taken(house, extra="[feed default]\nurgency = 3\n")
    house.configure("[feed default]\nurgency = 5\n" + RULES % house.path("rules.d"))
    shown = reparse(house, "--dry-run").stdout
    for words in ("revised  2 ", "urgency        - 3\n", "+ 5\n", "Nothing was stored"):
        equal(words in shown, True, shown)
    told, total = changes(house)
    equal(([t[:2] for t in told], total["revised"]), ([("revised", 2)] * 3, 3))
    equal(changes(house)[0], [])
    events = wire(house)
    equal([(e["kind"], e["version"], e["ninjs"]["version"], e["ninjs"]["urgency"]) for e in events],
          [("new", 1, "1", 3)] * 3 + [("revised", 2, "2", 5)] * 3)
    equal([e["ninjs"]["uri"] for e in events[3:]], [e["ninjs"]["uri"] for e in events[:3]])
    # The same file dropped again is still the same.
    house.drop(digest(range(1, 4)), "again.txt")
    once(house)
    equal(len(wire(house)), 6)
    equal("[revised]" in subprocess.run([CLIENT, "tail", "-c", house.start().conf, "--since", "start", "--until", "now"],
                                        capture_output=True, text=True).stdout, True)


def flow_what_was_too_large_is_new(house):
    big = "A headline of the large one\n\n\u00a010:10, 8 November 2023\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. %s\n" % (
        "It goes on and on. " * 200)
    taken(house, digest([1]) + b"\n" + big.encode() + b"\n" + digest([2]), "[spool]\nmax_dispatch = 2K\n", 3)
    house.configure(RULES % house.path("rules.d"))
    told, total = changes(house)
    equal(told, [("new", 1, "A headline of the large one")])
    equal(changes(house)[0], [])
    equal([e["kind"] for e in wire(house)], ["new"] * 3)
    # And what is too large from now on is not taken away.
    house.configure("[spool]\nmax_dispatch = 2K\n" + RULES % house.path("rules.d"))
    told, total = changes(house)
    equal((told, total["kept"]), ([("kept", 1, "A headline of the large one")], 1))
    equal(len(wire(house)), 3)


def plant(house, offset, length):
    """A dispatch within item 2 of the file, as a poorer reader may have left it: a copy of item 3 but for its span."""
    db = sqlite3.connect(os.path.join(house.store, "segment-00000001.db"))
    (blob,) = db.execute("select blob from dispatch where seq = 3").fetchone()
    proto = house.path("proto")
    os.makedirs(proto, exist_ok=True)
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    subprocess.run(["protoc", "--python_out=" + proto, "-I" + os.path.join(top, "proto"), "newswire.proto"], check=True)
    code = ("import sys; sys.path.insert(0, %r); import newswire_pb2 as p; d = p.Dispatch.FromString(sys.stdin.buffer.read());"
            "d.id = b'\\x01' + b'p' * 19; d.origin.offset = %d; d.origin.length = %d; sys.stdout.buffer.write(d.SerializeToString())"
            % (proto, offset, length))
    blob = subprocess.run(["/usr/bin/python3", "-c", code], input=blob, capture_output=True, check=True).stdout
    with db:
        db.execute("insert into dispatch select 4, agency, 'Planted', located, content_created, ? from dispatch where seq = 3",
                   (blob,))
        db.execute("insert into record select 4, 1, ?, 1, stored, file, null, null, topics from record where seq = 3",
                   (b"\x01" + b"p" * 19,))
        db.execute("update head set seq = 4, dispatches = 4")
        db.execute("update file set fresh = 4, last_seq = 4")
    db.close()


def flow_what_is_in_others_now_is_canceled(house):
    text = digest(range(1, 4))
    taken(house, text)
    plant(house, text.index(b"The second paragraph of item 2"), 20)
    told, total = changes(house)
    equal([t[:2] for t in told], [("canceled", 2)])
    equal(changes(house)[0], [])
    events = wire(house)
    last = events[-1]
    equal((last["kind"], last["version"], last["ninjs"]["pubStatus"]), ("canceled", 2, "canceled"))
    equal(last["ninjs"]["uri"], events[3]["ninjs"]["uri"])
    equal(events[1]["ninjs"]["uri"] in last["warnings"][-1], True, last["warnings"])


def flow_what_another_file_brought_is_left_to_it(house):
    """A file that only repeats a dispatch does not bring it a second time, whatever the rules say of it now."""
    taken(house)
    house.drop(digest([2, 9]), "later.txt")
    once(house)
    rules(house, NAMED)
    day = sorted(os.listdir(os.path.join(house.spool, "archive")))[0]
    first = os.path.join(house.spool, "archive", day, [f for f in house.archived() if "digest" in f][0])
    os.rename(first, house.path("kept-for-later"))
    told, total = changes(house)
    equal((len(told), total["files"], total["elsewhere"]), (1, 1, 1))
    os.rename(house.path("kept-for-later"), first)
    equal(len(changes(house)[0]), 3)
    equal(changes(house)[0], [])
    equal(len({e["ninjs"]["uri"] for e in wire(house)}), 4)


def flow_ended_in_the_middle(house):
    """Files are done one by one; whatever ends it, doing it again does the rest and nothing twice."""
    house.configure(RULES % house.path("rules.d"))
    os.makedirs(house.incoming())
    for n in range(1, 5):
        house.drop(digest([n]), "f%d.txt" % n)
    once(house)
    rules(house, NAMED)
    for point in ("reparse-before-commit:2", "reparse-committed:1"):
        reparse(house, env={"NEWSWIRE_CRASH": point}, status=-signal.SIGKILL)
    told, total = changes(house)
    equal((len(told), total["unchanged"]), (2, 2))
    equal(changes(house)[0], [])
    equal([e["version"] for e in wire(house)], [1] * 4 + [2] * 4)


def flow_a_daemon_holds_the_store(house):
    taken(house)
    rules(house, FERRIES)
    house.start()
    refused = reparse(house, status=1)
    equal("stop the daemon, or use --dry-run" in refused.stderr, True, refused.stderr)
    equal(changes(house, "--dry-run")[1]["retagged"], 1)
    house.stop()
    # A subscriber that follows the daemon is given what was stored while it was away.
    tail = house.start().tail("watch/items/")
    until("it is on the wire", lambda: house.status()["subscribers"] > 0)
    house.stop()
    reparse(house)
    house.start()
    equal([e["kind"] for e in tail.wait(1).events()], ["retagged"])


def flow_since_and_usage(house):
    taken(house)
    rules(house, FERRIES)
    equal(changes(house, "--dry-run", "--since", "2999-01-01")[1]["files"], 0)
    equal(changes(house, "--dry-run", "--since", "2000-01-01")[1]["files"], 1)
    for argv in (["--since", "yesterday"], ["--since", "2023-02-30"], ["-o", "xml"], ["file"]):
        reparse(house, *argv, status=2)
    equal(subprocess.run([house.program(), "--dry-run"], capture_output=True).returncode, 2)


@with_conf("[spool]\nafter = delete\n")
def flow_deleted_files_cannot_be_read_again(house):
    once(house)
    equal("after = delete" in reparse(house).stderr, True)


if __name__ == "__main__":
    run(globals())
