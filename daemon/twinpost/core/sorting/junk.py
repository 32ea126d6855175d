"""Which of a mailbox's folders is the one for junk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twinpost.core.model.folding import fold
from twinpost.core.model.mail import ListedFolder

MOST_FOLDERS = 3
"""Folders that are looked into where several bear a name of the kind."""

MARK = "\\junk"
CLOSED = frozenset({"\\noselect", "\\nonexistent"})
ABOVE = ("inbox", "gmail", "googlemail")
"""What a junk folder may lie in, as `plain` says it: INBOX, [Gmail], [Google Mail]."""


@dataclass(frozen=True, slots=True)
class JunkNames:
    """What the folder is called where the server does not say; each as `plain` says it."""

    plain: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JunkFolders:
    """The folders to be looked into, by the server's own names; or why there are none."""

    names: tuple[str, ...] = ()
    trouble: str = ""  # something that the admin should mend


def plain(name: str) -> str:
    """A folder's name as it is compared: letters and figures only, without case and accents."""
    return "".join(char for char in fold(name) if char.isalnum())


def junk_folders(listed: Sequence[ListedFolder], wanted: str, names: JunkNames) -> JunkFolders:
    """The junk folders among those that the server lists.

    `wanted` is "auto", the name of one with `/` between its levels, or "" for none. By itself the folder
    is found that the server marks (RFC 6154, 2), else those that are called so.
    """
    usable = [folder for folder in listed if not CLOSED & {flag.lower() for flag in folder.flags}]
    if wanted == "auto":
        marked = [folder for folder in usable if MARK in {flag.lower() for flag in folder.flags}]
        found = marked or [folder for folder in usable if _called_junk(folder, names)]
        return JunkFolders(tuple(folder.name for folder in found[:MOST_FOLDERS]))
    if not wanted:
        return JunkFolders()
    here = [folder.name for folder in usable if wanted in (folder.name, _with_slashes(folder))]
    if here:
        return JunkFolders(tuple(here[:1]))
    return JunkFolders((), f"The folder {wanted} does not exist. There are: {_listed(usable)}.")


def _with_slashes(folder: ListedFolder) -> str:
    return folder.name.replace(folder.separator, "/") if folder.separator else folder.name


def _called_junk(folder: ListedFolder, names: JunkNames) -> bool:
    """At the top, or right below the inbox: somebody's archive of 2019 may hold a "Spam" as well."""
    *above, own = folder.name.split(folder.separator) if folder.separator else [folder.name]
    return plain(own) in names.plain and [plain(name) for name in above] in ([], *([one] for one in ABOVE))


def _listed(folders: Iterable[ListedFolder]) -> str:
    return ", ".join(sorted(folder.name for folder in folders)) or "none"
