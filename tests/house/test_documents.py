"""Whatever somebody can see or type has its line in the documents, and what they say is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from twinpost.cli.main import COMMANDS, cli
from twinpost.cli.output import Exit
from twinpost.core.calendars.school import EntryKind
from twinpost.core.model.kind import Kind
from twinpost.core.model.notice import NOTICES
from twinpost.core.model.rule import Counting, Event, Group, Unit
from twinpost.core.reading.orders import ORDERS
from twinpost.core.rules.expression import compile_condition
from twinpost.core.rules.language import EVENTS, MOST, WORDS
from twinpost.core.rules.parse import NUMBERS, rhythm
from twinpost.edges.exchange_classes import _PUPIL_COLUMNS
from twinpost.edges.rule_cases import load_cases
from twinpost.edges.rule_file import load_rules
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_products

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "daemon" / "twinpost"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

KEY_READERS = frozenset({"take", "need", "several", "section", "sections", "rows"})
"""Methods of `edges.sections.Section` whose first argument is a key."""


RHYTHM_NUMBERS = [word for word in NUMBERS if word.isalpha()]


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def missing(words: list[str], document: str) -> list[str]:
    """The words that a document does not have as such: `word` in backquotes, alone or with more."""
    quoted = " ".join(re.findall(r"`([^`]+)`", BLOCK.sub("", text(document))))
    return [word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", quoted)]


def keys_read_in(module: str) -> list[str]:
    """Every key that a module of edges reads from a file."""
    tree = ast.parse((PACKAGE / "edges" / f"{module}.py").read_text("utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sorted(
        {
            call.args[0].value
            for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr in KEY_READERS and call.args
            if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        }
    )


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by what is typed, groups left out."""
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            for inner, sub in command.commands.items():
                yield f"{name} {inner}", sub
        else:
            yield name, command


def options(command: click.Command) -> list[str]:
    """The long options of a command that are its own: --config and --json are told once for all."""
    long = (name for option in command.params for name in option.opts if name.startswith("--"))
    return [name for name in long if name != "--config"]


def line_of(typed: str) -> str:
    """The line of the table of commands that is about this one."""
    begins = re.compile(rf"\| `twinpost {typed}[` ]")
    lines = [line for line in text("docs/admin.md").splitlines() if begins.match(line)]
    assert len(lines) == 1, f"docs/admin.md should have one line about `twinpost {typed}`"
    return lines[0]


@pytest.mark.parametrize(("typed", "command"), list(commands()), ids=lambda value: str(value))
def test_every_command_and_option_has_its_line_in_the_guide(typed: str, command: click.Command) -> None:
    said = line_of(typed)
    assert [option for option in options(command) if option not in said] == []
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    assert [param.name for param in arguments if param.make_metavar(click.Context(command)) not in said] == []


def test_the_guide_names_the_options_of_the_program_itself() -> None:
    assert missing(["twinpost --version", "twinpost --debug", "--config", "--help"], "docs/admin.md") == []


def test_the_guide_names_every_exit_code() -> None:
    assert [code for code in Exit if f"| {code.value} | " not in text("docs/admin.md")] == []


def test_the_guide_names_every_key_of_the_configuration() -> None:
    keys = keys_read_in("settings") + keys_read_in("applications")
    assert {"address", "authserv_id", "machines"} <= set(keys)
    assert missing(keys, "docs/admin.md") == []


def test_the_guide_names_every_key_of_an_exchange_file() -> None:
    keys = [
        key
        for module in ("exchange_file", "exchange_classes", "exchange_calendar", "exchange_plan")
        for key in keys_read_in(module)
    ]
    assert {"guard", "opens", "weekday"} <= set(keys)
    words = [*keys, *EntryKind, *load_products(shipped("rules")), *_PUPIL_COLUMNS]
    assert missing(words, "docs/admin.md") == []


def test_the_mails_are_all_described() -> None:
    headings = re.findall(r"^### `([a-z-]+)`$", text("docs/mails.md"), re.MULTILINE)
    follow_ups = [path.stem for path in (ROOT / "templates" / "en" / "follow-ups").glob("[!_]*.md")]
    assert sorted(headings) == sorted([*follow_ups, *(notice.name for notice in NOTICES)])


def test_every_finding_and_every_code_of_a_mail_is_described() -> None:
    words = YAML(typ="safe").load(text("templates/en/words.yaml"))
    codes = [code for group in ("finding", "why", "done", "admin", "bounce") for code in words[group]]
    assert missing(codes, "docs/mails.md") == []


def test_every_finding_has_its_sentence() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (PACKAGE / "core" / "inspecting").glob("*.py"))
    codes = set(re.findall(r"(?:\bFinding|_about)\(\s*\"([a-z-]+)\"", source))
    assert "copy-missing" in codes
    assert codes == set(YAML(typ="safe").load(text("templates/en/words.yaml"))["finding"])


def test_every_order_is_named() -> None:
    assert [order for order in ORDERS if order not in text("docs/mails.md")] == []


def test_every_kind_is_in_the_glossary() -> None:
    assert [kind for kind in Kind if kind.value not in text("docs/glossary.md")] == []


BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def typed_in(path: Path) -> Iterator[list[str]]:
    """Every `twinpost …` that a document tells to type, in a block or between backquotes."""
    source = path.read_text("utf-8")
    blocks = re.findall(r"^```.*?^```", source, re.DOTALL | re.MULTILINE)
    spans = re.findall(
        r"`(twinpost [^`]+)`", re.sub(r"^```.*?^```", "", source, flags=re.DOTALL | re.MULTILINE)
    )
    for block in blocks:
        spans += re.findall(r"^(?:/\S+/)?(twinpost .*)$", block, re.MULTILINE)
    for command in spans:
        yield command.split()[1:]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_tells_to_type_exists(path: Path) -> None:
    known = dict(commands())
    groups = {typed.split()[0] for typed in known if " " in typed}
    for words in typed_in(path):
        if words[0].startswith("--"):
            continue
        typed = " ".join(words[:2]) if words[0] in groups and len(words) > 1 else words[0]
        assert typed in known or typed in groups, f"{path.name}: twinpost {' '.join(words)}"
        unknown = [word for word in words if word.startswith("--") and word not in _all_options(known, typed)]
        assert unknown == [], f"{path.name}: twinpost {' '.join(words)}"


def _all_options(known: dict[str, click.Command], typed: str) -> list[str]:
    return [name for option in known[typed].params for name in option.opts] if typed in known else []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_make_is_told_to_do_it_can_do(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    told = set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)", path.read_text("utf-8"), re.MULTILINE))
    assert {one or other for one, other in told} <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_points_to_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if target.startswith(("https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{path.name} points to {target}"
        if anchor:
            assert anchor in anchors(found), f"{path.name} points to {target}"


def anchors(path: Path) -> set[str]:
    """The headings of a document as links name them, and what it names itself."""
    source = path.read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", source, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"', source))


MODULE = re.compile(r"`((?:core|app|cli|edges|ledger)/[\w/]+\.py)`")
FILE = re.compile(r"`((?:tests|templates|rules|migrations)/[\w/-]+\.\w+)`")


def test_every_name_of_a_file_of_ours_that_a_document_mentions_is_right() -> None:
    for path in DOCUMENTS:
        source = path.read_text("utf-8")
        named = [PACKAGE / name for name in MODULE.findall(source)] + [
            ROOT / name for name in FILE.findall(source)
        ]
        assert [str(file) for file in named if not file.exists()] == [], path.name


def test_the_guide_to_rules_names_every_word_of_their_language() -> None:
    keys = [key for module in ("rule_fields", "rule_file", "rule_cases") for key in keys_read_in(module)]
    assert {"counted_on", "digest", "enabled", "last_contact"} <= set(keys)
    words = [*keys, *Event, *Group, *Unit, *WORDS, *Counting, *RHYTHM_NUMBERS]
    assert missing(words, "docs/rules.md") == []


def table_row(word: str) -> str:
    """The line of the tables in docs/rules.md that begins with this word."""
    (row,) = [line for line in text("docs/rules.md").splitlines() if line.startswith(f"| `{word}` |")]
    return row


@pytest.mark.parametrize("event", Event)
def test_the_guide_says_of_every_event_what_it_is_and_what_settles_it(event: Event) -> None:
    told = EVENTS[event]
    settled = ", ".join(f"`{fact}`" for fact in told.settled_by) or "–"
    one_class = "yes" if told.one_class else "no"
    assert table_row(event) == f"| `{event}` | {told.what} | {one_class} | {settled} |"


@pytest.mark.parametrize("name", WORDS)
def test_the_guide_says_of_every_word_what_it_is_and_where_it_is_known(name: str) -> None:
    word = WORDS[name]
    known = ", ".join(f"`{event}`" for event in Event if event in word.events) or "every event"
    assert table_row(name) == f"| `{name}` | {word.type} | {word.what} | {known} |"


@pytest.mark.parametrize("unit", Unit)
def test_the_guide_says_how_much_of_a_unit_there_may_be(unit: Unit) -> None:
    assert table_row(unit) == f"| `{unit}` | {MOST[unit]} |"


def test_the_conditions_that_the_guide_shows_can_be_read() -> None:
    shown = re.findall(r"`\"([^`\"]+)\"`", text("docs/rules.md"))
    assert len(shown) > 8
    assert all(compile_condition(one).words for one in shown)


def test_the_rhythms_that_the_guide_shows_can_be_read() -> None:
    shown = re.findall(r"`(every \w[^`]*)`", text("docs/rules.md"))
    assert len(shown) > 5
    assert all(rhythm(one) for one in shown)


def test_the_rules_that_the_guide_shows_can_be_read(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml\n(rules:.*?)^```", text("docs/rules.md"), re.DOTALL | re.MULTILINE)
    for block in blocks:
        (tmp_path / "shown.yaml").write_text(block, "utf-8")
        assert load_rules(tmp_path)
    assert blocks


def test_the_cases_that_the_guide_shows_can_be_read(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml\n(exchange:.*?)^```", text("docs/rules.md"), re.DOTALL | re.MULTILINE)
    example = shipped("templates") / "init" / "exchanges" / "oslo-lyon.yaml"
    for block in blocks:
        (tmp_path / "shown.yaml").write_text(
            block.replace("../../exchanges/oslo-lyon.yaml", str(example)), "utf-8"
        )
        assert load_cases(tmp_path / "shown.yaml", ["letter-overdue"])
    assert blocks
