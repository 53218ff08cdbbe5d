# SPDX-License-Identifier: MIT
"""stamps: the lines that say when. %-codes: %Y year, %N month, %S short month, %m and %d in two figures, %f
day without zero, %W weekday, %H:%M, %I and %k hour of twelve with and without zero, %L am/pm, %U AM/PM."""
import datetime
import re
import zoneinfo

import words

BOTH = {  # date and time of day
    "en": ["%H:%M, %f %N %Y", "\u00a0%H:%M, %f %N %Y", "%H:%M, %f %N, %Y", "%d.%m.%Y %H:%M",
           "%d.%m.%Y, %H:%M", "%H:%M %d.%m.%Y",
           "%N %f, %Y %H:%M", "%N %f, %Y | %H:%M", "%f %N %Y | %H:%M", "%f %N %Y, %H:%M",
           "%S %f, %Y at %k:%M %U",
           "%N %f, %Y, %k:%M %L", "%k:%M %L, %N %f, %Y", "[%I:%M %L] %f %N, %Y", "[ %d %S %Y %H:%M ]",
           "%Y-%m-%d %H:%M",
           "%Y-%m-%d %H:%M:00", "%W, %N %f, %Y %H:%M", "%H:%M | %d.%m.%Y", "%W, %f %N %Y, %H:%M",
           "Published: %H:%M, %f %N %Y",
           "Published on %W, %f %N %Y at %H:%M", "%H:%M %W %N %f, %Y", "%d/%m/%Y %H:%M", "%f %S %Y %H:%M",
           "Posted: %S %f, %Y %k:%M %U"],
    "fr": ["%f %N %Y à %Hh%M", "Publié le %f %N %Y à %H:%M", "%d/%m/%Y %H:%M", "%H:%M, %f %N %Y"],
    "ru": ["%f %N %Y, %H:%M", "%H:%M %d.%m.%Y", "%d.%m.%Y %H:%M", "%H:%M, %f %N %Y", "%f %N %Y года, %H:%M"],
    "hy": ["%H:%M, %f %N, %Y", "%H:%M, %f %N %Y", "%d.%m.%Y %H:%M"],
    "es": ["%f de %N de %Y, %H:%M", "%d/%m/%Y %H:%M"],
    "de": ["%d.%m.%Y, %H:%M Uhr", "%f. %N %Y, %H:%M Uhr", "%d.%m.%Y %H:%M"],
}
ZONED = {"%N %f, %Y %H:%M GMT": 0, "%f %N %Y, %H:%M (GMT+04:00)": 4, "%Y-%m-%dT%H:%M:00+04:00": 4,
         "%W %N %f, %Y %k:%M %U GMT": 0,
         "%Y-%m-%dT%H:%M:00Z": 0, "%H:%M GMT, %f %N %Y": 0}
DAYS = {
    "en": ["%S %f %Y", "%S %f, %Y", "%N %f, %Y", "%N %f %Y", "%f %N, %Y", "%f %N %Y", "%d.%m.%Y",
           "%W, %N %f, %Y", "%W, %f %N %Y",
           "%Y-%m-%d", "%S. %f, %Y", "%d/%m/%Y", "%m/%d/%Y", "Published: %N %f, %Y", "Posted on %N %f, %Y",
           "%f-%S-%Y", "%W %N %f, %Y",
           "%S %f", "%N %f"],
    "fr": ["%f %N %Y", "Publié le %f %N %Y", "%W %f %N %Y", "%d/%m/%Y"],
    "ru": ["%f %N %Y", "%d.%m.%Y", "%f %N %Y г.", "%W, %f %N %Y"],
    "hy": ["%f %N, %Y", "%f %N %Y", "%d.%m.%Y"],
    "es": ["%f de %N de %Y", "%d/%m/%Y", "%W, %f de %N de %Y"],
    "de": ["%f. %N %Y", "%d.%m.%Y", "%W, %f. %N %Y"],
}
CLOCKS = ["%H:%M", "\u00a0%H:%M,", "%H:%M,"]  # the date is the dateline's
MERGED = ["WHO – %d/%m/%Y", "WHO - %d/%m/%Y", "WHO, %N %f, %Y", "WHO – %S %f %Y", "WHO | %f %N %Y",
          "WHO, %f %N %Y", "WHO - %N %f, %Y",
          "WHO %d.%m.%Y"]
IN_FIGURES = re.compile(r"%d/%m|%m/%d")  # which is the day is settled by the rest of the file


def write(form, when, lang):
    month = when.month - 1
    said = {"N": words.MONTHS[lang][month], "S": words.SHORT.get(lang, words.MONTHS[lang])[month],
            "W": words.WEEKDAYS.get(lang, words.WEEKDAYS["en"])[when.weekday()], "f": str(when.day),
            "k": str(when.hour % 12 or 12), "L": when.strftime("%p").lower(), "U": when.strftime("%p")}
    return re.sub("%(.)", lambda m: said.get(m.group(1)) or when.strftime(m.group()), form)


def offset(zone, when):
    """ "+04:00" of a zone of the tz database at a local time, "" where the zone is not known."""
    if not zone:
        return ""
    delta = when.replace(tzinfo=zoneinfo.ZoneInfo(zone)).utcoffset()
    minutes = int(delta / datetime.timedelta(minutes=1))
    return "%s%02d:%02d" % ("-" if minutes < 0 else "+", abs(minutes) // 60, abs(minutes) % 60)
