"""All the words that people wrote into files for us, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from twinpost.core.model.spellings import Nicknames
from twinpost.core.reading.absences import AbsenceWords
from twinpost.core.reading.answer_words import AnswerWords
from twinpost.core.reading.expiry import ExpiryWords
from twinpost.core.reading.orders import OrderWords
from twinpost.core.reading.sayings import SayingWords
from twinpost.core.reading.words import Vocabulary
from twinpost.core.sorting.junk import JunkNames
from twinpost.core.sorting.phrases import AutomaticWords


@dataclass(frozen=True, slots=True)
class Words:
    """Subjects, answers, orders, sayings, the phrases of machines, nicknames, and when links end."""

    subjects: Vocabulary
    answers: AnswerWords
    orders: OrderWords
    sayings: SayingWords
    absences: AbsenceWords
    automatic: AutomaticWords
    junk: JunkNames
    nicknames: Nicknames
    expiry: ExpiryWords
