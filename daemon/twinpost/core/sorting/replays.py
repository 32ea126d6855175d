"""Whether a signed mail may be an old one that somebody else sends once more.

A DKIM signature stays good on every copy (RFC 6376, 8.6). What speaks against a copy is seen in the header
alone: a day long gone, or a signature that leaves open what has to be hers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from twinpost.core.model.mail import Reading

LONGEST_WAY = timedelta(days=5)
"""No mail server tries for longer (RFC 5321, 4.5.4.1)."""

FAST_CLOCK = timedelta(days=1)
"""So far into the future a clock may be wrong, or its zone."""

TO_BE_SIGNED = frozenset({"from", "date", "subject"})
"""What every large provider signs; not all sign To or Message-ID."""


def sent_before(reading: Reading, arrived_at: datetime) -> str:
    """Why this may be a copy of an older mail, as a sentence; "" where nothing says so.

    `arrived_at` is the server's INTERNALDATE (aware, UTC).
    """
    if reading.date is None:
        return "The mail bears no date, so it may be an old one that is sent once more."
    if not -FAST_CLOCK < arrived_at - reading.date < LONGEST_WAY:
        return "Its date is far from the day on which it came: it may be an old mail that is sent once more."
    domain = reading.from_[0].address.rpartition("@")[2]
    signatures = (_tags(value) for value in reading.header("dkim-signature"))
    doubts = (_doubt(tags, arrived_at) for tags in signatures if _akin(tags.get("d", ""), domain))
    return next(filter(None, doubts), "")


def _doubt(tags: dict[str, str], arrived_at: datetime) -> str:
    if "l" in tags:
        return "Its signature covers the beginning of the text only (l=), so the rest may be anybody's."
    if not set(tags.get("h", "").split(":")) >= TO_BE_SIGNED:
        return "Its signature does not cover date and subject, so they may be anybody's."
    signed = tags.get("t", "")
    if signed.isascii() and signed.isdigit() and arrived_at - _instant(signed) > LONGEST_WAY:
        return "It was signed long before it came: it may be an old mail that is sent once more."
    return ""


def _tags(value: str) -> dict[str, str]:
    """The tags of a DKIM-Signature (RFC 6376, 3.2), without blanks, in lower case."""
    pairs = (tag.partition("=") for tag in "".join(value.split()).casefold().split(";"))
    return {name: text for name, _, text in pairs}


def _akin(one: str, other: str) -> bool:
    """Whether two domains may belong to one owner: rather too often than too rarely."""
    return one.rstrip(".").split(".")[-2:] == other.split(".")[-2:]


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(min(int(seconds[:12]), 4_000_000_000), UTC)
