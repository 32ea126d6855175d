"""A case against the plan: the mails that a case expects, and those that its rules lead to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from twinpost.core.deciding.plan import plan
from twinpost.core.model.plan import Planned
from twinpost.core.model.rule import Rule
from twinpost.core.model.rule_case import ExpectedMail, RuleCase
from twinpost.core.rules.worded import worded_count


@dataclass(frozen=True, slots=True)
class Line:
    """One mail: expected and planned (" "), only expected ("-") or only planned ("+")."""

    sign: str
    at: str  # the reader's wall clock
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.at}  {self.text}"


def trial(case: RuleCase, rules: Sequence[Rule]) -> tuple[Line, ...]:
    """What the rules lead to beside what the case expects, by time. The case holds if no line has a sign."""
    looked_at = [rule for rule in rules if not case.rules or rule.id in case.rules]
    found = plan(case.exchange, case.history, looked_at, case.now)
    planned = [one for one in found if _is_looked_at(one, case)]
    return tuple(sorted(_compared(case.mails, planned), key=lambda line: (line.at, line.text)))


def _is_looked_at(one: Planned, case: RuleCase) -> bool:
    in_time = case.until is None or one.at.date() <= case.until
    return in_time and (not case.rules or one.rule in case.rules or one.notice in case.rules)


def _compared(expected: Sequence[ExpectedMail], planned: Sequence[Planned]) -> Iterator[Line]:
    left = list(planned)
    for mail in expected:
        came = next((one for one in left if _is(one, mail)), None)
        if came is None:
            yield Line("-", _clock(mail.at), _text(mail.notice, mail.digest, mail.to))
            continue
        left.remove(came)
        because = worded_count(came.because)
        text = _text(came.notice, came.digest, came.to.address)
        if mail.because in because:
            yield Line(" ", _clock(came.at), text)
        else:
            yield Line("-", _clock(came.at), f"{text}: {mail.because}")
            yield Line("+", _clock(came.at), f"{text}: {because}")
    for one in left:
        yield Line("+", _clock(one.at), _text(one.notice, one.digest, one.to.address))


def _is(one: Planned, mail: ExpectedMail) -> bool:
    at = one.at.replace(tzinfo=None)
    same_time = at == mail.at if isinstance(mail.at, datetime) else at.date() == mail.at
    return (
        same_time and (one.notice, one.digest) == (mail.notice, mail.digest) and mail.to in one.to.addresses
    )


def _clock(at: datetime | date) -> str:
    return f"{at:%Y-%m-%dT%H:%M} {at:%a}" if isinstance(at, datetime) else f"{at} {at:%a}"


def _text(notice: str, digest: bool, to: str) -> str:
    return f"{notice}{' (digest)' if digest else ''} to {to}"
