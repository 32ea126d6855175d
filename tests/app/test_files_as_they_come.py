"""Our collection of files as teachers send them: each mail goes the whole way, and its receipt tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.office import KARI, START, an_office, the

from twinpost.app.explain import Explainer
from twinpost.app.process import Processed
from twinpost.core.model.finding import Finding
from twinpost.core.model.notice import FileLine, Receipt
from twinpost.core.reading.mime import read_enclosures, read_whole

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[1] / "mails" / "files"
MAILS = sorted(path.stem for path in FOLDER.glob("*.eml"))
LARGEST = 20_000
MOST_LARGE = 3


@pytest.fixture(scope="module")
def explainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explainer]:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield Explainer(office.engine, office.house)


def explained(explainer: Explainer, name: str) -> Processed:
    with explainer.session() as session:
        return session.explain((FOLDER / f"{name}.eml").read_bytes(), None, START)


def test_there_are_enough_of_them_and_they_are_small() -> None:
    assert len(MAILS) >= 100
    large = [path.name for path in FOLDER.glob("*.eml") if path.stat().st_size > LARGEST]
    assert len(large) <= MOST_LARGE, large


@pytest.mark.parametrize("name", MAILS)
def test_files_are_received_as_what_they_are(explainer: Explainer, name: str) -> None:
    expected: dict[str, Any] = YAML(typ="safe").load(FOLDER / f"{name}.yaml")
    done = explained(explainer, name)
    receipt = the(done.told, "receipt", KARI).tell.notice
    assert isinstance(receipt, Receipt)
    assert done.sorted.kind.value == "letter"
    assert [_seen(file, one) for file, one in zip(receipt.files, expected["files"], strict=True)] == (
        expected["files"]
    )
    assert list(receipt.links) == expected.get("links", [])
    if "ornament" in expected:
        assert sum(file.inline for file in done.reading.files) == expected["ornament"]
    if "findings" in expected:
        found = done.decision.findings
        assert [_seen(finding, one) for finding, one in zip(found, expected["findings"], strict=True)] == (
            expected["findings"]
        )


@pytest.mark.parametrize("name", MAILS)
def test_a_file_is_passed_on_bit_for_bit_under_the_name_that_was_told(name: str) -> None:
    octets = (FOLDER / f"{name}.eml").read_bytes()
    files = read_whole(octets).files
    passed_on = read_enclosures(octets, [file.part for file in files]) if files else ()
    assert [(one.name, len(one.content)) for one in passed_on] == [(file.name, file.size) for file in files]


def _seen(value: FileLine | Finding, expected: dict[str, Any]) -> dict[str, Any]:
    """What is said of a file or a finding, in the form of the expectation."""
    seen = {key: getattr(value, key) for key in expected}
    return {key: list(found) if isinstance(found, tuple) else found for key, found in seen.items()}
