#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh PACKAGE...: installs the Debian packages that are missing; says which; does nothing when none is.
set -eu
missing=
for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing what is missing:$missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "deps: not root, and sudo is not there; as root: apt-get install$missing" >&2; exit 1; }
    sudo=sudo
fi
log=$(mktemp)
if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
    >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    echo "deps: apt-get failed (above)" >&2
    exit 1
fi
rm -f "$log"
