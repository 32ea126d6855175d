from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from tests.filed import ANA, FILED, HUGO, KARI, LUC, LYON, OLA, OSLO, TOMAS, a_due_date, plain, with_oslo

from twinpost.core.model.effect import AddAddress, Learn
from twinpost.core.model.filed import ExchangeAsFiled, PersonAsFiled
from twinpost.core.model.people import Role, SchoolClass
from twinpost.ledger import amendments
from twinpost.ledger.engine import transaction
from twinpost.ledger.filing import apply_exchange
from twinpost.ledger.people import list_exchanges, load_directory, revision, with_nicknames
from twinpost.ledger.stored import stored_exchange
from twinpost.ledger.tables import classes, memberships, people

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def connection(ledger: sa.Engine) -> Iterator[sa.Connection]:
    with transaction(ledger) as connection:
        yield connection


def apply(connection: sa.Connection, *filed: ExchangeAsFiled) -> None:
    for one in filed:
        apply_exchange(connection, one, NOW)


def oslo(connection: sa.Connection) -> SchoolClass:
    return load_directory(connection).exchanges[0].classes[0]


def ids(connection: sa.Connection) -> dict[str, int]:
    """Everybody of the first exchange by name."""
    found = load_directory(connection).exchanges[0].classes
    return {person.name: person.id for one in found for person in (*one.teachers, *one.leaders, *one.pupils)}


def test_an_empty_ledger_knows_nobody(connection: sa.Connection) -> None:
    assert load_directory(connection).exchanges == ()
    assert stored_exchange(connection, "oslo-lyon") is None
    assert revision(connection).people == 0


def test_what_was_applied_is_read_back_as_it_was(connection: sa.Connection) -> None:
    apply(connection, FILED)
    assert stored_exchange(connection, "oslo-lyon") == FILED


def test_applying_twice_changes_no_id(connection: sa.Connection) -> None:
    apply(connection, FILED)
    before = load_directory(connection)
    apply(connection, FILED)
    assert load_directory(connection) == before


def test_the_directory_says_what_the_file_says(connection: sa.Connection) -> None:
    apply(connection, FILED)
    directory = load_directory(connection)
    (exchange,) = directory.exchanges
    first, second = exchange.classes
    assert (first.slug, second.slug) == ("oslo", "CM2 Lyon")
    assert first.school_hours == OSLO.school_hours
    assert first.calendar == OSLO.calendar
    assert second.school_days == (0, 1, 3, 4)
    assert [(who.name, who.addresses) for who in first.teachers] == [
        ("Kari Nordmann", ("kari@fagerborg.example",)),
        ("Ola Hansen", ("ola@fagerborg.example", "ola.hansen@fagerborg.example")),
    ]
    assert exchange.schedule[0].due == date(2026, 10, 9)
    assert exchange.schedule[0].from_class == first.id
    assert exchange.pairs[0] == (first.pupils[0].id, second.pupils[0].id)
    assert exchange.meeting is not None
    assert exchange.meeting.host == first.id
    (place,) = directory.who("OLA.Hansen@fagerborg.example")
    assert (place.person.name, place.role, place.school_class.name) == ("Ola Hansen", Role.TEACHER, "7B Oslo")


def test_a_language_comes_from_the_person_the_class_the_exchange_the_configuration(
    connection: sa.Connection,
) -> None:
    apply(connection, FILED)
    (exchange,) = load_directory(connection, "sv").exchanges
    first, second = exchange.classes
    assert (first.leaders[0].language, first.teachers[0].language) == ("nn", "nb")
    assert (second.language, second.teachers[0].language) == ("sv", "sv")
    apply(connection, replace(FILED, language="fr"))
    assert load_directory(connection, "sv").exchanges[0].classes[1].teachers[0].language == "fr"


def test_every_change_is_a_new_revision(connection: sa.Connection) -> None:
    apply(connection, FILED)
    before = revision(connection)
    apply(connection, with_oslo(school="Another"))
    assert revision(connection).people > before.people


