"""Every mail met in the wild ends as one object within its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.corpus.explaining import Explained

from twinpost.core.model.kind import Kind

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LONGEST = 2.0
"""Seconds of processor time that one mail may take: a promise of the program, not a measure of the machine,
so it is the one time that a test may hold it to. Other work on the machine does not count."""

KEYS = {"file", "kind", "exchange", "sender", "letter", "findings", "mails", "because"}


def test_every_mail_ends_as_one_object_with_reasons(
    explained: dict[str, Explained],
    marks: dict[str, frozenset[str]],
    record_property: Callable[[str, object], None],
) -> None:
    kinds = Counter(one.kind for one in explained.values())
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    record_property("told", f"mails: {len(explained)}: {counts}")
    assert explained.keys() == marks.keys()
    assert kinds.keys() <= {kind.value for kind in Kind}
    assert [one.file for one in explained.values() if one.plain.keys() != KEYS] == []
    assert [one.file for one in explained.values() if not one.plain["because"]] == []


def test_no_mail_takes_longer_than_it_may(
    explained: dict[str, Explained], record_property: Callable[[str, object], None]
) -> None:
    slowest = max(explained.values(), key=lambda one: one.seconds)
    mean = sum(one.seconds for one in explained.values()) / len(explained)
    told = f"processor time: {mean * 1000:.1f} ms on average; slowest {slowest.seconds:.2f} s, {slowest.file}"
    record_property("told", told)
    assert [one.file for one in explained.values() if one.seconds > LONGEST] == []


def test_nothing_would_be_sent_to_anybody_who_wrote_these(explained: dict[str, Explained]) -> None:
    assert [one.file for one in explained.values() if one.plain["mails"]] == []


def test_the_index_names_files_that_are_there(corpus: Path, marks: dict[str, frozenset[str]]) -> None:
    assert [file for file in marks if not (corpus / file).is_file()] == []
