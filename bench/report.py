"""What a measurement found, as a small table and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the office beside the bare program's, and the goal for it where there is one."""

    what: str
    office: float
    floor: float | None = None
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A measurement with its name and its circumstances."""

    title: str
    lines: tuple[Line, ...]

    def data(self) -> dict[str, Any]:
        return asdict(self)

    def table(self) -> str:
        """Aligned columns for a terminal."""
        rows = [("", "office", "floor", "goal"), *(_cells(line) for line in self.lines)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join([self.title, *(_row(cells, widths) for cells in rows)])


def _cells(line: Line) -> tuple[str, str, str, str]:
    return line.what, _number(line.office), "" if line.floor is None else _number(line.floor), line.goal


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    what, office, floor, goal = cells
    return f"  {what:<{widths[0]}}  {office:>{widths[1]}}  {floor:>{widths[2]}}  {goal:<{widths[3]}}".rstrip()


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]
