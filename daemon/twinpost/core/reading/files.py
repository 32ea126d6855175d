"""The files of a message: every leaf that is not its text, named, typed by content, and judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from twinpost.core.model.mail import File
from twinpost.core.model.outgoing import Enclosure
from twinpost.core.reading.body import html_of, is_text
from twinpost.core.reading.charset import one_line
from twinpost.core.reading.kinds import EXTENSIONS, kind_of, picture_size, trouble_of
from twinpost.core.reading.parts import Part, Tree, content

_UNSAFE = re.compile(
    '[<>:"|?*\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]'
)
_LONGEST_NAME = 120

_SIGNATURES = frozenset(
    {
        *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"),
        *(
            "application/pgp-keys",
            "application/pgp-encrypted",
            "text/vcard",
            "text/x-vcard",
            "text/directory",
        ),
    }
)
_REPORTS = frozenset(
    {
        *("message/delivery-status", "message/global-delivery-status", "message/feedback-report"),
        *("message/disposition-notification", "message/global-disposition-notification"),
        *("text/rfc822-headers", "message/global-headers"),
    }
)
_SMALL_PICTURE = 20_000  # octets
_SMALL_BANNER = 150_000
_NARROW = 160  # pixels: no scanned page or photo of a letter is so low


def files_of(tree: Tree) -> tuple[File, ...]:
    """The files in the order of their parts. Decoration is marked `inline`."""
    parts = _file_parts(tree)
    html = html_of(tree) if any(part.content_id for part in parts) else b""
    return tuple(_file(tree, part, number, html) for number, part in enumerate(parts, 1))


def enclosures_of(tree: Tree, wanted: Sequence[int]) -> tuple[Enclosure, ...]:
    """The files with these part numbers, decoded, under the names that `files_of` gives them."""
    found = {}
    for number, part in enumerate(_file_parts(tree), 1):
        if part.index in wanted:
            octets, _ = content(tree, part)
            found[part.index] = Enclosure(_name(part, number, _kind(part, octets)), part.media_type, octets)
    return tuple(found[index] for index in wanted if index in found)


def _file_parts(tree: Tree) -> list[Part]:
    return [part for part in tree.root.walk() if is_file(part)][: tree.limits.files]


def is_file(part: Part) -> bool:
    """Whether a part is a file: a leaf that is neither the message's text nor a report's own machinery."""
    return not part.is_multipart and not is_text(part) and part.media_type not in _REPORTS


def clean_name(label: str) -> str:
    """A file name without folders, control and unseen characters; "" when nothing is left."""
    name = one_line(label).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = " ".join(_UNSAFE.sub("", name).split()).strip(". ") if name.strip(". ") else ""
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        keep = extension[:10] if dot and stem else ""
        name = f"{name[: _LONGEST_NAME - 1 - len(keep)]}.{keep}" if keep else name[:_LONGEST_NAME]
    return name


def _file(tree: Tree, part: Part, number: int, html: bytes) -> File:
    octets, whole = content(tree, part)
    kind = _kind(part, octets)
    trouble = _trouble(part, octets, kind, whole)
    return File(
        part=part.index,
        name=_name(part, number, kind),
        size=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
        kind=kind,
        inline=_is_decoration(part, octets, kind, html),
        trouble=trouble,
        media_type=part.media_type,
    )


def _kind(part: Part, octets: bytes) -> str:
    if octets and part.media_type in ("message/rfc822", "message/global"):
        return "message"
    return kind_of(octets, clean_name(part.label), part.media_type)


def _name(part: Part, number: int, kind: str) -> str:
    return clean_name(part.label) or f"file-{number}.{EXTENSIONS.get(kind, kind)}"


def _trouble(part: Part, octets: bytes, kind: str, whole: bool) -> str:
    if octets and part.around == "multipart/encrypted" and part.media_type != "application/pgp-encrypted":
        return "encrypted"
    if kind == "smime":
        return (
            ""
            if part.parameters.get("smime-type", "").lower() in ("signed-data", "certs-only")
            else "encrypted"
        )
    found = trouble_of(octets, kind)
    # Base64 that breaks off in the middle of a group, where the format itself has no end mark.
    return found or (
        "truncated" if not whole and part.encoding == "base64" and kind in ("unknown", "text") else ""
    )


def _is_decoration(part: Part, octets: bytes, kind: str, html: bytes) -> bool:
    """Whether a part is a signature, a visiting card or a small picture inside the text."""
    if part.media_type in _SIGNATURES or kind == "vcard":
        return True
    if kind == "calendar":
        return part.around == "multipart/alternative"
    if kind not in ("png", "jpeg", "gif", "svg", "bmp", "webp"):
        return False
    shown = bool(part.content_id) and b"cid:" + part.content_id.encode() in html
    placed = (
        shown
        or part.disposition == "inline"
        or (part.around == "multipart/related" and bool(part.content_id))
    )
    return placed and _is_small(octets)


def _is_small(octets: bytes) -> bool:
    if len(octets) < _SMALL_PICTURE:
        return True
    width, height = picture_size(octets)
    return 0 < min(width, height) <= _NARROW and len(octets) < _SMALL_BANNER
