"""Reads messages: ordinary ones here, large and odd ones in a process of their own that may die.

Whatever happens to that process, the message is read: at worst its header alone, with the defect that
tells so. Files are taken out here, for that decodes only what is asked for and looks at nothing else.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

import twinpost
from twinpost.core.model.mail import Defect, Reading
from twinpost.core.model.outgoing import Enclosure
from twinpost.core.reading.guard import LIMITS
from twinpost.core.reading.mime import read, read_enclosures, read_head
from twinpost.edges.reader_child import unpack

log = logging.getLogger(__name__)

_MEGABYTE = 1024 * 1024
# More of these than any letter of ordinary size has: lines, delimiters, tags, encoded words.
_ODD = ((b"\n", 40_000), (b"\n--", 1_000), (b"<", 20_000), (b"=?", 4_000))
_ROOT = str(Path(twinpost.__file__).parent.parent)


class Originals(Protocol):
    """Where the messages lie: what the reader needs of a vault."""

    def get(self, sha256: str) -> bytes:
        """The octets. Raises FileNotFoundError."""

    def path(self, sha256: str) -> Path:
        """The file that holds them."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What the process that reads one message may use: octets of memory, seconds."""

    ordinary_size: int = _MEGABYTE  # above it a message is read in a process of its own
    memory: int = 256 * _MEGABYTE
    cpu_seconds: int = 20
    wall_seconds: float = 30.0


class MailReader:
    """An `app.ports.Reader` over a vault."""

    def __init__(self, originals: Originals, fence: Fence = Fence()) -> None:
        self._originals = originals
        self._fence = fence

    def read(self, sha256: str, octets: bytes | None = None) -> Reading:
        """What a kept message says; `octets` spare a look into the vault. Raises FileNotFoundError only."""
        size = self._originals.path(sha256).stat().st_size if octets is None else len(octets)
        if size > self._fence.ordinary_size:
            return self._read_apart(sha256)
        if octets is None:
            octets = self._originals.get(sha256)
        return self._read_apart(sha256) if is_odd(octets) else read(octets)

    def enclosures(self, sha256: str, parts: Sequence[int]) -> tuple[Enclosure, ...]:
        """Attached files by part number; no numbers: the whole original. Raises FileNotFoundError."""
        return read_enclosures(self._originals.get(sha256), parts)

    def _read_apart(self, sha256: str) -> Reading:
        with self._originals.path(sha256).open("rb") as original:
            return self._child_of(original, sha256) or self._head_of(original)

    def _child_of(self, original: BinaryIO, sha256: str) -> Reading | None:
        """What the other process read, or None when it died of the message."""
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
                self._command(),
                stdin=original,
                capture_output=True,
                timeout=self._fence.wall_seconds,
                env={"PYTHONPATH": _ROOT},  # the same code as ours, and none of our secrets
                check=False,
            )
            if done.returncode == 0:
                return unpack(done.stdout)
            reason = f"exit code {done.returncode}"
        except subprocess.TimeoutExpired:
            reason = "out of time"
        except (ValueError, KeyError, TypeError) as error:
            reason = f"its answer is broken: {type(error).__name__}"  # its text may be the mail's
        except OSError as error:
            # No process can be started now, which is no fault of the message.
            log.warning("original %s is read without a process of its own: %s", sha256[:12], error)
            return read(self._originals.get(sha256))
        log.warning("original %s could not be read whole: %s", sha256[:12], reason)
        return None

    def _command(self) -> list[str]:
        module = [sys.executable, "-P", "-s", "-m", "twinpost.edges.reader_child"]
        return [*module, str(self._fence.memory), str(self._fence.cpu_seconds)]

    def _head_of(self, original: BinaryIO) -> Reading:
        original.seek(0)
        reading = read_head(original.read(LIMITS.header_block + 1))
        return replace(reading, defects=reading.defects | {Defect.TOO_LARGE})


def is_odd(octets: bytes) -> bool:
    """Whether a message of ordinary size is made of more pieces than a letter has."""
    return any(octets.count(piece) > most for piece, most in _ODD)
