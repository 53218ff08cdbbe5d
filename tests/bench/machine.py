# SPDX-License-Identifier: MIT
"""machine: where the figures were taken, and what went to its disk."""
import os
import platform

from wire import BENCH


def mount():
    """(device, file system) of the directory of the bench: of the longest mount point above it."""
    with open("/proc/self/mounts") as f:
        mounts = [line.split()[:3] for line in f]
    above = [m for m in mounts if os.path.join(BENCH, "").startswith(os.path.join(m[1], ""))]
    device, _, kind = max(above, key=lambda m: len(m[1]))
    return device, kind


def block_device():
    """Its directory under /sys, or None: a tmpfs has none."""
    number = os.stat(BENCH).st_dev
    path = "/sys/dev/block/%d:%d" % (os.major(number), os.minor(number))
    return path if os.path.exists(os.path.join(path, "stat")) else None


def device_bytes():
    """Bytes that this device has taken since the machine started, whoever wrote them; None without a device."""
    path = block_device()
    if path is None:
        return None
    with open(os.path.join(path, "stat")) as f:
        return int(f.read().split()[6]) * 512


def disk():
    device, kind = mount()
    path = block_device()
    if path is None:
        return "%s on %s" % (kind, device)
    whole = path if os.path.exists(os.path.join(path, "queue")) else os.path.join(path, "..")
    with open(os.path.join(whole, "queue/rotational")) as f:
        turning = f.read().strip() == "1"
    return "%s on %s (%s)" % (kind, device, "rotational or virtual" if turning else "solid state")


def line():
    with open("/proc/cpuinfo") as f:
        models = [line.split(":")[1].strip() for line in f if line.startswith("model name")]
    return "%d cores (%s), Linux %s, %s; load %.1f" % (os.cpu_count(), (models or [platform.machine()])[0],
                                                       platform.release(), disk(), os.getloadavg()[0])
