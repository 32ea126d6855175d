"""Until when links work: said in eighteen languages, and never guessed."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinpost.core.reading.expiry import ExpiryWords, expiry
from twinpost.edges.file_words import load_expiry
from twinpost.edges.shipped import shipped

CAME = date(2026, 10, 8)


@cache
def words() -> ExpiryWords:
    return load_expiry(shipped("rules"))


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("Available until Nov 7, 2026", date(2026, 11, 7)),
        ("Expires on 15 October, 2026", date(2026, 10, 15)),
        ("Link expires in 7 days", date(2026, 10, 15)),
        ("Valid until 2026-11-01 23:59", date(2026, 11, 1)),
        ("expires 13/11/2026", date(2026, 11, 13)),
        ("expires 11/13/2026", date(2026, 11, 13)),
        ("expires 11/11/2026", date(2026, 11, 11)),
        ("Verfügbar bis 7. November 2026", date(2026, 11, 7)),
        ("Der Link ist gültig bis zum 7.11.2026.", date(2026, 11, 7)),
        ("Läuft in 14 Tagen ab", date(2026, 10, 22)),
        ("Disponible jusqu'au 7 novembre 2026", date(2026, 11, 7)),
        ("Le lien expire le 1 décembre", date(2026, 12, 1)),
        ("Disponible hasta el 5 de noviembre de 2026", date(2026, 11, 5)),
        ("Expira em 5 de novembro de 2026", date(2026, 11, 5)),
        ("Disponibile fino al 5 novembre 2026", date(2026, 11, 5)),
        ("Verloopt op 5 november 2026", date(2026, 11, 5)),
        ("Utløper 5. november 2026", date(2026, 11, 5)),
        ("Udløber om 7 dage", date(2026, 10, 15)),
        ("Går ut den 5 november 2026", date(2026, 11, 5)),
        ("Vanhenee 5. marraskuuta 2026", date(2026, 11, 5)),
        ("Link wygasa 5 listopada 2026", date(2026, 11, 5)),
        ("Platnost vyprší 5. listopadu 2026", date(2026, 11, 5)),
        ("Lejár: 2026. november 5.", date(2026, 11, 5)),
        ("5 Kasım 2026 tarihine kadar", date(2026, 11, 5)),
        ("Διαθέσιμο έως 5 Νοεμβρίου 2026", date(2026, 11, 5)),
        ("Доступно до 5 ноября 2026 г.", date(2026, 11, 5)),
        ("Посилання діє до 5 листопада 2026 року", date(2026, 11, 5)),
        ("Available until 3 January", date(2027, 1, 3)),  # the next one
        ("Available until 5/11/2026", None),  # two readings
        ("Available until 31 February 2026", None),
        ("Expired on 1 September 2026", None),  # over before it came
        ("valid until 1 January 2040", None),  # no drive keeps files so long
        ("We wrote them on 15 October 2026", None),  # no word for an end
        ("https://we.example/until/15-october-2026", None),
        ("Available until further notice", None),
    ],
)
def test_a_line_says_until_when_a_link_works(line: str, until: date | None) -> None:
    assert expiry(f"Dear Luc,\n{line}\nKari", CAME, words()) == until


def test_of_several_days_the_first_counts() -> None:
    text = "Expires on 1 December 2026\nand the films expire on 20 November 2026"
    assert expiry(text, CAME, words()) == date(2026, 11, 20)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.dates())
def test_any_text_is_looked_through(text: str, came: date) -> None:
    until = expiry(f"until {text}", came, words())
    assert until is None or until >= came
