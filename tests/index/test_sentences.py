"""Sentence borders: a table of hard cases, headings, and what must hold for any text at all."""

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.sentences import split_sentences

# "|" marks where a sentence begins, "#" a heading; neither is part of the text.
HARD = {
    "en": """
        Sen. Smith spoke. |He left.
        Sens. Smith and Jones, Rep. Ana Ruiz and Gov. Brown met Lt. Col. Jones. |They ate.
        Mr. and Mrs. Dursley lived at No. 4. |They had a son.
        The Rev. Martin Luther King Jr. spoke on Aug. 28. |It was hot.
        Former Gen. Colin Powell and Sgt. Pepper came. |So did Dr. No.
        The U.S. Senate met on Jan. 6. |It voted.
        He moved to the U.S. |He liked it there.
        She left the U.S. in 1990 for the U.K. |There she stayed.
        The U.S.-led force left the U.N. Security Council alone.
        Washington, D.C. Mayor Muriel Bowser spoke. |Then she left.
        It began at 5 a.m. |The sun rose.
        It begins at 7 p.m. Tuesday. |Doors open at 6 p.m. Eastern time.
        It ended at 11 p.m. Police came later.~It ended at 11 p.m. |Police came later.
        Call 5 p.m. to 7 p.m. on weekdays. |Or write.
        It is No. 5 on the list. |Nos. 6 and 7 follow.
        Did he win? |No. |He came second.
        “Did you know?” |No. |“He never told me.”
        J. R. R. Tolkien wrote it. |George W. Bush read it.
        J.K. Rowling and J.R.R. Tolkien met E. B. White. |They talked.
        It was written by George W. |He did not sign.
        Prices rose 3.5 percent to $4.20. |Wages rose 0.5%.
        In 2020. 25 people came.~In 2020. |25 people came.
        Apple Inc. said so. |Ford Motor Co. Chairman Bill Ford agreed.
        He works at Apple Inc. |He likes it.
        Apple Inc. (AAPL.O) rose. |So did Amazon.com Inc. and Alphabet.
        Smith v. Jones vs. Brown was heard. |It took days.
        Well... he said. |Wait... |The end came.
        We swim here... |We jump in.
        He paused … and went on. |Then he stopped…
        “It is the end.” |He said so.
        “It is the end,” he said. |“I know it.”
        “Why?” he asked. |“Go!” she cried.
        "Why?" he asked. |"Go!" she cried.
        “Why now?” Mr. Smith asked. |Nobody knew.
        “Is it over?” |The answer came at once.
        “We checked this morning. |He did not come home,” Looney said. |He sighed.
        "I would say no. |We checked. |He did not come," Looney said.
        He said: “No!” |Then he left.
        (He left early.) |Then she came.
        He won (it was late. He slept). |Then he rose.
        He left (really.) at noon. |She stayed.
        He called it “odd.” |She did not.
        It was so.[12] |Then it changed.[3][4] |It ended.
        It was so.[citation needed] |Then it changed. [who?] |[He left.] |It ended.
        The word “U.S.” is short. |It has two dots.
        He has a Ph.D. in physics. |She has an M.D. from Yale.
        She earned a Ph.D. |Then she taught.
        They sold apples, pears, etc. and more. |It went well.
        They sold apples, pears, etc. |Then they closed.
        See fruits, e.g. apples, i.e. the red ones. |Eat them.
        See p. 12 and pp. 13-15, vol. 2, fig. 3. |It is clear.
        St. Louis is near Mt. Vernon and Ft. Knox. |Go there.
        They live on Main St. |It is quiet.
        She met St. John on Wall St. in Nov. 2001. |It rained.
        Boise, Idaho, and Janesville, Wis., are cities. |So is Tulsa, Okla.
        Rep. Smith (D-Calif.) voted no. |She was alone.
        Visit https://example.org/a.b?c=d. |Then go to www.example.com.
        Write to j.smith@example.org. |He answers.
        Booking.Com and ASP.NET are names. |So is Node.js.
        He likes it.That is all.~He likes it.|That is all.
        He won 3-2.“Great,” he said.~He won 3-2.|“Great,” he said.
        LONDON (Reuters) — It rained on Monday. |It was cold.
        NEW YORK, Jan. 5 (AP) — Stocks fell. |Bonds rose.
        What a day! |Was it yours? |Yes!! |Really?!
        Yahoo! said it would sell. |It did.
        He sold it. |iPhone sales fell.
        great product. |would buy again. |i love it
        1. Wash the rice. |2. Boil it.
        A. Wash the rice. |B. Boil it.
        The answer is 42. |The question is unknown.
        The best is Plan B. |It is cheap.
        It weighs 5 lb. 3 oz. in all. |It is big.
        Smith et al. (2020) found it. |Others did not.
        He was born in Sept. 1999. |She came in Dec.
        He is 6 ft. 2 in. tall. |She is not.
        “I am here.” “So am I.”~“I am here.” |“So am I.”
        “Oppenheimer” won. |“Barbie” did not.
        He asked, “Who did it?” |Nobody knew.
        She said ‘no.’ |He said ‘yes.’
        More:R. Kelly sentenced to 30 years
        It cost approx. five dollars. |It was worth it.
        Asst. Dist. Atty. Ann Lee spoke to Det. Bo Fox. |It was brief.
        Add 1 tsp. salt to it. |Stir.
        He was hired by then-Gov. Ann Lee and ex-Rep. Bo Fox. |It was May.
        Rep. Ana Ruiz, R-Ariz. and Joe Park, D-Fla. agree. |Few others do.
        The bill is from Ana Ruiz, D-Minn. |Voters like it.
        It is open May 1-Sept. 30 at St. Vincent-St. Mary. |Go there.
        WILMINGTON, Del. — It rained on Monday. |It was cold.
        Maurice B. “Mo” Hill Jr. met Ann P. "Lou" Reed. |They ate.
        It was written by George W. |“He did not sign,” she said.
        At about 10:15 a.m. Smith left the house. |He had seen nothing.
        He came around 10 a.m. |Smith left the house.
        It runs from 10 a.m. to 4 p.m. Atlantic Standard Time or 3 p.m. AST. |Be there.
        The car is not theirs. |It is like Matthew’s. |Congress must act.
        We saw it on TV. |It was on CNN. |“Nobody knew,” she said.
        He won the award (for lyrics). |They liked it [the song]. |Now it sells.
        The Trump Org. lawyers lost to Smith & Jones Pty. Ltd. in court. |They appealed.
        It is no small feat. |Voters liked it.
        "You showed me how to love.You are kind," she said.~"You showed me how to love.|You are kind," she said.
        “We said never.The firm said yes,” he said.~“We said never.|The firm said yes,” he said.
        See www.AnnualReport.org or write to Ann.Smith@example.org. |Then wait.
        “The key is input,’’ Jordan said. “Because it is.”~“The key is input,’’ Jordan said. |“Because it is.”
    """,
    "de": """
        Das ist z. B. gut. |Es ist d. h. besser.
        Das ist z.B. gut. |Prof. Dr. Meier kam.
        Er kam am 3. Oktober. |Am 5. März ging er.
        Im 19. Jahrhundert begann es. |Es endete 1914. |Der Krieg kam.
        Äpfel, Birnen usw. sind da. |Alles ist frisch.
        Die Nr. 5 und Bd. 3 auf S. 12 bzw. später. |Ende.
        „Warum?“, fragte er. |„Geh!“, rief sie.
        Er sagte: „Das ist das Ende.“ |Dann ging er.
        Ludwig XIV. regierte lange. |Er starb 1715.
        Es kostet ca. 3,5 Mio. Euro. |Das ist viel.
    """,
    "es": """
        El Sr. López y la Sra. Gil llegaron. |Después comieron.
        Los EE. UU. ganaron. |Nadie lo esperaba.
        ¿Qué pasó? |¡Nadie lo sabe!
        —¿Qué? —dijo ella. |Él calló.
        Véase la pág. 12, p. ej. abajo. |Es claro.
        Vinieron Ana, Luis, etc. |Luego se fueron.
    """,
    "fr": """
        M. Dupont est là. |Mme Curie aussi.
        « Pourquoi ? » demanda-t-il. |« Va ! » dit-elle.
        « C'est fini. » |Il partit.
        Il naquit av. J.-C. à Rome. |On l'oublia.
        Voir p. 12, n° 5, etc. |C'est clair.
    """,
    "ru": """
        Это, т. е. вот так, верно. |Он ушёл.
        В 1990 г. он уехал. |Она осталась.
        Это было в 1990 г. |Он уехал.
        А. С. Пушкин и Л. Н. Толстой писали. |Их читают.
        Яблоки, груши и т. д. |Всё свежее.
        Он живёт на ул. Ленина, д. 5. |Это рядом.
        «Почему?» — спросил он. |Она молчала.
        Это стоит 5 тыс. руб. в год. |Дорого.
    """,
    "uk": """
        Т. Г. Шевченко писав. |Його читають.
        У 1990 р. він поїхав. |Вона залишилася.
        Яблука, груші і т. д. |Усе свіже.
    """,
    "it": "Il dott. Rossi e la sig.ra Bianchi vennero. |Poi andarono via.",
    "pt": "O Sr. Silva e a Dra. Costa vieram. |Depois foram embora.",
    "nl": "Dhr. Jansen kwam, d.w.z. hij was er. |Daarna ging hij weg.",
    "pl": "Prof. Nowak mieszka przy ul. Długiej. |To niedaleko.",
    "zh": "你好。|我是学生。|你呢？",
    "ja": "こんにちは。|元気ですか？|はい。",
    "ar": "ما هذا؟ |هذا كتاب. |شكرا.",
    "hi": "यह एक किताब है। |वह घर है।",
    "xx": "Unknown tongues work. |They do.",
}

