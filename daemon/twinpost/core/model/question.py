"""The open question: one mechanism, used everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from twinpost.core.model.kind import Choice


class QuestionKind(StrEnum):
    WHICH_LETTER = "which-letter"  # two readings remain, or it contradicts what we know
    PASS_ON = "pass-on"  # noqa: S105  # a mail reached only us: shall the colleague have it?
    NICKNAME = "nickname"  # shown in a receipt; only a "no" answers it
    WORD = "word"  # ARRIVED, LATER, PAUSE …: of which letter, until when, or was it her
    ABSENCE = "absence"  # is this person away from … until …?
    UNDO = "undo"  # shown where a word was noted; only a "no" answers it
    PUPIL_ADDRESS = "pupil-address"  # an unknown address bears a pupil's name: her teachers are asked
    WAS_THIS_YOU = "was-this-you"  # an unproven or unknown address: the stored address is asked


ONLY_NO = (QuestionKind.NICKNAME, QuestionKind.UNDO)
"""Nobody has to answer these: they are not asked again, and no silence is counted."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that was put to a person and has no answer yet."""

    id: int
    kind: QuestionKind
    exchange_id: int
    asked: tuple[int, ...]  # person ids, in the order in which they were asked
    message: int  # journal id of the mail it is about
    choices: tuple[Choice, ...]
    asked_at: datetime
    times: int = 1  # 1: asked, 2: asked again, 3: shown to both teachers
    expires_at: datetime | None = None
    answered_by: int = 0  # person id; 0 while it is open
    answered_at: datetime | None = None
    settled: bool = False  # by what we learned meanwhile: an answer is not needed any more
    open: bool = True  # it waits for an answer
    mail_ids: tuple[str, ...] = ()  # Message-IDs of the mails of ours that asked it
