"""The encoding of a text file: marked, declared, UTF-8, else what reads like a language."""

import pytest

from index.errors import FormatError
from index.sources.formats.encoding import decode

TEXTS = [
    ("cp1251", "Пчёлы танцуют в улье, чтобы показать другим, где найти корм."),
    ("koi8_r", "Пчёлы танцуют в улье, чтобы показать другим, где найти корм."),
    ("cp1252", "Les abeilles dansent dans la ruche; c'était décrit à Munich en août."),
    ("cp1250", "Pszczoły tańczą w ulu, żeby pokazać innym, gdzie jest pożywienie."),
    ("cp1253", "Οι μέλισσες χορεύουν στην κυψέλη για να δείξουν την τροφή."),
    ("cp1254", "Arıların dansı yiyeceğin yerini gösterir, şüphesiz."),
    ("cp932", "ミツバチは巣の中で踊って、食べ物の場所を伝える。"),
    ("gb18030", "蜜蜂在蜂巢里跳舞，告诉其他蜜蜂食物在哪里。"),
    ("utf-8", "The bees’ dance 🐝"),
    ("utf-8-sig", "The bees’ dance 🐝"),
    ("utf-16", "Пчёлы танцуют 🐝"),
    ("utf-16-le", "The bees dance in the hive."),
    ("utf-32", "Пчёлы танцуют 🐝"),
    ("cp1250", "Včely tančí v úlu, aby ukázaly ostatním cestu k potravě."),
    ("cp1255", "הדבורים רוקדות בכוורת כדי להראות לאחרות"),
]


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_texts_are_read_in_their_encodings(encoding: str, text: str) -> None:
    """No letter of a quote may be another one because of the file's age."""
    assert decode(text.encode(encoding)) == text


def test_long_texts_in_western_europe_are_not_read_as_eastern() -> None:
    """Spanish without a declared encoding keeps its ñ and ó."""
    text = "Las abejas bailan mañana también; así lo contó el señor Núñez, según él, en otoño. " * 40
    assert decode(text.encode("cp1252")) == text


def test_an_odd_byte_far_down_does_not_undo_the_rest() -> None:
    """A guess is made from the beginning; a byte that does not fit it becomes the mark for that."""
    text = "Les abeilles dansent là où l'été commence. " * 6000
    read = decode(text.encode("cp1252") + b"\x81")
    assert read == text + "\ufffd"


def test_a_declared_encoding_counts_if_it_fits() -> None:
    """A page says what it is written in; what cannot be true is not believed."""
    assert decode("Café “new”".encode("cp1252"), "iso-8859-1") == "Café “new”"
    assert decode("тест".encode("koi8_r"), "koi8-r") == "тест"
    assert decode("Café".encode(), "shift_jis_nonsense") == "Café"
    assert decode("Cafés".encode(), "utf-16") == "Cafés"
    assert decode("Café".encode(), "base64") == "Café"


BROKEN = {
    "damaged UTF-8": ("Пчёлы танцуют".encode()[:5] + b"\xff" + "Пчёлы".encode(), "damaged character at byte 4"),
    "UTF-16 cut off": ("Пчёлы".encode("utf-16")[:-1], "begins as utf-16"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4, "no known encoding|NUL"),
    "zeros": (bytes(500), "no known encoding|NUL"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_text_is_refused(data: bytes, reason: str) -> None:
    """Bytes that are no sound text become no article."""
    with pytest.raises(FormatError, match=reason):
        decode(data)
