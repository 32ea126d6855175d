"""What teachers answer to reminders, from tests/mails/sayings: written by somebody who knew no phrase."""

from __future__ import annotations

from collections import Counter
from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from twinpost.core.model.saying import Saying, Word
from twinpost.core.reading.mime import read
from twinpost.core.reading.sayings import SayingWords, read_saying
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_answers, load_sayings

MONDAY = date(2026, 10, 5)
"""The day on which everything in the tables is said."""

TABLES = Path(__file__).resolve().parents[2] / "mails" / "sayings"
LANGUAGES = ("en", "de", "fr", "nb")
UNDERSTOOD = 0.8
"""The share of what says something that must be understood; nothing at all may be misunderstood."""


@cache
def words() -> SayingWords:
    rules = shipped("rules")
    return load_sayings(rules, answers=load_answers(rules))[0]


@cache
def table(language: str) -> list[dict[str, Any]]:
    found = YAML(typ="safe", pure=True).load((TABLES / f"{language}.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def said(text: str, language: str, *, expects_day: bool = True) -> Saying:
    """What the text says as a mail, without what it quotes."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "kari@fagerborg.example", "Re: a reminder"
    mail.set_content(text)
    written = read(mail.as_bytes()).written
    return read_saying(written, words(), MONDAY, language=language, expects_day=expects_day)


def shown(saying: Saying) -> str:
    return saying.word.value.replace("_", "-") if saying.word else "nothing"


def outcome(entry: dict[str, Any], language: str) -> str:
    """understood, not (she is asked, or reminded once more), doubtful, or wrong."""
    saying, means = said(entry["text"], language), entry["means"]
    until = entry.get("until") if means in ("later", "pause") else None
    same_day = saying.until == until or means not in ("later", "pause")
    if shown(saying) == means and same_day:
        return "understood"
    if entry.get("doubt"):
        return "doubtful"
    return "not" if shown(saying) in ("nothing", means) and saying.until is None else "wrong"


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_answers_are_understood_and_none_is_misunderstood(language: str) -> None:
    outcomes = [(outcome(entry, language), entry["text"]) for entry in table(language)]
    assert [text for found, text in outcomes if found == "wrong"] == []
    count = Counter(found for found, _ in outcomes)
    assert count["understood"] >= UNDERSTOOD * (count["understood"] + count["not"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_stands_in_the_table(language: str) -> None:
    means = Counter(entry["means"] for entry in table(language))
    assert len(table(language)) >= 90
    assert set(means) == {"arrived", "later", "pause", "resume", "why", "why-not", "help", "nothing"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_means_nothing_else_to_a_reader_of_another_language(language: str) -> None:
    """Whoever writes, any language counts: "später" is understood of a teacher in Oslo, too."""
    for entry in table(language):
        if not entry.get("doubt") and entry["means"] == "nothing":
            other = said(entry["text"], "nb" if language != "nb" else "fr")
            assert other.word is None, entry["text"]


DAYS = {
    "LATER 12 October": date(2026, 10, 12),
    "later, 12.10.": date(2026, 10, 12),
    "später, am 7.12.2026": date(2026, 12, 7),
    "2026-11-02, sorry": date(2026, 11, 2),
    "on Friday": date(2026, 10, 9),
    "Monday": date(2026, 10, 12),
    "next Friday": date(2026, 10, 16),
    "vendredi prochain": date(2026, 10, 16),
    "tomorrow": date(2026, 10, 6),
    "übermorgen": date(2026, 10, 7),
    "après-demain": date(2026, 10, 7),
    "in two weeks": date(2026, 10, 19),
    "om to uker": date(2026, 10, 19),
    "in 10 Tagen": date(2026, 10, 15),
    "by the end of the month": date(2026, 10, 31),
    "Ende November": date(2026, 11, 30),
    "fin février": date(2027, 2, 28),
    "le 14": date(2026, 10, 14),
    "the 3rd": date(2026, 11, 3),
    "am 14.": date(2026, 10, 14),
    "Monday the 12th": date(2026, 10, 12),
    "1er décembre": date(2026, 12, 1),
    "13/10": date(2026, 10, 13),
    "29 February": None,  # there is none before long
    "Tuesday the 12th": None,  # it is a Monday
    "next week": None,
    "12 or 13 October": None,
    "12 September 2026": None,  # over
    "2 October": None,  # just over: nobody means next year's
    "Friday 2 October": None,
    "Monday 13 October": None,  # it is a Tuesday
    "no, 30 October": date(2026, 10, 30),
    "after 12 October": date(2026, 10, 12),
    "the 2nd letter will be late": None,
    "Der 2. Brief kommt später": None,
    "la 2e lettre aura du retard": None,
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_read_as_it_is_said_or_asked_for(text: str, day: date | None) -> None:
    assert said(text, "de").until == day


def test_figures_that_two_people_would_read_in_two_ways_are_asked_about() -> None:
    assert said("later, 12/10", "en") == Saying(Word.LATER, None, unclear=True, words="later")
    assert said("later, 12/10", "fr").until == date(2026, 10, 12)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have received your reminder.", "en"),
        ("J'ai bien reçu votre rappel, merci", "fr"),
        ("Ich habe die Erinnerung erhalten", "de"),
        ("Jeg har mottatt påminnelsen", "nb"),
        ("The wrong letters arrived", "en"),
        ("Thanks, we have it on our list", "en"),
        ("We are back on 12 October.", "en"),
        ("Je suis de retour le 12 octobre", "fr"),
        ("Ich bin am 12. Oktober wieder da", "de"),
        ("Jeg er tilbake mandag 12. oktober", "nb"),
    ],
)
def test_our_own_mail_that_came_and_a_day_of_return_settle_nothing(text: str, language: str) -> None:
    assert said(text, language).word is None


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["the end of the end of the " * 20] * 8),
        "\n".join(["Mo. , the " * 50] * 8),
        "\n".join(["abcde, fghij, klmno. " * 20] * 8),
        "will come on 12 October, " * 160,
    ],
)
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    started = process_time()
    for _ in range(5):
        read_saying(text[:4000], words(), MONDAY, language="en", expects_day=True)
    assert (process_time() - started) / 5 < 0.1  # it takes a tenth of that


def test_a_bare_day_is_a_promise_only_in_answer_to_a_reminder() -> None:
    assert said("12 October", "en", expects_day=False).word is None


@settings(max_examples=300)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    read_saying(text, words(), MONDAY, language="en", expects_day=True)
    read_saying(text.upper(), words(), MONDAY)


@settings(max_examples=300)
@given(
    st.dates(MONDAY, date(2027, 6, 30)),
    st.sampled_from(("{0:%Y-%m-%d}", "{0.day}.{0.month}.{0.year}", "{0.day} {0:%B}")),
)
def test_a_day_that_is_written_out_is_read_back(day: date, form: str) -> None:
    assert said(f"Later, {form.format(day)}", "en").until == day
