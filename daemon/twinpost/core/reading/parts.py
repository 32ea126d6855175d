"""The parts of a message as ranges of its octets (RFC 2046).

Nothing is copied or decoded until somebody asks for a part's content, and no part is ever rebuilt:
a letter of 35 MB costs its own size and that of its largest file. An attached message is one part of
the message around it; the parts inside it hang from it apart, and only who asks for files goes there.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from twinpost.core.model.mail import Defect
from twinpost.core.reading.charset import one_line
from twinpost.core.reading.guard import Block, Limits, header_block
from twinpost.core.reading.headers import base64_octets, decode_words, parameters, raw_text

_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}+/[\w.+*-]{1,100}+", re.ASCII)
_FIRST_LINE = re.compile(rb"\s{0,100}--([!-~][ -~]{1,80})\r?\n")
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_PART_HEADER_BLOCK = 16 * 1024
_LONGEST_TAIL = 200  # of blanks after a delimiter
_WORDS = re.compile(rb"\s{0,20}[!-~]{1,40} [!-~]{1,40} [!-~]")  # base64 has no blanks inside its lines
_BLANKS_AFTER_SOFT_BREAK = re.compile(rb"=[ \t]{1,100}(?=\r?\n)")  # RFC 2045, 6.7 (3)
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_MOST_LEVELS = 3  # of messages within messages that are opened
_CLOUD_PART = "x-mozilla-cloud-part"  # Thunderbird, for a file that it has put onto a drive


@dataclass(slots=True)
class Part:
    """One part: what its header says of it, and where its body lies."""

    index: int  # in the walk, depth first; the root is 0
    start: int
    end: int
    media_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    label: str = ""  # file name as the header gives it, decoded
    encoding: str = ""
    content_id: str = ""  # without angle brackets
    around: str = ""  # media type of the multipart that holds it; "" for the root
    elsewhere: str = ""  # the URL of a file that the part only stands for
    children: list[Part] = field(default_factory=list)
    enclosed: Part | None = None  # the root of an attached message

    @property
    def is_multipart(self) -> bool:
        return self.media_type.startswith("multipart/")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the order of their numbers."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_message(self) -> bool:
        return self.media_type in _MESSAGES


@dataclass(slots=True)
class Tree:
    """A message's parts, its header, and what was wrong with its form."""

    octets: bytes
    limits: Limits
    part_limits: Limits
    head: Block
    root: Part
    defects: set[Defect] = field(default_factory=set)
    count: int = 0
    charset: str = ""  # the first that a part declares: what raw 8-bit file names are likely to be in


def tree_of(octets: bytes, limits: Limits) -> Tree:
    """The parts of a whole message."""
    tree = trunk_of(octets, limits)
    _divide(tree, tree.root, 1)
    opened = [tree.root]
    for _ in range(_MOST_LEVELS):
        opened = [_open(tree, part) for root in opened for part in root.walk() if _can_be_opened(tree, part)]
    return tree


def trunk_of(octets: bytes, limits: Limits) -> Tree:
    """The message with its header alone understood, its body undivided."""
    cut = {Defect.TOO_LARGE} if len(octets) > limits.message else set()
    octets = octets[: limits.message]
    head = header_block(octets, 0, len(octets), limits)
    root = Part(0, head.body, len(octets))
    part_limits = replace(limits, header_block=_PART_HEADER_BLOCK)
    tree = Tree(octets, limits, part_limits, head, root, {*head.defects, *cut}, 1)
    _describe(tree, root, head, "text/plain")
    return tree


def content(tree: Tree, part: Part, most: int | None = None) -> tuple[bytes, bool]:
    """The decoded octets of a leaf (of its first `most` raw octets), and whether the encoding was whole."""
    end = part.end if most is None else min(part.end, part.start + most)
    raw = memoryview(tree.octets)[part.start : end]
    if part.encoding == "base64":
        octets, whole = base64_octets(raw)
        plain_words = not whole and part.media_type.startswith("text/") and _WORDS.match(raw)
        return (bytes(raw), False) if plain_words else (octets, whole)
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(_BLANKS_AFTER_SOFT_BREAK.sub(b"=", raw)), True
    if part.encoding in ("x-uuencode", "uuencode", "x-uue"):
        return _uudecoded(bytes(raw))
    return bytes(raw), part.encoding in _IDENTITY


def _uudecoded(raw: bytes) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    lines = iter(raw.splitlines())
    if not any(line.startswith(b"begin ") for line in lines):
        return raw, False
    for line in lines:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            return b"".join(pieces), False
    return b"".join(pieces), True


