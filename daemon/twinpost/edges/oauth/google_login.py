"""`twinpost login` with Google: consent in a browser, which hands a code back (RFC 8252, 7.3; RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from twinpost.edges.oauth.answers import no_token
from twinpost.edges.oauth.google import SCOPE, desktop_key
from twinpost.edges.oauth.http import Session, asking
from twinpost.edges.oauth.logins import LoginFile
from twinpost.errors import SignInRefused, WireError

CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"


def log_in(
    account: str,
    key: str,
    file: LoginFile,
    redirect: str,
    consent: Callable[[str], str],
    http: Session | None = None,
) -> None:
    """Have the account's owner consent in a browser, and store the login.

    `consent` is given the address to open, and returns the address below `redirect` at which the browser
    ended. Raises SignInRefused, also when somebody else has signed in, WireError and ConfigError.
    """
    app = desktop_key(key)
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    code = _code(consent(_address(app["client_id"], account, redirect, verifier, state)), state)
    data = {**app, "code": code, "code_verifier": verifier, "redirect_uri": redirect}
    answer = _exchange(http or Session(), data.pop("token_uri"), data)
    _check(answer, account)
    with file.locked():
        held = {"client_id": app["client_id"], "refresh_token": answer["refresh_token"]}
        file.write({"account": account, **held})


def _address(client_id: str, account: str, redirect: str, verifier: str, state: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": client_id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": f"{SCOPE} openid email",
        "login_hint": account,
        "access_type": "offline",  # else there is nothing to renew a token with
        "prompt": "consent",  # as above, when this account has consented before
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "state": state,
    }
    return f"{CONSENT}?{urlencode(asked)}"


def _code(ended_at: str, state: str) -> str:
    said = {name: values[0] for name, values in parse_qs(urlsplit(ended_at.strip()).query).items()}
    if said.get("state") != state:
        raise SignInRefused(
            "This is not the address at which this sign-in ended: run `twinpost login` again."
        )
    if "code" not in said:
        raise no_token("google", said)
    return said["code"]


def _exchange(http: Session, url: str, data: dict[str, str]) -> dict[str, Any]:
    with asking(url):
        answer = http.post(url, data={**data, "grant_type": "authorization_code"})
        if answer.status_code >= 500:
            answer.raise_for_status()
        said = answer.json()
    if not isinstance(said, dict) or "access_token" not in said:
        raise no_token("google", said if isinstance(said, dict) else {})
    return said


def _check(answer: dict[str, Any], account: str) -> None:
    if SCOPE not in str(answer.get("scope", "")).split() or not answer.get("refresh_token"):
        raise SignInRefused(
            "Google was not allowed to let us into the mail: run `twinpost login` again, and tick every box."
        )
    who = _who(str(answer.get("id_token", "")))
    if who != account:
        raise SignInRefused(
            f"{who or 'Somebody unknown'} has signed in, not {account}: nothing was stored. Sign in as "
            f"{account} in a private window, or name the right one as `account` in [google]."
        )


def _who(id_token: str) -> str:
    """The account in an ID token that came straight from Google (OpenID Connect Core, 3.1.3.7)."""
    try:
        _, claims, _ = id_token.split(".")
        return str(json.loads(base64.urlsafe_b64decode(claims + "==")).get("email", "")).casefold()
    except (ValueError, AttributeError) as error:
        raise WireError("Google did not say who has signed in. Run `twinpost login` again.") from error
