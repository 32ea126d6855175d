"""Which changes of an exchange file may explain older mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.filed import FILED, KARI, OLA, OSLO, with_oslo

from twinpost.core.deciding.called import calls_differently
from twinpost.core.model.filed import ExchangeAsFiled, PersonAsFiled


def test_a_new_exchange_may_explain_everything() -> None:
    assert calls_differently(None, FILED)


def test_the_same_file_explains_nothing() -> None:
    assert not calls_differently(FILED, FILED)


@pytest.mark.parametrize(
    "changed",
    [
        with_oslo(name="7C Oslo"),
        with_oslo(aliases=("7B", "Oslo", "the frogs")),
        with_oslo(teachers=(KARI,)),
        with_oslo(teachers=(KARI, OLA, PersonAsFiled("Head Teacher", ("head@fagerborg.example",)))),
        with_oslo(teachers=(KARI, replace(OLA, addresses=("ola@new-school.example",)))),
        with_oslo(teachers=(replace(KARI, name="Kari Berg"), OLA)),
        with_oslo(pupils=()),
        with_oslo(leaders=()),
        replace(FILED, classes=FILED.classes[:1]),
    ],
)
def test_names_addresses_and_people_may_explain_mail(changed: ExchangeAsFiled) -> None:
    assert calls_differently(FILED, changed)


@pytest.mark.parametrize(
    "changed",
    [
        replace(FILED, letters=9, title="Other", schedule=(), sessions=(), meeting=None, pairs=()),
        with_oslo(calendar=(), school_days=(0, 1), school_hours=None, opens=(), country="SE"),
        with_oslo(aliases=tuple(reversed(OSLO.aliases))),
        with_oslo(teachers=(OLA, KARI)),
        with_oslo(teachers=(replace(KARI, language="nb"), OLA)),
        replace(FILED, schedule=tuple(replace(line, due=date(2026, 12, 1)) for line in FILED.schedule)),
    ],
)
def test_dates_and_the_rest_explain_nothing(changed: ExchangeAsFiled) -> None:
    assert not calls_differently(FILED, changed)
