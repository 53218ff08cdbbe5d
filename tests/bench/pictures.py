# SPDX-License-Identifier: MIT
"""pictures: draws what bench.py has measured, from its JSON, with gnuplot.

    pictures.py DIRECTORY      writes growth.svg, latency.svg and peers.svg there, those that were measured

Each says on which machine and when it was taken."""
import os
import statistics
import subprocess
import sys

import goals
from wire import BENCH

HEAD = """
set terminal svg size 720,400 dynamic font "sans-serif,13" background "#ffffff"
set output "%s"
set title "%s\\n{/*0.7 %s}" noenhanced
set border 3
set tics nomirror out
set grid ytics lc "#dddddd"
"""
PEERS = (("floor", "floor"), ("newswired", "newswired"), ("python", "Python,\\n16 a commit"),
         ("python-singly", "Python,\\n1 a commit"), ("redis-always", "Redis,\\nfsync always"),
         ("redis-everysec", "Redis,\\nevery second"), ("jetstream", "JetStream,\\nno fsync"),
         ("mosquitto", "mosquitto,\\nno fsync"))


def draw(path, title, result, script):
    where = "%s, %s" % (result["taken"], result["machine"].split("; load")[0])
    head = (HEAD % (path, title, where)).replace("noenhanced", "enhanced").replace("_", "\\\\_")
    subprocess.run(["gnuplot"], input=head + script, text=True, check=True)


def block(name, rows):
    """Data within the script."""
    return "$%s << EOD\n%s\nEOD\n" % (name, "\n".join(" ".join(str(v) for v in row) for row in rows))


def growth(path, results):
    curves = []
    for name, words in (("growth", "short dispatches"), ("growth-3k", "dispatches of 3 KB")):
        rounds = results.get(name, {"figures": {}})["figures"].get("stored")
        if rounds:
            curves.append((name.replace("-", ""), words, rounds[-1]["curve"]))
    script = "".join(block(name, curve) for name, _, curve in curves)
    script += 'set xlabel "dispatches stored"\nset ylabel "dispatches/s taken in"\nset yrange [0:*]\nset format x "%.0s%c"\nset key bottom right\n'
    script += "plot " + ", ".join('$%s with linespoints lw 2 pt 7 ps 0.4 title "%s"' % (name, words)
                                  for name, words, _ in curves)
    draw(path, "Rate over dispatches stored", results["growth"], script + "\n")


def latency(path, results):
    figures = results["latency"]["figures"]
    script = ""
    for name in ("floor", "newswired"):
        each = sorted(ms for figure in figures[name] for ms in figure["each_ms"])
        step = max(1, len(each) // 200)
        script += block(name, [(ms, 100 * (i + 1) / len(each)) for i, ms in enumerate(each) if i % step == 0])
    script += ('set xlabel "ms from the rename to the last of 10 dispatches received"\nset logscale x\n'
               'set ylabel "% of the files"\nset yrange [0:100]\nset key bottom right\n'
               'plot $floor with lines lw 2 title "floor", $newswired with lines lw 2 title "newswired"\n')
    draw(path, "Latency of single files", results["latency"], script)


def peers(path, results):
    rows = []
    for name, label in PEERS:
        rates = goals.values(results, "backlog", name, "per_second")
        if rates:
            rows.append((len(rows), statistics.median(rates), min(rates), max(rates), '"%s"' % label,
                         "0x4477aa" if name == "newswired" else "0xbbbbbb"))
    script = block("bars", rows)
    script += ('set ylabel "dispatches/s, from drop to receipt"\nset yrange [0:*]\nset boxwidth 0.7\n'
               'set style fill solid\nset xtics font ",10"\nunset key\n'
               'plot $bars using 1:2:6:xtic(5) with boxes lc rgb variable, '
               '$bars using 1:3:(0):($4 - $3) with vectors nohead lw 2 lc "#333333"\n')
    draw(path, "A backlog of %d digest files" % results["backlog"]["options"]["files"], results["backlog"], script)


def main():
    results = goals.load(BENCH)
    for name, needed, picture in (("growth", "growth", growth), ("latency", "latency", latency),
                                  ("peers", "backlog", peers)):
        if needed in results:
            path = os.path.join(sys.argv[1], name + ".svg")
            picture(path, results)
            print(path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
