"""The incidents of docs/incidents.md, each played as it is told there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.admins import sits_down
from tests.office import BOX, KARI, LUC, OLA, PDF, Office, an_office, mails
from tests.pupils import ANA, HUGO, MAX, TOMAS, ZOE, with_pupils

from twinpost.cli.main import cli
from twinpost.core.model.kind import Kind
from twinpost.ledger.outbox import State

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs" / "incidents.md"
DIRECT = with_pupils()
LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office whose admin sits in its folder."""
    with an_office(tmp_path, exchange=DIRECT) as office:
        sits_down(office, monkeypatch, DIRECT)
        yield office


def says(*words: str) -> str:
    """What a command prints on both channels."""
    done = CliRunner().invoke(cli, list(words), standalone_mode=False)
    assert done.exception is None, done.output
    return done.output


def data(*words: str) -> Any:
    done = CliRunner().invoke(cli, [*words, "--json"], standalone_mode=False)
    assert done.exception is None, done.output
    return json.loads(done.stdout)


def received(notice: str) -> list[str]:
    """To whom such a mail has gone or goes, as the admin sees it."""
    return [line["recipient"] for line in data("outbox", "list", "--all") if line["notice"] == notice]


def test_every_incident_of_the_document_is_played_here() -> None:
    titles = re.findall(r"^## (.+)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    played = {name for name in vars(sys.modules[__name__]) if name.startswith("test_")}
    told = {f"test_{re.sub('[^a-z]+', '_', title.lower())}" for title in titles}
    assert len(told) == 5
    assert told <= played


def test_a_pupil_writes_to_a_stranger(office: Office) -> None:
    done = office.receive(ANA, "My dog", to=[ZOE], cc=[KARI, LUC, MAX, BOX])
    assert done.sorted.kind is Kind.PUPIL_MAIL
    assert mails(done.told) == [("stranger-alert", who) for who in (KARI, OLA, LUC)]
    assert all(MAX in told.text for told in done.told)
    assert [told.tell.to.address for told in done.told if told.tell.attach] == [OLA]
    assert received("stranger-alert") == [KARI, OLA, LUC]
    assert office.receive(TOMAS, "Mine", to=[ZOE], cc=[KARI, LUC, MAX, BOX]).told == ()
    assert {one.recipient for one in office.outbox()} == {KARI, OLA, LUC}
    # The admin lets a parent read along.
    leader = f"      - {{name: Head, email: head@fagerborg.example}}\n      - {{name: Max, email: {MAX}}}\n"
    office.apply(DIRECT.replace("      - {name: Head, email: head@fagerborg.example}\n", leader))
    office.wait(days=2)
    assert office.receive(ANA, "My cat", to=[ZOE], cc=[KARI, LUC, MAX, BOX]).told == ()


def test_a_stranger_writes_to_a_class(office: Office) -> None:
    done = office.receive(f"Max <{MAX}>", "Hello all of you", to=[ANA, TOMAS], cc=[BOX], text="YES\n")
    assert done.sorted.kind is Kind.STRANGER
    assert mails(done.told) == [("stranger-alert", who) for who in (KARI, OLA, LUC)]
    assert all(told.tell.attach for told in done.told)
    assert "Ana Berg and Tomas Lie" in " ".join(done.told[0].text.split())
    for subject in ("Hello again", "STATUS"):
        assert office.receive(f"Max <{MAX}>", subject, to=[ANA, HUGO, BOX], files=[("a.pdf", PDF)]).told == ()
    as_a_letter = office.receive(f"Max <{MAX}>", LETTER, to=[ANA, BOX], files=[("a.pdf", PDF)])
    assert {notice for notice, _ in mails(as_a_letter.told)} == {"was-this-you"}
    assert office.log() == []
    assert {one.recipient for one in office.outbox()} == {KARI, OLA, LUC}
    assert len(data("person", MAX)["mails"]) == 4
    says("forget", MAX, "--yes")
    assert data("person", MAX)["mails"] == []
    assert list(office.house.vault.hashes()) == []


def test_a_teacher_s_account_is_misused(office: Office) -> None:
    program = b"MZ" + bytes(200)
    done = office.receive(KARI, LETTER, cc=[LUC], files=[("letters.exe", program)])
    assert [told.tell.to.address for told in done.told] == [KARI, OLA, LUC]
    assert "letters.exe" in done.told[2].text
    asked = office.receive(KARI, "Letter from the frogs", files=[("more.pdf", PDF)])
    assert mails(asked.told) == [("which-letter", KARI)]
    office.outbox_leaves()
    wrote = data("person", KARI)["mails"]
    assert [(mail["message"], mail["subject"], mail["files"]) for mail in wrote] == [
        (1, LETTER, ["letters.exe"]),
        (2, "Letter from the frogs", []),
    ]
    # The admin gives her another address.
    new = "kari.nordmann@fagerborg.example"
    office.apply(DIRECT.replace(KARI, new))
    answer = office.receive(KARI, "Re: Which letter is this?", text="1\n", answers=asked.told[0])
    assert (answer.sorted.kind, mails(answer.told)) == (Kind.STRANGER, [("was-this-you", new)])
    more = office.receive(f"Kari Nordmann <{KARI}>", LETTER.replace("1", "2"), files=[("x.pdf", PDF)])
    assert more.told == ()  # she has been asked about this address
    assert [line.numbers for line in office.log()] == [(1,)]
    # What was sent in her name is removed.
    said = says("forget", "message 1", "--yes")
    assert "3 teachers will be told by mail" in said
    assert sorted(received("forgotten")) == sorted([new, OLA, LUC])
    assert "letters.exe" not in says("person", "Kari Nordmann")


def test_a_wrong_attachment_was_passed_on(office: Office) -> None:
    done = office.receive(KARI, LETTER, files=[("marks.pdf", PDF + b"Ana 4, Tomas 5")])
    (passed,) = [told for told in done.told if told.tell.attach]
    assert passed.tell.to.address == LUC
    waiting = next(line["id"] for line in data("outbox", "list") if line["recipient"] == LUC)
    assert "is not sent" in says("outbox", "cancel", str(waiting))
    assert "leaves" in says("outbox", "retry", str(waiting))
    office.outbox_leaves()
    assert received("letter-arrived") == [LUC]
    shown = says("forget", "message 1", "--dry-run")
    assert "Nothing was changed" in shown
    assert f"message 1, “{LETTER}” from {KARI}" in shown
    said = says("forget", "message 1", "--yes")
    assert "What has been delivered to others" in said
    assert received("forgotten") == [KARI, OLA, LUC]
    assert all("Please delete your copy" in one.mail.text for one in office.outbox(State.WAITING))
    assert list(office.house.vault.hashes()) == []
    right = office.receive(KARI, LETTER, cc=[LUC], files=[("Ana.pdf", PDF)])
    assert right.sorted.kind is Kind.LETTER
    (line,) = office.log()
    assert (line.numbers, line.mails) == ((1,), 2)


def test_a_parent_asks_for_deletion(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=[("Ana Berg.pdf", PDF), ("Tomas Lie.pdf", PDF + b"2")])
    office.receive(ANA, "My dog", to=[ZOE], cc=[KARI, LUC, BOX])
    office.outbox_leaves()
    assert [mail["why"] for mail in data("person", "Ana Berg")["mails"]] == ["letter", "wrote"]
    assert "Nothing was changed" in says("forget", "Ana Berg", "--dry-run")
    before = office.log()
    said = says("forget", "Ana Berg", "--yes")
    assert "Forgotten." in said
    assert re.search(r"oslo-lyon\.yaml:\d+ names them", said)
    assert office.log() == before
    assert received("forgotten") == [KARI, OLA, LUC]
    told = office.outbox(State.WAITING)
    assert not any("Ana" in one.mail.text or "Berg" in one.mail.text for one in told)
    assert ANA not in says("person", "Tomas Lie")
