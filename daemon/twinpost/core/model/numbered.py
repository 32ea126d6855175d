"""An exchange file as the exchange that it will be: ids are counted from 1, where no ledger has given any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from twinpost.core.model.filed import ClassAsFiled, ExchangeAsFiled, PersonAsFiled
from twinpost.core.model.people import DueDate, Exchange, Meeting, Person, SchoolClass

FALLBACK = "en"


@dataclass(slots=True)
class _People:
    """Whoever has the same addresses is the same person."""

    ids: dict[tuple[str, ...], int] = field(default_factory=dict)

    def numbered(self, people: Sequence[PersonAsFiled], language: str) -> tuple[Person, ...]:
        return tuple(self._person(one, language) for one in people)

    def _person(self, one: PersonAsFiled, language: str) -> Person:
        sign = one.addresses or (one.name, str(len(self.ids)))
        id_ = self.ids.setdefault(sign, len(self.ids) + 1)
        spoken = one.language or language
        return Person(id_, one.name, one.addresses, spoken, one.gender, one.level, one.interests)


def numbered(filed: ExchangeAsFiled) -> Exchange:
    """The exchange with the id 1, its classes with theirs in the order of the file; pairs are left out."""
    people = _People()
    ids = {one.name: number for number, one in enumerate(filed.classes, 1)}
    language = filed.language or FALLBACK
    meeting = filed.meeting
    return Exchange(
        id=1,
        code=filed.code,
        title=filed.title,
        classes=tuple(_class(one, ids[one.name], language, people) for one in filed.classes),
        language=language,
        mode=filed.mode,
        letters=filed.letters,
        guard=filed.guard,
        copies=filed.copies,
        schedule=tuple(
            DueDate(line.product, line.number, ids[line.from_class], ids[line.to_class], line.due)
            for line in filed.schedule
        ),
        sessions=filed.sessions,
        meeting=Meeting(
            meeting.every, meeting.weekday, meeting.at, ids[meeting.host], meeting.week, meeting.minutes
        )
        if meeting
        else None,
    )


def _class(one: ClassAsFiled, id_: int, language: str, people: _People) -> SchoolClass:
    spoken = one.language or language
    return SchoolClass(
        id=id_,
        slug=one.slug,
        name=one.name,
        timezone=one.timezone,
        teachers=people.numbered(one.teachers, spoken),
        aliases=one.aliases,
        school=one.school,
        country=one.country,
        town=one.city,
        language=spoken,
        opens=frozenset(one.opens),
        school_days=one.school_days,
        school_hours=one.school_hours,
        leaders=people.numbered(one.leaders, spoken),
        pupils=people.numbered(one.pupils, spoken),
        calendar=one.calendar,
        day_hours=one.day_hours,
    )
