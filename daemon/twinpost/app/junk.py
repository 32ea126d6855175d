"""The junk folder is looked into for mail of people whom we know, and what lies there is reported.

Only header lines are fetched, and they prove nothing: what they lead to is a note to the admin and a line
in `twinpost status`, never a mail to a teacher. Dragged into the inbox, it is read like any other mail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from twinpost.app.enact import Enactment, is_live
from twinpost.app.house import House
from twinpost.app.ports import Mailbox
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.model.effect import Decision
from twinpost.core.model.mail import Glimpse
from twinpost.core.model.people import Directory
from twinpost.core.reading.mime import read_head
from twinpost.core.sorting.junk import JunkFolders, junk_folders
from twinpost.ledger import facts, junk
from twinpost.ledger.junk import Lying, Sighting
from twinpost.ledger.transaction import Desk

EVERY = timedelta(minutes=10)
SO_FAR_BACK = timedelta(days=14)
MOST_HEADERS = 500
"""Headers of one look into one folder; where there are more, the next look follows at once."""

NOTES_EVERY = timedelta(days=1)
MOST_LINES = 20
FACT = "junk"


@dataclass(frozen=True, slots=True)
class Watched:
    """The last look: when, when the next is due, which folders there are, and what is in the way."""

    looked_at: str
    next_at: str
    folders: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(slots=True)
class JunkWatch:
    """Looks into the junk folders of one mailbox. Runs in the mailbox's own thread.

    `wanted` is "auto", a folder's name, or "" for none. `directory` is asked in the ledger's thread.
    """

    mailbox: Mailbox
    desk: Desk
    house: House
    directory: Callable[[sa.Connection], Directory]
    clock: Callable[[], datetime]
    wanted: str
    most: int = MOST_HEADERS

    def look(self) -> int:
        """Look, where it is due. Returns how many mails of people whom we know were not there before.

        Raises WireError; the look is then over, so that no server can keep us from the inbox by it.
        """
        now = self.clock()
        if not self.desk.do_now(lambda c: _begin(c, now)):
            return 0
        listed = self.mailbox.folders() if self.wanted else []
        others = [folder for folder in listed if folder.name != self.mailbox.name]
        found = junk_folders(others, self.wanted, self.house.words.junk)
        count, more, trouble = 0, False, found.trouble
        for folder in found.names:
            new, rest = self._look_into(folder, now)
            if rest is None:
                trouble = f"The folder {folder} cannot be opened."
            count, more = count + new, more or bool(rest)
        self.desk.do_now(lambda c: self._end(c, found, trouble, now, more=more))
        return count

    def _look_into(self, folder: str, now: datetime) -> tuple[int, bool | None]:
        """How many mails are new, and whether there is more to look at; None where it cannot be opened."""
        mark = self.desk.do_now(lambda c: junk.bookmark(c, folder))
        glance = self.mailbox.glance(folder, mark, (now - SO_FAR_BACK).date(), self.most)
        if glance is None:
            return 0, None

        def keep(connection: sa.Connection) -> int:
            sightings = list(_sightings(glance.seen, self.directory(connection)))
            return junk.note(connection, folder, mark, glance, sightings, now)

        return self.desk.do_now(keep), glance.more

    def _end(
        self, connection: sa.Connection, found: JunkFolders, trouble: str, now: datetime, *, more: bool
    ) -> None:
        junk.tidy(connection, found.names, now, now - SO_FAR_BACK - timedelta(days=1))
        due = now if more else now + EVERY
        _note(connection, Watched(now.isoformat(), due.isoformat(), found.names, trouble))
        _tell(connection, self.house, self.directory(connection), now)


def _begin(connection: sa.Connection, now: datetime) -> bool:
    """Whether a look is due. If so it counts as made, before anything can go wrong with it."""
    before = watched(connection)
    if before is not None and datetime.fromisoformat(before.next_at) > now:
        return False
    known = before or Watched("", "")
    _note(connection, Watched(now.isoformat(), (now + EVERY).isoformat(), known.folders, known.trouble))
    return True


def watched(connection: sa.Connection) -> Watched | None:
    """The last look; None before the first."""
    text = facts.fact(connection, FACT)
    if text is None:
        return None
    data = json.loads(text)
    return Watched(**{**data, "folders": tuple(data["folders"])})


def _note(connection: sa.Connection, look: Watched) -> None:
    facts.note(connection, FACT, json.dumps(asdict(look)))


def _sightings(seen: Sequence[Glimpse], directory: Directory) -> Iterator[Sighting]:
    """Those from an address that some exchange names."""
    for glimpse in seen:
        reading = read_head(glimpse.header)
        members = directory.who(reading.from_[0].address) if len(reading.from_) == 1 else ()
        if members:
            yield Sighting(
                uid=glimpse.uid,
                message_id=reading.message_id,
                sender=reading.from_[0].address,
                subject=reading.subject,
                arrived_at=glimpse.arrived_at,
                exchange_id=members[0].exchange.id,
                person_id=members[0].person.id,
            )


def _tell(connection: sa.Connection, house: House, directory: Directory, now: datetime) -> None:
    """One note to the admin about everything that he has not heard of, at most once a day, when live."""
    untold = [one for one in junk.lying(connection) if not one.told]
    last = junk.last_told(connection)
    if not untold or not is_live(connection) or (last is not None and now - last < NOTES_EVERY):
        return
    note = admin_note(
        house.office.admin,
        f"junk/{untold[0].id}-{untold[-1].id}/{len(untold)}",
        "junk",
        tuple(_lines(untold)),
    )
    Enactment(connection, house, directory, now).enact(Decision((note,)))
    junk.told(connection, [one.id for one in untold], now)


def _lines(lying: Sequence[Lying]) -> Iterator[str]:
    for one in lying[:MOST_LINES]:
        yield f"{one.exchange}: “{one.subject}”, from {one.sender}, in the folder {one.folder}"
    if len(lying) > MOST_LINES:
        yield f"and {len(lying) - MOST_LINES} more: “twinpost status” lists them all"


def standing(connection: sa.Connection) -> dict[str, Any]:
    """What `twinpost status` tells of the junk folders."""
    look = watched(connection)
    return {
        "folders": list(look.folders) if look else [],
        "looked_at": look.looked_at if look else None,
        "trouble": look.trouble if look else "",
        "mails": [asdict(one) for one in junk.lying(connection)],
    }
