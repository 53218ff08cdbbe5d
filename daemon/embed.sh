#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh NAME FILE...: prints C that holds the files' bytes, so that a program carries its data and cannot be installed
# without it: `const struct embedded NAME[]`, one entry per file (its last path part, bytes, size), ended by a NULL name.
set -eu
array=$1
shift
echo '#include "daemon/base/embedded.h"'
i=0
for file in "$@"; do
    printf 'static const unsigned char f%d[] = {' "$i"
    od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
    echo '0};'
    i=$((i + 1))
done
echo "const struct embedded $array[] = {"
i=0
for file in "$@"; do
    printf '{"%s", (const char *)f%d, sizeof f%d - 1},\n' "$(basename "$file")" "$i" "$i"
    i=$((i + 1))
done
echo '{0, 0, 0}};'
