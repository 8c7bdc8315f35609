"""The installed commands over a real Milvus server: build, search, build again, verify, roll back, prune; and answers
while the server is away."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from end_to_end.commands import ROOT, SETTINGS, Place
from milvus_server import MilvusServer

from bot.wording import CANNOT_SEARCH

pytestmark = [pytest.mark.process, pytest.mark.model]

QUESTION = "How many segments does the main mirror of the Webb telescope have?"
ARTICLES = ("james-webb-first-images.md", "honeybees.md", "azafran.md")


@pytest.fixture
def place(tmp_path: Path, own_milvus: MilvusServer) -> Place:
    """Sample articles of two languages, and settings that name the own_milvus."""
    place = Place(tmp_path)
    place.articles.mkdir()
    for name in ARTICLES:
        (place.articles / name).write_bytes((ROOT / "config" / "articles" / name).read_bytes())
    given = f'[vectors]\nengine = "milvus"\naddress = "{own_milvus.section().address}"\n'
    (tmp_path / "verbatim.toml").write_text(SETTINGS + given)
    return place


def run(place: Place, *arguments: str, status: int = 0) -> Any:
    """Run ``verbatim-index`` and return what it says as JSON."""
    ended = place.run("index", *arguments, "--json")
    assert ended.returncode == status, ended.stderr
    return json.loads(ended.stdout)


def there(server: MilvusServer) -> tuple[int, str]:
    """How many collections the server has, and which the alias leads to."""
    with server.client() as client:
        live = client.describe_alias("verbatim_live")["collection_name"]
        return len(client.list_collections()), str(live)


def test_generations_in_a_cluster(place: Place, own_milvus: MilvusServer) -> None:
    """Each build is a collection, published by the alias; rolling back leads it back, pruning drops the others."""
    first = run(place, "build")
    found = run(place, "search", QUESTION)
    assert "Webb" in found[0]["title"]
    assert not (place.folder / "store" / "snapshots" / first["snapshot"] / "vectors.faiss").exists()
    count, live = there(own_milvus)
    assert count == 1

    with (place.articles / "honeybees.md").open("a") as article:
        article.write("\n\nBees of the second build carry pollen of the willow home in March.\n")
    second = run(place, "build")
    assert second["published"] and second["encoded"] < first["encoded"]
    assert "willow" in run(place, "search", "What do bees carry home in March?")[0]["text"]
    newer = there(own_milvus)
    assert newer[0] == 2 and newer[1] != live
    assert set(run(place, "verify")["problems"].values()) == {None}

    assert run(place, "rollback")["now"] == first["snapshot"]
    assert there(own_milvus) == (2, live)
    assert not any("willow" in one["text"] for one in run(place, "search", "What do bees carry home in March?"))

    assert run(place, "prune", "--keep", "1")["removed"] == [second["snapshot"]]
    assert there(own_milvus) == (1, live)
    assert run(place, "status")["vectors"] == "Milvus, exact"


def test_answers_while_the_cluster_is_away(place: Place, own_milvus: MilvusServer) -> None:
    """Commands and the bot answer from words alone and say so; ``status`` and ``verify`` fail until it is back."""
    run(place, "build")
    own_milvus.kill()

    assert "Webb" in run(place, "search", QUESTION)[0]["title"]
    ended = place.run("bot", "ask", "--json", QUESTION)
    (answer,) = [cast(dict[str, Any], json.loads(line)) for line in ended.stdout.splitlines()]
    assert "18 hexagonal segments" in answer["quotes"][0]["text"]
    assert "Milvus" in ended.stderr
    status = run(place, "status", status=1)
    assert "questions are answered from words alone" in status["vectors_away"]
    assert "does not give the vectors" in str(run(place, "verify", status=1)["problems"])
    assert "does not give the vectors" in place.run("bot", "check").stdout

    own_milvus.start()
    assert run(place, "status")["vectors_away"] is None
    assert set(run(place, "verify")["problems"].values()) == {None}


def test_words_in_the_cluster(place: Place, own_milvus: MilvusServer) -> None:
    """With nothing of them here: answers as before, the truth while it is away, and answers again."""
    with (place.folder / "verbatim.toml").open("a") as settings:
        settings.write('words = "engine"\n')
    run(place, "build")
    assert "Webb" in run(place, "search", QUESTION)[0]["title"]
    (answer,) = place.ask(QUESTION)
    assert "18 hexagonal segments" in str(answer["quotes"])
    own_milvus.kill()

    told = place.run("bot", "chat", given=f"{QUESTION}\n")

    assert (told.returncode, told.stdout) == (0, f"? {QUESTION}\n{CANNOT_SEARCH}\n\n")
    assert "no question can be answered" in run(place, "status", status=1)["vectors_away"]
    own_milvus.start()
    assert place.ask(QUESTION)[0]["quotes"] == answer["quotes"]
    assert set(run(place, "verify")["problems"].values()) == {None}
