"""Live Photos: with each picture an iPhone takes a short film, and mails send both. They are one photo.

IMG_0001.HEIC (or .JPG) and IMG_0001.MOV; two pictures of one name do not share a film.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

_PICTURES = frozenset({"heic", "jpeg"})
_FILM = "mov"
_LARGEST_FILM = 20_000_000  # octets: it lasts three seconds


class KnownFile(Protocol):
    """What is looked at; a row of the ledger has it too."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def size(self) -> int: ...


F = TypeVar("F", bound=KnownFile)


def films(files: Sequence[KnownFile]) -> dict[int, int]:
    """Which pictures have their film among the files: the place of the picture, then that of the film."""
    waiting: dict[str, list[int]] = {}
    for at, file in enumerate(files):
        if file.kind == _FILM and file.size <= _LARGEST_FILM:
            waiting.setdefault(_stem(file), []).append(at)
    found: dict[int, int] = {}
    for at, file in enumerate(files):
        if file.kind in _PICTURES and (own := waiting.get(_stem(file))):
            found[at] = own.pop(0)
    return found


def without_films(files: Iterable[F]) -> tuple[F, ...]:
    """The files, those films left out that belong to a picture."""
    all_ = tuple(files)
    belonging = set(films(all_).values())
    return tuple(file for at, file in enumerate(all_) if at not in belonging)


def _stem(file: KnownFile) -> str:
    return (file.name.rpartition(".")[0] or file.name).casefold()
