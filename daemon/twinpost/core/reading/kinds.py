"""What a file is, by its content; its label is asked where nothing else tells."""

from __future__ import annotations

import filetype

from twinpost.core.reading import compound, tnef
from twinpost.core.reading.archives import listing

_HEAD = 8192

# Offset, octets, kind: what filetype does not know, or knows by another name.
_MAGIC = (
    (0, tnef.SIGNATURE, "winmail"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"%PDF-", "pdf"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, compound.SIGNATURE, "ole"),
    (0, b"MZ", "exe"),
    (0, b"\x7fELF", "exe"),
    (0, b"\xcf\xfa\xed\xfe", "exe"),
    (0, b"\xca\xfe\xba\xbe", "exe"),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", "exe"),  # a Windows shortcut
    (0, b"#!AMR", "amr"),
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
    (4, b"ftypM4B", "m4a"),
    (4, b"ftyp3g", "3gp"),
    (4, b"ftyp", "mp4"),
    (4, b"moov", "mov"),
    (4, b"wide", "mov"),
    (0, b"caff", "caf"),
    (28, b"OpusHead", "opus"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "one"),
    (0, b"AT&TFORM", "djvu"),
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
_ZIPPED = _IWORK | _OFFICE | frozenset(_BY_MIMETYPE.values())
"""Kinds that are zip archives; where such a file breaks off, only its name still tells."""
_FOLDERS = frozenset({*_IWORK, "rtfd"})
"""What a Mac keeps as a folder and packs into an archive on its way into a mail."""

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
    "unknown": "bin", "empty": "bin", "office": "bin", "smime": "p7m", "pgp": "asc", "rtfd": "zip",
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


def _by_magic(content: bytes) -> str:
    for offset, magic, kind in _MAGIC:
        if content.startswith(magic, offset):
            return kind
    return "pdf" if content.find(b"%PDF-", 0, 1024) > 0 else ""


def _by_library(content: bytes) -> str:
    if content.startswith(b"bplist00") and b"WebMainResource" in content[:_HEAD]:
        return "webarchive"
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
    found = listing(content)
    if found is None:
        return extension if extension in _ZIPPED else "zip"
    if folder := _folder(found.names):
        return folder
    for begin, kind in _ZIP_KINDS:
        if any(name.startswith(begin) for name in found.names):
            # Apple's three programs write like archives; only the name tells them apart for certain.
            return extension if kind in _IWORK and extension in _IWORK else kind
    return "zip"


def _folder(names: tuple[str, ...]) -> str:
    """The kind of the one folder that is all that an archive holds; "" when it is none."""
    tops = {name.partition("/")[0] for name in names if not name.startswith("__MACOSX/")}
    ending = next(iter(tops)).rpartition(".")[2].lower() if len(tops) == 1 else ""
    return ending if ending in _FOLDERS and all("/" in name for name in names) else ""


def _ole_kind(content: bytes, extension: str) -> str:
    kind = compound.kind_by_streams(content)
    if kind:
        return extension if kind == "office" and extension in _OFFICE else kind
    return "exe" if extension == "msi" else extension if extension in ("doc", "xls", "ppt") else "unknown"
