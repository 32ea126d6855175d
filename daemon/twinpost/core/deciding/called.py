"""Whether an exchange file changes who takes part, or what people and classes are called."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from twinpost.core.model.filed import ExchangeAsFiled
from twinpost.core.model.folding import fold


def calls_differently(stored: ExchangeAsFiled | None, filed: ExchangeAsFiled) -> bool:
    """True where mail that nobody could make sense of may be understood once the file is applied.

    `stored` is None for an exchange that is new.
    """
    return stored is None or set(_called(stored)) != set(_called(filed))


def _called(filed: ExchangeAsFiled) -> Iterator[Hashable]:
    """Every name and address by which a class or a person of hers is known."""
    for one in filed.classes:
        yield (one.name, frozenset(map(fold, one.aliases)))
        for role, people in one.groups:
            for person in people:
                yield (one.name, role, fold(person.name), frozenset(person.addresses))
