"""What a provider says when it gives no token: a refusal, or that it cannot now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from twinpost.edges.refusals import remedy, remedy_in
from twinpost.edges.settings import Provider
from twinpost.errors import SignInRefused, WireError

NAMES: dict[Provider, str] = {"microsoft": "Microsoft", "google": "Google"}

NOT_NOW = frozenset(
    {"temporarily_unavailable", "server_error", "internal_failure", "90033", "50196", "90055"}
)
"""The provider's own trouble, or its wish to be asked less often: no refusal."""

_NUMBER = re.compile(r"AADSTS(\d{4,8})")
_WITH_NAMES = re.compile(r"\S*@\S*|'[^']*'|\"[^\"]*\"")


def no_token(provider: Provider, answer: Mapping[str, Any]) -> WireError:
    """The error to raise for an answer without a token (RFC 6749, 5.2).

    The provider's description is repeated only where no remedy is known, one line of it, without what it
    quotes: descriptions name accounts.
    """
    name = NAMES[provider]
    error = str(answer.get("error") or "an answer without one")[:60]
    description = str(answer.get("error_description") or "")
    numbers = [str(code) for code in answer.get("error_codes") or _NUMBER.findall(description)]
    if NOT_NOW & {error, *numbers}:
        return WireError(f"{name} cannot give tokens at the moment ({error}). It will be tried again.")
    said = ", ".join([*(f"AADSTS{number}" for number in numbers), error])
    subtype = str(answer.get("error_subtype") or "")
    what_to_do = remedy(provider, [*numbers, subtype])
    if provider == "google" and not what_to_do:  # it has few codes, and tells apart in its descriptions
        what_to_do = remedy_in(provider, description)
    what_to_do = what_to_do or remedy(provider, [error]) or _first_line(description)
    return SignInRefused(f"{name} gives no token ({said}). {what_to_do}".rstrip())


def _first_line(description: str) -> str:
    line = description.splitlines()[0][:200] if description else ""
    return _WITH_NAMES.sub("…", line)
