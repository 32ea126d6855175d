"""Who sent it, and could another reader think somebody else did?"""

from __future__ import annotations

import pytest

from twinpost.core.model.mail import Address
from twinpost.core.reading.addresses import addresses

PLAIN = {
    "kari@fagerborg.example": ("kari@fagerborg.example", ""),
    "<kari@fagerborg.example>": ("kari@fagerborg.example", ""),
    " < Kari@Fagerborg.Example > ": ("kari@fagerborg.example", ""),
    "Kari Nordmann <kari@fagerborg.example>": ("kari@fagerborg.example", "Kari Nordmann"),
    '"Nordmann, Kari" <kari@fagerborg.example>': ("kari@fagerborg.example", "Nordmann, Kari"),
    r'"Kari \"K\" Nordmann" <kari@fagerborg.example>': ("kari@fagerborg.example", 'Kari "K" Nordmann'),
    "kari@fagerborg.example (Kari (7B) Nordmann)": ("kari@fagerborg.example", "Kari (7B) Nordmann"),
    "Kari (7B) <kari@fagerborg.example> (Oslo)": ("kari@fagerborg.example", "Kari"),
    "=?utf-8?q?K=C3=A5ri?= N. <kari@fagerborg.example>": ("kari@fagerborg.example", "Kåri N."),
    '"=?utf-8?q?K=C3=A5ri?=" <kari@fagerborg.example>': ("kari@fagerborg.example", "Kåri"),
    "J. O'Neill-Å jr. <j.o'neill@fagerborg.example>": ("j.o'neill@fagerborg.example", "J. O'Neill-Å jr."),
    "'kari@fagerborg.example' <kari@fagerborg.example>": ("kari@fagerborg.example", ""),
    '"luc@ecole-lyon.example" <list@school.example>': ("list@school.example", "luc@ecole-lyon.example"),
    "Ola\u200b\u202e Hansen <ola@fagerborg.example>": ("ola@fagerborg.example", "Ola Hansen"),
    "учитель@школа.example": ("учитель@xn--80atdl2c.example", ""),
}

# Forms in which one reader or another takes the teacher for the sender.
DOUBTFUL = (
    "kari@fagerborg.example <evil@elsewhere.example>",
    "kari@fagerborg.example, evil@elsewhere.example",
    "Group: kari@fagerborg.example;, evil@elsewhere.example",
    "<kari@fagerborg.example>evil@elsewhere.example",
    "kari@fagerborg.example)evil@elsewhere.example",
    "kari@fagerborg.example;evil@elsewhere.example",
    "<kari@fagerborg.example> <evil@elsewhere.example>",
    "<kari@fagerborg.example@elsewhere.example>",
    '"kari@fagerborg.example"@elsewhere.example',
    "<@fagerborg.example:evil@elsewhere.example>",
    "kari@fagerborg.example\\,evil@elsewhere.example",
    "kari@fagerborg.example evil@elsewhere.example",
    "(kari@fagerborg.example evil@elsewhere.example",
    '"kari@fagerborg.example evil@elsewhere.example',
    "kari@fagerborg.example> <evil@elsewhere.example",
    "=?utf-8?q?kari=40fagerborg.example_=3C?= <evil@elsewhere.example>",
    "=?utf-8?q?kari@fagerborg.example,?= <evil@elsewhere.example>",
    "=?utf-8?q?Kari=0D=0AFrom:_x?= <evil@elsewhere.example>",
    "=?utf-8?q?kari=40fagerborg.example?=",
    "<mailto:kari@fagerborg.example>",
    "Kari: <kari@fagerborg.example>",
    "Kari kari@fagerborg.example",
    "<kari@fager\u200bborg.example>",
    "<\u212aari@fagerborg.example>",
    "Kari Nordmann",
    "<>",
    "((((",
)


@pytest.mark.parametrize("value", PLAIN)
def test_an_honest_sender_is_read_without_doubt(value: str) -> None:
    found = addresses(value, every=True)
    assert found.addresses == (Address(*PLAIN[value]),)
    assert not found.odd
    assert not found.cut


@pytest.mark.parametrize("value", DOUBTFUL)
def test_a_doubtful_sender_is_never_exactly_one_plain_address(value: str) -> None:
    found = addresses(value, every=True)
    assert found.odd or len(found.addresses) > 1


def test_every_address_that_a_reader_could_take_for_the_sender_is_named() -> None:
    found = addresses("kari@fagerborg.example <evil@elsewhere.example>", every=True)
    assert [one.address for one in found.addresses] == ["evil@elsewhere.example", "kari@fagerborg.example"]


def test_an_address_that_stands_in_a_recipients_name_is_not_in_copy() -> None:
    found = addresses("luc@ecole-lyon.example <evil@elsewhere.example>")
    assert [one.address for one in found.addresses] == ["evil@elsewhere.example"]


@pytest.mark.parametrize(
    "value",
    [
        "kari@fagerborg.example, luc@ecole-lyon.example",
        "kari@fagerborg.example; luc@ecole-lyon.example;",
        "Kari <kari@fagerborg.example>,, Luc <luc@ecole-lyon.example>,",
        "teachers: kari@fagerborg.example, luc@ecole-lyon.example;",
        "kari@fagerborg.example luc@ecole-lyon.example",
        "undisclosed-recipients:;, kari@fagerborg.example, luc@ecole-lyon.example",
    ],
)
def test_several_recipients_are_all_read(value: str) -> None:
    assert [one.address for one in addresses(value).addresses] == [
        "kari@fagerborg.example",
        "luc@ecole-lyon.example",
    ]


def test_what_is_no_address_among_recipients_is_told() -> None:
    assert addresses("Luc, kari@fagerborg.example").cut
    assert not addresses("undisclosed-recipients:;").cut


def test_more_addresses_than_wanted_are_left_out_and_told() -> None:
    found = addresses(", ".join(f"pupil{n}@fagerborg.example" for n in range(30)), 20)
    assert len(found.addresses) == 20
    assert found.cut


@pytest.mark.parametrize(
    "piece", ["(", ")", '"', '"\\', "<", '<"\\', ">", "@", "a@", "=?a?q?", ",", ";", ":", "\\", "()", "<>"]
)
def test_no_repetition_of_a_sign_makes_the_reader_slow_or_raises(piece: str) -> None:
    # 64 kB of each: what is not linear would run into the time limit of the whole test run.
    assert len(addresses(piece * (64_000 // len(piece))).addresses) <= 1
