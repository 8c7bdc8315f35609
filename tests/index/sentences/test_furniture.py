"""Furniture: a table of what belongs to the page, a table of near misses, and where a line stands."""

import time

import pytest

from index.sentences import split_sentences

PAGE = {
    "en": """
        Read more: The river rises again
        Read more about the flood in Riverton.
        READ ALSO: How the dam was built
        Related: Five bridges that fell
        ► More: The mayor answers
        More from Riverton: School reopens after the flood
        See also: A map of the flood
        Watch: Rescuers lift a cow from the river
        Winter storm:What to know about the day ahead
        'A miracle':Dog found alive after six days in the snow
        Continue reading
        Sign up here for the 'Morning Light' newsletter.
        Sign up for our weekly newsletter.
        Sign up here.
        To get it in your inbox, sign up for free here.
        Get the day's headlines delivered to your inbox.
        Get our free weekly newsletter
        Subscribe to our channel for more.
        Subscribe now!
        Subscribe to The Lantern's podcast today.
        Support local journalism by subscribing to the Riverton Post.
        Sign in to your account
        Already a subscriber?
        This article is for subscribers only.
        You have reached your limit of free articles.
        We use cookies to improve this site.
        By continuing, you agree to our terms of use.
        Accept all cookies
        Cookie policy
        Click here to see the whole list.
        Tap or click here for five simple tips.
        Follow us on X
        Follow Ann Lee on Twitter: @annlee
        Follow her on Instagram and Threads @annlee.
        Join us on Facebook
        Share this article
        Share on Facebook
        Copy link
        © 2024 The Lantern
        © 2024 The Lantern. All rights reserved.
        Copyright 2024 The Lantern
        All rights reserved.
        This material may not be published, broadcast or rewritten.
        AI-assisted summary
        AI-generated summary of this article
        Advertisement
        ADVERTISEMENT
        Story continues below advertisement
        Sponsored content
        This story has been updated.
        This story has been updated with additional developments.
        News: An earlier version of this story misspelled a name.
        A version of this story appeared in The Lantern's travel letter.
        This story and headline have been updated.
        Editor's note: Previous versions of this story had a wrong name.
        This is a developing story and will be updated.
        Editor's note
        Editor’s note: This story contains descriptions of a flood.
        Editor's note: Sign up for the Lantern's sleep newsletter.
        By ANN LEE Associated Press
        By Ann Lee and Bo Fox
        Reporting by Ann Lee in Riverton; editing by Bo Fox
        (Reporting by Ann Lee; Editing by Bo Fox)
        Additional reporting by Ann Lee.
        CNN's Ann Lee contributed to this report.
        The Associated Press contributed.
        Ann Lee and Bo Fox contributed reporting.
        AP Sports Writer Ann Lee contributed.
        Contributing: Ann Lee, The Associated Press
        From staff and wire reports
        Riverton CNN —
        Contact Ann Leeson at aleeson@example.org or 555-010-2030.
        Reach her at ann@example.org.
        Got a tip?
        Ann Lee/Getty Images
        Chip Lee/Getty Images/File
        Getty Images
        Courtesy Ann Lee
        (Photo by Ann Lee - Pool/Getty Images)
        A cow stands on a roof in Riverton, DC Ann Lee/Getty Images
        Lantern Press/Getty Images A cow stands on a roof.
        Photo: A cow on a roof
        Image caption, A cow on a roof
        Image caption
        A cow on a roof (AP Photo/Ann Lee)
        A cow on a roof (Image credit: Ann Lee)
        Video Ad Feedback Cow on a roof 01:23 - Source: CNN
        01:23 - Source: CNN
        Hide Caption 3 of 20
        Now playing
        Your browser does not support the video element.
        This video is not available.
        https://example.org/flood https://example.org/dam
        ann.lee@example.org
        If you buy through our links, we may earn a commission.
    """,
    "de": """
        Lesen Sie auch: Der Fluss steigt
        Mehr zum Thema
        Anzeige
        Wir verwenden Cookies, um die Seite zu verbessern.
        Foto: Ein Dach unter Wasser
        Alle Rechte vorbehalten
    """,
    "es": """
        Leer más: El río crece
        Lea también: El río crece
        Te puede interesar: El río crece
        Suscríbete a nuestro boletín.
        Publicidad
        Todos los derechos reservados.
    """,
    "fr": """
        Lire aussi : La rivière monte
        Lire la suite
        Abonnez-vous à notre lettre.
        Tous droits réservés
    """,
    "ru": """
        Читайте также: Река поднимается
        Читать далее
        Подписывайтесь на наш канал.
        Фото: Дом у реки
        Реклама
    """,
    "uk": """
        Читайте також: Річка піднімається
        Читати далі
        Підписуйтесь на наш канал.
        Усі права захищені.
    """,
}

