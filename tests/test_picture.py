"""The README's conversation: how it is wrapped, drawn and told, and that it is what the bot says."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawing import conversation_svg
from hypothesis import given
from hypothesis import strategies as st
from make_picture import drawn as picture_of
from make_picture import told
from recording import FIRST, FOLLOWUP, INLINE, OF_A_YEAR, PRESSED, UNANSWERED, record
from scenes import Button, Chat, Message, Note, Result, Scene, Typed
from telling import conversation_markdown
from wrapping import Line, wrapped

from bot.chat.showing.styled import Entity, Kind, units

ROOT = Path(__file__).parent.parent
PICTURE, TEXT = ROOT / "conversation.svg", ROOT / "conversation.md"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</text><script>alert(1)</script>",
    "&amp; &#0; \"quoted\" 'too' ]]>",
    "🐝👩‍🚀👍🏽 e\u0301",
    "שלום <b>עולם</b> & co",
    "مرحبا",
    "W" * 4096,
    " \n\n ",
    "",
    "\x00\x1b\ud800\ufffe\u2028\u202e",
]
KINDS: Sequence[Kind] = ("blockquote", "bold", "italic", "text_link")
texts = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\n \u00a0🐝\u0301\u200d"),
    max_size=120,
)


@st.composite
def formatted(draw: st.DrawFn) -> tuple[str, list[Entity]]:
    text = draw(texts)
    borders = sorted({0, *(units(text[:end]) for end in range(1, len(text) + 1))})
    some = st.lists(st.sampled_from(borders), min_size=2, max_size=2).map(sorted)
    marks = draw(st.lists(st.tuples(st.sampled_from(KINDS), some), max_size=4))
    return text, [Entity(kind, start, end - start) for kind, (start, end) in marks]


def drawn(*scenes: Scene) -> ElementTree.Element:
    return ElementTree.fromstring(conversation_svg([[Chat("Name", "bot", scenes)]], "About"))


def words(picture: ElementTree.Element) -> str:
    """What a picture says, line after line, white space folded."""
    lines = ("".join(line.itertext()) for line in picture.iter(f"{SVG}text"))
    return " ".join(" ".join(lines).split())


def marked(lines: Sequence[Line], kind: Kind) -> list[str]:
    """Each character that carries a kind of formatting."""
    return [char for line in lines for glyph in line.glyphs if kind in glyph.kinds for char in glyph.text]


@given(formatted(), st.sampled_from([60.0, 200.0, 592.0]))
def test_lines_keep_every_character(message: tuple[str, list[Entity]], width: float) -> None:
    """Wrapping changes nothing: the lines, put together, are the text."""
    text, entities = message
    assert text == "".join(line.text for line in wrapped(text, entities, width))


@given(formatted(), st.sampled_from(KINDS), st.sampled_from([60.0, 592.0]))
def test_lines_keep_every_entity(message: tuple[str, list[Entity]], kind: Kind, width: float) -> None:
    """A character is formatted in its line exactly where an entity covers it in the text."""
    text, entities = message
    offsets = (units(text[:place]) for place in range(len(text)))
    covered = [
        char
        for char, offset in zip(text, offsets, strict=True)
        if any(e.kind == kind and e.offset <= offset < e.offset + e.length for e in entities)
    ]
    assert covered == marked(wrapped(text, entities, width), kind)


@given(texts, st.sampled_from([60.0, 592.0]))
def test_lines_are_no_wider_than_asked(text: str, width: float) -> None:
    """No line sticks out, whatever a text is made of."""
    assert all(line.width <= width for line in wrapped(text, [], width))


def test_lines_break_between_words() -> None:
    """A word that fits on a line is not cut, and no-break spaces hold words together."""
    lines = wrapped("a kilo takes 150\u00a0000 flowers", [], 120)
    assert [line.text for line in lines] == ["a kilo takes ", "150\u00a0000 ", "flowers"]


def test_what_is_drawn_as_one_is_never_cut() -> None:
    """Accents stay on their letters, and an emoji of several characters stays whole."""
    lines = wrapped("👩‍🚀e\u0301" * 9, [], 60)
    assert len(lines) > 3
    assert all(line.text[0] in "👩e" for line in lines)


def test_only_quotations_are_drawn_with_a_bar() -> None:
    """The lines of a blockquote entity, and no others, are set apart."""
    lines = wrapped("Quoted words.\nTheir source", [Entity("blockquote", 0, 13)], 592)
    assert [line.quoted for line in lines] == [True, False]


def test_a_script_from_right_to_left_starts_at_the_right() -> None:
    """Each paragraph runs as its first letter does."""
    lines = wrapped("«שלום» hello\nhello שלום", [], 592)
    assert [line.leftwards for line in lines] == [True, False]


def test_formatting_is_drawn() -> None:
    """Bold words and links keep their looks, an emoji before them notwithstanding."""
    picture = drawn(Message("🐝 so bold, so linked", (Entity("bold", 6, 4), Entity("text_link", 15, 6, "https://a.b"))))
    spans = {span.get("class"): span.text for span in picture.iter(f"{SVG}tspan")}
    assert spans == {"bold": "bold", "link": "linked"}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_only_text(text: str) -> None:
    """Whatever is said, typed or noted, the drawing is well-formed and gains no element."""
    rows = ((Button(text, opens=True), Button(text, pressed=True)),)
    entities = (Entity("blockquote", 0, 9), Entity("bold", 1, 3))
    said = (Message(text, asked=True), Message(text, entities, rows, asked=True, via=text))
    other = (Note(text), Typed(text, (Result(text, (text, text)),) * 5))
    chats = (Chat(text, text, (*said, *other)), Chat(text, text, ()))
    picture = ElementTree.fromstring(conversation_svg([chats, chats], text))
    allowed = {f"{SVG}{tag}" for tag in ("svg", "title", "style", "rect", "circle", "path", "text", "tspan")}
    assert {element.tag for element in picture.iter()} <= allowed


def test_a_message_is_drawn_whole() -> None:
    """Markup in an article's words is shown as it is written."""
    assert "1 < 2 & 3 > 2 <script>" in words(drawn(Message("1 < 2 & 3 > 2 <script>")))


