"""What can go wrong on our side. What is odd in a letter is a finding, never an exception."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class TwinpostError(Exception):
    """A sentence for the person who can act; the command line prints it without a traceback."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong thing in a file, with its place.

    `line` and `column` count from 1; 0 means that the place is not known.
    """

    file: str
    line: int
    text: str
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text}"


class ConfigError(TwinpostError):
    """Every problem found in the files that an admin wrote, all at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class LedgerError(TwinpostError):
    """The ledger cannot be used now: missing, locked, of another version, or out of space."""


class WireError(TwinpostError):
    """A server did not do what we asked.

    Unknown failures are temporary: permanent must be proved by the server's own word.
    """

    def __init__(self, text: str, *, temporary: bool = True) -> None:
        self.temporary = temporary
        super().__init__(text)


class SignInRefused(WireError):
    """The server knows us and says no: trying again soon only locks the account."""

    def __init__(self, text: str) -> None:
        super().__init__(text, temporary=True)


class SessionEnded(WireError):
    """The line ended with the token that had opened it: a new one opens it again, and nobody need know."""


class NotHandedOver(WireError):
    """The server lists messages that it does not give: `uids`. The others can be fetched without them."""

    def __init__(self, text: str, uids: Sequence[int]) -> None:
        self.uids = tuple(uids)
        super().__init__(text, temporary=True)
