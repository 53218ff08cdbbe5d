# SPDX-License-Identifier: MIT
"""houses: how the agencies of the world begin a text, and the towns they write from.

In a dateline's form TOWN/Town, MONTH/Month/Mon, D, YEAR and COUNTRY stand for what is printed; NAME for a
reporter."""
import re

import words

# Town as printed in title case: country. The first of a house is its home.
TOWNS = {
    "Yerevan": "am", "Gyumri": "am", "Vanadzor": "am", "Tbilisi": "ge", "Batumi": "ge", "Baku": "az",
         "Ganja": "az",
    "Moscow": "ru", "Ankara": "tr", "Istanbul": "tr", "Tehran": "ir", "Paris": "fr", "Strasbourg": "fr",
    "Brussels": "be", "London": "gb", "Berlin": "de", "Vienna": "at", "Geneva": "ch", "Washington": "us",
    "New York": "us", "Beijing": "cn", "Tokyo": "jp", "Minsk": "by", "Kyiv": "ua", "Athens": "gr",
         "Beirut": "lb",
    "Rome": "it", "Prague": "cz", "Madrid": "es", "Warsaw": "pl", "Sofia": "bg",
    "Москва": "ru", "Ереван": "am", "Тбилиси": "ge", "Баку": "az", "Минск": "by",
    "Երևան": "am", "Գյումրի": "am",
    "Bruxelles": "be", "Genève": "ch", "Marseille": "fr", "Barcelona": "es", "Bogotá": "co", "München": "de",
    "Wien": "at",
    "Lakeport Bridge": None, "Nordhaven": None,
}
COUNTRIES = {"am": "Armenia", "ge": "Georgia", "az": "Azerbaijan", "ru": "Russia", "tr": "Turkey",
             "ir": "Iran",
             "fr": "France", "de": "Germany", "gr": "Greece", "lb": "Lebanon", "by": "Belarus",
             "ua": "Ukraine",
             "be": "Belgium", "at": "Austria", "it": "Italy", "bg": "Bulgaria", "pl": "Poland"}
REGION = "Yerevan Gyumri Vanadzor Tbilisi Batumi Baku Ganja Moscow Ankara Istanbul Tehran".split()
ABROAD = ("Paris Strasbourg Brussels London Berlin Vienna Geneva Washington Beirut Athens Rome".split()
          + ["New York"])


class House:
    def __init__(self, name, town, forms, line=None, lang="en", abroad=True, weight=2):
        self.name = name        # as a wanted item has it
        self.line = line or name  # as a line of its own says it
        self.forms = forms
        self.lang = lang
        self.weight = weight
        local = {"en": REGION + ABROAD if abroad == "world" else [town] + (ABROAD if abroad else []),
                 "fr": ["Paris", "Bruxelles", "Genève", "Marseille"],
                 "ru": ["Москва", "Ереван", "Тбилиси", "Баку"],
                 "hy": ["Երևան", "Գյումրի"], "es": ["Madrid", "Barcelona", "Bogotá"],
                 "de": ["Berlin", "Wien", "München"]}
        self.towns = local[lang] if town in TOWNS and TOWNS[town] else [town]
        self.home = town


