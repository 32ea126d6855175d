"""What the admin types before the first mail leaves: apply, status, log, welcome, go-live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tests.admins import sits_down
from tests.office import BOX, KARI, LUC, OLENA, PDF, WITH_KYIV, Office, an_office

from twinpost.cli.exchange import exchange
from twinpost.cli.go_live import go_live
from twinpost.cli.log import log
from twinpost.cli.output import Exit
from twinpost.cli.status import status
from twinpost.core.deciding.gate import BEFORE_GO_LIVE
from twinpost.edges import clock
from twinpost.ledger.outbox import State

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
SINCE = "[start]\nanswer_mail_since = 2026-10-01\n"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office that is not live, whose configuration the commands find."""
    (tmp_path / "kyiv.yaml").write_text(WITH_KYIV, "utf-8")
    with an_office(tmp_path, live=False) as office:
        sits_down(office, monkeypatch)
        yield office


def run(command: click.Command, *arguments: str) -> Result:
    done = CliRunner().invoke(command, list(arguments), standalone_mode=False)
    assert done.exception is None, done.exception
    return done


def a_letter(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])


# -- go-live -------------------------------------------------------------------------------------


def test_go_live_shows_what_waits_under_exchange_and_person(office: Office) -> None:
    a_letter(office)
    shown = run(go_live, "--dry-run")
    assert shown.return_value == Exit.DONE
    assert shown.stdout.startswith(
        "oslo-lyon\n"
        f"  Kari Nordmann <{KARI}>: 1 mail: 1 will stay\n"
        "    stays  Letter 1 from 7B Oslo has arrived, to mail of Thu 08 Oct 2026 07:15\n"
        f"           {BEFORE_GO_LIVE}\n"
    )
    assert shown.stdout.endswith("In all 3 mails: 3 will stay.\n")
    assert "answer_mail_since changes that" in shown.stderr
    assert len(office.outbox(State.HELD)) == 3


def test_without_a_yes_nothing_goes_live(office: Office) -> None:
    a_letter(office)
    assert run(go_live).return_value == Exit.PROBLEMS
    assert len(office.outbox(State.HELD)) == 3


def test_go_live_sends_what_is_to_be_answered_and_tells_it_as_data(office: Office) -> None:
    with (office.folder / "twinpost.toml").open("a") as config:
        config.write(SINCE)
    a_letter(office)
    told = json.loads(run(go_live, "--yes", "--json").stdout)
    assert (told["going"], told["staying"]) == (3, 0)
    assert next((mail["recipient"], mail["goes"], mail["why"]) for mail in told["mails"]) == (KARI, True, "")
    assert told["live_since"] is not None
    assert len(office.outbox(State.WAITING)) == 3


def test_a_dry_run_as_data_is_what_go_live_would_tell(office: Office) -> None:
    a_letter(office)
    dry = json.loads(run(go_live, "--dry-run", "--json").stdout)
    wet = json.loads(run(go_live, "--yes", "--json").stdout)
    assert dry == {**wet, "live_since": None}
    assert dry["staying"] == 3


def test_going_live_again_is_no_problem(office: Office) -> None:
    run(go_live, "--yes")
    again = run(go_live, "--yes", "--json")
    assert again.return_value == Exit.DONE
    assert "live already" in again.stderr
    assert json.loads(again.stdout)["mails"] == []


# -- status and log ------------------------------------------------------------------------------


def test_the_status_shows_what_would_have_been_sent(office: Office) -> None:
    a_letter(office)
    shown = run(status).stdout
    assert "Would have been sent: 3 mails to 3 persons, until `twinpost go-live`\n" in shown
    assert f"  to {LUC}: Letter 1 from 7B Oslo is here (will stay unsent: {BEFORE_GO_LIVE})\n" in shown
    assert len(json.loads(run(status, "--json").stdout)["held"]) == 3
    run(go_live, "--yes")
    assert "Would have been sent" not in run(status).stdout


def test_a_long_list_of_what_would_have_been_sent_is_cut(office: Office) -> None:
    for number in range(1, 5):
        subject = f"Letter {number} from 7B Oslo to CM2 Lyon"
        office.receive(KARI, subject, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert "  and 2 more: `twinpost go-live --dry-run` shows them all\n" in run(status).stdout


def test_the_log_shows_what_was_not_sent_about_a_letter(office: Office) -> None:
    a_letter(office)
    assert "Not sent:" in run(log).stdout
    (line,) = json.loads(run(log, "--json").stdout)
    assert next(mail["to"] for mail in line["unsent"]) == KARI
    run(go_live, "--yes")
    assert "Not sent:" not in run(log).stdout


# -- apply ---------------------------------------------------------------------------------------


def test_apply_says_how_many_messages_are_read_again(office: Office) -> None:
    office.now = clock.now()
    office.receive(OLENA, "Letter 1 from Kyiv to Oslo", to=[KARI], cc=[BOX])
    office.receive(KARI, "Letter 1 from the frogs to Lyon", to=[LUC], cc=[BOX])
    said = "With it 2 messages of the last 30 days will be read again (1 stranger, 1 unclear); --no-reread"
    assert said in run(exchange, "apply", "kyiv.yaml", "--dry-run").stderr
    assert "read again" not in run(exchange, "apply", "kyiv.yaml", "--no-reread", "--yes").stderr
    assert office.process_waiting() == []


# -- welcome -------------------------------------------------------------------------------------


def test_a_welcome_is_shown_before_it_is_sent(office: Office) -> None:
    shown = run(exchange, "welcome", "oslo-lyon", "--preview").stdout
    assert f"To: Kari Nordmann <{KARI}>\nLeaves: " in shown
    assert f"Subject: Please put {BOX} in copy of your letters to CM2 Lyon\n" in shown
    assert "    I am a program, the post office of “Oslo and Lyon write letters”." in shown
    assert office.outbox() == []


def test_without_a_yes_nobody_is_welcomed(office: Office) -> None:
    assert run(exchange, "welcome", "oslo-lyon").return_value == Exit.PROBLEMS
    assert office.outbox() == []


def test_each_teacher_is_welcomed_once_and_a_new_one_later(office: Office) -> None:
    assert run(exchange, "welcome", "oslo-lyon", "--yes").return_value == Exit.DONE
    again = run(exchange, "welcome", "oslo-lyon", "--yes")
    assert f"Kari Nordmann <{KARI}> has had hers: held\n" in again.stdout
    assert "Everybody has been welcomed." in again.stderr
    assert len(office.outbox()) == 3
    office.apply(WITH_KYIV)
    told = json.loads(run(exchange, "welcome", "oslo-lyon", "--yes", "--json").stdout)
    assert [(one["to"], one["state"]) for one in told][:2] == [(OLENA, "new"), (KARI, "held")]
    assert len(office.outbox()) == 4


def test_a_welcome_before_go_live_waits_for_it_and_is_listed(office: Office) -> None:
    said = run(exchange, "welcome", "oslo-lyon", "--yes").stderr
    assert "3 mails: each leaves after `twinpost go-live`." in said
    listed = run(go_live, "--dry-run").stdout
    assert listed.count("    goes   Please put") == 3
    run(go_live, "--yes")
    assert len(office.outbox(State.WAITING)) == 3


def test_an_exchange_that_does_not_exist_has_nobody_to_welcome(office: Office) -> None:
    done = CliRunner().invoke(exchange, ["welcome", "oslo"], standalone_mode=False)
    assert str(done.exception) == "There is no exchange oslo. There are: oslo-lyon."
