"""`twinpost person` and `twinpost forget`, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.admins import sits_down
from tests.office import EXCHANGE, KARI, LUC, PDF, Office, an_office

from twinpost.cli.forget import forget
from twinpost.cli.output import Exit
from twinpost.cli.person import person
from twinpost.errors import TwinpostError


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office with one letter, and the admin in its folder."""
    with an_office(tmp_path) as office:
        office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", cc=[LUC], files=[("Ana Berg.pdf", PDF)])
        office.outbox_leaves()
        sits_down(office, monkeypatch, EXCHANGE)
        yield office


def show(*words: str) -> Result:
    return CliRunner().invoke(person, list(words), standalone_mode=False)


def remove(*words: str) -> Result:
    return CliRunner().invoke(forget, list(words), standalone_mode=False)


def test_everything_about_a_person_is_shown(office: Office) -> None:
    done = show("Ana Berg")
    assert done.return_value == Exit.DONE
    assert "pupil: 7B Oslo (oslo-lyon)" in done.stdout
    assert "letter 1 from 7B Oslo to CM2 Lyon" in done.stdout
    assert "(a file bears their name); files: Ana Berg.pdf" in done.stdout
    data = json.loads(show("ana berg", "--json").stdout)
    assert data["people"][0]["pairs"] == ["Zoé Petit"]
    assert [(mail["theirs"], mail["original"]) for mail in data["mails"]] == [(["Ana Berg.pdf"], True)]
    assert {mail["recipient"] for mail in data["outbox"]} <= {KARI, "ola@fagerborg.example", LUC}


def test_a_teacher_is_shown_with_her_addresses_and_the_mails_to_her(office: Office) -> None:
    data = json.loads(show(KARI, "--json").stdout)
    assert data["people"][0]["addresses"] == [{"address": KARI, "source": "file"}]
    assert [mail["why"] for mail in data["mails"]] == ["wrote"]
    assert any(mail["to_them"] and mail["notice"] == "receipt" for mail in data["outbox"])


def test_a_class_means_everybody_in_it(office: Office) -> None:
    data = json.loads(show("CM2", "--json").stdout)
    assert [one["name"] for one in data["people"]] == ["Luc Martin", "Zoé Petit", "Hugo Roux"]


def test_a_strangers_address_works_too(office: Office) -> None:
    office.receive("pedlar@elsewhere.example", "Buy pens")
    assert "Buy pens" in show("pedlar@elsewhere.example").stdout


def test_nobody_is_guessed(office: Office) -> None:
    with pytest.raises(TwinpostError, match=r"Nobody is called “Ana”. Say one of these instead:\n.*Ana Berg"):
        raise show("Ana").exception or AssertionError
    office.apply(EXCHANGE.replace("oslo-lyon", "other"))
    with pytest.raises(TwinpostError, match="Several are called “Ana Berg”"):
        raise remove("Ana Berg", "--yes").exception or AssertionError


def test_who_is_not_known_at_all_is_said_to_be_unknown(office: Office) -> None:
    done = show("Nobody Atall")
    assert done.return_value == Exit.PROBLEMS
    assert "Nothing is stored about “Nobody Atall”." in done.stderr
    assert remove("Nobody Atall", "--yes").return_value == Exit.DONE


def test_forgetting_shows_first_and_asks(office: Office) -> None:
    done = remove("Ana Berg")
    assert done.return_value == Exit.PROBLEMS
    assert "1 mail with a file that bears their name" in done.stdout
    assert "Nobody is at the terminal" in done.stderr
    assert remove("Ana Berg", "--dry-run").return_value == Exit.DONE
    assert show("Ana Berg").return_value == Exit.DONE


def test_forgetting_names_what_it_cannot_reach(office: Office) -> None:
    done = remove("Ana Berg", "--dry-run")
    line = next(at for at, text in enumerate(EXCHANGE.splitlines(), 1) if "Ana Berg" in text)
    assert f"oslo-lyon.yaml:{line} names them: `twinpost exchange apply` would bring" in done.stderr
    assert "The mailbox (INBOX): 1 mail still there" in done.stderr
    reach = json.loads(remove("Ana Berg", "--dry-run", "--json").stdout)["out_of_reach"]
    assert reach["mailbox"] == {"INBOX": 1}
    assert len(reach["files"]) == 2  # among the pupils, and in the pairs


def test_what_is_forgotten_is_gone_and_said_to_be(office: Office) -> None:
    done = remove("Ana Berg", "--yes")
    assert done.return_value == Exit.DONE
    assert "Forgotten." in done.stderr
    assert show("Ana Berg").return_value == Exit.PROBLEMS
    again = remove("Ana Berg", "--yes")
    assert again.return_value == Exit.DONE
    assert "there is nothing to forget" in again.stderr


def test_a_folder_of_originals_that_is_away_is_not_taken_for_an_empty_one(office: Office) -> None:
    office.receive(LUC, "Thank you", text="Dear Kari")
    (office.folder / "originals").rename(office.folder / "away")
    assert "is it mounted?" in remove("Zoé Petit", "--dry-run").stderr
