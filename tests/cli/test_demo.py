"""`twinpost demo` as a person runs it: a process of its own, over real sockets."""

from __future__ import annotations

import imaplib
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from twinpost.cli.demo import year
from twinpost.cli.demo.story import LOGGED, SCENES, SENT
from twinpost.cli.demo.year_school import AGREED_ON

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # a whole year, on a machine that has other work

PROGRAM = (
    sys.executable,
    "-W",
    "error",
    "-c",
    "from twinpost.cli.main import main; main()",
    "demo",
    "--fast",
)
WIDEST = 100
DATED = r"^(\w{3} [ \d]\d \w{3} \d{4}) +(\d\d:\d\d) +(\d\d:\d\d) +(\w+) +(.*?) *$"
"""A line of a table: the day, the time in Oslo, the time in Delhi, to whom, and which mail."""


def finished(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=200)


def performed(folder: Path, arguments: str) -> subprocess.CompletedProcess[str]:
    """The demo with other arguments than a person can give it; they may use what the story defines."""
    folder.mkdir()
    code = (
        "import asyncio, pathlib\n"
        "from twinpost.cli.demo.performance import perform\n"
        "from twinpost.cli.demo.people import *\n"
        "from twinpost.cli.demo.story import *\n"
        "from twinpost.cli.demo.year import YEAR\n"
        "async def silence(play):\n"
        "    mail = await play.sends(STRANGER, 'Hello', 'Hello?')\n"
        "    await play.gets(KARI, mail)\n"
        f"raise SystemExit(asyncio.run(perform(pathlib.Path({str(folder)!r}), fast=True, {arguments})))\n"
    )
    return finished(sys.executable, "-c", code)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "new"


