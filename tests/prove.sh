#!/bin/sh
# SPDX-License-Identifier: MIT
# prove.sh TEST...: runs TAP-printing programs under prove, two at a time, and keeps each one's TAP below $TAPS, where
# check.sh counts. A test is run as it is; cmocka prints TAP when told.
set -eu
export CMOCKA_MESSAGE_OUTPUT=TAP
mkdir -p "$TAPS"
prove -j "${JOBS:-2}" --timer --exec 'sh tests/tap.sh' "$@"
