"""What `twinpost login` leaves behind is for its owner alone, whole, and shared by all our processes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from twinpost.edges.oauth.logins import LoginFile
from twinpost.errors import ConfigError, WireError

WHO = "letters@school.example"


@pytest.fixture
def file(tmp_path: Path) -> LoginFile:
    return LoginFile(tmp_path / "state", "microsoft")


def test_only_its_owner_may_read_it(file: LoginFile) -> None:
    before = os.umask(0)
    try:
        with file.locked():
            file.write({"account": WHO})
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.path.parent.iterdir()}
    assert modes == {"microsoft-login.json": 0o600, "microsoft-login.lock": 0o600}
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_it_is_replaced_as_a_whole_and_leaves_nothing_beside_it(file: LoginFile) -> None:
    with file.locked():
        file.write({"account": WHO, "cache": "1"})
        with file.path.open() as still_open:
            file.write({"account": WHO, "cache": "2"})
            assert '"1"' in still_open.read()
    assert file.read(account=WHO)["cache"] == "2"
    assert len(list(file.path.parent.iterdir())) == 2


@pytest.mark.parametrize(
    "text", ["", '{"account": "letters@sch', "[]", '{"account": "kari@fagerborg.example"}']
)
def test_what_is_no_login_of_ours_asks_for_one(file: LoginFile, text: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(text)
    with pytest.raises(ConfigError, match="nobody has signed in with microsoft"):
        file.read(account=WHO)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with (
        pytest.raises(ConfigError, match="check the folder's owner, mode and free space"),
        LoginFile(tmp_path / "state", "google").locked(),
    ):
        pytest.fail("the lock was given")


def test_whoever_holds_the_lock_for_long_is_not_waited_for_for_ever(file: LoginFile) -> None:
    impatient = LoginFile(file.path.parent, "microsoft", patience=0.05)
    with (
        file.locked(),
        pytest.raises(WireError, match="Another twinpost"),
        impatient.locked(),
    ):
        pytest.fail("the lock was given twice")


ADD_ONE = """
import sys
from pathlib import Path
from twinpost.edges.oauth.logins import LoginFile
file = LoginFile(Path(sys.argv[1]), "microsoft")
for _ in range(50):
    with file.locked():
        file.write({"count": file.read()["count"] + 1})
"""


@pytest.mark.slow
def test_two_processes_do_not_undo_each_others_work(file: LoginFile) -> None:
    with file.locked():
        file.write({"count": 0})
    command = [sys.executable, "-c", ADD_ONE, str(file.path.parent)]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [each.wait(60) for each in both] == [0, 0]
    assert file.read()["count"] == 100
