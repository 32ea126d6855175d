"""`twinpost plan` as an admin reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from tests.cli.test_calendar import CONFIG
from tests.office import EXCHANGE

from twinpost.app import administer
from twinpost.app.enact import LIVE_SINCE
from twinpost.cli.output import Exit
from twinpost.cli.plan import plan
from twinpost.core.model.plan import Said, Statement
from twinpost.edges import clock
from twinpost.edges.exchange_file import load_exchange
from twinpost.errors import TwinpostError
from twinpost.ledger import facts, people, statements
from twinpost.ledger.engine import transaction

pytestmark = pytest.mark.slow  # each opens a ledger and reads all texts

APPLIED = datetime(2026, 9, 1, 8, tzinfo=UTC)
CALENDARS = EXCHANGE.replace(
    "    timezone: Europe/Oslo\n",
    "    timezone: Europe/Oslo\n    calendar: [{closed: 2026-09-28..2026-10-02, name: Autumn holiday}]\n",
).replace(
    "    timezone: Europe/Paris\n",
    "    timezone: Europe/Paris\n    calendar: [{closed: 2026-10-17..2026-11-01, name: Toussaint}]\n",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "oslo-lyon.yaml"
    place.write_text(CALENDARS, "utf-8")
    return place


@pytest.fixture
def school(tmp_path: Path, file: Path, ledger: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and oslo-lyon in the ledger since 1 September 2026."""
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: APPLIED)
    (tmp_path / "twinpost.toml").write_text(CONFIG.format(url=ledger.url.render_as_string()), "utf-8")
    with transaction(ledger) as connection:
        administer.apply(connection, [load_exchange(file).filed], APPLIED)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(plan, list(arguments), standalone_mode=False)


def of(file: Path, *arguments: str) -> Result:
    return run("--exchange", str(file), "--now", APPLIED.isoformat(), *arguments)


def data(told: Result) -> list[dict[str, object]]:
    assert told.return_value == Exit.DONE, told.exception
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_the_json_is_what_scripts_were_promised(file: Path) -> None:
    planned = data(of(file, "--json"))
    overdue = next(one for one in planned if one["rule"] == "letter-overdue")
    assert overdue == {
        "at": "2026-10-13T08:00:00+02:00",
        "utc": "2026-10-13T06:00:00+00:00",
        "rule": "letter-overdue",
        "step": 1,
        "notice": "letter-overdue",
        "to": "kari@fagerborg.example",
        "about": {"letter": 1, "product": "letter", "from": "7B Oslo", "to": ["CM2 Lyon"]},
        "because": "letter 1 from 7B Oslo to CM2 Lyon, due Fri 9 Oct 2026: "
        "2 school days of 7B Oslo after Fri 9 Oct 2026",
    }
    assert [one["utc"] for one in planned] == sorted(str(one["utc"]) for one in planned)
    assert {one["rule"] for one in planned if one.get("digest")} >= {"partner-holidays"}
    again = next(one for one in planned if one["notice"] == "letter-overdue-again")
    assert again["estimate"] is True


def test_a_person_reads_both_times_the_mail_and_the_reason(file: Path) -> None:
    text = " ".join(of(file).stdout.split())
    assert "Tue 13 Oct 2026, 08:00 Oslo and Lyon Kari Nordmann letter-overdue letter-overdue 1" in text
    assert "~ Tue 20 Oct 2026" in text
    assert "if nothing else happens" in of(file).stderr


def test_until_ends_the_list(file: Path) -> None:
    planned = data(of(file, "--json", "--until", "2026-10-13"))
    assert max(str(one["at"])[:10] for one in planned) == "2026-10-13"
    assert "not so soon" in of(file, "--until", "2026-09-02").stderr


def test_each_mail_is_written_as_it_would_be_sent(file: Path, tmp_path: Path) -> None:
    told = of(file, "--until", "2026-10-13", "--mail", str(tmp_path / "mails"))
    mails = sorted((tmp_path / "mails").glob("*.eml"))
    assert f"{len(mails)} mails" in told.stderr
    (overdue, *_) = [one for one in mails if "letter-overdue-kari" in one.name]
    mail = BytesParser(policy=policy.default).parsebytes(overdue.read_bytes())
    assert mail["Subject"] == "I have not seen letter 1 to CM2 Lyon yet"
    assert mail["To"] == "Kari Nordmann <kari@fagerborg.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "luc@ecole-lyon.example" in mail["Reply-To"]
    html = overdue.with_suffix(".html").read_text("utf-8")
    assert "2 of your school days after" in html
    assert mail.get_body(("html",)).get_content().splitlines() == html.splitlines()  # type: ignore[union-attr]


def test_a_file_alone_knows_no_admin_and_names_the_shared_address(file: Path, tmp_path: Path) -> None:
    of(file, "--mail", str(tmp_path / "mails"))
    closing = next((tmp_path / "mails").glob("*-closing-luc*.html")).read_text("utf-8")
    assert "please tell letters@school.example" in " ".join(closing.split())


def test_a_folder_that_cannot_be_made_is_told(file: Path) -> None:
    assert "cannot be written to" in str(of(file, "--mail", f"{file}/mails").exception)


def test_the_ledger_tells_the_same_as_the_file(school: Path, file: Path) -> None:
    assert data(run("oslo-lyon", "--json")) == data(of(file, "--json"))
    assert "Nothing is sent before `twinpost go-live`." in run("oslo-lyon").stderr


def test_nothing_is_planned_for_before_the_office_went_live(school: Path, ledger: sa.Engine) -> None:
    later = APPLIED + timedelta(days=120)
    with transaction(ledger) as connection:
        facts.note(connection, LIVE_SINCE, later.isoformat())
    assert "its last agreed date was Fri 4 Dec 2026" in run("oslo-lyon", "--now", later.isoformat()).stderr


def test_a_pause_is_told_as_the_reason_for_silence(school: Path, ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        (exchange,) = people.load_directory(connection).exchanges
        paused = Statement(Said.PAUSE, exchange.classes[0].teachers[0].id, APPLIED)
        statements.say(connection, exchange.id, paused, None)
    told = run("oslo-lyon", "--now", (APPLIED + timedelta(days=1)).isoformat())
    assert "Nothing is planned: it has been paused since Tue 1 Sep 2026" in told.stderr


def test_the_code_must_be_that_of_an_exchange(school: Path, file: Path) -> None:
    assert str(run("oslo").exception) == "There is no exchange oslo. There are: oslo-lyon."
    assert isinstance(of(file, "lyon").exception, TwinpostError)
    assert "Name an exchange" in str(run().exception)


def test_a_rule_that_would_write_too_often_is_held_and_named(school: Path) -> None:
    (school / "rules").mkdir()
    (school / "rules" / "own.yaml").write_text(
        "rules:\n  - id: eager\n    when: letter.due\n    steps:\n"
        + "".join(
            f"      - {{before: {days} days, send: letter-due-soon, to: [sender.teachers]}}\n"
            for days in (6, 5, 4, 3, 2, 1)
        ),
        "utf-8",
    )
    config = school / "twinpost.toml"
    config.write_text('rules = "rules"\n' + config.read_text("utf-8"), "utf-8")
    told = run("oslo-lyon", "--json")
    assert "eager is held:" in told.stderr
    assert "eager" not in {one["rule"] for one in data(told)}
