"""One daemon per ledger on a machine: a second one would send what the first is sending."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twinpost.errors import LedgerError


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the office's lock in `folder`. Raises LedgerError when another program holds it.

    The kernel lets go of it when the process ends, however it ends.
    """
    path = folder / "running.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LedgerError(f"The folder {folder} cannot be written: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LedgerError(
                f"A twinpost daemon is running with this ledger already (it holds {path})."
            ) from error
        yield
    finally:
        os.close(descriptor)
