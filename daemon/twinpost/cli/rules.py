"""`twinpost rules`: check and list what follows when, and test it against cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twinpost.cli.opening import settings_for
from twinpost.cli.output import Exit, config_option, counted, emit, json_option, say, table
from twinpost.edges.settings import LOCAL_CONFIG, Settings, find_config
from twinpost.edges.shipped import folders, shipped
from twinpost.errors import ConfigError, Problem

if TYPE_CHECKING:  # jinja2 and YAML take a while: not for the command's help
    from twinpost.core.model.rule import Rule
    from twinpost.edges.rule_file import RuleBook


@dataclass(frozen=True, slots=True)
class Source:
    """Where rules and their texts are looked for."""

    settings: Settings | None  # None: no configuration; the shipped ones alone

    @classmethod
    def of(cls, config: Path | None) -> Source:
        """Rules can be written before there is a configuration; one that is found has to be right."""
        try:
            file = find_config(config)
        except ConfigError:
            say(
                f"No {LOCAL_CONFIG} was found: only the shipped rules are known, beside the files named here."
            )
            return cls(None)
        return cls(settings_for(file))

    @property
    def folders(self) -> tuple[Path, ...]:
        return folders(self.settings.rules if self.settings else None)

    def book(self, more: Sequence[Path] = ()) -> RuleBook:
        """All rules. Raises ConfigError with every problem."""
        from twinpost.edges.rule_file import load_book
        from twinpost.edges.templates import Templates

        texts = Templates(shipped("templates"), self.settings.templates if self.settings else None)
        return load_book(*self.folders, texts=texts, more=more)


@click.group()
def rules() -> None:
    """Check and list the rules: what follows when."""


@rules.command()
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(path_type=Path))
@config_option
@json_option
def check(files: Sequence[Path], config: Path | None, as_json: bool) -> int:
    """Name every problem of the rule files with its line; FILEs are read as if they lay in your folder."""
    from twinpost.edges.rule_file import RuleBook

    source = Source.of(config)
    problems: tuple[Problem, ...] = ()
    book = RuleBook()
    try:
        book = source.book(files)
    except ConfigError as error:
        problems = error.problems

    def human() -> None:
        for problem in problems:
            click.echo(str(problem))
        if problems:
            say(f"{counted(len(problems), 'problem')}: see docs/rules.md for the words of rules.")
        else:
            _print_book(book)

    emit({"problems": [_problem(problem) for problem in problems], **_book(book)}, as_json, human)
    return Exit.PROBLEMS if problems else Exit.DONE


def _problem(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "column": problem.column, "text": problem.text}


def _place(rule: Rule) -> str:
    return f"{rule.file}:{rule.line}"


def _book(book: RuleBook) -> dict[str, Any]:
    return {
        "in_force": [rule.id for rule in book.rules],
        "replaced": [{"rule": old.id, "place": _place(old), "by": _place(new)} for old, new in book.replaced],
        "off": [{"rule": off.id, "place": f"{off.file}:{off.line}"} for off in book.off],
    }


def _print_book(book: RuleBook) -> None:
    click.echo(f"{counted(len(book.rules), 'rule')} in force: {', '.join(rule.id for rule in book.rules)}")
    for old, new in book.replaced:
        click.echo(f"replaced: {old.id} of {_place(old)} by {_place(new)}")
    for off in book.off:
        click.echo(f"off: {off.id}, by {off.file}:{off.line}")


@rules.command("list")
@config_option
@json_option
def list_(config: Path | None, as_json: bool) -> int:
    """Every rule in force: what it waits for, what it sends when, and where it stands."""
    book = Source.of(config).book()

    def human() -> None:
        table(("rule", "when", "steps", "where"), map(_row, book.rules))
        for off in book.off:
            click.echo(f"off: {off.id}, by {off.file}:{off.line}")

    emit([_as_data(rule) for rule in book.rules], as_json, human)
    return Exit.DONE


def _row(rule: Rule) -> tuple[str, ...]:
    from twinpost.core.rules.worded import worded_event, worded_offset

    when = [worded_event(rule)]
    when += [f"if {rule.condition.text}"] if rule.condition else []
    when += [f"unless {', '.join(rule.unless)}"] if rule.unless else []
    steps = (
        f"{worded_offset(step.offset)}: {step.notice}{' (digest)' if step.digest else ''}"
        f" to {', '.join(step.to)}"
        for step in rule.steps
    )
    return rule.id, "\n".join(when), "\n".join(steps), f"{Path(rule.file).name}:{rule.line}"


def _as_data(rule: Rule) -> dict[str, Any]:
    from twinpost.core.rules.worded import worded_event, worded_offset

    return {
        "id": rule.id,
        "when": worded_event(rule),
        "counted_on": rule.counted_on,
        "if": rule.condition.text if rule.condition else None,
        "unless": list(rule.unless),
        "steps": [
            {
                "at": worded_offset(step.offset),
                "digest" if step.digest else "send": step.notice,
                "to": list(step.to),
            }
            for step in rule.steps
        ],
        "file": rule.file,
        "line": rule.line,
    }
