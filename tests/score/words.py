# SPDX-License-Identifier: MIT
"""words: invented news in six languages. A sentence is a subject, what it did, and when or why; nothing of
it is true."""
import random

FIRST = """Lilit Karine Aram Nare Tigran David Anna Leyla Nino Giorgi Maria John Laura Emil Sona Robert Elena
Vahe Thomas Ruzan Peter Irina Hovik Claire""".split()
LAST = """Torosikyan Beridashvili Hasanzade Brookfield Lindqvist Moreau Vardikyan Sarukhov Abgaryants Keller
Ortegal Petrosikyan Danieliants Mammadli Lomidzeli Whitcombe Dréan Zakaridis Harutiants Nazarikov""".split()
RU_FIRST = "Анна Ирина Павел Сергей Лилит Карен Ольга Тимур".split()
RU_LAST = "Лаврентин Озерянц Саруханкин Вершик Торосикян Казберян Меликсян Дубрович".split()
HY_FIRST = "Լիլիթ Արամ Նարե Տիգրան Աննա Կարինե".split()
HY_LAST = "Թորոսիկյան Վարդիկյան Աբգարյանց Սարուխանց Պետրոսիկյան".split()

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "hy": "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի "
          "նոյեմբերի դեկտեմբերի",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
MONTHS = {lang: names.split() for lang, names in MONTHS.items()}
SHORT = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "ru": "янв фев мар апр мая июн июл авг сен окт ноя дек".split(),
    "es": "ene feb mar abr may jun jul ago sep oct nov dic".split(),
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
}
WEEKDAYS = {lang: names.split() for lang, names in WEEKDAYS.items()}

