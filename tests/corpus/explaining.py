"""Takes every mail of a folder through the path of `twinpost explain`, and keeps the time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.office import BOX, EXCHANGE

from twinpost.app.explain import Explainer, as_json
from twinpost.wiring import explain_with_files

CLOCK = datetime(2026, 10, 8, 7, 15, tzinfo=UTC)
"""When a mail without a Date arrives."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What one mail is. `plain` is the object of `explain --json`; the rest is what it rests on."""

    file: str  # relative to the corpus
    plain: dict[str, Any]
    subject: str
    senders: list[list[str]]  # [address, name] of every From
    content_type: str  # of the root, as it stands in the header
    defects: list[str]
    seconds: float  # of processor time, the reading child's included

    @property
    def kind(self) -> str:
        return str(self.plain["kind"])


def explain_all(corpus: Path, files: Sequence[str]) -> list[Explained]:
    """Every file (paths relative to `corpus`), shared out to all processors."""
    lanes = os.cpu_count() or 1
    with ProcessPoolExecutor(lanes, multiprocessing.get_context("spawn")) as pool:
        shares = [pool.submit(_explain, corpus, files[lane::lanes]) for lane in range(lanes)]
        found = [one for share in shares for one in share.result()]
    return sorted(found, key=lambda one: one.file)


def _explain(corpus: Path, files: Sequence[str]) -> list[Explained]:
    with TemporaryDirectory() as folder:
        exchange = Path(folder) / "oslo-lyon.yaml"
        exchange.write_text(EXCHANGE, encoding="utf-8")
        with explain_with_files([exchange], BOX, in_order=False) as explainer:
            return [_explain_one(explainer, corpus, file) for file in files]


def _explain_one(explainer: Explainer, corpus: Path, file: str) -> Explained:
    octets, begun = (corpus / file).read_bytes(), _processor_time()
    with explainer.session() as session:
        done = session.explain(octets, None, CLOCK)
    return Explained(
        file,
        as_json(file, done),
        done.reading.subject,
        [[sender.address, sender.name] for sender in done.reading.from_],
        " ".join(done.reading.header("content-type")[:1]),
        sorted(defect.value for defect in done.reading.defects),
        _processor_time() - begun,
    )


def _processor_time() -> float:
    return sum(os.times()[:4])
