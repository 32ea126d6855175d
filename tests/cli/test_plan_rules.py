"""`twinpost plan --rules` as an admin reads it: what a changed folder of rules would change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.test_plan import APPLIED, data, of, run
from tests.cli.test_plan import file as file
from tests.cli.test_plan import school as school

from twinpost.app import planning
from twinpost.app.enact import LIVE_SINCE
from twinpost.cli.output import Exit
from twinpost.edges.rule_file import load_rules
from twinpost.edges.shipped import folders
from twinpost.ledger import facts
from twinpost.ledger.engine import transaction

pytestmark = pytest.mark.slow  # each opens a ledger and reads all texts

LATER = """\
rules:
  - id: letter-overdue
    when: letter.due
    unless: letter.arrived
    steps:
      - {after: 3 school days, send: letter-overdue, to: [sender.teachers]}
  - id: eve
    when: letter.due
    steps:
      - {before: 1 school day, send: letter-due-soon, to: [sender.teachers]}
  - {id: evaluate-middle, enabled: false}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules that is not the configured one."""
    folder = tmp_path / "rules-new"
    folder.mkdir()
    (folder / "own.yaml").write_text(LATER, "utf-8")
    return folder


def test_only_what_changes_is_shown_with_its_sign(file: Path, rules: Path) -> None:
    told = of(file, "--rules", str(rules), "--until", "2026-11-09")
    assert told.return_value == Exit.DONE
    text = " ".join(told.stdout.split())
    assert "+ Thu 8 Oct 2026, 08:00 Oslo and Lyon Kari Nordmann letter-due-soon eve 1" in text
    assert "→ Tue 13 Oct 2026, 08:00 Oslo and Lyon → Wed 14 Kari Nordmann" in text
    assert "- ~ Tue 20 Oct 2026, 08:00 Oslo and Lyon Kari Nordmann letter-overdue-again" in text
    assert "partner-holidays" not in text
    assert "added (+)" in told.stderr
    assert "count from now on" in told.stderr


def test_the_json_of_a_difference_is_what_scripts_were_promised(file: Path, rules: Path) -> None:
    found = data(of(file, "--rules", str(rules), "--json"))
    kari = [one for one in found if one["to"] == "kari@fagerborg.example"]
    moved = next(one for one in kari if one["change"] == "moved")
    assert moved == {
        "change": "moved",
        "at": "2026-10-14T08:00:00+02:00",
        "utc": "2026-10-14T06:00:00+00:00",
        "rule": "letter-overdue",
        "step": 1,
        "notice": "letter-overdue",
        "to": "kari@fagerborg.example",
        "about": {"letter": 1, "product": "letter", "from": "7B Oslo", "to": ["CM2 Lyon"]},
        "because": "letter 1 from 7B Oslo to CM2 Lyon, due Fri 9 Oct 2026: "
        "3 school days of 7B Oslo after Fri 9 Oct 2026",
        "was": {"at": "2026-10-13T08:00:00+02:00", "utc": "2026-10-13T06:00:00+00:00"},
    }
    assert {one["rule"] for one in found if one["change"] == "removed"} >= {"evaluate-middle"}
    assert next(one for one in kari if one["change"] == "added")["rule"] == "eve"


def test_no_difference_says_so(file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = of(file, "--rules", str(tmp_path / "empty"))
    assert (told.return_value, told.stdout) == (Exit.DONE, "")
    assert "No difference: with" in told.stderr


def test_a_wrong_rule_file_is_told_with_every_problem(file: Path, school: Path, rules: Path) -> None:
    wrong = rules / "own.yaml"
    wrong.write_text("rules:\n  - {id: eve, wen: letter.due}\n", "utf-8")
    for told in (of(file, "--rules", str(rules)), run("oslo-lyon", "--rules", str(rules))):
        assert told.return_value == Exit.PROBLEMS
        assert f"{wrong}:2: unknown key `wen` (did you mean `when`?)\n" in told.stdout
        assert "3 problems: see docs/rules.md" in told.stderr
    assert '"line": 2' in of(file, "--rules", str(rules), "--json").stdout


def test_in_the_ledger_the_folder_stands_in_place_of_the_configured_one(school: Path, rules: Path) -> None:
    own = school / "rules"
    own.mkdir()
    (own / "own.yaml").write_text("rules:\n  - {id: closing, enabled: false}\n", "utf-8")
    config = school / "twinpost.toml"
    config.write_text('rules = "rules"\n' + config.read_text("utf-8"), "utf-8")
    found = data(run("oslo-lyon", "--rules", str(rules), "--json"))
    assert {one["rule"] for one in found if one["change"] == "added"} >= {"closing", "eve"}
    assert "No difference" in run("oslo-lyon", "--rules", str(own)).stderr
    assert "Nothing is sent before `twinpost go-live`." in run("oslo-lyon", "--rules", str(rules)).stderr


def test_a_changed_rule_counts_from_now_on(school: Path, rules: Path, ledger: sa.Engine) -> None:
    """The letter was due before: the old rule asks for it, the new one does not see it any more."""
    with transaction(ledger) as connection:
        facts.note(connection, LIVE_SINCE, APPLIED.isoformat())
        planning.take_rules(connection, load_rules(*folders(None)), APPLIED)
    now = (APPLIED + timedelta(days=40)).isoformat()
    found = data(run("oslo-lyon", "--rules", str(rules), "--json", "--now", now, "--until", "2026-10-20"))
    assert {(one["change"], one["notice"]) for one in found} == {
        ("removed", "letter-overdue"),
        ("removed", "letter-overdue-again"),
    }


def test_a_rule_that_would_write_too_often_is_named(file: Path, rules: Path) -> None:
    steps = "".join(
        f"      - {{before: {days} days, send: letter-due-soon, to: [sender.teachers]}}\n"
        for days in (6, 5, 4, 3, 2, 1)
    )
    eager = f"rules:\n  - id: eager\n    when: letter.due\n    steps:\n{steps}"
    (rules / "own.yaml").write_text(eager, "utf-8")
    assert "eager would be held:" in of(file, "--rules", str(rules)).stderr


def test_the_mails_that_are_written_are_those_of_the_new_rules(
    file: Path, rules: Path, tmp_path: Path
) -> None:
    of(file, "--rules", str(rules), "--until", "2026-10-14", "--mail", str(tmp_path / "mails"))
    written = [one.name[4:] for one in (tmp_path / "mails").glob("*.eml")]
    assert any(name.startswith("2026-10-14-letter-overdue-kari") for name in written)
    assert not any(name.startswith("2026-10-13") for name in written)