SUBJECTS = {
    "en": """The council of the lake district|The ministry of transport|The national library|
A group of young architects|
The chamber of commerce|The parliamentary committee on energy|The deputy mayor|The union of winegrowers|
The delegation of the border region|The museum of carpets|The central bank|The winner of last year's prize|
The organisers of the spring fair|The railway company|Farmers of the northern valley|The state university|
The foreign minister|The committee for water|Two mountain villages|The opposition party|
The airport's new operator|
The chess federation|Representatives of seven countries|The prime minister's office""",
    "fr": """Le conseil du district des lacs|Le ministère des transports|La bibliothèque nationale|
La chambre de commerce|
Le comité parlementaire de l'énergie|La compagnie des chemins de fer|Le musée des tapis|
Un groupe d'architectes|
La délégation de la région frontalière|L'université d'État|Le ministre délégué|La fédération des vignerons""",
    "ru": """Совет озёрного района|Министерство транспорта|Национальная библиотека|Торговая палата|
Парламентский комитет по энергетике|Железнодорожная компания|Музей ковров|Группа молодых архитекторов|
Делегация приграничного края|Государственный университет|Союз виноделов|Шахматная федерация""",
    "hy": """Լճային շրջանի ավագանին|Տրանսպորտի նախարարությունը|Ազգային գրադարանը|Առևտրի պալատը|
Էներգետիկայի հանձնաժողովը|Երկաթուղային ընկերությունը|Գորգերի թանգարանը|Պետական համալսարանը|
Գինեգործների միությունը""",
    "es": """El consejo de la comarca de los lagos|El ministerio de transportes|La biblioteca nacional|
La cámara de comercio|
La comisión parlamentaria de energía|La compañía ferroviaria|El museo de las alfombras|La universidad estatal|
La unión de viticultores|La delegación de la región fronteriza""",
    "de": """Der Rat des Seenkreises|Das Verkehrsministerium|Die Nationalbibliothek|Die Handelskammer|
Der Energieausschuss des Parlaments|Die Eisenbahngesellschaft|Das Teppichmuseum|Die staatliche Universität|
Der Winzerverband|Die Delegation der Grenzregion""",
}
DID = {
    "en": """approved the plan for a new ferry line|signed an agreement on the exchange of seeds|
presented a report about the state of the roads|opened a school for restorers|
postponed the vote on the tariff|
promised to repair the old aqueduct|received a loan of {n} million for the tunnel|
discussed the draft budget with the mayors|
announced a tender for {n} electric buses|invited observers to the autumn session|
closed the pass after heavy snowfall|
recorded a rise of {n} percent in exports of dried fruit|returned {n} manuscripts to the archive|
will host the meeting of mountain regions|rejected the complaint of the fishermen|
lowered the price of water by {n} percent""",
    "fr": """a approuvé le projet d'une nouvelle ligne de ferry|a signé un accord sur l'échange de semences|
a présenté un rapport sur l'état des routes|a ouvert une école de restaurateurs|
a reporté le vote sur le tarif|
a promis de réparer le vieil aqueduc|a reçu un prêt de {n} millions pour le tunnel|
a baissé le prix de l'eau de {n} pour cent""",
    "ru": """одобрил план новой паромной линии|подписал соглашение об обмене семенами|
представил доклад о состоянии дорог|
открыл школу реставраторов|отложил голосование по тарифу|обещал починить старый акведук|
получил заём в {n} миллионов на строительство тоннеля|снизил цену на воду на {n} процентов""",
    "hy": """հաստատեց նոր լաստանավային գծի ծրագիրը|ստորագրեց սերմերի փոխանակման համաձայնագիր|
ներկայացրեց ճանապարհների վիճակի մասին զեկույց|բացեց վերականգնողների դպրոց|հետաձգեց սակագնի քվեարկությունը|
խոստացավ վերանորոգել հին ջրանցքը|ստացավ {n} միլիոնի վարկ թունելի համար""",
    "es": """aprobó el plan de una nueva línea de transbordadores|firmó un acuerdo de intercambio de semillas|
presentó un informe sobre el estado de las carreteras|abrió una escuela de restauradores|
aplazó la votación de la tarifa|
prometió reparar el viejo acueducto|recibió un préstamo de {n} millones para el túnel""",
    "de": """hat den Plan einer neuen Fährlinie gebilligt|
hat ein Abkommen über den Tausch von Saatgut unterzeichnet|
hat einen Bericht über den Zustand der Straßen vorgelegt|hat eine Schule für Restauratoren eröffnet|
hat die Abstimmung über den Tarif verschoben|hat versprochen, den alten Aquädukt zu reparieren|
hat {n} Millionen für den Tunnel erhalten""",
}
TAILS = {
    "en": """after two days of talks|, which has been discussed for years|
, the press service said in a statement|
despite the objections of the neighbouring towns|at a ceremony attended by {name}|, {name} told reporters|
for the first time since 1998|before the end of the month|, according to the annual review|on Wednesday|
as part of a wider programme for the valley|and thanked all who had taken part|
in the presence of several ambassadors|""",
    "fr": """après deux jours de discussions|, dont on parle depuis des années|, selon un communiqué|mercredi|
malgré les objections des communes voisines|, a déclaré {name}|pour la première fois depuis 1998|
avant la fin du mois|""",
    "ru": """после двух дней переговоров|, о чём говорили много лет|, сообщила пресс-служба|в среду|
несмотря на возражения соседних городов|, сказала {name}|впервые с 1998 года|до конца месяца|""",
    "hy": """երկօրյա բանակցություններից հետո|չորեքշաբթի օրը|առաջին անգամ 1998 թվականից ի վեր|
մինչև ամսվա վերջ|""",
    "es": """después de dos días de conversaciones|, según un comunicado|el miércoles|
pese a las objeciones de los municipios|
, declaró {name}|por primera vez desde 1998|antes de fin de mes|""",
    "de": """nach zweitägigen Gesprächen|, wie es in einer Mitteilung heißt|am Mittwoch|
trotz der Einwände der Nachbarorte|
, sagte {name}|zum ersten Mal seit 1998|vor dem Ende des Monats|""",
}
QUESTIONS = {
    "en": """What has changed since the last meeting?|How do you assess the work of the committee this year?|
Do you expect the ferry line to open before winter?|Mr. {last}, why was the vote postponed a second time?|
And what will happen to the old aqueduct, which so many people have asked us about?""",
    "fr": "Qu'est-ce qui a changé depuis la dernière réunion ?|Comment jugez-vous le travail du comité ?",
    "ru": "Что изменилось после последней встречи?|Как вы оцениваете работу комитета в этом году?",
    "hy": "Ի՞նչ է փոխվել վերջին հանդիպումից հետո|Ինչպե՞ս եք գնահատում հանձնաժողովի աշխատանքը",
    "es": "¿Qué ha cambiado desde la última reunión?|¿Cómo valora el trabajo de la comisión este año?",
    "de": "Was hat sich seit dem letzten Treffen geändert?|Wie bewerten Sie die Arbeit des Ausschusses?",
}
SUBHEADS = {
    "en": """PROSPECTS FOR THE VALLEY:|WHAT COMES NEXT?|A LONG WAY TO AGREEMENT|
COOPERATION IN TRANSPORT AND ENERGY:|
THE FERRY LINE AND ITS CRITICS|WATER, ROADS AND SCHOOLS""",
    "fr": "LES PERSPECTIVES DE LA VALLÉE :|UN LONG CHEMIN|ET MAINTENANT ?",
    "ru": "ПЕРСПЕКТИВЫ ДОЛИНЫ:|ДОЛГИЙ ПУТЬ К СОГЛАСИЮ|ЧТО ДАЛЬШЕ?",
    "hy": "ՀՈՎՏԻ ՀԵՌԱՆԿԱՐՆԵՐԸ|ԵՐԿԱՐ ՃԱՆԱՊԱՐՀ",
    "es": "LAS PERSPECTIVAS DEL VALLE:|UN LARGO CAMINO|¿Y AHORA QUÉ?",
    "de": "AUSSICHTEN FÜR DAS TAL:|EIN LANGER WEG|WIE GEHT ES WEITER?",
}

