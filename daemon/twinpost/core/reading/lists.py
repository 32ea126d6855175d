"""Who wrote a mail when a list or a school's platform put its own address into the From.

They do so since domains disown mail that others send for them (RFC 7960, 4.1.3): Google Groups, Mailman,
Sympa, groups.io and others write "Kari via Teachers <teachers@list.example>" and name the writer elsewhere.
Whom a list names is a claim like any other From, and no server vouches for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twinpost.core.model.folding import fold
from twinpost.core.model.mail import Address
from twinpost.core.reading.addresses import addresses

SIGNS = ("list-id", "list-post", "list-unsubscribe", "mailing-list")
ORIGINAL = ("x-original-from", "original-from")  # Google Groups, Sympa; RFC 5703, 6
GIVES_WRITER = ("reply-to", "cc")
"""Where Mailman puts the writer: which of the two follows from where answers to the list go."""

MOST = 20  # addresses that are looked at

Values = Callable[[str], Sequence[str]]
"""All values of a header by its lower-case name."""


def writer_behind_list(sender: Address, values: Values) -> Address | None:
    """The writer whom a list names where its own address stands in the From; None where that is not so."""
    if _through_list(values):
        named = (*_addresses(values, ORIGINAL), *_in_local_part(sender), *_given(sender, values))
    elif "via" in _words(sender.name):
        named = tuple(_given(sender, values, ("reply-to",)))
    else:
        return None
    writer = next((each for each in named if each.address != sender.address), None)
    return Address(writer.address, writer.name or sender.name) if writer else None


def _through_list(values: Values) -> bool:
    precedence = {value.strip().casefold() for value in values("precedence")}
    return "list" in precedence or any(values(name) for name in SIGNS)


def _addresses(values: Values, headers: Sequence[str]) -> list[Address]:
    lists = [addresses(value, MOST, every=True) for name in headers for value in values(name)]
    return [found for each in lists if not each.odd for found in each.addresses]


def _in_local_part(sender: Address) -> list[Address]:
    """kari=fagerborg.example@groups.example, as groups.io writes it."""
    local, _, domain = sender.address.rpartition("@")[0].rpartition("=")
    return [Address(f"{local}@{domain}")] if local and "." in domain else []


def _given(sender: Address, values: Values, headers: Sequence[str] = GIVES_WRITER) -> list[Address]:
    """Who bears the name that stands in the From before the list's: "Kari Nordmann via Teachers"."""
    shown = _words(sender.name)
    anonymous = sender.address.rpartition("@")[0].endswith("-dmarc-request")  # LISTSERV keeps the name alone
    found = []
    for candidate in _addresses(values, headers):
        name = _words(candidate.name or candidate.address)
        longer = len(shown) > len(name) or anonymous
        if name and longer and shown[: len(name)] == name:
            found.append(candidate)
    return found


def _words(name: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in fold(name)).split()
