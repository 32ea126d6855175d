from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

SERVICE = "nobody"

AS_ROOT = """
import os, sys
from pathlib import Path
from twinpost.cli.opening import become_service_user
from twinpost.edges.secrets import application_secret, secret
from twinpost.edges.settings import load_settings

settings = load_settings(Path(sys.argv[1]))
become_service_user(settings)
print(os.geteuid(), os.getegid(), secret(settings, "imap"), secret(settings, "smtp"))
print(application_secret(settings, "microsoft"))
"""

CONFIGURATION = """
address = "letters@school.example"
admin = "it@school.example"
[imap]
host = "imap.school.example"
[smtp]
host = "smtp.school.example"
user = "other@school.example"
[ledger]
url = "sqlite:///state/twinpost.db"
"""


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration and passwords of root's, and a ledger's folder that is the service's."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    (tmp_path / "twinpost.toml").write_text(CONFIGURATION)
    for name in ("imap-password", "smtp-password", "microsoft-secret"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(f"for {name.split('-')[0]}\n")
    (tmp_path / "state").mkdir(mode=0o700)
    owner = pwd.getpwnam(SERVICE)
    os.chown(tmp_path / "state", owner.pw_uid, owner.pw_gid)
    return tmp_path


def ask(configured: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", AS_ROOT, str(configured / "twinpost.toml")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWINPOST_")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


def test_a_command_typed_by_root_becomes_the_service_and_still_knows_roots_passwords(
    configured: Path,
) -> None:
    owner = pwd.getpwnam(SERVICE)
    done = ask(configured)
    assert done.stdout == f"{owner.pw_uid} {owner.pw_gid} for imap for smtp\nfor microsoft\n", done.stderr


def test_a_password_that_the_service_needs_and_nobody_gave_is_missed_after_the_change_too(
    configured: Path,
) -> None:
    (configured / "smtp-password").unlink()
    done = ask(configured)
    assert done.returncode != 0
    assert "there is no password for [smtp]" in done.stderr
