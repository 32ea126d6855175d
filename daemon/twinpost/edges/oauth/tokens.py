"""Access tokens: kept while they are good, and fetched anew in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from twinpost.edges import clock

MARGIN = timedelta(minutes=5)
"""A token is not used so shortly before its end: it could end on the way."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `new`: it was made for whoever asked, so that no other could be better."""

    value: str = field(repr=False)
    ends_at: datetime
    new: bool = True


class Issuer(Protocol):
    """Gives out the tokens of one account."""

    def issue(self, refused: str = "") -> Token:
        """A token other than `refused`.

        Raises SignInRefused when the provider says no, WireError when it cannot be asked now, and
        ConfigError when something on this machine is missing.
        """


class Tokens:
    """The token of one account, for any thread.

    `note_refusal` is told of a kept token that a server refused, and says whether another may be tried at
    once.
    """

    def __init__(
        self,
        issuer: Issuer,
        note_refusal: Callable[[], bool] = lambda: True,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._issuer = issuer
        self._note_refusal = note_refusal
        self._now = now
        self._token: Token | None = None
        self._untried = False
        self._lock = Lock()

    def current(self) -> str:
        """A token that is good, as far as we know. Raises what `Issuer.issue` raises."""
        with self._lock:
            if self._token is not None and self._good(self._token):
                self._untried = False
            else:
                self._take()
            assert self._token is not None
            return self._token.value

    def renewed(self, refused: str) -> str:
        """Another token after a server refused this one; "" when that one was made for the occasion, or no
        further try is allowed now. Raises what `Issuer.issue` raises.
        """
        with self._lock:
            if self._token is not None and self._token.value == refused:
                untried, self._token = self._untried, None
                if untried or not self._note_refusal():
                    return ""
            if self._token is None:
                self._take(refused)
            assert self._token is not None
            return self._token.value

    def ended(self) -> bool:
        """Whether the token that was given out last is at its end: servers then hang up."""
        with self._lock:
            return self._token is not None and not self._good(self._token)

    def _good(self, token: Token) -> bool:
        return token.ends_at - self._now() >= MARGIN

    def _take(self, refused: str = "") -> None:
        self._token = self._issuer.issue(refused)
        self._untried = self._token.new
