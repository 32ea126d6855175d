from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from twinpost.edges import marked
from twinpost.edges.marked import LARGEST_FILE, load_yaml, read_toml, read_yaml
from twinpost.edges.shipped import shipped
from twinpost.errors import ConfigError, Problem


def yaml_problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_yaml(text, "f")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("007", "007"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("1.5", 1.5),
        ("1.50", "1.50"),
        ("1e9", "1e9"),
        (".inf", ".inf"),
        ("18:30", "18:30"),
        ("2026-10-09", "2026-10-09"),
        ("'12'", "12"),
        ('"a\\nb"', "a\nb"),
        ("9" * 30, "9" * 30),
        ("٣", "٣"),
        ("<<", "<<"),
    ],
)
def test_a_value_means_what_a_person_reads(written: str, meant: Any) -> None:
    data = read_yaml(f"key: {written}\n", "f").data
    assert data == {"key": meant}
    assert type(data["key"]) is type(meant)


def test_folded_text_is_one_line_of_what_was_written() -> None:
    assert read_yaml("title: >-\n  Oslo and\n  Lyon write\n", "f").data == {"title": "Oslo and Lyon write"}


def test_every_key_and_item_has_its_place() -> None:
    marked = read_yaml("a:\n  - {b: 1, c: 2}\n  - d:\n      - x\n", "f")
    assert marked.marks == {
        ("a",): (1, 1),
        ("a", 0): (2, 5),
        ("a", 0, "b"): (2, 6),
        ("a", 0, "c"): (2, 12),
        ("a", 1): (3, 5),
        ("a", 1, "d"): (3, 5),
        ("a", 1, "d", 0): (4, 9),
    }
    problem = marked.problem(("a", 1, "e", "f"), "odd")
    assert (problem.line, problem.column) == (3, 5)


def both(text: str) -> tuple[object, object]:
    """What each of the two parsers makes of a text."""
    quick = marked._read_quickly(text, "x.yaml")
    try:
        thorough: object = marked._read_thoroughly(text, "x.yaml")
    except ConfigError as error:
        thorough = error.problems
    return quick, thorough


def test_both_parsers_read_every_shipped_file_alike() -> None:
    paths = [*shipped("rules").rglob("*.yaml"), *shipped("templates").rglob("*.yaml")]
    assert len(paths) > 60
    for path in paths:
        quick, thorough = both(path.read_text("utf-8"))
        assert quick == thorough, path
        assert quick is not None, path


EDITS = (
    "'",
    '"',
    ": ",
    "- ",
    " #",
    "{",
    "]",
    ",",
    "|\n",
    ">-\n",
    "~",
    "no",
    "%",
    "&",
    "*",
    "\t",
    "\n",
    "  ",
    "é",
    "\u2028",
)


def test_what_the_quick_one_reads_the_thorough_one_reads_alike() -> None:
    lines = (shipped("rules") / "automatic.yaml").read_text("utf-8").splitlines()
    chance, same = random.Random(1), 0
    for _ in range(1000):
        begin = chance.randrange(len(lines) - 6)
        text = "\n".join(lines[begin : begin + chance.randrange(1, 6)]) + "\n"
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(EDITS) + text[at + chance.randrange(3) :]
        quick, thorough = both(text)
        assert quick in (None, thorough), text
        same += quick is not None
    assert same > 100


def test_without_libyaml_all_is_read_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert marked.read_yaml("a: [1, NO]", "x.yaml").data == {"a": [1, "NO"]}


def test_aliases_anchors_and_doubled_keys_are_told_at_once() -> None:
    assert yaml_problems("a: &x [1]\nb: *x\na: 2\n? [c]\n: 1\n") == [
        "f:1: anchors (`&…`) are not understood: leave it out",
        "f:2: aliases (`*…`) are not understood: write the value out",
        "f:3: `a` is written twice: see line 1",
        "f:4: a key must be one word",
    ]


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert yaml_problems(bomb)[1] == "f:2: anchors (`&…`) are not understood: leave it out"


def test_lists_without_end_are_refused() -> None:
    assert yaml_problems("a: " + "[" * 50_000) == ["f:1: lists within lists, more than 12 deep"]


def test_a_control_character_is_told_with_its_line() -> None:
    assert yaml_problems("a: 1\nb: x\x01y\n") == [
        "f:2: there is a control character that YAML forbids: delete it"
    ]


def test_a_file_above_the_size_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(ConfigError, match="is larger than 2 MB: is this the right file"):
        load_yaml(file)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert load_yaml(file).data == {"a": 1, "b": 2}


@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}#&*!|>'\"%@`?, \n\t\0\u2028é1")), max_size=60))
@settings(deadline=None)
def test_any_text_is_data_or_problems(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        read_yaml(text, "f")
    except ConfigError as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.text for problem in problems)


TOML = """\
# [comment]
name = "a [b] # c"
list = [
  "x",  # ]
  "y",
]
a.b = 1
  indented = 2

[imap]
host = "h"
folders = {done = "x"}

[ "smtp" ]
"quoted key" = 1
"""


def test_toml_knows_where_its_keys_stand() -> None:
    marked = read_toml(TOML, "f")
    lines = {path: line for path, (line, _) in marked.marks.items()}
    assert lines == {
        ("name",): 2,
        ("list",): 3,
        ("a", "b"): 7,
        ("indented",): 8,
        ("imap",): 10,
        ("imap", "host"): 11,
        ("imap", "folders"): 12,
        ("smtp",): 14,
        ("smtp", "quoted key"): 15,
    }
    assert marked.marks["indented",] == (8, 3)
    assert marked.problem(("imap", "folders", "done"), "odd").line == 12


@given(st.text(alphabet=st.sampled_from(list("ab=[]{}#'\".,\n\t\0é1-:")), max_size=60))
@settings(deadline=None)
def test_any_text_is_toml_or_a_problem(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        read_toml(text, "f")
    except ConfigError as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.text for problem in problems)