def test_a_long_list_says_how_much_of_it_is_not_shown() -> None:
    """A phone's screen has room for three results, and a drawing, too."""
    said = words(drawn(Typed("@bot Why?", tuple(Result(f"Title {number}", ("Day",)) for number in range(5)))))
    assert "Title 2" in said and "Title 3" not in said and "… and 2 more" in said


def test_what_was_said_is_told_with_its_marks() -> None:
    """Quotations, bold words and links are Markdown's; what only looks like Markdown is escaped."""
    entities = (Entity("blockquote", 0, 14), Entity("bold", 4, 2), Entity("text_link", 15, 5, "https://a.b/c"))
    said = Message("It *is* so. 🐝\nTitle · [1]", entities, ((Button("More"), Button("👍")),))
    told_as = conversation_markdown(
        [Chat("Ada", "a chat", (Message("How?", asked=True), said, Note("Pressed")))], "# X"
    )
    assert told_as == (
        "# X\n\n## Ada (a chat)\n\n**How?**\n\n> It \\***is**\\* so. 🐝\n\n[Title](https://a.b/c) · \\[1\\]\n\n"
        "`More` · `👍`\n\n*Pressed*\n"
    )


@pytest.mark.process
@pytest.mark.model
def test_the_bot_says_what_is_recorded(tmp_path: Path) -> None:
    """Held again, the conversation is the one that is committed, word for word, as text and as a picture.

    Where the bot rightly answers otherwise now: ``PYTHONPATH=tests:. python tests/benchmarks/make_picture.py``.
    """
    chats = record(tmp_path)
    assert told(chats) == TEXT.read_text(encoding="utf-8")
    assert picture_of(chats) == PICTURE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "shown",
    [
        FIRST, FOLLOWUP, OF_A_YEAR, UNANSWERED, INLINE,
        "Read together with your question before:", "Ask only this",
        "Only articles of these days: 2013.", "Any day",
        f"“{PRESSED}” pressed", "Less context", "The articles do not say.", "via @verbatim",
    ],
)  # fmt: skip
def test_what_a_reader_shall_see_is_in_picture_and_text(shown: str) -> None:
    """A question, a follow-up, a time range, More context, a question without an answer, and inline mode."""
    assert shown in words(ElementTree.parse(PICTURE).getroot())
    assert shown in TEXT.read_text(encoding="utf-8").replace("\\", "")


def test_the_committed_picture_quotes_a_sample_word_for_word() -> None:
    """It shows a sentence of a sample article as it stands there."""
    sample = (ROOT / "config/articles/collection.jsonl").read_text(encoding="utf-8")
    sentence = re.search(r"The tunnel is 50[^\\]*?sea\.", sample)
    assert sentence is not None
    assert sentence[0] in words(ElementTree.parse(PICTURE).getroot())


def test_the_committed_picture_needs_nothing_from_outside() -> None:
    """It shows the same wherever it is shown: no address, script or foreign content in it."""
    source = PICTURE.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|url\(|@import|<script|foreignObject|<image", source)
