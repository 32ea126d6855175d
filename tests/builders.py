"""Values for tests with sane defaults: the exchange of 7B Oslo and CM2 Lyon, one readable call each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from twinpost.core.model.known import Arrived, Known
from twinpost.core.model.letter import Certainty, DeliveredMail, Delivery, Letter
from twinpost.core.model.mail import Address, File, Kept, Reading
from twinpost.core.model.people import (
    Copies,
    Directory,
    DueDate,
    Exchange,
    Mode,
    Person,
    SchoolClass,
    directory_of,
)
from twinpost.core.model.subject import Mention, SubjectReading
from twinpost.core.sorting.phrases import AutomaticWords
from twinpost.edges.phrases import load_phrases

SHARED = "letters@school.example"
ADMIN = "it@school.example"
NOW = datetime(2026, 10, 8, 7, 15, tzinfo=UTC)
"""Thursday 8 October 2026, 09:15 in Oslo and in Lyon: the day before letter 1 from 7B Oslo is due."""

OSLO, LYON, KYIV = 1, 2, 3
"""Ledger ids of the classes."""


def a_person(name: str = "Kari Nordmann", *addresses: str, id_: int = 1, language: str = "en") -> Person:
    """A person; without addresses hers is first.last@class.example."""
    return Person(id_, name, addresses or (f"{'.'.join(name.casefold().split())}@class.example",), language)


KARI = a_person("Kari Nordmann", "kari@fagerborg.example", id_=1)
OLA = a_person("Ola Hansen", "ola@fagerborg.example", "ola.hansen@fagerborg.example", id_=2)
LUC = a_person("Luc Martin", "luc@ecole-lyon.example", id_=3)
HEAD = a_person("Head Teacher", "head@fagerborg.example", id_=4)
OLENA = a_person("Olena Koval", "olena@kyiv-school.example", id_=5)
ANA = a_person("Ana Berg", "ana@pupils.fagerborg.example", id_=11)
TOM = a_person("Tom Dubois", "tom@eleves.ecole-lyon.example", id_=21)


def a_class(name: str = "7B Oslo", **changes: Any) -> SchoolClass:
    """7B Oslo, CM2 Lyon or 5A Kyiv, or any other class with one teacher."""
    known = {
        "7B Oslo": SchoolClass(
            OSLO,
            "oslo",
            "7B Oslo",
            "Europe/Oslo",
            (KARI, OLA),
            aliases=("7B", "Oslo"),
            school="Fagerborg skole",
            country="NO",
            leaders=(HEAD,),
            pupils=(ANA,),
        ),
        "CM2 Lyon": SchoolClass(
            LYON,
            "lyon",
            "CM2 Lyon",
            "Europe/Paris",
            (LUC,),
            aliases=("CM2", "Lyon", "École Lyon"),
            country="FR",
            pupils=(TOM,),
        ),
        "5A Kyiv": SchoolClass(
            KYIV, "kyiv", "5A Kyiv", "Europe/Kyiv", (OLENA,), aliases=("5A", "Kyiv"), country="UA"
        ),
    }
    other = SchoolClass(9, "other", name, "Europe/London", (a_person("Ann Other", id_=9),))
    return replace(known.get(name, other), **changes)


def due(number: int, from_class: int, to_class: int, day: date, product: str = "letter") -> DueDate:
    return DueDate(product, number, from_class, to_class, day)


SCHEDULE = (
    due(1, OSLO, LYON, date(2026, 10, 9)),
    due(1, LYON, OSLO, date(2026, 11, 6)),
    due(2, OSLO, LYON, date(2026, 12, 4)),
    due(2, LYON, OSLO, date(2027, 1, 22)),
)


def an_exchange(**changes: Any) -> Exchange:
    """oslo-lyon with four letters each way, one teacher in copy; id 1."""
    exchange = Exchange(
        1,
        "oslo-lyon",
        "Oslo and Lyon write letters",
        (a_class("7B Oslo"), a_class("CM2 Lyon")),
        mode=Mode.THROUGH_TEACHERS,
        letters=4,
        copies=Copies.ONE,
        schedule=SCHEDULE,
    )
    return replace(exchange, **changes)


def a_directory(*exchanges: Exchange) -> Directory:
    """Everybody of these exchanges; of oslo-lyon when none is given."""
    return directory_of(exchanges or (an_exchange(),))


def a_file(name: str = "letters.docx", kind: str = "docx", size: int = 40_000, **changes: Any) -> File:
    """An attached file; its hash follows from its name."""
    part = changes.pop("part", 2)
    file = File(part, name, size, sha256(name.encode()).hexdigest(), kind)
    return replace(file, **changes)


def addresses(*texts: str) -> tuple[Address, ...]:
    """Addresses with no display name."""
    return tuple(Address(text) for text in texts)


def a_reading(
    subject: str = "Letter 1 from 7B Oslo to CM2 Lyon",
    *,
    sender: str = "kari@fagerborg.example",
    name: str = "Kari Nordmann",
    to: tuple[str, ...] = ("luc@ecole-lyon.example",),
    cc: tuple[str, ...] = (SHARED,),
    files: tuple[File, ...] | None = None,
    **changes: Any,
) -> Reading:
    """A mail of Kari's to Luc with the shared box in copy and one file."""
    reading = Reading(
        subject=subject,
        from_=(Address(sender, name),),
        to=addresses(*to),
        cc=addresses(*cc),
        date=NOW,
        message_id="<1@fagerborg.example>",
        text="Dear Luc, here are our letters.",
        written="Dear Luc, here are our letters.",
        files=(a_file(),) if files is None else files,
        fingerprint="f" * 64,
    )
    return replace(reading, **changes)


