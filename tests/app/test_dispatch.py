"""From the outbox to the server: order, patience, crashes and trouble, on a real ledger."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.fakes.postman import FakePostman
from tests.fakes.smtpserver import Script, smtp_server
from tests.ledgers import new_ledger
from tests.outgoing import NOW, SHARED, a_mail, an_entry, put, states, the_row

from twinpost.app import trouble
from twinpost.app.dispatch import Dispatch, Tally
from twinpost.core.deciding.delivery import FIVE_DAYS, GiveUp
from twinpost.core.model.effect import Priority
from twinpost.core.model.outgoing import Deferred, Enclosure, Outcome, Refused, Scope
from twinpost.edges.smtp import SmtpPostman
from twinpost.edges.smtp_session import Door
from twinpost.errors import LedgerError
from twinpost.ledger import outbox
from twinpost.ledger.parcels import Parcel
from twinpost.ledger.signins import SignIns
from twinpost.ledger.transaction import Desk

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LATER = Deferred("450 4.2.1 later", Scope.ADDRESS)
NO = Refused("550 5.1.1 unknown", Scope.ADDRESS)
BROKEN = Deferred("mx.school.example:587: Connection lost", Scope.LINE)
NOT_US = Deferred("535 5.7.8 wrong password", Scope.US)


class Shelf:
    """A reader that has one file in each kept message."""

    def read(self, sha256: str, octets: bytes | None = None) -> Any:
        raise NotImplementedError

    def enclosures(self, sha256: str, parts: Sequence[int]) -> tuple[Enclosure, ...]:
        if sha256 == "gone":
            raise FileNotFoundError(sha256)
        return (Enclosure(f"{sha256}.txt", "text/plain", repr(parts).encode()),)


class House:
    """A ledger, a postman and a clock; dispatches are made from them as often as the program starts."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.desk = Desk(engine)
        self.now = NOW
        self.postman: Any = FakePostman()
        self.given_up: list[tuple[str, str]] = []
        self.beats = 0

    def dispatch(self, **changes: Any) -> Dispatch:
        values: dict[str, Any] = {
            "sender": SHARED,
            "worker": lambda: "this one",
            "clock": lambda: self.now,
            "on_give_up": self.note,
            "heartbeat": self.beat,
            "chance": lambda: 0.5,
            **changes,
        }
        return Dispatch(self.desk, self.postman, Shelf(), **values)

    def note(self, connection: sa.Connection, parcel: Parcel, step: GiveUp) -> None:
        self.given_up.append((parcel.key, step.why))
        entry = an_entry(f"admin/{parcel.id}", "it@school.example", notice="admin-note", made_at=self.now)
        outbox.put(connection, entry)

    def beat(self) -> None:
        self.beats += 1

    def put(self, *keys: str, **changes: Any) -> list[int]:
        return put(self.engine, *keys, **changes)

    def arrived(self) -> list[str]:
        return [subject(octets) for _, octets in self.postman.arrived]

    def states(self) -> dict[str, str]:
        return states(self.engine)

    def trouble(self) -> trouble.Trouble | None:
        return self.desk.do_now(trouble.standing)


def subject(octets: bytes) -> str:
    return str(email.message_from_bytes(octets, policy=email.policy.default)["Subject"])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with new_ledger(tmp_path) as engine:
        house = House(engine)
        yield house
        house.desk.close()


@pytest.fixture(autouse=True)
def quick_knocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """In trouble no pause is made between one knock at the server's door and the next."""
    monkeypatch.setattr("twinpost.core.deciding.backoff.LONGEST_PAUSE", 0.0)


@asynccontextmanager
async def running(dispatch: Dispatch) -> AsyncIterator[None]:
    task = asyncio.create_task(dispatch.run())
    try:
        yield
    finally:
        await dispatch.stop()
        await task


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  (what is waited for may happen in another thread)
            await asyncio.sleep(0.005)


# -- sending -------------------------------------------------------------------------------------


async def test_what_is_due_is_sent_once_and_recorded(house: House) -> None:
    house.put("a", "b", "c")
    assert await house.dispatch().drain() == Tally(sent=3)
    assert sorted(house.arrived()) == ["a", "b", "c"]
    assert set(house.states().values()) == {"sent"}
    assert await house.dispatch().drain() == Tally()


