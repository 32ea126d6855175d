"""Somebody is forgotten, and what was others' stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.ledgers import SQLITE, Choice
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, PDF, Office, an_office

from twinpost.app.enact import Told
from twinpost.app.forget import forget
from twinpost.app.traces import Search, Why
from twinpost.core.model.notice import Forgotten
from twinpost.ledger import outbox, views
from twinpost.ledger.engine import transaction
from twinpost.ledger.forgetting import NOT_SWEPT, TO_WIPE
from twinpost.ledger.tables import facts, failing_addresses, metadata
from twinpost.ledger.whom import by_name_alone, whom

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
ANA, TOMAS, INGRID = "Ana Berg", "Tomas Lie", "Ingrid Holm"
WITH_ADDRESS = EXCHANGE.replace("{name: Ana Berg}", "{name: Ana Berg, email: ana@pupils.example}")
FILES = [("Ana Berg.pdf", PDF + b"1"), ("tomas.pdf", PDF + b"2")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, exchange=WITH_ADDRESS) as office:
        yield office


def search(office: Office, who: str) -> Search:
    with transaction(office.engine) as connection:
        found = whom(connection, who)
    (one,) = found.meant or (by_name_alone(who),)
    return Search(office.house, one).through(office.engine)


def forgotten(office: Office, who: str) -> list[Told]:
    return forget(office.engine, office.house, search(office, who), lambda: office.now)


def whys(office: Office, who: str) -> list[Why]:
    return [trace.why for trace in search(office, who).in_order()]


def stored(office: Office) -> str:
    """Everything that the ledger says, as text."""
    rows: list[object] = []
    with transaction(office.engine) as connection:
        for table in metadata.sorted_tables:
            rows += [tuple(row) for row in connection.execute(sa.select(table))]
    return "\n".join(map(str, rows))


def files(office: Office) -> bytes:
    """Every octet of the ledger's files and of the originals."""
    kept = [*office.folder.glob("twinpost.db*"), *office.folder.glob("originals/*/*")]
    return b"".join(file.read_bytes() for file in kept)


def spellings(text: str) -> list[bytes]:
    """As UTF-8, and as JSON writes it."""
    return [text.encode(), json.dumps(text)[1:-1].encode()]


