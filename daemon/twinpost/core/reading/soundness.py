"""Whether a file is whole and open, by its content: empty, truncated, encrypted, or nothing of that."""

from __future__ import annotations

from collections.abc import Callable

from twinpost.core.reading import compound
from twinpost.core.reading.archives import Listing, beginning, listing
from twinpost.core.reading.pdf import pdf_trouble
from twinpost.core.reading.pictures import boxes_fit, jpeg_ends, png_ends

_MANIFEST = "META-INF/manifest.xml"
_LOCKED_PAGES = ".iwpv2"  # Apple's programs put the test of the password into a member of its own
_LARGEST_MANIFEST = 64 * 1024
_7Z_HEADER = 32


def trouble_of(content: bytes, kind: str) -> str:
    """What is wrong with the content itself: "", empty, truncated or encrypted."""
    if not content:
        return "empty"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_trouble(content)
    if content.startswith(compound.SIGNATURE):
        return compound.compound_trouble(content)
    if kind in _CHECKS:
        return _CHECKS[kind](content)
    return "encrypted" if content.startswith(b"-----BEGIN PGP MESSAGE") else ""


def _ends(check: Callable[[bytes], bool]) -> Callable[[bytes], str]:
    return lambda content: "" if check(content) else "truncated"


def _7z_ends(content: bytes) -> bool:
    """Whether the file reaches as far as its first header says (7zFormat.txt, StartHeader)."""
    place, size = (int.from_bytes(content[at : at + 8], "little") for at in (12, 20))
    return _7Z_HEADER + place + size <= len(content)


def _zip_trouble(content: bytes) -> str:
    found = listing(content)
    if found is None:
        return "truncated"
    locked = any(member.locked or member.name.endswith(_LOCKED_PAGES) for member in found.members)
    return "encrypted" if locked or _manifest_says_so(content, found) else ""


def _manifest_says_so(content: bytes, found: Listing) -> bool:
    """Whether an OpenDocument file is locked: its manifest tells, its members look open."""
    manifest = next((member for member in found.members if member.name == _MANIFEST), None)
    return manifest is not None and b":encryption-data" in beginning(content, manifest, _LARGEST_MANIFEST)


_CHECKS: dict[str, Callable[[bytes], str]] = {
    "pdf": pdf_trouble,
    "jpeg": _ends(jpeg_ends),
    "png": _ends(png_ends),
    "7z": _ends(_7z_ends),
    **dict.fromkeys(("mp4", "mov", "heic", "m4a", "avif", "3gp"), _ends(boxes_fit)),
}
