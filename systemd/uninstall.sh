#!/bin/sh
# SPDX-License-Identifier: MIT
# uninstall.sh DESTDIR PREFIX LIBDIR UNITDIR SYSUSERSDIR TMPFILESDIR VERSION SOVERSION: called by `make uninstall`. News is
# never removed: /var/spool/newswire, /var/lib/newswire and /etc/newswire stay.
set -eu
dest=$1 prefix=$2 libdir=$3 units=$4 sysusers=$5 tmpfiles=$6 version=$7 soversion=$8

if [ -z "$dest" ] && [ -d /run/systemd/system ]; then
    systemctl disable --now newswired 2>/dev/null || true
fi
rm -f "$dest$prefix/bin/newswired" "$dest$prefix/bin/newswire" "$dest$libdir/libnewswire.a" \
    "$dest$libdir/libnewswire.so" "$dest$libdir/libnewswire.so.$soversion" "$dest$libdir/libnewswire.so.$version" \
    "$dest$libdir/pkgconfig/libnewswire.pc" "$dest$prefix/include/newswire/newswire.h" \
    "$dest$units/newswired.service" "$dest$sysusers/newswire.conf" "$dest$tmpfiles/newswire.conf"
for page in daemon/*.[58] clients/*.1; do
    rm -f "$dest$prefix/share/man/man${page##*.}/$(basename "$page")"
done
rm -rf "$dest$prefix/share/newswire"
[ -n "$dest" ] || ldconfig 2>/dev/null || true
rmdir "$dest$prefix/include/newswire" 2>/dev/null || true
[ -n "$dest" ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload
echo "uninstalled; /etc/newswire, /var/spool/newswire and /var/lib/newswire were left as they are"
