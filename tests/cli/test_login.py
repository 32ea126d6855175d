"""`twinpost login`, as far as it goes without a provider; tests/live has the rest."""

from __future__ import annotations

import threading
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from tests.fakes.provider import Provider, accepting, consented, desktop_key, provider

from twinpost.cli import login as command
from twinpost.cli.login import login
from twinpost.errors import TwinpostError

OFFICE = """\
address = "letters@school.example"
admin = "it@school.example"
[imap]
host = "imap.school.example"
sign_in = "{imap}"
[smtp]
host = "smtp.school.example"
user = "letters@school.example"
sign_in = "{smtp}"
[ledger]
url = "sqlite:///state/twinpost.db"
[microsoft]
tenant = "school.example"
client_id = "1"
flow = "{flow}"
[google]
flow = "{flow}"
"""


def refusal(folder: Path, *words: str, imap: str, smtp: str = "password", flow: str = "delegated") -> str:
    config = folder / "twinpost.toml"
    config.write_text(OFFICE.format(imap=imap, smtp=smtp, flow=flow))
    done = CliRunner().invoke(login, [*words, "--config", str(config)])
    assert isinstance(done.exception, TwinpostError), done.output
    return str(done.exception)


def test_where_passwords_are_used_nobody_needs_to_sign_in(tmp_path: Path) -> None:
    assert "Nobody needs to sign in" in refusal(tmp_path, imap="password")


def test_where_an_application_is_let_in_nobody_needs_to_sign_in(tmp_path: Path) -> None:
    assert "Nobody needs to sign in" in refusal(tmp_path, imap="google", flow="app")
    assert "[google] does not say" in refusal(tmp_path, "--provider", "google", imap="google", flow="app")


def test_of_two_providers_one_has_to_be_named(tmp_path: Path) -> None:
    assert "--provider google" in refusal(tmp_path, imap="google", smtp="microsoft")


def test_a_missing_key_is_told_before_anybody_opens_a_browser(tmp_path: Path) -> None:
    assert "there is no key for [google]" in refusal(tmp_path, imap="google")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Provider:
    with provider() as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        yield found


def visiting(address: str, code: str) -> None:
    """A browser on this machine, in which everything is accepted."""
    threading.Thread(target=lambda: urlopen(accepting(address), timeout=10).close()).start()


def test_with_google_the_browser_comes_back_to_this_machine(
    tmp_path: Path, server: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.gives(consented())
    (tmp_path / "google-key").write_text(desktop_key(server))
    (tmp_path / "twinpost.toml").write_text(OFFICE.format(imap="google", smtp="google", flow="delegated"))
    monkeypatch.setattr(command, "_show", visiting)
    done = CliRunner().invoke(login, ["--config", str(tmp_path / "twinpost.toml")])
    assert done.exception is None, done.exception
    assert "letters@school.example has signed in" in done.stderr
    assert "refresh-1" in (tmp_path / "state" / "google-login.json").read_text()
    assert "refresh-1" not in done.output