HOUSES = [
    House("ARMENPRESS", "Yerevan", ["TOWN, MONTH D, ARMENPRESS. ", "TOWN, D MONTH, ARMENPRESS. ",
                                    "TOWN, MONTH D, ARMENPRESS: "],
          line="ARMENPRESS News Agency", weight=9),
    House("Noyan Tapan", "Yerevan", ["TOWN, MONTH D, NOYAN TAPAN. ", "TOWN, MONTH D. /NOYAN TAPAN/. "],
          weight=5,
          line="Noyan Tapan News Agency"),
    House("Arka", "Yerevan", ["TOWN, Month D. /ARKA/. ", "TOWN, Month D./ARKA/. ",
                              "TOWN, Month D. / ARKA /. "],
          line="ARKA News Agency", weight=5),
    House("Mediamax", "Yerevan", ["Town, Month D /Mediamax/. ", "Town /Mediamax/. ",
                                  "Town, Month D. /Mediamax/. "], weight=5),
    House("Arminfo", "Yerevan", ["ArmInfo. ", "Town, Month D. ArmInfo. ", "Town. Month D. ArmInfo. "],
          line="ArmInfo", weight=4),
    House("PanARMENIAN.Net", "Yerevan",
          ["PanARMENIAN.Net - ", "/PanARMENIAN.Net/ ", "TOWN, Month D. /PanARMENIAN.Net/. "], weight=4),
    House("A1+", "Yerevan", [], line="A1+", weight=3),
    House("Azg", "Yerevan", [], line="AZG Armenian Daily", weight=3),
    House("News.am", "Yerevan", ["TOWN. – "], line="NEWS.am", weight=2),
    House("Panorama.am", "Yerevan", [], line="Panorama.am", weight=2),
    House("Hetq", "Yerevan", [], line="Hetq Online", weight=2),
    House("Interfax", "Moscow", ["TOWN. Month D (Interfax) - ", "TOWN. Mon D (Interfax) - "], weight=4,
          abroad="world"),
    House("TASS", "Moscow", ["TOWN, Month D. /TASS/. ", "TOWN, Month D (Itar-Tass) - "], line="ITAR-TASS",
          weight=4, abroad="world"),
    House("RIA Novosti", "Moscow", ["TOWN, Month D (RIA Novosti) - "], weight=3, abroad="world"),
    House("AFP", "Paris", ["TOWN (AFP) - ", "TOWN, Month D, YEAR (AFP) - ", "TOWN (AFP) – "],
          line="Agence France Presse",
          abroad="world", weight=4),
    House("AP", "New York", ["TOWN, COUNTRY (AP) — ", "TOWN (AP) - ", "TOWN, COUNTRY (AP) -- "],
          line="The Associated Press",
          abroad="world", weight=4),
    House("Reuters", "London", ["TOWN (Reuters) - ", "TOWN, Month D (Reuters) - ",
                                "TOWN, Mon D (Reuters) - "],
          abroad="world", weight=4),
    House("Xinhua", "Beijing", ["TOWN, Month D (Xinhua) -- ", "TOWN, Mon. D (Xinhua) -- "],
          line="Xinhua General News Service",
          abroad="world", weight=3),
    House("Anadolu Agency", "Ankara", ["TOWN (AA) - ", "TOWN (AA) – ", "TOWN, Month D (A.A) - "],
          line="Anadolu Agency", weight=3),
    House("APA (Azerbaijan)", "Baku", ["Town – APA. ", "Town. NAME – APA. ", "Town-APA. "], abroad=False,
          line="APA", weight=3),
    House("Trend", "Baku", ["Azerbaijan, Town, Month D / Trend / ",
                            "Azerbaijan, Town, Month D /Trend, NAME/ "], abroad=False,
          line="Trend News Agency", weight=3),
    House("AZERTAC", "Baku", ["Town, Month D, AZERTAC ", "Town, Month D (AZERTAC). ",
                              "Town, D Month, AZERTAC. "], weight=3),
    House("Interpressnews", "Tbilisi", ["TOWN, Month D, Interpressnews. ",
                                        "Town. Month D (InterPressNews). "], weight=3),
    House("RFE/RL", "Prague", ["TOWN -- ", "Town, D Month YEAR (RFE/RL) -- "], weight=3, line="RFE/RL",
          abroad="world"),
    House("Bloomberg", "New York", ["Month D (Bloomberg) -- "], weight=2),
    House("UPI", "Washington", ["TOWN, Month D (UPI) -- "], weight=2, abroad="world"),
    House("IRNA", "Tehran", ["Town, Month D, IRNA -- ", "TOWN, Month D (IRNA) – "], weight=2),
    House("Kyodo", "Tokyo", ["TOWN, Month D, Kyodo - ", "TOWN, Month D (Kyodo) -- "], weight=2),
    House("BelTA", "Minsk", ["TOWN, D Month (BelTA) – "], abroad=False),
    House("Ukrinform", "Kyiv", ["TOWN, Month D /Ukrinform/. "], abroad=False),
    House("ANSA", "Rome", ["(ANSA) - TOWN, MONTH D - ", "(ANSA) - Town, Month D - "]),
    House("BTA", "Sofia", ["Town, Month D (BTA) - "], abroad=False),
    House("Lakeside Wire", "Nordhaven",
          ["TOWN, Month D (Lakeside Wire) - ", "TOWN, Month D. /Lakeside Wire/. "], weight=3),
    House("Kura Press", "Tbilisi", ["Town, Month D. /Kura Press/. ", "TOWN, MONTH D, KURA PRESS. "],
          weight=2),
    House("AFP", "Paris", ["TOWN, D Month YEAR (AFP) - ", "Town (AFP) – ", "TOWN (AFP) - "], lang="fr",
          weight=5,
          line="Agence France-Presse"),
    House("Reuters", "Paris", ["TOWN (Reuters) - ", "TOWN, D Month (Reuters) - "], lang="fr"),
    House("TASS", "Москва", ["TOWN, D Month. /ТАСС/. ", "TOWN, D MONTH. /ИТАР-ТАСС/. "], line="ТАСС",
          lang="ru", weight=3),
    House("RIA Novosti", "Москва", ["TOWN, D Mon — РИА Новости. ", "TOWN, D Month - РИА Новости. "],
          line="РИА Новости", lang="ru",
          weight=3),
    House("Interfax", "Москва", ["Town. D Month. ИНТЕРФАКС - "], line="Интерфакс", lang="ru", weight=2),
    House("ARMENPRESS", "Ереван", ["TOWN, D MONTH, АРМЕНПРЕСС. "], line="АРМЕНПРЕСС", lang="ru", weight=3),
    House("Mediamax", "Ереван", ["Town /Медиамакс/. ", "Town, D Month /Медиамакс/. "], line="Медиамакс",
          lang="ru", weight=2),
    House("ARMENPRESS", "Երևան", ["TOWN, D MONTH, ԱՐՄԵՆՊՐԵՍ։ ", "TOWN, MONTH D, ԱՐՄԵՆՊՐԵՍ: "],
          line="ԱՐՄԵՆՊՐԵՍ", lang="hy", weight=3),
    House("EFE", "Madrid", ["Town, D Mon (EFE).- ", "Town, D Mon. (EFE) - "], lang="es", weight=3,
          line="Agencia EFE"),
    House("DPA", "Berlin", ["Town (dpa) - ", "Town, D. Month (dpa) - "], lang="de", weight=3, line="dpa"),
    House("APA", "Wien", ["Town (APA) - "], lang="de", weight=2, line="APA"),
]


