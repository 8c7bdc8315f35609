"""The build, over real files, libraries and snapshots; only the encoder is fake."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import FakeEncoder

from index.build import build_index
from index.encoder import Floats
from index.errors import BuildError, BuildLocked, SettingsError, TooManyFailures
from index.layout import Layout
from index.lock import build_lock
from index.records import Failure
from index.report import BuildReport
from index.settings import DuplicatesSection, FilesSource, IndexSection, Settings, StorageSettings
from index.shape import settings_digest
from index.snapshot import Store

BEES = "Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927."
TIDES = "The moon raises two tides a day. In the Bay of Fundy they rise by sixteen metres."
PAPER = "Paper was first made in China. Cai Lun described the craft to the court in the year 105."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in (("bees", BEES), ("tides", TIDES), ("paper", PAPER)):
        (folder / f"{name}.txt").write_text(f"All about {name}\n\n{text}\n")
    return folder


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    return Settings(
        storage=StorageSettings(folder=tmp_path / "storage", keep=2),
        sources=(FilesSource(kind="files", folder=folder),),
    )


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store(settings.storage.folder)


def with_index(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update={"index": IndexSection.model_validate(values)})


def test_a_first_build_publishes_what_it_reports(settings: Settings, store: Store) -> None:
    """Every article is new, every passage encoded once, and the snapshot holds them."""
    encoder = FakeEncoder()

    report = build_index(settings, encoder=encoder)

    assert (report.published, report.articles, report.new, report.changed, report.removed) == (True, 3, 3, 0, 0)
    assert report.passages == report.encoded > 0
    assert report.snapshot == store.current()
    with store.open_current(encoder=encoder.identity) as snapshot:
        assert sorted(snapshot.article_ids()) == ["articles/bees.txt", "articles/paper.txt", "articles/tides.txt"]
        assert len(snapshot.passage_ids()) == report.passages


def test_nothing_changed_is_nothing_done(settings: Settings, store: Store) -> None:
    """A second build neither encodes nor writes a snapshot."""
    first = build_index(settings, encoder=FakeEncoder())
    encoder = FakeEncoder()

    second = build_index(settings, encoder=encoder)

    assert (second.published, second.snapshot, second.articles, second.passages) == (
        False,
        first.snapshot,
        first.articles,
        first.passages,
    )
    assert encoder.encoded == 0
    assert store.names() == (first.snapshot,)


def test_only_what_changed_is_encoded(settings: Settings, folder: Path, store: Store) -> None:
    """An edited, a new and a deleted article are counted; the others' vectors are reused."""
    first = build_index(settings, encoder=FakeEncoder())
    (folder / "bees.txt").write_text("All about bees\n\nBumble bees buzz at four hundred hertz.\n")
    (folder / "glass.txt").write_text("All about glass\n\nGlass is made of sand, soda and lime.\n")
    (folder / "tides.txt").unlink()

    second = build_index(settings, encoder=FakeEncoder())

    assert (second.articles, second.new, second.changed, second.removed) == (3, 1, 1, 1)
    assert second.encoded == 2
    assert second.snapshot != first.snapshot
    with store.open_current() as snapshot:
        assert snapshot.article("articles/tides.txt") is None
        assert "buzz" in (snapshot.article("articles/bees.txt") or pytest.fail("gone")).text


def test_a_moved_article_keeps_its_vectors(settings: Settings, folder: Path) -> None:
    """Vectors belong to words, not to file names."""
    build_index(settings, encoder=FakeEncoder())
    (folder / "2024").mkdir()
    (folder / "bees.txt").rename(folder / "2024" / "bees.txt")

    moved = build_index(settings, encoder=FakeEncoder())

    assert (moved.published, moved.articles, moved.encoded) == (True, 3, 0)


