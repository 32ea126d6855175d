"""The cases of `twinpost rules test`: run, and printed like the tests of a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from twinpost.cli.output import counted, say
from twinpost.core.deciding.trial import Line, trial
from twinpost.core.model.rule import Rule
from twinpost.core.model.rule_case import RuleCase
from twinpost.edges.rule_cases import load_cases
from twinpost.edges.words import load_products
from twinpost.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class Trial:
    """A case, and what came of it."""

    case: RuleCase
    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        return all(line.sign == " " for line in self.lines)

    def as_data(self) -> dict[str, Any]:
        return {
            "file": self.case.file,
            "line": self.case.line,
            "name": self.case.name,
            "passed": self.passed,
            "missing": [f"{line.at} {line.text}" for line in self.lines if line.sign == "-"],
            "unexpected": [f"{line.at} {line.text}" for line in self.lines if line.sign == "+"],
        }


def run_trials(files: Sequence[Path], rules: Sequence[Rule], folders: Sequence[Path]) -> list[Trial]:
    """Every case of these files. Raises ConfigError with the problems of all of them."""
    return [Trial(case, trial(case, rules)) for case in _cases(files, rules, folders)]


def _cases(files: Sequence[Path], rules: Sequence[Rule], folders: Sequence[Path]) -> list[RuleCase]:
    ids, products = [rule.id for rule in rules], load_products(*folders)
    problems: list[Problem] = []
    cases: list[RuleCase] = []
    for file in files:
        try:
            cases += load_cases(file, ids, products)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return cases


def print_trials(done: Sequence[Trial]) -> None:
    """Each file with its cases; of a case that fails what was expected (-) and what came (+)."""
    if not done:
        say("There are no cases: see docs/rules.md for how to write some.")
        return
    for file, trials in groupby(done, key=lambda one: one.case.file):
        click.echo(file)
        for one in trials:
            for line in _told(one):
                click.echo(f"  {line}")
    failed = sum(not one.passed for one in done)
    say(
        f"{counted(len(done), 'test')}, {failed} failed."
        if failed
        else f"{counted(len(done), 'test')} passed."
    )


def _told(one: Trial) -> Iterator[str]:
    if one.passed:
        yield f"{click.style('ok', fg='green')}    {one.case.name}"
        return
    yield f"{click.style('FAILED', fg='red', bold=True)}  {one.case.name} (line {one.case.line})"
    yield "        - expected, and not planned   + planned, and not expected"
    yield from (f"        {line}" for line in one.lines)
