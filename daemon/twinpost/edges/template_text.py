"""A template's text on its way into Jinja, and a language's words out of YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from twinpost.edges.marked import load_yaml
from twinpost.errors import ConfigError, Problem

_LINE_STATEMENT = re.compile(r"^ *% (.+)\n", re.MULTILINE)


def environment(
    finalize: Callable[[object], str] | None,
    *,
    autoescape: bool = False,
    loader: FunctionLoader | None = None,
) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=autoescape,
        loader=loader,
        auto_reload=False,
    )


def source(path: Path) -> str:
    """A template in which a line that begins with "% " is a statement, and leaves no line of its own.

    Jinja's own line statements swallow the empty lines after them, which Markdown needs. The line end
    moves into the tag, so the line numbers of messages stay right.
    """
    return _LINE_STATEMENT.sub(r"{% \1\n%}", path.read_text("utf-8").rstrip("\n") + "\n")


def compiled(environment: ImmutableSandboxedEnvironment, source: str, path: Path) -> Template:
    """The template; `path` names its file where it cannot be read. Raises ConfigError with the line."""
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as error:
        raise ConfigError([Problem(str(path), error.lineno, error.message or "not understood")]) from error


def words_of(path: Path) -> dict[str, Any]:
    """The words of a language file. Raises ConfigError with every line that is not understood."""
    content = load_yaml(path).data
    if not isinstance(content, dict):
        raise ConfigError([Problem(str(path), 1, "Here a mapping of words is expected.")])
    return content


def laid_over(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """Two nested mappings in one; where both speak, `upper` counts."""
    joined = dict(lower)
    for key, value in upper.items():
        below = joined.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            value = laid_over(value, below)
        joined[key] = value
    return joined
