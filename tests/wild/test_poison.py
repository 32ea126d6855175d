"""Mails made to stop a reader, in the office: each is recorded, and the letter behind it goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.core.reading.poison import POISON
from tests.wild.judging import Verdict, judge

PROVEN = b"Authentication-Results: mx.school.example; dmarc=pass header.from=fagerborg.example\r\n"
LETTER = PROVEN + b"Subject: Letter 2 from 7B Oslo to CM2 Lyon\r\nCc: luc@ecole-lyon.example\r\n"
"""What makes a mail of Kari's with no subject of its own a letter that is passed on."""


def judge_poison(folder: Path, top: bytes) -> list[Verdict]:
    """Every poisonous mail below these fields, each followed by a good letter."""
    mails = list(POISON.values())
    return list(judge(folder, range(len(mails)), lambda number: top + mails[number][0], every=1))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("top", [b"", PROVEN, LETTER], ids=["unproven", "proven", "as a letter"])
def test_poison_is_recorded_within_its_limits_and_the_next_letter_goes_on(
    top: bytes, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    # In a process of its own: this one has grown with other tests.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        verdicts = pool.submit(judge_poison, tmp_path, top).result()
    names = list(POISON)
    assert [f"{names[one.number]}: {one.trouble}" for one in verdicts if one.trouble] == []
    slowest = max(verdicts, key=lambda one: one.seconds)
    largest = max(one.memory for one in verdicts) // 1024
    record_property(
        "told",
        f"poisonous mails: {len(verdicts)}, slowest {slowest.seconds:.2f} s ({names[slowest.number]}), "
        f"most memory {largest} MiB",
    )
