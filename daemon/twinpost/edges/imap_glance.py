"""A look into another folder than the inbox, over the same connection: header lines only, nothing changes.

A junk folder may hold a hundred thousand mails, and a server may have to open each to learn its date. So it
is searched in stretches, for a few seconds at most: as long as we look there, we do not watch the inbox.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from imapclient.response_parser import parse_fetch_response

from twinpost.core.model.mail import Bookmark, Glance, Glimpse, ListedFolder
from twinpost.edges.imap_door import Client

STRETCH = 1000  # UIDs of one search
SEARCH_SECONDS = 2.0  # no further search is begun after them
HEADER = "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE MESSAGE-ID)]<0.8192>"
MOST_AT_ONCE = 100  # headers of one command: at most 800 kB


def folders(client: Client) -> list[ListedFolder]:
    """Every folder that the server lists, with its marks (RFC 6154)."""
    return [
        ListedFolder(name, (separator or b"").decode(), frozenset(flag.decode() for flag in flags))
        for flags, separator, name in client.list_folders()
    ]


def glance(
    client: Client, folder: str, mark: Bookmark, since: date, most: int, patience: float
) -> Glance | None:
    """Open the folder for reading and take the next `most` headers; None where that is refused.

    Raises imaplib's abort and OSError when the connection breaks. Whoever asks opens the inbox again.
    """
    try:
        client.wire.allow(patience)
        answer = client.select_folder(folder, readonly=True)
        return _look(client, answer, mark, since, most, patience)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return None


def _look(
    client: Client, answer: dict[bytes, Any], mark: Bookmark, since: date, most: int, patience: float
) -> Glance:
    validity = int(answer[b"UIDVALIDITY"])
    same = validity == mark.uidvalidity
    after = mark.uid if same else 0
    ends = int(answer.get(b"UIDNEXT") or _highest(client, after) + 1)
    ends_at = monotonic() + SEARCH_SECONDS
    up_to, found = after, list[int]()
    while up_to < ends - 1 and len(found) < most and monotonic() < ends_at:
        first, up_to = up_to + 1, min(up_to + STRETCH, ends - 1)
        client.wire.allow(patience)
        found += client.search(["UID", f"{first}:{up_to}", "SINCE", since])
    uids = sorted(found)[:most]
    if len(found) > most:
        up_to = uids[-1]
    return Glance(
        uidvalidity=validity,
        seen=tuple(_headers(client, uids, patience)),
        up_to=up_to,
        more=up_to < ends - 1,
        there=_still_there(client, mark.lying if same else (), patience),
    )


def _highest(client: Client, after: int) -> int:
    """The UID of the last message, for servers that do not tell the next one when they open a folder."""
    found: list[int] = client.search(["UID", "*"])
    return max(found, default=after)


def _headers(client: Client, uids: list[int], patience: float) -> Iterator[Glimpse]:
    for start in range(0, len(uids), MOST_AT_ONCE):
        client.wire.allow(patience)
        batch = ",".join(map(str, uids[start : start + MOST_AT_ONCE]))
        raw = client.wire.uid_fetch(batch, f"(INTERNALDATE {HEADER})")
        answers = dict(parse_fetch_response(raw, False, True))
        for uid, facts in sorted(answers.items()):
            header = next((v for key, v in facts.items() if key.startswith(b"BODY[")), None)
            if isinstance(header, bytes) and uid in uids:
                moment = facts.get(b"INTERNALDATE") or datetime.now(UTC)
                yield Glimpse(uid, moment.astimezone(UTC), header)


def _still_there(client: Client, lying: tuple[int, ...], patience: float) -> frozenset[int]:
    if not lying:
        return frozenset()
    client.wire.allow(patience)
    return frozenset(client.search(["UID", ",".join(map(str, lying))]))
