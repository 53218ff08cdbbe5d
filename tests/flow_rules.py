#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The worked example of newswired.rules(5), done as it stands there, and rules that change under a running daemon."""
import json
import os
import signal
import subprocess

from house import TOP, digest, equal, run, until


def blocks():
    """What the page shows, block by block: digest, explained, the rule, its mistakes, explained."""
    with open(os.path.join(TOP, "daemon/newswired.rules.5")) as f:
        page = f.read().split(".Sh EXAMPLES")[1]
    return [b.split("\n", 1)[1].split(".Ed\n")[0] for b in page.split(".Bd -literal")[1:]]


def call(house, *argv):
    answer = subprocess.run([house.program(), "-c", house.conf, *argv], capture_output=True, text=True, cwd=house.root)
    return answer.returncode, answer.stdout


def rules(house, name, text):
    os.makedirs(house.path("rules.d"), exist_ok=True)
    with open(house.path("rules.d", name), "w") as f:
        f.write(text)


def squeezed(text):
    """A field or a topic is compared by name and value: spans and reasons behind them are for the reader."""
    return " ".join(text.split("(")[0].split())


def shows(output, block):
    """Every line of the page that has a field, or a line's class, is in what the program says."""
    said = [squeezed(l) for l in output.splitlines()]
    for line in block.splitlines():
        if line.startswith("--") or "because:" in line:
            continue  # weights are tuned
        wanted = " ".join(line.split()[:2]) if "|" in line else squeezed(line)
        equal(any(s.startswith(wanted) for s in said), True, "%r in:\n%s" % (wanted, output))


def flow_the_worked_example(house):
    text, before, rule, mistakes, after = blocks()[:5]
    house.configure("[topics]\nrules = %s\n" % house.path("rules.d"))
    with open(house.path("digest.txt"), "w") as f:
        f.write(text)
    output = call(house, "--explain", "digest.txt")[1]
    equal("2023-11-08T08:15:00-00:00" in output and "agency/shoreline/  (agency Shoreline)" not in output, True, output)
    shows(output, "\n".join(l for l in before.splitlines() if "title" in l or "contentCreated" in l))

    rules(house, "shoreline.rules", rule)
    equal(call(house, "--check"), (1, mistakes.replace("rules.d", house.path("rules.d"))))
    rules(house, "shoreline.rules", rule.replace("Aukland", "Auckland"))
    rules(house, "towns.tsv", "Harbourtown\tnz\t4100\n")
    equal(call(house, "--check")[0], 0)
    shows(call(house, "--explain", "digest.txt")[1], after)

    rules(house, "towns.tsv", "# towns\nHarbourtown\tnz\n")
    status, output = call(house, "--check")
    equal((status, house.path("rules.d/towns.tsv:2: ") in output), (1, True), output)


def flow_the_standing_queries_of_the_page(house):
    rule, text, shown, mistake = [b.replace("\\e", "\\") for b in blocks()[-4:]]
    house.configure("[topics]\nrules = %s\n" % house.path("rules.d"))
    rules(house, "a.rules", "[agency Shoreline]\n")
    rules(house, "desk.rules", rule)
    with open(house.path("strike.txt"), "w") as f:
        f.write(text)
    output = call(house, "--explain", "-o", "json", "strike.txt")[1]
    for line in shown.splitlines():
        topic, why = line.split("topic")[1].split("(", 1)[0].strip(), line.split("%: ")[1].rstrip(")")
        topics = {t["topic"]: t for d in json.loads(output)["dispatches"] for t in d["topics"]}
        equal(sorted(topics[topic]["reason"].replace(",", "").split()), sorted(why.replace(",", "").split()))
        equal("%d" % topics[topic]["relevance"], line.split("(")[1].split(" %")[0])
    rules(house, "desk.rules", rule.replace("pit)", "pit"))
    equal(call(house, "--check"), (1, mistake.replace("rules.d", house.path("rules.d"))))


def flow_mistakes_are_told_by_line(house):
    house.configure("[topics]\nrules = %s\n" % house.path("rules.d"))
    lines = ["stray = 1", "[agency A]", "zonne = UTC", "country = nowhere", "[agency A]", "[months]", "nov = 13", "[topic Sport]",
             "[orchard]", "[watch x]", "words ="]
    rules(house, "a.rules", "\n".join(lines) + "\n")
    rules(house, "b.rules", "[agency B]\nzone = Mars/Olympus\n")
    status, output = call(house, "--check")
    told = [l.split(": ")[0] for l in output.splitlines()]
    wanted = [house.path("rules.d/a.rules:%d" % n) for n in (1, 3, 4, 5, 7, 8, 9, 11)] + [house.path("rules.d/b.rules:2")]
    equal((status, told), (1, wanted), output)


def flow_rules_change_under_a_running_daemon(house):
    house.configure("[topics]\nrules = %s\n" % house.path("rules.d"))
    rules(house, "own.rules", "[watch one]\nwords = item 1\n")
    house.start()
    house.drop(digest([1]))
    house.wait_settled()
    # A mistake: nothing of it counts, and what was in force stays so.
    rules(house, "own.rules", "[watch two]\nwords = headline\n[agency X]\nzone = nowhere\n")
    house.daemon.send_signal(signal.SIGHUP)
    until("it is refused", lambda: "own.rules:4: 'nowhere' is no zone" in house.log())
    house.drop(digest([11]))
    house.wait_settled()
    rules(house, "own.rules", "[watch two]\nwords = headline\n")
    house.daemon.send_signal(signal.SIGHUP)
    until("it is taken over", lambda: "reloaded" in house.log())
    house.drop(digest([12]))
    house.wait_settled()
    topics = [l.split()[0] for l in house.newswire("topics", "watch/").stdout.splitlines() if l.startswith("watch/")]
    equal(sorted(topics), ["watch/one/", "watch/two/"])
    tails = {t: house.newswire("tail", "watch/%s/" % t, "--since", "start", "--until", "now").stdout for t in ("one", "two")}
    equal([len(t.splitlines()) for t in tails.values()], [1, 1], tails)


if __name__ == "__main__":
    run(globals())
