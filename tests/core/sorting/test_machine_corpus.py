"""Mails met in the wild, run against and never copied: every mark of a machine is seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.builders import automatic_words

from twinpost.core.reading.mime import read
from twinpost.core.sorting.automatic import marks
from twinpost.core.sorting.bounces import report

CORPUS = os.environ.get("TWINPOST_CORPUS", "")


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="TWINPOST_CORPUS does not name the folder of the corpus")
def test_mail_with_automatic_marks_is_seen_as_such_and_ordinary_mail_is_not() -> None:
    lines = (Path(CORPUS) / "index.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    machines = {row[0]: _is_machine(Path(CORPUS) / row[0]) for row in rows}
    marked = {row[0] for row in rows if row[3] != "-"}
    missed = [path for path in marked if not machines[path]]
    assert len(missed) <= len(marked) // 100, missed
    # The unmarked ones hold old bounces and robots' mail; a person's mail is never taken for one.
    suspected = [path for path, machine in machines.items() if machine and path not in marked]
    assert len(suspected) <= (len(machines) - len(marked)) // 10, suspected


def _is_machine(path: Path) -> bool:
    reading, words = read(path.read_bytes()), automatic_words()
    return bool(report(reading, words) or marks(reading, words))
