"""Pictures and films by their outer form: how large they are, and whether their end is there."""

from __future__ import annotations

from collections.abc import Iterator

_MOST_BOXES = 200
_MOST_SEGMENTS = 2000
_FILL = 64  # fill octets before a marker (ISO 10918-1, B.1.1.2); nobody writes more


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, GIF, BMP or JPEG; (0, 0) when they cannot be told."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    if content.startswith(b"BM") and len(content) >= 26:
        sides = (int.from_bytes(content[at : at + 4], "little", signed=True) for at in (18, 22))
        return abs(next(sides)), abs(next(sides))
    if content.startswith(b"\xff\xd8"):
        for marker, start, _ in _segments(content):
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and start + 7 <= len(content):
                return (
                    int.from_bytes(content[start + 5 : start + 7], "big"),
                    int.from_bytes(content[start + 3 : start + 5], "big"),
                )
    return 0, 0


def jpeg_ends(content: bytes) -> bool:
    """Whether an end mark follows the picture itself: the small preview in front has its own."""
    after_header = max((end for _, _, end in _segments(content)), default=2)
    return content.find(b"\xff\xd9", after_header) >= 0


def png_ends(content: bytes) -> bool:
    """Whether the last chunk is there (PNG, 11.2.5)."""
    return content.rfind(b"IEND") > 0


def boxes_fit(content: bytes) -> bool:
    """Whether the boxes of an ISO media file (ISO 14496-12, 4.2) end where the file ends."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(content):
            break
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        if size < 8:  # 0: up to the end of the file
            return True
        at += size
    return at <= len(content)


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start of the length field and end of each segment of a JPEG up to the first scan."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        at += max(0, len(content[at : at + _FILL]) - len(content[at : at + _FILL].lstrip(b"\xff")) - 1)
        if not content.startswith(b"\xff", at) or at + 4 > len(content):
            return
        marker = content[at + 1]
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        yield marker, at + 2, end
        if marker == 0xDA:
            return
        at = end
