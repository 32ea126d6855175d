"""Good order: what the receiver cannot use of a letter's files, told once per kind of trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from twinpost.core.model.finding import Finding
from twinpost.core.model.live_photo import films
from twinpost.core.model.mail import File

NEEDS_APP = frozenset(
    {"heic", "heif", "pages", "numbers", "key", "keynote", "pub", "publisher", "one", "webarchive"}
    | {"rtfd", "msg", "vsd", "djvu", "amr", "opus", "caf", "3gp"}
)
"""Kinds that only one maker's program opens, or that ordinary computers do not play."""

ARCHIVES = frozenset({"zip", "rar", "7z", "tar", "gz", "gzip", "bz2", "xz"})

PROGRAMS = frozenset({"exe", "dll", "msi", "apk", "elf", "macho", "jar", "bat", "sh", "lnk", "script"})
PROGRAM_ENDINGS = frozenset(
    {"exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "jar", "js", "jse", "vbs", "vbe", "wsf", "wsh"}
    | {"hta", "ps1", "lnk", "apk", "app", "dmg", "reg", "cpl"}
)
"""Endings of names that a school's mail server would hold back, whatever the file contains."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a letter consists of, and what its receivers can use.

    `files` without decoration; `links_until` the day from which a link may lead nowhere; `opens` the kinds
    that every receiving class can open although many cannot; `before` the hash of each file of another
    letter; `size` the octets of the mail that would be passed on, `largest_mail` what a mail may have.
    """

    files: tuple[File, ...]
    links: tuple[str, ...] = ()
    links_until: date | None = None
    opens: frozenset[str] = frozenset()
    before: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    largest_mail: int = 25_000_000


def good_order(contents: Contents, told: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """One finding per kind of trouble, in a fixed order; codes in `told` are passed over."""
    found = (finding for check in CHECKS for finding in check(contents))
    return tuple(finding for finding in found if finding.code not in told)


def _about(code: str, files: list[File], one: str, several: str, about: str = "") -> Iterator[Finding]:
    """A finding about files, when there are any: `one` is filled with the name, `several` with the count."""
    if not files:
        return
    count = len(files)
    text = one.format(name=files[0].name) if count == 1 else several.format(count=count)
    yield Finding(code, about or files[0].name, text, count, tuple(file.name for file in files))


def _empty(contents: Contents) -> Iterator[Finding]:
    files = [file for file in contents.files if file.trouble == "empty" or file.size == 0]
    yield from _about("empty-file", files, "{name} is empty.", "{count} files are empty.")


def _truncated(contents: Contents) -> Iterator[Finding]:
    files = [file for file in contents.files if file.trouble == "truncated" and file.size]
    yield from _about("truncated", files, "{name} breaks off.", "{count} files break off.")


def _winmail(contents: Contents) -> Iterator[Finding]:
    files = [file for file in contents.files if file.kind == "winmail"]
    if not files:
        return
    locked = tuple(name for file in files for name in file.inside)
    text = f"Packed by Outlook into {files[0].name}: {', '.join(locked) or 'nobody can tell what'}."
    yield Finding("winmail", "inside" if locked else "", text, len(locked) or len(files), locked)


def _needs_app(contents: Contents) -> Iterator[Finding]:
    hard = [(name, kind) for name, kind in _each(contents.files) if kind in NEEDS_APP - contents.opens]
    for kind in sorted({kind for _, kind in hard}):
        names = tuple(name for name, its in hard if its == kind)
        text = f"{_counted(names)} a special program to open: {kind}."
        yield Finding("needs-app", kind, text, len(names), names)


def _executable(contents: Contents) -> Iterator[Finding]:
    names = tuple(
        name for name, kind in _each(contents.files) if kind in PROGRAMS or _ending(name) in PROGRAM_ENDINGS
    )
    if names:
        text = f"{names[0]} is a program." if len(names) == 1 else f"{len(names)} files are programs."
        yield Finding("executable", names[0], text, len(names), names)


def _counted(names: tuple[str, ...]) -> str:
    return f"{names[0]} needs" if len(names) == 1 else f"{len(names)} files need"


def _each(files: tuple[File, ...]) -> Iterator[tuple[str, str]]:
    """Name and kind of every file, and of those in an archive, whose ending is all that is known of them."""
    for file in files:
        yield file.name, file.kind
        if file.kind == "zip":
            yield from ((name, _ending(name)) for name in file.inside)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].casefold()


def _encrypted(contents: Contents) -> Iterator[Finding]:
    files = [file for file in contents.files if file.trouble == "encrypted"]
    yield from _about("encrypted", files, "{name} needs a password.", "{count} files need a password.")


def _too_large(contents: Contents) -> Iterator[Finding]:
    if contents.size > contents.largest_mail:
        text = f"The mail has {contents.size} octets, more than the {contents.largest_mail} of a mail."
        yield Finding("too-large", str(contents.size), text)


def _duplicate(contents: Contents) -> Iterator[Finding]:
    files = [file for file in contents.files if file.sha256 in contents.before and file.size]
    several = "{count} files came with an earlier letter already."
    yield from _about("duplicate", files, "{name} came with an earlier letter already.", several)


def _as_one(contents: Contents) -> Iterator[Finding]:
    """A whole class's letters in one file: named as what it is, with what it holds, no trouble."""
    if len(contents.files) != 1 or contents.links:
        return
    (file,) = contents.files
    about, count = (str(file.holds), file.holds) if file.holds else ("", 1)
    if file.kind == "pdf" and not file.trouble:
        text = f"The letters are one PDF, {file.name}{f', with {about} pages' if about else ''}."
        yield Finding("single-scan", about, text, count, (file.name,))
    if file.kind in ARCHIVES and not file.trouble:
        text = (
            f"The letters are packed in one archive, {file.name}{f', with {about} files' if about else ''}."
        )
        yield Finding("archive", about, text, count, (file.name,))


def _live_photos(contents: Contents) -> Iterator[Finding]:
    files = [contents.files[at] for at in films(contents.files)]
    several = "{count} Live Photos: each picture and its film count as one."
    yield from _about("live-photo", files, "{name} is a Live Photo: picture and film count as one.", several)


def _cloud_links(contents: Contents) -> Iterator[Finding]:
    """Links in place of files: whoever gets them must be allowed in, and in time."""
    if not contents.links:
        return
    until = contents.links_until.isoformat() if contents.links_until else ""
    text = f"Files lie on a cloud drive{f' until {until}' if until else ''}: the partner may need access."
    yield Finding("cloud-link", until, text, len(contents.links))


def _no_files(contents: Contents) -> Iterator[Finding]:
    if not contents.files and not contents.links:
        yield Finding("no-files", text="No file is attached: the letter stands in the mail's text.")


CHECKS: tuple[Callable[[Contents], Iterator[Finding]], ...] = (
    _empty,
    _truncated,
    _winmail,
    _needs_app,
    _executable,
    _encrypted,
    _too_large,
    _duplicate,
    _cloud_links,
    _live_photos,
    _as_one,
    _no_files,
)
"""In the order in which they are told."""