def has_day(form):
    return re.search(r"\bD\b", form) is not None


class Dateline:
    """A house's dateline of a day: .words, with a blank behind it, and what it says."""

    def __init__(self, house, form, rng, when, reporter, town=None):
        self.form = form
        self.town = town or (rng.choice(house.towns) if rng.random() < 0.4 else house.towns[0])
        if "COUNTRY" in form and TOWNS[self.town] not in COUNTRIES:
            self.town = "Yerevan"
        if "Azerbaijan" in form:
            self.town = "Baku"
        lang = house.lang
        month = words.MONTHS[lang][when.month - 1]
        short = words.SHORT.get(lang, words.MONTHS[lang])[when.month - 1]
        if lang == "hy" and "MONTH" in form:
            month = month.upper()
        said = {"TOWN": self.town.replace("և", "եվ").upper(), "Town": self.town, "MONTH": month.upper(),
                "Month": month,
                "Mon": short, "D": str(when.day), "YEAR": str(when.year), "NAME": reporter,
                "COUNTRY": COUNTRIES.get(TOWNS.get(self.town), "")}
        self.words = re.sub(r"\b(TOWN|Town|MONTH|Month|Mon|D|YEAR|NAME|COUNTRY)\b", lambda m: said[m.group()],
                            form)
        self.has_town = "town" in form.lower()
        self.has_day = has_day(form)
        self.has_year = "YEAR" in form
        self.by = reporter if "NAME" in form else None
        self.printed_month = said["MONTH"] if "MONTH" in form else said["Month"]
        # A dash and a town name no house: "YEREVAN. – "
        self.names_house = re.sub(r"TOWN|\W", "", form) != ""

    def misprint(self):
        """A letter of the month is lost: "NVEMBER"."""
        month = self.printed_month
        if len(month) > 6:
            self.words = self.words.replace(month, month[0] + month[2:])
