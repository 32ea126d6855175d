"""The rule files: the shipped ones and the admin's own, which replace single rules by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twinpost.core.model.rule import Rule
from twinpost.edges import fields
from twinpost.edges.marked import load_yaml
from twinpost.edges.rule_fields import Names, Texts, read_rule
from twinpost.edges.sections import Section, asking, did_you_mean
from twinpost.edges.shipped import shipped
from twinpost.edges.templates import Templates
from twinpost.errors import ConfigError, Problem

FOLDER = "follow-ups"
"""Where the shipped rules lie among the shipped words; the admin's may lie beside his words, too."""


@dataclass(frozen=True, slots=True)
class Off:
    """A rule that a file switches off."""

    id: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What the rule files say together. `replaced` and `off` tell of rules that are not in force."""

    rules: tuple[Rule, ...] = ()
    replaced: tuple[tuple[Rule, Rule], ...] = ()  # a rule, and the one that stands in its place
    off: tuple[Off, ...] = ()


def load_rules(*folders: Path, texts: Texts | None = None) -> tuple[Rule, ...]:
    """The rules in force: those of the shipped folder, replaced by id by those of folders before it.

    `texts` knows which texts there are; without it, the shipped ones. Raises ConfigError with every
    problem at once.
    """
    return load_book(*folders, texts=texts).rules


def load_book(*folders: Path, texts: Texts | None = None, more: Sequence[Path] = ()) -> RuleBook:
    """The same with what is replaced or switched off. `more` files go before those of all folders."""
    named = {path.resolve() for path in more}
    layers = [
        [path for path in rule_files(folder) if path.resolve() not in named] for folder in reversed(folders)
    ]
    return read_book([*layers, list(more)], Names.of(texts or Templates(shipped("templates"))))


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a folder in order of their names; word files beside them are none."""
    words = {path.name for path in shipped("rules").glob("*.yaml")}
    own = [path for path in _yaml(folder) if path.name not in words]
    return [*_yaml(folder / FOLDER), *own]


def _yaml(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.glob("*.y*ml") if path.suffix in (".yaml", ".yml") and path.is_file()
    )


def read_book(layers: Sequence[Sequence[Path]], names: Names) -> RuleBook:
    """The rules of these files; a later layer replaces what an earlier one has. Raises ConfigError."""
    problems: list[Problem] = []
    found: dict[str, Rule] = {}
    replaced: list[tuple[Rule, Rule]] = []
    off: dict[str, Off] = {}
    for layer in layers:
        rules, switched_off = _read_layer(layer, names, found, problems)
        replaced += [(found[id_], rule) for id_, rule in rules.items() if id_ in found]
        off = {id_: one for id_, one in off.items() if id_ not in rules} | switched_off
        found.update(rules)
    if problems:
        raise ConfigError(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
    in_force = tuple(rule for rule in found.values() if rule.id not in off)
    return RuleBook(in_force, tuple(replaced), tuple(off.values()))


def _read_layer(
    files: Sequence[Path], names: Names, below: Mapping[str, Rule], problems: list[Problem]
) -> tuple[dict[str, Rule], dict[str, Off]]:
    rules: dict[str, Rule] = {}
    off: dict[str, Off] = {}
    places: dict[str, str] = {}
    entries = [entry for file in files for entry in _entries(file, problems)]
    for entry in entries:
        id_ = entry.need("id", fields.code, "", "the rule's short name, such as letter-overdue")
        if id_ and id_ in places:
            entry.note(f"`id`: {id_} is already a rule in {places[id_]}", "id")
        line, _ = entry.marked.marks.get(entry.path, (0, 0))
        places[id_] = f"{entry.marked.file}:{line}"
        enabled = entry.take("enabled", fields.flag, True)
        if enabled or entry.data.keys() - {"id", "enabled"}:
            rules[id_] = read_rule(entry, id_, names)
        if not enabled:
            off[id_] = Off(id_, entry.marked.file, line)
            if id_ not in rules and id_ not in below:
                near = asking(did_you_mean(id_, [*below, *rules]))
                entry.note(f"`id`: there is no rule {id_} to switch off{near}", "id")
    return rules, off


def _entries(file: Path, problems: list[Problem]) -> Iterator[Section]:
    """The rules of one file, not yet read."""
    try:
        marked = load_yaml(file)
    except ConfigError as error:
        problems += error.problems
        return
    top = Section.top(marked, problems)
    if not top.has("rules") and not top.lost:
        top.note("`rules` is missing: a rule file is a list of rules under `rules:`")
    yield from top.sections("rules", "a rule with id, when and steps")
    top.finish()