PAGES = {
    "a heading goes without a full stop": "#Perfect storm\n\n|Crops are leading the boom. |It is big.",
    "a heading may be in capitals": "#UNDERDOG MENTALITY\n\n|Tampa Bay is the underdog.",
    "a question on its own line is a heading": "#Is it banned in the U.S.?\n\n|Not yet. |It may be.",
    "questions and answers on single lines": "#Q: Is it over?\n|A: No. |It is not.\n#Q: When will it be?\n|A: Soon.",
    "a question in running text is none": "|Is it over? |It is not.",
    "a quoted question is none": "|“Why would he do that?”\n\n|Nobody knows the answer.",
    "two questions on a line of their own are a heading": "|It was late.\n\n#Who qualifies? #And when?\n\n|All do.",
    "a question with a promise is a heading": "#Who qualifies? #What to know about the plan\n\n|All of them do.",
    "a question with its answer is none": "|Did they come? |No, they did not\n\n|Nobody knows why.",
    "a question and a sentence are none": "|Who qualifies? |Everybody over sixty does.\n\n|It is free.",
    "a by-line and a place are headings": "#Karen Weintraub\n\n#Special for the paper\n\n|A study was published.",
    "a dateline on its own line is a heading": "#CNN —\n\n|Imagine waking up one morning.",
    "a last line without a full stop is none": "|It happened on Monday.\n\n|Contributing: The wires",
    "a label is a heading": "#Ingredients:\n\n|Take two eggs.",
    "bullets are sentences": "|They bought three things:\n- apples\n|- pears from Spain\n|- plums"
    "~|They bought three things:\n|- apples\n|- pears from Spain\n|- plums",
    "a heading stands over its list": "#What to bring\n|• Water\n|• A hat",
    "numbered items are sentences": "|Here is the whole list:\n\n|1. Strawberries\n\n|2. Spinach\n\n|It is long.",
    "a numbered heading is one": "#3. Your apps are watching\n\n|Your phone knows where you are.",
    "a long run of short lines is a list": "|Oppenheimer\n\n|Barbie\n\n"
    "#Maestro\n\n#Poor Things\n\n#Past Lives\n\n|It ends.",
    "a line that breaks off goes on": "|He went to the\nstore and came back. |She stayed.",
    "a line that begins with a comma goes on": "|He went to the store\n, then came back. |She stayed.",
    "a line that has ended does not": "|He went home.\n|and she stayed there.",
    "wrapped lines are one paragraph": "|The committee of the house met on Monday with President\n"
    "George Bush and with several of the leaders of the U.S.\nSenate to talk about many of the things that had been\n"
    "left open. |It ended with the day.",
    "lines that were not wrapped stay apart": "#George Washington\n|He was the first president. |He was tall.",
    "a caption's credit is a sentence": "|A glut has triggered a drop in prices. |Ann Lee/The Post\n\n|It goes on.",
}


