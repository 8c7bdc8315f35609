"""The language of a text: as declared, else as detected, else English."""

import pytest

from index.sources import language

SENTENCES = {
    "en": "The bees dance in the hive.",
    "de": "Die Bienen tanzen im Stock.",
    "es": "Las abejas bailan en la colmena.",
    "fr": "Les abeilles dansent dans la ruche.",
    "ru": "Пчёлы танцуют в улье.",
    "zh": "蜜蜂在蜂巢里跳舞，告诉其他蜜蜂食物在哪里。",
    "ar": "النحل يرقص في الخلية",
}


@pytest.mark.parametrize(("code", "sentence"), SENTENCES.items())
def test_a_sentence_is_enough(code: str, sentence: str) -> None:
    """The language of one sentence is detected."""
    assert language.detected(sentence) == code


@pytest.mark.parametrize("text", ["", "Bienen", "1973, 2024, 11.05, 3.5 %", "🐝" * 40, "x = 1\ny = 2\nprint(x * y)"])
def test_uncertain_texts_count_as_english(text: str) -> None:
    """Nothing is read into texts that are too short, or no language."""
    assert language.detected(text) == "en"


CODES = {"en-GB": "en", "DE": "de", " pt_BR ": "pt", "no": "no", "zh-Hant": "zh"}


@pytest.mark.parametrize(("code", "expected"), CODES.items())
def test_declared_codes_lose_their_region(code: str, expected: str) -> None:
    """A declared language becomes a code of two lower-case letters."""
    assert language.declared(code) == expected


@pytest.mark.parametrize("code", [None, "", "x-default", "deu", "English", "e1", "中文"])
def test_other_declarations_declare_nothing(code: str | None) -> None:
    """What is no code of two letters is as if nothing was said."""
    assert language.declared(code) is None
