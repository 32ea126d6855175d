"""The Markdown of our mails as plain text and as HTML, both from the same tokens.

Only headings, lists, quotes, bold and hard breaks exist here: no links, no images, no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from twinpost.core.writing.plain import lines, one_line

WIDTH = 75
"""Characters in a line of the text part, so far as its longest word allows."""

LONGEST_QUOTE = 100_000
"""Characters of a writer's text that a mail repeats; "[…]" stands for the rest."""

_RULES = ("heading", "list", "blockquote", "hr", "emphasis", "escape", "newline")
_PARSER = MarkdownIt("zero").enable(_RULES)
_INSIDE = MarkdownIt("zero").enable(_RULES)  # of a paragraph or heading
_ACTIVE = re.compile(r"([!-/:-@\[-`{-~])")

# Inline, because many mail programs drop a style sheet; the dark colours are in templates/layout.html.
_STYLES = {
    "lead": "margin:0 0 20px;font-size:18px;line-height:27px;",
    "p": "margin:0 0 14px;",
    "h2": "margin:26px 0 8px;font:bold 17px/24px Georgia,'Times New Roman',serif;color:#234e7d;",
    "h3": "margin:20px 0 6px;font-size:16px;line-height:24px;",
    "ul": "margin:0 0 14px;padding:0 0 0 22px;",
    "ol": "margin:0 0 14px;padding:0 0 0 26px;",
    "li": "margin:0 0 6px;",
    "inner ul": "margin:4px 0 8px;padding:0 0 0 20px;list-style-type:square;",
    "inner li": "margin:0 0 2px;",
    "foot": "margin:0;",
    "blockquote": "margin:0 0 14px;padding:2px 0 2px 16px;border-left:3px solid #b9c7d6;",
}


@lru_cache(maxsize=1024)
def _inside(content: str) -> tuple[Token, ...]:
    """A paragraph's content: most of them stand word for word in mail after mail."""
    return tuple(_INSIDE.parseInline(content)[0].children or ())


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            token.children = list(_inside(token.content))


_PARSER.core.ruler.at("inline", _inline)


class Md(str):
    """Text that is Markdown already and must not be escaped once more."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail's body in both forms; `foot` is the HTML below the rule, `lead` the first paragraph."""

    text: str
    lead: str
    body: str
    foot: str


def escaped(text: str) -> Md:
    """Markdown that shows `text` literally, in one line."""
    return Md(_ACTIVE.sub(r"\\\1", one_line(text)))


def verbatim(text: str) -> Md:
    """Markdown that shows foreign text line by line; empty lines part paragraphs."""
    shown = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}\n\n[…]"
    rows = [_indented(line) for line in lines(shown.strip())]
    pairs = zip(rows, [*rows[1:], ""], strict=True)
    return Md("\n".join(f"{row}\\" if row and below else row for row, below in pairs))


def _indented(line: str) -> Md:
    """A line whose indent stays: a verse, a list in a list."""
    indent = len(line) - len(line.lstrip(" "))
    return Md("\N{NO-BREAK SPACE}" * min(indent, 8) + escaped(line))


def quoted(text: str) -> Md:
    """Markdown that shows foreign text as a quotation."""
    return Md("\n".join(f"> {line}".rstrip() for line in verbatim(text).split("\n")))


def render(source: str) -> Parts:
    """Both forms of a mail written in Markdown."""
    tokens = _PARSER.parse(source)
    rule = next((place for place, token in enumerate(tokens) if token.type == "hr"), len(tokens))
    first = next((token for token in tokens if token.type == "inline"), None)
    text = _text(tokens)
    return Parts(
        text=text,
        lead=" ".join(_spoken(first)) if first else "",
        body=_html(tokens[:rule], "lead"),
        foot=_html(tokens[rule + 1 :], "foot"),
    )


def _html(tokens: Sequence[Token], opening: str) -> str:
    """HTML with inline styles; the first paragraph has the style called `opening`."""
    for token in tokens:
        if token.nesting == 1 and not token.hidden:
            token.attrs = {**token.attrs, "style": _STYLES[_style(token, opening)]}
            opening = "p" if token.tag == "p" else opening
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return html


def _style(token: Token, opening: str) -> str:
    if token.tag == "p":
        return opening
    return f"inner {token.tag}" if token.tag in ("ul", "li") and token.level > 1 else token.tag


def _text(tokens: Sequence[Token]) -> str:
    return "\n".join(_text_lines(tokens)).strip("\n") + "\n"


def _text_lines(tokens: Sequence[Token]) -> Iterator[str]:
    """The lines of the text part. An open list or quote indents what stands in it."""
    margins: list[str] = []
    numbers: list[int | None] = []
    mark = ""  # of a list item whose first line is still to come
    gap = False
    for token in tokens:
        match token.type:
            case "inline":
                if gap:
                    yield "".join(margins[: len(margins) - bool(mark)]).rstrip()
                gap = False
                for line in _spoken(token):
                    margin = "".join(margins)
                    yield from _wrapped(line, margin[: len(margin) - len(mark)] + mark, margin)
                    mark = ""
            case "hr":
                yield from ("", "-- ")
                gap = False
            case "bullet_list_open" | "ordered_list_open":
                numbers.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
            case "list_item_open":
                mark = "- " if numbers[-1] is None else f"{numbers[-1]}. "
                numbers[-1] = None if numbers[-1] is None else numbers[-1] + 1
                margins.append(" " * len(mark))
            case "list_item_close":
                margins.pop()
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                gap = not numbers
            case "blockquote_open":
                margins.append("> ")
            case "blockquote_close":
                margins.pop()
                gap = True
            case "heading_open":
                gap = True
            case "paragraph_close":
                gap = gap or not token.hidden


def _spoken(token: Token) -> list[str]:
    """The words of a paragraph without its marks; one entry for each hard line."""
    rows = [""]
    for child in token.children or ():
        if child.type == "hardbreak":
            rows.append("")
        elif child.type == "softbreak":
            rows[-1] += " "
        else:
            rows[-1] += child.content
    return rows


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    line, empty = first, True
    for word in text.split(" "):
        if not empty and len(line) + 1 + len(word) > WIDTH:
            yield line
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    yield line
