"""How the demo tells its story: plain text with a little style, at most a hundred columns wide."""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twinpost.cli.demo.album import Mail
from twinpost.cli.demo.people import EVERYBODY
from twinpost.core.writing.plain import one_line

NARROWEST, WIDEST = 40, 100
MOST_LINES = 3
"""Of a paragraph."""

NEW_PARAGRAPH = re.compile(r"\n(?=\n|-|\d|[^->\n].*\n[->])|\n(?=>\n)")
"""An empty line, the next point of a list, or a title before a list or a quotation."""
QUOTATION = re.compile(r"^([^->\n].*)\n> ", re.MULTILINE)  # "Ola Hansen wrote", and what she wrote
MARKS = re.compile(r"^(?:> ?| *- )", re.MULTILINE)


class Stage:
    """Tells on stdout. `fast` leaves out the pauses in which a person reads."""

    def __init__(self, *, fast: bool = False) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal that knows no arrows shows a question mark
        console = Console(no_color="NO_COLOR" in os.environ or None, highlight=False)
        console.width = max(NARROWEST, min(console.width, WIDEST)) if console.is_terminal else WIDEST
        self._console = console
        self._fast = fast
        self._scenes = 0

    async def pause(self, seconds: float) -> None:
        """Let the reader follow."""
        if not self._fast:
            await asyncio.sleep(seconds)

    def scene(self, title: str) -> None:
        self._scenes += 1
        self.headline(f"{self._scenes}. {title}")

    def headline(self, text: str) -> None:
        self._print("")
        self._print(text, style="bold")

    def say(self, text: str) -> None:
        """Our own words."""
        for line in textwrap.wrap(text, self._console.width - 3):
            self._print(line, indent=3)

    def moment(self, text: str) -> None:
        """When we are, in a story whose time passes."""
        self._print("")
        self._print(text, indent=3, style="bold")

    def sent(self, mail: Mail) -> None:
        """A mail that a person wrote."""
        to = ", ".join(map(_called, mail.recipients))
        self._print(f"{_called(mail.sender)} → {to}", indent=3, style="cyan")
        self._print(mail.subject, indent=5, style="bold")
        if mail.files:
            listed = ", ".join(f"{name} ({len(content):,} bytes)" for name, content in mail.files.items())
            self._wrapped(f"with {listed}", indent=5, style="dim")
        else:
            self._quoted(_paragraphs(mail.text)[0])

    def got(self, mail: Mail, said: Sequence[str] = ()) -> None:
        """A mail of the office: its first paragraph, and further ones in which `said` stands."""
        to = ", ".join(map(_called, mail.recipients))
        self._print(Text.assemble((f"twinpost → {to}: ", "green"), (mail.subject, "bold")), indent=3)
        first, *others = _paragraphs(mail.text)
        for paragraph in (first, *(one for one in others if any(words in one for words in said))):
            self._quoted(paragraph)
        if mail.files:
            self._wrapped(f"with {', '.join(mail.files)}", indent=5, style="dim")

    def noted(self, text: str) -> None:
        """What the office did without a mail."""
        self._wrapped(f"twinpost: {text}", indent=3, style="green")

    def reasons(self, reasons: Iterable[str]) -> None:
        for reason in reasons:
            self.point(reason)

    def point(self, text: str) -> None:
        """One of several."""
        self._wrapped(f"- {text}", indent=3)

    def table(self, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in columns:
            grid.add_column(column, overflow="fold")
        for row in rows:
            grid.add_row(*(Text(str(cell)) for cell in row))
        self._print("")
        self._console.print(grid)

    def command(self, line: str) -> None:
        """Something to copy: never wrapped, so that it can be."""
        self._console.print(Text(f"   {line}", style="cyan"), soft_wrap=True)

    def failed(self, text: str) -> None:
        self._print("")
        self._wrapped(f"Not as expected: {text}.", indent=0, style="bold red")

    def _quoted(self, paragraph: str) -> None:
        wrapped = textwrap.wrap(paragraph, self._console.width - 7)
        if len(wrapped) > MOST_LINES:
            wrapped = [*wrapped[: MOST_LINES - 1], f"{wrapped[MOST_LINES - 1]} …"]
        for line in wrapped:
            self._print(f"| {line}", indent=5, style="dim")

    def _wrapped(self, text: str, *, indent: int, style: str = "") -> None:
        for number, line in enumerate(textwrap.wrap(text, self._console.width - indent - 2)):
            self._print(line, indent=indent + (2 if number else 0), style=style)

    def _print(self, text: str | Text, *, indent: int = 0, style: str = "") -> None:
        shown = text if isinstance(text, Text) else Text(text, style=style)
        self._console.print(Text(" " * indent).append_text(shown), soft_wrap=False)


def _paragraphs(text: str) -> list[str]:
    """The paragraphs and points of a text, each in one line; at least one."""
    text = QUOTATION.sub(r"\1: ", text)
    pieces = (one_line(MARKS.sub("", piece.strip("\n"))) for piece in NEW_PARAGRAPH.split(text))
    return [piece for piece in pieces if piece] or [""]


def _called(address: str) -> str:
    known = next((someone for someone in EVERYBODY if someone.address == address.lower()), None)
    return known.name if known else one_line(address)
