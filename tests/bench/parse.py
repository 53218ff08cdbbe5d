# SPDX-License-Identifier: MIT
"""parse: goal 9: reading a digest, without disk or wire, beside the floors of parse.c; a generated digest of 3 KB
dispatches, and a listing as agencies print them."""
import os

import digests
from wire import TOP, Wire, answer, program

LISTING = os.path.join(TOP, "tests/data/score/dev/listing-armenpress-2019.in")
DIGEST_FILES = 10  # joined: 300 KB


def parse(path, seconds):
    got = answer(program("parse"), path, str(seconds))
    got["tag_of_scan"] = got["tag_terms"] / got["scan_terms"]
    got["us_per_dispatch"] = got["bytes"] / got["dispatches"] / got["parse_tag"]
    return got


def measure(options, stack):
    path = os.path.join(stack.enter_context(Wire("run-parse")).path(), "digest")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(digests.digest(n) for n in range(DIGEST_FILES)))
    yield "parse", "newswired", lambda: parse(path, options.seconds)
    yield "parse-listing", "newswired", lambda: parse(LISTING, options.seconds)
