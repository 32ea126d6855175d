"""The unit of systemd: well formed, tight, and not too tight for the program."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.live.needs import need
from tests.office import EXCHANGE

from twinpost.edges.shipped import shipped

pytestmark = pytest.mark.live

UNIT = shipped("systemd") / "twinpost.service"
SANDBOX = Path(__file__).with_name("sandbox.py")
PROGRAM = Path(sys.executable).with_name("twinpost")
CANNOT = 77
EXPOSURE = 1.5
"""The most that `systemd-analyze security` may say: 0 is a locked box, 10 an ordinary service."""

FORBIDDEN = """
import mmap, os
for attempt in (lambda: os.nice(1), lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)):
    try:
        attempt()
    except PermissionError:
        continue
    raise SystemExit("nothing held it back")
"""


@pytest.fixture
def analyze(tmp_path: Path) -> tuple[str, Path]:
    """systemd-analyze, and the unit with a program that is there."""
    program = shutil.which("systemd-analyze")
    if program is None:
        need("systemd-analyze is not on this machine")
    assert program is not None
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/twinpost/bin/twinpost", str(PROGRAM)))
    return program, unit


def in_sandbox(*command: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(SANDBOX), str(UNIT), *map(str, command)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=110)
    if done.returncode == CANNOT:
        pytest.skip(f"this machine cannot make the sandbox: {done.stderr}")
    return done


def test_systemd_finds_nothing_wrong_with_the_unit(analyze: tuple[str, Path]) -> None:
    program, unit = analyze
    done = subprocess.run(
        [program, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_exposes_little(analyze: tuple[str, Path]) -> None:
    program, unit = analyze
    done = subprocess.run(
        [program, "--no-pager", "security", "--offline=true", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    score = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert score, done.stdout + done.stderr
    assert float(score[1]) <= EXPOSURE


def test_the_sandbox_holds_back_what_it_should() -> None:
    done = in_sandbox(sys.executable, "-c", FORBIDDEN)
    assert done.returncode == 0, done.stderr


SIGNED = """
import time, msal, google.oauth2.service_account, jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from twinpost.edges.oauth.http import Session
key = rsa.generate_private_key(65537, 2048)
assert jwt.decode(jwt.encode({"exp": time.time() + 60}, key, "RS256"), key.public_key(), ["RS256"])
Session()
"""


def test_tokens_can_be_asked_for_within_the_sandbox() -> None:
    done = in_sandbox(sys.executable, "-c", SIGNED)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_large_letter_is_read_in_its_own_process_within_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "oslo-lyon.yaml").write_text(EXCHANGE)
    (tmp_path / "large.eml").write_bytes(a_large_letter())
    done = in_sandbox(
        PROGRAM, "explain", "--json", "--exchange", tmp_path / "oslo-lyon.yaml", tmp_path / "large.eml"
    )
    assert done.returncode == 0, done.stderr
    explained = json.loads(done.stdout)
    assert (explained["kind"], explained["letter"]["numbers"]) == ("letter", [1])
    # Where the process may not live, only the header is read and no file found; where it may not begin, the
    # log says so.
    assert "no-files" not in [finding["code"] for finding in explained["findings"]]
    assert done.stderr == ""


def a_large_letter() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Kari Nordmann <kari@fagerborg.example>", "luc@ecole-lyon.example"
    mail["Cc"], mail["Subject"] = "letters@school.example", "Letter 1 from 7B Oslo to CM2 Lyon"
    mail["Message-ID"], mail["Date"] = "<large@fagerborg.example>", "Mon, 5 Oct 2026 09:00:00 +0200"
    mail.set_content("Here they are.")
    mail.add_attachment(b"\xff\xd8\xff\xe0" + bytes(3_000_000), "image", "jpeg", filename="Ana.jpg")
    return mail.as_bytes()


@pytest.mark.slow
def test_a_whole_exchange_is_played_within_the_sandbox(tmp_path: Path) -> None:
    done = in_sandbox(PROGRAM, "demo", "--fast", "--dir", tmp_path / "demo")
    assert done.returncode == 0, done.stdout + done.stderr
