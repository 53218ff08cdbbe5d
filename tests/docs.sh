#!/bin/sh
# SPDX-License-Identifier: MIT
# docs.sh: man pages and systemd files say nothing wrong that a tool could find, and the README shows what is tested.
status=0
n=0
check() {
    n=$((n + 1))
    if eval "$2" >build/docs.log 2>&1; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        sed 's/^/# /' build/docs.log | tail -n 15
        status=1
    fi
}
for page in daemon/newswired.8 daemon/newswired.conf.5 daemon/newswired.rules.5 clients/newswire.1; do
    check "$page is clean under mandoc -Tlint" "[ -z \"\$(mandoc -Tlint -Wwarning $page | tee /dev/stderr)\" ]"
done
mkdir -p build/docs
sed -e "s#@PREFIX@#$PWD/build/docs#g" systemd/newswired.service.in >build/docs/newswired.service
mkdir -p build/docs/bin
cp build/newswired build/docs/bin/
check 'systemd-analyze verify' '[ -z "$(systemd-analyze verify --man=no build/docs/newswired.service 2>&1 | grep newswired | tee /dev/stderr)" ]'
exposure() {
    systemd-analyze security --offline=true --threshold=15 build/docs/newswired.service
}
check 'systemd-analyze security: exposure at most 1.5' exposure
keys() { # every key of the example configuration is in the man page
    sed -n 's/^#\{0,1\} *\([a-z_]*\) *=.*/\1/p' daemon/newswired.conf | sort -u | while read -r key; do
        grep -qE "\.(It|Ic|Cm) .*\b$key\b" daemon/newswired.conf.5 || echo "$key"
    done
}
check 'newswired.conf(5) has every key' '[ -z "$(keys | tee /dev/stderr)" ]'
rules() { # every section of the shipped rules, and every key that is no word of a list, is in the man page
    sed -n 's/^\[\([a-z]*\).*/\1/p' daemon/rules/*.rules | sort -u | while read -r section; do
        grep -qE "^\.Ss .*\[$section[] ]" daemon/newswired.rules.5 || echo "[$section]"
    done
    awk '/^\[/ { section = $1 } /^[a-z]+ = / && section !~ /months|weekdays|zones|countries|evidence|weights|mentions/ { print $1 }' daemon/rules/*.rules |
        sort -u | while read -r key; do
        grep -qE "^\.It Cm $key\b" daemon/newswired.rules.5 || echo "$key"
    done
}
check 'newswired.rules(5) has every section and key' '[ -z "$(rules | tee /dev/stderr)" ]'
verbs() {
    for verb in tail show topics status drop retry; do
        grep -qE "^\.(Ss|It|Sh|Ic|Cm|Nm) .*$verb" clients/newswire.1 || echo "$verb is not in newswire(1)"
        build/newswire "$verb" --help >/dev/null || echo "$verb --help fails"
    done
}
check 'newswire(1) has every verb' '[ -z "$(verbs | tee /dev/stderr)" ]'
# The README's twenty lines are tests/example.c, which is compiled and run.
sed -n '/^```c$/,/^```$/p' README.md | sed '/^```/d' >build/docs/readme.c
check 'the example in the README is tests/example.c' 'sed "1,/^#include/{/^#include/!d}" tests/example.c | diff - build/docs/readme.c'
named() { # the tests that the README names as proofs exist
    grep -oE '\b(flow_[a-z_]+|test_[a-z_0-9]+|fuzz_[a-z]+)\b' README.md | sort -u | while read -r name; do
        grep -rqw "$name" tests --include='*.py' --include='*.c' || [ -e "tests/$name.c" ] || [ -e "tests/$name.py" ] || echo "$name"
    done
}
check 'the proofs that the README names exist' '[ -z "$(named | tee /dev/stderr)" ]'
echo "1..$n"
exit $status
