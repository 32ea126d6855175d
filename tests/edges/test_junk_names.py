"""rules/junk.yaml is read with every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from twinpost.edges.junk_names import load_junk_names
from twinpost.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "rules" / "junk.yaml"
LANGUAGES = "en de fr es pt it nl nb da sv fi pl cs hu tr el ru uk"


def test_the_shipped_file_has_names_in_eighteen_languages() -> None:
    assert list(YAML(typ="safe").load(SHIPPED.read_text("utf-8"))["languages"]) == LANGUAGES.split()
    assert "soppelpost" in load_junk_names(SHIPPED).plain


def problems(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "junk.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_junk_names(file)
    return [f"{problem.line}: {problem.text}" for problem in caught.value.problems]


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    text = "providers: Junk\nlanguages:\n  en: [Spam, 7, '--']\n  de: [INBOX]\nfolders: []\n"
    assert problems(tmp_path, text) == [
        "1: a list of names is expected here",
        "3: the name of a folder is expected here",
        "3: the name of a folder is expected here",
        "4: the inbox is no junk folder",
        "5: `folders` is no heading of this file: providers, languages",
    ]


def test_a_file_that_is_no_list_of_names_says_what_belongs_into_it(tmp_path: Path) -> None:
    assert problems(tmp_path, "- Junk\n") == ["1: headings are expected here: providers, languages"]
    assert problems(tmp_path, "languages: [Junk]\n") == [
        "1: languages are expected here, each with a list of names"
    ]


def test_a_file_without_names_knows_none(tmp_path: Path) -> None:
    (tmp_path / "junk.yaml").write_text("providers: []\n")
    assert load_junk_names(tmp_path / "junk.yaml").plain == frozenset()
