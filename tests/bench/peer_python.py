# SPDX-License-Identifier: MIT
"""peer_python: what one writes first: watch a directory, cut and read with regular expressions, keep in SQLite,
publish over ZeroMQ.

    peer_python.py DIRECTORY ENDPOINT COUNT FILES      FILES in a transaction at most

It does what floor.c does, with the same tables and the same durability, and reads headline, time and town besides. It
recovers nothing and refuses nothing."""
import hashlib
import os
import re
import signal
import sqlite3
import struct
import sys
import time

import zmq

MARK = re.compile(r"^(?=Item \d)", re.MULTILINE)
DISPATCH = re.compile(r"(?P<headline>[^\n]+)\n\n\s*(?P<time>\d\d:\d\d, \d+ \w+ \d{4})\n\n(?P<town>[A-Z ]+), [A-Z]+ \d+, "
                      r"(?P<agency>[A-Z]+)\. (?P<body>.*)", re.DOTALL)
BEATS = re.compile(r"\b(parliament|inflation|earthquake|refugees|chess|farmers|vaccine|airline|drought|tennis)\b")
SCHEMA = """
create table record (seq integer primary key, id blob not null unique, stored int, headline text, time text, town text,
                     agency text, text blob);
create table topic (topic text, seq integer, primary key (topic, seq)) without rowid;
"""


def open_store(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = full;" + SCHEMA)
    return db


def topics_of(match):
    return {"agency/" + match["agency"].lower(), "place/" + match["town"].lower(), "feed/default", "language/en",
            *("subject/" + word for word in BEATS.findall(match["body"]))}


def put(db, seq, text):
    """Whether it is new."""
    blob = text.encode()
    match = DISPATCH.match(text)
    new = db.execute("insert or ignore into record values (?, ?, ?, ?, ?, ?, ?, ?)", (
        seq, hashlib.blake2b(blob, digest_size=20).digest(), int(time.time()), match["headline"], match["time"],
        match["town"], match["agency"], blob)).rowcount == 1
    if new:
        db.executemany("insert into topic values (?, ?)", [(topic, seq) for topic in topics_of(match)])
    return new


def take(db, socket, seq, paths):
    """One transaction, then what it brought is published and the files are moved; the newest seq."""
    fresh = []
    db.execute("begin immediate")
    for path in paths:
        with open(path, encoding="utf-8") as f:
            for text in filter(str.strip, MARK.split(f.read())):
                if put(db, seq + 1, text):
                    seq += 1
                    fresh.append((seq, text))
    db.execute("commit")
    for number, text in fresh:
        socket.send_multipart([b"all/", struct.pack("=q", number), text.encode()])
    for path in paths:
        os.rename(path, path.replace("/incoming/", "/done/"))
    return seq


def main():
    directory, endpoint, count, together = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    socket = zmq.Context().socket(zmq.XPUB)
    socket.set_hwm(0)
    socket.bind(endpoint)
    db = open_store(os.path.join(directory, "python.db"))
    socket.recv()  # the subscriber is there
    print("ready", flush=True)
    seq = 0
    while seq < count:
        with os.scandir(os.path.join(directory, "incoming")) as entries:
            paths = [e.path for e in sorted(entries, key=lambda e: (e.stat().st_ctime_ns, e.name))]
        for i in range(0, len(paths), together):
            seq = take(db, socket, seq, paths[i:i + together])
        if not paths:
            time.sleep(0.001)
    signal.pause()  # the subscriber still reads


if __name__ == "__main__":
    main()
