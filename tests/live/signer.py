"""A provider of tokens that Dovecot knows: it signs, and Dovecot has the public half of its key."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from twinpost.edges.oauth.tokens import Token


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def public_key() -> str:
    """For Dovecot."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(who: str, seconds: float = 3600.0) -> str:
    """A token that lets `who` in for so long; it has ended already when they are negative."""
    now = int(time.time())
    claims = {"sub": who, "iat": now - 7200, "exp": int(now + seconds), "jti": str(time.time_ns())}
    return jwt.encode(claims, _key(), "RS256")


class Signer:
    """Issues tokens for one account, each good for the next of `seconds`, the last one for ever.

    `claimed`: how long we are told that they are good, in seconds.
    """

    def __init__(self, who: str, *seconds: float, claimed: float = 3600.0, new: bool = False) -> None:
        self.who, self.claimed, self.new = who, claimed, new
        self.left = list(seconds) or [3600.0]
        self.refused: list[str] = []

    def issue(self, refused: str = "") -> Token:
        self.refused.append(refused)
        seconds = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        ends_at = datetime.fromtimestamp(time.time() + self.claimed, UTC)
        return Token(signed(self.who, seconds), ends_at, self.new)
