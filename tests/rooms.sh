#!/bin/sh
# SPDX-License-Identifier: MIT
# rooms.sh: the rules of the house, as a test. Prints TAP. Each rule greps; a rule that finds a line prints it.
n=0
status=0
rule() { # rule WORDS FOUND: what was found breaks it
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        echo "$2" | sed 's/^/# /' | head -n 20
        status=1
    fi
}
# only HEADER FILES...: the header is included nowhere but there.
only() {
    header=$1
    shift
    rule "$header stays in its room: $*" "$(
        grep -rlE "^ *# *include *[<\"]$header" daemon proto clients include --include='*.[ch]' | while read -r f; do
            kept=no
            for room in "$@"; do
                case $f in $room) kept=yes ;; esac
            done
            [ $kept = yes ] || echo "$f includes $header"
        done
    )"
}
includes() { # includes DIRECTORY PATTERN: lines in DIRECTORY that include what matches
    grep -rnE "^ *# *include *\"($2)" "$1" --include='*.[ch]'
}

only zmq.h 'daemon/hands/bus*.c' 'clients/client*.c'
only sqlite3.h 'daemon/hands/store*'
only sys/inotify.h daemon/hands/watch.c
only unicode/ 'daemon/pure/text*'
only hs daemon/pure/terms.c
only sodium.h daemon/pure/identity.c
only ini.h 'daemon/pure/conf.c' daemon/pure/ini.c
only jansson.h proto/doc.c
only systemd/ daemon/hands/notify.c
only 'proto/newswire.pb-c.h' 'proto/frames*'
only zlib.h proto/topic.c

rule 'the public header includes nothing of ours but itself' "$(includes include 'daemon|proto|clients')"
rule 'proto includes neither daemon nor clients' "$(includes proto 'daemon|clients')"
rule 'base includes nothing above it' "$(includes daemon/base 'daemon/(pure|hands|flows)|clients')"
rule 'pure rooms see no hand, no flow, no log' \
    "$(includes daemon/pure 'daemon/(hands|flows)|daemon/base/(log|stats|crash)|clients')"
rule 'hands see no flow' "$(includes daemon/hands 'daemon/flows|clients')"
rule 'the daemon does not see the clients' "$(includes daemon clients/)"
# The program reads the configuration, drops into the spool, asks the store and its index; of the daemon it sees that and what those need.
rule 'the clients see only conf, search, spool, files, store_query and store_search of the daemon' "$(
    includes clients daemon/ | grep -vE '"daemon/(pure/conf|pure/search|hands/spool|hands/files|hands/store_query|hands/store_search|base/fate|base/arena)\.h"'
)"
rule 'pure rooms open nothing, ask no clock, print nothing' "$(
    grep -rnE '\b(open|fopen|read|time|clock_gettime|gettimeofday|printf|getenv)\(' daemon/pure --include='*.c'
)"
rule 'no mutex' "$(grep -rnwE 'pthread_mutex_[a-z]+|mtx_[a-z]+' daemon proto clients --include='*.[ch]')"
rule 'no unbounded string function' "$(
    grep -rnE '\b(strcpy|strcat|sprintf|gets|strtok|atoi)\(' proto clients daemon --include='*.c'
)"
rule 'daemon/pure/README.md names each room, and no other' "$(
    {
        for f in daemon/pure/*.h; do basename "$f" .h; done
        sed -n 's/^| \(`[^|]*\) |.*/\1/p' daemon/pure/README.md | grep -oE '`[a-z_]+`' | tr -d '`'
    } | sort | uniq -u
)"
rule 'no file over 600 lines' "$(
    git ls-files | grep -E '\.(c|h|sh|py)$' | while read -r f; do
        [ -f "$f" ] && [ "$(wc -l <"$f")" -gt 600 ] && echo "$f: $(wc -l <"$f") lines"
    done
)"
rule 'every source names its licence' "$(
    git ls-files | grep -E '\.(c|h)$' | while read -r f; do
        [ -f "$f" ] && ! head -n 1 "$f" | grep -q 'SPDX-License-Identifier: MIT' && echo "$f"
    done
)"
rule 'nothing else at the top' "$(
    git ls-files | awk -F/ '{print $1}' | sort -u |
        grep -vxE 'daemon|proto|clients|include|tests|systemd|Makefile|README.md|LICENSE|CHANGELOG.md|\..*'
)"
rule 'nothing generated is kept' "$(git ls-files | grep -E '\.(o|a|so|pyc|pb-c\.[ch])$|_pb2\.py$')"
rule 'no path of a machine is named' "$(git grep -nIE '(^|[^a-zA-Z])/(work|home/[a-z]+|root)/' -- . ':!tests/rooms.sh')"
echo "1..$n"
exit $status
