#!/bin/sh
# SPDX-License-Identifier: MIT
# race.sh: the thread sanitizer must catch the race that tests/race.c was given.
echo 1..1
if "$BUILD/tests/race" 2>&1 | grep -q 'ThreadSanitizer: data race'; then
    echo 'ok 1 - a seeded race is caught'
else
    echo 'not ok 1 - a seeded race is caught'
    exit 1
fi
