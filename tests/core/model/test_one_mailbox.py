"""Whose an address is when it is not written as the exchange file has it."""

from __future__ import annotations

import pytest
from tests.builders import a_class, a_person, an_exchange

from twinpost.core.model.mailbox import ascii_domain, one_mailbox
from twinpost.core.model.people import Directory, Person, directory_of


def known(*people: Person) -> Directory:
    """A directory in which these are the teachers of 7B Oslo."""
    exchange = an_exchange(classes=(a_class("7B Oslo", teachers=people), a_class("CM2 Lyon")))
    return directory_of((exchange,))


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("kari@fagerborg.example", "kari+school@fagerborg.example"),
        ("kari@fagerborg.example", "KARI@Fagerborg.Example"),
        ("kari+school@fagerborg.example", "kari@fagerborg.example"),
        ("k.ari@gmail.com", "kari@googlemail.com"),
        ("kari@googlemail.com", "k.a.r.i+oslo@gmail.com"),
    ],
)
def test_another_spelling_of_her_mailbox_is_hers_and_is_told_apart(stored: str, written: str) -> None:
    kari = a_person("Kari Nordmann", stored)
    directory = known(kari)
    assert [place.person for place in directory.who(written)] == [kari]
    assert directory.knows(written) is (stored == written.casefold())
    assert directory.knows(stored)


@pytest.mark.parametrize(
    "written",
    ["kari.nordmann@fagerborg.example", "kari-school@fagerborg.example", "kari@pupils.fagerborg.example"],
)
def test_dots_and_hyphens_make_other_mailboxes_outside_gmail(written: str) -> None:
    people = a_person("Kari Nordmann", "karinordmann@fagerborg.example", "kari@fagerborg.example")
    assert known(people).who(written) == ()


def test_a_mailbox_that_two_people_share_is_nobodys_in_a_third_spelling() -> None:
    kari = a_person("Kari Nordmann", "staff+kari@fagerborg.example", id_=1)
    ola = a_person("Ola Hansen", "staff+ola@fagerborg.example", id_=2)
    directory = known(kari, ola)
    assert [place.person for place in directory.who("staff+ola@fagerborg.example")] == [ola]
    assert directory.who("staff@fagerborg.example") == ()
    assert directory.who("staff+eva@fagerborg.example") == ()


def test_an_address_that_stands_there_is_hers_whatever_spelling_of_another_it_is() -> None:
    kari = a_person("Kari Nordmann", "staff@fagerborg.example", id_=1)
    ola = a_person("Ola Hansen", "staff+ola@fagerborg.example", id_=2)
    directory = known(kari, ola)
    assert [place.person for place in directory.who("staff@fagerborg.example")] == [kari]
    assert [place.person for place in directory.who("staff+ola@fagerborg.example")] == [ola]


def test_a_tag_alone_is_a_name() -> None:
    assert one_mailbox("+odd@x.example") == "+odd@x.example"


@pytest.mark.parametrize(
    ("written", "known_as"),
    [
        ("Fagerborg.Example", "fagerborg.example"),
        ("blåbær.example", "xn--blbr-roah.example"),
        ("BLÅBÆR.example", "xn--blbr-roah.example"),
        ("bla\u030abær.example", "xn--blbr-roah.example"),
        ("xn--blbr-roah.example", "xn--blbr-roah.example"),
        ("школа.example", "xn--80atdl2c.example"),
        ("fagerb\u043erg.example", "xn--fagerbrg-sbh.example"),
    ],
)
def test_a_domain_is_what_the_name_system_knows(written: str, known_as: str) -> None:
    assert ascii_domain(written) == known_as


@pytest.mark.parametrize(
    "written", ["\uff46agerborg.example", "\u212aari.example", "å..example", "☃.example"]
)
def test_a_domain_that_only_looks_like_one_is_none(written: str) -> None:
    assert ascii_domain(written) == ""
