"""What our server does wrong when it is asked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _nothing(command: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Faults:
    """Misbehaviour of the IMAP side; every field off is a good server."""

    hide: frozenset[str] = frozenset()  # capabilities that are neither told nor understood
    no_keywords: bool = False  # PERMANENTFLAGS without \*
    refuse_sign_in: str = ""  # what the NO says, for instance "[AUTHENTICATIONFAILED] wrong"
    split_lines: bool = False  # each answer comes in two packets
    seconds_per_octet: float = 0.0
    drop_in_idle: bool = False  # the link ends where news would be told in IDLE
    silent_idle: bool = False  # IDLE tells nothing, other commands do
    bye_at: str = ""  # the command at which the server says BYE
    cut_literal: bool = False  # the link ends in the middle of a letter
    withhold: frozenset[int] = frozenset()  # UIDs that are listed, but FETCH answers NO
    locked: frozenset[str] = frozenset()  # folders that are listed, and cannot be opened
    on_command: Callable[[str], None] = _nothing  # told each command's name before it is obeyed
