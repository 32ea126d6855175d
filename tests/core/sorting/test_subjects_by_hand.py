"""What eighteen teachers wrote by hand is logged as they meant it or asked, and never wrongly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.subjects_by_hand import (
    FOLDER,
    NO_LETTER,
    WORDS,
    Line,
    lines,
    names,
    sorted_from,
    understood,
    wrong,
)

from twinpost.core.model.kind import Kind
from twinpost.core.reading.subject import read_subject

FLOOR = 0.9
LANGUAGES = [language.code for language in WORDS.languages]
SENT = [line for code in LANGUAGES for line in lines(code) if line.is_whole]
NUMBER = re.compile(r"\d|^[IVX.]+$")

pytestmark = pytest.mark.slow


def test_every_language_has_its_subjects() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*LANGUAGES, "hostile"}


@pytest.mark.parametrize("files", [True, False], ids=["with-files", "without"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_logged_other_than_it_was_meant(code: str, files: bool) -> None:
    found = [
        (line.subject, writer, what)
        for line in lines(code)
        for writer in line.writers
        if (what := wrong(line, writer, sorted_from(line, writer, files=files)))
    ]
    assert found == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_nine_in_ten_letters_that_say_everything_are_understood(code: str) -> None:
    whole = [line for line in lines(code) if line.is_whole]
    asked = [line.subject for line in whole if not understood(line)]
    assert len(whole) >= 25
    assert len(asked) <= (1 - FLOOR) * len(whole), asked


def slipped(word: str, at: int, slip: str) -> str:
    """A word as fingers or a phone may make it."""
    kept, rest = word[:at], word[at:]
    return {
        "left out": kept + rest[1:],
        "doubled": kept + rest[:1] + rest,
        "changed over": kept + rest[1:2] + rest[:1] + rest[2:],
        "shouted": word.upper(),
        "small": word.lower(),
        "forgotten": "",
    }[slip]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data(), line=st.sampled_from(SENT))
def test_a_slip_in_a_word_leads_to_no_other_letter(data: st.DataObject, line: Line) -> None:
    words = line.subject.split(" ")
    place = data.draw(st.sampled_from([at for at, word in enumerate(words) if not NUMBER.search(word)]))
    slip = data.draw(
        st.sampled_from(["left out", "doubled", "changed over", "shouted", "small", "forgotten"])
    )
    words[place] = slipped(words[place], data.draw(st.integers(0, max(0, len(words[place]) - 1))), slip)
    line = replace(line, subject=" ".join(words))
    for writer in line.writers:
        assert wrong(line, writer, sorted_from(line, writer)) == "", line.subject


def test_of_letters_that_leave_something_out_few_are_overlooked() -> None:
    """The sender is asked, or it can only be one letter; the others are kept as her mail, whatever it is."""
    parts = [line for code in LANGUAGES for line in lines(code) if not (line.is_whole or line.is_no_letter)]
    overlooked = [
        line.subject
        for line in parts
        if any(sorted_from(line, w).kind not in (Kind.LETTER, Kind.UNCLEAR) for w in line.writers)
    ]
    assert len(overlooked) <= (1 - FLOOR) * len(parts), overlooked


def test_a_disguised_class_is_never_the_certain_sender() -> None:
    """Two senders in one line contradict each other, and are asked about."""
    for line in lines("hostile"):
        reading = read_subject(line.subject, names(line), WORDS)
        ends = reading.from_ if len(reading.from_) == 1 else ()
        certain = [mention for mention in ends if not (mention.fuzzy or mention.lookalike)]
        for never in [line.ids(line.said["never"])] if "never" in line.said else []:
            assert all(set(mention.class_ids) != never for mention in certain), line.subject


def test_a_disguised_class_never_gets_or_writes_a_letter_of_another_class() -> None:
    for line in lines("hostile"):
        never = line.ids(line.said.get("never", ""))
        others = [
            c.slug for c in line.classes if c.id not in never and line.said.get("from") in (None, c.slug)
        ]
        for letter in (sorted_from(line, writer).letter for writer in others if never):
            assert letter is None or never.isdisjoint({letter.from_class, *letter.to_classes}), line.subject


def test_hostile_text_around_a_letter_changes_nothing() -> None:
    said = [line for line in lines("hostile") if line.means not in NO_LETTER]
    for line in said:
        for writer in line.writers:
            result = sorted_from(line, writer)
            numbers = line.said.get("numbers") or (list(result.letter.numbers) if result.letter else [])
            assert wrong(replace(line, said={**line.said, "numbers": numbers}), writer, result) == "", (
                line.subject
            )
    whole = [line for line in said if line.is_whole and "never" not in line.said]
    assert sum(map(understood, whole)) >= FLOOR * len(whole)