@pytest.fixture(scope="module")
def told(folder: Path) -> str:
    """What the demo says; it has reached its end."""
    done = finished(*PROGRAM, "--dir", folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_every_scene_is_told_in_order(told: str) -> None:
    headlines = re.findall(r"^\d+\. .+$", told, re.MULTILINE)
    assert headlines == [f"{number}. {title}" for number, (title, _) in enumerate([*SCENES, *year.YEAR], 1)]


@pytest.mark.parametrize(
    "line",
    [
        "twinpost → Kari Nordmann: Letter 1 from 7B Oslo has arrived",
        "twinpost → Luc Martin: Letter 1 from 7B Oslo is here",
        "twinpost: recorded as automatic. No machine ever gets an answer.",
        "| Empty, nothing inside: Hugo.pdf.",
        "| Here is letter 2 from 7B Oslo, files attached. You were not in copy, so I pass it on to you.",
        "| 1. Letter 3 from 7B Oslo to CM2 Lyon.",
        "| From now on I read “frogs” as 7B Oslo.",
        "twinpost → Luc Martin: Video 1 from 7B Oslo is here",
        "twinpost → Luc Martin: Shall I pass this on to Kari Nordmann and Ola Hansen?",
        "- Luc Martin was not in copy.",
        # The school year: a reminder that waits, a late letter, a plan that changes.
        "   Thursday 12 November 2026, 03:35 in Oslo, 08:05 in Delhi",
        "twinpost → Kari Nordmann: Nothing from 6A Delhi until Thursday 12 November",
        "| How I counted: 2 of your school days after Wednesday 4 November; your Diwali, 6 November to",
        "twinpost → Kari Nordmann: I have not seen letter 2 to 6A Delhi yet",
        "   Monday 7 and Monday 14 December have passed, and nobody was asked again.",
        "   In August 62 mails were planned for the case that no letter comes, now 39.",
        "   Nothing is planned any more: its last agreed date was Tue 27 Apr 2027",
    ],
)
def test_the_terminal_shows(line: str, told: str) -> None:
    assert line in told


def test_the_log_stands_at_the_end(told: str) -> None:
    table = told[told.index("The delivery log") :]
    rows = re.findall(r"^\d\d:\d\d:\d\d +(\w+) (\d+) .* (\d+) +(\d+) *$", table, re.MULTILINE)
    assert rows == [(row[0], str(row[1][0]), str(row[4]), str(row[5])) for row in LOGGED]


def test_the_plan_of_the_year_fits_on_one_screen(told: str) -> None:
    plan = told[told.index("The plan of a school year") : told.index("A letter is due, and comes in time")]
    rows = re.findall(DATED, plan, re.MULTILINE)
    assert len(rows) == year.MOST_PLANNED
    assert rows[0] == ("Thu 10 Sep 2026", "04:30", "08:00", "Meera", "Do the parents know?")


def test_the_year_is_told_by_date_with_both_local_times(told: str) -> None:
    rows = re.findall(DATED, told[told.index("The year by date") :], re.MULTILINE)
    days = [datetime.strptime(row[0], "%a %d %b %Y").replace(tzinfo=UTC) for row in rows]
    assert days == sorted(days)
    assert 20 <= len(rows) <= 30
    assert sum(row[4].startswith("Letter") and " from " in row[4] for row in rows) == 8
    held = ("Thu 12 Nov 2026", "03:30", "08:00", "Meera", "I have not seen letter 1 to 7B Oslo yet")
    assert held in rows
    assert not [row for row in rows if row[0] in ("Mon  7 Dec 2026", "Mon 14 Dec 2026")]


def test_the_mails_of_the_year_bear_the_dates_of_the_year(told: str, folder: Path) -> None:
    mails = [path.read_bytes() for path in sorted((folder / "year" / "mails").glob("*.eml"))]
    heads = [message_from_bytes(octets) for octets in mails]
    assert sum(head["From"].endswith("<letters@school.example>") for head in heads) == year.SENT
    dates = [parsedate_to_datetime(head["Date"]) for head in heads]
    assert min(dates) > AGREED_ON
    assert max(dates) < year.LAST_DAY
    assert len({date.date() for date in dates}) > 25


def test_no_line_is_too_wide_and_a_pipe_gets_no_colours(told: str) -> None:
    to_copy = ("twinpost ", "/")
    lines = [line for line in told.splitlines() if not line.strip().startswith(to_copy)]
    assert max(map(len, lines)) <= WIDEST
    assert "\x1b" not in told


def test_every_mail_lies_there_as_eml_and_as_html(told: str, folder: Path) -> None:
    mails = folder / "mails"
    stems = {path.stem for path in mails.glob("*.eml")}
    assert stems == {path.stem for path in mails.glob("*.html")} - {"index"}
    ours = sorted(stem for stem in stems if "-twinpost-to-" in stem)
    assert len(ours) == SENT
    for stem in ours:
        message = message_from_bytes((mails / f"{stem}.eml").read_bytes())
        assert message["From"] == "Letters between schools <letters@school.example>"
        html = (mails / f"{stem}.html").read_text("utf-8")
        assert html.startswith("<!DOCTYPE html>")
        assert "post office" in html
    index = (mails / "index.html").read_text("utf-8")
    assert all(f'href="{stem}.html"' in index for stem in stems)


def test_what_it_leaves_behind_can_be_asked(told: str, folder: Path) -> None:
    code = "from twinpost.cli.main import main; main()"
    log = finished(sys.executable, "-c", code, "log", "--config", folder / "twinpost.toml", "--json")
    assert (log.returncode, log.stdout.count('"delivery"')) == (0, len(LOGGED))
    assert (folder / "password").stat().st_mode & 0o077 == 0


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = finished(*PROGRAM, "--dir", tmp_path)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_mail_that_does_not_come_is_a_failure(tmp_path: Path) -> None:
    done = performed(tmp_path / "new", "scenes=(('Silence', silence),), patience=2")
    assert done.returncode == 1, done.stderr
    said = " ".join(done.stdout.split())
    assert "Not as expected: Kari Nordmann should have got a mail about “Hello” within 2 seconds." in said


def test_another_end_than_the_story_has_is_a_failure(tmp_path: Path) -> None:
    done = performed(tmp_path / "new", "scenes=SCENES[:1], patience=2")
    assert done.returncode == 1, done.stderr
    assert f"Not as expected: {SENT} mails should have been sent" in done.stdout


def test_a_year_that_ends_too_early_is_a_failure(tmp_path: Path) -> None:
    done = performed(tmp_path / "new", "year=YEAR[:2]")
    assert done.returncode == 1, done.stderr
    assert "Not as expected: the log should hold" in done.stdout


# -- --keep --------------------------------------------------------------------------------------


@contextmanager
def kept(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo that goes on, and what it said until then."""
    process = subprocess.Popen(
        [*PROGRAM, "--keep", "--dir", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("What happens"):
                break
        yield process, said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def found(pattern: str, said: str) -> str:
    match = re.search(pattern, said, re.MULTILINE)
    assert match, said
    return match[1]


def subjects(port: int, user: str, password: str) -> list[str]:
    """What lies in a mailbox, read over IMAP."""
    with imaplib.IMAP4("127.0.0.1", port, timeout=10) as box:
        box.login(user, password)
        box.select("INBOX", readonly=True)
        _, data = box.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        return [item[1].decode().strip() for item in data if isinstance(item, tuple)]


def test_kept_it_answers_a_mail_and_ends_in_peace(tmp_path: Path) -> None:
    with kept(tmp_path / "new") as (process, said):
        imap = int(found(r"^IMAP +127\.0\.0\.1 +(\d+)", said))
        smtp = int(found(r"^SMTP +127\.0\.0\.1 +(\d+)", said))
        password = found(r"kari@fagerborg\.example +(\w+)$", said)
        letter = EmailMessage()
        letter["From"], letter["To"] = "kari@fagerborg.example", "letters@school.example"
        letter["Subject"] = "Letter 4 from the frogs to Lyon \x1b[31m"
        letter.set_content("Our last letter.\n")
        with smtplib.SMTP("127.0.0.1", smtp, timeout=10) as server:
            server.login("kari@fagerborg.example", password)
            server.send_message(letter)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("   twinpost: letter from kari@fagerborg.example, “Letter 4 from the frogs")
        assert "\x1b" not in line
        while "Subject: Letter 4 from 7B Oslo is here" not in subjects(
            imap, "luc@ecole-lyon.example", password
        ):
            time.sleep(0.1)  # the test's own time limit ends this
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
