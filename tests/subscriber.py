#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""subscriber: a client in another language, written from proto/README.md and newswire.proto alone.

Prints "seq headline" per record. It holds no buffer, as the page allows: what comes before its turn is dropped, the
next trail shows the gap, replay heals it. --drop-every N throws live copies away to make gaps on purpose.
NEWSWIRE_PB2_DIR names the directory with newswire_pb2.py, which protoc --python_out makes of newswire.proto."""
import argparse
import os
import random
import sys
import time
import zlib

import zmq
from google.protobuf.message import DecodeError

sys.path.insert(0, os.environ.get("NEWSWIRE_PB2_DIR", "."))
import newswire_pb2 as pb  # noqa: E402

NOW = 2**63 - 1
CREDIT = 500


class Done(Exception):
    pass


class Subscriber:
    def __init__(self, options):
        self.options = options
        self.topics = [t if t.endswith("/") else t + "/" for t in options.topic] or ["all/"]
        self.hashes = {zlib.crc32(t.encode()) for t in self.topics}
        self.everything = "all/" in self.topics
        self.epoch = self.seen = self.check = self.last = 0
        self.place_known = options.since_start  # epoch 0: the answer Epoch gives it
        self.live = False
        self.rid = random.getrandbits(62)
        self.expected = self.asked = 0
        self.rto, self.due = 1.0, 0.0
        self.heard, self.silence, self.ask_at = time.monotonic(), 3.0, None
        self.printed = self.copies = self.questions = 0
        context = zmq.Context()
        self.sub = context.socket(zmq.SUB)
        self.sub.setsockopt(zmq.SNDHWM, 0)
        self.sub.connect(options.publish)
        for topic in self.topics:
            self.sub.setsockopt(zmq.SUBSCRIBE, topic.encode())
        self.sub.setsockopt(zmq.SUBSCRIBE, b"@trail/")
        self.dealer = context.socket(zmq.DEALER)
        self.dealer.connect(options.replay)

    def ask(self):
        now = time.monotonic()
        self.live, self.ask_at = False, None
        self.rid += 1
        self.expected = 0
        self.asked = self.seen
        self.questions += 1
        self.due = now + self.rto * (0.5 + random.random())
        question = pb.Ask(rid=self.rid)
        if self.place_known:
            request = question.request
            request.epoch, request.after, request.check = self.epoch, self.seen, self.check
            request.topics.extend(self.topics)
            request.credit = CREDIT
        else:
            question.locate.time = NOW
        self.dealer.send(question.SerializeToString())

    def is_mine(self, head):
        return self.everything or any(t.startswith(mine) for t in head.topics for mine in self.topics)

    def take(self, head, frame):
        self.seen, self.check = head.seq, int.from_bytes(head.id[:8], "big")
        if not self.is_mine(head):
            return
        print(head.seq, pb.Dispatch.FromString(frame).headline, flush=True)
        self.printed += 1
        if self.printed == self.options.count:
            raise Done

    def has_gap(self, trail):
        while self.seen < trail.head:
            at = self.seen + 1 - getattr(trail, "from")
            if at < 0 or self.everything or self.hashes & set(trail.sets[at].hashes):
                return True
            self.seen, self.check = self.seen + 1, 0  # proven not mine
        return False

    def on_trail(self, trail):
        if len(trail.sets) != trail.head + 1 - getattr(trail, "from"):
            return
        now = time.monotonic()
        was_silent, self.heard, self.silence = now - self.heard > 3.0, now, 3.0
        if trail.epoch != self.epoch:
            gap = True
        elif trail.head < self.last:  # the store went back
            gap = True
            if self.live:
                self.last = trail.head
        else:
            self.last = trail.head
            gap = self.has_gap(trail)
        if gap and self.live and self.ask_at is None:
            if was_silent:
                self.ask_at = now + random.uniform(0, 2)
            else:
                self.ask()

    def on_copy(self, frames):
        self.copies += 1
        if self.options.drop_every and self.copies % self.options.drop_every == 0:
            return
        head = pb.Head.FromString(frames[1])
        if head.epoch == self.epoch and head.seq == self.seen + 1:
            self.take(head, frames[2])

    def on_live(self, frames):
        if frames[0] == b"@trail/" and len(frames) == 2:
            self.on_trail(pb.Trail.FromString(frames[1]))
        elif len(frames) == 3:
            self.on_copy(frames)

    def on_answer(self, frames):
        answer = pb.Answer.FromString(frames[0])
        what = answer.WhichOneof("what")
        if what == "refused":
            sys.exit("refused: " + answer.refused.reason)
        if answer.rid != self.rid or self.live:
            return
        if what == "entry" and len(frames) == 4:
            head = pb.Head.FromString(frames[2])
            if answer.entry.idx != self.expected or head.epoch != self.epoch:
                return
            self.expected += 1
            self.due = time.monotonic() + self.rto
            if head.seq > self.seen:
                self.take(head, frames[3])
        elif what == "end":
            self.on_end(answer.end)
        elif what == "gone":
            if answer.gone.oldest - 1 > self.seen:
                print("gone: %d to %d" % (self.seen + 1, answer.gone.oldest - 1), file=sys.stderr)
                self.seen, self.check = answer.gone.oldest - 1, 0
            if self.seen > self.asked:
                self.ask()
        elif what == "epoch":
            self.on_epoch(answer.epoch.epoch)
        elif what == "located":
            self.place_known = True
            self.epoch, self.seen = answer.located.epoch, answer.located.after
            self.check = answer.located.check
            self.ask()

    def on_end(self, end):
        if end.count != self.expected or end.upto > end.head:
            return
        self.rto = 1.0
        if end.upto > self.seen:
            self.seen, self.check = end.upto, 0
        if self.seen >= end.head:
            self.live, self.heard = True, time.monotonic()
        elif self.seen > self.asked:
            self.ask()

    def on_epoch(self, epoch):
        if epoch == self.epoch and self.seen == 0:
            return
        if self.epoch:
            print("a new store: %016x" % epoch, file=sys.stderr)
        self.epoch, self.seen, self.check, self.last = epoch, 0, 0, 0
        self.ask()

    def tick(self):
        now = time.monotonic()
        if not self.live and now >= self.due:
            self.rto = min(2 * self.rto, 30.0)
            self.ask()
        elif self.live and self.ask_at is not None and now >= self.ask_at:
            self.ask()
        elif self.live and now >= self.heard + self.silence:
            self.silence = min(2 * self.silence, 60.0)
            self.ask()

    def run(self):
        poller = zmq.Poller()
        poller.register(self.sub, zmq.POLLIN)
        poller.register(self.dealer, zmq.POLLIN)
        self.ask()
        while True:
            ready = dict(poller.poll(100))
            for socket, handle in ((self.dealer, self.on_answer), (self.sub, self.on_live)):
                if socket in ready:
                    try:
                        handle(socket.recv_multipart())
                    except DecodeError as damage:
                        print("dropped: %s" % damage, file=sys.stderr)
            self.tick()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--publish", default="ipc:///run/newswire/publish")
    parser.add_argument("--replay", default="ipc:///run/newswire/replay")
    parser.add_argument("--topic", action="append", default=[], help="may be repeated; none: all/")
    parser.add_argument("--count", type=int, default=0, help="end after so many")
    parser.add_argument("--since-start", action="store_true", help="everything that is stored, not only what comes")
    parser.add_argument("--drop-every", type=int, default=0, metavar="N", help="throw every Nth live copy away")
    subscriber = Subscriber(parser.parse_args())
    try:
        subscriber.run()
    except (Done, KeyboardInterrupt):
        pass
    print("%d records, %d questions" % (subscriber.printed, subscriber.questions), file=sys.stderr)


if __name__ == "__main__":
    main()
