"""Mails met in the wild, in the office: each ends in one recorded state, within its limits."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.wild.judging import Verdict, judge

CORPUS = os.environ.get("TWINPOST_CORPUS", "")
LANES = 4
"""Tests that share the corpus, so that as many processes can work on it."""

pytestmark = [
    pytest.mark.skipif(not CORPUS, reason="TWINPOST_CORPUS does not name the folder of the corpus"),
    pytest.mark.slow,
    pytest.mark.timeout(900),
]


def judge_files(folder: Path, files: list[Path]) -> list[Verdict]:
    """Each file by itself."""
    return list(judge(folder, range(len(files)), lambda number: files[number].read_bytes()))


@pytest.mark.parametrize("lane", range(LANES))
def test_every_mail_of_the_corpus_ends_in_one_recorded_state(
    lane: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    files = sorted(Path(CORPUS).rglob("*.eml"))[lane::LANES]
    assert files
    # In a process of its own: this one has grown with other tests.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        verdicts = pool.submit(judge_files, tmp_path, files).result()
    assert [f"{files[one.number]}: {one.trouble}" for one in verdicts if one.trouble] == []
    slowest = max(verdicts, key=lambda one: one.seconds)
    largest = max(one.memory for one in verdicts) // 1024
    record_property(
        "told",
        f"corpus in the office: {len(verdicts)}, slowest {slowest.seconds:.2f} s "
        f"({files[slowest.number].name}), most memory {largest} MiB",
    )