def test_a_child_goes_and_the_log_still_counts_her_letter(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    office.outbox_leaves()
    before = office.log()
    assert (before[0].numbers, before[0].files) == ((1,), 2)
    forgotten(office, ANA)
    assert office.log() == before
    assert ANA not in stored(office)
    assert "ana@pupils.example" not in stored(office)
    assert "Tomas Lie" in stored(office)  # the file of pupils is his, too


@pytest.mark.parametrize("who", [ANA, "ana@pupils.example", "Zoé Petit", "Kari Nordmann", LUC, "7B Oslo"])
def test_no_octet_of_a_forgotten_name_is_left_in_any_file(tmp_path: Path, who: str) -> None:
    if Choice.database != SQLITE:
        pytest.skip("the files of PostgreSQL are its own")
    with an_office(tmp_path, exchange=WITH_ADDRESS) as office:
        office.receive(
            "Kari Nordmann <kari@fagerborg.example>",
            LETTER,
            cc=[LUC],
            text="Ana Berg and Zoé Petit have written. Yours, Kari Nordmann\n",
            files=[*FILES, ("Zoé Petit.pdf", PDF + b"3")],
        )
        office.receive(LUC, "Letter from the frogs", text="Zoé Petit is ill, and so is Ana Berg.")
        office.receive("ana@pupils.example", "Hello", text="I am Ana Berg", to=[BOX])
        found = search(office, who)
        names = (*found.whom.names, *found.whom.addresses)
        for text in names:
            assert any(one in files(office) for one in spellings(text)), text
        forget(office.engine, office.house, found, lambda: office.now)
        for text in names:
            assert [one for one in spellings(text) if one in files(office)] == []
            assert text not in stored(office)


def test_whoever_wrote_nothing_and_is_not_named_keeps_everything(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=[("tomas.pdf", PDF)])
    assert whys(office, "Zoé Petit") == []
    assert whys(office, ANA) == []  # every file bears another's name


def test_a_scan_of_her_class_may_hold_her_letter_and_goes_too(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=[("scan.pdf", PDF)])
    assert whys(office, ANA) == [Why.MAYBE]
    assert whys(office, "Zoé Petit") == []
    forgotten(office, ANA)
    assert list(office.house.vault.hashes()) == []
    assert office.log()[0].files == 1


def test_the_teachers_of_a_mail_with_several_letters_are_told_without_a_name(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    office.outbox_leaves()
    told = forgotten(office, ANA)
    assert [one.tell.to.address for one in told] == [KARI, OLA, LUC]
    notice = told[0].tell.notice
    assert isinstance(notice, Forgotten)
    assert [(one.letter, one.files) for one in notice.letters] == [("letter 1 from 7B Oslo to CM2 Lyon", 2)]
    assert "Ana" not in told[0].text + told[0].subject
    waiting = office.outbox(outbox.State.WAITING)
    assert [(one.notice, one.recipient) for one in waiting] == [
        ("forgotten", KARI),
        ("forgotten", OLA),
        ("forgotten", LUC),
    ]


def test_before_go_live_the_teachers_are_told_when_it_comes(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False, exchange=WITH_ADDRESS) as office:
        office.receive(KARI, LETTER, cc=[LUC], files=FILES)
        assert {one.state for one in forgotten(office, ANA)} == {"held"}


def test_a_teacher_who_is_forgotten_is_not_told_herself(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    assert [one.tell.to.address for one in forgotten(office, "Kari Nordmann")] == [OLA, LUC]


def test_forgetting_twice_finds_nothing_more(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    forgotten(office, ANA)
    again = search(office, ANA)
    assert (again.found, again.naming, again.whom.people) == ({}, set(), ())
    assert forgotten(office, ANA) == []


def test_what_waits_for_her_is_not_sent_and_nobody_sends_it_again(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    forgotten(office, "Luc Martin")
    gone = [one for one in office.outbox() if not one.recipient]
    assert gone
    with transaction(office.engine) as connection:
        assert not any(outbox.retry(connection, one.id, office.now) for one in gone)
    assert all(one.recipient for one in office.outbox(outbox.State.WAITING))


def test_what_waits_for_others_goes_without_the_name(office: Office) -> None:
    office.receive(KARI, "Letter from the frogs", text="By Ana Berg", files=FILES)
    office.receive(KARI, LETTER, to=[BOX], cc=[LUC], text="Thanks to Ana Berg", files=[("tomas.pdf", PDF)])
    forgotten(office, ANA)
    for parcel in office.outbox():
        assert ANA not in parcel.mail.text + parcel.mail.html + parcel.mail.subject


def test_a_letter_that_would_be_passed_on_is_not_when_its_original_goes(office: Office) -> None:
    office.receive(KARI, LETTER, files=FILES)
    assert any(parcel.attach for parcel in office.outbox(outbox.State.WAITING))
    forgotten(office, ANA)
    assert not any(parcel.attach for parcel in office.outbox(outbox.State.WAITING))


def test_nobody_is_asked_any_more_about_a_mail_that_is_gone(office: Office) -> None:
    office.receive(KARI, "Letter from the frogs", text="By Ana Berg", files=FILES)
    forgotten(office, ANA)
    with transaction(office.engine) as connection:
        assert views.open_questions(connection) == []
    assert office.wait(days=3) == []


def test_a_child_whom_no_file_names_is_found_by_name(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], text="Ingrid Holm wrote most.", files=[("tomas.pdf", PDF)])
    assert whys(office, INGRID) == [Why.NAMED]
    forgotten(office, INGRID)
    assert INGRID.encode() not in files(office)


WRONG = ("marks of 7B.pdf", PDF + b"Ana 4, Tomas 5")


def test_one_mail_is_forgotten_with_what_we_wrote_about_it_and_its_teachers_are_told(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    office.receive(KARI, LETTER.replace("1", "2"), files=[WRONG], text="Marks, not letters")
    office.outbox_leaves()
    before = office.log()
    assert "marks of 7B" in stored(office)
    told = forgotten(office, "Message 2")
    assert [one.tell.to.address for one in told] == [KARI, OLA, LUC]
    assert "Please delete your copy" in told[0].text
    assert "letter 2 from 7B Oslo to CM2 Lyon" in told[0].text
    assert "marks of 7B" not in stored(office) + " ".join(one.text for one in told)
    assert office.log() == before
    assert whys(office, ANA) == [Why.LETTER]  # the other mail is untouched
    assert [trace.line.kept for trace in search(office, "message 2").in_order()] == [False]


def test_what_waits_to_carry_a_forgotten_mail_does_not_go(office: Office) -> None:
    office.receive(KARI, LETTER, files=[WRONG])
    assert [one.recipient for one in office.outbox(outbox.State.WAITING) if one.attach] == [LUC]
    forgotten(office, "message 1")
    assert not any(one.attach for one in office.outbox(outbox.State.WAITING))


def test_a_number_that_no_mail_has_concerns_nothing(office: Office) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    assert whys(office, "message 7") == []


def test_a_strangers_address_is_forgotten_too(office: Office) -> None:
    office.receive("pedlar@elsewhere.example", "Buy pens")
    forgotten(office, "pedlar@elsewhere.example")
    assert b"pedlar@" not in files(office)


def test_a_namesake_in_another_exchange_stays(office: Office) -> None:
    office.apply(
        WITH_ADDRESS.replace("oslo-lyon", "rome-pisa")
        .replace("fagerborg", "rome")
        .replace("ecole-lyon", "pisa")
        .replace("ana@pupils.example", "ana@rome.example")
    )
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    office.receive(
        KARI.replace("fagerborg", "rome"), LETTER, cc=[LUC.replace("ecole-lyon", "pisa")], files=FILES
    )
    forgotten(office, "ana@pupils.example")
    with transaction(office.engine) as connection:
        (other,) = whom(connection, ANA).meant
    assert other.addresses == ("ana@rome.example",)
    assert [len(line.sha256) for line in (trace.line for trace in search(office, ANA).in_order())] == [64]


def test_what_comes_between_search_and_yes_goes_as_well(office: Office) -> None:
    found = search(office, ANA)
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)
    forget(office.engine, office.house, found, lambda: office.now)
    assert ANA.encode() not in files(office)


def test_a_crash_before_the_files_are_wiped_is_made_good(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=FILES)

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("twinpost.app.forget.remove", power_cut)
    with pytest.raises(KeyboardInterrupt):
        forgotten(office, ANA)
    monkeypatch.undo()
    with transaction(office.engine) as connection:
        assert connection.execute(sa.select(facts).where(facts.c.name == TO_WIPE)).first()
    assert ANA.encode() in files(office)
    from tests.app.test_housekeeping import keep_house

    from twinpost.ledger.transaction import Desk

    desk = Desk(office.engine)
    keep_house(office, desk)
    desk.close()
    assert ANA.encode() not in files(office)


KEYS_WITHOUT_NAMES = {
    *("agenda.key", "digest_lines.key", "outbox.key"),  # made of ids
    *("outbox.message_id", "messages.sha256", "facts.name"),
}
KEYS_DELETED = {"addresses.address", "failing_addresses.address"}


def test_no_key_of_a_table_keeps_a_name_that_cannot_be_taken_out() -> None:
    """Texts are swept, keys are not: a new one has to be thought of."""
    keys = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.name not in NOT_SWEPT - {"addresses", "outbox"}
        for column in table.c
        if isinstance(column.type, sa.String) and (column.primary_key or column.unique)
    }
    assert keys == KEYS_WITHOUT_NAMES | KEYS_DELETED


def test_an_address_that_bounces_is_forgotten_with_its_owner(office: Office) -> None:
    row = {"address": KARI, "points": 4, "day_points": 4, "cause": "address", "status": "5.1.1"}
    rest = {"words": f"{KARI} unknown", "bouncing": True, "recovered_by": ""}
    with transaction(office.engine) as connection:
        connection.execute(sa.insert(failing_addresses).values(**row, **rest))
    forgotten(office, "Kari Nordmann")
    assert KARI not in stored(office)
    assert KARI.encode() not in files(office)


@pytest.mark.parametrize("who", ["Kari Nordmann", "Luc Martin"])
def test_a_teacher_is_forgotten_before_anything_has_come(office: Office, who: str) -> None:
    assert forgotten(office, who) == []
    assert who not in stored(office)


@pytest.mark.parametrize("who", ["Kari Nordmann", "Luc Martin", "7B Oslo", ANA])
def test_the_exchange_goes_on_without_the_forgotten(tmp_path: Path, who: str) -> None:
    with an_office(tmp_path, exchange=WITH_ADDRESS, rules=None) as office:
        office.receive(KARI, LETTER, cc=[LUC], files=FILES)
        forgotten(office, who)
        office.receive(LUC, "Letter 1 from CM2 Lyon to 7B Oslo", cc=[OLA], files=[("hugo.pdf", PDF)])
        for _ in range(30):
            office.wait(days=3)
        assert (1,) in [line.numbers for line in office.log()]
        gone = {address for address in (KARI, LUC, OLA) if address not in stored(office)}
        assert gone.isdisjoint(parcel.recipient for parcel in office.outbox())