def read(notation: str) -> tuple[str, list[tuple[str, bool]]]:
    """Return the text, and its sentences with whether each is a heading."""
    parts = [part for part in notation.split("~")[-1].replace("#", "|#").split("|") if part]
    sentences = [(part.removeprefix("#").strip(), part.startswith("#")) for part in parts]
    return "".join(part.removeprefix("#") for part in parts), sentences


def split(text: str, language: str) -> list[tuple[str, bool]]:
    return [(text[s.start : s.end], s.heading) for s in split_sentences(text, language)]


def hard_cases() -> list[tuple[str, str]]:
    return [(code, line.strip()) for code, lines in HARD.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("language", "notation"), hard_cases())
def test_a_hard_case_is_cut_as_a_reader_would(language: str, notation: str) -> None:
    """Abbreviations, initials, numbers, quotations and notes end a sentence only where a reader would say so."""
    text, expected = read(notation)
    assert expected == split(text, language)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_cut_as_a_reader_would(name: str) -> None:
    """Headings, lists and lines are told apart by form."""
    text, expected = read(PAGES[name])
    assert expected == split(text, "en")


def test_the_table_is_as_long_as_was_asked() -> None:
    """At least 60 hard cases are measured."""
    assert len(hard_cases()) + len(PAGES) >= 60


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\n", "\u00a0\u2003"])
def test_white_space_has_no_sentences(text: str) -> None:
    """Nothing to read gives nothing."""
    assert split_sentences(text, "en") == ()


