#!/bin/sh
# SPDX-License-Identifier: MIT
# tap.sh TEST: runs one test, shows its TAP to prove and keeps it in $TAPS. cmocka 1.1.5 spells a skipped test "not ok N # SKIP",
# which TAP means as a failure; it is set right here.
name=$(echo "$1" | tr '/' '_')
case $1 in
/* | ./*) test=$1 ;;
*) test=./$1 ;;
esac
{ "$test"; echo "$?" >"$TAPS/$name.exit"; } 2>"$TAPS/$name.err" |
    sed -u 's/^not ok \([0-9]*\) # SKIP \(.*\)/ok \1 - \2 # SKIP/' | tee "$TAPS/$name.tap"
status=$(cat "$TAPS/$name.exit")
[ "$status" = 0 ] || tail -n 40 "$TAPS/$name.err" >&2
exit "$status"