def _describe(tree: Tree, part: Part, block: Block, default: str) -> None:
    """Fill a part from the fields of its header; of repeated fields the first counts."""
    fields: dict[str, bytes] = {}
    for name, value in block.fields:
        if name.startswith("content-") or name == _CLOUD_PART:
            fields.setdefault(name, value)
    main, part.parameters = parameters(raw_text(fields.get("content-type", b""), tree.charset)[0])
    tree.charset = tree.charset or part.parameters.get("charset", "")
    match = _MEDIA_TYPE.match(main)
    part.media_type = match[0] if match else default
    labelled = raw_text(fields.get("content-disposition", b""), tree.charset)[0]
    part.disposition, disposition = parameters(labelled)
    part.label = decode_words(disposition.get("filename") or part.parameters.get("name", ""))[0]
    part.encoding = parameters(raw_text(fields.get("content-transfer-encoding", b""))[0])[0].strip('"')
    part.content_id = one_line(raw_text(fields.get("content-id", b""))[0]).strip("<> ")
    part.elsewhere = _elsewhere(part, raw_text(fields.get(_CLOUD_PART, b""))[0])


def _elsewhere(part: Part, cloud_part: str) -> str:
    """Where the file lies for which a part stands: on a cloud drive, or at a URL (RFC 2017)."""
    if cloud_part:
        return one_line(parameters(cloud_part)[1].get("url", "")).replace(" ", "")
    if part.media_type == "message/external-body" and part.parameters.get("access-type", "").lower() == "url":
        return one_line(part.parameters.get("url", "")).replace(" ", "")
    return ""


def _divide(tree: Tree, part: Part, depth: int) -> None:
    """Find the parts of a multipart; one that cannot be divided is read as plain text."""
    if not part.is_multipart:
        return
    if depth > tree.limits.depth:
        tree.defects.add(Defect.TOO_DEEP)
        return
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    spans = _spans(tree, boundary, part)
    if not spans:
        tree.defects.add(Defect.BAD_MIME)
        spans = _spans(tree, _boundary_seen(tree, part), part)
    if not spans and not part.disposition and part.encoding in _IDENTITY:
        part.media_type = "text/plain"
    default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    for start, end in spans:
        if tree.count >= tree.limits.parts:
            tree.defects.add(Defect.TOO_MANY_PARTS)
            return
        block = header_block(tree.octets, start, end, tree.part_limits)
        tree.defects |= block.defects - {Defect.BARE_CR}
        child = Part(tree.count, block.body, end, around=part.media_type)
        tree.count += 1
        _describe(tree, child, block, default)
        part.children.append(child)
        _divide(tree, child, depth + 1)


def _can_be_opened(tree: Tree, part: Part) -> bool:
    """Whether a part is a message that somebody attached; what a report returns is not for us."""
    plain = part.is_message and part.encoding in _IDENTITY and part.around != "multipart/report"
    return plain and tree.count < tree.limits.parts


def _open(tree: Tree, part: Part) -> Part:
    """The root of an attached message; its parts are numbered after all parts of what is around it."""
    block = header_block(tree.octets, part.start, part.end, tree.part_limits)
    root = part.enclosed = Part(tree.count, block.body, part.end)
    tree.count += 1
    _describe(tree, root, block, "text/plain")
    defects = set(tree.defects)
    _divide(tree, root, 1)
    tree.defects = defects  # how well an attached message is made says nothing of the letter
    return root


def _boundary_seen(tree: Tree, part: Part) -> bytes:
    """The boundary that the first line of a multipart uses, where the header names another or none."""
    line = _FIRST_LINE.match(tree.octets, part.start, part.end)
    return line[1] if line else b""


def _spans(tree: Tree, boundary: bytes, part: Part) -> list[tuple[int, int]]:
    """Where the parts between the delimiter lines lie (RFC 2046, 5.1.1), their last line end left out."""
    octets, needle = tree.octets, b"--" + boundary
    spans: list[tuple[int, int]] = []
    if not boundary:
        return spans
    begin, at = -1, part.start
    for _ in range(50 * tree.limits.parts):
        found = octets.find(needle, at, part.end)
        if found < 0:
            break
        at = found + len(needle)
        if found > part.start and octets[found - 1] != 10:
            continue
        line_end = octets.find(b"\n", at, min(at + _LONGEST_TAIL, part.end)) + 1 or part.end
        rest = octets[at : min(at + _LONGEST_TAIL, line_end)].strip()
        if rest not in (b"", b"--"):
            continue
        if 0 <= begin < found:
            spans.append((begin, max(begin, _before_line_end(octets, found))))
        if rest:
            return spans
        begin = at = line_end
        if len(spans) > tree.limits.parts:
            tree.defects.add(Defect.TOO_MANY_PARTS)
            return spans
    if begin >= 0:
        tree.defects.add(Defect.CUT_SHORT)
        spans.append((begin, part.end))
    return spans


def _before_line_end(octets: bytes, at: int) -> int:
    """The end of what stands before a delimiter line: the line end before it belongs to the delimiter."""
    at -= octets[at - 1 : at] == b"\n"
    return at - (octets[at - 1 : at] == b"\r")