async def test_receipts_leave_first_even_when_they_come_last(house: House) -> None:
    house.put(*(f"planned {number}" for number in range(5)), priority=Priority.PLANNED)
    house.postman.gate.clear()
    dispatch = house.dispatch(lanes=1)
    async with running(dispatch):
        await until(lambda: len(house.postman.tried) == 1)
        house.put("receipt")
        house.postman.gate.set()
        await until(lambda: len(house.postman.arrived) == 6)
    assert house.arrived()[:2] == ["planned 0", "receipt"]


async def test_a_receipt_goes_before_mails_that_the_providers_rate_holds_back(house: House) -> None:
    house.put("planned", priority=Priority.PLANNED)
    house.postman.wait = 0.05
    dispatch = house.dispatch(lanes=1)
    async with running(dispatch):
        await asyncio.sleep(0.02)
        house.put("receipt")
        house.postman.wait = 0.0
        await until(lambda: len(house.postman.arrived) == 2)
    assert house.arrived() == ["receipt", "planned"]


async def test_a_new_mail_wakes_the_lanes_at_once(house: House) -> None:
    dispatch = house.dispatch()
    async with running(dispatch):
        await until(lambda: house.beats >= 2)
        await asyncio.sleep(0.05)
        house.put("a")
        dispatch.wake()
        async with asyncio.timeout(2):
            await until(lambda: house.arrived() == ["a"])


async def test_a_mail_for_later_leaves_at_its_moment(house: House) -> None:
    house.put("a", next_at=NOW + MINUTE)
    assert await house.dispatch().drain() == Tally()
    house.now += MINUTE
    assert await house.dispatch().drain() == Tally(sent=1)


async def test_files_of_kept_messages_go_along(house: House) -> None:
    house.put("a", attach=(("first", (2, 3)), ("second", ())))
    await house.dispatch().drain()
    message = email.message_from_bytes(house.postman.arrived[0][1], policy=email.policy.default)
    found = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert found == {"first.txt": "(2, 3)", "second.txt": "()"}


async def test_a_copy_goes_in_the_same_transaction(house: House) -> None:
    house.put("a", copies=("ola@fagerborg.example",))
    await house.dispatch().drain()
    assert house.postman.arrived[0][0] == ("kari@fagerborg.example", "ola@fagerborg.example")


# -- patience ------------------------------------------------------------------------------------


async def test_a_deferred_mail_holds_up_no_other_and_comes_back_by_itself(house: House) -> None:
    house.postman.outcomes = {"slow@x.example": deque([LATER])}
    house.put("slow", recipient="slow@x.example")
    house.put(*(f"{number}" for number in range(50)), recipient="quick@x.example")
    assert await house.dispatch().drain() == Tally(sent=50, later=1)
    row = the_row(house.engine, "slow")
    assert (row.state, row.next_at, row.reply, row.tries) == ("waiting", NOW + MINUTE, LATER.reply, 1)
    house.now += MINUTE
    assert await house.dispatch().drain() == Tally(sent=1)


async def test_a_refused_address_is_given_up_at_once_and_the_admin_is_told(
    house: House,
) -> None:
    house.postman.outcomes = {"gone@x.example": NO}
    (id_,) = house.put("a", recipient="gone@x.example")
    assert await house.dispatch().drain() == Tally(sent=1, given_up=1)
    assert house.given_up == [("a", "the address is refused")]
    assert house.states() == {"a": "given-up", f"admin/{id_}": "sent"}
    assert house.trouble() is None


async def test_a_note_to_the_admin_that_is_refused_leads_to_no_further_note(house: House) -> None:
    house.postman.outcomes = {"gone@x.example": NO, "it@school.example": NO}
    house.put("a", recipient="gone@x.example")
    assert await house.dispatch().drain() == Tally(given_up=2)
    assert house.given_up == [("a", "the address is refused")]


