"""Tokens from an endpoint that plays Google's, over TLS on loopback."""

from __future__ import annotations

import json
import threading
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.fakes.provider import BOX, Provider, accepting, consented, desktop_key, provider, token

from twinpost.edges.oauth.google import SCOPE, AsAccount, AsApplication
from twinpost.edges.oauth.google_login import log_in
from twinpost.edges.oauth.logins import LoginFile
from twinpost.edges.oauth.loopback import ending
from twinpost.errors import ConfigError, SignInRefused, WireError

REDIRECT = "http://127.0.0.1:8080/"


@pytest.fixture
def server() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture
def file(tmp_path: Path) -> LoginFile:
    return LoginFile(tmp_path / "state", "google")


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def service_key(server: Provider, private_key: str, **changes: str) -> str:
    """A service account's key as Google Cloud console gives it."""
    held = {
        "type": "service_account",
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": "post@project.example",
        "client_id": "1",
        "token_uri": f"{server.url}/token",
    }
    return json.dumps(held | changes)


def application(server: Provider, key: str) -> AsApplication:
    return AsApplication(BOX, lambda: key, server.http())


def account(server: Provider, file: LoginFile) -> AsAccount:
    return AsAccount(BOX, lambda: desktop_key(server), file, server.http())


def logged_in(server: Provider, file: LoginFile) -> AsAccount:
    server.gives(consented())
    log_in(BOX, desktop_key(server), file, REDIRECT, accepting, server.http())
    return account(server, file)


# -- as a service account ------------------------------------------------------------------------


def test_a_service_account_signs_that_it_acts_for_the_mailbox(server: Provider, private_key: str) -> None:
    server.gives(token("access-1"))
    given = application(server, service_key(server, private_key)).issue()
    assert (given.value, given.new) == ("access-1", True)
    (asked,) = server.posted()
    claims = jwt.decode(asked["assertion"], options={"verify_signature": False})
    assert (claims["iss"], claims["sub"], claims["scope"]) == ("post@project.example", BOX, SCOPE)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {
                "error": "unauthorized_client",
                "error_description": "Client is unauthorized to retrieve access tokens using this method, or "
                "client not authorized for any of the scopes requested.",
            },
            "domain-wide delegation",
        ),
        ({"error": "invalid_grant", "error_description": "Invalid email or User ID"}, "Correct `user`"),
    ],
)
def test_a_service_account_that_is_refused_is_told_what_to_click(
    server: Provider, private_key: str, answer: dict[str, str], said: str
) -> None:
    server.gives(answer)
    with pytest.raises(SignInRefused, match=said):
        application(server, service_key(server, private_key)).issue()


@pytest.mark.parametrize(
    "key", ["", "no JSON", "[]", '{"installed": {"client_id": "1"}}', '{"type": "service_account"}']
)
def test_a_file_that_is_no_key_of_a_service_account_is_told(server: Provider, key: str) -> None:
    with pytest.raises(ConfigError, match="no key of a service account"):
        application(server, key).issue()


def test_a_broken_private_key_is_told_without_quoting_it(server: Provider, private_key: str) -> None:
    broken = private_key.replace("MII", "MMM")
    with pytest.raises(ConfigError, match="private_key") as caught:
        application(server, service_key(server, broken)).issue()
    assert broken[50:80] not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("answer", [(404, "oops"), (200, "<html>"), (200, "[]"), (302, "")], ids=str)
def test_an_answer_that_is_none_is_asked_for_again(
    server: Provider, private_key: str, answer: tuple[int, str]
) -> None:
    server.gives(answer)
    with pytest.raises(WireError, match="tried again") as caught:
        application(server, service_key(server, private_key)).issue()
    assert not isinstance(caught.value, SignInRefused)


@pytest.mark.slow
def test_an_endpoint_in_trouble_is_asked_again(server: Provider, private_key: str) -> None:
    server.gives((503, {"error": "temporarily_unavailable"}))
    with pytest.raises(WireError, match="tried again") as caught:
        application(server, service_key(server, private_key)).issue()
    assert not isinstance(caught.value, SignInRefused)


def test_an_endpoint_where_nothing_listens_is_named(server: Provider, private_key: str) -> None:
    key = service_key(server, private_key)
    server.close()
    with pytest.raises(WireError, match=r"localhost:\d+ cannot be reached"):
        application(server, key).issue()


