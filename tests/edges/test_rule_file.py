from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from twinpost.core.model.rule import Counting, Event, Group, Offset, Rhythm, Rule, Step, Unit
from twinpost.core.rules.language import RULE_HINTS, STEP_HINTS
from twinpost.edges.rule_fields import Names
from twinpost.edges.rule_file import RuleBook, load_book, load_rules, read_book, rule_files
from twinpost.edges.shipped import shipped
from twinpost.edges.templates import Templates
from twinpost.errors import ConfigError, Problem

GOOD = """\
rules:
  - id: letter-overdue
    when: letter.due
    counted_on: sender
    if: "letter.number >= 1"
    unless: letter.arrived
    steps:
      - {after: 2 school days, send: letter-overdue, to: [sender.teachers]}
      - {after: 5 school days, send: offer-pause, to: [sender.teachers, receiver.teachers]}
  - id: weekly
    when: every monday 07:30
    counted_on: both
    steps:
      - {after: 0 days, digest: talk-in-class, to: [teachers]}
"""

NAMES = Names.of(Templates(shipped("templates")))
WRONG: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("wrong_rules.yaml"))


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(*texts: str) -> RuleBook:
    """The rules of f.yaml, then those of files that replace them."""
    layers = []
    for name, text in zip("fgh", texts, strict=False):
        Path(f"{name}.yaml").write_text(text, "utf-8")
        layers.append([Path(f"{name}.yaml")])
    return read_book(layers, NAMES)


def problems(*texts: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read(*texts)
    return [(problem.line, problem.text) for problem in caught.value.problems]


@pytest.mark.usefixtures("in_folder")
def test_a_rule_is_read_as_it_is_written() -> None:
    overdue, weekly = read(GOOD).rules
    assert overdue.condition
    assert overdue.condition.text == "letter.number >= 1"
    assert overdue == Rule(
        id="letter-overdue",
        when=Event.LETTER_DUE,
        steps=(
            Step(Offset(2, Unit.SCHOOL_DAYS), "letter-overdue", (Group.SENDERS,)),
            Step(Offset(5, Unit.SCHOOL_DAYS), "offer-pause", (Group.SENDERS, Group.RECEIVERS)),
        ),
        counted_on=Counting.SENDER,
        condition=overdue.condition,
        unless=(Event.LETTER_ARRIVED,),
        file="f.yaml",
        line=2,
    )
    assert weekly == Rule(
        id="weekly",
        when=Event.EVERY,
        steps=(Step(Offset(0, Unit.DAYS), "talk-in-class", (Group.TEACHERS,), digest=True),),
        counted_on=Counting.BOTH,
        rhythm=Rhythm(0, at=time(7, 30)),
        file="f.yaml",
        line=10,
    )


@pytest.mark.usefixtures("in_folder")
def test_before_is_a_negative_offset() -> None:
    (step, _) = read(GOOD.replace("after: 2 school days", "before: 1 week")).rules[0].steps
    assert step.offset == Offset(-1, Unit.WEEKS)


@pytest.mark.usefixtures("in_folder")
def test_where_nothing_is_said_the_senders_days_count_or_those_of_all() -> None:
    text = GOOD.replace("    counted_on: sender\n", "").replace("    counted_on: both\n", "")
    assert [rule.counted_on for rule in read(text).rules] == [Counting.SENDER, Counting.BOTH]


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["instead"].strip()[:50])
def test_what_is_wrong_is_told_in_one_sentence_with_its_line(case: dict[str, Any]) -> None:
    text = GOOD
    changes = [case["stands"], case["instead"], *case.get("also", [])]
    for stands, instead in zip(changes[::2], changes[1::2], strict=True):
        assert stands in text
        text = text.replace(stands, instead, 1)
    assert problems(text) == [(line, says) for line, says in case["says"]]


@pytest.mark.usefixtures("in_folder")
def test_all_problems_of_all_files_are_told_at_once() -> None:
    text = GOOD.replace("letter.due", "letter.du").replace("sender.teachers]", "senders]")
    assert [line for line, _ in problems(text, "rules: [x]", "rules: [{id: a}]")] == [3, 8, 1, 1, 1]


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize(("word", "ours"), RULE_HINTS.items())
def test_words_of_other_systems_are_told_what_they_are_called_here(word: str, ours: str) -> None:
    text = GOOD.replace("    counted_on: sender\n", f"    {word}: x\n", 1)
    assert problems(text) == [(4, f"unknown key `{word}` (did you mean `{ours}`?)")]


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize(("word", "ours"), STEP_HINTS.items())
def test_words_of_other_systems_in_a_step_too(word: str, ours: str) -> None:
    text = GOOD.replace("{after: 2", f"{{{word}: x, after: 2", 1)
    assert problems(text) == [(8, f"unknown key `{word}` (did you mean `{ours}`?)")]


# -- several files -------------------------------------------------------------------------------

OWN = """\
rules:
  - id: weekly
    when: every month
    steps:
      - {after: 0 days, digest: talk-in-class, to: [leaders]}
"""


@pytest.mark.usefixtures("in_folder")
def test_a_rule_of_ones_own_replaces_the_shipped_one_of_its_id() -> None:
    book = read(GOOD, OWN)
    assert [(rule.id, rule.file) for rule in book.rules] == [
        ("letter-overdue", "f.yaml"),
        ("weekly", "g.yaml"),
    ]
    assert [(old.file, new.file) for old, new in book.replaced] == [("f.yaml", "g.yaml")]