ARTICLE = {
    "en": """
        The newsletter reached 40,000 readers by 1998.
        Photographs of the crater were taken by the probe.
        Subscribe rates rose by a third in May.
        Subscribers to the plan pay nine dollars a month.
        Sign up sheets were full within an hour.
        More than 300 people left their homes.
        More wrote Utopia in 1516.
        Read more books, the minister told the children.
        Related industries lost 900 jobs.
        Watch makers moved to Geneva in 1550.
        Watching the river, she counted nine boats.
        Share prices fell by nine percent.
        Advertisement spending fell by nine percent.
        Copyright law protects a song for 70 years.
        Cookies were sold for two dollars each.
        By Monday the river had risen by two metres.
        By 1998 the town had grown to 40,000.
        By Labor Day the pools are empty.
        Follow the river north for nine miles.
        Followers of the sect met in a barn.
        Contact with the probe was lost in 1998.
        Contact the clerk at 555-010-2030 to register for a shelter.
        Getty Images sued the company in London.
        Getty Images paid 40 million dollars for it.
        Reuters reported that nine people died.
        Reporting by the Post showed that the mayor had lied.
        He contributed to the report on the flood.
        She contributed $500 to the campaign.
        The Associated Press was founded in 1846.
        Both parents contributed.
        The Smith/Jones Getty Images case went on.
        Support local farmers, the mayor said.
        CNN was founded by Ted Turner in 1980.
        A Riverton Register/NBC News poll showed her ahead by nine points.
        Nine of ten in an ABC News/Post survey agreed.
        Image source code was leaked in May.
        Photo credits were missing from the book.
        Video games made 180 billion dollars.
        Now playing for Leeds, he scored twice.
        The editor's note was found in the attic.
        An earlier version of the law banned boats.
        The report has been updated every year since 1990.
        This report was the first to count the dead.
        Previous reports put the number at nine.
        Highlights of the exhibition include nine boats.
        The company said it sells the e-mail addresses of its users.
        Click beetles can jump without legs.
        Signing in, he left a false name.
        The site is closed for the winter.
        Your browser stores the pages that you visit.
        You can follow the river for nine miles.
        Join the two ends with a knot.
        Thank you for reading my letter, she wrote to him.
        Get the vaccine two weeks before you travel.
        Editing by hand takes nine hours.
        Ann Lee said she would follow the advice on Twitter.
        “Follow me,” he said.
        “Sign up for our newsletter,” the note said.
        The mayor told Reuters.
        Boats of the Smith/Jones yard sank.
    """,
    "de": """
        Mehr dazu sagte der Minister nicht.
        Fotos des Kraters zeigen Eis.
        Lesen lernen Kinder mit sechs Jahren.
    """,
    "es": """
        Leer más libros mejora la memoria.
        Lee también escribió una novela.
        Ver más allá del río era imposible.
    """,
    "fr": """
        Lire aussi vite est un don.
        Voir aussi loin est rare.
    """,
    "ru": """
        Читать также учат в шесть лет.
        По теме доклада выступили девять человек.
        Рекламу запретили в мае.
    """,
    "uk": """
        Фотографії кратера зробив зонд.
        За темою доповіді виступили дев'ять людей.
    """,
}


def lines_of(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, line.strip()) for code, lines in table.items() for line in lines.strip().splitlines()]


def furniture(text: str, language: str = "en") -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text, language) if s.furniture]


@pytest.mark.parametrize(("language", "line"), lines_of(PAGE))
def test_a_line_of_the_page_is_furniture(language: str, line: str) -> None:
    """What a page says of itself, between two paragraphs of the article, is marked, and nothing beside it."""
    text = f"It rained.\n\n{line}\n\nIt went on."
    found = furniture(text, language)
    assert line == " ".join(found)


@pytest.mark.parametrize(("language", "line"), lines_of(ARTICLE))
def test_a_sentence_of_the_article_is_none(language: str, line: str) -> None:
    """A true sentence is never marked, on a line of its own or among others."""
    assert furniture(f"It rained.\n\n{line}\n\nIt went on.", language) == []
    assert furniture(f"It rained. {line} It went on.", language) == []


def test_the_tables_are_as_long_as_was_asked() -> None:
    """At least 60 lines are measured."""
    assert len(lines_of(PAGE)) + len(lines_of(ARTICLE)) >= 60


@pytest.mark.parametrize(
    "line",
    [
        "A cow stands on a roof in Riverton. Ann Lee/The Post",
        "A cow stands on a roof. It was there for two days. Ann Lee/Getty Images",
        "A cow stands on a roof in Riverton. Riverton Museum",
    ],
)
def test_a_caption_ends_with_who_took_it(line: str) -> None:
    """Sentences on one line with a credit are what stands under a picture."""
    assert " ".join(furniture(f"It rained.\n\n{line}\n\nIt went on.")) == line


@pytest.mark.parametrize(
    "line",
    [
        "The museum shows nine boats. Closed Sunday",
        "“It was a long night.” Ann Lee",
        "Who won? Ann Lee",
        "The town has nine bridges. Ann Lee built them.",
        "• Nine boats at the quay. Free",
    ],
)
def test_a_line_that_only_looks_like_a_caption_is_none(line: str) -> None:
    """A name after a quotation or a question, and what a list says of times and prices, are no credits."""
    assert furniture(f"It rained.\n\n{line}\n\nIt went on.") == []


def test_an_author_signs_under_a_text() -> None:
    """A dash and a name under prose are a by-line; in a list they are an item."""
    assert furniture("It rained all day.\n\n– Ann Lee\n\nIt went on.") == ["– Ann Lee"]
    assert furniture("These will run:\n\n– Ann Lee\n\n– Bo Fox\n\nIt went on.") == []


def test_a_gallery_is_captions() -> None:
    """A sentence that begins with the credit of the picture before it belongs to the pictures."""
    text = "Ann Lee/Getty Images A cow stands on a roof. It rained all day."
    assert furniture(text) == ["Ann Lee/Getty Images A cow stands on a roof."]


@pytest.mark.parametrize("unit", ["Ann Lee/", "Aa ", "read more ", "(photo ", "@a ", "by Ann Lee and ", "sign up for "])
def test_a_long_line_takes_no_longer_than_its_length_asks(unit: str) -> None:
    """Time grows with the length of a text and not faster."""
    text = unit * (100_000 // len(unit))
    lines = "\n\n".join(unit * (600 // len(unit)) for _ in range(100))
    began = time.process_time()
    split_sentences(text, "en")
    split_sentences(lines, "en")
    assert time.process_time() - began < 3
