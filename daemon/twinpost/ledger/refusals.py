"""What a database says when it cannot do its work, as a sentence with the remedy.

Everything else that it says is a mistake of ours, or an oddity of one message.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

_LOCKED = "The ledger {place} is locked by another program. Try again"
_NOT_OURS = "The ledger {place} may not be written"
_FULL = "The disk of the ledger {place} is full: nothing is lost, free some space."
_EMPTY = "The ledger {place} has no tables of ours yet: run `twinpost db upgrade`."

_STATES = {
    "55P03": f"{_LOCKED}.",
    "53100": _FULL,
    "42P01": _EMPTY,
    "42501": f"{_NOT_OURS}: give this user of PostgreSQL the database, or its tables.",
    "25006": f"{_NOT_OURS}: the server is a standby, or read-only.",
}
"""By PostgreSQL's SQLSTATE (its manual, appendix A)."""

_WORDS = (
    ("locked", f"{_LOCKED}; `fuser` shows who holds it."),
    (
        "unable to open",
        "The ledger {place} cannot be opened. `twinpost db upgrade` makes it; else check owner and disk.",
    ),
    ("readonly", f"{_NOT_OURS}: check its owner and the disk."),
    ("disk is full", _FULL),
    ("no such table", _EMPTY),
    ("not a database", "The ledger {place} is damaged: restore a backup."),
    ("malformed", "The ledger {place} is damaged: restore a backup."),
)
"""By what SQLite says."""


def refusal(place: str, error: DBAPIError) -> str | None:
    """The sentence for the ledger at `place`; None where the database is not to blame."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _STATES:
        return _STATES[state].format(place=place)
    text = " ".join(str(error.orig).split())
    found = next((sentence for sign, sentence in _WORDS if state is None and sign in text), None)
    if found:
        return found.format(place=place)
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return f"The ledger {place} cannot be used: {text}"
    return None
