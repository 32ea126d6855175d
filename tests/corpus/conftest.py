"""The corpus is explained once per run, whichever tests look at it and however many processes run them.

Its place stands in TWINPOST_CORPUS: a folder of mails met in the wild with an index.tsv. It is run against
and never copied; without it these tests are left out.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.corpus.explaining import Explained, explain_all


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the corpus."""
    place = os.environ.get("TWINPOST_CORPUS", "")
    if not place:
        pytest.skip("TWINPOST_CORPUS does not name the folder of the corpus")
    return Path(place)


@pytest.fixture(scope="session")
def marks(corpus: Path) -> dict[str, frozenset[str]]:
    """Each file of the index with the marks of automatic mail that its header bears."""
    lines = (corpus / "index.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[0]: frozenset(row[3].split(",")) - {"-"} for row in rows}


@pytest.fixture(scope="session")
def explained(
    corpus: Path, marks: dict[str, frozenset[str]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Explained]:
    """What every mail of the corpus is, by its path in it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "corpus.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first process explains, the others read what it found
        found = shared / "corpus.json"
        if not found.exists():
            plain = [asdict(one) for one in explain_all(corpus, list(marks))]
            found.write_text(json.dumps(plain), encoding="utf-8")
    return {one["file"]: Explained(**one) for one in json.loads(found.read_text(encoding="utf-8"))}
