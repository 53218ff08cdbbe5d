#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh BUILD DESTDIR PREFIX LIBDIR UNITDIR SYSUSERSDIR TMPFILESDIR VERSION SOVERSION: called by `make install`.
# An existing /etc/newswire/newswired.conf is left as it is. Without DESTDIR the user and the directories are made as well.
set -eu
build=$1 dest=$2 prefix=$3 libdir=$4 units=$5 sysusers=$6 tmpfiles=$7 version=$8 soversion=$9

fill() { # fill TEMPLATE TARGET: @PREFIX@ and the like become what they stand for
    install -d "$(dirname "$2")"
    sed -e "s#@PREFIX@#$prefix#g" -e "s#@LIBDIR@#$libdir#g" -e "s#@VERSION@#$version#g" "$1" >"$2"
    chmod 0644 "$2"
}

install -d "$dest$prefix/bin" "$dest$libdir/pkgconfig" "$dest$prefix/include/newswire" "$dest/etc/newswire/rules.d" \
    "$dest$prefix/share/newswire"
install -m 0755 "$build/newswired" "$build/newswire" "$dest$prefix/bin/"
install -m 0644 "$build/libnewswire.a" "$dest$libdir/"
install -m 0755 "$build/libnewswire.so" "$dest$libdir/libnewswire.so.$version"
ln -sf "libnewswire.so.$version" "$dest$libdir/libnewswire.so.$soversion"
ln -sf "libnewswire.so.$soversion" "$dest$libdir/libnewswire.so"
install -m 0644 include/newswire/newswire.h "$dest$prefix/include/newswire/"
install -m 0644 proto/newswire.proto proto/README.md "$dest$prefix/share/newswire/"
fill clients/libnewswire.pc.in "$dest$libdir/pkgconfig/libnewswire.pc"
for page in daemon/*.[58] clients/*.1; do
    section=${page##*.}
    install -d "$dest$prefix/share/man/man$section"
    install -m 0644 "$page" "$dest$prefix/share/man/man$section/"
done
fill systemd/newswired.service.in "$dest$units/newswired.service"
fill systemd/newswire.sysusers "$dest$sysusers/newswire.conf"
fill systemd/newswire.tmpfiles "$dest$tmpfiles/newswire.conf"
[ -e "$dest/etc/newswire/newswired.conf" ] || install -m 0644 daemon/newswired.conf "$dest/etc/newswire/"

[ -z "$dest" ] || exit 0
ldconfig 2>/dev/null || true
command -v systemd-sysusers >/dev/null && systemd-sysusers "$sysusers/newswire.conf"
command -v systemd-tmpfiles >/dev/null && systemd-tmpfiles --create "$tmpfiles/newswire.conf"
start="enable --now"
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    ! systemctl -q is-active newswired || start=restart
fi
echo "installed; start it with: systemctl $start newswired"
