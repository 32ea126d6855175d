"""Something noticed in a message: ordinary life, with a code, never an exception."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` names the kind of trouble (docs/mails.md lists them), `about` whom or which file it concerns.

    `count` tells how many files share the trouble: it is told once per kind, never once per file.
    """

    code: str
    about: str = ""
    text: str = ""  # one English sentence, for explain and the log
    count: int = 1
    names: tuple[str, ...] = ()  # file or pupil names concerned