@pytest.mark.usefixtures("in_folder")
def test_a_rule_is_switched_off_by_its_id_alone() -> None:
    book = read(GOOD, "rules:\n  - {id: weekly, enabled: false}\n")
    assert [rule.id for rule in book.rules] == ["letter-overdue"]
    assert [(off.id, off.file, off.line) for off in book.off] == [("weekly", "g.yaml", 2)]


@pytest.mark.usefixtures("in_folder")
def test_a_rule_can_be_switched_off_where_it_stands() -> None:
    book = read(GOOD.replace("- id: weekly", "- enabled: false\n    id: weekly"))
    assert [rule.id for rule in book.rules] == ["letter-overdue"]


@pytest.mark.usefixtures("in_folder")
def test_a_rule_that_is_off_is_checked_all_the_same() -> None:
    assert problems(GOOD.replace("steps:", "enabled: false\n    stepps:", 1)) == [
        (2, "`steps` is missing: what is sent, when and to whom"),
        (8, "unknown key `stepps` (did you mean `steps`?)"),
    ]


@pytest.mark.usefixtures("in_folder")
def test_a_rule_that_was_switched_off_comes_back_where_a_later_file_has_it() -> None:
    book = read(GOOD, "rules:\n  - {id: weekly, enabled: false}\n", OWN)
    assert [rule.id for rule in book.rules] == ["letter-overdue", "weekly"]
    assert book.off == ()


@pytest.mark.usefixtures("in_folder")
def test_switching_off_what_is_not_there_is_a_mistake() -> None:
    wrong = "rules:\n  - {id: weakly, enabled: false}\n"
    assert problems(GOOD, wrong) == [
        (2, "`id`: there is no rule weakly to switch off (did you mean `weekly`?)"),
    ]


def test_the_shipped_rules_have_no_problem() -> None:
    book = load_book(shipped("rules"))
    assert {"letter-overdue", "session-soon"} <= {rule.id for rule in book.rules}
    assert (book.replaced, book.off) == ((), ())


def test_the_admins_folder_goes_before_the_shipped_one(tmp_path: Path) -> None:
    tmp_path.joinpath("mine.yaml").write_text(
        OWN + "  - {id: letter-overdue, enabled: false}\n", encoding="utf-8"
    )
    rules = {rule.id: rule for rule in load_rules(tmp_path, shipped("rules"))}
    assert rules["weekly"].file == str(tmp_path / "mine.yaml")
    assert "letter-overdue" not in rules
    assert "letter-due-soon" in rules


def test_word_files_beside_rule_files_are_no_rule_files(tmp_path: Path) -> None:
    for name in ("automatic.yaml", "products.yaml", "mine.yaml", "other.yml", "notes.txt"):
        tmp_path.joinpath(name).write_text("rules: []\n", "utf-8")
    tmp_path.joinpath("follow-ups").mkdir()
    tmp_path.joinpath("follow-ups", "letters.yaml").write_text("rules: []\n", "utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in rule_files(tmp_path)]
    assert found == ["follow-ups/letters.yaml", "mine.yaml", "other.yml"]


def test_a_text_of_ones_own_can_be_sent(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "en" / "follow-ups"
    own.mkdir(parents=True)
    own.joinpath("sing-a-song.md").write_text("Subject: Sing\n\nSing a song.\n", "utf-8")
    rules = tmp_path / "rules"
    rules.mkdir()
    rules.joinpath("mine.yaml").write_text(GOOD.replace("send: letter-overdue", "send: sing-a-song"), "utf-8")
    texts = Templates(shipped("templates"), tmp_path / "templates")
    found = {rule.id: rule for rule in load_rules(rules, shipped("rules"), texts=texts)}
    assert found["letter-overdue"].steps[0].notice == "sing-a-song"
    with pytest.raises(ConfigError, match="sing-a-song"):
        load_rules(rules, shipped("rules"))


# -- whatever stands in it -----------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *(
            "rules",
            "id",
            "when",
            "if",
            "unless",
            "steps",
            "after",
            "before",
            "send",
            "digest",
            "to",
            "enabled",
        ),
        *(
            "letter.due",
            "every monday",
            "every",
            "2 school days",
            "letter-overdue",
            "sender.teachers",
            "x" * 400,
        ),
        *("letter.number > 1", "on", "", "²", "0", "every last", "\u202e"),
    ]
)
SCALARS = WORDS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TREES, max_size=3) | TREES)
def test_no_rule_file_ever_raises_anything_but_its_problems(
    tmp_path_factory: pytest.TempPathFactory, tree: Any
) -> None:
    file = tmp_path_factory.mktemp("rules") / "f.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump({"rules": tree}, out)
    found: Sequence[Problem] = ()
    try:
        read_book([[file]], NAMES)
    except ConfigError as error:
        found = error.problems
    assert all(problem.file == str(file) and problem.text for problem in found)


@pytest.mark.slow
@pytest.mark.usefixtures("in_folder")
def test_a_condition_of_a_megabyte_is_refused_by_its_length() -> None:
    text = GOOD.replace("letter.number >= 1", "letter.number >= 1 or " * 45_000)
    assert len(text) > 900_000
    assert problems(text) == [(5, "`if`: 990000 characters are too many: 300 at most (character 301)")]
