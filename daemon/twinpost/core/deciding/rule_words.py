"""The values of the words that an `if` may use, for one step to one reader. `core.rules` names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from twinpost.core.deciding.facts import Facts
from twinpost.core.deciding.occurrences import Occurrence
from twinpost.core.deciding.readers import Reader
from twinpost.core.model.people import SchoolClass
from twinpost.core.model.plan import About


def values(
    one: Occurrence, step: int, day: date, reader: Reader, facts: Facts, since: date
) -> Mapping[str, object]:
    """Every word that the event has; `day` is that of the step, `since` the first day that rules see."""
    exchange = facts.exchange
    return {
        "exchange.code": exchange.code,
        "exchange.classes": len(exchange.classes),
        "mode": exchange.mode.value,
        "step": step,
        "days_late": (day - one.day).days,
        **_letter(one.about, facts),
        **_classes(one.about, reader, facts),
        **_closure(one.about, reader, facts, since),
        **_session(one.about),
    }


def _letter(about: About, facts: Facts) -> Mapping[str, object]:
    if about.due:
        product, number = about.due.product, about.due.number
        from_, to = about.due.from_class, about.due.to_class
    elif about.delivery:
        letter = about.delivery.letter
        product, number, from_ = letter.product, min(letter.numbers), letter.from_class
        to = next(id_ for id_ in (*about.receivers, about.sender) if id_ in letter.to_classes)
    else:
        return {}
    return {
        "letter.number": number,
        "letter.product": product,
        "letter.from": facts.exchange.class_by_id(from_).name,
        "letter.to": facts.exchange.class_by_id(to).name,
        "letter.planned": facts.exchange.letters or 0,
    }


def _classes(about: About, reader: Reader, facts: Facts) -> Mapping[str, object]:
    if not about.sender:
        return {}
    own = reader.school_class
    others = [one for one in facts.exchange.classes if one.id in about.receivers]
    receiver = own if own in others else next(iter(others), own)
    return {
        **_named("sender", facts.exchange.class_by_id(about.sender)),
        **_named("receiver", receiver),
    }


def _named(side: str, school_class: SchoolClass) -> Mapping[str, object]:
    return {f"{side}.name": school_class.name, f"{side}.country": school_class.country}


def _closure(about: About, reader: Reader, facts: Facts, since: date) -> Mapping[str, object]:
    off = about.closure
    if off is None:
        return {}
    own = reader.school_class.id
    waiting = (own,) if own in about.receivers else about.receivers
    owed = sum(len(facts.owed(about.sender, class_id, off.last, since)) for class_id in waiting)
    return {
        "letters_owed": owed,
        "closure.name": off.name,
        "closure.days": (off.last - off.first).days + 1,
    }


def _session(about: About) -> Mapping[str, object]:
    if about.session is None:
        return {}
    return {"session.title": about.session.title, "session.minutes": about.session.minutes}
