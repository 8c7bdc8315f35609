"""Fetched pages become articles, whatever shape they have, or it is said why they are none."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from index.sources import normalise
from index.sources.web.pages import PageReading, read_fragment, read_page

SHAPES = Path(__file__).parent / "shapes"
PAPER = "https://www.harbourpost.example/news/"
LEAST = 50

HARBOUR = (
    "ran aground there within a month.",
    "Engineers measured",
    "waited too long",
    "four million",
    "Fishermen fear",
)
MARCH, NOVEMBER, JANUARY = date(2026, 3, 14), date(2025, 11, 2), date(2026, 1, 20)
CHROME = (
    "cookies", "Most read", "Ferry collides", "Lighthouse keeper", "All rights", "Advertisement", "Share this",
    "Share on", "Skip to",
    "tracker payload", "hydration", "Imprint", "Minister resigns", "powered by", "Recent Posts", "Sawmill", "Posted in",
)  # fmt: skip
"""What stands around every article: never in its text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a saved page has to give: ``has`` in this order, ``lacks`` not at all."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    title: str | None = None
    author: str | None = "Maria Lindqvist"
    day: date | None = MARCH
    problem: str | None = None


def none(problem: str) -> Shape:
    return Shape(problem=problem)


def wp(*has: str, lacks: tuple[str, ...] = (), title: str | None = None, author: str = "Tom Okafor") -> Shape:
    return Shape(has, lacks, title, author, NOVEMBER)


