#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh: everything that `make check` runs, in an order in which cheap failures come first. Ends with a plain count.
set -u
export TAPS=build/tap PYTHONDONTWRITEBYTECODE=1
rm -rf "$TAPS"
mkdir -p "$TAPS"
began=$(date +%s)
broken=0

step() {
    echo "== $1 ($(($(date +%s) - began)) s)"
}
must() {
    "$@" >build/step.log 2>&1 && return
    tail -n 40 build/step.log
    echo "not ok: $*"
    broken=$((broken + 1))
}
proves() {
    sh tests/prove.sh "$@" || true # what failed is counted from the TAP
}

# Of the tests built under $1, those whose rooms have threads; in the others its sanitizer has nothing to find. A process
# that kills its children at each write is no place for it either.
threaded() {
    for t in $(grep -lE '#include "(daemon/(hands|flows|base/stats)|clients|tests/(store|ingest|spool)_|tests/peer)' tests/test_*.c); do
        [ "$t" = tests/test_store_crash.c ] || echo "$1/$(basename "$t" .c)"
    done
}

mkdir -p build
step 'build without a warning: gcc'
must make -s -j2 WERROR=1 tests
step 'build without a warning: clang'
must make -s -j2 WERROR=1 CC=clang tests
step 'rooms, man pages, units, installing'
proves tests/rooms.sh tests/docs.sh tests/install.sh
step 'unit tests and corpus replay'
proves build/tests/test_* build/tests/fuzz_*
step 'flows on the real programs'
BUILD=$PWD/build proves tests/flow_*.py
step 'address and undefined behaviour sanitizers'
must make -s -j2 SAN=address,undefined tests
san=build/san-address-undefined
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
CRASH_STRIDE=5 CATCHUP_STEPS=50000 BOUNDS_BYTES=131072 BUILD=$PWD/$san proves $san/tests/test_* $san/tests/fuzz_*
BUILD=$PWD/$san FLOW_MANY=2000 TAPS=build/tap/asan proves tests/flow_basic.py tests/flow_spool.py
step 'thread sanitizer'
must make -s -j2 SAN=thread tests
supp=$(mktemp) # where a daemon that runs as an ordinary user can read it, wherever this checkout lies
trap 'rm -f "$supp"' EXIT
cat tests/tsan.supp >"$supp"
chmod 0644 "$supp"
export TSAN_OPTIONS="suppressions=$supp halt_on_error=1"
CATCHUP_STEPS=20000 BUILD=$PWD/build/san-thread proves $(threaded build/san-thread/tests) tests/race.sh
BUILD=$PWD/build/san-thread TAPS=build/tap/tsan proves tests/flow_basic.py

lines() { # lines PATTERN: in all TAP that was kept
    find "$TAPS" -name '*.tap' -exec cat {} + | grep -cE "$1"
}
skipped=$(lines '^ok .*# SKIP')
passed=$(($(lines '^ok ') - skipped))
failed=$(lines '^not ok ')
# A test that died without saying "not ok" has failed as well.
for f in $(find "$TAPS" -name '*.exit'); do
    if [ "$(cat "$f")" != 0 ] && ! grep -q '^not ok ' "${f%.exit}.tap"; then
        echo "died: ${f%.exit}"
        failed=$((failed + 1))
    fi
done
failed=$((failed + broken))
echo "all took $(($(date +%s) - began)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