# Behind the subject of an item's first sentence, so that no two items begin alike.
JOINED = {"en": ", joined by {name},", "fr": ", avec {name},", "ru": " ({name})", "hy": " ({name})",
          "es": ", junto a {name},",
          "de": " ({name})"}


def _listed(table):
    return {lang: [part.strip() for part in text.replace("\n", "").split("|")] for lang,
            text in table.items()}


SUBJECTS, DID, TAILS, QUESTIONS, SUBHEADS = map(_listed, (SUBJECTS, DID, TAILS, QUESTIONS, SUBHEADS))


class Writer:
    """Sentences of one language. `curly`: typographic quotes and dashes."""

    def __init__(self, rng: random.Random, lang, curly):
        self.rng, self.lang, self.curly = rng, lang, curly

    def name(self):
        first, last = {"ru": (RU_FIRST, RU_LAST), "hy": (HY_FIRST, HY_LAST)}.get(self.lang, (FIRST, LAST))
        return "%s %s" % (self.rng.choice(first), self.rng.choice(last))

    def _fill(self, text):
        text = text.format(n=self.rng.randint(2, 480), name=self.name(), last=self.rng.choice(LAST))
        return text.replace("'", "\u2019") if self.curly else text

    def clause(self, tail=True, joined=""):
        said = "%s%s %s" % (self.rng.choice(SUBJECTS[self.lang]), joined, self.rng.choice(DID[self.lang]))
        tail = self.rng.choice(TAILS[self.lang]) if tail else ""
        return self._fill(said + (tail if tail.startswith(",") or not tail else " " + tail))

    def sentence(self, joined=""):
        return self.clause(joined=joined) + ("\u0589" if self.lang == "hy" else ".")

    def opening(self):
        """A first paragraph."""
        return self.sentence(JOINED[self.lang]) + (" " + self.paragraph() if self.rng.random() < 0.5 else "")

    def quote(self):
        left, right = {"fr": ("« ", " »"), "ru": ("«", "»"), "hy": ("«", "»"), "es": ("«", "»"),
                       "de": ("„", "“")}.get(
            self.lang, ("“", "”"))
        if not self.curly:
            left = right = '"'
        return left + self.clause().replace(left, "").replace(right, "") + "," + right + " " + {
            "en": "said", "fr": "a dit", "ru": "сказала", "hy": "ասաց", "es": "dijo", "de": "sagte",
        }[self.lang] + " " + self.name() + ("\u0589" if self.lang == "hy" else ".")

    def paragraph(self):
        parts = [self.sentence() for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4, 6)))]
        if self.rng.random() < 0.2:
            parts[-1] = self.quote()
        return " ".join(parts)

    def headline(self):
        text = self.clause(tail=False)
        tail = self._fill(self.rng.choice(TAILS[self.lang]))
        if self.rng.random() < 0.3 and tail and not tail.startswith(","):
            text += " " + tail
        if text.startswith("The ") and self.rng.random() < 0.8:
            text = text[4].upper() + text[5:]
        return text

    def question(self):
        return self._fill(self.rng.choice(QUESTIONS[self.lang]))

    def subhead(self):
        return self._fill(self.rng.choice(SUBHEADS[self.lang]))
