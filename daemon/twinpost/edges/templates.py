"""Notices put into words: one Markdown source per mail and language, one layout for all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import structlog
from jinja2 import Template

from twinpost.core.model.notice import Bundle, FollowUp, Notice
from twinpost.core.model.outgoing import RenderedMail
from twinpost.core.model.people import Person
from twinpost.edges.language import DIGEST, FOLLOW_UPS, Language
from twinpost.edges.template_text import compiled, environment
from twinpost.errors import ConfigError, Problem

FALLBACK = "en"
MOST_FILES = 40
"""How many files a mail names one by one."""

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_log = structlog.get_logger(__name__)


class Templates:
    """The shipped templates under the admin's own, which replace them file by file.

    `address` is the shared address and `house` its name, as mails show them. A template is compiled
    when it is first used.
    """

    def __init__(
        self, shipped: Path, own: Path | None = None, *, address: str = "", house: str = "twinpost"
    ) -> None:
        common = {"box": address, "house": house, "most_files": MOST_FILES}
        self._shipped = _Shelf((shipped,), common)
        self._own = _Shelf((own, shipped), common) if own else None

    def render(self, notice: Notice, to: Person, language: str) -> RenderedMail:
        """The mail in the reader's language, or in English where it has no such template.

        A template of the admin's that fails is passed over, with a line in the log: a receipt must
        not wait for its repair.
        """
        if self._own:
            try:
                return self._own.render(notice, to, language)
            except Exception as error:  # whatever somebody's template gets wrong
                _log.warning("own template failed", notice=notice.name, language=language, error=str(error))
        return self._shipped.render(notice, to, language)

    def line(self, notice: FollowUp, to: Person, language: str) -> str:
        """A follow-up as one line of the weekly digest, plain text; one of the admin's may fail as above."""
        if self._own:
            try:
                return self._own.line(notice, to, language)
            except Exception as error:  # whatever somebody's template gets wrong
                _log.warning("own template failed", notice=notice.name, language=language, error=str(error))
        return self._shipped.line(notice, to, language)

    def follow_ups(self) -> frozenset[str]:
        """The texts that a rule may `send`; each needs an English one."""
        return (self._own or self._shipped).names(FOLLOW_UPS)

    def digest_lines(self) -> frozenset[str]:
        """The lines that a rule may add to the `digest`."""
        return (self._own or self._shipped).names(DIGEST)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that keeps a template from being compiled, for `check` and at start."""
        return tuple((self._own or self._shipped).problems())


class _Shelf:
    """The languages found in some folders, the first folder first."""

    def __init__(self, folders: Sequence[Path], common: Mapping[str, object]) -> None:
        self._folders = folders
        self._common = common
        self._languages: dict[str, Language] = {}

    def render(self, notice: Notice, to: Person, language: str) -> RenderedMail:
        if isinstance(notice, FollowUp):
            notice = Bundle((notice,))
        needed = [notice.name]
        if isinstance(notice, Bundle):
            needed += [f"{FOLLOW_UPS}/{item.name}" for item in notice.items]
        speaker = self._speaker(needed, language)
        facts = self._facts(notice, to)
        if isinstance(notice, Bundle):
            facts["items"] = [speaker.section(item.name, self._facts(item, to)) for item in notice.items]
        return speaker.render(notice.name, self._layout, facts)

    def line(self, notice: FollowUp, to: Person, language: str) -> str:
        speaker = self._speaker([f"{DIGEST}/{notice.name}"], language)
        return speaker.line(notice.name, self._facts(notice, to))

    def names(self, folder: str) -> frozenset[str]:
        return self._language(FALLBACK).names(folder)

    def _facts(self, notice: Notice, to: Person) -> dict[str, object]:
        facts = {field.name: getattr(notice, field.name) for field in fields(notice)}
        return {**self._common, **facts, "reader": to.name}

    def problems(self) -> Iterable[Problem]:
        codes = {place.name for folder in self._folders for place in folder.glob("*") if place.is_dir()}
        for code in sorted(code for code in codes if _LANGUAGE.fullmatch(code)):
            yield from self._language(code).problems()
        try:
            _ = self._layout
        except ConfigError as error:
            yield from error.problems

    def _speaker(self, names: Sequence[str], language: str) -> Language:
        """The first language that has these texts and its own words, so that no mail is of two languages."""
        match = _LANGUAGE.fullmatch(language)
        for code in (match.group(0), match.group(1)) if match else ():
            known = self._language(code.lower().replace("_", "-"))
            if known.has_words and all(known.has(name) for name in names):
                return known
        return self._language(FALLBACK)

    def _language(self, code: str) -> Language:
        if code not in self._languages:
            self._languages[code] = Language(code, tuple(folder / code for folder in self._folders))
        return self._languages[code]

    @cached_property
    def _layout(self) -> Template:
        path = next(path for folder in self._folders if (path := folder / "layout.html").is_file())
        return compiled(environment(None, autoescape=True), path.read_text("utf-8"), path)
