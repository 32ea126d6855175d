"""The words about files: what is shipped loads, and every mistake is named by its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from twinpost.core.model.spellings import word
from twinpost.edges.file_words import load_expiry, load_nicknames
from twinpost.edges.shipped import shipped
from twinpost.errors import ConfigError

LANGUAGES = {
    *("en", "de", "fr", "es", "pt", "it", "nl", "nb", "da"),
    *("sv", "fi", "pl", "cs", "hu", "tr", "el", "ru", "uk"),
}


def headings(name: str) -> set[str]:
    lines = (shipped("rules") / name).read_text("utf-8").split("\n")
    return {line.rstrip(":") for line in lines if line.endswith(":")}


def problems(load: Callable[..., object], folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(folder, shipped("rules"))
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_nicknames_of_eighteen_languages_are_shipped() -> None:
    assert headings("nicknames.yaml") >= LANGUAGES
    known = load_nicknames(shipped("rules"))
    assert word("Tomek", known).full & word("Tomasz", known).full
    assert word("Аня", known).full & word("Anna", known).full
    assert not word("Tomek", known).full & word("Anna", known).full


def test_an_end_can_be_said_in_eighteen_languages() -> None:
    assert headings("expiry.yaml") == LANGUAGES
    assert set(load_expiry(shipped("rules")).months.values()) == set(range(1, 13))


def test_ones_own_nicknames_replace_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "nicknames.yaml").write_text("xx:\n  Xaver: Xari\n", "utf-8")
    known = load_nicknames(tmp_path, shipped("rules"))
    assert word("Xari", known).full
    assert not word("Tomek", known).full


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", ["nicknames.yaml:1: the file must hold languages with headings below them"]),
        ("en: Bill", ["nicknames.yaml:1: a language must have headings below it"]),
        ("en:\n  Mary Ann: Molly", ["nicknames.yaml:2: a name must be one word"]),
        ("en:\n  William:\n", ["nicknames.yaml:2: this must be names, parted by commas"]),
        (
            "en:\n  William: Bill Will\n  Mary: 7\n",
            [
                "nicknames.yaml:2: each nickname must be one word; commas part them",
                "nicknames.yaml:3: this must be names, parted by commas",
            ],
        ),
    ],
)
def test_a_wrong_line_of_nicknames_is_named(tmp_path: Path, text: str, said: list[str]) -> None:
    assert problems(load_nicknames, tmp_path, "nicknames.yaml", text) == said


def test_a_wrong_line_about_the_end_of_links_is_named(tmp_path: Path) -> None:
    text = "en:\n  until: until\n  months: January, February\n  weeks: week\n"
    assert problems(load_expiry, tmp_path, "expiry.yaml", text) == [
        "expiry.yaml:1: `days` is missing, or no words parted by commas",
        "expiry.yaml:4: `weeks` is no heading of this file",
        "expiry.yaml:3: these must be twelve months, parted by commas",
    ]
