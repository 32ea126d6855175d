"""What a file is and whether it is whole, by its content; its label is asked where nothing else tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

import filetype

_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s{1,5}\d{1,10}\s{1,5}\d{1,10}\s{1,5}R")
_HEAD = 8192
_TAIL = 4096
_MOST_MEMBERS = 1000
_MOST_BOXES = 200
_MOST_SEGMENTS = 2000
_FILL = 64  # fill octets before a marker (ISO 10918-1, B.1.1.2); nobody writes more

# Offset, octets, kind: what filetype does not know, or knows by another name.
_MAGIC = (
    (0, b"\x78\x9f\x3e\x22", "winmail"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"%PDF-", "pdf"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"MZ", "exe"),
    (0, b"\x7fELF", "exe"),
    (0, b"\xcf\xfa\xed\xfe", "exe"),
    (0, b"\xca\xfe\xba\xbe", "exe"),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", "exe"),  # a Windows shortcut
    (0, b"#!", "exe"),
    (0, b"{\\rtf", "rtf"),
    (4, b"ftypheic", "heic"),
    (4, b"ftypheix", "heic"),
    (4, b"ftypheim", "heic"),
    (4, b"ftypheis", "heic"),
    (4, b"ftyphevc", "heic"),
    (4, b"ftypmif1", "heic"),
    (4, b"ftypmsf1", "heic"),
    (4, b"ftypavif", "avif"),
    (4, b"ftypqt", "mov"),
    (4, b"ftypM4A", "m4a"),
    (4, b"ftyp3g", "3gp"),
    (4, b"ftyp", "mp4"),
    (4, b"moov", "mov"),
)
_RENAMED = {"jpg": "jpeg", "tif": "tiff", "Z": "unknown", "elf": "exe", "ogg": "ogg"}

# A member of a zip archive whose name begins so, and what the archive then is.
_ZIP_KINDS = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("AndroidManifest.xml", "exe"),
    ("META-INF/MANIFEST.MF", "exe"),
    ("index.apxl", "key"),
    ("Index/Slide", "key"),
    ("Index/MasterSlide", "key"),
    ("Index/Document.iwa", "pages"),
    ("Index.zip", "pages"),
    ("index.xml", "pages"),
)
_BY_MIMETYPE = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odg",
    b"application/epub+zip": "epub",
}
_IWORK = frozenset({"pages", "numbers", "key"})
_OFFICE = frozenset({"docx", "xlsx", "pptx"})
_OLE_KINDS = (  # names of streams in a compound file, in UTF-16
    ("EncryptedPackage", "office"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
    ("MSysObjects", "exe"),
)

# How a text begins, in lower case, and what it then is.
_TEXT_KINDS = (
    (b"begin:vcalendar", "calendar"),
    (b"begin:vcard", "vcard"),
    (b"<svg", "svg"),
    (b"<!doctype html", "html"),
    (b"<html", "html"),
    (b"<head", "html"),
    (b"<body", "html"),
    (b"{\\rtf", "rtf"),
    (b"-----begin pgp", "pgp"),
)
_SCRIPTS = frozenset(
    {"bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "scr", "pif", "reg", "sh"}
)
_BY_TYPE = {
    "text/html": "html",
    "text/csv": "csv",
    "text/calendar": "calendar",
    "message/rfc822": "message",
    "message/global": "message",
}
_BY_EXTENSION = {
    "csv": "csv",
    "html": "html",
    "htm": "html",
    "ics": "calendar",
    "eml": "message",
    "md": "text",
}

EXTENSIONS = {
    "jpeg": "jpg", "text": "txt", "calendar": "ics", "message": "eml", "vcard": "vcf", "winmail": "dat",
    "unknown": "bin", "empty": "bin", "office": "bin", "smime": "p7m", "pgp": "asc",
}  # fmt: skip
"""The file extension for a kind, where it is not the kind itself."""


def kind_of(content: bytes, name: str = "", media_type: str = "") -> str:
    """The kind of a file: pdf, jpeg, docx, zip, text, exe, empty, unknown …"""
    if not content:
        return "empty"
    if media_type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return "smime"
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    kind = _by_magic(content)
    if kind == "zip":
        return _zip_kind(content, extension)
    if kind == "ole":
        return _ole_kind(content, extension)
    return kind or _text_kind(content, extension, media_type) or _by_library(content)


def trouble_of(content: bytes, kind: str) -> str:
    """What is wrong with the content itself: "", empty, truncated or encrypted."""
    if not content:
        return "empty"
    if kind == "pdf":
        return _pdf_trouble(content)
    if kind == "jpeg":
        return "" if _jpeg_ends(content) else "truncated"
    if kind == "png":
        return "" if content.rfind(b"IEND") > 0 else "truncated"
    if kind in ("mp4", "mov", "heic", "m4a", "avif", "3gp"):
        return "" if _boxes_fit(content) else "truncated"
    if content.startswith(b"PK\x03\x04"):
        return _zip_trouble(content)
    if kind == "office" or (kind in _OFFICE and content.startswith(b"\xd0\xcf")):
        return "encrypted"
    return "encrypted" if content.startswith(b"-----BEGIN PGP MESSAGE") else ""


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, GIF or JPEG; (0, 0) when they cannot be told."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    if content.startswith(b"\xff\xd8"):
        for marker, start, _ in _jpeg_segments(content):
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and start + 7 <= len(content):
                return (
                    int.from_bytes(content[start + 5 : start + 7], "big"),
                    int.from_bytes(content[start + 3 : start + 5], "big"),
                )
    return 0, 0


def _by_magic(content: bytes) -> str:
    for offset, magic, kind in _MAGIC:
        if content.startswith(magic, offset):
            return kind
    return "pdf" if content.find(b"%PDF-", 0, 1024) > 0 else ""


def _by_library(content: bytes) -> str:
    found = filetype.guess(content[:_HEAD])
    return _RENAMED.get(found.extension, found.extension) if found else "unknown"


def _text_kind(content: bytes, extension: str, media_type: str) -> str:
    """The kind of a text; "" for what is none."""
    head = content[:_HEAD]
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if extension in _SCRIPTS:
        return "exe"
    if sum(octet < 32 and octet not in b"\t\n\r\f\x1b" for octet in head) > len(head) // 100:
        return ""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for begin, kind in _TEXT_KINDS:
        if start.startswith(begin):
            return kind
    if start.startswith((b"<?xml", b"<!--", b"<!doctype")):
        return "svg" if b"<svg" in start else "html" if b"<html" in start else "xml"
    labelled = _BY_TYPE.get(media_type) or _BY_EXTENSION.get(extension)
    if labelled:
        return labelled
    # Without a label only what reads as a text throughout is one: some formats begin with plain letters.
    return "text" if media_type.startswith("text/") or _reads_as_text(head) else ""


def _reads_as_text(head: bytes) -> bool:
    try:
        head[: len(head) - 3 if len(head) == _HEAD else None].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _zip_kind(content: bytes, extension: str) -> str:
    stored = content[30:120]
    if stored.startswith(b"mimetypeapplication/"):
        # Longest first: "text" begins "text-template" too, and either is fine to say odt.
        for mimetype, kind in _BY_MIMETYPE.items():
            if stored.startswith(b"mimetype" + mimetype):
                return kind
    members = [name for name, _ in _members(content)]
    for begin, kind in _ZIP_KINDS:
        if any(name.startswith(begin) for name in members):
            # Apple's three programs write like archives; only the name tells them apart for certain.
            return extension if kind in _IWORK and extension in _IWORK else kind
    return "zip"


def _members(content: bytes) -> Iterator[tuple[str, int]]:
    """Names and flags from a zip archive's central directory, the first thousand (APPNOTE 4.3.12)."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if end < 0:
        return
    at = int.from_bytes(content[end + 16 : end + 20], "little")
    for _ in range(_MOST_MEMBERS):
        if not content.startswith(b"PK\x01\x02", at):
            return
        flags = int.from_bytes(content[at + 8 : at + 10], "little")
        lengths = [int.from_bytes(content[at + place : at + place + 2], "little") for place in (28, 30, 32)]
        yield content[at + 46 : at + 46 + lengths[0]].decode("utf-8", "replace"), flags
        at += 46 + sum(lengths)


def _zip_trouble(content: bytes) -> str:
    if content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557)) < 0:
        return "truncated"
    return "encrypted" if any(flags & 1 for _, flags in _members(content)) else ""


def _ole_kind(content: bytes, extension: str) -> str:
    for stream, kind in _OLE_KINDS:
        if stream.encode("utf-16-le") in content:
            return extension if kind == "office" and extension in _OFFICE else kind
    return "exe" if extension == "msi" else extension if extension in ("doc", "xls", "ppt") else "unknown"


def _pdf_trouble(content: bytes) -> str:
    if content.rfind(b"%%EOF", max(0, len(content) - _TAIL)) < 0:
        return "truncated"
    return "encrypted" if _ENCRYPTED_PDF.search(content) else ""


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start of the length field and end of each segment up to the first scan."""
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


def _jpeg_ends(content: bytes) -> bool:
    """Whether an end mark follows the picture itself: the small preview in front has its own."""
    after_header = max((end for _, _, end in _jpeg_segments(content)), default=2)
    return content.find(b"\xff\xd9", after_header) >= 0


def _boxes_fit(content: bytes) -> bool:
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
