"""Tokens without a provider: those that the test names, one after the other."""

from __future__ import annotations

from datetime import timedelta

from twinpost.edges import clock
from twinpost.edges.oauth.tokens import Token, Tokens
from twinpost.errors import SignInRefused


class Given:
    """An issuer of a few tokens; after the last one it refuses."""

    def __init__(self, *values: str, good_for: timedelta = timedelta(hours=1), new: bool = True) -> None:
        self.left = list(values)
        self.good_for = good_for
        self.new = new
        self.refused: list[str] = []

    def issue(self, refused: str = "") -> Token:
        self.refused.append(refused)
        if not self.left:
            raise SignInRefused("Microsoft gives no token (AADSTS7000222, invalid_client).")
        return Token(self.left.pop(0), clock.now() + self.good_for, new=self.new)


def tokens(*values: str) -> Tokens:
    """A source of these tokens."""
    return Tokens(Given(*values))
