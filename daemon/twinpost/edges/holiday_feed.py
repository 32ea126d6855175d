"""Public and school holidays of a country and region: a starting point that the school corrects."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from twinpost.core.calendars.school import Closure
from twinpost.edges.ics_file import Window, merged
from twinpost.edges.sections import Odd, asking, did_you_mean, shown

if TYPE_CHECKING:
    from holidays import HolidayBase

LEAST_SCHOOL_DAYS = 10
"""Days of school holidays a year below which a list is none: it names a Teachers' Day and no break."""


def public_holidays(country: str, region: str, window: Window) -> tuple[Closure, ...]:
    """The public holidays of a country (ISO 3166-1). Raises Odd for a region that the country lacks."""
    return _days(country, region, window, "public")


def school_holidays(country: str, region: str, window: Window) -> tuple[Closure, ...]:
    """The school holidays; () where no list is known. Raises Odd for a region that the country lacks."""
    found = _days(country, region, window, "school")
    first, last = window
    days = sum((span.last - span.first).days + 1 for span in found)
    return found if days * timedelta(days=365) >= LEAST_SCHOOL_DAYS * (last - first) else ()


def _days(country: str, region: str, window: Window, category: str) -> tuple[Closure, ...]:
    from holidays import country_holidays

    feed = type(country_holidays(country))
    division = _division(country, region, feed)
    if category not in feed.supported_categories:
        return ()
    first, last = window
    english = "en_US" if "en_US" in feed.supported_languages else None
    years = range(first.year, last.year + 1)
    found = country_holidays(country, subdiv=division, years=years, language=english, categories=(category,))
    if not found and category == "school" and not region and feed.subdivisions:
        raise Odd(f"{country} has its school holidays by region: add `region`, {_known(feed)}")
    return merged(Closure(day, day, name) for day, name in found.items() if first <= day <= last)


def _division(country: str, region: str, feed: type[HolidayBase]) -> str | None:
    """The region as the list calls it: by its code, its name, or "A" for "Zone A"."""
    if not region:
        return None
    names = {name.rsplit(" ", 1)[-1].casefold(): name for name in feed.subdivisions}
    names |= {name.casefold(): code for name, code in feed.subdivisions_aliases.items()}
    names |= {name.casefold(): name for name in feed.subdivisions}
    if found := names.get(region.casefold()):
        return found
    near = did_you_mean(region, [*feed.subdivisions, *feed.subdivisions_aliases])
    raise Odd(f"{shown(region)} is no region of {country}{asking(near) or f': {_known(feed)}'}")


def _known(feed: type[HolidayBase]) -> str:
    return f"one of {', '.join(feed.subdivisions)}" if feed.subdivisions else "it has none"
