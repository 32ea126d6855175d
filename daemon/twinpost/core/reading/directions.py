"""Who writes to whom: the class names of a line sorted by the words, arrows and endings about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from twinpost.core.model.subject import Mention
from twinpost.core.reading.names import Roll
from twinpost.core.reading.slips import nearest
from twinpost.core.reading.units import Shape, Unit, unit_at
from twinpost.core.reading.words import Meaning

_BREAKS = ":;!?()[]{}|="
_PARTING = ",/&+"
_LONGEST_NAME = 8  # units of an unknown name that are looked at
_MOST_SLOTS = 8
_YEARS = range(1990, 2100)

Role = Meaning | None


@dataclass(slots=True)
class Directions:
    """What a line says about sender and receivers, filled while it is walked through.

    `certain`: nothing was left over that might have been part of a name or of the list.
    """

    line: str
    roll: Roll
    slots: list[tuple[Meaning, tuple[Mention, ...]]] = field(default_factory=list)
    loose: list[Mention] = field(default_factory=list)
    to_all: bool = False
    certain: bool = True

    def named(self, role: Meaning) -> tuple[Mention, ...]:
        """The classes in one role. Unknown names count only where no known one is named: "back to
        school: letter 1 … to Lyon" goes to Lyon."""
        slots = [mentions for place, mentions in self.slots if place is role and mentions]
        known = [mentions for mentions in slots if any(one.class_ids for one in mentions)]
        return tuple(dict.fromkeys(mention for mentions in known or slots for mention in mentions))

    def ends(self) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
        """Senders and receivers. Where one side is named and a single other class stands loose in the
        line, that is the other side: "7B Oslo: letter 2 to Lyon"."""
        from_, to = self.named(Meaning.FROM), self.named(Meaning.TO)
        named = {one.class_ids for one in (*from_, *to)}
        others = {one.class_ids: one for one in reversed(self.loose) if one.class_ids not in named}
        other = tuple(others.values()) if len(others) == 1 else ()
        if not from_ and (to or self.to_all):
            return other, to
        return from_, to or (() if self.to_all or not from_ else other)

    def contradicts(self) -> bool:
        """Whether two places of the line fill one role differently, or a name was passed over."""
        return any(self._disagree(role) for role in (Meaning.FROM, Meaning.TO))

    def _disagree(self, role: Meaning) -> bool:
        slots = [mentions for place, mentions in self.slots if place is role and mentions]
        known = {tuple(one.class_ids for one in mentions) for mentions in slots if mentions[0].class_ids}
        passed_over = [
            one for mentions in slots for one in mentions if not one.class_ids and not one.words[:1].islower()
        ]
        return len(known) > 1 or bool(known and passed_over)

    def take(self, run: Sequence[Unit], role: Role) -> None:
        """Note what stood between two directions."""
        items = list(_items(run))
        if role is None:
            for item, _ in items:
                if any(unit.shape is Shape.CLASS for unit in item):
                    self.loose.append(self._known(item))
        elif items and len(self.slots) < _MOST_SLOTS:
            self.slots.append((role, tuple(self._members(items, role))))

    def _members(self, items: Sequence[tuple[Sequence[Unit], bool]], role: Meaning) -> Iterator[Mention]:
        """The mentions of one slot. An unknown name is a member at the beginning, before a known one,
        or behind "and"; behind a mere comma the sentence goes on."""
        last_known = max((at for at, (item, _) in enumerate(items) if _has_class(item)), default=-1)
        first = True
        for at, (item, behind_and) in enumerate(items):
            mention = self._known(item) if _has_class(item) else self._unknown(item, role)
            if mention is None:
                continue
            looks_like_name = _is_capital(item)
            if first or at <= last_known or mention.class_ids or (behind_and and looks_like_name):
                yield mention
                first = False
            elif behind_and or looks_like_name:
                self.certain = False

    def _known(self, item: Sequence[Unit]) -> Mention:
        """A class named in an item, unless the words about the name make it another class's."""
        places = [at for at, unit in enumerate(item) if unit.shape is Shape.CLASS]
        first, last = places[0], places[-1]
        ids = set(item[first].class_ids).intersection(*(item[at].class_ids for at in places))
        before, after = unit_at(item, first - 1), unit_at(item, last + 1)
        numbered = any(_is_grade(item, at) for at in (*range(first), last + 1))
        if not ids or numbered:
            return Mention(self._written(item), ())
        written = self.line[item[first].start : item[last].end]
        beside = [unit for unit in (before, after) if unit is not None and unit.is_unknown]
        doubtful = _is_capital(beside)
        lookalike = any(item[at].lookalike for at in places)
        return Mention(written, tuple(sorted(ids)), fuzzy=doubtful, lookalike=lookalike)

    def _unknown(self, item: Sequence[Unit], role: Meaning) -> Mention | None:
        """A name that no class bears as it stands: a misspelling, everybody, or a stranger."""
        name = _trimmed(item)[:_LONGEST_NAME]
        if not name:
            return None
        if any(Meaning.ALL in unit.means for unit in name) and not any(
            unit.is_unknown and _is_capital((unit,)) for unit in name
        ):
            self.to_all = self.to_all or role is Meaning.TO
            return None
        words = tuple(word for unit in name if unit.shape is not Shape.SIGN for word in unit.text.split())
        ids = nearest(words, self.roll)
        return Mention(self._written(name), ids, fuzzy=bool(ids))

    def _written(self, units: Sequence[Unit]) -> str:
        shown = _trimmed(units)
        return self.line[shown[0].start : shown[-1].end] if shown else ""


