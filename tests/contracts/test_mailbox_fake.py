from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.contracts.junk import JunkContract
from tests.contracts.mailbox import MailboxContract
from tests.fakes.mailbox import FakeMailbox, Lying


class InMemory:
    def __init__(self) -> None:
        self.mailbox = FakeMailbox()
        self.deliver = self.mailbox.deliver
        self.remove = self.mailbox.take_away

    def make(self, folder: str) -> None:
        self.mailbox.others[folder] = []

    def put(self, folder: str, octets: bytes, arrived_at: datetime | None = None) -> None:
        self.mailbox.others[folder].append(Lying(octets, arrived_at or datetime.now(UTC)))

    def take_out(self, folder: str, nth: int) -> None:
        self.mailbox.others[folder][nth] = None

    def moved(self, folder: str) -> list[bytes]:
        return self.mailbox.moved[folder]


class TestFakeMailbox(MailboxContract):
    @pytest.fixture
    def place(self) -> InMemory:
        return InMemory()


class TestFakeJunk(JunkContract):
    @pytest.fixture
    def place(self) -> InMemory:
        return InMemory()
