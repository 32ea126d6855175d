"""`twinpost rules`: check and list what follows when, and test it against cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twinpost.cli.opening import become_service_user, exchange_of, settings_for
from twinpost.cli.output import Exit, config_option, counted, emit, fail, json_option, say, table
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
    def own(self) -> Path | None:
        return self.settings.rules if self.settings else None

    @property
    def folders(self) -> tuple[Path, ...]:
        return folders(self.own)

    def book(self, more: Sequence[Path] = ()) -> RuleBook:
        """All rules. Raises ConfigError with every problem."""
        from twinpost.edges.rule_file import load_book
        from twinpost.edges.templates import Templates

        texts = Templates(shipped("templates"), self.settings.templates if self.settings else None)
        return load_book(*self.folders, texts=texts, more=more)


@click.group()
def rules() -> None:
    """Check, list and test the rules: what follows when."""


@rules.command()
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(path_type=Path))
@click.option("--exchange", "code", metavar="CODE", help="Also whether a rule would write too often in it.")
@config_option
@json_option
def check(files: Sequence[Path], code: str | None, config: Path | None, as_json: bool) -> int:
    """Name every problem of the rule files with its line; FILEs are read as if they lay in your folder."""
    from twinpost.edges.rule_file import RuleBook

    source = Source.of(config)
    problems: tuple[Problem, ...] = ()
    book = RuleBook()
    try:
        book = source.book(files)
        problems = _too_many(source, book, code) if code else ()
    except ConfigError as error:
        problems = error.problems

    def human() -> None:
        print_problems(problems) if problems else _print_book(book)

    emit({"problems": [problem_data(problem) for problem in problems], **_book(book)}, as_json, human)
    return Exit.PROBLEMS if problems else Exit.DONE


def _too_many(source: Source, book: RuleBook, code: str) -> tuple[Problem, ...]:
    """The rules that would write too often, if from now on nobody sent anything in this exchange."""
    from twinpost.core.deciding.plan import plan
    from twinpost.core.model.plan import History
    from twinpost.core.rules.fuse import too_many
    from twinpost.edges import clock

    if source.settings is None:
        raise fail("--exchange needs a configuration: name it with --config.")
    become_service_user(source.settings)
    now = clock.now()
    planned = plan(exchange_of(source.settings, code), History(now), book.rules, now)
    rules = {rule.id: rule for rule in book.rules}
    return tuple(
        Problem(rules[one.rule].file, rules[one.rule].line, f"{one.rule} is held: {one.text}")
        for one in too_many(planned)
        if one.rule in rules
    )


def print_problems(problems: Sequence[Problem]) -> None:
    """One line each, and how many there are."""
    for problem in problems:
        click.echo(str(problem))
    say(f"{counted(len(problems), 'problem')}: see docs/rules.md for the words of rules.")


def problem_data(problem: Problem) -> dict[str, Any]:
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


@rules.command()
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(path_type=Path))
@config_option
@json_option
def test(files: Sequence[Path], config: Path | None, as_json: bool) -> int:
    """Compare what the rules lead to with what cases expect: those of FILEs, else of `tests` in your folder
    and of the shipped rules."""
    from twinpost.cli.trials import Trial, print_trials, run_trials

    source = Source.of(config)
    done: list[Trial] = []
    try:
        if files or source.own:
            done += run_trials(files or case_files_of(source.own), source.book().rules, source.folders)
        if not files:
            shipped_rules = shipped("rules")
            done += run_trials(case_files_of(shipped_rules), Source(None).book().rules, (shipped_rules,))
    except ConfigError as error:
        print_problems(error.problems)
        return Exit.PROBLEMS
    emit([one.as_data() for one in done], as_json, lambda: print_trials(done))
    return Exit.DONE if all(one.passed for one in done) else Exit.PROBLEMS


def case_files_of(folder: Path | None) -> Sequence[Path]:
    from twinpost.edges.rule_cases import case_files

    return case_files(folder) if folder else ()
