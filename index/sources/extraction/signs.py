"""Signs of what a page is, counted before anything is taken out of it: a wall, a list, a page about nothing.

Only counts and looks up; what follows from it is for who asks.
"""

import re
from dataclasses import dataclass

from index.sources.extraction.nodes import Node, names, words

_WALL = re.compile(
    r"pay-?wall|reg(?:istration)?-?wall|meter(?:ed)?-?wall"
    r"|subscri(?:be|ber|ption)-?(?:wall|only|gate)|piano|tp-modal"
)
_TO_PAY = re.compile(
    r"(?:subscribe|sign up|register|log in|sign in) (?:now |today |here )?to (?:continue|keep|read)"
    r"|(?:for|to) subscribers(?: only)?|already a subscriber"
    r"|subscriber-only|become a subscriber|unlock this (?:article|story)"
    r"|nur für abonnenten|jetzt weiterlesen|mit .{0,20}abo weiterlesen|suscríbete para"
    r"|solo para suscriptores|réservé aux abonnés"
    r"|только для подписчиков|оформите подписку|лише для передплатників|оформіть передплату"
)
_COOKIES = re.compile(
    r"cookies?\b|consent|tracking|einwillig|datenschutz"
    r"|consentimiento|куки|файл\w{0,3} cookie|legitimate interest|partners"
)
_LOG_IN = re.compile(
    r"log[- ]?in|sign[- ]?in|anmelden|anmeldung|einloggen"
    r"|iniciar sesión|inicia sesión|connexion|se connecter"
    r"|accedi|вход|войти|вхід|увійти"
)
_MISSING = re.compile(
    r"\b404\b|(?:page|article|story) (?:was |is |could |can )?"
    r"(?:not|no longer|cannot|can't|can’t)(?: be)? (?:found|available|exist)\w*"
    r"|not found"
    r"|page (?:doesn't|doesn’t|does not) exist|nicht gefunden"
    r"|no encontrad[ao]|introuvable|не найден[ао]?|не знайден[ао]?"
)
_TEXT_LETTERS = 20_000


@dataclass(frozen=True, slots=True)
class Signs:
    """``words`` are all that people see; ``linked`` those of links; ``teasers`` are headings that are links."""

    words: int
    linked: int
    teasers: int
    cookies: int
    password: bool
    log_in: bool
    missing: bool
    wall: bool


def signs_of(tree: Node) -> Signs:
    """Count what tells a page from an article."""
    seen = " ".join(" ".join(node.text_content() for node in tree.xpath("//body")).split()).lower()
    name = " ".join(node.text_content() for node in tree.xpath("//title|//h1")).lower()
    return Signs(
        words=len(seen.split()),
        linked=sum(words(node) for node in tree.xpath("//body//a")),
        teasers=_teasers(tree),
        cookies=len(_COOKIES.findall(seen[:_TEXT_LETTERS])),
        password=bool(tree.xpath("//input[@type='password']")),
        log_in=_LOG_IN.search(name) is not None,
        missing=_MISSING.search(name) is not None,
        wall=_TO_PAY.search(seen) is not None or _walled(tree),
    )


def _walled(tree: Node) -> bool:
    return any(_WALL.search(names(node)) for node in tree.iter("div", "section", "aside"))


def _teasers(tree: Node) -> int:
    """How many headings are links to somewhere else, outside of menus and what stands beside the article."""
    path = "//*[self::h2 or self::h3 or self::h4][.//a[@href] or parent::a[@href]]"
    path += "[not(ancestor::nav or ancestor::footer or ancestor::aside)]"
    return len(tree.xpath(path))
