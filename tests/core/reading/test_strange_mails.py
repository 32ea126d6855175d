"""Our own collection of oddities: one mail, one oddity, what it must read as lying beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from twinpost.core.model.mail import Address, File, Reading
from twinpost.core.reading.mime import read_enclosures, read_whole

STRANGE = Path(__file__).parents[2] / "mails" / "strange"
MAILS = sorted(path.stem for path in STRANGE.glob("*.eml"))


def test_there_are_enough_of_them() -> None:
    assert len(MAILS) >= 400


@pytest.mark.parametrize("name", MAILS)
def test_a_strange_mail_reads_as_expected(name: str) -> None:
    expected: dict[str, Any] = YAML(typ="safe").load(STRANGE / f"{name}.yaml")
    reading = read_whole((STRANGE / f"{name}.eml").read_bytes())
    assert {key: _seen(reading, key, expected[key]) for key in expected} == expected


@pytest.mark.parametrize("name", MAILS)
def test_files_come_out_bit_for_bit_under_the_names_they_were_read_by(name: str) -> None:
    octets = (STRANGE / f"{name}.eml").read_bytes()
    files = read_whole(octets).files
    enclosures = read_enclosures(octets, [file.part for file in files]) if files else ()
    assert [(one.name, one.media_type, _sha256(one.content)) for one in enclosures] == [
        (file.name, file.media_type, file.sha256) for file in files
    ]


def _seen(reading: Reading, key: str, expected: Any) -> Any:
    """What the reading says, in the form in which the expectation says it."""
    if key == "defects":
        return sorted(reading.defects)
    if key == "headers":
        return {name: list(reading.header(name)) for name in expected}
    if key == "files":
        return [_file(file, one) for file, one in zip(reading.files, expected, strict=True)]
    value = getattr(reading, "from_" if key == "from" else key)
    if key in ("from", "to", "cc", "sender", "reply_to"):
        return [_address(entry, one) for entry, one in zip(value, expected, strict=True)]
    return list(value) if isinstance(value, tuple) else value


def _address(entry: Address, expected: str | list[str]) -> str | list[str]:
    return entry.address if isinstance(expected, str) else [entry.address, entry.name]


def _file(file: File, expected: dict[str, Any]) -> dict[str, Any]:
    return {key: getattr(file, key) for key in expected}


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