def test_removal_alone_needs_no_model(settings: Settings, folder: Path) -> None:
    """A build that encodes nothing does not even ask for the width of the vectors."""

    class Unloadable(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> Floats:
            raise AssertionError("the model was used")

    build_index(settings, encoder=FakeEncoder())
    (folder / "tides.txt").unlink()

    assert build_index(settings, encoder=Unloadable()).removed == 1


@pytest.mark.parametrize("change", [{"passage_words": 20}, {"shared_sentences": 0}])
def test_other_settings_make_another_index(settings: Settings, change: dict[str, object]) -> None:
    """What shapes passages is part of what a snapshot is."""
    first = build_index(settings, encoder=FakeEncoder())

    second = build_index(with_index(settings, **change), encoder=FakeEncoder())

    assert (second.published, second.new, second.changed) == (True, 0, 0)
    assert second.snapshot != first.snapshot
    other = IndexSection.model_validate(change)
    own, others = (settings_digest(one, settings.duplicates, "faiss") for one in (settings.index, other))
    assert own != others
    assert own != settings_digest(settings.index, settings.duplicates, "milvus")


def test_what_counts_as_a_copy_is_part_of_what_an_index_is(settings: Settings) -> None:
    """Another similarity makes another index of the same articles."""
    first = build_index(settings, encoder=FakeEncoder())
    other = settings.model_copy(update={"duplicates": DuplicatesSection(similarity=0.9)})
    second = build_index(other, encoder=FakeEncoder())
    assert second.published and second.snapshot != first.snapshot


def test_settings_that_do_not_shape_the_index_do_not_rebuild_it(settings: Settings) -> None:
    """How many documents may fail makes no other vectors."""
    build_index(settings, encoder=FakeEncoder())

    assert not build_index(with_index(settings, max_failed_share=0.5), encoder=FakeEncoder()).published


def test_another_encoder_encodes_everything_again(settings: Settings) -> None:
    """Vectors of two encoders never mix."""
    first = build_index(settings, encoder=FakeEncoder())

    second = build_index(settings, encoder=FakeEncoder(identity="other", dimension=32))

    assert second.encoded == first.passages


def test_a_damaged_snapshot_is_replaced(settings: Settings, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing has changed, but what is published is not sound: it is made again, from kept vectors."""
    first = build_index(settings, encoder=FakeEncoder())
    store.layout.snapshot(first.snapshot).vectors.write_bytes(b"no vectors")

    with caplog.at_level(logging.WARNING):
        second = build_index(settings, encoder=FakeEncoder())

    assert (second.published, second.encoded) == (True, 0)
    assert f"snapshot {first.snapshot} is damaged" in caplog.text
    store.open_current().close()


def test_old_snapshots_and_their_vectors_are_pruned(settings: Settings, folder: Path, store: Store) -> None:
    """``storage.keep`` snapshots stay, and the vectors that they use."""
    for number in range(4):
        (folder / "bees.txt").write_text(f"All about bees\n\nBees have {number} wings.\n")
        last = build_index(settings, encoder=FakeEncoder())

    assert len(store.names()) == 2
    (folder / "bees.txt").write_text("All about bees\n\nBees have 2 wings.\n")
    assert build_index(settings, encoder=FakeEncoder()).encoded == 0
    (folder / "bees.txt").write_text("All about bees\n\nBees have 0 wings.\n")
    assert build_index(settings, encoder=FakeEncoder()).encoded == 1
    assert last.articles == 3


def test_a_broken_document_is_reported_and_skipped(settings: Settings, folder: Path) -> None:
    """One bad file of four does not stop the build, and is reported by every build while it is there."""
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    tolerant = with_index(settings, max_failed_share=0.5)

    reports = [build_index(tolerant, encoder=FakeEncoder()) for _ in range(2)]

    assert [report.published for report in reports] == [True, False]
    for report in reports:
        (failure,) = report.failures
        assert (report.articles, Path(failure.location).name) == (3, "broken.pdf")
        assert failure.reason


def test_too_many_failures_stop_before_anything_is_kept(settings: Settings, folder: Path, store: Store) -> None:
    """A broken mount must not empty the index; the next good build sees what the bad one would have taken."""
    first = build_index(settings, encoder=FakeEncoder())
    (folder / "tides.txt").unlink()
    (folder / "bees.txt").write_bytes(b"\x00" * 100)
    for number in range(3):
        (folder / f"broken-{number}.pdf").write_bytes(b"nothing")

    with pytest.raises(TooManyFailures, match=r"(?s)nothing was kept or published.*broken-0\.pdf: "):
        build_index(settings, encoder=FakeEncoder())

    assert store.current() == first.snapshot
    for number in range(3):
        (folder / f"broken-{number}.pdf").unlink()
    (folder / "bees.txt").write_text("All about bees\n\nBees hum.\n")
    second = build_index(settings, encoder=FakeEncoder())
    assert (second.changed, second.removed) == (1, 1)


def test_an_emptied_folder_does_not_empty_the_index(settings: Settings, folder: Path, store: Store) -> None:
    """An index of nothing is never published: the folder was most likely not mounted."""
    first = build_index(settings, encoder=FakeEncoder())
    for path in folder.iterdir():
        path.unlink()

    with pytest.raises(BuildError, match="nothing was published"):
        build_index(settings, encoder=FakeEncoder())

    assert store.current() == first.snapshot


def test_no_sources_is_a_settings_error(settings: Settings) -> None:
    """A forgotten [[sources]] is told as such."""
    with pytest.raises(SettingsError, match=r"\[\[sources\]\]"):
        build_index(settings.model_copy(update={"sources": ()}), encoder=FakeEncoder())


def test_progress_is_told_from_nothing_to_all(settings: Settings) -> None:
    """Bars begin at none and end full."""
    told: list[tuple[str, int, int | None]] = []

    report = build_index(settings, encoder=FakeEncoder(), progress=lambda *one: told.append(one))

    assert ("reading", 3, 3) in told
    assert [("encoding", 0, report.encoded), ("encoding", report.encoded, report.encoded)] == [
        one for one in told if one[0] == "encoding"
    ]


def test_a_wrong_vector_is_not_published(settings: Settings, folder: Path, store: Store) -> None:
    """An encoder that gives other vectors the second time is caught by the verification."""

    class Fickle(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> Floats:
            return super().encode([f"{text} {self.encoded}" for text in texts])

    first = build_index(settings, encoder=FakeEncoder())
    (folder / "bees.txt").write_text("All about bees\n\nBees hum and hum again.\n")

    with pytest.raises(BuildError, match="did not pass its verification, nothing was published"):
        build_index(settings, encoder=Fickle())

    assert store.current() == first.snapshot
    assert store.names() == (first.snapshot,)


def test_one_build_at_a_time(settings: Settings) -> None:
    """A second build says who holds the lock and touches nothing."""
    layout = Layout(settings.storage.folder)
    with (
        build_lock(layout),
        pytest.raises(BuildLocked, match=rf"process {os.getpid()} since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC, for 0 min"),
    ):
        build_index(settings, encoder=FakeEncoder())

    assert build_index(settings, encoder=FakeEncoder()).published


@pytest.mark.parametrize("number", [0, 7, 1063, 9999])
def test_small_numbers_are_written_plainly(number: int) -> None:
    """Four digits are read at a glance."""
    assert f"{number} articles (0 new" in str(_report(articles=number))


def test_the_report_is_one_line() -> None:
    """What cron mails and people read."""
    report = _report(articles=1063, new=12, changed=3, removed=2, passages=14610, encoded=171, seconds=8.12)

    assert str(report) == ("1063 articles (12 new, 3 changed, 2 removed), 14 610 passages (171 encoded), 8.1 s")


def _report(**values: float) -> BuildReport:
    counts = (
        "articles",
        "new",
        "changed",
        "removed",
        "superseded",
        "copies",
        "passages",
        "encoded",
        "requests",
        "left",
    )
    numbers = dict.fromkeys(counts, 0)
    given: dict[str, float] = {**numbers, "encode_seconds": 0.0, "seconds": 0.0, **values}
    failures = (Failure("x", "y"),)
    return BuildReport("s", published=True, held=None, failures=failures, skipped=(), **given)  # type: ignore[arg-type]


def test_what_a_site_repeats_is_marked_whichever_build_brought_it(settings: Settings, folder: Path) -> None:
    """Lines are counted over the whole library: the eighth page that repeats one marks it in the first as well."""
    line = "The Lantern shines on everything that happens in Riverton."

    def marked(pages: int) -> set[str]:
        for n in range(pages):
            text = f"The boat number {n} left at dawn. Its {n} sailors sang all day.\n\n{line}\n"
            (folder / f"boat{n}.txt").write_text(text)
        name = build_index(settings, encoder=FakeEncoder()).snapshot
        with Store(settings.storage.folder).open(name) as snapshot:
            texts = {id_: snapshot.article(id_) for id_ in snapshot.article_ids()}
            passages = [one for id_ in texts for one in snapshot.passages_of(id_)]
        return {
            article.text[s.start : s.end]
            for one in passages
            for s in one.sentences
            if s.furniture and (article := texts[one.article_id])
        }

    assert (marked(7), marked(8)) == (set(), {line})