# -- as a person ---------------------------------------------------------------------------------


def test_a_login_is_kept_and_gives_tokens_from_then_on(server: Provider, file: LoginFile) -> None:
    asking = logged_in(server, file)
    asked = server.posted()[-1]
    assert (asked["grant_type"], asked["code"], asked["redirect_uri"]) == (
        "authorization_code",
        "code-1",
        REDIRECT,
    )
    assert len(asked["code_verifier"]) >= 43
    server.gives(token("access-2"))
    first = asking.issue()
    assert (first.value, first.new) == ("access-2", True)
    assert server.posted()[-1]["refresh_token"] == "refresh-1"
    again = account(server, file).issue()
    assert (again.value, again.new) == ("access-2", False)
    server.gives(token("access-3"))
    assert account(server, file).issue("access-2").value == "access-3"


def test_the_page_that_is_opened_asks_for_mail_and_for_this_account(
    server: Provider, file: LoginFile
) -> None:
    opened: list[str] = []

    def looking(address: str) -> str:
        opened.append(address)
        return accepting(address)

    server.gives(consented())
    log_in(BOX, desktop_key(server), file, REDIRECT, looking, server.http())
    asked = parse_qs(urlsplit(opened[0]).query)
    assert asked["scope"] == [f"{SCOPE} openid email"]
    assert (asked["login_hint"], asked["access_type"], asked["prompt"]) == ([BOX], ["offline"], ["consent"])
    assert asked["code_challenge_method"] == ["S256"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (consented("kari@fagerborg.example"), r"kari@fagerborg\.example has signed in, not letters@"),
        (consented(scope="openid email"), "tick every box"),
        ({"error": "invalid_client"}, "download it anew"),
        ({"error": "redirect_uri_mismatch"}, "Desktop app"),
    ],
)
def test_a_login_that_comes_to_nothing_says_why_and_stores_nothing(
    server: Provider, file: LoginFile, answer: dict[str, object], said: str
) -> None:
    server.gives(answer)
    with pytest.raises(SignInRefused, match=said):
        log_in(BOX, desktop_key(server), file, REDIRECT, accepting, server.http())
    assert not file.path.exists()


@pytest.mark.parametrize(
    ("ending_at", "said"),
    [
        (lambda address: accepting(address).replace("code=code-1", "error=access_denied"), "not granted"),
        (lambda address: accepting(address).replace("state=", "state=x"), "not the address"),
        (lambda address: "http://127.0.0.1/", "not the address"),
    ],
)
def test_a_browser_that_comes_back_without_a_code_stores_nothing(
    server: Provider, file: LoginFile, ending_at: Callable[[str], str], said: str
) -> None:
    with pytest.raises(SignInRefused, match=said):
        log_in(BOX, desktop_key(server), file, REDIRECT, ending_at, server.http())
    assert server.asked == []


def test_a_login_that_was_withdrawn_asks_for_another(server: Provider, file: LoginFile) -> None:
    asking = logged_in(server, file)
    server.gives({"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
    with pytest.raises(SignInRefused, match="`twinpost login`") as caught:
        asking.issue()
    said = "".join(traceback.format_exception(caught.value))
    assert [word for word in ("planted-secret", "refresh-1") if word in said] == []


def test_without_a_login_the_remedy_is_named_and_nobody_is_asked(server: Provider, file: LoginFile) -> None:
    with pytest.raises(ConfigError, match="run `twinpost login`"):
        account(server, file).issue()
    assert server.asked == []


# -- the page of ours ----------------------------------------------------------------------------


def test_the_browser_is_thanked_and_what_it_brings_is_taken() -> None:
    with ending() as end:
        visits = threading.Thread(target=_visit, args=(end.address,))
        visits.start()
        found = end.wait(20)
        visits.join(10)
    assert found == f"{end.address}?state=s&code=c"


def _visit(address: str) -> None:
    for path in ("favicon.ico", "?state=s&code=c"):
        with urllib.request.urlopen(address + path, timeout=10) as page:
            assert b"close this page" in page.read()


def test_nobody_is_waited_for_without_end() -> None:
    with ending() as end, pytest.raises(SignInRefused, match="Nobody has signed in"):
        end.wait(0.05)
    with pytest.raises(URLError):
        urllib.request.urlopen(end.address, timeout=5)
