"""When nothing gets through: since when, how long to pause, and what the ledger says of it.

The admin cannot be told by mail that mail does not leave: status and log are the second road.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from twinpost.core.deciding.backoff import Backoff
from twinpost.core.model.outgoing import Deferred, Scope
from twinpost.ledger import facts

FACT = "smtp_trouble"

NOISE = 1
"""So many broken lines in a row are nothing that a person should hear of."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last tries all failed on our side or on the line; the outgoing server said this."""

    since: datetime
    scope: Scope
    reply: str
    failures: int = 1  # in a row

    @property
    def worth_telling(self) -> bool:
        return self.scope is Scope.US or self.failures > NOISE

    def again(self, outcome: Deferred) -> Trouble:
        """After one more try that failed."""
        return replace(self, scope=outcome.scope, reply=outcome.reply, failures=self.failures + 1)

    def pause(self, chance: float) -> float:
        """Seconds until the next knock at the door."""
        return Backoff(self.failures).pause(chance)

    def written(self) -> str:
        """For the ledger."""
        return json.dumps({"since": self.since.isoformat(), "scope": self.scope.value, "reply": self.reply})


def standing(connection: sa.Connection) -> Trouble | None:
    """The trouble that the ledger knows of, for status and across restarts."""
    text = facts.fact(connection, FACT)
    if text is None:
        return None
    data = json.loads(text)
    since = datetime.fromisoformat(data["since"])
    return Trouble(since, Scope(data["scope"]), data["reply"], failures=NOISE + 1)


def write(connection: sa.Connection, text: str | None) -> None:
    """Let the ledger know; None: all is well again."""
    if text is None:
        facts.drop(connection, FACT)
    else:
        facts.note(connection, FACT, text)
