"""Which parts of a mail are ornament: logos, icons, counting pixels, visiting cards, left-over text.

A picture that stands in the text may be the letter itself. It is ornament only where its size, the
place that the page gives it, or the signature around it says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from twinpost.core.reading.pictures import picture_size

_PIXEL = 3  # pixels: such a picture counts readers
_NARROW = 160  # no scanned page or photo of a letter is so low
_MODEST = 250
_SIGNED = 400  # the shorter side of a logo in a signature
_SMALL = 20_000  # octets
_BANNER = 150_000
_LOGO = 400_000  # of a logo that the page shows small
_SHOWN_LOW, _SHOWN_WIDE = 100, 300  # pixels on the page

_IMAGE = re.compile(rb"<img\b([^<>]{0,4000}+)", re.IGNORECASE)
_CID = re.compile(rb"src\s{0,5}=\s{0,5}[\"']?cid:([^\"'\s<>]{1,200})", re.IGNORECASE)
_SIDE = re.compile(
    rb"(?<![\w-])(width|height)\s{0,3}[=:]\s{0,3}[\"']?(\d{1,5}(?:\.\d{1,4})?)(px|in|pt|cm|%)?", re.IGNORECASE
)
_PIXELS = {b"": 1.0, b"px": 1.0, b"in": 96.0, b"pt": 96 / 72, b"cm": 96 / 2.54}
_SIGNATURE = re.compile(
    rb"gmail_signature|moz-signature|ms-outlook-mobile-signature|AppleMailSignature|_MailAutoSig"
    rb"|(?:id|class)\s{0,3}=\s{0,3}[\"']?(?:x_)?signature\b"
    rb"|(?P<quote>gmail_quote|moz-cite-prefix|type\s{0,3}=\s{0,3}[\"']?cite|divRplyFwdMsg|appendonsend)",
    re.IGNORECASE,
)
_MOST_IMAGES = 1000
_LEFT_OVER = re.compile(r"ATT\d{3,6}(?:-\d{1,3})?\.(?:txt|htm|html)", re.IGNORECASE)
"""Pieces of text that Exchange makes files of."""
_LONGEST_LEFT_OVER = 4000  # octets
_TAGS = re.compile(rb"<[^<>]{0,2000}+>")
_LONGEST_WORDS = 200  # "Sent from my iPhone", and no letter


@dataclass(frozen=True, slots=True)
class Shown:
    """How the page shows one picture: width and height in pixels (0: not said), in the signature or not."""

    width: float = 0
    height: float = 0
    signed: bool = False

    @property
    def small(self) -> bool:
        return 0 < self.height <= _SHOWN_LOW and self.width <= _SHOWN_WIDE


@dataclass(frozen=True, slots=True)
class Page:
    """The pictures that a message's HTML shows, by Content-ID."""

    pictures: dict[bytes, Shown] = field(default_factory=dict)


def page_of(html: bytes) -> Page:
    """What the HTML says of the pictures in it."""
    marks = [(mark.start(), not mark["quote"]) for mark in islice(_SIGNATURE.finditer(html), _MOST_IMAGES)]
    pictures: dict[bytes, Shown] = {}
    signed, passed = False, 0
    for image in islice(_IMAGE.finditer(html), _MOST_IMAGES):
        while passed < len(marks) and marks[passed][0] < image.start():
            signed = marks[passed][1]
            passed += 1
        if cid := _CID.search(image[1]):
            pictures.setdefault(cid[1].replace(b"&amp;", b"&"), _shown(image[1], signed))
    return Page(pictures)


def is_ornament(octets: bytes, placed: bool, shown: Shown | None) -> bool:
    """Whether a picture is ornament. `placed`: it stands inside the text, `shown` how, if that is known."""
    short, long = sorted(picture_size(octets))
    if 0 < long <= _PIXEL:
        return True
    if not placed or not octets:
        return False
    if shown and shown.small and len(octets) < _LOGO:
        return True
    if not short:
        return len(octets) < _SMALL
    if len(octets) >= _BANNER:
        return False
    signed = shown is not None and shown.signed and short <= _SIGNED
    return short <= _NARROW or signed or (len(octets) < _SMALL and short <= _MODEST)


def is_left_over(octets: bytes, name: str) -> bool:
    """Whether a text is what Exchange cut off a mail's own text, and says next to nothing."""
    if not _LEFT_OVER.fullmatch(name) or len(octets) > _LONGEST_LEFT_OVER:
        return False
    return len(b" ".join(_TAGS.sub(b" ", octets).split())) <= _LONGEST_WORDS


def _shown(attributes: bytes, signed: bool) -> Shown:
    sides: dict[bytes, float] = {}
    for side in islice(_SIDE.finditer(attributes), 20):
        unit = (side[3] or b"").lower()
        if unit in _PIXELS:
            sides.setdefault(side[1].lower(), float(side[2]) * _PIXELS[unit])
    return Shown(sides.get(b"width", 0), sides.get(b"height", 0), signed)