def test_foreign_white_space_moves_no_offset() -> None:
    """No-break and thin spaces count as one code point each, before and after emoji too."""
    text = "😀\u00a0Yes.\u2009\u2009No,\u202f5\u00a0%.\u3000Well."
    assert [t for t, _ in split(text, "en")] == ["😀\u00a0Yes.", "No,\u202f5\u00a0%.", "Well."]


pieces = st.sampled_from(
    'Dr.|U.S.|a.m.|Mr|No.|5|1.|- |• |He|said|“|”|"|(|)|...|…|?|!|.|. | |\n|\n\n|\u00a0|\u2028|\x00|\x1c'.split("|")
    + "\u0301|\u200d|😀|👩\u200d👧|שלום|مرحبا؟|。|你好|।|z. B.|т. е.|[12]|http://a.b/c.|Σ|ß|İ|\ud800".split("|")
)
texts = st.lists(pieces, max_size=40).map("".join) | st.text(max_size=200)


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from(["en", "de", "ru", "zh", "ar", "", "xx-YY"]))
@example("\u00a0.\u00a0.\u00a0", "en")
@example("“", "en")
def test_any_text_is_covered_once_and_in_order(text: str, language: str) -> None:
    """Every character that is not white space is in exactly one sentence; sentences are trimmed and in order."""
    sentences = split_sentences(text, language)
    assert all(first.end <= second.start for first, second in pairwise(sentences))
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in sentences)
    kept = "".join(text[s.start : s.end] for s in sentences)
    assert "".join(text.split()) == "".join(kept.split())


@pytest.mark.parametrize(
    "unit", ["Plain words go on. ", "Dr. (", "a. ", '"', "…", "A\n\n", "- x\n", "[1]", "word ", " ", ".”", "A.B"]
)
def test_a_long_text_takes_no_longer_than_its_length_asks(unit: str) -> None:
    """Time grows with the length of the text and not faster, whatever it is made of."""
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    split_sentences(text, "en")
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Dr. J. Smith of St. Mary paid 3.5 million (no. 7) at 5 p.m. on Monday. "), ("zh", "蜜蜂冬天取暖。"),
     ("ru", "Пчёлы зимой, т.е. в январе, греют улей. ")],
)  # fmt: skip
def test_a_paragraph_without_end_is_cut_as_a_short_one(language: str, sentence: str) -> None:
    """A paragraph of any length has the sentences that it has in pieces: the library gets it piece by piece."""
    few, many = 3, 1_500
    length = len(sentence.strip())
    cut = split_sentences(sentence * many, language)
    assert [one.end - one.start for one in cut] == [length] * many
    assert [one.end - one.start for one in split_sentences(sentence * few, language)] == [length] * few


def test_a_sentence_without_end_is_one() -> None:
    """Where nothing ends in a long paragraph, nothing is cut."""
    assert len(split_sentences("bees and " * 5_000, "en")) == 1
    assert len(split_sentences("bees" * 5_000, "en")) == 1
