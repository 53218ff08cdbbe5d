#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh [DIGEST]: the wire at work, for a person: drop, see, stop a subscriber, kill the daemon, come back, miss nothing.
# Everything lies under build/demo and in a short directory for the sockets; both are made anew.
set -eu
build=${BUILD:-build}
top=$PWD
digest=${1:-tests/data/demo/morning.txt}
[ -f "$digest" ] && [ -r "$digest" ] || { echo "demo: $digest is not a file that can be read" >&2; exit 1; }
here=$top/build/demo
rm -rf "$here"
mkdir -p "$here/spool" "$here/store" "$here/cursors"
run=$(mktemp -d) # an ipc path has at most 107 bytes
daemon= desk= armenia=
finish() {
    for pid in $armenia $desk $daemon; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$run"
}
trap finish EXIT
trap 'exit 130' INT TERM

cat >"$here/newswired.conf" <<CONF
[spool]
directory = $here/spool
settle = 300ms
[store]
directory = $here/store
[publish]
bind = ipc://$run/publish
[replay]
bind = ipc://$run/replay
CONF
export NEWSWIRE_CONFIG="$here/newswired.conf"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$*"; }
wait_for() { # wait_for WHAT COMMAND...: at most 20 s
    what=$1
    shift
    i=0
    until "$@" >/dev/null 2>&1; do
        i=$((i + 1))
        [ "$i" -lt 200 ] || { echo "demo: waited in vain for $what; the daemon's log:" >&2; tail "$here/log" >&2; exit 1; }
        sleep 0.1
    done
}
start_daemon() {
    "$build/newswired" -c "$NEWSWIRE_CONFIG" 2>>"$here/log" &
    daemon=$!
    wait_for 'the daemon' "$build/newswire" status
}
subscribe() { # subscribe NAME TOPIC: a tail that keeps its place; lines go to a file and to the screen
    "$build/newswire" tail "$2" --since start --cursor "$1" --cursor-dir "$here/cursors" >>"$here/$1.out" &
}
seen() { cat "$here/$1.out" 2>/dev/null | wc -l; }
has() { [ "$(seen "$1")" -ge "$2" ]; }
stored() { "$build/newswire" tail "$1" --since start --until now 2>/dev/null | wc -l; }
shown_desk=0 shown_armenia=0
show_new() { # show_new NAME: what came since the last time
    eval "from=\$shown_$1"
    tail -n "+$((from + 1))" "$here/$1.out" | sed "s/^/  $(printf '%-8s' "$1")| /"
    eval "shown_$1=$(seen "$1")"
}
drop() {
    "$build/newswire" drop --wait "$1" | sed 's/^/  /'
}
deliver() { # everything that is stored has reached the named subscriber
    wait_for "$1 to have everything" has "$1" "$(stored "$2")"
    show_new "$1"
}

say "1. The daemon starts on an empty directory: $here"
start_daemon
echo "  newswired runs as pid $daemon"

say '2. Two subscribers: "desk" takes everything, "armenia" only place/am'
subscribe desk all; desk=$!
subscribe armenia place/am; armenia=$!
wait_for 'both subscribers' sh -c "$build/newswire status -o json | grep -q '\"subscribers\": 2'"

say "3. A digest is dropped: $digest"
drop "$digest"
deliver desk all
deliver armenia place/am

say '4. "armenia" goes away; another digest is dropped'
kill "$armenia"; wait "$armenia" 2>/dev/null || true; armenia=
drop tests/data/demo/noon.txt
deliver desk all

say '5. The daemon is killed with -9, a third digest is dropped, the daemon is started again'
kill -9 "$daemon"; wait "$daemon" 2>/dev/null || true
cp tests/data/demo/evening.txt "$here/spool/incoming/evening.txt"
start_daemon
echo "  newswired runs again as pid $daemon"
wait_for 'the third digest' sh -c "[ -z \"\$(ls '$here/spool/incoming')\$(ls '$here/spool/work')\" ]"
deliver desk all

say '6. "armenia" comes back and continues where it stood'
subscribe armenia place/am; armenia=$!
deliver armenia place/am

say '7. Did anybody miss anything?'
for pair in desk:all armenia:place/am; do
    name=${pair%%:*} topic=${pair#*:}
    have=$(seen "$name") want=$(stored "$topic") once=$(sort -u "$here/$name.out" | wc -l)
    printf '  %-8s has %d of %d dispatches under %s, %d of them twice\n' "$name" "$have" "$want" "$topic" "$((have - once))"
    [ "$have" -eq "$want" ] && [ "$have" -eq "$once" ] || { echo "  THAT IS WRONG" >&2; exit 1; }
done
say 'The same, asked of the daemon (newswire status):'
"$build/newswire" status | sed 's/^/  /'
