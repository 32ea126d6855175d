"""The words of automatic mail, loaded from their file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders import automatic_words

from twinpost.core.sorting.phrases import prepared
from twinpost.edges.marked import load_yaml
from twinpost.edges.phrases import load_phrases
from twinpost.edges.shipped import shipped
from twinpost.errors import ConfigError


def test_the_shipped_file_has_phrases_under_every_heading() -> None:
    words = automatic_words()
    for phrases in (words.away, words.calendar, words.undelivered, words.delayed, words.delivered):
        assert len(phrases) > 10
    for phrases in (words.read, words.was_read, words.notices, words.texts, words.failures):
        assert len(phrases) > 10
    assert prepared("Réponse automatique") in words.away
    assert "mailer-daemon*" in words.daemons


def test_phrases_of_all_languages_are_folded_and_each_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "automatic.yaml"
    path.write_text('away:\n  nb: ["Autosvar"]\n  da: [autosvar, "Fraværsmelding :"]\n', encoding="utf-8")
    assert load_phrases(path).away == ("autosvar", "fravaersmelding:")


WRONG = [
    ("- a\n", ["1: headings are expected here: away, calendar"]),
    ("aways:\n  en: [a]\n", ["1: `aways` is no heading of this file (did you mean `away`?)"]),
    ("away: [a]\n", ["1: languages are expected here, each with a list of phrases"]),
    ("away:\n  en: a\n", ["2: a list of phrases is expected here"]),
    ('away:\n  en: ["", abc]\n', ["2: a phrase is expected here: text, not empty"]),
    ("robots:\n  - root\n  - 7\n", ["3: a phrase is expected here: text, not empty"]),
    ('robots: ["*"]\n', ["1: a phrase is expected here: text, not empty"]),
    ("away:\n  en: [1]\ntexts: 3\n", ["2: a phrase is expected", "3: languages are expected"]),
    ('away:\n  en: ["Re:", "Automatic"]\n', ["2: `Re:` is too short: people's subjects begin so, too"]),
    ("away: [\n", ["this is not YAML"]),
]


@pytest.mark.parametrize(("text", "sentences"), WRONG)
def test_every_problem_of_a_broken_file_is_told_with_its_line(
    tmp_path: Path, text: str, sentences: list[str]
) -> None:
    path = tmp_path / "automatic.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_phrases(path)
    told = [str(problem) for problem in raised.value.problems]
    assert len(told) == len(sentences)
    for problem, sentence in zip(told, sentences, strict=True):
        assert sentence in problem


LANGUAGES = {
    *("en", "de", "fr", "es", "pt", "it", "nl", "nb", "da"),
    *("sv", "fi", "pl", "cs", "hu", "tr", "el", "ru", "uk"),
}


@pytest.mark.parametrize(
    "heading",
    [
        *("away", "calendar", "read", "was_read", "notices"),
        *("undelivered", "delayed", "delivered", "texts", "failures"),
        *("unknown", "full", "our_fault", "passing"),
    ],
)
def test_every_language_of_the_house_has_phrases_of_its_own(heading: str) -> None:
    assert load_yaml(shipped("rules") / "automatic.yaml").data[heading].keys() >= LANGUAGES
