"""What every use case needs to know of the house: ourselves, the doors, the words."""

from __future__ import annotations

from dataclasses import dataclass, field

from twinpost.app.ports import Reader, Renderer, Vault
from twinpost.core.deciding.gate import Limits
from twinpost.core.deciding.words import Words
from twinpost.core.model.rule import Rule
from twinpost.ledger.known import Office


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose verdict on senders we read."""

    provider: str = "own"
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """The configuration as values, and the doors that processing a message needs."""

    office: Office
    name: str  # shown as the sender's name
    language: str
    vault: Vault
    reader: Reader
    renderer: Renderer
    words: Words
    limits: Limits = field(default_factory=Limits)
    trust: Trust = field(default_factory=Trust)
    rules: tuple[Rule, ...] = ()  # what follows when

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs."""
        return self.office.address.rpartition("@")[2]
