"""Questions without a subject of their own, and what they mean after the question before: rules, nothing learned.

Text in, text out. English first, the main forms in Spanish, German, French, Ukrainian and Russian. Invariant: every
word that is added stands in the question before or in the title of an article that was quoted then.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import takewhile

from bot.answering.common_words import COMMON_WORDS


class Leaning(Enum):
    """Whether a question leans on the one before: no, perhaps (it names a thing, but only as "the ship"), surely."""

    NO = auto()
    PERHAPS = auto()
    SURELY = auto()


@dataclass(frozen=True, slots=True)
class Joined:
    """A question read together with the one before. ``text`` is read, ``search`` is searched for: it has more words.

    ``added``: what was added to the question, in the writing of where it stands.
    """

    text: str
    search: str
    added: tuple[str, ...]


_WORD = re.compile(r"[^\W_][\w’'.,-]*[^\W_]|[^\W_]")
_LEAD = re.compile(
    r"^\W*(?:and|but|so|also|what about|how about|y|e|pero|und|aber|et|mais|а|и|но|і|й|та|але)(?:\s+|\s*,\s*)", re.I
)
_PERSON = r"he|she|him|her"
_VERBS = r"happen|occur|end|start|began|begin|chang|take|took|be(?!\w)|cost|mean|last|work|come|came|differ|help"
_ALONE = rf"(?:that|this|these|those)(?=\W*$|,| (?:{_VERBS}))|(?:that|this) one"
_THING = rf"it|{_ALONE}"
_MANY = r"they|them|the same|the others?|the rest"
_OWN = r"his|hers|its|their|theirs"
_PRONOUN = re.compile(
    rf"(?<![\w'’])(?:(?P<own>{_OWN}|her(?= \w+))|(?P<plain>{_PERSON}|{_THING}|{_MANY}))(?![\w'’])", re.I
)
_EVENT = re.compile(rf"(?<!\w)(?:{_ALONE})(?!\w)", re.I)
_PERSON_WORD = re.compile(rf"(?<!\w)(?:{_PERSON}|his|hers)(?!\w)", re.I)
_FOREIGN_PRONOUN = re.compile(
    r"(?<!\w)(?:ellos|ellas|él|ella|ello|eso|esto|esa|ese|esos|esas|aquello|suyo|suya|sus?|lo|los|la|las(?= \w+ó)"
    r"|er|sie|es|ihn|ihm|ihr\w{0,2}|sein\w{0,2}|dies\w{0,2}|davon|dabei|dafür|dort|deren|dessen"
    r"|ils?|elles?|lui|leurs?|ceux|celles?|celui|cela|ça|son|sa|ses|en|y"
    r"|він|вона|воно|вони|його|її|їх|їхн\w+|ним|ними|нею|них|цього|цей|ця|це"
    r"|он|она|оно|они|его|её|ее|их|им|ими|ней|нём|нем|них|этого|этот|эта|это)(?!\w)",
    re.I,
)
_EMPTY_IT = re.compile(
    r"\b(?:is|was) it (?:true|possible|likely|known|called|really)\b|\b(?:does|did|do) it (?:take|matter|mean)\b"
    r"|\bit (?:is|was) (?:true|said|possible)\b|\bwhat time is it\b",
    re.I,
)
_BARE = re.compile(
    r"^\W*(?P<ask>"
    r"(?:(?:by|for|with|from|to|since|until|in|at|on|of) )?(?:why|when|where|who|whom|"
    r"how(?: (?:many|much|long|far|often|old|big|tall|high|fast|deep|so|come))?|what for|which(?: one)?"
    r"|what(?: year)?|which year)"
    r"|¿?(?:por qué|cuándo|dónde|quién|cómo|cuánt[oa]s?|para qué|desde cuándo)"
    r"|warum|wieso|weshalb|wann|wo|wer|wie|wie viele|seit wann|wozu"
    r"|pourquoi|quand|où|qui|comment|combien|depuis quand"
    r"|чому|коли|де|хто|як|скільки|навіщо|почему|когда|где|кто|как|сколько|зачем)"
    r"(?: (?:not|then|exactly|no|nicht|pas|ні|нет))?\W*$",
    re.I,
)
_ASKING = re.compile(
    r"^\W*(?:(?:by|for|with|from|to|since|until|in|at|on|of|up to) )?(?:why|when|where|who|whom|whose|"
    r"how (?:many|much|long|far|often|old|big|large|tall|high|fast|deep|wide|heavy)|how|what|which"
    r"|por qué|cuándo|dónde|quién|cómo|cuánt[oa]s?|qué|warum|wann|wo|wer|wie viele|wie|was"
    r"|pourquoi|quand|où|qui|comment|combien(?: de)?|чому|коли|де|хто|як|скільки|що"
    r"|почему|когда|где|кто|как|сколько|что)\s+",
    re.I,
)
_DEFINITION = re.compile(
    r"^\W*(?:what|who) (?:is|are|was|were)(?: an?)? [\w’'-]+\W*$"
    r"|^\W*(?:qué|quién) (?:es|son|era)(?: una?)? [\w-]+\W*$|^\W*(?:was|wer) (?:ist|sind|war)(?: eine?)? [\w-]+\W*$"
    r"|^\W*(?:qui|qu.est-ce que?) [\w-]+\W*$|^\W*(?:що|хто|что|кто) (?:таке|такое|такий|такой|така|такая)? ?[\w-]+\W*$",
    re.I,
)
_THE = re.compile(r"\b(?:the|this|that|these|those|such) (?=[a-z])")
_WHO = re.compile(r"^\W*(?:(?:by|for|with|from|to) )?(?:who|whom)\b", re.I)
_HEAD = re.compile(
    r"^\W*(?:(?i:by|for|with|from|to|in|on|at|under|of) )?(?:(?i:which|what) (?P<of>(?!(?:is|are|was|were|did|does|do"
    r"|has|have|had|can|will|happened|kind|year|share|color|day|month|date)\b)(?:[A-Z]\w* )*[a-z-]+)"
    r"(?! (?:of|is|are|was|were|did|does|do|has|have|had|can|will|would)\b)"
    r"|(?i:how many) (?P<many>(?:[\w-]+ ){0,2}?\w+s))\b"
)
_DID = re.compile(r"\b(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would) (?:the )?$", re.I)
_PREPOSITION = re.compile(
    r"^(?P<prep>in|on|for|from|at|by|with|of|after|before|during|under|to|en|de|para|por|im|für|von|à|pour|в|у|для|на|з|с)"
    r" (?P<rest>.+)$",
    re.I,
)


def leaning(question: str) -> Leaning:
    """Tell whether a question needs the one before to be understood."""
    led = _LEAD.match(question)
    bare = question[led.end() :] if led else question
    own, names = content_words(bare), names_of(bare)
    if _BARE.match(bare) or not own:
        return Leaning.SURELY
    if _points_back(bare):
        return Leaning.SURELY if not _named_before_pronoun(bare) else Leaning.NO
    if led and (len(own) <= 2 or not names):
        return Leaning.SURELY
    if names or _DEFINITION.match(bare):
        return Leaning.NO
    return Leaning.PERHAPS if len(own) == 1 or (len(own) <= 4 and _THE.search(bare)) else Leaning.NO


def _points_back(question: str) -> bool:
    plain = _EMPTY_IT.sub(" ", question)
    if _PRONOUN.search(plain):
        return True
    return not _is_english(question) and bool(_FOREIGN_PRONOUN.search(plain))


def _is_english(question: str) -> bool:
    return bool(
        re.search(
            r"\b(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|did|does|do|the|and)\b", question, re.I
        )
    )


def _named_before_pronoun(question: str) -> bool:
    """ "Who was Marie Curie, and when did she die?" has its subject."""
    found = _PRONOUN.search(question)
    return bool(found and names_of(question[: found.start()]))


def content_words(question: str) -> list[str]:
    """Return the words that say what a question is about, in order, each once."""
    found = enumerate(_WORD.findall(question))
    telling = [
        word for i, word in found if word.casefold() not in COMMON_WORDS or (i and word[0].isupper() and len(word) > 1)
    ]
    return list({word.casefold(): word for word in telling}.values())


def names_of(question: str) -> list[str]:
    """Return the runs of words with a capital, but for the word that begins the question unless it stands in a run."""
    first = _WORD.search(question)
    begins = first.start() if first else 0
    runs: list[list[re.Match[str]]] = []
    for word in _WORD.finditer(question):
        common = word.start() <= begins and word[0].casefold() in COMMON_WORDS
        if common or not (word[0][0].isupper() or (runs and word[0][0].isdigit())):
            continue
        joined = bool(runs) and re.fullmatch(
            r" (?:of |the |de |la |von |van |and )?", question[runs[-1][-1].end() : word.start()]
        )
        (runs[-1].append(word) if joined else runs.append([word]))
    return [question[run[0].start() : run[-1].end()] for run in runs if run[0].start() != begins or len(run) > 1]


def joined(question: str, before: str, titles: Sequence[str]) -> Joined:
    """Read a question together with the one before; with the title of an article where that is forgotten."""
    led = _LEAD.match(question)
    bare = question[led.end() :].strip() if led else question.strip()
    bare = f"{bare[:1].upper()}{bare[1:]}"
    if not before.strip():
        return _appended(bare, list(titles[:1]))
    if asked := _BARE.match(bare):
        return _asked_of(asked["ask"], before)
    if led and (swapped := _swapped(bare, before)):
        return Joined(swapped, swapped, tuple(_added(swapped, bare, before)))
    subject = _subject(before, of_person=bool(_PERSON_WORD.search(bare)))
    # "When was that?" asks of what happened, not of a thing in it
    plain = _with_subject(bare, subject) if subject and not _EVENT.search(bare) else bare
    named = subject is not None and plain != bare and not subject.startswith("the ")
    return _appended(plain, _missing(plain, before), already=_missing_of(plain, bare), enough=named)


def _asked_of(asking: str, before: str) -> Joined:
    """ "Why?" after "When did the ship run aground?": why did the ship run aground."""
    rest = _ASKING.sub("", before.strip(), count=1)
    text = f"{asking[0].upper()}{asking[1:]} {rest}"
    return Joined(text, text, tuple(content_words(rest)))


def _swapped(bare: str, before: str) -> str | None:
    """ "And in Kenya?" after "How many died in Uganda?": the same phrase with another place."""
    short = f"{bare[:1].lower()}{bare[1:]}".rstrip("?!. ")
    found = _PREPOSITION.match(short)
    if found is None or len(short.split()) > 5:
        return None
    place = re.search(
        rf"(?<!\w){found['prep']} [^?,]+?(?=\s*(?:[?,]|$| (?:in|on|for|from|at|by|with|of|to) ))", before, re.I
    )
    if place is None:
        return f"{before.rstrip('?!. ')} {short}?"
    return f"{before[: place.start()]}{short}{before[place.end() :]}"


def _added(text: str, bare: str, before: str) -> list[str]:
    own = {word.casefold() for word in content_words(bare)}
    kept = {word.casefold() for word in content_words(text)} - own
    return [word for word in content_words(before) if word.casefold() in kept]


def _subject(before: str, *, of_person: bool) -> str | None:
    """What a pronoun may stand for, as far as the words of the question before can tell.

    After "Who …?" a person is the answer, which has no words here. After "Which treaty ended …?" and "How many
    ships …?" it is the treaty, the ships. Else a person is the first name; a thing the last one with the nouns
    behind it ("the GPS satellites"), but after "did" a name is followed by what it did.
    """
    names = names_of(before)
    if of_person:
        return None if _WHO.match(before) else next(iter(names), None)
    if head := _HEAD.match(before):
        return f"the {head['of'] or head['many']}"
    if not names or _WHO.match(before):
        return names[0] if len(names) == 1 else None
    end = before.index(names[-1]) + len(names[-1])
    nouns = re.match(r"(?: [a-zà-ÿ-]+)+", before[end:])
    words = nouns[0].split() if nouns and not _DID.search(before[: end - len(names[-1])]) else []
    telling = list(takewhile(lambda word: word.casefold() not in COMMON_WORDS, words))
    return " ".join((names[-1], *telling))


def _with_subject(question: str, subject: str) -> str:
    """Put the subject in the place of the first pronoun."""
    found = _PRONOUN.search(question)
    if found is None or subject.casefold() in question.casefold():
        return question
    words = subject if found["plain"] else f"{subject}'s"
    return f"{question[: found.start()]}{words}{question[found.end() :]}"


def _missing(question: str, before: str) -> list[str]:
    own = {word.casefold() for word in _WORD.findall(question)}
    own |= {word.removesuffix("'s") for word in own}
    return [word for word in content_words(before) if word.casefold() not in own]


def _missing_of(plain: str, bare: str) -> list[str]:
    """The words of ``plain`` that ``bare`` does not have."""
    own = {word.casefold() for word in _WORD.findall(bare)}
    own.add("the")
    return [word.removesuffix("'s") for word in _WORD.findall(plain) if word.casefold() not in own]


def _appended(question: str, words: Sequence[str], already: Sequence[str] = (), *, enough: bool = False) -> Joined:
    """Add words to what is searched for; to what is read only where no name says what it is about."""
    search = f"{question.rstrip('?!. ')} ({' '.join(words)})?" if words else question
    return Joined(question if enough else search, search, (*already, *words))
