"""The words after which a full stop does not end a sentence, language by language.

Tables only: how they are used is told in ``borders.py``. A word in lower case stands for itself and for
its capitalised form; a word with a capital stands for exactly that form ("Sen", not "sen").
Invariant: entries carry no final full stop; inner ones are kept ("z.B").
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Abbreviations of one language by what may follow their full stop.

    ``titles``: never the end. ``numbered``: not the end before a number. ``closing``: the end before
    a capital.
    ``clock``: the end before a capital that is not a day, a month or a zone. ``names``: not the end unless a
    word of ``starters`` follows. ``ordinals``: "3." is the third. ``days``: what may follow ``clock``.
    """

    titles: frozenset[str]
    numbered: frozenset[str]
    closing: frozenset[str]
    names: frozenset[str]
    starters: frozenset[str]
    ordinals: bool
    clock: frozenset[str] = frozenset({"a.m", "p.m", "am", "pm"})
    days: frozenset[str] = frozenset()


_SHARED_TITLES = "dr prof st mt vs cf ca approx Mr Mrs Ms Mx Messrs"
_SHARED_NUMBERED = "p pp vol fig Nr No Nos"
_SHARED_NAMES = "Jr Sr Inc Ltd Corp Co LLC Bros"

_TITLES = {
    "en": (
        "Sen Sens Rep Reps Gov Govs Lt Col Gen Sgt Capt Cmdr Cpl Pvt Adm Maj Brig Rev Hon Pres Supt Fr Ft "
        "Mme Mlle Msgr Atty Det Insp Amb Ald Dept Assn e.g i.e viz Gens Profs Drs Revs Asst Dist Assoc Comdr "
        "Cmdr Cllr Spc Mfr"
    ),
    "de": (
        "z z.B z.b d.h u.a bzw evtl ggf inkl exkl sog vgl geb gest Hr Fr Frau Hrn Dipl Ing Hrsg zzgl bspw "
        "insb einschl max min med jur phil rer nat mind usf d.i i.d.R u.U o.ä S.E"
    ),
    "es": ("sr sra srta sres dra d dña ud uds vd prof gral lic ing arq pág p.ej sto sta fr hno mons pdte excmo excma"),
    "fr": "m mm mme mlle me mgr pr av apr env éd p.ex st ste bd boul cie c.-à-d",
    "it": "sig sigg sig.ra dott dott.ssa prof ing avv on geom arch mons es p.es",
    "pt": "sr sra srs dra exmo exma prof profa eng av p.ex d",
    "nl": "dhr mevr mr ds ir drs bijv d.w.z o.a m.b.t t.o.v i.v.m resp",
    "pl": "np tzn tj św inż mgr hab ul al im os pl prof ks gen płk m.in",
    "cs": "např tzv tj ing mgr bc mudr judr ul nám sv",
    "ru": ("т.е т.к напр им проф акад доц ул пр пл пер св тов гр см ср тыс млн млрд руб г-н г-жа обл р-н авт ред изд"),
    "uk": "т.зв напр ім проф акад доц вул просп пл пров св див пор тис млн млрд грн обл р-н ред вид",
}
_NUMBERED = {
    "en": "ch sec Art ver nos Sec Ch Pt pt Par Rm Apt Ste Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec",
    "de": "S Abs Art Abb Bd Kap Tab Ziff Aufl Nrn §",
    "es": "núm nº n.º pág págs art cap fig vol t",
    "fr": "n nº art chap fig t vol pp",
    "it": "n pag pagg art cap fig vol",
    "pt": "n nº pág págs art cap fig vol",
    "nl": "nr blz art hfst afb",
    "pl": "nr str art rys tab rozdz",
    "cs": "č str odst kap obr",
    "ru": "стр рис табл гл ч п пп ст № с",
    "uk": "стор рис табл гл розд ч п пп ст № с",
}
_CLOSING = {
    "en": "etc",
    "de": "usw etc usf",
    "es": "etc",
    "fr": "etc",
    "it": "ecc etc",
    "pt": "etc",
    "nl": "enz etc",
    "pl": "itd itp",
    "cs": "atd apod",
    "ru": "т.д т.п др проч",
    "uk": "т.д т.п ін",
}
_NAMES = {
    "en": (
        "Esq Plc Cos Univ Ave Blvd Rd Hwy Pkwy Sq St Jan Feb Mar Apr Aug Sept Sep Oct Nov Dec Ala Ariz Ark "
        "Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa "
        "Penn Tenn Tex Va Vt Wash Wis Wyo Ph.D M.D B.A M.A J.D U.S U.K U.N E.U D.C L.A N.Y Mfg Intl Hosp "
        "Natl est Est Org Hts Twp Cie Ark Dak Vol Pty"
    ),
    "de": "Str Jh Jhd Mio Mrd Chr Std Min Sek Tel Aug Sept Okt Nov Dez Jan Feb",
    "es": "EE.UU EE UU S.A a.C d.C C aprox admón dpto",
    "fr": "J.-C S.A apr",
    "it": "S.p.A a.C d.C",
    "pt": "S.A a.C d.C",
    "ru": "г гг в вв н э н.э р",
    "uk": "р рр ст н е н.е м",
}
_STARTERS = {
    "en": (
        "The A An This That These Those There Here He She It They We You I His Her Its Their Our My Your "
        "In On At By For From With Without Of To As If When While Where Why What Who How Which Whether "
        "Although Though Because Since After Before During Until Unless But And Or So Yet Then Thus "
        "However Moreover Still Also Even Not No Yes Now Once Only Some Many Most More All Each Both Few "
        "Several Another Other Others One Two Three Under Over About Among Between Despite Instead Later "
        "Meanwhile Nearly Just Let Perhaps Maybe Today Nor Such Does Do Did Is Are Was Were Will Would Can "
        "Could Should Has Have Had Per Like Unlike Given Against Through Amid Asked"
    ),
    "de": (
        "Der Die Das Den Dem Des Ein Eine Einen Einem Einer Er Sie Es Wir Ihr Ich Man In Im Am An Auf Aus "
        "Bei Mit Nach Seit Von Vor Zu Zum Zur Und Aber Oder Doch Denn Als Wenn Weil Da Dort Hier So Auch "
        "Nur Noch Dann Dies Diese Dieser Dieses Sein Seine Ihre Nicht Kein Keine Was Wer Wie Wo Warum Bis "
        "Durch Für Ohne Während Zwar"
    ),
    "es": (
        "El La Los Las Un Una Unos Unas Él Ella Ellos Ellas Se Su Sus En De Del Al A Por Para Con Sin "
        "Desde Hasta Y O Pero Aunque Cuando Como Si No Ni Que Qué Este Esta Estos Estas Ese Esa Eso Esto "
        "Hay Según Tras Durante También Ya Más Muchos Algunos Todo Todos Entre Sobre Así Entonces Además "
        "Hoy Lo"
    ),
    "fr": (
        "Le La Les L Un Une Des Il Elle Ils Elles On Ce Cet Cette Ces C Je Tu Nous Vous Son Sa Ses Leur En "
        "Dans Sur Sous Par Pour Avec Sans De Du À Au Aux Et Ou Mais Donc Or Car Si Quand Comme Que Qui Où "
        "Ainsi Alors Après Avant Depuis Selon Pendant Puis Aussi Plus Tout Tous Ne Pas Y"
    ),
    "it": (
        "Il Lo La I Gli Le L Un Uno Una Egli Lei Lui Loro Si In Di Da Del Della Nel Nella A Al Con Per Su "
        "Tra E O Ma Se Quando Come Che Chi Non Anche Dopo Questo Questa Quello Nonostante"
    ),
    "pt": (
        "O A Os As Um Uma Ele Ela Eles Elas Em No Na Nos Nas De Do Da Por Para Com Sem E Ou Mas Se Quando "
        "Como Que Não Este Esta Esse Essa Isso Após Segundo Também"
    ),
    "ru": (
        "Он Она Оно Они Мы Вы Я Ты Это Этот Эта Эти Тот Та Те В Во На По С Со К Из От До За У О Об При Для "
        "Под Над И А Но Или Если Когда Как Что Кто Где Так Там Здесь Его Её Ее Их Не Ни Все Всё После "
        "Перед Также Однако Поэтому Затем Уже Ещё Еще Среди Согласно Более"
    ),
    "uk": (
        "Він Вона Воно Вони Ми Ви Я Ти Це Цей Ця Ці Той Та Ті В У На По З Із До За О Об При Для Під Над І "
        "Й А Але Або Якщо Коли Як Що Хто Де Так Там Тут Його Її Їх Не Ні Усі Після Перед Також Однак Проте "
        "Тому Вже Ще"
    ),
}
_ORDINALS = "de da nb nn no fi cs sk pl hu sl hr sr bs et lv is fo lb"
_DAYS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb March April May June July Aug Sept "
    "Oct Nov Dec January February August September October November December ET EST EDT CT CST CDT MT MST "
    "MDT PT PST PDT AST ADT AKST AKDT HST GMT UTC BST CET CEST Eastern Central Mountain Pacific Atlantic Alaska "
    "Hawaii Greenwich Mon Tue Wed Thu Fri Sat Sun"
)


@cache
def abbreviations(language: str) -> Abbreviations:
    """Look up a language ("en", "pt-BR"); an unknown one gets what the languages share."""
    code = language.partition("-")[0].lower()
    return Abbreviations(
        titles=_words(_SHARED_TITLES, _TITLES.get(code, "")) - _words(_NAMES.get(code, "")).difference({"st"}),
        numbered=_words(_SHARED_NUMBERED, _NUMBERED.get(code, "")),
        closing=_words("etc al", _CLOSING.get(code, "")),
        names=_words(_SHARED_NAMES, _NAMES.get(code, "")),
        starters=_words(_STARTERS.get(code, "")),
        ordinals=code in _words(_ORDINALS),
        days=_words(_DAYS),
    )


def _words(*tables: str) -> frozenset[str]:
    return frozenset(word for table in tables for word in table.split())
