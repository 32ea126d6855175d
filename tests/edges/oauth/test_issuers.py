"""Who gives the tokens, as the configuration says it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.provider import accepting, consented, desktop_key, provider, token

from twinpost.edges.oauth.google import AsAccount as GoogleAccount
from twinpost.edges.oauth.google import AsApplication as GoogleApplication
from twinpost.edges.oauth.issuers import is_delegated, issuer, log_in, login_of, providers
from twinpost.edges.oauth.microsoft import AsAccount as MicrosoftAccount
from twinpost.edges.oauth.microsoft import AsApplication as MicrosoftApplication
from twinpost.edges.settings import Settings, read_settings

BOX = "letters@school.example"
MICROSOFT = {"tenant": "school.example", "client_id": "1-2"}


def configured(folder: Path, imap: str, smtp: str = "password", **sections: Any) -> Settings:
    data = {
        "address": BOX,
        "admin": "it@school.example",
        "imap": {"host": "imap.school.example", "sign_in": imap},
        "smtp": {"host": "smtp.school.example", "user": "Post@School.example", "sign_in": smtp},
        "ledger": {"url": "sqlite:///state/twinpost.db"},
        **sections,
    }
    return read_settings(data, folder / "twinpost.toml")


@pytest.mark.parametrize(
    ("provider", "section", "kind"),
    [
        ("microsoft", MICROSOFT, MicrosoftApplication),
        ("microsoft", MICROSOFT | {"flow": "delegated"}, MicrosoftAccount),
        ("google", {}, GoogleApplication),
        ("google", {"flow": "delegated"}, GoogleAccount),
    ],
)
def test_the_flow_decides_whether_an_application_or_a_person_is_let_in(
    tmp_path: Path, provider: Any, section: dict[str, str], kind: type
) -> None:
    settings = configured(tmp_path, provider, **{provider: section})
    assert type(issuer(settings, "imap")) is kind
    assert is_delegated(settings, provider) == (section.get("flow") == "delegated")
    assert providers(settings) == [provider]


def test_with_passwords_there_is_no_provider(tmp_path: Path) -> None:
    settings = configured(tmp_path, "password")
    assert providers(settings) == []
    assert not is_delegated(settings, "microsoft")


def test_two_servers_may_have_two_providers(tmp_path: Path) -> None:
    settings = configured(tmp_path, "google", "microsoft", microsoft=MICROSOFT, google={})
    assert providers(settings) == ["microsoft", "google"]
    assert type(issuer(settings, "smtp")) is MicrosoftApplication


def test_who_signs_in_is_the_mailbox_unless_another_account_is_named(tmp_path: Path) -> None:
    section = MICROSOFT | {"flow": "delegated"}
    account, file = login_of(configured(tmp_path, "microsoft", microsoft=section), "microsoft")
    assert (account, file.path) == (BOX, tmp_path / "state" / "microsoft-login.json")
    section["account"] = "Kari@fagerborg.example"
    assert login_of(configured(tmp_path, "microsoft", microsoft=section), "microsoft")[0] == (
        "kari@fagerborg.example"
    )
    sending = configured(tmp_path, "password", "google", google={"flow": "delegated"})
    assert login_of(sending, "google")[0] == "post@school.example"


def test_where_the_browser_is_on_another_machine_the_address_at_its_end_is_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    with provider() as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        server.gives(consented())
        (tmp_path / "google-key").write_text(desktop_key(server))
        settings = configured(tmp_path, "google", google={"flow": "delegated"})
        log_in(settings, "google", lambda address, code: opened.append(address), lambda: accepting(opened[0]))
        server.gives(token("access-2"))
        assert issuer(settings, "imap").issue().value == "access-2"


OFFICE = """\
address = "letters@school.example"
admin = "it@school.example"
[imap]
host = "127.0.0.1"
port = 1
security = "none"
sign_in = "{provider}"
[smtp]
host = "127.0.0.1"
port = 1
security = "none"
[ledger]
url = "sqlite:///twinpost.db"
[{provider}]
"""

WITHOUT = """
import sys
from pathlib import Path
sys.modules["{library}"] = None
from twinpost.cli.main import main
sys.argv = ["twinpost", "check", "--config", "{config}"]
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("provider", "library"), [("microsoft", "msal"), ("google", "google.auth")])
def test_an_extra_that_is_not_installed_is_named(tmp_path: Path, provider: str, library: str) -> None:
    section = {"microsoft": 'tenant = "school.example"\nclient_id = "1"\n', "google": ""}[provider]
    config = tmp_path / "twinpost.toml"
    config.write_text(OFFICE.format(provider=provider) + section)
    script = WITHOUT.format(library=library, config=config)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"needs {library}, which is not installed" in done.stdout
    assert "pip install '.[oauth]'" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_passwords_need_none_of_the_libraries() -> None:
    modules = "wiring, twinpost.service, twinpost.cli.run, twinpost.cli.check, twinpost.cli.login"
    script = (
        f"import sys, twinpost.{modules}; "
        "print([name for name in ('msal', 'google.auth', 'requests', 'jwt', 'cryptography') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
