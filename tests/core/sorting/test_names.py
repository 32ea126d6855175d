"""Who bears a teacher's name, however she writes it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from twinpost.core.model.mail import Address
from twinpost.core.model.spellings import Nicknames
from twinpost.core.sorting.names import bears_name, shares_word
from twinpost.edges.file_words import load_nicknames


@cache
def nicknames() -> Nicknames:
    return load_nicknames(Path(__file__).parents[3] / "rules")


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Kari Nordmann", "Kari Nordmann"),
        ("Nordmann, Kari", "Kari Nordmann"),
        ("KARI NORDMANN", "Kari Nordmann"),
        ("kari nordmann - 7B", "Kari Nordmann"),
        ("Kari Marie Nordmann", "Kari Nordmann"),
        ('Kari "Kaja" Nordmann', "Kari Nordmann"),
        ("Kari Nordmann (Fagerborg skole)", "Kari Nordmann"),
        ("K. Nordmann", "Kari Nordmann"),
        ("Kari N.", "Kari Nordmann"),
        ("Kari Nordman", "Kari Nordmann"),
        ("Anna Berg", "Anna Maria Berg"),
        ("Anna M. Berg", "Anna Maria Berg"),
        ("José García", "José Luis García López"),
        ("Liz Brown", "Elizabeth Brown"),
        ("Jose Garcia", "José García"),
        ("Soren Moeller", "Søren Møller"),
        ("Кари Нордманн", "Kari Nordmann"),
        ("Нурдман Кари", "Kari Nordmann"),
        ("Олена Коваль", "Olena Koval"),
        ("Olena Koval", "Олена Коваль"),
        ("Μαρία Παπαδοπούλου", "Maria Papadopoulou"),
        ("Kari", "Kari"),
    ],
)
def test_her_name_is_hers_in_any_order_and_script(shown: str, name: str) -> None:
    assert bears_name(Address("x7@mail.example", shown), name, nicknames())


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("kari.nordmann@mail.example", ""),
        ("nordmann_kari77@mail.example", "iPhone"),
        ("karinordmann@mail.example", ""),
        ("k.nordmann@mail.example", "7B Oslo"),
    ],
)
def test_an_address_bears_her_name_too(address: str, shown: str) -> None:
    assert bears_name(Address(address, shown), "Kari Nordmann", nicknames())


@pytest.mark.parametrize(
    ("address", "shown", "name"),
    [
        ("x7@mail.example", "Kari", "Kari Nordmann"),
        ("x7@mail.example", "KARI!", "Kari Nordmann"),
        ("x7@mail.example", "Кари", "Kari Nordmann"),
        ("kari@mail.example", "", "Kari Nordmann"),
        ("x7@mail.example", "Nordmann", "Kari Nordmann"),
        ("x7@mail.example", "Familie Nordmann", "Kari Nordmann"),
        ("x7@mail.example", "Karl Nordmann", "Kari Nordmann"),
        ("x7@mail.example", "Kari Hansen", "Kari Nordmann"),
        ("x7@mail.example", "Zoé Martin", "Luc Martin"),
        ("x7@mail.example", "Kari from Oslo", "Kari"),
        ("x7@mail.example", "", "Kari Nordmann"),
        ("x7@mail.example", "Kari", "7"),
        ("x7@mail.example", "(((", "Kari Nordmann"),
    ],
)
def test_a_first_name_or_somebody_elses_is_not_enough(address: str, shown: str, name: str) -> None:
    assert not bears_name(Address(address, shown), name, nicknames())


def test_one_word_in_common_is_a_hint() -> None:
    assert shares_word(Address("x7@mail.example", "Кари"), "Kari Nordmann", nicknames())
    assert not shares_word(Address("x7@mail.example", "Ola"), "Kari Nordmann", nicknames())


@pytest.mark.parametrize("shown", ["a " * 5000, "Nordmann" * 2000, "\u0301" * 3000, "K. " * 4000])
def test_a_name_without_end_is_looked_at_in_part(shown: str) -> None:
    assert not bears_name(Address("x7@mail.example", shown), "Kari Nordmann", nicknames())