def a_kept(id_: int = 1, arrived_at: datetime = NOW) -> Kept:
    return Kept(id_, sha256(str(id_).encode()).hexdigest(), 60_000, arrived_at)


def a_letter(number: int = 1, from_class: int = OSLO, to_class: int = LYON, **changes: Any) -> Letter:
    """Letter 1 from 7B Oslo to CM2 Lyon."""
    letter = Letter(1, "letter", (number,), from_class, (to_class,), certainty=Certainty.EXACT)
    return replace(letter, **changes)


def a_delivery(letter: Letter | None = None, id_: int = 1, **changes: Any) -> Delivery:
    """The arrival of a letter in one mail; open."""
    mail = DeliveredMail(1, "<1@fagerborg.example>", KARI.id, NOW, (a_file(),))
    return replace(Delivery(id_, letter or a_letter(), (mail,)), **changes)


def arrived(
    letter: Letter | None = None, *, delivery: int = 1, closed: bool = False, at: datetime = NOW
) -> Arrived:
    """The log's line of a letter with one number to one class."""
    letter = letter or a_letter()
    return Arrived(
        letter.exchange_id,
        letter.product,
        letter.numbers[0],
        letter.from_class,
        letter.to_classes[0],
        delivery,
        at,
        closed,
    )


def a_known(directory: Directory | None = None, **changes: Any) -> Known:
    """Nothing has arrived yet and nothing was asked."""
    return replace(Known(directory or a_directory(), SHARED, ADMIN), **changes)


def a_mention(words: str, *class_ids: int, fuzzy: bool = False, lookalike: bool = False) -> Mention:
    return Mention(words, class_ids, fuzzy, lookalike)


def a_subject(
    numbers: tuple[int, ...] = (1,),
    from_: tuple[Mention, ...] | None = None,
    to: tuple[Mention, ...] | None = None,
    *,
    exact: bool | None = None,
    **changes: Any,
) -> SubjectReading:
    """What "Letter 1 from 7B Oslo to CM2 Lyon" says; `exact` follows from what stands there unless given."""
    from_ = (a_mention("7B Oslo", OSLO),) if from_ is None else from_
    to = (a_mention("CM2 Lyon", LYON),) if to is None else to
    certain = all(len(m.class_ids) == 1 and not m.fuzzy and not m.lookalike for m in (*from_, *to))
    stands = bool(numbers and from_ and (to or changes.get("to_all")))
    reading = SubjectReading(
        cleaned="Letter 1 from 7B Oslo to CM2 Lyon",
        product="letter",
        numbers=numbers,
        from_=from_,
        to=to,
        exact=(certain and stands) if exact is None else exact,
    )
    return replace(reading, **changes)


NOTHING_SAID = SubjectReading(cleaned="Hello")
"""A subject that says nothing about letters."""


@cache
def automatic_words() -> AutomaticWords:
    """The shipped phrases of automatic mail."""
    return load_phrases(Path(__file__).parents[1] / "rules" / "automatic.yaml")
