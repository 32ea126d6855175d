"""HTML becomes text as a reader would see it, in linear time.

Not a sanitiser: nothing of the markup is kept, so there is nothing to make safe. A tree builder is
left aside on purpose; building what HTML 5 prescribes lets 100 kB of `<font><p>` grow to 160 MB.
"""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(
    r"<!--(?:>|.*?(?:-->|\Z))"
    r"|<[!?][^<>]*+>"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,40}+)"
    r"(?P<rest>(?>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*))>",
    re.DOTALL,
)
_CUT_TAG = re.compile(r"<[/a-zA-Z][^<>]*+\Z")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])"
    r"|font-size\s*:\s*0(?![.\d])|(?<![\w=-])hidden(?![\w-])",
    re.IGNORECASE,
)
_HREF = re.compile(
    r"href\s*=\s*(?:\"([^\"]{1,2000}+)\"|'([^']{1,2000}+)'|([^\s\"'>]{1,2000}+))", re.IGNORECASE
)
_UNSHOWN = frozenset({"script", "style", "head", "title", "template", "select", "object", "svg", "noframes"})
_RAW = frozenset({"script", "style", "title"})  # their text is no markup
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
)
_BREAKS = frozenset(
    {
        *("br", "div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "address"),
        *("caption", "center", "form", "main", "nav", "aside"),
    }
)
_PARAGRAPHS = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr"),
        "figure",
    }
)
_DEEPEST_QUOTE = 5


def text_of_html(markup: str) -> str:
    """The visible text: a line for each block, "> " before quotes, links in angle brackets."""
    return _Page().read(markup)


class _Page:
    """What is known while tags go by."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.begun = False  # something to be seen stands in the line
        self.quotes = 0
        self.preformatted = 0
        self.hidden = ""  # the element inside which nothing is shown
        self.hidden_depth = 0
        self.link = ""
        self.link_from = 0

    def read(self, markup: str) -> str:
        at = 0
        while match := _TOKEN.search(markup, at):
            self.say(markup[at : match.start()])
            at = match.end()
            name = (match["name"] or "").lower()
            if not name:
                continue
            if match["close"]:
                self.closed(name)
            else:
                self.opened(name, match["rest"])
                if name in _RAW:
                    at = _end_of_raw(markup, name, at)
        self.say(_CUT_TAG.sub("", markup[at:]))
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def say(self, source: str) -> None:
        if self.hidden or not source:
            return
        text = html.unescape(source) if "&" in source else source
        if self.preformatted:
            self.say_lines(text.split("\n"))
        else:
            self.line.append(text)
            self.begun = self.begun or not text.isspace()

    def say_lines(self, lines: list[str]) -> None:
        for number, line in enumerate(lines):
            if number:
                self.end_line()
            self.line.append(line)
            self.begun = True

    def opened(self, name: str, rest: str) -> None:
        if self.hidden:
            self.hidden_depth += name == self.hidden
            return
        if name not in _VOID and (name in _UNSHOWN or (rest and _HIDDEN.search(rest))):
            self.hidden, self.hidden_depth = name, 1
            return
        self.broken(name)
        if name == "blockquote":
            self.quotes += 1
        elif name == "pre":
            self.preformatted += 1
        elif name == "a":
            href = _HREF.search(rest)
            self.link = html.unescape(href[1] or href[2] or href[3]).strip() if href else ""
            self.link_from = len(self.line)
        elif name in ("td", "th"):
            self.line.append(" ")

    def closed(self, name: str) -> None:
        if self.hidden:
            self.hidden_depth -= name == self.hidden
            if not self.hidden_depth:
                self.hidden = ""
            return
        self.broken(name)
        if name == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        elif name == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif name == "a":
            self.end_link()

    def broken(self, name: str) -> None:
        if name not in _BREAKS and name not in _PARAGRAPHS:
            return
        # A block that opens where a line has just begun breaks nothing; <br> always does.
        if self.begun or name == "br":
            self.end_line()
        else:
            self.line.clear()
        if name in _PARAGRAPHS and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self.mark())

    def end_link(self) -> None:
        shown = "".join(self.line[self.link_from :])
        if self.link.startswith(("http://", "https://")) and self.link not in shown:
            self.line.append(f" <{self.link}>")
        self.link = ""

    def end_line(self) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.preformatted else " ".join(text.split())
        self.lines.append(f"{self.mark()} {text}".strip() if self.quotes else text)
        self.line = []
        self.begun = False
        self.link_from = 0

    def mark(self) -> str:
        return ">" * min(self.quotes, _DEEPEST_QUOTE)


def _end_of_raw(markup: str, name: str, at: int) -> int:
    """Where the closing tag of a script or style begins; the end when it has none."""
    found = re.compile(rf"</{name}", re.IGNORECASE).search(markup, at)
    return found.start() if found else len(markup)
