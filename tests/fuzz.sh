#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh SECONDS: runs each fuzz target that long with clang's libFuzzer, address and undefined behaviour sanitizers.
# The reader begins with the golden inputs and the score's too. What it learns stays under build/; a finding is printed
# by libFuzzer and fails the run.
set -eu
make -s CC=clang SAN=fuzzer-no-link,address,undefined B=build/fuzz build/fuzz/house.a
status=0
for source in tests/fuzz_*.c; do
    name=$(basename "$source" .c)
    mkdir -p "build/fuzz/corpus/$name" "build/fuzz/seeds/$name"
    [ "$name" != fuzz_reader ] || cp tests/data/parse/*.in tests/data/score/dev/*.in "build/fuzz/seeds/$name"
    make -s CC=clang SAN=fuzzer,address,undefined B=build/fuzz CPPFLAGS=-DFUZZING "build/fuzz/run_$name"
    echo "== $name: $1 s"
    "build/fuzz/run_$name" -max_total_time="$1" -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
        "build/fuzz/corpus/$name" "tests/data/$name" "build/fuzz/seeds/$name" || status=1
done
exit $status
