"""Secrets come from the environment, or from the file that it names."""

from pathlib import Path

import pytest

from index.credentials import read_secret
from index.errors import SettingsError


def test_the_environment_holds_it_or_names_its_file(tmp_path: Path) -> None:
    """The variable itself comes first; white space around it is none of the secret."""
    path = tmp_path / "token"
    path.write_text("from the file\n")
    named = {"MILVUS_TOKEN_FILE": str(path)}

    assert read_secret("Milvus token", "MILVUS_TOKEN", named) == "from the file"
    assert read_secret("Milvus token", "MILVUS_TOKEN", {**named, "MILVUS_TOKEN": " root:Milvus "}) == "root:Milvus"
    assert read_secret("Milvus token", "MILVUS_TOKEN", {}) is None


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"\xff\xfe\xff", "cannot be read"), (b" ", "is empty")]
)
def test_a_file_without_a_secret_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    """Whoever names a file means it; what it holds is not repeated."""
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=f"the Milvus token's file .*token, which MILVUS_TOKEN_FILE names, {said}"):
        read_secret("Milvus token", "MILVUS_TOKEN", {"MILVUS_TOKEN_FILE": str(path)})
