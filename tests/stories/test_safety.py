"""Whatever comes, in any order: nobody outside the exchange is written to, and nothing is done twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledgers import HISTORIES, examples
from tests.office import BOX, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, an_office, mails

from twinpost.core.model.kind import Kind
from twinpost.ledger import tables
from twinpost.ledger.engine import transaction
from twinpost.ledger.outbox import State
from twinpost.ledger.parcels import Parcel

ADMIN = "it@school.example"
ANA, ZOE = "ana@elever.fagerborg.example", "zoe@eleves.ecole-lyon.example"
HEAD = "head@fagerborg.example"
EXCHANGE = (
    WITH_KYIV.replace("{name: Ana Berg}", f"{{name: Ana Berg, email: {ANA}}}")
    .replace("{name: Zoé Petit}", f"{{name: Zoé Petit, email: {ZOE}}}")
    .replace("    pupils:\n", f"    leaders:\n      - {{name: Head, email: {HEAD}}}\n    pupils:\n", 1)
)
TEACHERS = frozenset({KARI, OLA, LUC, OLENA})
MAY_BE_WRITTEN_TO = TEACHERS | {ADMIN}
HER_TEACHERS = {ANA: {KARI, OLA}, ZOE: {LUC}}
"""Pupils, and who has to be in copy of every mail to them."""

ANA_AT_HOME = "Ana Berg <ana@private.example>"
WRITER = {ANA: ANA, ZOE: ZOE, ANA_AT_HOME: ANA}
"""Whose mail it is; the last since a teacher of hers said ADD: her line goes to the address in the file."""

SENDERS = (
    KARI,
    KARI,
    OLA,
    LUC,
    OLENA,
    ANA,
    ZOE,
    HEAD,
    ADMIN,
    BOX,
    "letters+x@school.example",
    "Kari Nordmann <kari@private.example>",
    "Luc Martin <luc@evil.example>",
    ANA_AT_HOME,
    "stranger@other.example",
    "MAILER-DAEMON@mx.school.example",
    "no-reply@news.example",
)
SUBJECTS = (
    "Letter 1 from 7B Oslo to CM2 Lyon",
    "Letter 1 from 7B Oslo to CM2 Lyon",
    "Letters 1-3 from 7B Oslo to CM2 Lyon",
    "Letter 1 from CM2 Lyon to 7B Oslo",
    "Letter 2 from Oslo to all",
    "Letter 1 from Kyiv to Oslo and Lyon (part 2 of 3)",
    "Letter 1 from the frogs to CM2 Lyon",
    "Letter to Lyon",
    "Letter 0",
    "Re: Letter 1 from 7B Oslo to CM2 Lyon",
    "Fwd: Letter 1 from 7B Oslo to CM2 Lyon",
    "Our trip to the sea",
    "STATUS",
    "",
    "Automatic reply: away",
    "Undelivered Mail Returned to Sender",
    "Letter 1 from 7B Oslo to ana@elever.fagerborg.example",
)
PEOPLE = (BOX, KARI, OLA, LUC, OLENA, ANA, ZOE, "stranger@other.example", "all@list.example")
TEXTS = (
    "Dear friends.\n",
    "YES\n",
    "No\n",
    "1\n",
    "2\n",
    "9\n",
    "more of letter 1\n",
    "Thanks!\n",
    "",
    "LOG\n",
)
HEADERS = (
    (),
    (),
    (),
    (("Reply-To", "evil@evil.example"),),
    (("Auto-Submitted", "auto-replied"),),
    (("List-Id", "<all.list.example>"),),
    (("Disposition-Notification-To", "evil@evil.example"), ("Return-Receipt-To", "evil@evil.example")),
    (("Sender", "evil@evil.example"), ("Resent-To", "evil@evil.example")),
    (("X-Twinpost", "receipt"),),
)


MODES = (
    "mode: direct",
    "mode: direct\nguard: remind-only",
    "mode: both\ncopies: all",
    "mode: through-teachers",
)


@dataclass(frozen=True)
class Step:
    """One mail that arrives after some minutes; `answers` picks a mail of ours that it replies to."""

    minutes: int
    sender: str
    subject: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    text: str
    files: int
    proven: bool
    headers: tuple[tuple[str, str], ...]
    answers: int | None


STEPS = st.builds(
    Step,
    minutes=st.sampled_from((0, 0, 1, 11, 70, 180, 1440, 3 * 1440)),
    sender=st.sampled_from(SENDERS),
    subject=st.sampled_from(SUBJECTS),
    to=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3).map(tuple),
    cc=st.lists(st.sampled_from(PEOPLE), max_size=2).map(tuple),
    text=st.sampled_from(TEXTS),
    files=st.integers(0, 3),
    proven=st.booleans(),
    headers=st.sampled_from(HEADERS),
    answers=st.none() | st.integers(0, 30),
)


def play(office: Office, steps: list[Step]) -> None:
    """All of it arrives; what becomes due in between is done."""
    for step in steps:
        office.wait(minutes=step.minutes)
        office.join()
        ours = [parcel.mail.message_id for parcel in office.outbox()]
        headers = list(step.headers)
        if step.answers is not None and ours:
            headers.append(("In-Reply-To", ours[step.answers % len(ours)]))
        done = office.receive(
            step.sender,
            step.subject,
            to=step.to,
            cc=step.cc,
            text=step.text,
            files=[(f"{number}.pdf", PDF + bytes([number])) for number in range(step.files)],
            proven=step.proven,
            headers=headers,
        )
        assert all(told.state != "refused" for told in done.told)
        check_answers(office, step, done.sorted.kind, mails(done.told))
        office.process_waiting()
    for _ in range(3):
        office.wait(days=2)
        office.join()


def check_answers(office: Office, step: Step, kind: Kind, led_to: list[tuple[str, str]]) -> None:
    """Silence for machines, but for an alarm; to a pupil about her own mail only; a word for a teacher whom
    only we heard.
    """
    told = [to for _, to in led_to]
    if kind in (Kind.AUTOMATIC, Kind.BOUNCE):
        assert {notice for notice, to in led_to if to != ADMIN} <= {"stranger-alert"}
        assert step.sender not in told
    hers = {WRITER.get(step.sender, "")} if kind is Kind.PUPIL_MAIL else set()
    assert set(told) & HER_TEACHERS.keys() <= hers
    others = TEACHERS - {step.sender}
    alone = not others & {*step.to, *step.cc}
    if step.sender in TEACHERS and alone and kind not in (Kind.AUTOMATIC, Kind.LETTER):
        assert step.sender in told


def check(office: Office, *, live: bool) -> None:
    parcels = office.outbox()
    for parcel in parcels:
        check_company(parcel)
        assert [address for _, address in parcel.mail.to] == [parcel.recipient]
        assert parcel.copies == tuple(address for _, address in parcel.mail.cc)
        assert {address for _, address in parcel.mail.reply_to} <= TEACHERS | {BOX}
        assert "evil" not in parcel.mail.subject or "luc@evil.example" in parcel.mail.subject
    if not live:
        assert office.outbox(State.WAITING, State.SENDING, State.SENT) == []
    keys = Counter(parcel.key for parcel in parcels)
    assert [key for key, count in keys.items() if count > 1] == []
    assert not any("{" in key for key in keys)
    check_lines(office.outbox(State.HELD, State.WAITING, State.SENT))
    check_budget(office)
    check_log(office)


def check_company(parcel: Parcel) -> None:
    """To a pupil only with her own teachers in copy, all of them hers; to everybody else one by one."""
    if parcel.recipient in HER_TEACHERS:
        assert parcel.notice == "guard-line"
        assert parcel.copies
        assert set(parcel.copies) <= HER_TEACHERS[parcel.recipient]
    else:
        assert parcel.recipient in MAY_BE_WRITTEN_TO
        assert parcel.copies == ()


def check_lines(parcels: list[Parcel]) -> None:
    """At most one line a day to each pupil."""
    went = [(one.recipient, one.made_at.date()) for one in parcels if one.recipient in HER_TEACHERS]
    assert len(went) == len(set(went))


def check_budget(office: Office) -> None:
    """At most five answers an hour to one person that mails of one address provoked."""
    rows = sa.select(tables.outbox).where(
        tables.outbox.c.counts, tables.outbox.c.provoked_by != "", tables.outbox.c.state == State.WAITING
    )
    with transaction(office.engine) as connection:
        counted = connection.execute(rows).all()
    for row in counted:
        later = [
            other
            for other in counted
            if (other.recipient, other.provoked_by) == (row.recipient, row.provoked_by)
            and timedelta() <= other.made_at - row.made_at < timedelta(hours=1)
        ]
        assert len(later) <= 5


def check_log(office: Office) -> None:
    """Each letter is logged once for each class; every letter has a mail, unless it was struck."""
    with transaction(office.engine) as connection:
        rows = connection.execute(sa.select(tables.letters)).all()
        mails = set(connection.execute(sa.select(tables.delivery_mails.c.delivery_id)).scalars())
    letters = Counter((r.exchange_id, r.product, r.number, r.from_class, r.to_class) for r in rows)
    assert set(letters.values()) <= {1}
    assert all(row.from_class != row.to_class for row in rows)
    assert {row.delivery_id for row in rows} <= mails


def tell_a_story(steps: list[Step], *, live: bool, mode: str = MODES[0]) -> None:
    """An office of its own, all of this, and then the account."""
    exchange = EXCHANGE.replace("letters: 4", f"letters: 4\n{mode}")
    with (
        tempfile.TemporaryDirectory() as folder,
        an_office(Path(folder), live=live, exchange=exchange) as office,
    ):
        play(office, steps)
        check(office, live=live)


FEW = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(parent=FEW, max_examples=examples(250))


@pytest.mark.slow
@FEW
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_nobody_outside_the_exchange_is_ever_written_to(steps: list[Step]) -> None:
    tell_a_story(steps, live=True)


OF_PUPILS = st.builds(
    replace,
    STEPS,
    sender=st.sampled_from((ANA, ANA, ZOE, ANA_AT_HOME, "stranger@other.example", KARI)),
    subject=st.sampled_from(("My dog", "Re: My dog", "Hello", "")),
    to=st.lists(st.sampled_from((ANA, ZOE, BOX, KARI, LUC, "max@other.example")), min_size=1, max_size=3),
    headers=st.sampled_from(((), (("Reply-To", "evil@evil.example"),))),
    text=st.sampled_from(("Hello.\n", "ADD\n", "NO\n", "1\n")),
)


@pytest.mark.slow
@FEW
@given(st.lists(OF_PUPILS, min_size=1, max_size=8), st.sampled_from(MODES))
def test_no_mail_goes_to_a_pupil_without_her_teacher_in_copy(steps: list[Step], mode: str) -> None:
    tell_a_story(steps, live=True, mode=mode)


@pytest.mark.slow
@settings(parent=FEW, max_examples=examples(20))
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_nothing_waits_to_be_sent_before_go_live(steps: list[Step]) -> None:
    tell_a_story(steps, live=False)


@pytest.mark.slow
@pytest.mark.timeout(0 if HISTORIES else 1200)
@MANY
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_nobody_is_written_to_wrongly_in_long_stories_either(steps: list[Step]) -> None:
    tell_a_story(steps, live=True)


ODD = st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
HEADER_NAMES = (b"Subject", b"To", b"Cc", b"Date", b"References", b"In-Reply-To", b"Message-ID", b"X-Odd")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all octets: what each leaves behind is there when the next arrives."""
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.mark.slow
@settings(parent=FEW, max_examples=examples(150))
@given(headers=st.lists(st.tuples(st.sampled_from(HEADER_NAMES), ODD), max_size=6), body=ODD)
def test_no_octets_of_a_teacher_stop_the_office(
    office: Office, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    lines = [b"From: kari@fagerborg.example", *(name + b": " + value for name, value in headers)]
    office.sent += 1
    done = office.process(b"\r\n".join([*lines, b"", body]) + b"\r\n")
    assert done.decision.because
