"""Answers as people write them, from tests/mails/answers/answers.yaml."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from twinpost.core.reading.answer import Answer, read_answer
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_answers

WORDS = load_answers(shipped("rules"))
CHOICES = ("More of letter 1 from 7B Oslo", "Letter 2 from 7B Oslo", "It is no letter")
TABLE = Path(__file__).resolve().parents[2] / "mails" / "answers" / "answers.yaml"


def shown(answer: Answer) -> str:
    if answer.index is not None:
        return str(answer.index + 1)
    said = {"yes": answer.yes, "no": answer.no, "thanks": answer.thanks}
    return next((word for word, is_said in said.items() if is_said), "?")


SAID = YAML(typ="safe", pure=True).load(TABLE.read_text(encoding="utf-8"))
BY_LANGUAGE = [
    (code, written, expected)
    for code, said in SAID.items()
    if isinstance(said, dict)
    for written, expected in said.items()
]


@pytest.mark.parametrize(
    ("written", "expected"), [entry for entry in SAID.items() if not isinstance(entry[1], dict)]
)
def test_an_answer_is_understood_or_asked_again(written: str, expected: object) -> None:
    assert shown(read_answer(written, CHOICES, WORDS)) == str(expected)


@pytest.mark.parametrize(("code", "written", "expected"), BY_LANGUAGE)
def test_an_answer_is_understood_in_her_language(code: str, written: str, expected: object) -> None:
    assert shown(read_answer(written, CHOICES, WORDS, language=code)) == str(expected)


@pytest.mark.parametrize(("code", "written", "expected"), BY_LANGUAGE)
def test_an_answer_in_any_language_is_understood_alike_or_asked_again(
    code: str, written: str, expected: object
) -> None:
    assert shown(read_answer(written, CHOICES, WORDS)) in (str(expected), "?", "thanks")
    assert shown(read_answer(written, CHOICES, WORDS, language="en")) in (str(expected), "?", "thanks")


def test_there_are_answers_in_every_language() -> None:
    codes = [code for code, _, _ in BY_LANGUAGE]
    assert all(codes.count(code) >= 6 for code in WORDS.tongues if code != "en")


def test_the_words_of_the_answer_are_kept_for_the_record() -> None:
    assert read_answer("\n  Yes,   please.\nKari", CHOICES, WORDS).words == "Yes, please."


@pytest.mark.parametrize("written", ["it is letter 2", "more of letter 1", "no letter"])
def test_a_closed_question_takes_no_sentence(written: str) -> None:
    assert not read_answer(written, CHOICES, WORDS, closed=True).understood


@pytest.mark.parametrize(("written", "expected"), [("2", "2"), ("yes please", "yes"), ("nei takk", "no")])
def test_a_closed_question_takes_a_number_and_yes_and_no(written: str, expected: str) -> None:
    assert shown(read_answer(written, CHOICES, WORDS, closed=True)) == expected


def test_choices_with_the_same_words_are_told_apart_by_number_only() -> None:
    choices = ("Letter 1 from Oslo to Lyon", "Letter 1 from Lyon to Oslo")
    assert not read_answer("letter 1", choices, WORDS).understood
    assert read_answer("2", choices, WORDS).index == 1


def test_yes_is_understood_where_there_are_no_choices() -> None:
    assert read_answer("Yes please", (), WORDS).yes
    assert not read_answer("1", (), WORDS).understood


def test_what_stands_further_down_is_no_answer() -> None:
    assert not read_answer("We\nare\nall\nwell\nhere.\nYes", CHOICES, WORDS).understood


def test_a_story_below_an_answer_does_not_change_it() -> None:
    assert read_answer("1\n\nBy the way, letter 2 follows on Friday.", CHOICES, WORDS).index == 0


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(["yes", "no", "1", "2", "not", "letter", "or", ",", "?", ".", "second", "thanks"]),
        max_size=10,
    ),
)
def test_no_answer_raises_and_none_means_two_things(text: str, words: list[str]) -> None:
    for written in (text, " ".join(words), text + " ".join(words)):
        answer = read_answer(written, CHOICES, WORDS)
        assert (answer.index is not None) + answer.yes + answer.no + answer.thanks <= 1
        assert answer.index is None or 0 <= answer.index < len(CHOICES)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("letter 2", "2"),
        ("It is letter 2 from 7B Oslo to CM2 Lyon.", "2"),
        ("more of letter 1", "1"),
        ("letter2", "2"),
        ("the one to CM2", "?"),
    ],
)
def test_the_figure_in_a_class_name_is_no_number(written: str, expected: str) -> None:
    choices = (
        "More of letter 1 from 7B Oslo to CM2 Lyon.",
        "Letter 2 from 7B Oslo to CM2 Lyon.",
        "It is no letter.",
    )
    assert shown(read_answer(written, choices, WORDS)) == expected
