"""Subjects and senders of mails met in the wild come out as their octets say: labels.yaml beside this."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.corpus.explaining import Explained

from twinpost.core.model.mail import Defect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@cache
def labels() -> dict[str, dict[str, Any]]:
    """What is known of each labelled mail, by its path in the corpus."""
    return dict(YAML(typ="safe").load(Path(__file__).with_name("labels.yaml")))


@pytest.mark.parametrize("file", labels())
def test_a_labelled_mail_is_read_as_its_octets_say(file: str, explained: dict[str, Explained]) -> None:
    label, one = labels()[file], explained[file]
    address, name = one.senders[0] if one.senders else ("", "")
    seen: dict[str, Any] = {
        "subject": _as_labelled(" ".join(one.subject.split()), label.get("subject", "")),
        "sender": _as_labelled(address, label["sender"], address.rpartition("@")[0]),
        "name": _as_labelled(name, label.get("name", "")),
        "trouble": Defect.BAD_CHARSET in one.defects,
    }
    assert {key: seen[key] for key in label} == label


def test_there_are_enough_of_them(
    explained: dict[str, Explained], record_property: Callable[[str, object], None]
) -> None:
    assert len(labels()) >= 150
    assert set(labels()) <= set(explained)
    record_property("told", f"subjects and senders as labelled: {len(labels())}")


def _as_labelled(text: str, label: str, private: str = "") -> str:
    """What was read, in the form of its label: hashed, cut, or as it is."""
    if label.startswith("#"):
        return f"#{sha256((private or text).encode()).hexdigest()[:12]}"
    if label.endswith("…") and text.startswith(label[:-1]):
        return label
    return text
