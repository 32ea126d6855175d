"""The one gate to the outbox: not to machines, not to ourselves, only to people of the exchange, to a pupil
never alone, only when live, within the loop budget. There is no other way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from twinpost.core.model.effect import Tell
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.notice import AdminNote, GuardLine
from twinpost.core.model.people import Directory, Membership, Person, Role


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
    if post.live and post.too_early and not isinstance(tell.notice, AdminNote):
        return Leave(BEFORE_GO_LIVE)
    if tell.unsent:
        return Leave(tell.unsent)
    if not post.live:
        return Hold("not live yet")
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
    hers = _places(tell.to, tell.exchange_id, post.directory)
    roles = {place.role for place in hers}
    if Role.TEACHER in roles or roles == {Role.LEADER}:
        return "a mail to a teacher or leader has no copies" if tell.copies else ""
    if Role.PUPIL in roles:
        return "" if _in_good_company(tell, hers, post) else ALONE
    return "not a teacher or leader of this exchange"


ALONE = "a pupil is never written to without her own teacher in copy"


def _places(person: Person, exchange_id: int, directory: Directory) -> tuple[Membership, ...]:
    """The places that a person holds in an exchange by the address that is written to."""
    found = directory.who(person.addresses[0]) if person.addresses else ()
    return tuple(one for one in found if one.person.id == person.id and one.exchange.id == exchange_id)


def _in_good_company(tell: Tell, hers: Sequence[Membership], post: Post) -> bool:
    """Whether it is a line of the guard's, and all in copy are teachers of her class with other mailboxes."""
    classes = {place.school_class.id for place in hers}
    taken = {one_mailbox(tell.to.address), one_mailbox(post.address)}
    teachers = [
        person
        for person in tell.copies
        if any(
            place.role is Role.TEACHER and place.school_class.id in classes
            for place in _places(person, tell.exchange_id, post.directory)
        )
        and one_mailbox(person.address) not in taken
    ]
    return isinstance(tell.notice, GuardLine) and bool(teachers) and len(teachers) == len(tell.copies)
