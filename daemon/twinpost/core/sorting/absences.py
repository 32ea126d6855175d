"""Who is said to be away: the writer herself, or a colleague whom the sentence names."""

from __future__ import annotations

from collections.abc import Iterable

from twinpost.core.model.absence import Absence, SaidAway
from twinpost.core.model.folding import fold
from twinpost.core.model.people import Exchange, Membership, Person


def who_is_away(
    absence: Absence, sentence: Iterable[str], places: Iterable[Membership], *, machine: bool, shown: str = ""
) -> SaidAway | None:
    """The person meant; None where two may be.

    `sentence` are the folded words that tell it, `places` those of the sender. `shown` is the whole text
    where somebody shows what a machine wrote: then its writer is meant, and not she.
    """
    people = _teachers(place.exchange for place in places)
    sender = next(iter(places)).person
    if shown:
        named = [one for one in people if one.id != sender.id and _is_in(one, shown)]
    else:
        words = set(sentence)
        named = [one for one in people if _is_named(one, words, people)]
    if len(named) > 1:
        return None
    if not named and shown:
        return None
    return SaidAway((named[0] if named else sender).id, absence, machine)


def _teachers(exchanges: Iterable[Exchange]) -> list[Person]:
    found = {t.id: t for exchange in exchanges for c in exchange.classes for t in c.teachers}
    return list(found.values())


def _is_named(person: Person, words: set[str], people: Iterable[Person]) -> bool:
    """By her whole name, or by a first name that nobody else has."""
    own = fold(person.name).split()
    if not own or own[0] not in words:
        return False
    alone = sum(fold(one.name).split()[:1] == own[:1] for one in people) == 1
    return alone or words.issuperset(own)


def _is_in(person: Person, text: str) -> bool:
    """By an address of hers, or her whole name."""
    folded = fold(text)
    return any(address in folded for address in person.addresses) or fold(person.name) in folded
