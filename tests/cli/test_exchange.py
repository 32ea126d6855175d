from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from twinpost.cli.exchange import exchange
from twinpost.cli.init import LOCAL_LEDGER, init
from twinpost.cli.output import Exit
from twinpost.errors import TwinpostError

FILE = "exchanges/oslo-lyon.yaml"


@pytest.fixture
def school(tmp_path: Path, ledger: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `twinpost init` makes it, with an empty ledger."""
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    assert CliRunner().invoke(init, [str(tmp_path)]).exit_code == 0
    config = tmp_path / "twinpost.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace(LOCAL_LEDGER, ledger.url.render_as_string()), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(exchange, list(arguments), standalone_mode=False)


def test_the_example_is_applied_and_shown(school: Path) -> None:
    done = run("apply", FILE, "--yes")
    assert done.return_value == Exit.DONE
    assert "  class 7B Oslo added: 2 teachers, 1 leader, 3 pupils\n" in done.stdout
    assert done.stderr == "Applied.\n"
    assert "7B Oslo, also 7B, Oslo: Europe/Oslo\n" in run("show", "oslo-lyon").stdout
    assert "Oslo and Lyon write letters" in run("list").stdout


def test_apply_after_export_changes_nothing(school: Path) -> None:
    run("apply", FILE, "--yes")
    (school / "exported.yaml").write_text(run("export", "oslo-lyon").stdout, "utf-8")
    assert run("apply", "exported.yaml").stdout == "oslo-lyon: nothing changes\n"
    assert run("apply", FILE).stdout == "oslo-lyon: nothing changes\n"


def test_a_dry_run_changes_nothing(school: Path) -> None:
    assert run("apply", FILE, "--dry-run").stdout.startswith("oslo-lyon:\n  exchange oslo-lyon is new\n")
    assert run("list").stderr.startswith("No exchange yet")


def test_without_a_yes_nothing_is_applied(school: Path) -> None:
    assert run("apply", FILE).return_value == Exit.PROBLEMS
    assert run("list", "--json").stdout == "[]\n"


def test_all_problems_of_all_files_are_printed_and_nothing_is_applied(school: Path) -> None:
    (school / "a.yaml").write_text("exchange: A B\nclasses: []\n")
    done = run("apply", FILE, "a.yaml", "b.yaml", "--yes")
    assert isinstance(done.exception, TwinpostError)
    code = "`exchange` must be a short code of a-z, 0-9 and hyphens, 64 at most"
    assert str(done.exception).splitlines() == [
        f'a.yaml:1: {code}, not "A B" (did you mean `a-b`?)',
        "a.yaml:2: an exchange needs two classes or more under `classes`",
        "b.yaml: there is no such file: check the name, or make the file",
        "3 problems: nothing was applied.",
    ]
    assert run("list", "--json").stdout == "[]\n"


def test_the_shared_address_is_nobodys(school: Path) -> None:
    text = (school / FILE).read_text("utf-8").replace("kari@fagerborg.example", "Letters@School.example")
    (school / FILE).write_text(text, "utf-8")
    assert "is the shared mailbox itself" in str(run("apply", FILE, "--yes").exception)


def test_notes_are_told_and_hinder_nothing(school: Path) -> None:
    text = (school / FILE).read_text("utf-8").replace("2026-10-09", "2026-10-01")
    (school / FILE).write_text(text, "utf-8")
    done = run("apply", FILE, "--yes")
    assert "letter 1 is due on Thursday 1 October 2026, when 7B Oslo has no school" in done.stderr
    assert done.return_value == Exit.DONE


def test_data_comes_as_json(school: Path) -> None:
    (change,) = json.loads(run("apply", FILE, "--yes", "--json").stdout)
    assert change["code"] == "oslo-lyon"
    assert json.loads(run("list", "--json").stdout)[0]["classes"] == ["7B Oslo", "CM2 Lyon"]
    shown = json.loads(run("show", "oslo-lyon", "--json").stdout)
    assert shown["schedule"][0] == {"letter": 1, "from": "7B Oslo", "to": "CM2 Lyon", "due": "2026-10-09"}


def test_an_unknown_code_is_told_with_those_that_are_known(school: Path) -> None:
    assert str(run("show", "oslo").exception) == "There is no exchange oslo. There are: none yet."
    run("apply", FILE, "--yes")
    assert str(run("export", "oslo").exception) == "There is no exchange oslo. There are: oslo-lyon."
