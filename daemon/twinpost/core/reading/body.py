"""The text of a message: plain parts as they are, HTML as its reader sees it, in the order of the parts."""

from __future__ import annotations

import re

from twinpost.core.model.mail import Defect
from twinpost.core.reading.charset import decode, lines_only
from twinpost.core.reading.markup import text_of_html
from twinpost.core.reading.parts import Part, Tree, content

REPORT_TEXT = frozenset({"message/delivery-status", "message/global-delivery-status"})
"""Machine parts of a report that are read as text too: who was not reached, and why."""
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
_OCTETS_PER_CHARACTER = 4


def is_text(part: Part) -> bool:
    """Whether a leaf is read as part of the message's text, and is no file."""
    if part.media_type not in ("text/plain", "text/html", "text/enriched"):
        return False
    if not part.around:
        return part.disposition != "attachment"
    return part.disposition != "attachment" and not part.label


def text_of(tree: Tree) -> str:
    """The whole text with newlines only, cut at the limit; what was wrong goes to the tree's defects."""
    limit = tree.limits.text
    pieces: list[str] = []
    for part in _chosen(tree, tree.root):
        if limit <= 0:
            break
        pieces.append(_text(tree, part, limit))
        limit -= len(pieces[-1])
    text = "\n\n".join(filter(None, (piece.strip("\n") for piece in pieces)))
    return text[: tree.limits.text]


def html_of(tree: Tree) -> bytes:
    """The decoded HTML of the message, to look for the pictures that it shows."""
    pages = [part for part in tree.root.walk() if part.media_type == "text/html" and is_text(part)]
    return b"\n".join(content(tree, page, _most_octets(tree))[0] for page in pages[:10])


def page_text(tree: Tree) -> str:
    """The text of the message's HTML where its plain text is what is read; "" where that is the HTML itself.

    Programs leave links out of the plain text that they write beside a page.
    """
    read = {leaf.index for leaf in _chosen(tree, tree.root)}
    pages = [
        part
        for part in tree.root.walk()
        if part.media_type == "text/html" and is_text(part) and part.index not in read
    ]
    return "\n".join(_text(tree, page, tree.limits.text) for page in pages[:3])


def _chosen(tree: Tree, part: Part) -> list[Part]:
    """The leaves that make up the text: of alternatives the plain one, unless it is empty."""
    if part.media_type == "multipart/alternative":
        return _best(tree, [_chosen(tree, child) for child in part.children])
    if part.is_multipart:
        return [leaf for child in part.children for leaf in _chosen(tree, child)]
    return [part] if is_text(part) or part.media_type in REPORT_TEXT else []


def _best(tree: Tree, alternatives: list[list[Part]]) -> list[Part]:
    plain = [
        leaves
        for leaves in alternatives
        if leaves and all(leaf.media_type == "text/plain" for leaf in leaves)
    ]
    others = [leaves for leaves in alternatives if leaves and leaves not in plain]
    for leaves in plain:
        if not others or any(_says_something(tree, leaf) for leaf in leaves):
            return leaves
    return (others or plain or [[]])[-1]


def _says_something(tree: Tree, part: Part) -> bool:
    return bool(content(tree, part, 4096)[0].strip(b" \t\r\n\0\xc2\xa0"))


def _text(tree: Tree, part: Part, limit: int) -> str:
    octets, whole = content(tree, part, _most_octets(tree))
    if not whole and part.end - part.start <= _most_octets(tree):
        tree.defects.add(Defect.BAD_MIME)
    charset = part.parameters.get("charset", "")
    if part.media_type == "text/html" and not charset and (meta := _META_CHARSET.search(octets[:4096])):
        charset = meta[1].decode("ascii")
    text, fine = decode(octets, charset)
    if not fine:
        tree.defects.add(Defect.BAD_CHARSET)
    text = lines_only(text.removeprefix("\ufeff"))
    if part.media_type == "text/plain":
        text = text[:limit]
    if part.media_type != "text/plain" and not part.media_type.startswith("message/"):
        text = text_of_html(text)
    elif part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    return text[:limit]


def _most_octets(tree: Tree) -> int:
    return _OCTETS_PER_CHARACTER * tree.limits.text


def _unflowed(text: str, delsp: bool) -> str:
    """Paragraphs joined again (RFC 3676, 4): a line that ends with a blank flows into the next one."""
    lines: list[list[str]] = []
    joins = -1  # quote depth of a line that flows on
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        if flows and delsp:
            bare = bare[:-1]
        if joins == depth and bare != "-- ":
            lines[-1].append(bare)
        else:
            lines.append([f"{'>' * min(depth, 20)} {bare}" if depth else bare])
        joins = depth if flows else -1
    return "\n".join(map("".join, lines))