# -- classes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("renamed, with its id", {"name": "8B Oslo", "aliases": ("8B",)}),
        ("its id left out", {"slug": "7B Oslo"}),
        ("another id, the same name", {"slug": "7b-oslo"}),
        ("renamed without id, to an alias", {"slug": "Oslo", "name": "Oslo", "aliases": ()}),
        ("renamed without id, the old name an alias", {"slug": "8B", "name": "8B", "aliases": ("7B Oslo",)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_class_stays_itself_when_it_is(
    what: str, changes: dict[str, object], connection: sa.Connection
) -> None:
    alone = replace(FILED, schedule=(), pairs=(), meeting=None)
    apply(connection, alone)
    before = oslo(connection).id
    apply(connection, with_oslo(alone, **changes))
    assert oslo(connection).id == before
    assert len(load_directory(connection).exchanges[0].classes) == 2


def test_a_class_renamed_without_id_keeps_its_first_name_as_id(connection: sa.Connection) -> None:
    lyon = replace(LYON, slug="CE2", name="CE2", aliases=("CM2 Lyon",))
    alone = replace(FILED, schedule=(), pairs=())
    apply(connection, alone, replace(alone, classes=(OSLO, lyon)))
    stored = stored_exchange(connection, "oslo-lyon")
    assert stored is not None
    assert (stored.classes[1].slug, stored.classes[1].name) == ("CM2 Lyon", "CE2")


def test_a_new_class_may_bear_the_first_name_of_a_renamed_one(connection: sa.Connection) -> None:
    apply(connection, plain("x", ("A", KARI), ("B", LUC)))
    renamed = plain("x", ("C", KARI), ("B", LUC))
    first = replace(renamed.classes[0], aliases=("A",))
    apply(connection, replace(renamed, classes=(first, renamed.classes[1])))
    apply(connection, plain("x", ("C", KARI), ("B", LUC), ("A", OLA)))
    slugs = [(one.name, one.slug) for one in load_directory(connection).exchanges[0].classes]
    assert slugs == [("C", "A"), ("B", "B"), ("A", "A (2)")]


def test_a_class_that_left_comes_back_with_its_history(connection: sa.Connection) -> None:
    three = plain("x", ("A", KARI), ("B", LUC), ("C", OLA))
    apply(connection, three)
    before = load_directory(connection)
    apply(connection, replace(three, classes=three.classes[:2]))
    assert [one.name for one in load_directory(connection).exchanges[0].classes] == ["A", "B"]
    assert load_directory(connection).who("ola@fagerborg.example") == ()
    assert connection.execute(sa.select(sa.func.count()).select_from(classes)).scalar() == 3
    apply(connection, three)
    assert load_directory(connection) == before


# -- people --------------------------------------------------------------------------------------


def test_who_leaves_the_file_becomes_inactive_and_stays_herself(connection: sa.Connection) -> None:
    apply(connection, FILED)
    before = ids(connection)
    apply(connection, with_oslo(teachers=(KARI,)))
    assert load_directory(connection).who("ola@fagerborg.example") == ()
    assert connection.execute(sa.select(people.c.id).where(people.c.name == "Ola Hansen")).scalar()
    apply(connection, FILED)
    assert ids(connection) == before


@pytest.mark.parametrize(
    "changed",
    [
        PersonAsFiled("Ola H.", OLA.addresses),
        PersonAsFiled("Ola Berg", OLA.addresses[1:]),
        PersonAsFiled("Ola Hansen", ("ola@new.example",)),
        PersonAsFiled("OLA  Hansen", ("ola@new.example", OLA.addresses[0])),
    ],
)
def test_a_teacher_stays_herself(changed: PersonAsFiled, connection: sa.Connection) -> None:
    apply(connection, FILED)
    before = ids(connection)["Ola Hansen"]
    apply(connection, with_oslo(teachers=(KARI, changed)))
    found = oslo(connection).teachers[1]
    assert (found.id, found.name, found.addresses) == (before, changed.name, changed.addresses)


def test_another_name_and_another_address_is_another_person(connection: sa.Connection) -> None:
    apply(connection, FILED)
    apply(connection, with_oslo(teachers=(KARI, PersonAsFiled("Eva Lie", ("eva@fagerborg.example",)))))
    assert oslo(connection).teachers[1].id not in {1, 2}
    assert load_directory(connection).who("ola@fagerborg.example") == ()


def test_a_pupil_without_address_is_known_by_her_name_in_the_class(connection: sa.Connection) -> None:
    apply(connection, FILED)
    before = ids(connection)["Ana"]
    with_address = replace(ANA, addresses=("ana@pupils.example",))
    apply(connection, with_oslo(pupils=(TOMAS, with_address)))
    assert ids(connection)["Ana"] == before
    assert load_directory(connection).who("ana@pupils.example")[0].role is Role.PUPIL


def test_pupils_of_one_name_in_two_classes_are_two(connection: sa.Connection) -> None:
    lyon = replace(LYON, pupils=(ANA, HUGO))
    apply(connection, replace(FILED, classes=(OSLO, lyon), pairs=()))
    first, second = load_directory(connection).exchanges[0].classes
    assert first.pupils[0].id != second.pupils[0].id


def test_one_person_in_two_exchanges_is_one(connection: sa.Connection) -> None:
    apply(connection, plain("one", ("A", KARI), ("B", LUC)), plain("two", ("C", KARI), ("D", OLA)))
    places = load_directory(connection).who("kari@fagerborg.example")
    assert [place.exchange.code for place in places] == ["one", "two"]
    assert len({place.person.id for place in places}) == 1


def test_the_name_in_the_file_applied_last_wins(connection: sa.Connection) -> None:
    apply(connection, plain("one", ("A", KARI), ("B", LUC)))
    apply(connection, plain("two", ("C", replace(KARI, name="Kari N.")), ("D", OLA)))
    assert {place.person.name for place in load_directory(connection).who(KARI.addresses[0])} == {"Kari N."}


def test_an_address_lives_as_long_as_any_file_names_it(connection: sa.Connection) -> None:
    second = replace(OLA, addresses=OLA.addresses[:1])
    apply(connection, plain("one", ("A", OLA), ("B", LUC)), plain("two", ("C", second), ("D", KARI)))
    assert load_directory(connection).who(OLA.addresses[1])
    assert stored_exchange(connection, "two") == plain("two", ("C", second), ("D", KARI))
    apply(connection, plain("one", ("A", second), ("B", LUC)))
    assert load_directory(connection).who(OLA.addresses[1]) == ()
    assert load_directory(connection).who(OLA.addresses[0])


def test_two_people_who_turn_out_to_be_one_become_one(connection: sa.Connection) -> None:
    old, new = PersonAsFiled("Ola Hansen", OLA.addresses[:1]), PersonAsFiled("O. Hansen", OLA.addresses[1:])
    apply(connection, plain("one", ("A", old), ("B", LUC)), plain("two", ("C", new), ("D", KARI)))
    (keep,) = load_directory(connection).who(OLA.addresses[0])
    (gone,) = load_directory(connection).who(OLA.addresses[1])
    amendments.learn_nickname(connection, Learn(gone.person.id, gone.exchange.id, "theirs", 1), NOW)
    apply(connection, plain("one", ("A", OLA), ("B", LUC)))
    directory = load_directory(connection)
    places = directory.who(OLA.addresses[1])
    assert [(place.exchange.code, place.person.id) for place in places] == [
        ("one", keep.person.id),
        ("two", keep.person.id),
    ]
    assert directory.nicknames == {(keep.person.id, "theirs"): 1}
    assert gone.person.id not in connection.execute(sa.select(memberships.c.person_id)).scalars().all()


def test_a_teacher_of_two_classes_may_have_an_address_more_in_one(connection: sa.Connection) -> None:
    first = replace(OLA, addresses=OLA.addresses[1:])
    apply(connection, plain("x", ("A", first), ("B", OLA), ("C", LUC)))
    assert len({place.person.id for place in load_directory(connection).who(OLA.addresses[0])}) == 1
    assert connection.execute(sa.select(sa.func.count()).select_from(people)).scalar() == 2


# -- amendments ----------------------------------------------------------------------------------


def test_an_address_that_was_added_by_mail_outlives_every_file(connection: sa.Connection) -> None:
    apply(connection, FILED)
    luc = ids(connection)["Luc Martin"]
    amendments.add_address(connection, AddAddress(luc, "luc@home.example"), NOW)
    apply(connection, with_oslo(school="Another"))
    (place,) = load_directory(connection).who("luc@home.example")
    assert place.person.addresses == ("luc@ecole-lyon.example", "luc@home.example")
    assert stored_exchange(connection, "oslo-lyon") == with_oslo(school="Another")
    assert amendments.kept_amendments(connection, "oslo-lyon") == (
        "Luc Martin writes from luc@home.example, too",
    )


def test_an_address_added_by_mail_stays_when_a_file_names_it_for_a_while(connection: sa.Connection) -> None:
    apply(connection, FILED)
    amendments.add_address(connection, AddAddress(ids(connection)["Luc Martin"], "luc@home.example"), NOW)
    both = replace(LUC, addresses=(*LUC.addresses, "luc@home.example"))
    apply(connection, replace(FILED, classes=(OSLO, replace(LYON, teachers=(both,)))), FILED)
    assert load_directory(connection).who("luc@home.example")


def test_nicknames_are_in_the_directory_and_stay(connection: sa.Connection) -> None:
    apply(connection, FILED)
    kari, lyon = ids(connection)["Kari Nordmann"], load_directory(connection).exchanges[0].classes[1].id
    amendments.learn_nickname(connection, Learn(kari, 1, "The French", lyon), NOW)
    apply(connection, with_oslo(school="Another"))
    assert load_directory(connection).nicknames == {(kari, "the french"): lyon}


def test_a_nickname_changes_nothing_but_the_nicknames_of_the_directory(connection: sa.Connection) -> None:
    apply(connection, FILED)
    before, known = revision(connection), load_directory(connection)
    teacher, lyon = known.exchanges[0].classes[0].teachers[0].id, known.exchanges[0].classes[1].id
    amendments.learn_nickname(connection, Learn(teacher, 1, "The French", lyon), NOW)
    after = revision(connection)
    assert (after.people, after.nicknames > before.nicknames) == (before.people, True)
    assert with_nicknames(connection, known) == load_directory(connection)
    assert amendments.kept_amendments(connection, "oslo-lyon") == (
        "Kari Nordmann calls CM2 Lyon “The French”",
    )


# -- what was agreed -----------------------------------------------------------------------------


def test_the_schedule_follows_the_file(connection: sa.Connection) -> None:
    moved = (
        a_due_date(1, "7B Oslo", "CM2 Lyon", date(2026, 10, 12)),
        a_due_date(2, "7B Oslo", "CM2 Lyon", date(2026, 12, 4)),
    )
    apply(connection, FILED, replace(FILED, schedule=moved, pairs=FILED.pairs[:1], sessions=(), meeting=None))
    (exchange,) = load_directory(connection).exchanges
    assert [(line.number, line.due) for line in exchange.schedule] == [
        (1, date(2026, 10, 12)),
        (2, date(2026, 12, 4)),
    ]
    assert (len(exchange.pairs), exchange.sessions, exchange.meeting) == (1, (), None)


def test_the_list_of_exchanges_names_their_classes(connection: sa.Connection) -> None:
    apply(connection, plain("two", ("A", KARI), ("B", LUC)), FILED)
    assert [(one.code, one.classes) for one in list_exchanges(connection)] == [
        ("oslo-lyon", ("7B Oslo", "CM2 Lyon")),
        ("two", ("A", "B")),
    ]
