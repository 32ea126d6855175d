"""Where passwords and the keys of applications are looked for, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from twinpost.edges.secrets import application_secret, secret
from twinpost.edges.settings import Settings, load_settings
from twinpost.errors import ConfigError

GOOD = """\
address  = "letters@school.example"
admin    = "it@school.example"

[microsoft]
tenant = "school.example"
client_id = "1-2"

[google]

[imap]
host = "imap.school.example"

[smtp]
host = "smtp.school.example"
"""


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IMAP_PASSWORD", "SMTP_PASSWORD", "MICROSOFT_SECRET", "GOOGLE_KEY"):
        monkeypatch.delenv(f"TWINPOST_{name}", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def load(folder: Path, text: str) -> Settings:
    file = folder / "twinpost.toml"
    file.write_text(text, "utf-8")
    return load_settings(file)


SAME_USER = GOOD + 'user = "letters@school.example"\n'


def test_the_credentials_of_systemd_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(tmp_path, GOOD)
    monkeypatch.setenv("TWINPOST_IMAP_PASSWORD", "from the environment")
    assert secret(settings, "imap") == "from the environment"
    (tmp_path / "imap-password").write_text("beside the file\n")
    assert secret(settings, "imap") == "beside the file"
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "imap-password").write_text("of systemd\r\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert secret(settings, "imap") == "of systemd"


def test_a_password_keeps_its_blanks(tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text(" a b \n")
    assert secret(load(tmp_path, GOOD), "imap") == " a b "


def test_a_named_password_file_goes_before_the_one_beside(tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("beside")
    (tmp_path / "named").write_text("named")
    settings = load(tmp_path, GOOD.replace("[smtp]", 'password_file = "named"\n[smtp]'))
    assert secret(settings, "imap") == "named"


def test_the_outgoing_server_shares_the_password_of_the_same_user(tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("shared")
    settings = load(tmp_path, SAME_USER)
    assert secret(settings, "smtp") == "shared"
    (tmp_path / "smtp-password").write_text("its own")
    assert secret(settings, "smtp") == "its own"


def test_another_user_shares_nothing(tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("not for you")
    with pytest.raises(ConfigError, match=r"there is no password for \[smtp\]"):
        secret(load(tmp_path, GOOD + 'user = "other@school.example"\n'), "smtp")


def test_a_missing_password_names_every_place(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOD.replace("[smtp]", 'password_file = "named"\n[smtp]'))
    with pytest.raises(ConfigError) as caught:
        secret(settings, "imap")
    assert str(caught.value) == (
        f"{tmp_path}/twinpost.toml: there is no password for [imap]: looked in {tmp_path}/named, "
        f"{tmp_path}/imap-password and $TWINPOST_IMAP_PASSWORD"
    )


def test_an_empty_password_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("\n")
    with pytest.raises(ConfigError, match="is empty: the password belongs in its first line"):
        secret(load(tmp_path, GOOD), "imap")


def test_a_blank_credential_stands_for_a_file_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "imap-password").write_text("for both\n")
    (tmp_path / "credentials" / "smtp-password").write_text("\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert secret(load(tmp_path, SAME_USER), "smtp") == "for both"


def test_an_applications_key_is_looked_for_in_the_same_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(tmp_path, GOOD.replace("[google]", '[google]\nkey_file = "named"'))
    monkeypatch.setenv("TWINPOST_GOOGLE_KEY", "from the environment")
    assert application_secret(settings, "google") == "from the environment"
    (tmp_path / "google-key").write_text("beside the file")
    assert application_secret(settings, "google") == "beside the file"
    (tmp_path / "named").write_text("named\n")
    assert application_secret(settings, "google") == "named"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "google-key").write_text("of systemd\n")
    assert application_secret(settings, "google") == "of systemd"


def test_a_key_may_have_many_lines(tmp_path: Path) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"
    (tmp_path / "microsoft-secret").write_text(f"{pem}\n")
    assert application_secret(load(tmp_path, GOOD), "microsoft") == pem


def test_a_missing_secret_names_every_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        application_secret(load(tmp_path, GOOD), "microsoft")
    assert str(caught.value) == (
        f"{tmp_path}/twinpost.toml: there is no secret for [microsoft]: looked in "
        f"{tmp_path}/microsoft-secret and $TWINPOST_MICROSOFT_SECRET"
    )


def test_an_empty_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / "microsoft-secret").write_text("\n")
    with pytest.raises(ConfigError, match="is empty: the secret belongs in its first line"):
        application_secret(load(tmp_path, GOOD), "microsoft")
