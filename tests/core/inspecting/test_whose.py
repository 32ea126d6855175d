"""Whose letter a file is, by its name: across scripts, spellings, nicknames and order, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import a_file, a_person

from twinpost.core.inspecting.completeness import complete
from twinpost.core.model.mail import File
from twinpost.core.model.notice import Completeness
from twinpost.core.model.spellings import Nicknames
from twinpost.edges.file_words import load_nicknames
from twinpost.edges.shipped import shipped

pytestmark = pytest.mark.slow


@cache
def shipped_nicknames() -> Nicknames:
    return load_nicknames(shipped("rules"))


def claim(
    files: Sequence[str | File],
    pupils: Sequence[str],
    partners: Sequence[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> Completeness | None:
    """The claim about the letters of `pupils`, who write to `partners`."""
    ids = {name: 100 + at for at, name in enumerate(pupils)} | {
        f"to {name}": 500 + at for at, name in enumerate(partners)
    }
    return complete(
        [one if isinstance(one, File) else a_file(one, part=at) for at, one in enumerate(files)],
        [a_person(name, id_=ids[name]) for name in pupils],
        [a_person(name, id_=ids[f"to {name}"]) for name in partners],
        [(ids[one], ids[f"to {other}"]) for one, other in pairs],
        shipped_nicknames(),
    )


def found(file_name: str, pupils: Sequence[str]) -> set[str]:
    """The pupils whose letter a file of this name is."""
    told = claim([file_name], pupils)
    return set(pupils) - {*told.missing, *told.unsure} if told else set()


@pytest.mark.parametrize(
    ("file_name", "pupil"),
    [
        # letters without accents, spelt out, or of another keyboard
        ("Tomas-letter.docx", "Tomás Ruiz"),
        ("Mueller.pdf", "Jörg Müller"),
        ("Muller jorg.pdf", "Jörg Müller"),
        ("Sinem Isik.pdf", "Sinem Işık"),
        ("SINEM IŞIK.pdf", "Sinem Işık"),
        ("Cagla Goksu.pdf", "Çağla Göksu"),
        ("Lukasz.pdf", "Łukasz Żak"),
        ("Zofia Zak.pdf", "Zofia Żak"),
        ("Soren.pdf", "Søren Bæk"),
        ("Soeren Baek.pdf", "Søren Bæk"),
        ("Aase.pdf", "Åse Bø"),
        ("Maire.pdf", "Máire Ní Bhriain"),
        ("Ludek.pdf", "Luděk Říha"),
        # Cyrillic to Latin and back, as passports, libraries and teachers write it
        ("Anna Petrova.pdf", "Анна Петрова"),
        ("Анна Петрова.pdf", "Anna Petrova"),
        ("Shcherbakov.pdf", "Иван Щербаков"),
        ("Schtscherbakow.pdf", "Иван Щербаков"),
        ("Chtcherbakov.pdf", "Иван Щербаков"),
        ("Yulia.pdf", "Юлия Ким"),
        ("Julia.pdf", "Юлия Ким"),
        ("Iuliia Kim.pdf", "Юлия Ким"),
        ("Юлия.pdf", "Yuliya Kim"),
        ("Evgeny.pdf", "Евгений Орлов"),
        ("Yevhen.pdf", "Євген Коваль"),
        ("Oleksandr Kovalenko.pdf", "Олександр Коваленко"),
        ("Hanna Hryhorenko.pdf", "Ганна Григоренко"),
        ("Жанна.pdf", "Zhanna Li"),
        ("Khrystyna.pdf", "Христина Бойко"),
        ("Alexandr.pdf", "Александр Ким"),
        ("Semyon.pdf", "Семён Лис"),
        ("Semen.pdf", "Семён Лис"),
        # Greek
        ("Giorgos Papadopoulos.pdf", "Γιώργος Παπαδόπουλος"),
        ("Ελένη.pdf", "Eleni Vassiliou"),
        ("Christina.pdf", "Χριστίνα Λάμπρου"),
        ("Dimitris.pdf", "Δημήτρης Ντούμας"),
        # Arabic
        ("رسالة محمد.pdf", "Mohamed Benali"),
        ("Muhammad.pdf", "محمد بن علي"),
        ("فاطمة.pdf", "Fatima Zahra"),
        ("Mohammed letter.pdf", "Muhammad Aziz"),
        ("خديجة.pdf", "Khadija Alaoui"),
        # nicknames
        ("Аня.pdf", "Анна Белова"),
        ("Anya.pdf", "Анна Белова"),
        ("Аня.pdf", "Anna Belova"),
        ("Tomek.pdf", "Tomasz Wilk"),
        ("Nacho.pdf", "Ignacio Vega"),
        ("Bill.pdf", "William Stone"),
        ("William.pdf", "Bill Stone"),
        ("Paco Ruiz.pdf", "Francisco Ruiz"),
        ("Gosia.pdf", "Małgorzata Lis"),
        ("Honza.pdf", "Jan Novák"),
        ("Zsuzsi.pdf", "Zsuzsanna Kis"),
        ("Pista.pdf", "István Nagy"),
        ("Κώστας.pdf", "Κωνσταντίνος Ρήγας"),
        ("Kostas.pdf", "Κωνσταντίνος Ρήγας"),
        ("Сашко.pdf", "Олександр Бойко"),
        ("Zé.pdf", "José Sousa"),
        ("Beppe.pdf", "Giuseppe Rossi"),
        ("Sepp.pdf", "Josef Huber"),
        ("Jussi.pdf", "Juhani Laine"),
        ("Kalle.pdf", "Karl Berg"),
        ("Wim.pdf", "Willem Bakker"),
        ("Memo.pdf", "Mehmet Yıldız"),
        ("Аня Б.pdf", "Анна Белова"),
        # order, initials, joined
        ("Berg, Ana.pdf", "Ana Berg"),
        ("BERG Ana 7B letter 1 final (2).pdf", "Ana Berg"),
        ("anab.pdf", "Ana Berg"),
        ("aberg.pdf", "Ana Berg"),
        ("AnaB_letter.pdf", "Ana Berg"),
        ("IMG_ana.jpg", "Ana Berg"),
        ("Ana M. Berg.pdf", "Ana Berg"),
        ("Ana Silva.pdf", "Ana Silva García"),
        ("Anne-Marie.pdf", "Anne-Marie Dubois"),
        ("annemarie.pdf", "Anne-Marie Dubois"),
        ("oneil.pdf", "Mary O'Neil"),
        ("D’Angelo.pdf", "Luca D'Angelo"),
        ("van den Berg Sanne.pdf", "Sanne van den Berg"),
        ("山田太郎.pdf", "山田 太郎"),
        ("太郎.pdf", "太郎 山田"),
    ],
)
def test_a_name_is_known_in_every_spelling(file_name: str, pupil: str) -> None:
    assert found(file_name, [pupil, "Xaver Quandt"]) == {pupil}


@pytest.mark.parametrize(
    ("file_name", "pupil"),
    [
        ("Lisa.pdf", "Li Wang"),
        ("Annabel.pdf", "Anna Lie"),
        ("Banana.pdf", "Ana Berg"),
        ("Marianne.pdf", "Maria Lie"),
        ("Berger.pdf", "Ana Berg"),
        ("Jan letter.pdf", "Jana Nová"),
        ("a b c.pdf", "Ana Berg"),
        ("IMG_0001.jpg", "Ingrid Mo"),
        ("علي.pdf", "Lola Ilu"),
        ("scan.pdf", "Sacha N'Diaye"),
    ],
)
def test_a_name_that_merely_looks_alike_is_another(file_name: str, pupil: str) -> None:
    assert found(file_name, [pupil, "Xaver Quandt"]) == set()


ANNAS = ("Anna Berg", "Anna Lie", "Tom Moe", "Ida Vik", "Jens Aas", "Mia Dahl")
REST = ("Tom.pdf", "Ida.pdf", "Jens.pdf", "Mia.pdf")


def test_what_two_pupils_may_claim_is_nobodys_and_both_are_unsure() -> None:
    assert claim(["Anna.pdf", *REST], ANNAS) == Completeness(4, 6, (), ("Anna Berg", "Anna Lie"))


def test_the_other_anna_is_unsure_as_long_as_a_file_may_be_hers() -> None:
    told = claim(["Anna Berg.pdf", "Anna.pdf", *REST], ANNAS)
    assert told == Completeness(5, 6, (), ("Anna Lie",))


def test_two_files_of_two_annas_are_not_shared_out() -> None:
    told = claim(
        ["Anna 1.pdf", "Anna 2.pdf", *REST, "Tom 2.pdf", "Ida 2.pdf", "Mia 2.pdf", "Jens 2.pdf"], ANNAS
    )
    assert told == Completeness(4, 6, (), ("Anna Berg", "Anna Lie"))


def test_an_initial_tells_two_annas_apart() -> None:
    assert claim(["Anna B.pdf", "L Anna.pdf", *REST], ANNAS) == Completeness(6, 6)


def test_a_nickname_of_two_pupils_is_nobodys() -> None:
    pupils = ("Александр Ким", "Александра Лис", "Олег Бойко")
    told = claim(["Саша.pdf", "Олег 1.pdf", "Олег 2.pdf", "Олег 3.pdf", "Олег Бойко.pdf"], pupils)
    assert told is None or told.unsure == ("Александр Ким", "Александра Лис")
    assert claim(["Саша.pdf", "Олег.pdf"], pupils) is None


def test_the_full_name_goes_before_the_nickname() -> None:
    assert found("Bill.pdf", ["Bill Jones", "William Stone"]) == {"Bill Jones"}
    assert found("Jan.pdf", ["Jan Moe", "Ian Lee"]) == {"Jan Moe"}


def test_two_pupils_in_one_name_are_both_there() -> None:
    assert found("Anna Berg og Tom.pdf", ANNAS) == {"Anna Berg", "Tom Moe"}
    assert found("Anna + Anna.pdf", ANNAS) == {"Anna Berg", "Anna Lie"}


PUPILS = ("Zoé Petit", "Hugo Roux", "Emma Blanc", "Anna Noir")
PARTNERS = ("Ingrid Vik", "Olav Dahl", "Emma Lie", "Anna Moe")
PAIRS = (
    ("Zoé Petit", "Ingrid Vik"),
    ("Hugo Roux", "Olav Dahl"),
    ("Emma Blanc", "Emma Lie"),
    ("Anna Noir", "Olav Dahl"),
    ("Hugo Roux", "Anna Moe"),
)


def hers(file_name: str) -> tuple[set[str], set[str]]:
    """Whose a file is for certain, and whose it may be, among the pupils of the sending class."""
    told = claim([file_name, *["Zoé Petit.pdf"] * 9], PUPILS, PARTNERS, PAIRS)
    assert told is not None
    return set(PUPILS) - {"Zoé Petit", *told.missing, *told.unsure}, set(told.unsure)


@pytest.mark.parametrize(
    ("file_name", "certain", "unsure"),
    [
        ("Lettre de Hugo à Ingrid.pdf", {"Hugo Roux"}, set()),  # the writer, not who gets it
        ("Hugo - Olav.pdf", {"Hugo Roux"}, set()),
        ("for Emma.pdf", {"Emma Blanc"}, set()),  # both readings are Emma Blanc's letter
        ("Emma to Emma.pdf", {"Emma Blanc"}, set()),
        ("to Olav.pdf", set(), {"Hugo Roux", "Anna Noir"}),  # two write to him
        ("Anna.pdf", set(), {"Anna Noir", "Hugo Roux"}),  # by Anna, or to Anna by Hugo
        ("Anna Noir.pdf", {"Anna Noir"}, set()),
        ("Anna Moe.pdf", {"Hugo Roux"}, set()),
        ("Anna to Anna.pdf", {"Anna Noir"}, set()),
    ],
)
def test_the_writer_is_told_from_whoever_gets_the_letter(
    file_name: str, certain: set[str], unsure: set[str]
) -> None:
    assert hers(file_name) == (certain, unsure)


def test_a_word_of_every_name_is_no_pupils() -> None:
    pupils = ("Mai Lund", "Ana Berg", "Tom Moe", "Ida Vik")
    told = claim(["Brief Mai Ana.pdf", "Brief Mai Tom.pdf", "Brief Mai Ida.pdf", "Brief Mai.pdf"], pupils)
    assert told is None
    told = claim(
        ["Mai Ana.pdf", "Mai Tom.pdf", "Mai Ida.pdf", "Mai Ana 2.pdf", "Mai Tom 2.pdf", "Mai Lund.pdf"],
        pupils,
    )
    assert told == Completeness(4, 4)


def test_names_inside_an_archive_count() -> None:
    packed = a_file("7B.zip", "zip", holds=3, inside=("Ana Berg/letter.pdf", "Tom.pdf", "Ida.pdf"))
    assert claim([packed], ("Ana Berg", "Tom Moe", "Ida Vik", "Mia Dahl")) == Completeness(
        3, 4, ("Mia Dahl",)
    )


def test_an_archive_of_which_not_all_names_are_known_claims_nothing() -> None:
    packed = a_file("7B.zip", "zip", holds=300, inside=("Ana.pdf", "Tom.pdf"))
    assert claim([packed], ("Ana Berg", "Tom Moe")) is None


LETTERS = "abčdeéfgåøüяжщиΓωπ"
NAMES = st.lists(
    st.tuples(st.text(LETTERS, min_size=2, max_size=7), st.text(LETTERS, min_size=2, max_size=7)),
    min_size=1,
    max_size=8,
    unique=True,
)


@settings(max_examples=150, deadline=None)
@given(NAMES, st.data())
def test_nobody_is_missing_whose_whole_name_a_file_bears(
    names: list[tuple[str, str]], data: st.DataObject
) -> None:
    pupils = [f"{first.title()} {last.title()}" for first, last in names]
    named = data.draw(st.lists(st.sampled_from(pupils), min_size=1, unique=True))
    shape = data.draw(st.sampled_from(["{}.pdf", "7B {} 2026.docx", "{} (1).jpg", "IMG {}.png"]))
    told = claim([shape.format(name) for name in named], pupils)
    assert told is None or not {*named} & {*told.missing}


@settings(max_examples=150, deadline=None)
@given(NAMES, st.data())
def test_a_file_is_claimed_for_one_pupil_unless_its_name_has_words_of_two(
    names: list[tuple[str, str]], data: st.DataObject
) -> None:
    pupils = [f"{first.title()} {last.title()}" for first, last in names]
    one = data.draw(st.sampled_from(names))
    word = data.draw(st.sampled_from(one))
    assert len(found(f"{word}.pdf", pupils)) <= 1
    assert len(found(f"{one[0]} {one[1]}.pdf", pupils)) <= 2


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=25), max_size=5), st.lists(st.text(max_size=15), max_size=5))
def test_whatever_names_there_are_the_sums_are_right(files: list[str], pupils: list[str]) -> None:
    told = claim(files, list(dict.fromkeys(pupils)), ("Ana", "Tom"))
    if told:
        assert told.found + len(told.missing) + len(told.unsure) == told.expected
