"""The fields of a delivery report about each recipient (RFC 3464, 2.3), from the text that holds them.

They are found in the text, and not in the part alone: gateways flatten reports into one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ADDRESS = re.compile(r"[^\s<>()\[\];:,\"'“”«»]{1,64}@[^\s<>()\[\];:,\"'“”«»]{1,255}")

_FIELD = re.compile(r"[ \t]{0,4}([A-Za-z][A-Za-z-]{3,40})[ \t]{0,4}:[ \t]{0,20}(.{0,2000})")
_RECIPIENTS = ("original-recipient", "final-recipient")
_KEPT = frozenset({*_RECIPIENTS, "action", "status", "diagnostic-code"})
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ACTION = re.compile(r"[a-z]{1,20}")
_MOST = 100


@dataclass(frozen=True, slots=True)
class About:
    """What a report's fields say of one recipient; addresses in lower case."""

    addresses: tuple[str, ...]
    action: str = ""
    status: str = ""
    diagnostic: str = ""


def about_recipients(text: str) -> tuple[About, ...]:
    """Every recipient that a report's fields name, in order."""
    groups: list[dict[str, str]] = []
    for fields in _groups(text):
        # A blank line behind the recipient, which RFC 3464 does not allow, parts what belongs together.
        if groups and "action" not in groups[-1] and not _named(fields) and _named(groups[-1]):
            groups[-1].update(fields)
        else:
            groups.append(fields)
        if len(groups) > _MOST:
            break
    return tuple(_about(fields) for fields in groups if _named(fields))


def addresses_in(value: str) -> tuple[str, ...]:
    """The addresses of a text, each once, in lower case."""
    found = (address.strip(".-_=*`").casefold() for address in ADDRESS.findall(value))
    # "SMTP=luc@…" in Exchange of old, "mailto:luc@…" in pages; the local part of a VERP keeps its "=".
    return tuple(dict.fromkeys(address.removeprefix("smtp=").removeprefix("mailto:") for address in found))


def _named(fields: dict[str, str]) -> bool:
    return any(name in fields for name in _RECIPIENTS)


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Fields that stand together; a field that comes again begins the next recipient."""
    fields: dict[str, str] = {}
    last = ""
    for line in text.split("\n"):
        if last and line[:1] in " \t" and line.strip():
            fields[last] = f"{fields[last]} {line.strip()}"[:2000]
            continue
        match = _FIELD.match(line)
        name = match[1].lower() if match else ""
        last = name if name in _KEPT else ""
        if (not line.strip() or name in fields) and fields:
            yield fields
            fields = {}
        if match and last:
            fields[last] = match[2].strip()
    if fields:
        yield fields


def _about(fields: dict[str, str]) -> About:
    named = [address for name in _RECIPIENTS for address in addresses_in(fields.get(name, "")[:400])[:1]]
    action = _ACTION.match(fields.get("action", "").lower())
    status = _STATUS.search(fields.get("status", ""))
    return About(
        tuple(dict.fromkeys(named)),
        action[0] if action else "",
        status[0] if status else "",
        _without_type(fields.get("diagnostic-code", "")),
    )


def _without_type(diagnostic: str) -> str:
    """ "smtp; 550 no such user" without what stands before the server's own words."""
    kind, semicolon, words = diagnostic.partition(";")
    return " ".join((words if semicolon and len(kind) < 20 else diagnostic).split())
