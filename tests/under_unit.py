#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""under_unit.py UNIT COMMAND...: runs COMMAND under the SystemCallFilter= and RestrictAddressFamilies= of a unit, where no
systemd runs that could: the sets of calls come from `systemd-analyze syscall-filter`, the filter from libseccomp, which
systemd itself needs. As in the unit, what is refused fails with EPERM, and a socket of another family with EAFNOSUPPORT."""
import ctypes
import errno
import os
import socket
import subprocess
import sys

ALLOW = 0x7fff0000
EQUAL = 4


def refuse(number):
    return 0x00050000 | number


class Argument(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def calls_of(name):
    """The calls in a set such as @system-service, or the one of that name."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    words = [line.strip() for line in listed.splitlines()[1:]]
    return set().union(*(calls_of(word) for word in words if word and not word.startswith("#")))


def read_unit(path):
    allowed, families = set(), set()
    with open(path) as unit:
        for line in unit:
            key, _, value = line.strip().partition("=")
            if key == "SystemCallFilter":
                calls = set().union(*map(calls_of, value.lstrip("~").split()))
                allowed = allowed - calls if value.startswith("~") else allowed | calls
            elif key == "RestrictAddressFamilies":
                families |= {getattr(socket, word) for word in value.split()}
    return allowed | calls_of("@default"), families


def confine(allowed, families):
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
                                               ctypes.POINTER(Argument)]
    context = ctypes.c_void_p(seccomp.seccomp_init(refuse(errno.EPERM)))

    def rule(action, call, *arguments):
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # not a call of this machine
            seccomp.seccomp_rule_add_array(context, action, number, len(arguments), (Argument * len(arguments))(*arguments))
    for call in sorted(allowed - {"socket"}):
        rule(ALLOW, call)
    for family in range(64):
        rule(ALLOW if family in families else refuse(errno.EAFNOSUPPORT), "socket", Argument(0, EQUAL, family, 0))
    if seccomp.seccomp_load(context) != 0:
        sys.exit("under_unit.py: seccomp_load failed")


if __name__ == "__main__":
    confine(*read_unit(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
