"""Secrets that are found again, in whatever form something wrote them."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from telegram_server.server import TOKEN

WEBHOOK = "Webhook-word_4711-nobody-knows-8f2e"
SECRETS = (
    TOKEN,
    WEBHOOK,
    "Root:milvus+pass/word-31c7",
    "proxy pass/word-9b05",
    "hf_HubTokenOfNobody55d1",
    "Database&pass=word-77e0",
)
"""The bot's token, the webhook's word, the vector engine's token, and others that live in an environment."""

_TOKEN, _WEBHOOK, _MILVUS, _PROXY, _HUB, _DATABASE = SECRETS
PROXY = f"http://operator:{quote(_PROXY, safe='')}@127.0.0.1:9"
"""Nothing listens there."""

ENVIRONMENT: Mapping[str, str] = {
    "MILVUS_TOKEN": _MILVUS,
    "HTTPS_PROXY": PROXY,
    "ALL_PROXY": PROXY,
    "HF_TOKEN": _HUB,
    "DATABASE_URL": f"postgres://verbatim:{quote(_DATABASE, safe='')}@127.0.0.1/x",
    "AWS_SECRET_ACCESS_KEY": _DATABASE,
}


def forms(secret: str) -> Iterator[bytes]:
    """Yield the ways in which a secret may be written: itself, its secret half, percent-encoded, in base64."""
    for text in {secret, secret.partition(":")[2] or secret}:
        yield text.encode()
        yield quote(text, safe="").encode()
        yield quote(text, safe="").lower().encode()
        yield text.encode("utf-16-le")
        for encode in (b64encode, urlsafe_b64encode):
            yield from _inside(encode, text.encode())


def _inside(encode: "type[bytes] | object", content: bytes) -> Iterator[bytes]:
    """Yield the base64 of a content that stands anywhere within what was encoded: it begins at one of three places."""
    assert callable(encode)
    for before, cut in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(content)) // 3 * 4
        yield encode(b"\0" * before + content)[cut:whole]


def found(content: bytes) -> list[str]:
    """Return which forms of which secrets stand in a content."""
    return [form.decode("latin-1") for secret in SECRETS for form in forms(secret) if form in content]


def found_below(folder: Path, *but: Path) -> dict[str, list[str]]:
    """Return what stands in the files below a folder, names of files and folders included, by their path."""
    paths = [path for path in folder.rglob("*") if path not in but]
    kept = {str(path): found(str(path).encode() + (path.read_bytes() if path.is_file() else b"")) for path in paths}
    return {path: forms for path, forms in kept.items() if forms}