async def test_a_mail_that_is_deferred_for_ever_is_given_up_after_five_days(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": LATER}
    house.put("a")
    dispatch = house.dispatch()
    while house.states()["a"] == "waiting":
        house.now = the_row(house.engine, "a").next_at
        await dispatch.drain()
    assert house.given_up == [("a", FIVE_DAYS)]
    assert timedelta(days=5) <= house.now - NOW <= timedelta(days=5, hours=4)


async def test_a_mail_that_is_too_large_says_so(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": Refused("552 5.3.4 too big", Scope.MAIL)}
    house.put("a")
    await house.dispatch().drain()
    assert house.given_up == [("a", "too large")]


async def test_a_mail_that_cannot_be_composed_holds_up_no_other_and_blames_nobody(house: House) -> None:
    house.put("bad", attach=(("gone", ()),))
    house.put("injected", mail=a_mail("injected", from_=("x", "not an address")))
    house.put("good")
    assert await house.dispatch().drain() == Tally(sent=1, later=2)
    assert "FileNotFoundError" in the_row(house.engine, "bad").reply
    assert house.trouble() is None


async def test_a_postman_that_fails_unforeseen_is_trouble_and_not_an_end(house: House) -> None:
    class Faulty(FakePostman):
        async def send(self, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
            raise RuntimeError("unforeseen")

    house.postman = Faulty()
    house.put("a")
    await house.dispatch().drain()
    assert the_row(house.engine, "a").reply == "RuntimeError: unforeseen"
    assert house.states() == {"a": "waiting"}


# -- trouble of ours -----------------------------------------------------------------------------


async def test_when_nothing_gets_through_one_lane_knocks_and_the_rest_is_left_alone(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": NOT_US}
    house.put(*(f"{number}" for number in range(20)))
    assert await house.dispatch(lanes=1).drain() == Tally(later=1)
    found = house.trouble()
    assert found is not None
    assert (found.since, found.scope, found.reply) == (NOW, Scope.US, NOT_US.reply)
    assert house.given_up == []


async def test_trouble_is_over_with_the_first_mail_that_gets_through(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": deque([NOT_US])}
    house.put("a", "b", "c")
    await house.dispatch(lanes=1).drain()
    house.now += MINUTE
    dispatch = house.dispatch()
    assert await dispatch.drain() == Tally(sent=3)
    assert dispatch.trouble is None
    assert house.trouble() is None


async def test_trouble_keeps_its_beginning_over_a_restart(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": NOT_US}
    house.put("a", "b")
    await house.dispatch().drain()
    house.now += DAY
    await house.dispatch().drain()
    found = house.trouble()
    assert found is not None
    assert found.since == NOW


async def test_weeks_of_trouble_of_ours_give_no_mail_up(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": NOT_US}
    house.put("a", "b")
    for _ in range(30):
        house.now += DAY
        await house.dispatch().drain()
    house.postman.outcomes = {}
    house.now += DAY
    assert await house.dispatch().drain() == Tally(sent=2)
    assert house.given_up == []


async def test_a_mail_that_breaks_the_line_while_others_get_through_is_given_up_in_the_end(
    house: House,
) -> None:
    house.postman.outcomes = {"poison@x.example": BROKEN}
    house.put("poison", recipient="poison@x.example")
    dispatch = house.dispatch(chance=lambda: 0.0, lanes=1)
    for number in range(100):
        house.put(f"good {number}", made_at=house.now, priority=Priority.PLANNED)
        await dispatch.drain()
        house.now += timedelta(hours=2)
    assert house.given_up == [("poison", FIVE_DAYS)]
    assert sum(state == "sent" for state in house.states().values()) == 101  # with the note to the admin


async def test_one_broken_line_is_no_news_but_two_in_a_row_are(house: House) -> None:
    house.postman.outcomes = {"kari@fagerborg.example": deque([BROKEN])}
    house.put("a", "b")
    dispatch = house.dispatch(chance=lambda: 0.0, lanes=1)
    assert await dispatch.drain() == Tally(sent=1, later=1)
    assert house.trouble() is None
    house.postman.outcomes = {"kari@fagerborg.example": BROKEN}
    house.put("c", "d", "e", "f")
    await dispatch.drain()
    found = house.trouble()
    assert found is not None
    assert found.scope is Scope.LINE


async def test_logs_name_no_addresses(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    house.postman.outcomes = {
        "gone@x.example": Refused("550 5.1.1 <gone@x.example> unknown", Scope.ADDRESS),
        "kari@fagerborg.example": Deferred("554 5.7.1 <kari@fagerborg.example>: Relay denied", Scope.US),
    }
    house.put("a", recipient="gone@x.example")
    house.put("b")
    await house.dispatch().drain()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("twinpost")]
    assert any("given up" in line for line in ours)
    assert any("no mail can be sent" in line for line in ours)
    assert not any("@" in line for line in ours)


# -- kills, stops and a ledger that fails --------------------------------------------------------


async def test_a_kill_in_mid_send_leaves_one_mail_a_lane_in_doubt_which_goes_again_the_same(
    house: House,
) -> None:
    house.put("a", "b", "c", "d")
    first = house.postman
    first.gate.clear()
    task = asyncio.create_task(house.dispatch(lanes=2).run())
    await until(lambda: len(first.tried) == 2)
    task.cancel()  # the process is gone: nobody writes anything down
    await asyncio.gather(task, return_exceptions=True)
    assert sorted(house.states().values()) == ["sending", "sending", "waiting", "waiting"]

    house.postman = FakePostman()
    assert await house.dispatch().drain() == Tally(sent=4)
    assert sorted(house.arrived()) == ["a", "b", "c", "d"]
    ids = {email.message_from_bytes(octets)["Message-ID"] for _, octets in house.postman.arrived}
    assert ids == {f"<tp.{key}@school.example>" for key in "abcd"}


async def test_a_mail_sent_again_after_a_kill_has_the_same_octets(house: House) -> None:
    class Dying(FakePostman):
        async def send(self, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
            await super().send(sender, recipients, octets)
            raise asyncio.CancelledError  # accepted, and killed before anybody knows

    house.put("a", attach=(("file", (2,)),))
    house.postman = dying = Dying()
    await asyncio.gather(house.dispatch(lanes=1).run(), return_exceptions=True)
    house.postman = FakePostman()
    await house.dispatch().drain()
    assert house.postman.arrived == dying.arrived


class Forgetful(Desk):
    """A ledger that commits, and whose answer is lost on the line, the first few times."""

    lost = 0

    def _run(self, work: Any) -> Any:
        done = super()._run(work)
        if self.lost > 0:
            self.lost -= 1
            raise LedgerError("the line was lost")
        return done


async def test_a_mail_whose_claim_was_committed_without_our_knowing_goes_at_once_and_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.app.dispatch.LEDGER_REST", 0.0)
    house.put("a", "b", "c")
    house.desk = desk = Forgetful(house.engine)
    dispatch = house.dispatch(lanes=2)
    async with running(dispatch):
        await until(lambda: sorted(house.arrived()) == ["a", "b", "c"])
        desk.lost = 3
        house.put("d", "e", "f")
        dispatch.wake()
        await until(lambda: sorted(house.arrived()) == [*"abcdef"])
        await until(lambda: set(house.states().values()) == {"sent"})
    assert {the_row(house.engine, key).tries for key in "abcdef"} == {1}


async def test_stopping_waits_for_the_mail_in_hand_and_takes_no_other(house: House) -> None:
    house.put("a", "b")
    house.postman.gate.clear()
    dispatch = house.dispatch(lanes=1)
    task = asyncio.create_task(dispatch.run())
    await until(lambda: len(house.postman.tried) == 1)
    stopping = asyncio.create_task(dispatch.stop())
    await asyncio.sleep(0.02)
    house.postman.gate.set()
    await asyncio.gather(stopping, task)
    assert house.states() == {"a": "sent", "b": "waiting"}


async def test_a_server_that_never_answers_does_not_keep_us_from_stopping(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.app.dispatch.TIME_TO_STOP", 0.05)
    house.put("a")
    house.postman.gate.clear()
    dispatch = house.dispatch()
    task = asyncio.create_task(dispatch.run())
    await until(lambda: len(house.postman.tried) == 1)
    async with asyncio.timeout(2):
        await dispatch.stop()
        await task
    assert house.states() == {"a": "sending"}


async def test_an_outcome_that_cannot_be_written_is_written_later_and_nothing_is_sent_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.app.dispatch.LEDGER_REST", 0.0)
    full = deque([False, True, True])  # the claim works, then the disk is full for two transactions
    desk, do = house.desk, house.desk.do

    async def sometimes(work: Any) -> Any:
        if house.postman.tried and full and full.popleft():
            raise LedgerError("The disk is full.")
        return await do(work)

    house.put("a", "b")
    full.popleft()
    monkeypatch.setattr(desk, "do", sometimes)
    assert await house.dispatch(lanes=1).drain() == Tally(sent=2)
    assert house.states() == {"a": "sent", "b": "sent"}
    assert len(house.postman.tried) == 2


async def test_a_ledger_that_is_locked_at_the_start_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.app.dispatch.LEDGER_REST", 0.0)
    locked, do = deque([True, True]), house.desk.do

    async def at_last(work: Any) -> Any:
        if locked and locked.popleft():
            raise LedgerError("The ledger is locked.")
        return await do(work)

    house.put("a")
    monkeypatch.setattr(house.desk, "do", at_last)
    async with running(house.dispatch()):
        await until(lambda: house.arrived() == ["a"])


async def test_a_callback_that_fails_does_not_lose_the_outcome(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.app.dispatch.LEDGER_REST", 0.0)

    def broken(connection: sa.Connection, parcel: Parcel, step: GiveUp) -> None:
        raise RuntimeError("the admin cannot be told")

    house.postman.outcomes = {"kari@fagerborg.example": NO}
    house.put("a")
    await house.dispatch(on_give_up=broken).drain()
    assert house.states() == {"a": "given-up"}


async def test_lanes_that_finish_together_share_a_commit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits, do = 0, house.desk.do

    async def counted(work: Any) -> Any:
        nonlocal commits
        commits += 1
        return await do(work)

    house.put("a", "b", "c", "d")
    monkeypatch.setattr(house.desk, "do", counted)
    assert await house.dispatch(lanes=4).drain() == Tally(sent=4)
    assert commits == 3  # the beginning, four claims, four outcomes


async def test_a_callback_that_fails_spoils_no_outcome_of_another_lane(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.app.dispatch.LEDGER_REST", 0.0)

    def broken_for_a(connection: sa.Connection, parcel: Parcel, step: GiveUp) -> None:
        if parcel.key == "a":
            raise RuntimeError("the admin cannot be told")
        house.note(connection, parcel, step)

    house.postman.outcomes = {"kari@fagerborg.example": NO}
    house.put("a", "b")
    await house.dispatch(on_give_up=broken_for_a, lanes=2).drain()
    assert {key: house.states()[key] for key in "ab"} == {"a": "given-up", "b": "given-up"}
    assert [key for key, _ in house.given_up] == ["b"]


# -- with the real postman -----------------------------------------------------------------------


@asynccontextmanager
async def real_postman(house: House, script: Script, **door: Any) -> AsyncIterator[None]:
    async with smtp_server(script) as port:
        record = SignIns(house.desk, f"127.0.0.1:{port}", lambda: house.now)
        house.postman = SmtpPostman(Door("127.0.0.1", port, "none", **door), record)
        try:
            yield
        finally:
            await house.postman.close()


async def test_421_ends_a_session_and_the_queue_goes_on(house: House) -> None:
    script = Script({"RCPT": deque(["421 4.7.0 enough for this session"])})
    house.put(*(f"{number}" for number in range(10)))
    async with real_postman(house, script):
        assert await house.dispatch(lanes=1, chance=lambda: 0.0).drain() == Tally(sent=9, later=1)
        house.now += MINUTE
        assert await house.dispatch(lanes=1).drain() == Tally(sent=1)
    assert sorted(subject(octets) for _, octets in script.arrived) == [str(number) for number in range(10)]


async def test_a_refused_sign_in_is_tried_six_times_an_hour_at_most_and_mails_wait_for_the_mended_password(
    house: House,
) -> None:
    script, passwords = Script(), ["wrong"]
    house.put("a", "b", "c")
    async with real_postman(house, script, user="letters", password=lambda: passwords[0]):
        for _ in range(120):  # two hours, started anew every minute
            await house.dispatch().drain()
            house.now += MINUTE
        assert 6 <= len(script.sign_ins) <= 12
        assert house.given_up == []
        assert house.trouble() is not None
        passwords[0] = "secret"
        house.now += timedelta(hours=1)
        assert await house.dispatch().drain() == Tally(sent=3)
    assert house.trouble() is None


async def test_one_bad_address_among_many_good_ones(house: House) -> None:
    script = Script({("RCPT", "gone@x.example"): "550 5.1.1 unknown"})
    house.put("bad", recipient="gone@x.example")
    house.put(*(f"{number}" for number in range(100)))
    async with real_postman(house, script):
        assert await house.dispatch().drain() == Tally(sent=101, given_up=1)
    assert house.given_up == [("bad", "the address is refused")]
