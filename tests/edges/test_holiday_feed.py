"""Holidays of countries and regions, as a starting point."""

from __future__ import annotations

import pytest
from tests.school_years import d

from twinpost.core.calendars.school import Closure
from twinpost.edges.fields import _countries
from twinpost.edges.holiday_feed import public_holidays, school_holidays
from twinpost.edges.sections import Odd

WINDOW = (d("2026-08-01"), d("2027-07-31"))


def test_public_holidays_come_with_their_names() -> None:
    assert Closure(d("2027-03-26"), d("2027-03-26"), "Good Friday") in public_holidays("NO", "", WINDOW)


def test_a_region_has_holidays_of_its_own() -> None:
    epiphany = Closure(d("2027-01-06"), d("2027-01-06"), "Epiphany")
    assert epiphany in public_holidays("DE", "BY", WINDOW)
    assert epiphany in public_holidays("DE", "bayern", WINDOW)
    assert epiphany not in public_holidays("DE", "", WINDOW)


@pytest.mark.parametrize("region", ["A", "a", "Zone A"])
def test_a_zone_is_known_by_its_letter(region: str) -> None:
    breaks = school_holidays("FR", region, WINDOW)
    assert Closure(d("2027-04-10"), d("2027-04-25"), "Spring Break") in breaks


def test_only_the_days_within_the_window_are_given() -> None:
    days = school_holidays("FR", "A", WINDOW)
    assert (days[0].first, days[-1].last) == WINDOW


@pytest.mark.parametrize("country", ["NO", "BG", "EG", "TW"])
def test_a_country_without_ten_days_of_school_holidays_has_no_list(country: str) -> None:
    assert school_holidays(country, "", WINDOW) == ()


def test_a_country_with_lists_by_region_asks_for_the_region() -> None:
    with pytest.raises(Odd, match=r"FR has its school holidays by region: add `region`, one of .*Zone A"):
        school_holidays("FR", "", WINDOW)


@pytest.mark.parametrize(
    ("country", "region", "sentence"),
    [
        ("DE", "Bayren", "did you mean `Bayern`\\?"),
        ("FR", "Paris", "is no region of FR: one of 57, 6AE"),
        ("BG", "Sofia", "is no region of BG: it has none"),
    ],
)
def test_an_unknown_region_is_told_with_those_that_are_known(
    country: str, region: str, sentence: str
) -> None:
    with pytest.raises(Odd, match=sentence):
        public_holidays(country, region, WINDOW)


@pytest.mark.slow
def test_every_country_that_a_file_may_name_can_be_asked() -> None:
    known = {code for code in set(_countries().values()) if public_holidays(code, "", WINDOW)}
    assert len(known) > 230  # Ukraine has suspended its holidays; some islands have only birds


def test_days_off_of_a_school_week_that_differs_are_named_all_the_same() -> None:
    names = {span.name for span in public_holidays("SA", "", WINDOW)}
    assert any("Eid al-Fitr" in name for name in names)
