"""Subjects that speak of a letter in words that no file of words has, in every language."""

from __future__ import annotations

import pytest
from tests.builders import NOW, a_known, a_reading, automatic_words
from tests.subjects_by_hand import WORDS

from twinpost.core.model.kind import Kind, Sorted
from twinpost.core.model.people import Directory
from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.subject import read_subject
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.sort import sort

ANNOUNCED = [
    "Letter 2 stuck at the printer's",
    "Brief 2 fast fertig",
    "Lettera 1 illeggibile",
    "La carta 2 llega mañana",
    "A carta 1 está linda",
    "Brief 2 volgt morgen",
    "Brev 2 næsten færdigt",
    "Brev 2 kommer i morgen",
    "Brev 1 är jättefint",
    "Kirje 2 melkein valmis",
    "List 1 jest przepiękny",
    "Dopis 2 se opozdí",
    "A 2. levél holnap megy",
    "2. mektup neredeyse hazır",
    "Το γράμμα 2 αύριο",
    "Письмо 2 почти готово",
    "Лист 2 завтра",
    "Lettre 2 presque prête",
]
BROUGHT = [
    "Here comes letter 2",
    "Hier kommt Brief 2",
    "Her er brev 2",
    "Voici notre lettre 2",
    "Letter 2 to Lyon",
]


def sorted_without_files(directory: Directory, subject: str) -> Sorted:
    names = [
        ClassNames(each.id, exchange.id, each.names)
        for exchange in directory.exchanges
        for each in exchange.classes
    ]
    reading = a_reading(subject, files=())
    facts = Facts(reading, a_known(directory), read_subject(subject, names, WORDS), NOW)
    return sort(facts, automatic_words())


@pytest.mark.parametrize("subject", ANNOUNCED)
def test_a_letter_that_is_only_announced_or_praised_is_not_logged(subject: str) -> None:
    assert sorted_without_files(a_known().directory, subject).kind in (Kind.UNCLEAR, Kind.OTHER)


@pytest.mark.parametrize("subject", BROUGHT)
def test_a_letter_may_stand_in_the_text_of_the_mail(subject: str) -> None:
    assert sorted_without_files(a_known().directory, subject).kind is Kind.LETTER
