"""Our collection of pupils' mails, and of mails to them: what each is, who is written to, and who is not.

Beside each mail lies its kind and every mail that follows: the notice, to whom, who has a copy. `exchange` is
one of `tests.pupils.EXCHANGES`, where it is not the one in which pupils write to each other directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.office import START, Office, an_office
from tests.pupils import EXCHANGES

from twinpost.app.explain import Explainer, as_json

pytestmark = pytest.mark.slow

MAILS = sorted((Path(__file__).parents[1] / "mails" / "pupils").glob("*.eml"))
PUPILS = ("@elever.", "@eleves.", "@uchni.")


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Office]]:
    """One for each exchange; no mail leaves a trace in it."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(an_office(tmp_path_factory.mktemp(name), exchange=text))
            for name, text in EXCHANGES.items()
        }


def expected_of(path: Path) -> dict[str, Any]:
    expected: dict[str, Any] = YAML(typ="safe").load(path.with_suffix(".yaml").read_text("utf-8"))
    return expected


def shown(mail: dict[str, Any]) -> str:
    """ "guard-line ana@… cc kari@…" """
    copies = f" cc {', '.join(mail['cc'])}" if mail["cc"] else ""
    return f"{mail['notice']} {', '.join(mail['to'])}{copies}"


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_what_follows_is_what_lies_beside_the_mail(path: Path, offices: dict[str, Office]) -> None:
    expected = expected_of(path)
    office = offices[expected.get("exchange", "direct")]
    with Explainer(office.engine, office.house).session() as session:
        found = as_json(path.name, session.explain(path.read_bytes(), START, START))
    assert found["kind"] == expected["kind"]
    assert [shown(mail) for mail in found["mails"]] == expected["mails"]
    assert sorted({finding["code"] for finding in found["findings"]}) == expected.get("findings", [])
    assert expected.get("because", "") in " ".join(found["because"])
    for mail in found["mails"]:
        assert mail["cc"] or not any(domain in mail["to"][0] for domain in PUPILS)


def test_the_collection_is_not_lost() -> None:
    assert len(MAILS) >= 60
