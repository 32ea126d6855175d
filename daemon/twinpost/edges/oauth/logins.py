"""What `twinpost login` leaves behind: one small file for each provider, shared by all our processes."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from time import monotonic, sleep
from typing import Any

from twinpost.errors import ConfigError, Problem, WireError


class LoginFile:
    """The login of one account with one provider.

    The file holds what a password would: only its owner may read it, and it is replaced as a whole. Every
    method raises ConfigError with the remedy when the folder cannot be used.
    """

    def __init__(self, folder: Path, provider: str, patience: float = 30.0) -> None:
        self.path = folder / f"{provider}-login.json"
        self._provider = provider
        self._patience = patience  # seconds

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While this lasts, no other process (and no other thread) asks for or stores a token.

        Raises WireError when somebody else does for long.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._trouble(error) from error
        try:
            self._wait_for(lock)
            yield
        finally:
            os.close(lock)

    def _wait_for(self, lock: int) -> None:
        ends_at = monotonic() + self._patience
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if monotonic() >= ends_at:
                    text = f"Another twinpost has long been asking for a token (it holds {self.path})."
                    raise WireError(text) from error
                sleep(0.02)

    def read(self, **same: str) -> dict[str, Any]:
        """What was stored. `same` must stand in it, else it is a login for something else.

        Raises ConfigError when nobody has signed in.
        """
        try:
            held = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            held = None
        except OSError as error:
            raise self._trouble(error) from error
        except ValueError:  # cut off or altered: whatever it was, it is no login
            held = None
        if not isinstance(held, dict) or any(held.get(key) != value for key, value in same.items()):
            text = f"nobody has signed in with {self._provider} for this account yet: run `twinpost login`"
            raise ConfigError([Problem(str(self.path), 0, text)])
        return held

    def write(self, data: dict[str, Any]) -> None:
        """Store it in the place of what was there, or leave that as it is."""
        try:
            descriptor, name = mkstemp(dir=self.path.parent, prefix=self.path.name)  # of mode 0600
        except OSError as error:
            raise self._trouble(error) from error
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(data, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)  # noqa: PTH105  (atomic, and both are names)
        except OSError as error:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108  (as above)
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> ConfigError:
        text = f"cannot be used ({error.strerror}): check the folder's owner, mode and free space"
        return ConfigError([Problem(str(self.path), 0, text)])
