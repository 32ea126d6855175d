"""Somebody is away: confirmed by YES, and then her co-teacher is written to, or she when she is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.office import BOX, KARI, LUC, OLA, Office, an_office, mails, the
from tests.stories.test_follow_ups import KNOWN, SEPTEMBER, overdue, until

from twinpost.app.enact import Told
from twinpost.core.model.absence import Absence
from twinpost.core.model.kind import Kind
from twinpost.ledger import amendments, people
from twinpost.ledger.engine import transaction


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, rules=None, now=SEPTEMBER, exchange=KNOWN) as office:
        yield office


def away(office: Office) -> dict[str, tuple[Absence, ...]]:
    with transaction(office.engine) as connection:
        (exchange,) = people.load_directory(connection).exchanges
    return {one.address: one.away for c in exchange.classes for one in c.teachers if one.away}


def flat(mail: Told) -> str:
    return " ".join(mail.text.split())


WRITTEN = {
    "I am away until 12 October.": (KARI, date(2026, 9, 14), date(2026, 10, 12)),
    "Luc is on sick leave until 30 September, he asked me to tell you.": (
        LUC, date(2026, 9, 14), date(2026, 9, 30),
    ),
    "Ich bin vom 21.9. bis zum 25.9. auf Fortbildung.": (KARI, date(2026, 9, 21), date(2026, 9, 25)),
    "Je suis en congé. De retour le 2 novembre.": (KARI, date(2026, 9, 14), date(2026, 11, 1)),
    "Ola er sykmeldt til 1. oktober": (OLA, date(2026, 9, 14), date(2026, 10, 1)),
    "Estoy de baja del 12 al 16 de octubre": (KARI, date(2026, 10, 12), date(2026, 10, 16)),
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_an_absence_in_plain_words_counts_after_her_yes(office: Office, text: str) -> None:
    who, first, last = WRITTEN[text]
    done = office.receive(KARI, "A line", to=(BOX, LUC), text=text)
    assert done.sorted.kind is Kind.COMMAND
    question = the(done.told, "absence-question", KARI)
    assert away(office) == {}
    answer = office.receive(KARI, f"Re: {question.subject}", text="YES", answers=question)
    assert mails(answer.told) == [("done", KARI)]
    assert away(office) == {who: (Absence(first, last),)}


def test_the_days_are_shown_with_their_weekdays(office: Office) -> None:
    done = office.receive(KARI, "AWAY until 2 October", to=(BOX,), text="")
    question = the(done.told, "absence-question", KARI)
    assert "from Monday 14 September to Friday 2 October" in flat(question)
    assert "10 school days fall out" in flat(question)
    assert "they go to Ola Hansen" in flat(question)


def test_a_no_changes_nothing(office: Office) -> None:
    question = the(office.receive(KARI, "x", text="I am away until Friday").told, "absence-question", KARI)
    office.receive(KARI, "Re: x", text="No", answers=question)
    assert away(office) == {}


@pytest.mark.parametrize(
    "text",
    [
        "We are on holiday until 12 October.",
        "I was ill until Friday.",
        "Are you away until Friday?",
        "When I am away, Ola answers.",
        "The school is closed until 2 October.",
    ],
)
def test_what_only_sounds_like_an_absence_is_none(office: Office, text: str) -> None:
    done = office.receive(KARI, "A line", to=(BOX, LUC), text=text)
    assert "absence-question" not in [name for name, _ in mails(done.told)]


# -- away notes ----------------------------------------------------------------------------------


def test_of_an_away_note_that_reaches_us_a_colleague_is_asked_and_never_the_machine(office: Office) -> None:
    note = ("Auto-Submitted", "auto-replied")
    text = "I am out of the office until 25 September."
    done = office.receive(KARI, "Automatic reply: A line", text=text, headers=[note])
    assert done.sorted.kind is Kind.AUTOMATIC
    question = the(done.told, "absence-question", OLA)
    assert "Is Kari Nordmann away until Friday 25 September?" in question.subject
    again = office.receive(KARI, "Automatic reply: Another", text=text, headers=[note])
    assert again.told == ()
    office.wait(hours=1)
    office.receive(OLA, "Re: x", text="yes", answers=question)
    assert set(away(office)) == {KARI}


def test_of_a_teacher_without_colleagues_the_partner_is_asked(office: Office) -> None:
    done = office.receive(
        LUC,
        "Réponse automatique : bonjour",
        text="Je suis absent jusqu'au 25 septembre.",
        headers=[("Auto-Submitted", "auto-replied")],
    )
    assert mails(done.told) == [("absence-question", KARI)]


def test_a_forwarded_away_note_is_her_colleagues_absence(office: Office) -> None:
    shown = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Luc Martin <luc@ecole-lyon.example>\n"
        "Subject: Automatic reply: letters\n\nI am out of the office until 25 September.\n"
    )
    done = office.receive(KARI, "Fwd: Automatic reply: letters", text=shown)
    question = the(done.told, "absence-question", KARI)
    assert "Is Luc Martin away until Friday 25 September?" in question.subject


# -- what follows --------------------------------------------------------------------------------


def confirm(office: Office, text: str, sender: str) -> None:
    question = the(office.receive(sender, "x", text=text).told, "absence-question", sender)
    office.receive(sender, "Re: x", text="yes", answers=question)


def test_her_co_teacher_is_reminded_instead(office: Office) -> None:
    confirm(office, "I am away until 16 October", KARI)
    assert overdue(until(office, "2026-10-13T08:00")) == [("letter-overdue", OLA)]


def test_whoever_is_alone_is_reminded_when_she_is_back(office: Office) -> None:
    confirm(office, "I am away until 13 November", LUC)
    told = [(moment.date(), one) for moment, one in until(office, "2026-11-17T08:00")]
    late = {day for day, one in told if ("letter-overdue", LUC) in overdue([(office.now, one)])}
    assert late == {date(2026, 11, 16)}


def test_an_absence_lies_above_the_file_and_is_shown_there(office: Office) -> None:
    confirm(office, "I am away until 13 November", LUC)
    office.apply(KNOWN.replace("title: Oslo and Lyon write letters", "title: Letters"))
    assert set(away(office)) == {LUC}
    with transaction(office.engine) as connection:
        assert amendments.kept_amendments(connection, "oslo-lyon") == (
            "Luc Martin is away from 2026-09-14 to 2026-11-13",
        )
