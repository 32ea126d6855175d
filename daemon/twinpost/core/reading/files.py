"""The files of a message: every leaf that is not its text, named, typed by content, and judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from twinpost.core.model.mail import File
from twinpost.core.model.outgoing import Enclosure
from twinpost.core.reading.body import html_of, is_text
from twinpost.core.reading.file_names import clean_name
from twinpost.core.reading.inside import held
from twinpost.core.reading.kinds import EXTENSIONS, kind_of
from twinpost.core.reading.ornament import Page, is_left_over, is_ornament, page_of
from twinpost.core.reading.parts import Part, Tree, content
from twinpost.core.reading.soundness import trouble_of
from twinpost.core.reading.tnef import packed_files

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
_PICTURES = frozenset({"png", "jpeg", "gif", "svg", "bmp", "webp"})


def files_of(tree: Tree) -> tuple[File, ...]:
    """The files in the order of their parts. Decoration is marked `inline`."""
    parts = _file_parts(tree)
    page = page_of(html_of(tree)) if any(part.content_id for part in parts) else Page()
    return tuple(_file(tree, part, number, page) for number, part in enumerate(parts, 1))


def enclosures_of(tree: Tree, wanted: Sequence[int]) -> tuple[Enclosure, ...]:
    """The files with these part numbers, decoded, under the names that `files_of` gives them."""
    found = {}
    for number, part in enumerate(_file_parts(tree), 1):
        if part.index in wanted:
            octets, _ = content(tree, part)
            found[part.index] = Enclosure(_name(part, number, _kind(part, octets)), part.media_type, octets)
    return tuple(found[index] for index in wanted if index in found)


def _file_parts(tree: Tree) -> list[Part]:
    return list(islice(_files_below(tree.root), tree.limits.files))


def _files_below(root: Part) -> Iterator[Part]:
    """The files of a message; an attached message stands for the files in it, if there are any."""
    for part in root.walk():
        inside = list(_files_below(part.enclosed)) if part.enclosed else []
        if inside:
            yield from inside
        elif is_file(part):
            yield part


def is_file(part: Part) -> bool:
    """Whether a part is a file: a leaf, and no text of the message, no report's machinery, no mere link."""
    return (
        not part.is_multipart and not is_text(part) and not part.elsewhere and part.media_type not in _REPORTS
    )


def _file(tree: Tree, part: Part, number: int, page: Page) -> File:
    octets, whole = content(tree, part)
    kind = _kind(part, octets)
    name = _name(part, number, kind)
    trouble = _trouble(part, octets, kind, whole)
    inside = held(octets, kind)
    return File(
        part=part.index,
        name=name,
        size=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
        kind=kind,
        inline=_is_decoration(part, octets, kind, name, page),
        trouble=trouble,
        media_type=part.media_type,
        holds=inside.count,
        inside=inside.names,
    )


def _kind(part: Part, octets: bytes) -> str:
    if octets and part.is_message:
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


def _is_decoration(part: Part, octets: bytes, kind: str, name: str, page: Page) -> bool:
    """Whether a part is a signature, a visiting card, a picture for show, or packing with nothing in it."""
    if part.media_type in _SIGNATURES or kind == "vcard":
        return True
    if kind == "calendar":
        return part.around == "multipart/alternative"
    if kind == "winmail":
        return packed_files(octets) == ([], True)
    if kind in ("text", "html"):
        return is_left_over(octets, name)
    if part.media_type == "application/applefile":  # a Mac's resource fork, beside the file itself
        return part.around == "multipart/appledouble"
    if kind not in _PICTURES:
        return False
    shown = page.pictures.get(part.content_id.encode()) if part.content_id else None
    related = part.around == "multipart/related" and bool(part.content_id)
    return is_ornament(octets, bool(shown) or part.disposition == "inline" or related, shown)
