"""Our collection of senders: whole headers as servers write them, true and forged, by provider.

Beside each mail lies whose verdict is read (`provider`), whether its sender is proven, and why.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.builders import NOW

from twinpost.core.model.kind import Proof
from twinpost.core.model.mail import Reading
from twinpost.core.reading.mime import read
from twinpost.core.sorting.trust import prove

SENDERS = sorted((Path(__file__).parents[2] / "mails" / "senders").glob("*.eml"))
OURS = "mx.school.example"
KARI = "kari@fagerborg.example"

OTHER_SHAPES = (
    b"From: kari@fagerborg.example",
    b"From: <kari@fagerborg.example>",
    b'From: "Nordmann, Kari" <kari@fagerborg.example>',
    b"From: =?utf-8?q?Kari_Nordmann_=28Fagerborg=29?= <kari@fagerborg.example>",
    b"From: kari@fagerborg.example (Kari Nordmann)",
    b"From: Kari\n Nordmann <kari@fagerborg.example>",
    "from: Kåre <kari@fagerborg.example>".encode(),
    b"From: Kari Nordmann <Kari@Fagerborg.Example>",
    b'From: "Kari \\"Nordmann\\"" <kari@fagerborg.example>',
)


def expected_of(path: Path) -> dict[str, Any]:
    expected: dict[str, Any] = YAML(typ="safe").load(path.with_suffix(".yaml").read_text("utf-8"))
    return expected


def proof_of(octets: bytes, expected: dict[str, Any]) -> tuple[Reading, Proof]:
    reading = read(octets)
    return reading, prove(reading, expected["provider"], expected.get("authserv_id", OURS), NOW)


@pytest.mark.parametrize("path", SENDERS, ids=lambda path: path.stem)
def test_a_sender_is_proven_or_not_as_lies_beside_the_mail(path: Path) -> None:
    expected = expected_of(path)
    reading, proof = proof_of(path.read_bytes(), expected)
    assert proof.proven is expected["proven"]
    assert expected["because"] in proof.because
    if "from" in expected:
        assert [sender.address for sender in reading.from_] == [expected["from"]]


@pytest.mark.parametrize("provider", ["own", "google", "microsoft"])
def test_a_hundred_true_mails_of_each_provider_are_all_proven(provider: str) -> None:
    proven: list[bool] = []
    for path in SENDERS:
        expected = expected_of(path)
        plain = b"From: Kari Nordmann <kari@fagerborg.example>"
        octets = path.read_bytes()
        if expected["provider"] == provider and expected["proven"] and plain in octets:
            for shape in (plain, *OTHER_SHAPES):
                reading, proof = proof_of(octets.replace(plain, shape), expected)
                proven.append(proof.proven is True and reading.from_[0].address == KARI)
    assert len(proven) >= 100
    assert all(proven)


def test_the_collection_is_not_lost() -> None:
    assert len(SENDERS) >= 110
