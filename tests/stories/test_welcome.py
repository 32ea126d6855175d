"""The first word to each teacher."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, an_office, the

from twinpost.app.enact import Told
from twinpost.app.welcome import met, welcome
from twinpost.core.model.notice import Welcome
from twinpost.ledger import outbox, people
from twinpost.ledger.engine import transaction
from twinpost.ledger.outbox import State


def welcomed(office: Office) -> list[Told]:
    """The admin welcomes whoever has not been welcomed."""
    with transaction(office.engine) as connection:
        directory = people.load_directory(connection)
        return welcome(connection, office.house, directory, directory.exchanges[0], office.now)


def leaving(office: Office) -> set[datetime]:
    """When the mails that wait will leave."""
    with transaction(office.engine) as connection:
        return {line.next_at for line in outbox.lines(connection, [State.WAITING])}


def test_each_teacher_reads_of_her_own_class_and_of_her_partners(office: Office) -> None:
    told = welcomed(office)
    assert [one.tell.to.address for one in told] == [KARI, OLA, LUC]
    to_kari, to_luc = the(told, "welcome", KARI), the(told, "welcome", LUC)
    assert "Your\nclass in it is 7B Oslo" in to_kari.text
    assert "“Letter 1 from CM2 Lyon to 7B Oslo”" in to_luc.text
    assert "due on Friday 9 October" in to_luc.text
    assert "09:15 in Lyon and Oslo" in " ".join(to_luc.text.split())


def test_a_plain_reply_to_a_welcome_reaches_the_partner(office: Office) -> None:
    welcomed(office)
    (mail,) = [parcel.mail for parcel in office.outbox() if parcel.recipient == KARI]
    assert [address for _, address in mail.reply_to] == [LUC, BOX]


def test_nobody_is_welcomed_twice_and_whoever_is_new_later_is(office: Office) -> None:
    welcomed(office)
    assert welcomed(office) == []
    office.apply(WITH_KYIV)
    assert [one.tell.to.address for one in welcomed(office)] == [OLENA]
    assert len(office.outbox()) == 4


def test_who_turns_out_to_be_somebody_welcomed_before_is_not_welcomed_again(office: Office) -> None:
    welcomed(office)
    office.apply(EXCHANGE.replace(KARI, "kari.nordmann@fagerborg.example"))
    assert welcomed(office) == []


def test_a_teacher_of_two_classes_gets_one_welcome(office: Office) -> None:
    both = "      - {name: Luc Martin, email: luc@ecole-lyon.example}\n"
    office.apply(EXCHANGE.replace(both, both + f"      - {{name: Kari Nordmann, email: {KARI}}}\n"))
    assert [one.tell.to.address for one in welcomed(office)].count(KARI) == 1


def test_a_welcome_waits_for_school_hours(office: Office) -> None:
    office.now = datetime(2026, 10, 9, 18, 0, tzinfo=UTC)  # Friday evening
    welcomed(office)
    assert {parcel.mail.subject.split()[0] for parcel in office.outbox(State.WAITING)} == {"Please"}
    assert leaving(office) == {datetime(2026, 10, 12, 6, tzinfo=UTC)}


def test_a_welcome_from_before_go_live_leaves_in_the_school_hours_after_it(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        welcomed(office)
        office.now = datetime(2026, 10, 17, 9, 0, tzinfo=UTC)  # a Saturday
        office.go_live()
        assert len(office.outbox(State.WAITING)) == 3
        assert leaving(office) == {datetime(2026, 10, 19, 6, tzinfo=UTC)}


def test_the_next_agreed_date_is_named_once_the_first_letter_is_here(office: Office) -> None:
    office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    notice = the(welcomed(office), "welcome", LUC).tell.notice
    assert isinstance(notice, Welcome)
    assert notice.next_date is not None
    assert notice.next_date.letter.from_ == "CM2 Lyon"


def test_where_a_welcome_is_can_be_told(office: Office) -> None:
    welcomed(office)
    with transaction(office.engine) as connection:
        exchange = people.load_directory(connection).exchanges[0]
        assert set(met(connection, exchange).values()) == {State.WAITING}
