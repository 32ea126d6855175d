"""A mail with two readings, or with none that fits, becomes a question with numbered answers."""

from __future__ import annotations

from twinpost.core.model.kind import Choice, Kind, Sorted
from twinpost.core.model.people import Membership
from twinpost.core.sorting.choices import letter_choices, with_no_letter
from twinpost.core.sorting.directions import Direction
from twinpost.core.sorting.facts import Facts

Places = tuple[Membership, ...]


def ask(facts: Facts, places: Places, why: str, directions: list[Direction], because: str) -> Sorted:
    """The question which letter of these directions a mail is; `why` is the code of the reason."""
    choices = tuple(letter_choices(facts, directions))
    place = place_in(places, directions[0]) if directions else None
    return unclear(places, why, choices=choices, because=because, place=place)


def unclear(
    places: Places, why: str, *, choices: tuple[Choice, ...], because: str, place: Membership | None = None
) -> Sorted:
    """The question with these choices, and always that it is no letter."""
    return Sorted(Kind.UNCLEAR, (because,), place or places[0], choices=with_no_letter(choices), why=why)


def place_in(places: Places, direction: Direction) -> Membership:
    """The sender's place in a letter's exchange: in the class that wrote it, when she has one there."""
    here = [place for place in places if place.exchange.id == direction.exchange.id]
    return next((p for p in here if p.school_class.id == direction.from_class), here[0])
