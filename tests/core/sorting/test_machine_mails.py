"""Our collection of automatic mail and delivery reports, each with what it is expected to be beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.builders import NOW, a_directory, a_known, an_exchange, automatic_words

from twinpost.core.model.kind import Kind
from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.mime import read
from twinpost.core.reading.subject import read_subject
from twinpost.core.reading.words import Vocabulary
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.failures import failures
from twinpost.core.sorting.sort import sort
from twinpost.edges.words import load_vocabulary

MAILS = Path(__file__).parents[2] / "mails"
COLLECTION = sorted((*MAILS.glob("automatic/*.eml"), *MAILS.glob("bounces/*.eml")))


@cache
def vocabulary() -> Vocabulary:
    return load_vocabulary(Path(__file__).parents[3] / "rules")


@pytest.mark.parametrize("path", COLLECTION, ids=lambda path: path.stem)
def test_a_mail_of_the_collection_is_what_lies_beside_it(path: Path) -> None:
    expected = YAML(typ="safe").load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    reading = read(path.read_bytes())
    names = [ClassNames(c.id, 1, c.names) for c in an_exchange().classes]
    subject = read_subject(reading.subject, names, vocabulary())
    result = sort(Facts(reading, a_known(a_directory()), subject, NOW), automatic_words())
    assert result.kind is Kind(expected["kind"])
    assert expected["because"] in " ".join(result.because)
    if "ids" in expected:
        assert set(expected["ids"]) <= set(reading.reported_ids)
    if "sender" in expected:
        assert [sender.address for sender in reading.from_] == [expected["sender"]]
    if "failures" in expected:
        said = failures(reading, automatic_words(), "letters@school.example")
        assert {one.address: one.cause.value for one in said} == expected["failures"]
    if "letter" in expected:
        assert result.letter is not None
        assert list(result.letter.numbers) == expected["letter"]


def test_the_collection_is_not_lost() -> None:
    assert len(COLLECTION) >= 270
