from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from twinpost.cli.init import init
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.rule_file import load_book
from twinpost.edges.settings import load_settings
from twinpost.edges.shipped import folders, shipped


def run(*arguments: str) -> str:
    """What went wrong, or ""."""
    return str(CliRunner().invoke(init, list(arguments), standalone_mode=False).exception or "")


def test_what_init_writes_has_no_problems(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "school"
    assert run(str(folder)) == ""
    settings = load_settings(folder / "twinpost.toml")
    assert settings.ledger.url == f"sqlite:///{folder}/twinpost.db"
    assert settings.exchanges == folder / "exchanges"
    found = load_exchange(folder / "exchanges" / "oslo-lyon.yaml", shared=settings.address)
    assert found.notes == ()
    assert settings.rules == folder / "rules"
    assert [off.id for off in load_book(*folders(settings.rules)).off] == ["video-overdue"]
    assert [len(one.pupils) for one in found.filed.classes] == [3, 3]


def test_every_line_that_is_off_may_be_switched_on(tmp_path: Path) -> None:
    run(str(tmp_path))
    (tmp_path / "templates").mkdir()
    file = tmp_path / "twinpost.toml"
    text = re.sub(r"^# (\w+ +=|\[\w+\])", r"\1", file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text.replace("folders = false", ""), "utf-8")
    settings = load_settings(file)
    assert settings.imap.folders is not None
    assert settings.trust.authserv_id == "mx.school.example"
    assert settings.microsoft is not None
    assert settings.google is not None


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "twinpost.toml").write_text("mine")
    assert run(str(tmp_path)) == (
        f"There is already {tmp_path}/twinpost.toml: nothing was written. Name another folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["twinpost.toml"]
    assert (tmp_path / "twinpost.toml").read_text() == "mine"


def test_the_shipped_rules_are_copied_on_demand(tmp_path: Path) -> None:
    run(str(tmp_path), "--rules")
    copied = {path.relative_to(tmp_path / "rules") for path in (tmp_path / "rules").rglob("*.yaml")}
    assert copied - {Path("my-rules.yaml")} == {
        path.relative_to(shipped("rules")) for path in shipped("rules").rglob("*.yaml")
    }


@pytest.mark.parametrize(("mode", "folders_too", "files"), [(0o750, 0o750, 0o640), (0o700, 0o700, 0o600)])
def test_whoever_may_look_into_the_folder_may_read_what_is_written(
    tmp_path: Path, mode: int, folders_too: int, files: int
) -> None:
    tmp_path.chmod(mode)
    umask = os.umask(0o077)
    try:
        run(str(tmp_path))
    finally:
        os.umask(umask)
    written = list(tmp_path.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in written if path.is_dir()} == {folders_too}
    assert {path.stat().st_mode & 0o777 for path in written if path.is_file()} == {files}
