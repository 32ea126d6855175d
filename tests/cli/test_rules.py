from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from twinpost.cli.init import init
from twinpost.cli.output import Exit
from twinpost.cli.rules import rules
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
