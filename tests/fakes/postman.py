"""A postman who does as the test says, without a network; held to the same contract as the real one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from twinpost.core.model.outgoing import Accepted, Outcome


@dataclass
class FakePostman:
    """Outcomes by recipient, each for ever or, in a deque, once each; everybody else is served.

    `arrived` lists what was accepted: (recipients, octets) in order. While `gate` is shut nothing comes
    back.
    """

    outcomes: dict[str, Outcome | deque[Outcome]] = field(default_factory=dict)
    arrived: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    tried: list[tuple[str, ...]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    wait: float = 0.0

    def __post_init__(self) -> None:
        self.gate.set()

    def ready_in(self) -> float:
        return self.wait

    async def send(self, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
        self.tried.append(tuple(recipients))
        await self.gate.wait()
        for recipient in recipients:
            planned = self.outcomes.get(recipient)
            if isinstance(planned, deque):
                planned = planned.popleft() if planned else None
            if planned is not None and not isinstance(planned, Accepted):
                return planned
        self.arrived.append((tuple(recipients), octets))
        return Accepted(f"250 2.0.0 queued as {len(self.arrived)}")

    async def close(self) -> None:
        """Nothing is kept."""
