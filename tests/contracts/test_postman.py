"""One examination for the postman that tests use and the one that posts."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Protocol

import pytest
from tests.fakes.postman import FakePostman
from tests.fakes.smtpserver import Script, smtp_server

from twinpost.app.ports import Postman
from twinpost.core.model.outgoing import Accepted, Deferred, Refused, Scope
from twinpost.edges.smtp import SmtpPostman
from twinpost.edges.smtp_session import Door

SHARED = "letters@school.example"
KARI, OLA, LUC = "kari@fagerborg.example", "ola@fagerborg.example", "luc@ecole-lyon.example"
MAIL = b"Subject: x\r\n\r\nx\r\n"
LATER = Deferred("450 4.2.1 later", Scope.ADDRESS)
NO = Refused("550 5.1.1 unknown", Scope.ADDRESS)


class WayOut(Protocol):
    postman: Postman
    arrived: list[tuple[tuple[str, ...], bytes]]


class Never:
    async def wait_until(self) -> datetime | None:
        return None

    async def refused(self) -> None:
        raise AssertionError


class TheFake:
    def __init__(self) -> None:
        self.postman = FakePostman({OLA: deque([LATER]), LUC: NO})
        self.arrived = self.postman.arrived


class TheReal:
    def __init__(self, script: Script, port: int) -> None:
        self.postman = SmtpPostman(Door("127.0.0.1", port, "none"), Never())
        self.arrived = script.arrived


@pytest.fixture(params=["fake", "real"])
async def way_out(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "fake":
        yield TheFake()
        return
    script = Script({("RCPT", OLA): deque([LATER.reply]), ("RCPT", LUC): NO.reply})
    async with smtp_server(script) as port:
        real = TheReal(script, port)
        yield real
        await real.postman.close()


async def test_a_mail_that_is_accepted_arrives_as_it_is(way_out: WayOut) -> None:
    assert await way_out.postman.send(SHARED, [KARI], MAIL) == Accepted("250 2.0.0 queued as 1")
    assert way_out.arrived == [((KARI,), MAIL)]


async def test_a_refusal_comes_back_as_the_server_said_it(way_out: WayOut) -> None:
    assert await way_out.postman.send(SHARED, [LUC], MAIL) == NO
    assert way_out.arrived == []


async def test_what_is_deferred_once_goes_the_second_time(way_out: WayOut) -> None:
    assert await way_out.postman.send(SHARED, [OLA], MAIL) == LATER
    assert isinstance(await way_out.postman.send(SHARED, [OLA], MAIL), Accepted)


async def test_nobody_gets_a_mail_that_one_of_two_is_refused(way_out: WayOut) -> None:
    assert await way_out.postman.send(SHARED, [KARI, LUC], MAIL) == NO
    assert way_out.arrived == []


async def test_without_a_rate_it_is_always_ready(way_out: WayOut) -> None:
    await way_out.postman.send(SHARED, [KARI], MAIL)
    assert way_out.postman.ready_in() == 0


async def test_after_closing_it_can_be_used_again(way_out: WayOut) -> None:
    await way_out.postman.send(SHARED, [KARI], MAIL)
    await way_out.postman.close()
    assert isinstance(await way_out.postman.send(SHARED, [KARI], MAIL), Accepted)
