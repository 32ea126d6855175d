"""Whoever does not let us in says why in words for developers; this finds what to click (refusals.yaml)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Group = Literal["microsoft", "google", "servers", "tokens"]


def remedy(group: Group, words: Iterable[str]) -> str:
    """The sentence for the first of these words that has one, or ""."""
    rows = _rows(group)
    return next((rows[word] for word in words if word in rows), "")


def remedy_in(group: Group, said: str) -> str:
    """The sentence for the first row whose words stand in what was said, or ""."""
    folded = said.casefold()
    return next((text for words, text in _rows(group).items() if words in folded), "")


def status_of(challenge: bytes) -> str:
    """The status in the JSON that comes before a refusal of a token, such as "401"; "" where it is none.

    Microsoft, Google (XOAUTH2) and RFC 7628, 3.2.2 agree on its form.
    """
    try:
        status = json.loads(challenge)["status"]
    except (ValueError, KeyError, TypeError):
        return ""
    return str(status)[:40] if isinstance(status, str | int) else ""


@cache
def _rows(group: Group) -> Mapping[str, str]:
    from twinpost.edges.marked import load_yaml  # only for those who are refused

    data = load_yaml(Path(__file__).with_name("refusals.yaml")).data
    places = data["places"]
    return {words: text.format_map(places) for words, text in data[group].items()}
