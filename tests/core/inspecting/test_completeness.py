"""Whose letter is among the files: claimed only where their names say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import a_file, a_person

from twinpost.core.inspecting.completeness import complete
from twinpost.core.model.notice import Completeness

NAMES = (
    "Ana Berg",
    "Ana Silva",
    "Tomás Ruiz",
    "Jörg Müller",
    "Åse Bjørnson",
    "Mary Jane O'Neil",
    "Li",
)
PUPILS = tuple(a_person(name, id_=20 + n) for n, name in enumerate(NAMES))


def found(*file_names: str) -> Completeness | None:
    return complete([a_file(name) for name in file_names], PUPILS)


def whose(file_name: str) -> set[str]:
    """The pupils found by one file's name."""
    claim = found(file_name)
    return set(NAMES) - {*claim.missing, *claim.unsure} if claim else set()


@pytest.mark.parametrize(
    ("file_name", "pupils"),
    [
        ("Ana Berg.pdf", {"Ana Berg"}),
        ("berg_ana.pdf", {"Ana Berg"}),
        ("BERG, ANA (final).docx", {"Ana Berg"}),
        ("AnaBerg.pdf", {"Ana Berg"}),
        ("anaberg.pdf", {"Ana Berg"}),
        ("letter1-bergana-v2.pdf", {"Ana Berg"}),
        ("Ana B..pdf", {"Ana Berg"}),
        ("A. Berg.pdf", {"Ana Berg"}),
        ("Ana.pdf", set()),  # two pupils are called Ana
        ("Tomas.pdf", {"Tomás Ruiz"}),
        ("TOMÁS_letter_1.pdf", {"Tomás Ruiz"}),
        ("Toma\u0301s.pdf", {"Tomás Ruiz"}),
        ("ruiz.pdf", {"Tomás Ruiz"}),
        ("jorg muller.pdf", {"Jörg Müller"}),
        ("Joerg Mueller.pdf", {"Jörg Müller"}),
        ("Aase Bjornson.pdf", {"Åse Bjørnson"}),
        ("Mary O'Neil.pdf", {"Mary Jane O'Neil"}),
        ("Mary Jane ONeil.pdf", {"Mary Jane O'Neil"}),
        ("Li.pdf", {"Li"}),
        ("Lisa.pdf", set()),
        ("Ana+Tomás.pdf", {"Tomás Ruiz"}),
        ("Ana Berg + Tomás.pdf", {"Ana Berg", "Tomás Ruiz"}),
        ("Ana Silva and Jörg Müller.pdf", {"Ana Silva", "Jörg Müller"}),
        ("IMG_2034.jpg", set()),
        ("scan", set()),
    ],
)
def test_a_files_name_says_whose_letter_it_is(file_name: str, pupils: set[str]) -> None:
    assert whose(file_name) == pupils


def test_a_first_and_a_last_name_of_two_pupils_make_no_third_one() -> None:
    pupils = [a_person(name, id_=n) for n, name in enumerate(("Ana Holm", "Tom Berg", "Ana Berg"))]
    claim = complete([a_file("Ana Holm + Tom Berg.pdf")], pupils)
    assert claim == Completeness(2, 3, ("Ana Berg",))


def test_who_is_missing_is_named_in_the_order_of_the_roster() -> None:
    claim = found("ana berg.pdf", "jörg.pdf", "ase.pdf", "mary.pdf", "li.pdf")
    assert claim == Completeness(5, 7, ("Ana Silva", "Tomás Ruiz"))


def test_two_files_of_one_pupil_are_one_letter() -> None:
    assert found("Li 1.pdf", "Li 2.pdf") == Completeness(1, 7, tuple(name for name in NAMES if name != "Li"))


@pytest.mark.parametrize(("strange", "claimed"), [(1, True), (2, False)])
def test_nothing_is_claimed_unless_four_files_of_five_bear_a_name(strange: int, claimed: bool) -> None:
    named = ("tomas.pdf", "jorg.pdf", "mary.pdf", "li.pdf")
    assert (found(*named, *(f"photo{n}.jpg" for n in range(strange))) is not None) is claimed


def test_without_files_or_pupils_nothing_is_claimed() -> None:
    assert found() is None
    assert complete([a_file("Ana.pdf")], ()) is None


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=12), max_size=4))
def test_any_names_are_compared(file_names: list[str], names: list[str]) -> None:
    pupils = [a_person(name, "p@class.example", id_=n) for n, name in enumerate(names)]
    files = [a_file(name, sha256="0") for name in file_names]
    claim = complete(files, pupils)
    assert claim is None or claim.found + len(claim.missing) + len(claim.unsure) == claim.expected == len(
        pupils
    )