TABLE = {
    "live-blog": Shape(("The river has been rising", "Bridge reopens to buses\n\nThe old bridge", "School gyms",
                        "stood at 7.12 metres", "Tanner Street"), ("14:32",), "Flood in the valley: the latest",
                       "Jonas Berg"),
    "interview": Shape(("Why does moss grow", "\n\nBecause it dries", "Does it harm", "\n\nNothing at all."),
                       ("By Ana",),
                       "“Leave the moss alone”", "Ana Ruiz", JANUARY),
    "listicle": wp("These five", "\nWeigh the hive. A hive", "\nClean the floor. Dead", "\nWait with", "\n\nThose who"),
    "steps": wp("How to mend it\n\nLet the air out", "\nPull the tube", "\nRoughen", "\nPut the tube back", "\n\nIf"),
    "captions": Shape(HARBOUR, title="Harbour to be dredged twice a year"),
    "ai-summary": Shape(HARBOUR, ("two times yearly", "toxic mud", "language model", "summary")),
    "key-points": Shape(HARBOUR, ("biannually", "Key points", "shipping firms"), author="Ana Ruiz", day=JANUARY),
    "newsletter": Shape(HARBOUR, ("morning letter", "inbox", "privacy policy")),
    "read-more": Shape(HARBOUR, ("What the mud remembers",)),
    "pull-quote": Shape(HARBOUR, ("harbour master\n", "Sund, harbour"), "“We waited too long”"),
    "date-as-text": wp("third less water", "12 March 2019", "Maize drinks", title="Less water for the upper canal"),
    "german": Shape(("4.000 Menschen", "Energie", "Sabine Krüger", "Gericht"), (), "Das Ende der Gaslaternen",
                    "Sabine Vogt", date(2026, 2, 11)),
    "german-date-as-text": Shape(("4.000 Menschen", "3. Mai 2011", "Gericht"), ("Brunnen", "Impressum", "Weitere"),
                                 "Das Ende der Gaslaternen", "Sabine Vogt", date(2026, 2, 11)),
    "utf-16": Shape(("The café on", "Zoë Brânză", "“I will miss the noise,”"),
                    title="Harbour café closes after ninety years"),
    "windows-1251": Shape(("Городской совет", "ещё до войны", "«Легковые", "область."), ("Архив", "Почта", "защищены"),
                          "Старый мост закроют для грузовиков", None, None),
    "windows-1251-undeclared": Shape(("Городской совет", "ещё до войны", "«Легковые", "область."), ("Архив",),
                                     "Старый мост закроют для грузовиков", None, None),
    "russian": Shape(("Городской совет", "Павла Орлова", "область."), author="Ирина Белова", day=date(2026, 4, 2)),
    "ukrainian": Shape(("Міська рада", "пам’ятають", "двісті лип."), (), "Старий міст знову відкрили", "Олег Савчук",
                       date(2026, 5, 6)),
    "spanish": Shape(("El ayuntamiento", "ochenta puestos", "«No es lo que"), ("By",),
                     "El mercado viejo cierra dos años",
                     "Lucía Ferrer", JANUARY),
    "arabic": Shape(("أعلنت البلدية", "وقال كبير", "ويخشى أصحاب"), (), "إغلاق الجسر القديم أمام الشاحنات", "ليلى حداد"),
    "broken-markup": Shape(HARBOUR, title="Mud in the northern basin"),
    "line-breaks": Shape(("within a month.\n\nEngineers", "low tide.\n\n“We", "\n\nFishermen"),
                         ("Storm", "Home", "Quay 4"),
                         "Mud in the northern basin", "Ingrid Dahl", date(2024, 10, 9)),
    "json-ld-only": Shape(("over it.\n\nThe sound", "“It sings", "Her group"), ("JavaScript", "About us"),
                          "Observatory hears the hum of the ice", "Nils Aaker", date(2026, 1, 9)),
    "amp": Shape(HARBOUR, ("Home", "UA-1"), "Harbour to be dredged twice a year"),
    "election-table": Shape(("Party | Votes | Share\nHarbour List | 14,210 | 33.8 %\nGreens", "Turnout was 61")),
    "tweets": Shape((*HARBOUR[:2], "Third ship on the mud this month.", *HARBOUR[2:])),
    "code": wp("import station\nfor hour in station.today():\n    print(hour.wind)", "The method today() returns the",
               "and yesterday() those"),
    "footnotes": wp("stands today.\n\nHistorians", "last autumn.\n\nThe lake", lacks=("today.1", "↩")),
    "cookie-wall": none("asks for cookies"),
    "log-in": none("asks for a log-in"),
    "paywall": none("a paywall"),
    "soft-404": none("the page says that there is nothing at its address"),
    "landing-page": none("no article (a list of links)"),
    "very-short": none("too short (14 words, least_words = 50)"),
    "gallery": none("only boilerplate"),
    "noindex": Shape(HARBOUR),
    "comments": wp("third less water", "Ruth Amsler", lacks=("second reservoir", "grandmother", "Reply", "thoughts")),
    "next-page": Shape(HARBOUR[:4], ("Page 1", "Next page", "single page")),
    "headings": Shape(("Three ships in a month\n\nThe harbour", "\n\nWho pays for it\n\nThe work",
                       "\n\nFear of the old")),
    "entities": wp("“Müller & Söhne” sells", "after 112 years", "1914…", "🥖🥨 to say", "👩‍👩‍👧.", "3 < 4", "🔒.",
                   title="The last loaf at Müller & Söhne"),
    "inline-markup": Shape(("The harbour authority will dredge the northern basin twice a year, its spokeswoman,"
                            " Ida Krog, said.", "Unbelievable as it sounds", "since 1998.",
                            "The firm Nordlund & Sons", "work.")),
    "drop-cap": wp("Once a year the whole village", "the mayor, who had stopped", "“slow ones” of"),
    "soft-hyphens": wp("Das Wasserwirtschaftsamt hat die Hochwasserschutzmauer am Oberlauf", "Panzerglas"),
    "tables-layout": Shape(("The ferry", "Greta Moen", "islands is to be ready."), ("Home", "Archive", "|"),
                           "Ferry line to the islands is saved", None, None),
    "page-in-a-form": Shape(HARBOUR, ("Contact", "QUJD"), "Mud in the northern basin", None, date(2024, 10, 9)),
}  # fmt: skip


def reading(name: str) -> PageReading:
    return read_page((SHAPES / f"{name}.html").read_bytes(), f"{PAPER}{name}", least_words=LEAST)


NUMBERS = ("one", "two", "three", "four", "five")


def page(body: str = "", head: str = "") -> bytes:
    paragraphs = "".join(
        f"<p>Bees dance to tell the others where the food is, and number {n} flies.</p>" for n in NUMBERS
    )
    source = f"<html><head><title>Bees</title>{head}</head><body><article>{paragraphs}{body}</article></body></html>"
    return source.encode()


