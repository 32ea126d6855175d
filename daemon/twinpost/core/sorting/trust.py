"""Whether the sender is who the From says: the verdict of the one server that we trust, no guess of ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from twinpost.core.model.kind import Proof
from twinpost.core.model.known import Known
from twinpost.core.model.mail import Defect, Reading
from twinpost.core.sorting.borders import BORDERS
from twinpost.core.sorting.replays import sent_before
from twinpost.core.sorting.verdicts import from_her_servers, judge

DISTRUSTED = frozenset(
    {
        Defect.NO_FROM,
        Defect.MANY_FROM,
        Defect.ODD_FROM,
        # At a lone CR Python ends a header line and a mail server does not: each sees another header.
        Defect.BARE_CR,
        # Behind the place where reading stopped there may be a second From.
        Defect.TOO_MANY_HEADERS,
        Defect.TOO_LONG_HEADERS,
        Defect.UNREADABLE,
    }
)

ONLY_ONCE = (
    *("date", "sender", "reply-to", "to", "cc", "message-id", "in-reply-to", "references", "subject"),
    *("mime-version", "content-type", "content-transfer-encoding"),
)
"""Headers of which there is one at most (RFC 5322, 3.6): of two, a signature may cover the other one."""


def prove(reading: Reading, provider: str, authserv_id: str, arrived_at: datetime) -> Proof:
    """Whether a server that we trust vouches for the From.

    `provider` is own, google or microsoft; `authserv_id` the name by which an own server signs its
    verdicts; `arrived_at` the server's INTERNALDATE (aware, UTC).
    """
    if len(reading.from_) != 1 or reading.defects & DISTRUSTED:
        return Proof(False, "The header of the mail can be read in two ways, so its sender proves nothing.")
    if reading.via:
        return Proof(None, "A mailing list names the writer in its own From, which proves nothing.")
    found = BORDERS[provider](reading, authserv_id)
    if isinstance(found, Proof):
        return found if found.proven is None else _unambiguous(found, reading)
    address = reading.from_[0].address
    proof = _unambiguous(judge(found, address), reading)
    if proof.disowned and _through_list(reading):
        return replace(proof, proven=None, because=f"{proof.because} A mailing list may have changed it.")
    old = sent_before(reading, arrived_at) if not from_her_servers(found, address) else ""
    return Proof(None, old) if proof.proven and old else proof


def doubted(proof: Proof, reading: Reading, known: Known) -> Proof:
    """The proof, taken back where what we know of her and her mails speaks against it."""
    if not proof.proven:
        return proof
    address = reading.from_[0].address
    if known.directory.who(address) and not known.directory.knows(address):
        return Proof(None, "The address is another spelling of hers, which proves nothing.")
    if known.id_taken:
        return Proof(None, "Another mail of hers with this Message-ID came before: one of them is a copy.")
    return proof


def _unambiguous(proof: Proof, reading: Reading) -> Proof:
    """The proof, unless a header stands twice of which the server may have looked at the other one."""
    counts = Counter(name for name, _ in reading.headers)
    twice = [name for name in ONLY_ONCE if counts[name] > 1]
    if proof.proven and twice:
        return Proof(None, f"The header {twice[0].title()} stands twice, so it may be anybody's.")
    return proof


def _through_list(reading: Reading) -> bool:
    """Whether the mail says that a mailing list carried it (RFC 2369, 2919)."""
    listed = any(value.strip().casefold() == "list" for value in reading.header("precedence"))
    return listed or any(name.startswith("list-") for name, _ in reading.headers)
