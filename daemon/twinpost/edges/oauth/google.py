"""Tokens for Gmail: as a service account that may act for the mailbox, or as somebody who has signed in."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from google.auth import exceptions
from google.auth.transport.requests import Request
from google.oauth2 import credentials, service_account
from requests.exceptions import RequestException

from twinpost.edges import clock
from twinpost.edges.oauth.answers import no_token
from twinpost.edges.oauth.http import Session, asking
from twinpost.edges.oauth.logins import LoginFile
from twinpost.edges.oauth.tokens import MARGIN, Token
from twinpost.errors import ConfigError, Problem, WireError

SCOPE = "https://mail.google.com/"

logging.getLogger("google").setLevel(logging.CRITICAL)  # at DEBUG it repeats what holds tokens


class AsApplication:
    """Tokens for `user` by a service account with domain-wide delegation; `key` is its key file's text."""

    def __init__(self, user: str, key: Callable[[], str], http: Session | None = None) -> None:
        self._user = user
        self._key = key
        self._http = http or Session()

    def issue(self, refused: str = "") -> Token:
        """Always a new one; the key is read anew each time."""
        held = read_key(self._key(), "a service account", ("client_email", "private_key", "token_uri"))
        try:
            account = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
                held, scopes=[SCOPE], subject=self._user
            )
        except (ValueError, TypeError) as error:
            raise unusable("its `private_key` cannot be read: download the key anew") from error
        with _asking(held["token_uri"]):
            account.refresh(Request(self._http))
            return _token(account)


class AsAccount:
    """Tokens for the account that has signed in by `twinpost login`; `key` is a desktop application's."""

    def __init__(
        self, account: str, key: Callable[[], str], file: LoginFile, http: Session | None = None
    ) -> None:
        self._account = account
        self._key = key
        self._file = file
        self._http = http or Session()

    def issue(self, refused: str = "") -> Token:
        """The one that another process has just got, else a new one for the stored login."""
        app = desktop_key(self._key())
        with self._file.locked():
            held = self._file.read(account=self._account, client_id=app["client_id"])
            kept = _kept(held)
            if kept is not None and kept.value != refused:
                return kept
            owner = credentials.Credentials(  # type: ignore[no-untyped-call]
                None, refresh_token=held.get("refresh_token"), **app
            )
            with _asking(app["token_uri"]):
                owner.refresh(Request(self._http))  # type: ignore[no-untyped-call]
                token = _token(owner)
            self._file.write({**held, "access_token": token.value, "ends_at": token.ends_at.isoformat()})
            return token


def desktop_key(text: str) -> dict[str, str]:
    """What proves a desktop application, of its key file's text. Raises ConfigError."""
    held = read_key(text, "a desktop application", ("installed",))["installed"]
    missing = [name for name in ("client_id", "client_secret", "token_uri") if not held.get(name)]
    if missing:
        raise unusable(f"lacks {', '.join(missing)}: download it anew")
    return {name: str(held[name]) for name in ("client_id", "client_secret", "token_uri")}


def read_key(text: str, whose: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The key file that Google Cloud console gives for download. Raises ConfigError, without its content."""
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if not isinstance(held, dict) or not all(held.get(name) for name in names):
        raise unusable(f"is no key of {whose}: download it as JSON from Google Cloud console > Credentials")
    return held


def unusable(text: str) -> ConfigError:
    """Something is wrong with the key file."""
    return ConfigError([Problem("google-key", 0, text)])


def _kept(held: Mapping[str, Any]) -> Token | None:
    try:
        token = Token(held["access_token"], datetime.fromisoformat(held["ends_at"]), new=False)
    except (KeyError, ValueError, TypeError):
        return None
    return token if token.ends_at - clock.now() >= MARGIN else None


def _token(owner: Any) -> Token:
    ends_at = owner.expiry.replace(tzinfo=UTC) if owner.expiry else clock.now()
    return Token(str(owner.token), ends_at)


@contextmanager
def _asking(url: str) -> Iterator[None]:
    with asking(url):
        try:
            yield
        except exceptions.TransportError as error:
            if isinstance(error.__cause__, RequestException):
                raise error.__cause__ from error
            raise WireError("Google cannot be asked for tokens now. It will be tried again.") from error
        except exceptions.RefreshError as error:
            answer = error.args[1] if len(error.args) > 1 else None
            if error.retryable or not isinstance(answer, dict):
                raise WireError("Google cannot give tokens at the moment. It will be tried again.") from error
            raise no_token("google", answer) from error
