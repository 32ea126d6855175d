"""A year of another exchange, in an office of its own: the clock that is turned is nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twinpost.cli.demo.passing import Passing
from twinpost.cli.demo.stage import Stage
from twinpost.cli.demo.story import READ
from twinpost.cli.demo.town import founded
from twinpost.cli.demo.turned_clock import TurnedClock
from twinpost.cli.demo.year import Year, YearScene, year_ends_well
from twinpost.cli.demo.year_school import AGREED_ON, OSLO_AND_DELHI

QUICK_TICK = 0.05
"""Seconds between looks at what is due: time passes quickly here."""


async def second_act(
    stage: Stage, folder: Path, patience: float, scenes: Sequence[tuple[str, YearScene]]
) -> None:
    """Play the year in a new folder. Raises NotAsExpected when it goes or ends in another way."""
    clock = TurnedClock(AGREED_ON)
    stage.headline("A whole school year, on a clock that the demo turns")
    office = founded(folder, patience=patience, schools=OSLO_AND_DELHI, by=clock, tick_seconds=QUICK_TICK)
    async with office as town:
        stage.say(
            "7B Oslo (Kari Nordmann) and 6A Delhi (Meera Iyer) write to each other from August to May. The "
            "mails are real, as before, and each goes at its hour of its day; only the clock does not wait."
        )
        play = Year(town, stage, Passing(town, clock))
        for title, act in scenes:
            await stage.pause(READ)
            stage.scene(title)
            await act(play)
        await year_ends_well(play)
