from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from twinpost.cli.exchange import exchange
from twinpost.cli.init import LOCAL_LEDGER, init
from twinpost.cli.output import Exit
from twinpost.cli.rules import rules
from twinpost.edges import clock
from twinpost.errors import ConfigError

WRONG = """\
rules:
  - id: nag
    when: letter.due
    steps:
      - {after: 1 day, send: lettr-overdue, to: [sender.teachers]}
"""


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `twinpost init` makes it."""
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    assert CliRunner().invoke(init, [str(tmp_path)]).exit_code == 0
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rules, list(arguments), standalone_mode=False)


def test_rules_without_problems_are_named_and_what_is_off(school: Path) -> None:
    done = run("check")
    assert done.return_value == Exit.DONE
    first, last = done.stdout.splitlines()
    assert "letter-overdue" in first
    assert last == f"off: video-overdue, by {school}/rules/my-rules.yaml:6"


def test_a_problem_is_named_with_its_file_and_line(school: Path) -> None:
    (school / "rules" / "nag.yaml").write_text(WRONG, "utf-8")
    done = run("check")
    assert done.return_value == Exit.PROBLEMS
    assert done.stdout == (
        f"{school}/rules/nag.yaml:5: `send` must be the name of a text that there is, "
        'not "lettr-overdue" (did you mean `letter-overdue`?)\n'
    )
    assert done.stderr == "1 problem: see docs/rules.md for the words of rules.\n"


def test_a_file_can_be_checked_before_it_is_put_into_its_folder(school: Path) -> None:
    (school / "nag.yaml").write_text(
        WRONG.replace("lettr", "letter").replace("id: nag", "id: closing"), "utf-8"
    )
    done = run("check", "nag.yaml")
    assert done.return_value == Exit.DONE
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("replaced")]
    assert line.startswith("replaced: closing of ")
    assert line.endswith(" by nag.yaml:2")


def test_a_file_that_lies_in_its_folder_does_not_replace_itself(school: Path) -> None:
    (school / "rules" / "nag.yaml").write_text(WRONG.replace("lettr", "letter"), "utf-8")
    assert "replaced" not in run("check", "rules/nag.yaml").stdout


def test_a_file_that_is_not_there_is_a_problem(school: Path) -> None:
    done = run("check", "nowhere.yaml")
    assert done.return_value == Exit.PROBLEMS
    assert done.stdout == "nowhere.yaml: there is no such file: check the name, or make the file\n"


def test_programs_get_the_same_as_data(school: Path) -> None:
    (school / "nag.yaml").write_text(WRONG, "utf-8")
    found = json.loads(run("check", "nag.yaml", "--json").stdout)
    assert [(one["file"], one["line"], one["column"]) for one in found["problems"]] == [("nag.yaml", 5, 24)]
    assert found["in_force"] == []
    good = json.loads(run("check", "--json").stdout)
    assert good["problems"] == []
    assert "letter-overdue" in good["in_force"]
    assert [off["rule"] for off in good["off"]] == ["video-overdue"]


def test_rules_can_be_checked_before_there_is_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    done = run("check")
    assert done.return_value == Exit.DONE
    assert "only the shipped rules are known" in done.stderr


def test_a_configuration_that_is_named_has_to_be_there(school: Path) -> None:
    assert isinstance(run("check", "--config", "nowhere.toml").exception, ConfigError)


def test_the_list_tells_what_a_rule_waits_for_and_sends(school: Path) -> None:
    done = run("list")
    assert done.return_value == Exit.DONE
    assert "2 school days after: letter-overdue to sender.teachers" in done.stdout
    found = {rule["id"]: rule for rule in json.loads(run("list", "--json").stdout)}
    assert found["letter-due-soon"]["when"] == "letter.due"
    assert found["letter-due-soon"]["steps"] == [
        {"at": "5 school days before", "send": "letter-due-soon", "to": ["sender.teachers"]}
    ]


def test_a_rule_that_would_write_too_often_is_named(
    school: Path, ledger: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = school / "twinpost.toml"
    text = config.read_text("utf-8").replace(LOCAL_LEDGER, ledger.url.render_as_string())
    config.write_text(text, "utf-8")
    applied = CliRunner().invoke(
        exchange, ["apply", "exchanges/oslo-lyon.yaml", "--yes"], standalone_mode=False
    )
    assert applied.return_value == Exit.DONE
    assert run("check", "--exchange", "oslo-lyon").return_value == Exit.DONE
    nag = ", ".join(["{after: 1 day, send: offer-pause, to: [teachers]}"] * 6)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 9, 1, tzinfo=UTC))
    (school / "rules" / "nag.yaml").write_text(
        f"rules: [{{id: nag, when: letter.due, steps: [{nag}]}}]", "utf-8"
    )
    done = run("check", "--exchange", "oslo-lyon")
    assert done.return_value == Exit.PROBLEMS
    assert re.fullmatch(
        r".*nag.yaml:1: nag is held: \d mails to .* within seven days, from .* on; 3 at most\n", done.stdout
    )
    assert str(run("check", "--exchange", "elsewhere").exception).startswith(
        "There is no exchange elsewhere."
    )


CASES = """\
exchange: exchanges/oslo-lyon.yaml
tests:
  - name: a letter is asked for
    now: 2026-10-05T09:00
    until: 2026-10-14
    rules: [letter-overdue]
    mails:
      - {at: 2026-10-13T08:15, send: letter-overdue, to: kari@fagerborg.example}
      - {at: 2026-10-13T08:15, send: letter-overdue, to: ola@fagerborg.example}
