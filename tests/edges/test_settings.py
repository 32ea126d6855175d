from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from twinpost.edges.applications import GoogleSettings, MicrosoftSettings
from twinpost.edges.settings import Folders, Settings, find_config, load_settings
from twinpost.errors import ConfigError

GOOD = """\
address  = "letters@school.example"
name     = "Letters between schools"
admin    = "it@school.example"
language = "en"
timezone = "Europe/Oslo"

[imap]
host = "imap.school.example"
security = "tls"

[smtp]
host = "smtp.school.example"
"""


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def load(folder: Path, text: str) -> Settings:
    file = folder / "twinpost.toml"
    file.write_text(text, "utf-8")
    return load_settings(file)


def problems(folder: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [(problem.line, problem.text) for problem in caught.value.problems]


def test_what_the_file_leaves_out_has_a_default(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOD)
    assert (settings.imap.port, settings.smtp.port) == (993, 587)
    assert settings.imap.user == "letters@school.example"
    assert settings.smtp.user == ""
    assert (settings.imap.junk, settings.imap.folders, settings.imap.poll_seconds) == ("auto", None, 60)
    assert settings.ledger.url == "sqlite:////var/lib/twinpost/twinpost.db"
    assert str(settings.ledger.originals) == "/var/lib/twinpost/originals"
    assert (settings.limits.answers_per_hour, settings.limits.answers_per_day) == (5, 20)
    assert settings.exchanges is None
    assert not settings.start.live


def test_paths_are_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "sub" / "rules").mkdir(parents=True)
    text = GOOD.replace("\n[imap]", 'rules = "rules"\n[imap]').replace(
        "[smtp]", 'password_file = "pw"\n[smtp]'
    )
    settings = load(tmp_path / "sub", f'{text}[ledger]\nurl = "sqlite:///a.db"\n')
    assert settings.rules == tmp_path / "sub" / "rules"
    assert settings.imap.password_file == tmp_path / "sub" / "pw"
    assert settings.ledger.url == f"sqlite:///{tmp_path}/sub/a.db"
    assert settings.ledger.originals == tmp_path / "sub" / "originals"


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        GOOD.replace(
            'security = "tls"', 'security = "starttls"\njunk = false\nfolders = {done = "twinpost/Done"}'
        )
        + "[start]\nanswer_mail_since = 2026-09-01\nlive = true\n"
        '[trust]\nprovider = "microsoft"\n'
        "[limits]\nreceipt_quiet_minutes = 0.5\n"
        "[privacy]\nkeep_originals_days = 30\npurge_mailbox = true\n",
    )
    assert (settings.imap.port, settings.imap.junk) == (143, "")
    assert settings.imap.folders == Folders(done="twinpost/Done")
    assert settings.start.answer_mail_since == date(2026, 9, 1)
    assert settings.start.live
    assert settings.trust.provider == "microsoft"
    assert settings.limits.receipt_quiet_minutes == 0.5
    assert settings.privacy.purge_mailbox


def test_the_sections_of_the_providers(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        GOOD.replace('security = "tls"', 'sign_in = "microsoft"')
        + 'user = "post@school.example"\nsign_in = "google"\n'
        '[microsoft]\ntenant = "School.example"\nclient_id = "1-2"\nsecret_file = "pem"\n'
        'flow = "delegated"\naccount = "Kari@Fagerborg.example"\nauthority = "https://login.microsoftonline.us/"\n'
        "[google]\n",
    )
    assert settings.microsoft == MicrosoftSettings(
        tenant="School.example",
        client_id="1-2",
        flow="delegated",
        account="kari@fagerborg.example",
        secret_file=tmp_path / "pem",
        authority="https://login.microsoftonline.us",
    )
    assert settings.google == GoogleSettings()
    assert load(tmp_path, GOOD).microsoft is None


WRONG: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("wrong_settings.yaml"))


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["says"][:60])
def test_what_is_wrong_is_told_in_one_sentence_with_its_line(case: dict[str, Any], tmp_path: Path) -> None:
    assert case["stands"] in GOOD
    says = case["says"].replace("{folder}", str(tmp_path))
    assert problems(tmp_path, GOOD.replace(case["stands"], case["instead"], 1)) == [(case["line"], says)]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD.replace("[imap]", "[imapp]").replace('"en"', '"xx"')) == [
        (1, "`imap.host` is missing: the incoming server, such as imap.school.example"),
        (4, '`language` must be a language code such as en, nb or fr, not "xx"'),
        (7, "unknown key `imapp` (did you mean `imap`?)"),
    ]


def test_no_problem_repeats_a_password(tmp_path: Path) -> None:
    text = GOOD + 'password = "hunter2"\n[ledger]\nurl = "postgresql+psycopg://u:hunter2@h/n"\n'
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert len(caught.value.problems) == 2
    assert "hunter2" not in str(caught.value)


def test_security_none_is_for_this_machine_only(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8"):
        text = GOOD.replace("imap.school.example", host).replace('"tls"', '"none"')
        assert load(tmp_path, text).imap.port == 143


def test_addresses_are_compared_without_case(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD.replace("it@school.example", "IT@School.Example")).admin == "it@school.example"


# -- where the file lies -------------------------------------------------------------------------


def test_the_option_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINPOST_CONFIG", "/env.toml")
    assert find_config(Path("/option.toml")) == Path("/option.toml")
    assert find_config(None) == Path("/env.toml")


def test_without_any_the_file_here_is_taken(tmp_path: Path) -> None:
    (tmp_path / "twinpost.toml").touch()
    assert find_config(None) == Path("twinpost.toml")


def test_when_none_is_found_every_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find_config(None)
    assert str(caught.value) == (
        "twinpost.toml: no configuration was found: --config and $TWINPOST_CONFIG are not given, and there "
        f"is no /etc/twinpost/twinpost.toml and no {tmp_path}/twinpost.toml. `twinpost init DIR` writes one"
    )


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file: check the name, or make the file"):
        load_settings(tmp_path / "no.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="this is a folder: name a file in it"):
        load_settings(tmp_path)


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "twinpost.toml").write_bytes(GOOD.replace("between", "entré").encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / "twinpost.toml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.text) == (
        2,
        "this is not UTF-8: save the file again as UTF-8 in your editor",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "twinpost.toml").touch(mode=0)
    with pytest.raises(ConfigError, match="may not be read by this user: check its owner and mode"):
        load_settings(tmp_path / "twinpost.toml")


def test_reading_the_configuration_does_not_import_the_database() -> None:
    script = (
        "import sys, twinpost.edges.settings as s; "
        "s.read_settings({'address': 'a@b.example', 'admin': 'c@b.example', "
        "'imap': {'host': 'h'}, 'smtp': {'host': 'h'}}, s.Path('x')); "
        "print([name for name in ('sqlalchemy', 'pydantic', 'ruamel.yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
