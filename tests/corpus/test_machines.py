"""Mail of machines met in the wild: every mark is seen, and no person is taken for a machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.corpus.explaining import Explained

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MACHINES = {"automatic", "bounce"}
ORDINARY = Path(__file__).with_name("ordinary.txt")
"""Mails that somebody looked at: a person wrote them, or they are no automatic mail by RFC 3834."""

Tell = Callable[[str, object], None]


def test_mail_with_a_mark_of_a_machine_is_a_machines(
    explained: dict[str, Explained], marks: dict[str, frozenset[str]], record_property: Tell
) -> None:
    marked = [file for file, found in marks.items() if found]
    missed = [file for file in marked if explained[file].kind not in MACHINES]
    record_property(
        "told", f"marked as a machine's: {len(marked)}; taken for a person's: {', '.join(missed) or 'none'}"
    )
    assert marked
    assert len(missed) <= len(marked) // 100, missed


def test_a_reports_mark_is_enough_for_a_bounce_or_an_automatic_mail(
    explained: dict[str, Explained], marks: dict[str, frozenset[str]]
) -> None:
    reports = [file for file, found in marks.items() if "multipart-report" in found]
    assert [file for file in reports if explained[file].kind not in MACHINES] == []


def test_ordinary_mail_is_no_machines(explained: dict[str, Explained], record_property: Tell) -> None:
    ordinary = ORDINARY.read_text(encoding="utf-8").split("\n")[:-1]
    here = [file for file in ordinary if file in explained]
    suspected = [file for file in here if explained[file].kind in MACHINES]
    record_property(
        "told", f"ordinary by its label: {len(here)}; taken for a machine's: {', '.join(suspected) or 'none'}"
    )
    assert len(here) >= 300
    assert suspected == []
