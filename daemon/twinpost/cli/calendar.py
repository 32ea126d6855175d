"""`twinpost calendar`: what is understood of the classes' calendars, and the classes side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twinpost.cli.opening import become_service_user, exchange_of, settings_for
from twinpost.cli.output import Exit, config_option, emit, fail, json_option, say, table

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from twinpost.core.calendars.school import CalendarEntry, Closure, SchoolCalendar
    from twinpost.core.calendars.shown import Line, Week
    from twinpost.core.model.people import Exchange, SchoolClass


@click.command()
@click.argument("code")
@click.option(
    "--ics", "ics", metavar="FILE", help="Write closures and agreed dates as a calendar file (-: stdout)."
)
@config_option
@json_option
def calendar(code: str, ics: str | None, config: Path | None, as_json: bool) -> int:
    """What is understood of the calendars of the exchange CODE."""
    from twinpost.core.calendars.shown import span_of, weeks
    from twinpost.edges import clock

    settings = settings_for(config)
    become_service_user(settings)
    found = exchange_of(settings, code)
    dates = [due.due for due in found.schedule] + [session.start.date() for session in found.sessions]
    span = span_of(dates, clock.now().date())
    if ics is not None:
        return _write(found, span, ics)
    calendars = [one.school_calendar() for one in found.classes]
    side_by_side = list(weeks(calendars, span.first, span.last))

    def human() -> None:
        for one in found.classes:
            _print_class(one, span)
        _print_weeks(found, side_by_side)

    classes = [_class_as_data(one, span) for one in found.classes]
    data = {"exchange": code, "from": span.first, "until": span.last, "classes": classes}
    emit({**data, "weeks": [asdict(week) for week in side_by_side]}, as_json, human)
    return Exit.DONE


def _write(found: Exchange, span: Closure, ics: str) -> int:
    from twinpost.edges import clock
    from twinpost.edges.ics_write import exchange_as_ics

    octets = exchange_as_ics(found, span, clock.now())
    if ics == "-":
        click.echo(octets, nl=False)
        return Exit.DONE
    try:
        Path(ics).write_bytes(octets)
    except OSError as error:
        raise fail(f"{ics} cannot be written: {error.strerror}.") from error
    say(f"Written: {ics}")
    return Exit.DONE


# -- one class -----------------------------------------------------------------------------------


def _print_class(one: SchoolClass, span: Closure) -> None:
    from twinpost.core.calendars.school import known_until
    from twinpost.core.calendars.shown import lines

    own = one.school_calendar()
    known = known_until(own)
    click.echo(f"{one.name}: {one.timezone}, at school {_hours(own)}")
    for term in own.terms:
        click.echo(f"  term {_days(term.first, term.last)}")
    if known is None:
        click.echo("  no calendar of its own: give terms, closed days or an .ics file in the exchange file")
    else:
        click.echo(
            f"  known until {_day(known)}{'' if known >= span.last else ': the exchange lasts longer'}"
        )
    if found := list(lines(own, span.first, span.last)):
        click.echo()
        table(("days", "", "name", "from"), map(_row, found))
    click.echo()


def _row(line: Line) -> tuple[str, ...]:
    return _days(line.first, line.last), _what(line), line.name, _source(line.entry)


def _what(line: Line) -> str:
    from twinpost.core.calendars.school import DayKind

    return "school after all" if line.kind is DayKind.SCHOOL else line.kind.value


def _source(entry: CalendarEntry | None) -> str:
    if entry is None:
        return "terms"
    if not entry.is_expanded:
        return "exchange file"
    source = Path(entry.source).name
    return " ".join(word for word in (entry.kind.value, source, entry.region) if word)


def _class_as_data(one: SchoolClass, span: Closure) -> dict[str, Any]:
    from twinpost.core.calendars.school import WEEKDAYS, known_until
    from twinpost.core.calendars.shown import lines

    own = one.school_calendar()
    return {
        "name": one.name,
        "timezone": one.timezone,
        "school_hours": {WEEKDAYS[day]: hours for day, hours in _by_weekday(own)},
        "terms": [{"first": term.first, "last": term.last, "name": term.name} for term in own.terms],
        "known_until": known_until(own),
        "lines": [
            {"first": line.first, "last": line.last, "what": _what(line), "name": line.name, "from": source}
            for line in lines(own, span.first, span.last)
            for source in (_source(line.entry),)
        ],
    }


def _by_weekday(own: SchoolCalendar) -> Iterator[tuple[int, str]]:
    by_day = dict(own.day_hours)
    for day in sorted(own.school_days):
        opens, closes = by_day.get(day, (own.opens_at, own.closes_at))
        yield day, f"{opens:%H:%M}-{closes:%H:%M}"


def _hours(own: SchoolCalendar) -> str:
    """ "Mon Tue Thu Fri 08:15-14:00, Wed 08:15-12:00" """
    from twinpost.core.calendars.school import WEEKDAYS

    days: dict[str, list[str]] = {}
    for day, hours in _by_weekday(own):
        days.setdefault(hours, []).append(WEEKDAYS[day].capitalize())
    return ", ".join(f"{' '.join(names)} {hours}" for hours, names in days.items())


# -- side by side --------------------------------------------------------------------------------


def _print_weeks(found: Exchange, side_by_side: list[Week]) -> None:
    names = [one.name for one in found.classes]
    table(("week of", *names, ""), (_week(week) for week in side_by_side))


def _week(week: Week) -> tuple[str, ...]:
    both = zip(week.days, week.closures, strict=True)
    cells = (f"{days} ({', '.join(why)})" if why else str(days) for days, why in both)
    return _day(week.monday), *cells, "" if week.common else "no common school day"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


def _days(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"
