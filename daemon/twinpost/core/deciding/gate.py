"""The one gate to the outbox: not to machines, not to ourselves, only to people of the exchange,
only when live, within the loop budget. There is no other way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from twinpost.core.model.effect import Tell
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.notice import AdminNote
from twinpost.core.model.people import Directory, Role


@dataclass(frozen=True, slots=True)
class Limits:
    """The loop budget: answers that mails of one address may provoke."""

    per_hour: int = 5
    per_day: int = 20


@dataclass(frozen=True, slots=True)
class Answers:
    """How many counted answers the same address has provoked from us lately."""

    last_hour: int = 0
    last_day: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """What the gate knows of the house: whom the exchanges name, our own address, the admin's, and
    whether `go-live` has been said. `too_early`: the mail that is answered came before that."""

    directory: Directory
    address: str
    admin: str
    live: bool
    limits: Limits = Limits()
    too_early: bool = False


@dataclass(frozen=True, slots=True)
class Admit:
    """It may go, at this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits for `go-live`."""

    why: str


@dataclass(frozen=True, slots=True)
class Leave:
    """It stays unsent for ever: nobody wants an answer to mail of last month."""

    why: str


@dataclass(frozen=True, slots=True)
class Withhold:
    """The loop budget is used up: it is kept, and joined into one mail later."""

    why: str


@dataclass(frozen=True, slots=True)
class Drop:
    """It must not go to this address, now or ever."""

    why: str


Verdict = Admit | Hold | Leave | Withhold | Drop

BEFORE_GO_LIVE = "it answers mail that came before go-live"


def admit(tell: Tell, post: Post, answers: Answers, now: datetime) -> Verdict:
    """Whether this mail may go. `answers` are those to `tell.to` that `tell.provoked_by` provoked."""
    why = _forbidden(tell, post)
    if why:
        return Drop(why)
    if not post.live:
        return Hold("not live yet")
    if post.too_early and not isinstance(tell.notice, AdminNote):
        return Leave(BEFORE_GO_LIVE)
    if tell.counts and tell.provoked_by and not within_budget(answers, post.limits):
        return Withhold(
            f"mails of this address provoked {answers.last_hour} answers within an hour, "
            f"{answers.last_day} within a day"
        )
    return Admit(max(now, tell.not_before or now))


def within_budget(answers: Answers, limits: Limits) -> bool:
    """Whether one more answer fits."""
    return answers.last_hour < limits.per_hour and answers.last_day < limits.per_day


def _forbidden(tell: Tell, post: Post) -> str:
    """Why nobody may be told this by us; "" when all is well."""
    to = tell.to.addresses[0].casefold() if tell.to.addresses else ""
    ours = one_mailbox(post.address)
    if not to or one_mailbox(to) == ours:
        return "the shared mailbox never writes to itself"
    if tell.provoked_by and one_mailbox(tell.provoked_by) == ours:
        return "a mail of ours is never answered"
    if isinstance(tell.notice, AdminNote):
        return "" if to == post.admin.casefold() else "notes to the admin go to the admin only"
    return "" if _takes_part(tell, to, post.directory) else "not a teacher or leader of this exchange"


def _takes_part(tell: Tell, to: str, directory: Directory) -> bool:
    return any(
        place.person.id == tell.to.id
        and place.exchange.id == tell.exchange_id
        and place.role in (Role.TEACHER, Role.LEADER)
        for place in directory.who(to)
    )
