"""Where the verdict of our own border stands in a header, by provider.

Whoever sends a mail can write any Authentication-Results into it. His stand below what the border
adds when it takes the mail over, so place and name decide together which one is the border's (RFC 8601, 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from twinpost.core.model.kind import Proof
from twinpost.core.model.mail import Reading
from twinpost.core.sorting.authentication import Result, read_results

DEEPEST = 3
"""How deep comments may lie within each other in a Received."""

_COMMENT = re.compile(r"\([^()]*+\)")

Found = tuple[Result, ...] | Proof
"""The border's results; or what follows where there are none that we can rely on."""

Header = tuple[str, str]
Hop = tuple[int, str]
"""The place of a Received, and the host that wrote it."""

RESULTS = "authentication-results"
WRITERS = frozenset({"from", "to", "cc", "subject", "date", "message-id"})
"""Headers of whoever wrote the mail: a border writes above them."""

GOOGLE = "mx.google.com"
FETCHED = "x-gmail-fetch-info"
"""On mail that Gmail fetched from another mailbox: no border of Google's has seen it come."""

MICROSOFTS_BORDER = (
    ".mail.protection.outlook.com",
    ".mail.protection.office365.us",
    ".mail.protection.partner.outlook.cn",
)
"""Hosts of Microsoft 365 that take mail over from outside."""

MICROSOFTS = (
    ".outlook.com",
    ".office365.com",
    ".exchangelabs.com",
    ".office365.us",
    ".partner.outlook.cn",
)


def own_server(reading: Reading, authserv_id: str) -> Found:
    """The topmost Authentication-Results, if it bears our server's name.

    What stands lower under that name counts against the sender only. Where it stands among the headers of
    whoever wrote the mail, our server does not remove what comes from outside, and proves nothing.
    """
    if not authserv_id:
        return Proof(None, "No authserv_id is configured, so nobody vouches for the sender.")
    if not reading.header(RESULTS):
        return Proof(None, "Our mail server has said nothing about the sender.")
    name = authserv_id.casefold()
    trace, written = _divided(reading.headers)
    if any(value.casefold().startswith(name) for value in _values(written)):
        return Proof(None, "A verdict in our mail server's name stands where only the writer could put it.")
    stated = [read_results(value) for value in _values(trace)]
    if stated and stated[0] is None:
        return Proof(None, "What stands in Authentication-Results does not fit RFC 8601.")
    ours = [one.results for one in stated if one and one.authserv_id == name]
    if not ours or not stated[0] or stated[0].authserv_id != name:
        return Proof(None, "The topmost Authentication-Results is not our mail server's.")
    against = (result for results in ours[1:] for result in results if _disowns(result))
    return (*ours[0], *against)


def google(reading: Reading, _authserv_id: str) -> Found:
    """The Authentication-Results right below the Received of Google's border."""
    if reading.header(FETCHED):
        return Proof(None, "Gmail fetched this from another mailbox, so nobody vouches for the sender.")
    border = next((at for at, by in _hops(reading.headers) if by == GOOGLE), None)
    if border is None:
        return Proof(None, "Google has said nothing about the sender.")
    behind = [header for header in reading.headers[border + 1 : border + 3] if header[0] != "received-spf"]
    if not behind or behind[0][0] != RESULTS or any(True for _ in _values(reading.headers[:border])):
        return Proof(None, "Google has said nothing about the sender.")
    return own_server(reading, GOOGLE)


def microsoft(reading: Reading, _authserv_id: str) -> Found:
    """The Authentication-Results right above the Received of Microsoft's border; or the mark of its inside.

    Microsoft 365 leaves the authserv-id out, so everybody can write its form: the place alone tells. With a
    gateway or a server of the school's before it, Microsoft's border is the same.
    """
    hops = _hops(reading.headers)
    number = next((n for n, (_, by) in enumerate(hops) if by.endswith(MICROSOFTS_BORDER)), None)
    if number is None:
        return _inside(reading, hops)
    if not all(by.endswith(MICROSOFTS) for _, by in hops[:number]):
        return Proof(None, "The mail did not come to us by Microsoft 365 alone, so it proves nothing.")
    above = hops[number - 1][0] if number else -1
    values = _values(reading.headers[above + 1 : hops[number][0]])
    stated = read_results(values[0], with_id=False) if values else None
    if stated is None:
        return Proof(None, "Microsoft 365 has said nothing that we can read about the sender.")
    return stated.results


def _inside(reading: Reading, hops: Sequence[Hop]) -> Proof:
    """A mail that no border saw: sent by somebody signed in at our own tenant.

    The border removes the mark from what comes from outside; a connector for servers of the school's own
    may carry it over, and then their Received stand in the mail.
    """
    marked = _words(reading, "x-ms-exchange-organization-authas") == ["internal"]
    outward = set(_words(reading, "x-ms-exchange-organization-messagedirectionality")) - {"originating"}
    if marked and not outward and hops and all(by.endswith(MICROSOFTS) for _, by in hops):
        return Proof(True, "Microsoft 365 says that the mail was sent by somebody signed in at our school.")
    return Proof(None, "Microsoft 365 has said nothing that we can read about the sender.")


BORDERS: dict[str, Callable[[Reading, str], Found]] = {
    "own": own_server,
    "google": google,
    "microsoft": microsoft,
}


def _divided(headers: Sequence[Header]) -> tuple[Sequence[Header], Sequence[Header]]:
    """The trace of a mail's way, and what stands from the first header of its writer on."""
    first = next((at for at, (name, _) in enumerate(headers) if name in WRITERS), len(headers))
    return headers[:first], headers[first:]


def _values(headers: Sequence[Header]) -> list[str]:
    return [value.strip() for name, value in headers if name == RESULTS]


def _words(reading: Reading, header: str) -> list[str]:
    return [value.strip().casefold() for value in reading.header(header)]


def _disowns(result: Result) -> bool:
    return result.method == "dmarc" and result.result == "fail"


def _hops(headers: Sequence[Header]) -> list[Hop]:
    return [(at, _by(value)) for at, (name, value) in enumerate(headers) if name == "received"]


def _by(value: str) -> str:
    """The host that wrote a Received (RFC 5321, 4.4); "" where two could have."""
    for _ in range(DEEPEST):
        value = _COMMENT.sub(" ", value)
    words = value.casefold().split()
    if "(" in value or words.count("by") != 1 or words[-1] == "by":
        return ""
    return words[words.index("by") + 1].rstrip(";")
