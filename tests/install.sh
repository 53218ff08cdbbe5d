#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh: `make install` into a staging directory: a stranger's program builds against it, and uninstall leaves nothing.
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
status=0
n=0
check() {
    n=$((n + 1))
    if eval "$2" >"$stage.log" 2>&1; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        sed 's/^/# /' "$stage.log" | tail -n 15
        status=1
    fi
    rm -f "$stage.log"
}
export PKG_CONFIG_PATH="$stage/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$stage"
check 'make install DESTDIR= PREFIX=/usr' 'make -s install DESTDIR="$stage" PREFIX=/usr B=build'
check 'the programs run' '"$stage/usr/bin/newswired" --version && "$stage/usr/bin/newswire" --version'
check 'pkg-config finds the library' 'pkg-config --exists --print-errors libnewswire'
check 'the example of the README builds against it' \
    'cc -o "$stage/example" tests/example.c $(pkg-config --cflags --libs libnewswire) -Wl,-rpath,"$stage/usr/lib"'
check 'and loads it' 'ldd "$stage/example" | grep libnewswire.so.0 | grep -v "not found"'
check 'the library exports newswire_* and nothing else' \
    '! nm -D --defined-only "$stage/usr/lib/libnewswire.so.0" | awk "{print \$3}" | grep -v "^newswire_"'
check 'C++ can include the header' 'echo "#include <newswire/newswire.h>" | c++ -fsyntax-only -Iinclude -xc++ - || ! command -v c++'
check 'no placeholder is left' '! grep -rE "@[A-Z]+@" "$stage/usr/lib" "$stage/etc" --include="*.service" --include="*.pc" --include="*.conf"'
check 'the shipped configuration is fine' '"$stage/usr/bin/newswired" -c "$stage/etc/newswire/newswired.conf" --check'
check 'make uninstall' 'make -s uninstall DESTDIR="$stage" PREFIX=/usr B=build'
check 'uninstall leaves the configuration and nothing else' \
    '[ "$(find "$stage" -type f ! -name example)" = "$stage/etc/newswire/newswired.conf" ]'
echo "1..$n"
exit $status
