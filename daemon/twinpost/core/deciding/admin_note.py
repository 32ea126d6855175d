"""A note to the admin: a few plain lines, outside every exchange and every budget."""

from __future__ import annotations

from twinpost.core.model.effect import Tell
from twinpost.core.model.notice import AdminNote
from twinpost.core.model.people import Person


def admin_note(admin: str, key: str, what: str, lines: tuple[str, ...]) -> Tell:
    """The note to the address `admin`, in the language of the house; the same key is sent once."""
    to = Person(0, "", (admin,), "")
    return Tell(key=f"admin/{key}", notice=AdminNote(what, lines), to=to, exchange_id=0, counts=False)
