from __future__ import annotations

from twinpost.core.model.rule import Event, Unit
from twinpost.core.rules.language import EVENTS, MOST, UNITS, WORDS, Type, words_of


def test_every_event_and_every_unit_is_told() -> None:
    assert set(EVENTS) == set(Event)
    assert set(MOST) == set(UNITS.values()) == set(Unit)


def test_nothing_settles_itself() -> None:
    assert [event for event, told in EVENTS.items() if event in told.settled_by] == []


def test_what_settles_cannot_be_foreseen() -> None:
    settling = {fact for told in EVENTS.values() for fact in told.settled_by}
    assert [fact for fact in settling if EVENTS[fact].foreseen] == []


def test_a_word_is_a_number_or_a_text_and_no_list() -> None:
    assert {word.type for word in WORDS.values()} == {Type.NUMBER, Type.TEXT}


def test_only_events_of_letters_know_a_letter() -> None:
    assert {event for event in Event if "letter.number" in words_of(event)} == {
        Event.LETTER_DUE,
        Event.LETTER_ARRIVED,
        Event.LETTER_ANSWERED,
        Event.ANSWER_DUE,
    }