def read(body: bytes, url: str = "https://hive.example/bees", **options: str) -> PageReading:
    return read_page(body, url, least_words=LEAST, media_type=options.get("media_type"), charset=options.get("charset"))


def test_every_saved_page_has_its_row() -> None:
    """A shape is saved and expected, or neither."""
    assert {path.stem for path in SHAPES.glob("*.html")} == TABLE.keys()


@pytest.mark.parametrize("name", [name for name, shape in TABLE.items() if shape.problem is None])
def test_the_article_is_taken_out_of_the_page(name: str) -> None:
    """All of the article, in its order, and nothing of what stands around it; its title, author and day."""
    shape, found = TABLE[name], reading(name)
    assert found.problem is None and found.draft is not None
    text = normalise.text(found.draft.text)
    places = [text.find(phrase) for phrase in shape.has]
    assert [phrase for phrase, place in zip(shape.has, places, strict=True) if place == -1] == []
    assert places == sorted(places)
    assert [phrase for phrase in (*shape.lacks, *CHROME) if phrase in text] == []
    assert (found.draft.author, found.draft.published) == (shape.author, shape.day)
    assert shape.title is None or found.draft.title == shape.title


@pytest.mark.parametrize("name", [name for name, shape in TABLE.items() if shape.problem is not None])
def test_what_is_no_article_says_why(name: str) -> None:
    """A wall, a list or a page about nothing is none, and the operator reads which it is."""
    found = reading(name)
    assert (found.draft, found.problem) == (None, TABLE[name].problem)


def test_a_page_that_forbids_it_is_not_indexable() -> None:
    """Only ``noindex`` and ``none`` forbid; the article is read all the same."""
    assert not reading("noindex").indexable
    assert reading("comments").indexable


@pytest.mark.parametrize(
    ("header", "indexable"),
    [
        ("noindex", False), ("none", False), ("nofollow, NoIndex", False), ("googlebot: noindex", False),
        ("verbatim: nofollow, noindex", False), ("otherbot: noindex, nofollow", True), ("noarchive", True),
        ("otherbot: nofollow, googlebot: noindex", False), ("unavailable_after: 25 Jun 2030 15:00:00 PST", True),
        ("max-snippet: 20, noindex", False),
    ],
)  # fmt: skip
def test_the_server_may_forbid_it(header: str, indexable: bool) -> None:
    """X-Robots-Tag counts as the page's own word, for everybody or for us, not for other agents."""
    assert read_page(page(), "https://hive.example/b", least_words=LEAST, robots=[header]).indexable is indexable


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ("<link rel='canonical' href='https://www.hive.example/bees'>", "https://www.hive.example/bees"),
        ("<link rel='canonical' href='/bees?id=1#top'>", "https://hive.example/bees?id=1"),
        ("<meta property='og:url' content='https://m.hive.example/b'>", "https://m.hive.example/b"),
        ("<link rel='canonical' href='https://wire.example/bees'>", None),
        ("<link rel='canonical' href='https://hive.example/'>", None),
        ("<link rel='canonical' href='http://['>", None),
        ("<link rel='canonical' href='javascript:x'>", None),
    ],
)
def test_an_article_belongs_to_the_host_that_served_it(head: str, canonical: str | None) -> None:
    """A page names its own address on its own host; other hosts and the front page are not believed."""
    found = read(page(head=head))
    assert found.canonical == canonical
    assert found.draft is not None and found.draft.url == (canonical or "https://hive.example/bees")


def test_other_addresses_of_the_article_are_named() -> None:
    """The AMP page and the canonical one are the same article."""
    head = "<link rel='amphtml' href='https://amp.hive.example/bees'><link rel='canonical' href='/b'>"
    assert read(page(head=head)).links == ("https://hive.example/b", "https://amp.hive.example/bees")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_a_page_says_twice_in_a_row_stands_twice(times: int) -> None:
    """A page gives the words that a file with the same paragraphs gives, a repeated one as often as it stands there."""
    caption = "<p>The hive on the roof of the town hall, as the <b>visitors</b> of the museum see it every morning.</p>"
    found = read(page(caption * times + "<p>Nobody was stung.</p>"))
    assert found.draft is not None
    assert found.draft.text.split("\n\n")[len(NUMBERS) :] == [
        *["The hive on the roof of the town hall, as the visitors of the museum see it every morning."] * times,
        "Nobody was stung.",
    ]


