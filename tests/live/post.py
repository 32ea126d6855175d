"""A school term of mail: letters between pairs of classes, and what their arrival has to lead to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import NamedTuple

from tests.office import BOX

TOWNS = (
    ("Oslo", "Lyon"), ("Bergen", "Nantes"), ("Hamar", "Toulouse"), ("Molde", "Rennes"), ("Narvik", "Dijon"),
    ("Skien", "Grenoble"), ("Tromso", "Limoges"), ("Bodo", "Orleans"), ("Alta", "Avignon"), ("Moss", "Brest"),
)  # fmt: skip


class Letter(NamedTuple):
    """What the log has to say once."""

    exchange: str
    number: int
    from_: str
    to: str


@dataclass(frozen=True)
class Posted:
    """A mail for the shared box. `readers` have to be told of it, by a mail that answers it."""

    message_id: str
    octets: bytes
    letter: Letter | None = None
    readers: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # those readers who get the letter itself from us
    files: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class SchoolClass:
    name: str
    zone: str
    country: str
    domain: str
    teachers: tuple[str, ...]


def pairs() -> list[tuple[str, SchoolClass, SchoolClass]]:
    """(code, the one class, the other) of each exchange."""
    found = []
    for north, south in TOWNS:
        one = SchoolClass(f"7B {north}", "Europe/Oslo", "NO", f"{north.lower()}.example", ("kari", "ola"))
        other = SchoolClass(f"CM2 {south}", "Europe/Paris", "FR", f"{south.lower()}.example", ("luc",))
        found.append((f"{north}-{south}".lower(), one, other))
    return found


def exchange_files() -> list[str]:
    """The exchanges as the admin writes them."""
    return [
        f"exchange: {code}\ntitle: {code}\nletters: 30\nclasses:\n" + _class(one) + _class(other)
        for code, one, other in pairs()
    ]


def _class(school_class: SchoolClass) -> str:
    name, country, zone = school_class.name, school_class.country, school_class.zone
    teachers = ", ".join(
        f"{{name: {teacher.title()} {name[-4:]}, email: {address}}}"
        for teacher, address in zip(school_class.teachers, addresses(school_class), strict=True)
    )
    head = f"{{name: {name}, country: {country}, timezone: {zone},"
    return f"  - {head}\n     teachers: [{teachers}]}}\n"


def addresses(school_class: SchoolClass) -> tuple[str, ...]:
    return tuple(f"{name}@{school_class.domain}" for name in school_class.teachers)


def everybody() -> set[str]:
    """Every address that may ever be written to."""
    return {address for _, one, other in pairs() for c in (one, other) for address in addresses(c)}


def term(count: int, chance: random.Random) -> Iterator[list[Posted]]:
    """`count` letters in order, each with all its mails; strangers and machines write between them.

    Every sixth letter comes in two mails, every fifth of the others leaves the partners out.
    """
    for index in range(count):
        turn, which = divmod(index, len(TOWNS))
        code, one, other = pairs()[which]
        from_, to = (one, other) if turn % 2 == 0 else (other, one)
        letter = Letter(code, turn // 2 + 1, from_.name, to.name)
        in_two = chance.random() < 1 / 6
        alone = not in_two and chance.random() < 1 / 5
        mails = [_mail(letter, from_, to, 1, alone=alone, chance=chance, file=chance.random() < 0.3)]
        if in_two:
            mails.append(_mail(letter, from_, to, 2, alone=False, chance=chance, file=True))
        if chance.random() < 0.05:
            mails.append(_noise(index, from_, chance))
        yield mails


def _mail(
    letter: Letter,
    from_: SchoolClass,
    to: SchoolClass,
    which: int,
    *,
    alone: bool,
    chance: random.Random,
    file: bool,
) -> Posted:
    sender = chance.choice(addresses(from_))
    name = f"{letter.exchange}.{letter.from_[:2]}.{letter.number}.{which}@{from_.domain}"
    mail = _blank(name, sender, f"dmarc=pass header.from={from_.domain}")
    mail["To"] = ", ".join((BOX, *(() if alone else addresses(to))))
    mail["Subject"] = f"Letter {letter.number} from {letter.from_} to {letter.to}"
    mail.set_content(f"Dear colleagues,\n\nhere is letter {letter.number}.\n")
    files = (b"%PDF-1.4\n" + chance.randbytes(chance.choice((900, 20_000, 150_000))),) if file else ()
    for content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=f"letter-{which}.pdf")
    return Posted(
        message_id=mail["Message-ID"],
        octets=mail.as_bytes(),
        letter=letter,
        readers=(*addresses(from_), *addresses(to)),
        left_out=addresses(to) if alone else (),
        files=files,
    )


def _noise(index: int, from_: SchoolClass, chance: random.Random) -> Posted:
    """A stranger's mail, or a machine's in a teacher's name: nobody is told."""
    sender = chance.choice(("offers@shop.example", addresses(from_)[0]))
    mail = _blank(f"noise.{index}@{sender.partition('@')[2]}", sender)
    mail["To"], mail["Subject"] = BOX, "Out of office" if sender in everybody() else "Cheap toner"
    if sender in everybody():
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am away just now.\n")
    return Posted(mail["Message-ID"], mail.as_bytes())


def _blank(name: str, sender: str, verdict: str = "none") -> EmailMessage:
    mail = EmailMessage()
    mail["Authentication-Results"] = f"mx.school.example; {verdict}"  # on top, as a border writes it
    mail["From"] = sender
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<{name}>"
    return mail
