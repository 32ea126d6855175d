"""What a file holds, told without opening it: pages of a PDF, files of an archive or a winmail.dat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twinpost.core.reading.archives import listing
from twinpost.core.reading.file_names import clean_path
from twinpost.core.reading.pdf import pages
from twinpost.core.reading.tnef import packed_files

MOST_NAMES = 100

_UNSEEN = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
"""What computers add to an archive without being asked."""


@dataclass(frozen=True, slots=True)
class Held:
    """`count` pages or files, 0 where it cannot be told; the first `names` of files."""

    count: int = 0
    names: tuple[str, ...] = ()


def held(content: bytes, kind: str) -> Held:
    """What a file of this kind holds; of other kinds nothing."""
    return _READERS[kind](content) if kind in _READERS else Held()


def _pages(content: bytes) -> Held:
    return Held(pages(content))


def _archived(content: bytes) -> Held:
    found = listing(content)
    if found is None:
        return Held()
    names = [name for name in found.names if not _is_unseen(name)]
    beyond = found.total - len(found.members)
    return Held(len(names) + max(0, beyond), _cleaned(names))


def _is_unseen(name: str) -> bool:
    lower = name.replace("\\", "/").lower()
    return (
        lower.endswith("/")
        or lower.startswith(_UNSEEN)
        or lower.rpartition("/")[2].startswith(("._", *_UNSEEN))
    )


def _packed(content: bytes) -> Held:
    names, _ = packed_files(content)
    return Held(len(names), _cleaned(names))


def _cleaned(names: list[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_path, names[:MOST_NAMES])))


_READERS: dict[str, Callable[[bytes], Held]] = {"pdf": _pages, "zip": _archived, "winmail": _packed}
