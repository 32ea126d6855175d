"""`twinpost explain` as an admin reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.office import EXCHANGE

from twinpost.cli.main import cli

pytestmark = pytest.mark.slow  # each opens a ledger and reads all words

SENDERS = Path(__file__).parents[1] / "mails" / "senders"


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    file = tmp_path / "oslo-lyon.yaml"
    file.write_text(EXCHANGE, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ("own-rspamd-in-one-header", "kari@fagerborg.example: not proven"),
        ("own-two-senders", "kari@fagerborg.example: refuted"),
    ],
)
def test_it_says_whether_the_sender_is_proven_and_why(exchange: Path, mail: str, said: str) -> None:
    done = CliRunner().invoke(cli, ["explain", "--exchange", str(exchange), str(SENDERS / f"{mail}.eml")])
    assert done.exit_code == 0, done.output
    assert said in done.output
    assert "No authserv_id is configured" in done.output or "read in two ways" in done.output


def test_its_json_has_the_proof_beside_the_sender(exchange: Path) -> None:
    mail = SENDERS / "own-rspamd-in-one-header.eml"
    done = CliRunner().invoke(cli, ["explain", "--json", "--exchange", str(exchange), str(mail)])
    sender = json.loads(done.stdout)["sender"]
    assert sender["proven"] is None
    assert sender["proof"] == "No authserv_id is configured, so nobody vouches for the sender."


def test_a_folder_without_mails_is_told(exchange: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["explain", "--exchange", str(exchange), str(tmp_path)])
    assert f"There is no .eml file in {tmp_path}." in done.stderr
