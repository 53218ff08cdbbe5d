# SPDX-License-Identifier: MIT
"""lexis: digests in which each item has a head of named fields: exports of news databases, and mailing lists'
digests (RFC 1153)."""
import datetime
import email.utils
import textwrap

import houses
import item
import stamps
import words


def export(rng, count, rules):
    make = rng.choice((database, database, mails))
    start = datetime.datetime(rng.randint(2004, 2023), rng.randint(1, 12), rng.randint(1, 26), 8,
                              rng.randint(0, 59))
    times = [start + datetime.timedelta(hours=i, minutes=rng.randint(0, 50)) for i in range(count)]
    lines, wanted = make(rng, times, rules)
    return lines, wanted, None, "en"


def wanted_of(title, house, by, town, time, precision, body):
    whole = " ".join(" ".join(body).split())
    return {"headline": title, "agency": house, "by": by, "located": town, "country": houses.TOWNS.get(town),
            "time": time,
            "precision": precision, "language": "en", "begins": whole[:60].rstrip(),
            "ends": whole[-50:].lstrip()}


def wrapped(body, width):
    lines = []
    for paragraph in body:
        lines += textwrap.wrap(paragraph, width, break_on_hyphens=False) + [""]
    return lines


def database(rng, times, rules):
    lines, wanted = [], []
    able = [h for h in houses.HOUSES if h.lang == "en"
            and h.name in ("AFP", "AP", "Xinhua", "TASS", "Interfax", "ARMENPRESS", "Arka")]
    labels = rng.random() < 0.5
    centre = (lambda text: text.center(72).rstrip()) if rng.random() < 0.4 else str
    for n, when in enumerate(times):
        house, writer = rng.choice(able), words.Writer(rng, "en", False)
        title, name, town = writer.headline(), writer.name(), rng.choice(house.towns)
        by = name if rng.random() < 0.6 else None
        body = [writer.opening()] + [writer.paragraph() for _ in range(rng.randint(1, 6))]
        clock = rng.random() < 0.6
        date = stamps.write("%N %f, %Y %W %k:%M %U GMT" if clock else "%N %f, %Y %W", when, "en")
        legal = "Copyright %d %s" % (when.year, house.line)
        lines += [centre("%d of %d DOCUMENTS" % (n + 1, len(times))), "", centre(house.line), "",
                  centre(date), ""]
        lines += textwrap.wrap(("HEADLINE: " if labels else "") + title, 72) + [""]
        lines += ["BYLINE: " + by, ""] if by else []
        lines += ["LENGTH: %d words" % sum(len(p.split()) for p in body), ""]
        lines += ["DATELINE: %s, %s" % (town.upper(), stamps.write("%N %f", when, "en")), ""]
        lines += wrapped(body, 72)
        lines += ["LOAD-DATE: " + stamps.write("%N %f, %Y", when + datetime.timedelta(days=1), "en"), "",
                  "LANGUAGE: ENGLISH", "",
                  "PUBLICATION-TYPE: Newswire", "", centre(legal), centre("All Rights Reserved"), "", ""]
        time = when.strftime("%Y-%m-%dT%H:%M+00:00" if clock else "%Y-%m-%d")
        want = wanted_of(title, house.name, by, town, time, "minute" if clock else "day", body)
        wanted.append(dict(want, copyright=legal))
    return lines, wanted


def mails(rng, times, rules):
    lines, wanted = ["The Example list", "", "Today's Topics:", ""], []
    house, zone = rng.choice([h for h in houses.HOUSES if h.lang == "en"
                              and h.forms]), datetime.timezone(datetime.timedelta(hours=4))
    titles = []
    body_lines = []
    for n, when in enumerate(times):
        writer = words.Writer(rng, "en", False)
        dateline = houses.Dateline(house, house.forms[0], rng, when, writer.name())
        title = writer.headline()
        body = [writer.opening()] + [writer.paragraph() for _ in range(rng.randint(1, 6))]
        body[0] = dateline.words + body[0]
        titles.append("   %d. %s" % (n + 1, title))
        body_lines += ["-" * 70, "", "Message: %d" % (n + 1),
                       "Date: " + email.utils.format_datetime(when.replace(tzinfo=zone)),
                       "From: Wire Desk <wire@example.org>", "Subject: " + title, "", *wrapped(body, 72), ""]
        agency = house.name if dateline.names_house else None
        wanted.append(wanted_of(title, agency, dateline.by, dateline.town if dateline.has_town else None,
                                when.strftime("%Y-%m-%dT%H:%M+04:00"), "minute", body))
    return lines + titles + [""] + body_lines + ["-" * 30, "", "End of The Example list", "*" * 30], wanted
