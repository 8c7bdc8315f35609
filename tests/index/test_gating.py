"""The gate over real snapshots, with real golden files; only the encoder is fake."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from builders import add_candidate, add_snapshot, an_article, three_articles
from fakes import FakeEncoder

from index.encoder import Floats
from index.errors import NoSnapshot, SettingsError, SnapshotDamaged
from index.gating import check, difference, pair, release, waiting
from index.records import Article
from index.settings import GateSection, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.writing import Origin

ORIGIN = Origin("fake:1:float32", "settings", "library")
"""What ``builders`` write into a manifest."""

GOLDEN = """
[[questions]]
question = "How do bees tell others where flowers are?"
article = "bees"
[[questions]]
question = "Where do the tides rise by sixteen metres?"
words = "Bay of Fundy"
[[questions]]
question = "Who landed on Mars first?"
article = "mars"
"""


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    path = tmp_path / "golden.toml"
    path.write_text(GOLDEN)
    return path


@pytest.fixture
def settings(tmp_path: Path, golden: Path) -> Settings:
    gate = GateSection(golden=golden, golden_depth=2, max_fall=0.5)
    return Settings(storage=StorageSettings(folder=tmp_path / "storage"), gate=gate)


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store(settings.storage.folder)


@pytest.fixture
def published(store: Store) -> str:
    return add_snapshot(store.layout.storage, three_articles())


class Unloadable(FakeEncoder):
    """An encoder whose model cannot be loaded: nothing may ask for it."""

    def encode(self, texts: Sequence[str]) -> Floats:
        raise AssertionError("the model was used")


def without(*ids: str) -> list[Article]:
    return [article for article in three_articles() if article.id not in ids]


def candidate(store: Store, articles: Sequence[Article], encoder: FakeEncoder | None = None) -> str:
    return add_candidate(store.layout.storage, articles, encoder)


def damage(store: Store, name: str) -> None:
    store.layout.snapshot(name).vectors.write_bytes(b"no vectors")


def damage_slightly(store: Store, name: str) -> None:
    """Another byte at the same size: only a digest tells."""
    path = store.layout.snapshot(name).articles
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


class TestChecking:
    def test_as_good_as_before_passes(self, store: Store, settings: Settings, published: str) -> None:
        """Articles come, none that is asked for goes."""
        name = candidate(store, [*three_articles(), an_article("glass", "Glass is made of sand.")])
        assert check(store, name, FakeEncoder(), settings).passed

    def test_a_lost_golden_question_fails(self, store: Store, settings: Settings, published: str) -> None:
        """The article that answered it is gone."""
        verdict = check(store, candidate(store, without("bees")), FakeEncoder(), settings)
        assert verdict.reasons == (
            'golden question "How do bees tell others where flowers are?" does not find what it found at place 1',
        )

    def test_a_fall_of_the_articles_fails(self, store: Store, settings: Settings, published: str) -> None:
        """Two of three are gone, and half is allowed."""
        verdict = check(store, candidate(store, without("bees", "paper")), FakeEncoder(), settings)
        assert "66.7% fewer" in verdict.reasons[0]

    def test_the_questions_are_encoded_once_for_both(self, store: Store, settings: Settings, published: str) -> None:
        """Each question once, in one go, whatever the number of snapshots."""
        encoder = FakeEncoder()
        check(store, candidate(store, three_articles()), encoder, settings)
        assert encoder.encoded == 3

    def test_without_questions_no_model_is_loaded(self, store: Store, settings: Settings, published: str) -> None:
        """An operator without golden questions pays nothing for them."""
        plain = settings.model_copy(update={"gate": GateSection()})
        assert check(store, candidate(store, three_articles()), Unloadable(), plain).passed

    def test_the_first_one_passes(self, store: Store, settings: Settings) -> None:
        """Nothing is published yet."""
        assert check(store, candidate(store, without("bees", "paper")), FakeEncoder(), settings).passed

    def test_another_encoder_is_compared_by_its_articles(
        self, store: Store, settings: Settings, published: str
    ) -> None:
        """The vectors of the published one are another encoder's: its questions cannot be asked any more."""
        other = FakeEncoder(identity="other", dimension=32)
        assert check(store, candidate(store, without("bees"), other), other, settings).passed
        assert not check(store, candidate(store, without("bees", "paper"), other), other, settings).passed

    def test_a_damaged_published_one_gives_way_to_what_is_in_use(
        self, store: Store, settings: Settings, published: str
    ) -> None:
        """The bot answers from the one before it, so the candidate is measured by that."""
        damage(store, add_snapshot(store.layout.storage, without("bees", "paper")))
        assert not check(store, candidate(store, without("bees")), FakeEncoder(), settings).passed

    @pytest.mark.parametrize("verified", [True, False])
    def test_what_the_caller_verified_is_not_verified_again(
        self, store: Store, settings: Settings, published: str, verified: bool
    ) -> None:
        """A build read every byte of what is published before it began."""
        damage_slightly(store, published)
        name = candidate(store, without("bees", "paper"))
        assert check(store, name, FakeEncoder(), settings, published if verified else "").passed != verified

    def test_what_was_verified_and_is_published_no_more_is_no_measure(
        self, store: Store, settings: Settings, published: str
    ) -> None:
        """A candidate is measured by what the bot uses, whatever else is sound."""
        add_snapshot(store.layout.storage, without("bees", "paper"))
        name = candidate(store, without("bees", "paper"))
        assert check(store, name, FakeEncoder(), settings, published).passed

    def test_where_nothing_can_be_used_everything_passes(
        self, store: Store, settings: Settings, published: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A candidate is better than a published snapshot that cannot be opened; the log says so."""
        damage(store, published)
        with caplog.at_level(logging.WARNING):
            assert check(store, candidate(store, without("bees", "paper")), FakeEncoder(), settings).passed
        assert f"snapshot {published} is damaged" in caplog.text

    def test_golden_questions_that_cannot_be_read_stop_it(
        self, store: Store, settings: Settings, golden: Path, published: str
    ) -> None:
        """A gate that was asked for is never left out silently."""
        name = candidate(store, three_articles())
        golden.write_text("questions = 5")
        with pytest.raises(SettingsError, match="golden questions"):
            check(store, name, FakeEncoder(), settings)


class TestReleasing:
    def test_what_passes_is_published(self, store: Store, settings: Settings, published: str) -> None:
        """And nothing is held any more."""
        name = candidate(store, three_articles())
        assert release(store, name, FakeEncoder(), settings) is None
        assert (store.current(), store.held()) == (name, None)

    def test_what_does_not_pass_is_kept_aside(self, store: Store, settings: Settings, published: str) -> None:
        """The published one stays, and the record says why."""
        name = candidate(store, without("bees"))

        held = release(store, name, FakeEncoder(), settings)

        assert held == store.held()
        assert held is not None and held.name == name and "How do bees tell" in held.reasons[0]
        assert store.current() == published
        assert "\n" not in str(held)

    def test_it_is_not_judged_again_while_nothing_changed(
        self, store: Store, settings: Settings, published: str
    ) -> None:
        """A build every quarter of an hour says the same again, and loads no model for it."""
        name = candidate(store, without("bees"))
        first = release(store, name, FakeEncoder(), settings)

        assert waiting(store, ORIGIN) == name
        assert release(store, name, Unloadable(), settings) == first

    def test_other_golden_questions_are_another_judgement(
        self, store: Store, settings: Settings, golden: Path, published: str
    ) -> None:
        """Who takes out the question of an article that is gone for good needs no override, and no new build."""
        name = candidate(store, without("bees"))
        release(store, name, FakeEncoder(), settings)
        golden.write_text('[[questions]]\nquestion = "Where do the tides rise?"\narticle = "tides"\n')

        assert release(store, name, FakeEncoder(), settings) is None
        assert store.current() == name

    def test_another_limit_is_another_judgement(self, store: Store, settings: Settings, published: str) -> None:
        """A larger fall that the operator allows counts at once."""
        strict, tolerant = (settings.model_copy(update={"gate": GateSection(max_fall=share)}) for share in (0.1, 0.4))
        name = candidate(store, without("bees"))
        assert release(store, name, Unloadable(), strict)

        assert release(store, name, Unloadable(), tolerant) is None

    def test_another_published_one_is_another_judgement(self, store: Store, settings: Settings, published: str) -> None:
        """After going back to a snapshot without that article, nothing is lost any more."""
        fuller = add_snapshot(
            store.layout.storage, [*three_articles(), an_article("mars", "Who landed on Mars first?")]
        )
        name = candidate(store, three_articles())
        assert release(store, name, FakeEncoder(), settings)
        assert store.current() == fuller

        store.rollback()

        assert release(store, name, FakeEncoder(), settings) is None

    def test_the_next_candidate_is_judged_by_the_published_one(
        self, store: Store, settings: Settings, published: str
    ) -> None:
        """What was held sets no standard: a second bad one does not pass for being like the first."""
        first = candidate(store, without("bees"))
        release(store, first, FakeEncoder(), settings)
        second = candidate(store, [*without("bees"), an_article("glass", "Glass is made of sand.")])

        held = release(store, second, FakeEncoder(), settings)

        assert held is not None and held.name == second
        assert store.names() == (published, second)
        third = candidate(store, three_articles())
        assert release(store, third, FakeEncoder(), settings) is None
        assert store.names() == (published, third)

    def test_an_override_stands(self, store: Store, settings: Settings, published: str) -> None:
        """What was published by force is what the next one is measured by."""
        name = candidate(store, without("bees"))
        release(store, name, FakeEncoder(), settings)

        store.publish(name)

        assert waiting(store, ORIGIN) is None
        assert release(store, candidate(store, without("bees")), FakeEncoder(), settings) is None

    def test_a_first_one_that_finds_nothing_is_published_with_a_warning(
        self, store: Store, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        """cron sends it to the operator."""
        name = candidate(store, without("bees", "tides"))
        with caplog.at_level(logging.WARNING):
            assert release(store, name, FakeEncoder(), settings) is None
        assert "not one of 3 golden questions" in caplog.text
        assert store.current() == name

    def test_a_golden_file_that_is_gone_publishes_nothing(
        self, store: Store, settings: Settings, golden: Path, published: str
    ) -> None:
        """The candidate stays aside until the file is back."""
        name = candidate(store, three_articles())
        golden.unlink()
        with pytest.raises(SettingsError, match=r"gate\.golden: .* cannot be read"):
            release(store, name, FakeEncoder(), settings)
        assert store.current() == published
        assert waiting(store, ORIGIN) == name


class TestWaiting:
    def test_nothing_held_is_nothing_waiting(self, store: Store, published: str) -> None:
        """The published one does not wait."""
        assert waiting(store, ORIGIN) is None

    @pytest.mark.parametrize(
        "origin",
        [
            Origin("other", "settings", "library"),
            Origin("fake:1:float32", "other", "library"),
            Origin("fake:1:float32", "settings", "other"),
        ],
    )
    def test_one_of_another_origin_is_built_anew(self, store: Store, published: str, origin: Origin) -> None:
        """Articles, settings or the encoder changed since."""
        name = candidate(store, three_articles())
        assert waiting(store, origin) is None
        assert waiting(store, ORIGIN) == name

    def test_a_damaged_one_is_built_anew(self, store: Store, published: str, caplog: pytest.LogCaptureFixture) -> None:
        """Whoever publishes it by force is to get a sound one."""
        name = candidate(store, three_articles())
        damage_slightly(store, name)
        with caplog.at_level(logging.WARNING):
            assert waiting(store, ORIGIN) is None
        assert f"snapshot {name} is damaged" in caplog.text


class TestComparing:
    def test_the_published_and_the_held_are_compared_by_default(self, store: Store, published: str) -> None:
        """That is what has to be decided."""
        name = candidate(store, without("bees"))
        assert pair(store) == (published, name)

    def test_else_the_published_one_and_the_one_before_it(self, store: Store, published: str) -> None:
        """What the last build changed; a newer one that was rolled back from does not count."""
        second = add_snapshot(store.layout.storage, without("bees"))
        assert pair(store) == (published, second)
        third = add_snapshot(store.layout.storage, without("tides"))
        store.rollback()
        assert pair(store) == (published, second)
        assert pair(store, third) == (third, second)
        assert pair(store, published, third) == (published, third)

    def test_one_alone_cannot_be_compared(self, store: Store, published: str) -> None:
        """After a first build there is nothing to compare."""
        with pytest.raises(NoSnapshot, match=f"nothing to compare {published} with"):
            pair(store)

    def test_an_unknown_name_is_told(self, store: Store, settings: Settings, published: str) -> None:
        """A misspelt name is no empty comparison."""
        with pytest.raises(SnapshotDamaged, match="there is no snapshot nonsense"):
            difference(store, "nonsense", published, FakeEncoder(), settings)

    def test_a_difference_has_articles_and_questions(self, store: Store, settings: Settings, published: str) -> None:
        """Asked with the questions of the settings, each encoded once."""
        encoder = FakeEncoder()
        name = candidate(store, without("bees"))

        found = difference(store, published, name, encoder, settings)

        assert (found.before.snapshot, found.now.snapshot) == (published, name)
        assert [(one.source, one.titles) for one in found.removed] == [("samples", ("Bees",))]
        assert [(one.before, one.now) for one in found.worse] == [(1, None)]
        assert encoder.encoded == 3

    def test_a_difference_without_questions_loads_no_model(self, store: Store, settings: Settings) -> None:
        """Articles alone can be compared on a machine without the model."""
        names = [add_snapshot(store.layout.storage, without(gone)) for gone in ("bees", "tides")]
        plain = settings.model_copy(update={"gate": GateSection()})
        assert difference(store, names[0], names[1], Unloadable(), plain).before.found is None