def directions(units: Sequence[Unit], line: str, roll: Roll) -> Directions:
    """Walk through the units of a line, in which letters and parts are joined already."""
    found = Directions(line, roll)
    run: list[Unit] = []
    role: Role = None
    letter_seen = False
    for at, unit in enumerate(units):
        letter_seen = letter_seen or unit.shape is Shape.LETTER
        turn = _direction(units, at, role is Meaning.TO and not _has_class(run))
        if Meaning.TO_ALL in unit.means and role is not Meaning.TO:
            found.take(run, role)
            found.to_all = True
            run, role = [], None
        elif unit.role is not None and (role is None or _has_name(run)):
            found.take(run, role)
            run, role = [unit], unit.role
        elif turn is not None:
            leads = role is None and (unit.is_sign("→←") or (turn is Meaning.TO and _ends_with_class(run)))
            found.take(run, _other(turn) if leads else role)
            run, role = [], turn
        elif letter_seen and role is None and _is_dash_between_classes(units, at) and _ends_with_class(run):
            found.certain = False
            found.take(run, Meaning.FROM)
            run, role = [], Meaning.TO
        elif _is_break(units, at):
            found.take(run, role)
            role = role if not run and unit.is_sign(_BREAKS) else None
            run = []
        else:
            run.append(unit)
    found.certain = found.certain and (role is None or bool(run))  # "to" whom?
    found.take(run, role)
    return found


def in_one_exchange(mentions: Sequence[Mention], roll: Roll) -> dict[Mention, Mention] | None:
    """Each mention with the ids that remain when all classes named must be of one exchange; None where no
    exchange has them all.

    A teacher of two exchanges has her class's names in both; the partner's name tells which is meant.
    """
    known = [mention for mention in mentions if mention.class_ids]
    shared = [{roll.exchanges[class_id] for class_id in mention.class_ids} for mention in known]
    common = set.intersection(*shared) if shared else set()
    if known and not common:
        return None
    if len(common) != 1:
        return {mention: mention for mention in mentions}
    return {
        mention: replace(mention, class_ids=_within(mention.class_ids, common, roll))
        if len(mention.class_ids) > 1
        else mention
        for mention in mentions
    }


def _within(ids: tuple[int, ...], exchanges: set[int], roll: Roll) -> tuple[int, ...]:
    return tuple(class_id for class_id in ids if roll.exchanges[class_id] in exchanges)


