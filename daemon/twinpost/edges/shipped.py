"""Where the files lie that come with the program."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The folder "rules", "templates", "migrations" or "systemd": in the wheel, else the checkout."""
    installed = _PACKAGE / "shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name


def folders(own: Path | None, name: str = "rules") -> tuple[Path, ...]:
    """Where files of this kind are looked for: the admin's own folder first, then the shipped one."""
    return (own, shipped(name)) if own else (shipped(name),)
