from __future__ import annotations

import pytest
from tests.contracts.mailbox import MailboxContract
from tests.fakes.mailbox import FakeMailbox


class InMemory:
    def __init__(self) -> None:
        self.mailbox = FakeMailbox()
        self.deliver = self.mailbox.deliver
        self.remove = self.mailbox.remove

    def moved(self, folder: str) -> list[bytes]:
        return self.mailbox.moved[folder]


class TestFakeMailbox(MailboxContract):
    @pytest.fixture
    def place(self) -> InMemory:
        return InMemory()