"""
OLA = "2026-10-13T08:15, send: letter-overdue, to: ola"


def test_cases_that_hold_are_named(school: Path) -> None:
    (school / "cases.yaml").write_text(CASES, "utf-8")
    done = run("test", "cases.yaml")
    assert done.return_value == Exit.DONE
    assert done.stdout == "cases.yaml\n  ok    a letter is asked for\n"
    assert done.stderr == "1 test passed.\n"


def test_of_a_case_that_fails_it_is_told_what_comes_instead(school: Path) -> None:
    (school / "cases.yaml").write_text(CASES.replace(OLA, OLA.replace("13T08:15", "12")), "utf-8")
    done = run("test", "cases.yaml")
    assert done.return_value == Exit.PROBLEMS
    assert done.stdout.splitlines() == [
        "cases.yaml",
        "  FAILED  a letter is asked for (line 3)",
        "          - expected, and not planned   + planned, and not expected",
        "          - 2026-10-12 Mon  letter-overdue to ola@fagerborg.example",
        "            2026-10-13T08:15 Tue  letter-overdue to kari@fagerborg.example",
        "          + 2026-10-13T08:15 Tue  letter-overdue to ola@fagerborg.example",
    ]
    (told,) = json.loads(run("test", "cases.yaml", "--json").stdout)
    assert (told["passed"], told["line"]) == (False, 3)
    assert told["missing"] == ["2026-10-12 Mon letter-overdue to ola@fagerborg.example"]


def test_cases_with_problems_are_not_run(school: Path) -> None:
    (school / "cases.yaml").write_text(CASES.replace("rules:", "rule:"), "utf-8")
    done = run("test", "cases.yaml")
    assert done.return_value == Exit.PROBLEMS
    assert done.stdout == "cases.yaml:6: unknown key `rule` (did you mean `rules`?)\n"


def test_without_a_file_ones_own_cases_and_the_shipped_ones_are_run(school: Path) -> None:
    (school / "rules" / "tests").mkdir()
    text = CASES.replace("exchanges/", "../../exchanges/")
    (school / "rules" / "tests" / "late.yaml").write_text(text, "utf-8")
    done = run("test")
    assert done.return_value == Exit.DONE
    assert done.stdout.startswith(f"{school}/rules/tests/late.yaml\n  ok    a letter is asked for\n")
    assert "/rules/follow-ups/tests/" in done.stdout


def test_ones_own_cases_know_ones_own_rules_and_the_shipped_ones_do_not(school: Path) -> None:
    (school / "rules" / "off.yaml").write_text("rules:\n  - {id: closing, enabled: false}\n", "utf-8")
    (school / "rules" / "tests").mkdir()
    text = CASES.replace("exchanges/", "../../exchanges/").replace("[letter-overdue]", "[closing]")
    (school / "rules" / "tests" / "late.yaml").write_text(text, "utf-8")
    assert "`rules` must be" in run("test").stdout
    (school / "rules" / "tests" / "late.yaml").unlink()
    assert run("test").return_value == Exit.DONE