def test_a_paragraph_for_another_screen_stands_once() -> None:
    """Where two paragraphs with the same words are called differently, only one of them is ever seen."""
    words = "The hive on the roof of the town hall, as the visitors of the museum see it every morning."
    found = read(page(f"<p class='narrow'>{words}</p><p class='wide'>{words}</p>"))
    assert found.draft is not None and found.draft.text.count(words) == 1


@pytest.mark.parametrize(
    "after", ["", " Hide caption 3 of 12", " Harbour Post", " Photo: M. Lindqvist", ' "', "” [2]"], ids=repr
)
def test_a_credit_behind_the_sentences_spoils_no_article(after: str) -> None:
    """Sentences that end are an article's, whatever stands behind the last one of each paragraph."""
    sentence = "The bees of the town hall have moved to the old harbour crane because it is warmer there."
    block = f"<p>{sentence} {sentence} {sentence} {sentence}{after}</p>"
    found = read(f"<html><body><article><h1>Bees</h1>{block}</article></body></html>".encode())
    assert found.problem is None and found.draft is not None


def test_words_without_a_sentence_are_no_article() -> None:
    """Names in a row, however many, are what stands around articles."""
    names = " ".join(["Honey Wax Pollen Hives Smokers Veils Frames Queens"] * 9)
    found = read(f"<html><body><article><h1>Bees</h1><p>{names}</p></article></body></html>".encode())
    assert (found.draft, found.problem) == (None, "only boilerplate")


def test_the_servers_charset_is_believed_before_the_pages() -> None:
    """The server's word, then the page's; neither where it does not fit, and a mark before both."""
    body = page("<p>Пчёлы танцуют.</p>", "<meta charset='iso-8859-1'>").decode()
    for data, charset in (
        (body.encode("cp1251"), "windows-1251"), (body.encode(), "utf-8"), (body.encode("utf-16-le"), "utf-16"),
        (body.encode("utf-16"), "iso-8859-1"), (body.replace("iso-8859-1", "utf-8").encode(), "ascii"),
    ):  # fmt: skip
        found = read(data, charset=charset)
        assert found.draft is not None and "Пчёлы танцуют." in found.draft.text


def test_dates_of_the_text_and_of_pictures_are_not_the_articles() -> None:
    """A date in a sentence, in a picture's address or beside a link to another article says nothing."""
    body = "<p>It was 2019-05-20 10:00 when it began.</p><aside><time datetime='2018-01-01'>old</time></aside>"
    found = read(page(body, "<meta property='og:image' content='https://i.example/2017/03/04/x.jpg'>"))
    assert found.draft is not None and found.draft.published is None


def test_what_is_no_page_is_said() -> None:
    """A PDF, an empty answer and bytes that are no text have a problem, and never raise."""
    assert read(b"%PDF-1.7", media_type="application/pdf").problem == "no web page: its type is application/pdf"
    assert read(b"").problem == "the page cannot be read: there is no HTML in it"
    assert str(read(b"\xff\x00\x81" * 999).problem).startswith("the page cannot be read: ")


def test_an_entry_of_a_feed_becomes_its_text() -> None:
    """Blocks stand between blank lines; no scripts, pictures, forms, or footers of the blog's machinery."""
    entry = (
        "<p>Bees <b>dan</b>ce.<img src='https://t.example/pixel.gif'></p><ul><li>One</li><li>Two</li></ul>"
        "<script>x()</script><p>Line<br>break</p><pre>a\n  b</pre><div class='newsletter'>Sign up</div>"
        "<p>The post <a href='/b'>Bees</a> appeared first on <a href='/'>The Hive</a>.</p>"
    )
    assert read_fragment(entry) == "Bees dance.\n\nOne\nTwo\n\nLine\nbreak\n\na\n  b"
    assert read_fragment("Just words &amp; nothing else") == "Just words & nothing else"
    assert read_fragment("") == ""
