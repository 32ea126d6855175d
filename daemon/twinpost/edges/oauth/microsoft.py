"""Tokens for Exchange Online from Microsoft Entra: as an application, or as somebody who has signed in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msal
from msal.exceptions import MsalServiceError

from twinpost.edges import clock
from twinpost.edges.applications import MicrosoftSettings
from twinpost.edges.oauth.answers import no_token
from twinpost.edges.oauth.http import STRANGE, Session, asking
from twinpost.edges.oauth.logins import LoginFile
from twinpost.edges.oauth.tokens import Token
from twinpost.errors import ConfigError, Problem, SignInRefused, WireError

NATIONAL = {
    "login.microsoftonline.us": "https://outlook.office365.us",
    "login.partner.microsoftonline.cn": "https://partner.outlook.cn",
}
"""Exchange Online of the national clouds, by the host of their sign-in."""

RIGHTS = ("IMAP.AccessAsUser.All", "SMTP.Send")

logging.getLogger("msal").setLevel(logging.CRITICAL)  # it repeats answers, which hold tokens


class AsApplication:
    """Tokens for the application itself, for every mailbox that Exchange lets it into."""

    def __init__(
        self, settings: MicrosoftSettings, secret: Callable[[], str], http: Session | None = None
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._http = http or Session()

    def issue(self, refused: str = "") -> Token:
        """Always a new one; the secret is read anew each time."""
        scope = f"{NATIONAL.get(_host(self._settings), 'https://outlook.office365.com')}/.default"
        proof = _proof(self._secret())
        with _asking(self._settings):
            app = msal.ConfidentialClientApplication(
                client_credential=proof, **_common(self._settings, self._http)
            )
            return _token(app.acquire_token_for_client([scope]))


class AsAccount:
    """Tokens for the account that has signed in by `twinpost login`."""

    def __init__(
        self, settings: MicrosoftSettings, account: str, file: LoginFile, http: Session | None = None
    ) -> None:
        self._settings = settings
        self._account = account
        self._file = file
        self._http = http or Session()
        self._for = {"account": account, "client_id": settings.client_id}

    def issue(self, refused: str = "") -> Token:
        """The one that another process has just got, else a new one for the stored login."""
        with self._file.locked():
            cache = msal.SerializableTokenCache()
            cache.deserialize(self._file.read(**self._for).get("cache"))
            answer = self._ask(self._app(cache), refused)
            if cache.has_state_changed:
                self._file.write({**self._for, "cache": cache.serialize()})
        return answer

    def _ask(self, app: Any, refused: str) -> Token:
        scopes = _scopes(self._settings)
        account = next(iter(app.get_accounts()), None)
        with _asking(self._settings):
            kept = app.acquire_token_silent_with_error(scopes, account)
            if refused and (kept or {}).get("access_token") == refused:
                kept = app.acquire_token_silent_with_error(scopes, account, force_refresh=True)
            return _token(kept or {"error": "invalid_grant"})

    def log_in(self, show: Callable[[str, str], None]) -> str:
        """Have the account's owner sign in anywhere, and store it. Returns the account.

        `show` is given the address to open and the code to type there; then this waits until it is done.
        Raises SignInRefused, also when somebody else has signed in, and WireError.
        """
        cache = msal.SerializableTokenCache()
        app = self._app(cache)
        with _asking(self._settings):
            flow = app.initiate_device_flow(_scopes(self._settings))
            if "user_code" not in flow:
                raise no_token("microsoft", flow)
            show(flow["verification_uri"], flow["user_code"])
            answer = app.acquire_token_by_device_flow(flow)
            _token(answer)
            who = str(answer["id_token_claims"]["preferred_username"]).casefold()
        if who != self._account:
            raise SignInRefused(
                f"{who} has signed in, not {self._account}: nothing was stored. Sign "
                "in as that account in a private window, or name the right one as `account` in [microsoft]."
            )
        with self._file.locked():
            self._file.write({**self._for, "cache": cache.serialize()})
        return who

    def _app(self, cache: Any) -> Any:
        with _asking(self._settings):
            return msal.PublicClientApplication(token_cache=cache, **_common(self._settings, self._http))


def _common(settings: MicrosoftSettings, http: Session) -> dict[str, Any]:
    return {
        "client_id": settings.client_id,
        "authority": f"{settings.authority}/{settings.tenant}",
        "instance_discovery": False,  # it would ask Microsoft whether it knows its own names
        "http_client": http,
    }


def _host(settings: MicrosoftSettings) -> str:
    return urlsplit(settings.authority).hostname or ""


def _scopes(settings: MicrosoftSettings) -> list[str]:
    resource = NATIONAL.get(_host(settings), "https://outlook.office.com")
    return [f"{resource}/{right}" for right in RIGHTS]


@contextmanager
def _asking(settings: MicrosoftSettings) -> Iterator[None]:
    with asking(settings.authority):
        try:
            yield
        except MsalServiceError as error:
            text = f"{_host(settings)} has trouble of its own ({error}). No token; it will be tried again."
            raise WireError(text) from error
        except STRANGE as error:
            said = " ".join(str(each) for each in (error, error.__context__) if each)
            if "AADSTS" in said:
                raise no_token("microsoft", {"error": "invalid_tenant", "error_description": said}) from error
            raise WireError(
                f"{_host(settings)} gave an answer that cannot be read. It will be tried again; if it stays "
                "so, check `authority` and `tenant` in [microsoft]."
            ) from error


def _token(answer: Mapping[str, Any]) -> Token:
    if "access_token" not in answer:
        raise no_token("microsoft", answer)
    ends_at = clock.now() + timedelta(seconds=int(answer.get("expires_in", 0)))
    return Token(str(answer["access_token"]), ends_at, new=answer.get("token_source") != "cache")


_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


def _proof(secret: str) -> str | dict[str, str]:
    """A client secret, or a private key with its certificate, as msal wants them. Raises ConfigError."""
    if not secret.startswith("-----BEGIN"):
        return secret
    blocks = {found[1]: found[0] for found in _PEM.finditer(secret)}
    keys = [text for what, text in blocks.items() if what.endswith("PRIVATE KEY")]
    if len(keys) != 1 or "CERTIFICATE" not in blocks:
        raise _unusable("needs a private key and its certificate, one after the other")
    return _checked(keys[0], blocks["CERTIFICATE"])


def _checked(key: str, certificate: str) -> dict[str, str]:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    try:
        load_pem_private_key(key.encode(), None)
        found = load_pem_x509_certificate(certificate.encode())
    except (ValueError, TypeError) as error:  # TypeError: it is encrypted
        raise _unusable("cannot be read as PEM without a passphrase") from error
    if found.not_valid_after_utc < clock.now():
        raise _unusable(
            f"holds a certificate that ended on {found.not_valid_after_utc:%Y-%m-%d}: make a new one"
        )
    return {"private_key": key, "public_certificate": certificate}


def _unusable(text: str) -> ConfigError:
    return ConfigError([Problem("microsoft-secret", 0, text)])