def _direction(units: Sequence[Unit], at: int, awaits_class: bool) -> Role:
    """Whether a word or arrow opens the place of a sender or a receiver.

    `awaits_class`: a receiver is still to be named, so that "of" does not open a sender: "to the class of".
    """
    unit = units[at]
    if unit.shape is Shape.SIGN:
        return {"→": Meaning.TO, "←": Meaning.FROM}.get(unit.text)
    for sure, near in ((Meaning.FROM, Meaning.FROM_NEAR), (Meaning.TO, Meaning.TO_NEAR)):
        is_near = near in unit.means and not (awaits_class and sure is Meaning.FROM)
        if sure in unit.means or (is_near and _class_follows(units, at)):
            return sure
    return None


def _class_follows(units: Sequence[Unit], at: int) -> bool:
    following = next((unit for unit in units[at + 1 :] if not unit.is_filler), None)
    return following is not None and (following.shape is Shape.CLASS or Meaning.ALL in following.means)


def _other(role: Meaning) -> Meaning:
    return Meaning.FROM if role is Meaning.TO else Meaning.TO


def _is_break(units: Sequence[Unit], at: int) -> bool:
    unit = units[at]
    speaks = Meaning.TALK in unit.means or Meaning.ABOUT in unit.means
    return unit.shape in (Shape.LETTER, Shape.PART) or unit.is_sign(_BREAKS) or _is_dash(units, at) or speaks


def _is_dash(units: Sequence[Unit], at: int) -> bool:
    following = unit_at(units, at + 1)
    return units[at].is_sign("-") and not (units[at].glued and following is not None and following.glued)


def _is_dash_between_classes(units: Sequence[Unit], at: int) -> bool:
    return _is_dash(units, at) and _class_follows(units, at)


def _has_class(units: Sequence[Unit]) -> bool:
    return any(unit.shape is Shape.CLASS for unit in units)


def _has_name(units: Sequence[Unit]) -> bool:
    """Whether a name stands here, known or by its ending."""
    return any(unit.shape is Shape.CLASS or unit.role is not None for unit in units)


def _ends_with_class(run: Sequence[Unit]) -> bool:
    said = [unit for unit in run if Meaning.FILLER not in unit.means]
    return bool(said) and said[-1].shape is Shape.CLASS


def _items(run: Sequence[Unit]) -> Iterator[tuple[Sequence[Unit], bool]]:
    """The members of a list of names, each with whether "and" or its like stands before it."""
    item: list[Unit] = []
    behind_and = False
    for unit in run:
        is_and = Meaning.AND in unit.means or unit.is_sign("&+")
        is_date = unit.is_sign("/") and bool(item) and item[-1].shape is Shape.NUMBER
        if is_date or not (is_and or unit.is_sign(_PARTING)):
            item.append(unit)
            continue
        if item:
            yield item, behind_and
            item, behind_and = [], is_and
        else:
            behind_and = behind_and or is_and
    if item:
        yield item, behind_and


def _trimmed(units: Sequence[Unit]) -> Sequence[Unit]:
    """Units without the fillers and signs about them."""
    kept = [at for at, unit in enumerate(units) if not (unit.shape is Shape.SIGN or _is_filler(unit))]
    return units[kept[0] : kept[-1] + 1] if kept else ()


def _is_filler(unit: Unit) -> bool:
    return Meaning.FILLER in unit.means and Meaning.ALL not in unit.means


def _is_capital(units: Sequence[Unit]) -> bool:
    """Whether units can be a name: a capital letter, a figure, or a script without capitals."""
    return any(
        unit.shape is Shape.NUMBER or (unit.shape is Shape.WORD and not unit.written[0].islower())
        for unit in units
    )


def _is_grade(item: Sequence[Unit], at: int) -> bool:
    """Whether a figure here makes the name beside it another class's: "CE2 Lyon", but no date or year."""
    unit, following = unit_at(item, at), unit_at(item, at + 1)
    if unit is None or unit.shape is not Shape.NUMBER or int(unit.text[:9]) in _YEARS:
        return False
    return not (following is not None and following.is_sign("./-") and following.glued)
