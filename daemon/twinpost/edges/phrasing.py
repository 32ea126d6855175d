"""Dates, times, sizes, lists and names of letters as a language says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from twinpost.core.model.notice import CountedDays, DaysOff, FileLine, LetterNames, Where
from twinpost.core.writing.plain import one_line

LONGEST_NAME = 80
"""Characters of one name in a list of names."""

_KILO = 1000


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How one language says things; `words` is the content of its words.yaml."""

    words: Mapping[str, Any]

    def day(self, day: date, since: date | None = None) -> str:
        """ "Thursday 8 October"; with its year when that is not the year of `since`."""
        form = "day" if since is None or day.year == since.year else "day_of_year"
        return str(self.words[form]).format(
            weekday=self.words["weekdays"][day.weekday()],
            day=day.day,
            month=self._month(day),
            year=day.year,
        )

    def when(self, moment: datetime, where: Sequence[Where]) -> str:
        """ "Thursday 8 October, 09:15 in Oslo (10:15 in Kyiv)": the first place first, equal times joined.

        `moment` is aware. The day is said again where it is another one; without places it is UTC.
        """
        clocks: dict[tuple[date, str], list[str]] = {}
        for place in where or (Where("UTC", "UTC"),):
            local = moment.astimezone(ZoneInfo(place.zone))
            cities = clocks.setdefault((local.date(), self._time(local)), [])
            if place.city not in cities:
                cities.append(place.city)
        said, day_said = [], None
        for (day, time), cities in clocks.items():
            clock = str(self.words["time_in"]).format(time=time, cities=self.listed(cities))
            said.append(clock if day == day_said else f"{self.day(day)}, {clock}")
            day_said = day
        return f"{said[0]} ({', '.join(said[1:])})" if len(said) > 1 else said[0]

    def on_day(self, moment: datetime, where: Sequence[Where]) -> date:
        """The day of an aware moment in the first place; without places it is UTC's."""
        return moment.astimezone(ZoneInfo(where[0].zone if where else "UTC")).date()

    def counted(self, counted: CountedDays, since: date) -> str:
        """ "10 of your school days after Friday 1 May; your holidays, 4 May to 8 May, left out".

        A year is said only when it is not that of `since`.
        """
        said = self.words["counted"]
        amount, number = self._amount(counted, abs(counted.count)), len(counted.whose)
        start = self.day(counted.start, since)
        sentence = str(said["before" if counted.count < 0 else "after"]).format(amount=amount, start=start)
        if not counted.left_out:
            return sentence
        days = "; ".join(self.days_off(off, alone=number < 2) for off in counted.left_out)
        return str(said["left_out"]).format(counted=sentence, days=days)

    def _amount(self, counted: CountedDays, count: int) -> str:
        if not counted.whose:
            return self.count(count, counted.unit.removesuffix("s"))
        several = {1: "theirs" if counted.whose[0] else "yours", 2: "both"}
        form = self.words["counted"]["school_days"][several.get(len(counted.whose), "all")]
        return str(form[count != 1]).format(count=count, whose=one_line(counted.whose[0], LONGEST_NAME))

    def days_off(self, off: DaysOff, alone: bool = False) -> str:
        """ "your Easter holidays, 28 March to 6 April"; `alone`: it is clear which class is meant."""
        said = self.words["counted"]
        name = one_line(off.name, LONGEST_NAME) or str(said["unnamed"][off.kind])
        if off.whose and not alone:
            name = str(said["theirs"]).format(name=name, whose=one_line(off.whose, LONGEST_NAME))
        elif not off.whose and off.first != off.last:
            name = str(said["yours"]).format(name=name)
        first, last = (
            str(self.words["date"]).format(day=d.day, month=self._month(d)) for d in (off.first, off.last)
        )
        span = first if off.first == off.last else str(said["span"]).format(first=first, last=last)
        return f"{name}, {span}"

    def _month(self, day: date) -> str:
        return str(self.words["months"][day.month - 1])

    def _time(self, local: datetime) -> str:
        return str(self.words["time"]).format(hour=local.hour, minute=local.minute)

    def stamp(self, moment: datetime, place: Where) -> tuple[str, str, str]:
        """City, day and time for the postmark."""
        local = moment.astimezone(ZoneInfo(place.zone))
        day = str(self.words["stamp"]).format(
            day=local.day, month=self.words["months_short"][local.month - 1]
        )
        return place.city, day, self._time(local)

    def listed(self, names: Sequence[object], limit: int = 0) -> str:
        """ "Ana, Tomás and Zoé"; above `limit` names "Ana, Tomás and 24 more"."""
        shown = [one_line(str(name), LONGEST_NAME) for name in names]
        if limit and len(shown) > limit:
            more = str(self.words["more"]).format(count=len(shown) - limit + 1)
            shown = [*shown[: limit - 1], more]
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {self.words['and']} {shown[-1]}"

    def named(self, name: str, limit: int = LONGEST_NAME) -> str:
        """A subject or other words of somebody's in quotation marks."""
        line = one_line(name, limit)
        return str(self.words["named"]).format(name=line) if line else str(self.words["unnamed"])

    def size(self, octets: int) -> str:
        """ "4.1 MB", in thousands as phones and file managers count today; "12 bytes"."""
        if octets < _KILO:
            return self.count(octets, "byte")
        amount, units = octets / _KILO, list(self.words["sizes"])
        while amount >= _KILO - 0.5 and len(units) > 1:
            amount /= _KILO
            units.pop(0)
        digits = f"{amount:.1f}" if amount < 9.95 else f"{amount:.0f}"
        return f"{digits.replace('.', self.words['decimal'])} {units[0]}"

    def count(self, number: int, noun: str) -> str:
        """ "1 file", "3 files"."""
        one, many = self.words["nouns"][noun]
        return f"{number} {one if number == 1 else many}"

    def holding(self, file: FileLine) -> str:
        """What a file holds, behind its size: ", 28 pages", ", 26 files inside"; "" for most files."""
        if file.film:
            return f", {self.words['with_film']}"
        if file.kind == "pdf":
            return f", {self.count(file.holds, 'page')}" if file.holds > 1 else ""
        return f", {self.words['inside'].format(files=self.count(file.holds, 'file'))}" if file.holds else ""

    def letter(self, letter: LetterNames) -> str:
        """ "letter 1", "letters 1–3", "video 2"."""
        one, many = self.words["products"].get(letter.product, (letter.product, letter.product))
        return f"{one if len(letter.numbers) == 1 else many} {self.numbers(letter.numbers)}".rstrip()

    def title(self, letter: LetterNames) -> str:
        """The same at the head of a sentence: "Letter 1"."""
        name = self.letter(letter)
        return name[:1].upper() + name[1:]

    def numbers(self, numbers: Sequence[int]) -> str:
        """ "1", "1–3", "1, 2 and 4"."""
        runs = []
        for _, members in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0]):
            run = [str(number) for _, number in members]
            runs += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else run
        return self.listed(runs)
