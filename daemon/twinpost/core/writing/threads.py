"""What makes a mail client show an answer below the mail that it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_THREAD = 20
"""How many references a mail carries at most."""

_REPLY_MARK = re.compile(r"(?:re|aw|sv|vs|rép|rif|odp|antw)(?:\[\d{1,3}\])?\s?[:：]\s*", re.IGNORECASE)


def references(
    parent: str, parents_references: Sequence[str], parents_in_reply_to: Sequence[str] = ()
) -> tuple[str, ...]:
    """The References of an answer: those of its parent, then the parent itself (RFC 5322, 3.6.4).

    A parent without References lends its In-Reply-To, when that is a single id. In a long thread the
    root stays, because clients group by it, and then the nearest.
    """
    before = tuple(parents_references)
    if not before and len(parents_in_reply_to) == 1:
        before = tuple(parents_in_reply_to)
    chain = tuple(dict.fromkeys(id_ for id_ in (*before, parent) if id_))
    return shortened(chain)


def shortened(chain: tuple[str, ...]) -> tuple[str, ...]:
    """The root and the nearest ids of a chain, `LONGEST_THREAD` at most."""
    if len(chain) <= LONGEST_THREAD:
        return chain
    return (chain[0], *chain[1 - LONGEST_THREAD :])


def reply_subject(subject: str) -> str:
    """`subject` with exactly one "Re:" before it, whatever stood there."""
    rest = subject.strip()
    while mark := _REPLY_MARK.match(rest):
        rest = rest[mark.end() :]
    return f"Re: {rest}".rstrip()
