"""A folder as one IMAP session sees it.

Sequence numbers must not move under the client's feet, so what others do shows only when the session
tells it, at the end of a command or during IDLE (RFC 3501, 5.2 and 7.4.1).
"""

from __future__ import annotations

from twinpost.edges.mailserver.imap_words import Token, number_set, text
from twinpost.edges.mailserver.store import Folder, Message


class View:
    """The messages that the client knows of, in the order of their sequence numbers."""

    def __init__(self, folder: Folder, *, readonly: bool) -> None:
        self.folder = folder
        self.readonly = readonly
        self.messages = list(folder.messages)
        self._uidvalidity = folder.uidvalidity
        self._version = folder.version

    @property
    def rebuilt(self) -> bool:
        """The folder's UIDs are not those that the client knows."""
        return self.folder.uidvalidity != self._uidvalidity

    @property
    def highest_uid(self) -> int:
        return self.messages[-1].uid if self.messages else 0

    def chosen(self, spec: Token, *, by_uid: bool) -> list[tuple[int, Message]]:
        """Sequence number and message for a set of sequence numbers or of UIDs."""
        among = number_set(text(spec), self.highest_uid if by_uid else len(self.messages))
        return [
            (number, message)
            for number, message in enumerate(self.messages, 1)
            if among(message.uid if by_uid else number)
        ]

    def present(self, spec: Token, *, by_uid: bool) -> list[tuple[int, Message]]:
        """The chosen messages that nobody has removed meanwhile."""
        here = {message.uid for message in self.folder.messages}
        return [each for each in self.chosen(spec, by_uid=by_uid) if each[1].uid in here]

    def changes(self, *, expunges: bool = True) -> list[str]:
        """What the client has not been told yet, as untagged answers; from now on it counts as told."""
        if self.folder.version == self._version:
            return []
        told = self._take_out_gone() if expunges else []
        told += [
            f"* {number} FETCH (FLAGS {flag_list(message)})"
            for number, message in enumerate(self.messages, 1)
            if message.changed > self._version
        ]
        known = self.highest_uid
        new = [message for message in self.folder.messages if message.uid > known]
        self.messages += new
        if new:
            told.append(f"* {len(self.messages)} EXISTS")
        if expunges:
            self._version = self.folder.version
        return told

    def _take_out_gone(self) -> list[str]:
        present = {message.uid for message in self.folder.messages}
        gone = [number for number, message in enumerate(self.messages, 1) if message.uid not in present]
        self.messages = [message for message in self.messages if message.uid in present]
        return [f"* {number} EXPUNGE" for number in reversed(gone)]


def flag_list(message: Message) -> str:
    return f"({' '.join(sorted(message.flags))})"
