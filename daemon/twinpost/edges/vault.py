"""The originals, as files named by the SHA-256 of their octets: written, fsynced, renamed."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from twinpost.errors import LedgerError


class FileVault:
    """A folder of originals, spread over 256 folders by the first two digits of the hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._not_entered: set[str] = set()
        self._settling = Lock()  # the mailbox's thread puts while another one sweeps

    def put(self, octets: bytes) -> str:
        """Keep octets; the same octets are kept once. Returns the hash. Raises LedgerError."""
        return self.put_stream(iter((octets,)))[0]

    def put_stream(self, pieces: Iterator[bytes]) -> tuple[str, int]:
        """Keep a message that comes in pieces. Returns hash and size. Raises LedgerError."""
        partial = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sha256, size = _write(partial, pieces)
            self._settle(partial, sha256)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise LedgerError(
                f"The folder of originals {self.folder} cannot be written: {error.strerror}."
            ) from error
        except BaseException:  # the line broke in the middle: nothing half is kept
            partial.unlink(missing_ok=True)
            raise
        return sha256, size

    def _settle(self, partial: Path, sha256: str) -> None:
        with self._settling:
            self._not_entered.add(sha256)
            path = self.path(sha256)
            if path.exists():
                partial.unlink()
                return
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self.folder)
            partial.rename(path)
            _sync_folder(path.parent)

    def entered(self, hashes: Iterable[str]) -> None:
        """The journal knows these now: from here on it tells whether they are needed."""
        with self._settling:
            self._not_entered.difference_update(hashes)

    def sweep(self, sha256: str) -> bool:
        """Let an original go that the journal did not know when it was asked, unless it has been put here
        meanwhile. However old the file looks: a clock may have jumped, and what a crash left behind is put
        again as it lies. Returns whether it went. Raises LedgerError.
        """
        with self._settling:
            return sha256 not in self._not_entered and self.remove(sha256)

    def try_writing(self) -> None:
        """Raise LedgerError unless originals can be kept here."""
        trial = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(trial, iter(()))
            trial.unlink()
        except OSError as error:
            raise LedgerError(
                f"The folder of originals {self.folder} cannot be written: {error.strerror}."
            ) from error

    def get(self, sha256: str) -> bytes:
        """The octets. Raises FileNotFoundError."""
        return self.path(sha256).read_bytes()

    def path(self, sha256: str) -> Path:
        """Where the original with this hash lies."""
        return self.folder / sha256[:2] / f"{sha256}.eml"

    def remove(self, sha256: str) -> bool:
        """Let an original go for good. Returns whether it was there. Raises LedgerError."""
        path = self.path(sha256)
        try:
            path.unlink()
            _sync_folder(path.parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise LedgerError(f"The original {path} cannot be removed: {error.strerror}.") from error
        return True

    def hashes(self) -> Iterator[tuple[str, datetime]]:
        """Every original that is here, with the moment at which it was written."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*.eml"):
            with suppress(FileNotFoundError):  # removed meanwhile
                yield path.stem, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def tidy(self) -> int:
        """Remove what an interrupted run left half written; returns how many."""
        leftovers = list(self.folder.glob(".*.part")) if self.folder.exists() else []
        for path in leftovers:
            path.unlink(missing_ok=True)
        return len(leftovers)


class ScratchVault(FileVault):
    """A folder to be thrown away, in front of a vault that is only read."""

    def __init__(self, folder: Path, behind: FileVault) -> None:
        super().__init__(folder)
        self._behind = behind

    def path(self, sha256: str) -> Path:
        """Where the original lies: here, else in the vault behind."""
        here, there = super().path(sha256), self._behind.path(sha256)
        return there if there.exists() else here


def _write(path: Path, pieces: Iterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """A rename is safe from a power cut only when its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
