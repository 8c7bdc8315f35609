"""Golden questions: read from a file with all its problems at once, and asked of real snapshots."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import add_snapshot, an_article, three_articles
from fakes import FakeEncoder

from index.errors import SettingsError
from index.golden import GoldenResult, ask, folded
from index.search import FusedRetriever
from index.settings.golden import GoldenQuestion, load_golden
from index.snapshot import Snapshot, Store

SAMPLE = Path(__file__).parent.parent.parent / "config" / "golden.toml"


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    add_snapshot(tmp_path, three_articles())
    with Store(tmp_path).open_current() as opened:
        yield opened


def result(snapshot: Snapshot, depth: int = 5, **golden: str) -> GoldenResult:
    """What one question finds."""
    (found,) = ask([GoldenQuestion(**golden)], FusedRetriever(snapshot, FakeEncoder()), snapshot, depth)
    return found


class TestReading:
    def read(self, folder: Path, text: str) -> tuple[GoldenQuestion, ...]:
        path = folder / "golden.toml"
        path.write_text(text, encoding="utf-8")
        return load_golden(path)

    def test_questions_come_in_their_order(self, tmp_path: Path) -> None:
        """Each with the article, the words, or both that it is to find."""
        text = '[[questions]]\nquestion = "Why?"\narticle = "a"\n[[questions]]\nquestion = "How?"\nwords = "so"\n'

        assert self.read(tmp_path, text) == (
            GoldenQuestion(question="Why?", article="a"),
            GoldenQuestion(question="How?", words="so"),
        )

    def test_every_problem_is_told_at_once_with_the_number_of_its_question(self, tmp_path: Path) -> None:
        """Nobody mends a file one message at a time, or counts tables from 0."""
        text = """
            [[questions]]
            question = "Why?"
            [[questions]]
            question = "Where?"
            word = "here"
            [[questions]]
            article = "a"
            [[questions]]
            question = "?"
            words = 5
        """
        with pytest.raises(SettingsError) as caught:
            self.read(tmp_path, text)

        lines = str(caught.value).splitlines()
        assert lines[0] == f"the golden questions of {tmp_path / 'golden.toml'} cannot be used:"
        assert [line.strip() for line in lines[1:]] == [
            "questions.0 (in [[questions]] number 1): says nothing of what is to be found: add article (an id or an"
            " address), words, or both",
            "questions.1.word (in [[questions]] number 2): unknown key; did you mean words?",
            "questions.2.question (in [[questions]] number 3): missing",
            "questions.3.question (in [[questions]] number 4): should hold a word",
            "questions.3.words (in [[questions]] number 4): should be a valid string (got 5)",
        ]

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "questions: missing"),
            ("questions = [", "is not valid TOML"),
            ('[questions]\nquestion = "Why?"', r"write it in double brackets, \[\[questions\]\]"),
            ('[[question]]\nquestion = "Why?"', "question: unknown key; did you mean questions"),
        ],
    )
    def test_a_file_that_is_none_is_told(self, tmp_path: Path, text: str, complaint: str) -> None:
        """A file without questions would be a gate that everything passes."""
        with pytest.raises(SettingsError, match=complaint):
            self.read(tmp_path, text)

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        """The settings name it, so somebody counts on it."""
        with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
            load_golden(tmp_path / "nowhere.toml")

    def test_the_shipped_file_can_be_read(self) -> None:
        """The sample has eight questions, of both kinds."""
        golden = load_golden(SAMPLE)
        assert len(golden) == 8
        assert any(one.article for one in golden) and any(one.words for one in golden)


class TestAsking:
    def test_an_article_is_known_by_id_and_by_address(self, snapshot: Snapshot) -> None:
        """Operators copy whichever they have at hand."""
        question = "How do bees tell others where flowers are?"
        assert result(snapshot, question=question, article="bees").rank == 1
        assert result(snapshot, question=question, article="https://example.org/bees").rank == 1
        assert result(snapshot, question=question, article="wasps").rank is None

    def test_words_are_found_whatever_their_capitals_and_spaces(self, snapshot: Snapshot) -> None:
        """Line ends and capitals are no part of what is meant."""
        question = "Who made paper first?"
        assert result(snapshot, question=question, words="FIRST  made\nin china").rank == 1
        assert result(snapshot, question=question, words="first made in Japan").rank is None
        assert folded("  Straße\n１ ") == "strasse 1"

    def test_article_and_words_count_together(self, snapshot: Snapshot) -> None:
        """The words of one article do not excuse another one."""
        question = "How do bees tell others where flowers are?"
        assert result(snapshot, question=question, article="bees", words="dance to tell").rank == 1
        assert result(snapshot, question=question, article="tides", words="dance to tell").rank is None

    def test_the_rank_is_the_place_of_the_first_that_is_expected(self, snapshot: Snapshot) -> None:
        """It counts from 1, over passages; what lies deeper than asked is not found."""
        question = "How do bees tell others where flowers are?"
        found = FusedRetriever(snapshot, FakeEncoder()).search(question, 9)
        place = [hit.passage.article_id for hit in found].index("paper") + 1

        assert place > 1
        assert result(snapshot, place, question=question, article="paper").rank == place
        assert result(snapshot, place - 1, question=question, article="paper").rank is None

    def test_what_is_found_is_named(self, snapshot: Snapshot) -> None:
        """Who looks at a lost question sees what came instead: each article once, best first."""
        found = result(snapshot, question="How do bees tell others where flowers are?", article="gone")
        assert found.titles[0] == "Bees"
        assert sorted(found.titles) == ["Bees", "Paper", "Tides"]

    def test_results_stand_in_the_order_of_the_questions(self, tmp_path: Path) -> None:
        """One each, also where nothing is found, so that two snapshots can be compared."""
        add_snapshot(tmp_path / "one", [an_article("stars", "The sky is full of stars.")])
        golden = [GoldenQuestion(question=one, article="stars") for one in ("¿¡ a ?!", "What is full of stars?")]
        with Store(tmp_path / "one").open_current() as snapshot:
            results = ask(golden, FusedRetriever(snapshot, FakeEncoder()), snapshot, 5)
        assert [one.question for one in results] == [one.question for one in golden]
        assert results[1].rank == 1
