"""The whole program without any password: a provider of tokens, Dovecot, and the daemon between them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.provider import CLIENT, TENANT, Provider, provider, signed_in, token
from tests.live import dovecot
from tests.live.dovecot import Dovecot
from tests.live.gate import Background
from tests.live.hourly import Hourly
from tests.live.place import TEACHERS, Place, a_place
from tests.live.signer import public_key, signed

pytestmark = [pytest.mark.live, pytest.mark.slow]

SECRET = "planted-secret"


@pytest.fixture(scope="module")
def store() -> Iterator[Dovecot]:
    with dovecot.running(token_key=public_key()) as server:
        yield server


@pytest.fixture
def server() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture
def place(store: Dovecot, server: Provider, tmp_path: Path) -> Iterator[Place]:
    with a_place(store, tmp_path / "office", imap={"sign_in": "microsoft"}) as found:
        (found.daemon.folder / "imap-password").unlink()
        (found.daemon.folder / "microsoft-secret").write_text(f"{SECRET}\n")
        found.daemon.environment["SSL_CERT_FILE"] = str(server.certificate)
        configure(found, server)
        yield found


def configure(place: Place, server: Provider, *more: str, **imap: Any) -> None:
    """The office's configuration, with the section that `daemon.settings` knows nothing of."""
    place.daemon.configure(place.settings(imap={"sign_in": "microsoft", **imap}))
    section = [
        "[microsoft]",
        f'tenant = "{TENANT}"',
        f'client_id = "{CLIENT}"',
        f'authority = "{server.url}"',
    ]
    with place.daemon.config.open("a") as file:
        file.write("\n".join(["", *section, *more, ""]))


def refusals(place: Place) -> int:
    """How many refused sign-ins the ledger remembers."""
    with sqlite3.connect(place.daemon.ledger) as ledger:
        (count,) = ledger.execute("SELECT count(*) FROM sign_ins").fetchone()
    return int(count)


def test_a_session_that_ends_with_its_token_goes_on_with_a_new_one_and_nobody_hears_of_it(
    place: Place, server: Provider
) -> None:
    server.gives(lambda: token(signed(place.user), expires_in=200))
    with Background() as background:
        line = Hourly(background, place.store.imap_port)
        configure(place, server, port=line.port)
        place.daemon.serve()
        place.post(1)
        place.until_told(1)
        line.hang_up()
        place.daemon.until(lambda: "signing in anew" in place.daemon.log(), "it signs in anew")
        place.post(2)
        place.until_told(2)
        place.daemon.stop()
    assert place.daemon.data("status")["mailbox_trouble"] is None
    assert "event='mailbox'" not in place.daemon.log()
    assert len(server.posted()) == 2
    assert refusals(place) == 0
    assert len(place.sink.taken()) == 2 * len(TEACHERS)
    assert SECRET not in place.daemon.log()
    assert "eyJ" not in place.daemon.log(), "no token either"


def test_an_endpoint_that_is_down_is_asked_again_soon_and_counts_as_no_refusal(
    place: Place, server: Provider
) -> None:
    server.gives((503, "away"), lambda: token(signed(place.user)))
    place.daemon.serve()
    place.post(1)
    place.until_told(1)
    assert "has trouble of its own" in place.daemon.log()
    assert refusals(place) == 0


def test_a_refusal_is_told_with_its_remedy_and_waits_for_its_minute_over_a_restart(
    place: Place, server: Provider
) -> None:
    server.gives({"error": "invalid_client", "error_codes": [7000222]})
    place.daemon.serve()
    place.daemon.until(lambda: "New client secret" in place.daemon.log(), "it says what to click")
    assert "New client secret" in place.daemon.data("status")["mailbox_trouble"]
    assert place.daemon.stop() == 0
    place.daemon.serve()
    assert place.daemon.ask("status").returncode == 0
    assert (len(server.posted()), refusals(place)) == (1, 1)


def test_the_check_has_a_line_for_the_key_and_one_for_the_token(place: Place, server: Provider) -> None:
    server.gives(lambda: token(signed(place.user)))
    found = {line["what"]: line for line in place.daemon.data("check")}
    assert list(found)[:3] == ["configuration", "microsoft key", "imap token"]
    assert all(line["good"] for line in found.values())
    server.gives({"error": "invalid_client", "error_codes": [7000215]})
    done = place.daemon.ask("check")
    assert done.returncode == 1
    assert "Value, not its ID" in done.stdout
    assert refusals(place) == 0, "whoever checks is no daemon that hammers"


def test_somebody_signs_in_once_and_the_office_opens(place: Place, server: Provider) -> None:
    configure(place, server, 'flow = "delegated"')
    (place.daemon.folder / "microsoft-secret").unlink()
    refused = place.daemon.ask("run")
    assert refused.returncode == 78
    assert "nobody has signed in" in refused.stderr
    server.gives({"error": "authorization_pending"}, signed_in("kari@fagerborg.example"))
    wrong = place.daemon.ask("login")
    assert wrong.returncode == 75
    assert f"kari@fagerborg.example has signed in, not {place.user}" in wrong.stderr
    server.gives(signed_in(place.user, signed(place.user)))
    right = place.daemon.ask("login", "--provider", "microsoft")
    assert (right.returncode, right.stdout) == (0, "")
    assert "https://login.example/device" in right.stderr
    assert "ABCD-EFGH" in right.stderr
    place.daemon.serve()
    place.post(1)
    place.until_told(1)


def test_a_new_login_ends_the_wait_after_refusals(place: Place, server: Provider) -> None:
    configure(place, server, 'flow = "delegated"')
    server.gives(signed_in(place.user, signed(place.user)))
    assert place.daemon.ask("login").returncode == 0
    server.gives({"error": "invalid_grant", "error_codes": [50173]})
    kept = place.daemon.ledger.parent / "microsoft-login.json"
    kept.write_text(kept.read_text().replace('\\"expires_on\\": \\"1', '\\"expires_on\\": \\"0'))
    place.daemon.serve()
    place.daemon.until(lambda: "new password" in place.daemon.log(), "it asks for a login")
    place.daemon.until(lambda: refusals(place) == 1, "it waits")
    place.daemon.stop()
    server.gives(signed_in(place.user, signed(place.user)))
    assert place.daemon.ask("login").returncode == 0
    assert refusals(place) == 0
    place.daemon.serve()
    place.post(1)
    place.until_told(1)
