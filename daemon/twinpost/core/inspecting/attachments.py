"""Good order: what the receiver cannot use of a letter's files, told once per kind of trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from twinpost.core.model.finding import Finding
from twinpost.core.model.mail import File

NEEDS_APP = frozenset(
    {"heic", "heif", "pages", "numbers", "key", "keynote", "pub", "publisher", "one", "webarchive"}
)
"""Kinds that only one maker's program opens."""

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

    `files` without decoration; `opens` the kinds that every receiving class can open although many
    cannot; `before` the hash of each file of another letter; `size` the octets of the mail that would be
    passed on, `largest_mail` what a mail may have.
    """

    files: tuple[File, ...]
    links: tuple[str, ...] = ()
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
    one = "{name} can be opened by Outlook only: what was attached is packed inside it."
    yield from _about("winmail", files, one, "{count} winmail.dat files can be opened by Outlook only.")


def _needs_app(contents: Contents) -> Iterator[Finding]:
    hard = [file for file in contents.files if file.kind in NEEDS_APP - contents.opens]
    for kind in sorted({file.kind for file in hard}):
        files = [file for file in hard if file.kind == kind]
        one, several = "{name} needs a special program.", "{count} files need a special program."
        yield from _about("needs-app", files, one, several, about=kind)


def _executable(contents: Contents) -> Iterator[Finding]:
    files = [file for file in contents.files if _is_program(file)]
    yield from _about("executable", files, "{name} is a program.", "{count} files are programs.")


def _is_program(file: File) -> bool:
    return file.kind in PROGRAMS or file.name.rpartition(".")[2].casefold() in PROGRAM_ENDINGS


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
    """A whole class's letters in one file: named as what it is, no trouble."""
    if len(contents.files) != 1 or contents.links:
        return
    (file,) = contents.files
    if file.kind == "pdf":
        yield from _about("single-scan", [file], "The letters are one PDF, {name}.", "")
    if file.kind in ARCHIVES:
        yield from _about("archive", [file], "The letters are packed in one archive, {name}.", "")


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
    _as_one,
    _no_files,
)
"""In the order in which they are told."""
