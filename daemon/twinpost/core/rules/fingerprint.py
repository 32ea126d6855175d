"""What a rule says, as one value: a rule that says something else is a new one."""

from __future__ import annotations

from dataclasses import fields
from hashlib import sha256

from twinpost.core.model.rule import Condition, Rule

NOT_SAID = frozenset({"file", "line"})
"""Where it stands is no part of what it says."""


def fingerprint(rule: Rule) -> str:
    """The same for the same words: SHA-256 in hexadecimal digits."""
    said = {one.name: getattr(rule, one.name) for one in fields(rule) if one.name not in NOT_SAID}
    said |= {name: value.text for name, value in said.items() if isinstance(value, Condition)}
    return sha256(repr(sorted(said.items())).encode()).hexdigest()
