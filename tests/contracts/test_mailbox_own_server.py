from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contracts.mailbox import MailboxContract
from tests.contracts.other_client import OtherClient
from tests.servers import ADDRESS, PASSWORD, running


class TestMailboxOnOurOwnServer(MailboxContract):
    @pytest.fixture(params=["all", "no-idle", "no-move", "split-lines"])
    def place(self, request: pytest.FixtureRequest) -> Iterator[OtherClient]:
        with running() as server:
            match request.param:
                case "no-idle":
                    server.misbehave(hide=frozenset({"IDLE"}))
                case "no-move":
                    server.misbehave(hide=frozenset({"MOVE"}))
                case "split-lines":
                    server.misbehave(split_lines=True)
            other = OtherClient(server.mailbox(poll_seconds=0.2), server.server.imap_port, ADDRESS, PASSWORD)
            yield other
            other.mailbox.close()
            other.close()
