"""Tokens from an endpoint that plays Microsoft's, over TLS on loopback."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.fakes.provider import BOX, CLIENT, Provider, provider, signed_in, token

from twinpost.edges.oauth import http
from twinpost.edges.oauth.http import Session
from twinpost.edges.oauth.logins import LoginFile
from twinpost.edges.oauth.microsoft import AsAccount, AsApplication
from twinpost.errors import ConfigError, SignInRefused, WireError

pytestmark = pytest.mark.slow

SECRET = "planted~secret"


@pytest.fixture
def server() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture
def file(tmp_path: Path) -> LoginFile:
    return LoginFile(tmp_path / "state", "microsoft")


def application(server: Provider, secret: str = SECRET) -> AsApplication:
    return AsApplication(server.microsoft(), lambda: secret, server.http())


def account(server: Provider, file: LoginFile, who: str = BOX) -> AsAccount:
    return AsAccount(server.microsoft(flow="delegated"), who, file, server.http())


def shown(address: str, code: str) -> None:
    assert (address, code) == ("https://login.example/device", "ABCD-EFGH")


def logged_in(server: Provider, file: LoginFile) -> AsAccount:
    server.gives(signed_in())
    found = account(server, file)
    found.log_in(shown)
    return found


# -- as an application ---------------------------------------------------------------------------


def test_an_application_shows_its_secret_and_asks_for_what_it_was_allowed(server: Provider) -> None:
    server.gives(token("access-1"))
    given = application(server).issue()
    assert (given.value, given.new) == ("access-1", True)
    (asked,) = server.posted()
    assert asked["grant_type"] == "client_credentials"
    assert (asked["client_id"], asked["client_secret"]) == (CLIENT, SECRET)
    assert asked["scope"] == "https://outlook.office365.com/.default"


def test_every_token_is_a_new_one(server: Provider) -> None:
    server.gives(token("access-1"), token("access-2"))
    asking = application(server)
    assert [asking.issue().value for _ in range(2)] == ["access-1", "access-2"]


def test_a_certificate_proves_the_application_without_showing_its_key(
    server: Provider, rsa_certificate: str
) -> None:
    server.gives(token())
    application(server, rsa_certificate).issue()
    (asked,) = server.posted()
    claims = jwt.decode(asked["client_assertion"], options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == (CLIENT, f"{server.url}/school.example/oauth2/v2.0/token")
    assert "client_secret" not in asked


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pem: pem[: pem.index("-----BEGIN CERT")], "needs a private key and its certificate"),
        (lambda pem: pem.replace("MII", "MMM"), "cannot be read as PEM without a passphrase"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_without_quoting_it(
    server: Provider, rsa_certificate: str, change: object, said: str
) -> None:
    assert callable(change)
    with pytest.raises(ConfigError, match=said) as caught:
        application(server, change(rsa_certificate)).issue()
    assert "BEGIN" not in str(caught.value)
    assert server.asked == []


# -- trouble that passes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        (500, "oops"),
        (503, '{"error": "temporarily_unavailable"}'),
        (200, "<html>a proxy's page"),
        (200, "[]"),
        (302, ""),
        (429, '{"error": "temporarily_unavailable", "error_description": "slow down"}'),
        {"error": "invalid_grant", "error_codes": [90033], "error_description": "AADSTS90033: transient"},
    ],
    ids=str,
)
@pytest.mark.parametrize("word", ["token", "openid-configuration"])
def test_an_endpoint_in_trouble_is_asked_again_and_has_refused_nothing(
    server: Provider, answer: object, word: str
) -> None:
    server.gives(token())
    server.gives(answer, to=word)  # type: ignore[arg-type]
    with pytest.raises(WireError, match="tried again") as caught:
        application(server).issue()
    assert not isinstance(caught.value, SignInRefused)


def test_an_endpoint_that_is_slow_is_given_up_in_time(
    server: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", (5.0, 0.1))
    server.delay = 1.0
    with pytest.raises(WireError, match="gave no answer in time") as caught:
        application(server).issue()
    assert not isinstance(caught.value, SignInRefused)


def test_an_endpoint_where_nothing_listens_is_named(server: Provider) -> None:
    server.close()
    with pytest.raises(WireError, match=r"localhost:\d+ cannot be reached"):
        application(server).issue()


def test_a_certificate_that_nobody_vouches_for_gets_no_secret(server: Provider) -> None:
    asking = AsApplication(server.microsoft(), lambda: SECRET, Session())
    with pytest.raises(WireError, match="does not trust"):
        asking.issue()
    assert server.asked == []


# -- refusals ------------------------------------------------------------------------------------


def test_an_unknown_organisation_is_told_before_any_secret_is_shown(server: Provider) -> None:
    said = (
        "AADSTS90002: Tenant 'school.example' not found. Check to make sure you have the correct tenant ID."
    )
    server.gives({"error": "invalid_tenant", "error_description": said}, to="openid-configuration")
    with pytest.raises(SignInRefused, match="There is no such organisation"):
        application(server).issue()
    assert server.asked == []


def test_nothing_secret_is_in_an_error_or_a_log(
    server: Provider, caplog: pytest.LogCaptureFixture, file: LoginFile
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for answer in (
        {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."},
        (500, "oops"),
        (200, "<html>"),
    ):
        server.gives(answer)  # type: ignore[arg-type]
        with pytest.raises(WireError) as caught:
            application(server).issue()
        said += traceback.format_exception(caught.value)
    server.gives(signed_in(value="planted-access"))
    asking = account(server, file)
    asking.log_in(shown)
    kept = asking.issue().value
    server.gives((200, "planted-garbage"))
    with pytest.raises(WireError) as caught:
        asking.issue(kept)
    said += traceback.format_exception(caught.value)
    texts = "".join(said) + caplog.text
    assert [word for word in (SECRET, "planted", "refresh-1", "device-1") if word in texts] == []


# -- as a person ---------------------------------------------------------------------------------


def test_a_login_is_kept_and_gives_tokens_from_then_on(server: Provider, file: LoginFile) -> None:
    asking = logged_in(server, file)
    first = asking.issue()
    assert (first.value, first.new) == ("access-1", False)
    server.gives(signed_in(value="access-2"))
    second = account(server, file).issue("access-1")
    assert (second.value, second.new) == ("access-2", True)
    asked = server.posted()[-1]
    assert (asked["grant_type"], asked["refresh_token"]) == ("refresh_token", "refresh-1")
    assert account(server, file).issue().value == "access-2"


def test_the_rights_asked_for_are_those_of_a_mail_program(server: Provider, file: LoginFile) -> None:
    logged_in(server, file)
    asked = next(fields for word, fields in server.asked if word == "devicecode")
    assert set(asked["scope"].split()) == {
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
        "openid",
        "profile",
    }


def test_a_token_that_is_nearly_over_is_renewed_by_itself(server: Provider, file: LoginFile) -> None:
    server.gives(signed_in(expires_in=60))
    asking = account(server, file)
    asking.log_in(shown)
    server.gives(signed_in(value="access-2"))
    assert asking.issue().value == "access-2"


def test_the_code_may_be_typed_late(server: Provider, file: LoginFile) -> None:
    pending = {"error": "authorization_pending"}
    server.gives(pending, pending, pending, signed_in())
    assert account(server, file).log_in(shown) == BOX


@pytest.mark.slow
def test_the_endpoint_may_ask_for_patience(server: Provider, file: LoginFile) -> None:
    server.gives({"error": "slow_down"}, signed_in())
    assert account(server, file).log_in(shown) == BOX


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "authorization_declined"}, "declined at the screen"),
        ({"error": "expired_token", "error_codes": [70020]}, "not typed in time"),
        ({"error": "invalid_grant", "error_codes": [53003]}, "Conditional Access"),
    ],
)
def test_a_login_that_comes_to_nothing_says_why_and_stores_nothing(
    server: Provider, file: LoginFile, answer: dict[str, object], said: str
) -> None:
    server.gives(answer)
    with pytest.raises(SignInRefused, match=said):
        account(server, file).log_in(shown)
    assert not file.path.exists()


def test_an_application_that_may_not_be_used_at_a_screen_is_told_before_a_code(
    server: Provider, file: LoginFile
) -> None:
    server.gives({"error": "unauthorized_client", "error_codes": [700016]}, to="devicecode")
    with pytest.raises(SignInRefused, match="no such application"):
        account(server, file).log_in(shown)


def test_somebody_else_is_not_let_in(server: Provider, file: LoginFile) -> None:
    server.gives(signed_in("kari@fagerborg.example"))
    with pytest.raises(SignInRefused, match=r"kari@fagerborg\.example has signed in, not letters@"):
        account(server, file).log_in(shown)
    assert not file.path.exists()


def test_without_a_login_the_remedy_is_named_and_nobody_is_asked(server: Provider, file: LoginFile) -> None:
    with pytest.raises(ConfigError, match=r"nobody has signed in with microsoft.*`twinpost login`"):
        account(server, file).issue()
    assert server.asked == []


@pytest.mark.parametrize("who", ["other@school.example", BOX.upper()])
def test_a_login_of_another_account_is_none(server: Provider, file: LoginFile, who: str) -> None:
    logged_in(server, file)
    with pytest.raises(ConfigError, match="nobody has signed in"):
        account(server, file, who).issue()


@pytest.mark.parametrize(
    ("number", "said"), [(70043, "sign-in frequency"), (700082, "90 days"), (50173, "new pa")]
)
def test_a_login_that_has_ended_asks_for_another(
    server: Provider, file: LoginFile, number: int, said: str
) -> None:
    asking = logged_in(server, file)
    server.gives(
        {"error": "invalid_grant", "error_codes": [number], "error_description": f"AADSTS{number}: x"}
    )
    with pytest.raises(SignInRefused, match=f"{said}.*twinpost login"):
        asking.issue("access-1")


@pytest.mark.slow
def test_two_at_once_ask_one_after_the_other_and_the_second_takes_what_the_first_got(
    server: Provider, file: LoginFile
) -> None:
    logged_in(server, file)
    server.asked.clear()
    server.delay = 0.05
    server.gives(signed_in(value="access-2"), signed_in(value="access-3"))
    given: list[str] = []
    threads = [
        Thread(target=lambda: given.append(account(server, file).issue("access-1").value)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert given == ["access-2"] * 3
    assert len(server.posted()) == 1


def test_what_is_stored_names_its_account(server: Provider, file: LoginFile) -> None:
    logged_in(server, file)
    held = json.loads(file.path.read_text("utf-8"))
    assert (held["account"], held["client_id"]) == (BOX, CLIENT)


@pytest.fixture(scope="module")
def rsa_certificate() -> str:
    """A private key and its certificate, in one text."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "twinpost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = builder.not_valid_before(now).not_valid_after(now + timedelta(days=2)).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (private + signed.public_bytes(Encoding.PEM)).decode()
