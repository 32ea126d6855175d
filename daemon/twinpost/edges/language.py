"""One language's mails: its templates compiled, its words, and the filters that speak it.

Whatever comes from outside is escaped on its way into the Markdown, so a name shows as it is written
and can be nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import FunctionLoader, Template, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from twinpost.core.model.finding import Finding
from twinpost.core.model.notice import NOTICES, LetterNames
from twinpost.core.model.outgoing import RenderedMail
from twinpost.core.writing.plain import one_line
from twinpost.edges import markdown
from twinpost.edges.markdown import Md
from twinpost.edges.phrasing import Phrasing
from twinpost.edges.template_text import compiled, environment, laid_over, source, words_of
from twinpost.errors import ConfigError, Problem

LONGEST_VALUE = 500
"""Characters of one value from outside in a body; a writer's quoted text has its own limit."""

LONGEST_SUBJECT = 250
LONGEST_LEAD = 140  # more of the hidden first line no list of mails shows
MOST_NAMES = 6

FOLLOW_UPS, DIGEST = "follow-ups", "digest"
"""Folders of the texts that rules name: sections of a mail, and lines of the digest."""

OTHER = "other"
"""The section, and the line, for a rule whose own text is missing or fails."""

_NAMES = frozenset(notice.name for notice in NOTICES)
_SUBJECT = "Subject:"


@dataclass(frozen=True, slots=True)
class Section:
    """What one follow-up says; several make one mail."""

    subject: str
    body: Md


class Language:
    """One language: its words, and its mails as compiled templates."""

    def __init__(self, code: str, folders: Sequence[Path]) -> None:
        self.code = code
        self._folders = folders
        self._paths: dict[str, Path | None] = {}
        self._templates: dict[str, tuple[Template, Template]] = {}
        self._lines: dict[Path, Template] = {}
        self._sentences: dict[tuple[bool, str], Template] = {}

    def has(self, name: str) -> bool:
        return self._path(f"{name}.md") is not None

    @property
    def has_words(self) -> bool:
        return self._path("words.yaml") is not None

    def render(self, name: str, layout: Template, facts: Mapping[str, Any]) -> RenderedMail:
        subject_template, body_template = self._mail(name)
        subject = one_line(subject_template.render(facts), LONGEST_SUBJECT)
        parts = markdown.render(body_template.render(facts))
        html = layout.render(
            language=self.code,
            title=subject,
            lead=one_line(parts.lead, LONGEST_LEAD),
            house=facts["house"],
            stamp=self._stamp(facts),
            body=Markup(parts.body),  # noqa: S704 - made by our own Markdown, which escapes
            foot=Markup(parts.foot),  # noqa: S704
        )
        return RenderedMail(subject, parts.text, html)

    def section(self, name: str, facts: Mapping[str, Any]) -> Section:
        """The text of a follow-up, in Markdown, without a foot."""
        subject, body = self._mail(self._told(FOLLOW_UPS, name))
        return Section(one_line(subject.render(facts), LONGEST_SUBJECT), Md(body.render(facts).strip()))

    def line(self, name: str, facts: Mapping[str, Any]) -> str:
        """The line of the digest about a follow-up, as plain text."""
        path = self._path(f"{self._told(DIGEST, name)}.md")
        assert path is not None
        template = self._lines.get(path) or compiled(self._subjects, source(path), path)
        self._lines[path] = template
        return one_line(template.render(facts), LONGEST_VALUE)

    def names(self, folder: str) -> frozenset[str]:
        """What a rule may name: the texts in FOLLOW_UPS or in DIGEST."""
        paths = (path for place in self._folders for path in (place / folder).glob("[!_]*.md"))
        return frozenset(path.stem for path in paths)

    def _told(self, folder: str, name: str) -> str:
        return f"{folder}/{name if self.has(f'{folder}/{name}') else OTHER}"

    def problems(self) -> Iterable[Problem]:
        try:
            _ = self._phrasing
        except ConfigError as error:
            yield from error.problems
            return
        found = {
            path.relative_to(folder).as_posix()
            for folder in self._folders
            for pattern in ("*.md", f"{FOLLOW_UPS}/*.md", f"{DIGEST}/*.md")
            for path in folder.glob(pattern)
        }
        for name in sorted(found):
            try:
                self._check(name)
            except ConfigError as error:
                yield from error.problems

    def _check(self, name: str) -> None:
        """Raise ConfigError for a file that is no mail's, or that cannot be compiled."""
        path = self._path(name)
        assert path is not None
        if path.name.startswith("_"):
            compiled(self._bodies, source(path), path)
        elif path.parent.name == DIGEST:
            compiled(self._subjects, source(path), path)
        elif path.parent.name == FOLLOW_UPS:
            self._mail(f"{FOLLOW_UPS}/{path.stem}")
        elif path.stem in _NAMES:
            self._mail(path.stem)
        else:
            near = get_close_matches(path.stem, _NAMES, n=1)
            hint = f" (did you mean {near[0]}.md?)" if near else ""
            raise ConfigError([Problem(str(path), 0, f"No mail has this name{hint}.")])

    def _stamp(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        moment, where = facts.get("first_at") or facts.get("arrived_at"), facts.get("where")
        return self._phrasing.stamp(moment, where[0]) if moment and where else ()

    def _path(self, name: str) -> Path | None:
        if name not in self._paths:
            found = (path for folder in self._folders if (path := folder / name).is_file())
            self._paths[name] = next(found, None)
        return self._paths[name]

    def _mail(self, name: str) -> tuple[Template, Template]:
        """The subject and the body of a mail, compiled."""
        if name not in self._templates:
            path = self._path(f"{name}.md")
            assert path is not None, f"no template for {name} in {self.code}"
            first, _, rest = source(path).partition("\n")
            if not first.startswith(_SUBJECT):
                raise ConfigError([Problem(str(path), 1, 'The first line must be "Subject: …".')])
            subject = compiled(self._subjects, first.removeprefix(_SUBJECT).strip(), path)
            # An empty first line keeps the line numbers of messages right.
            self._templates[name] = subject, compiled(self._bodies, f"\n{rest}", path)
        return self._templates[name]

    @cached_property
    def _phrasing(self) -> Phrasing:
        """The words of the nearest folder that has them, over those of the folders behind it."""
        words: dict[str, Any] = {}
        for folder in reversed(self._folders):
            path = folder / "words.yaml"
            if path.is_file():
                words = laid_over(words_of(path), words)
        return Phrasing(words)

    @cached_property
    def _subjects(self) -> ImmutableSandboxedEnvironment:
        return self._speaking(partial(_in_one_line, limit=LONGEST_SUBJECT))

    @cached_property
    def _bodies(self) -> ImmutableSandboxedEnvironment:
        return self._speaking(_in_markdown)

    def _speaking(self, finalize: Callable[[object], str]) -> ImmutableSandboxedEnvironment:
        """An environment whose filters speak this language."""
        speaking = environment(finalize, loader=FunctionLoader(self._included))
        phrasing = self._phrasing
        speaking.filters.update(
            day=lambda day, since: phrasing.day(day, since.date()),
            when=phrasing.when,
            on_day=lambda moment, where: phrasing.day(phrasing.on_day(moment, where)),
            counted=lambda counted, since: phrasing.counted(counted, since.date()),
            listed=phrasing.listed,
            size=phrasing.size,
            count=phrasing.count,
            holding=phrasing.holding,
            on=lambda iso, since: phrasing.day(date.fromisoformat(iso), since.date()),
            named=phrasing.named,
            letter=phrasing.letter,
            title=phrasing.title,
            numbered=lambda numbers, product: phrasing.letter(LetterNames(product, numbers, "", ())),
            one=lambda count, one, many: one if count == 1 else many,
            files=lambda names: phrasing.listed([_short(name) for name in names], MOST_NAMES),
            short=_short,
            quoted=markdown.quoted,
            verbatim=markdown.verbatim,
            sentences=self._remarks,
            to_send_again=self._to_send_again,
            again=self._again,
        )
        speaking.globals["phrase"] = self._phrase
        return speaking

    def _included(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = self._path(name)
        return (source(path), str(path), lambda: True) if path else None

    @pass_context
    def _phrase(self, context: Context, *keys: str, **more: object) -> Md:
        """A sentence of words.yaml, which may use `more`; "" where there is none."""
        found: Any = self._phrasing.words
        for key in keys:
            found = found.get(key, {}) if isinstance(found, Mapping) else {}
        return self._said(context, found, **more) if isinstance(found, str) else Md("")

    @pass_context
    def _remarks(self, context: Context, findings: Iterable[Finding], side: str) -> list[Md]:
        """What is told about the findings to the sender or to the receiver."""
        remarks = (self._remark(context, finding, side) for finding in findings)
        return [remark for remark in remarks if remark]

    @pass_context
    def _to_send_again(self, context: Context, findings: Iterable[Finding]) -> bool:
        """Whether the sender is told to send something once more."""
        return any(self._remark(context, finding, "sender") for finding in self._again(findings))

    def _again(self, findings: Iterable[Finding], wanted: bool = True) -> list[Finding]:
        """The findings for which something has to be sent once more; with `wanted` false the others."""
        return [finding for finding in findings if bool(self._finding(finding).get("again")) is wanted]

    def _remark(self, context: Context, finding: Finding, side: str) -> Md:
        sentence = self._finding(finding).get(side)
        if sentence is None:
            return markdown.escaped(finding.text)
        return self._said(
            context, sentence, names=finding.names, count=max(finding.count, 1), about=finding.about
        )

    def _finding(self, finding: Finding) -> Mapping[str, Any]:
        known: Mapping[str, Any] = self._phrasing.words["finding"].get(finding.code, {})
        return known

    def _said(self, context: Context, sentence: str, **more: object) -> Md:
        key = (context.environment is self._subjects, sentence)
        if key not in self._sentences:
            self._sentences[key] = context.environment.from_string(sentence)
        return Md(" ".join(self._sentences[key].render({**context.get_all(), **more}).split()))


def _in_markdown(value: object) -> str:
    return value if isinstance(value, Md) else markdown.escaped(one_line(str(value), LONGEST_VALUE))


def _in_one_line(value: object, limit: int) -> str:
    return one_line(str(value), limit)


def _short(name: object, limit: int = 60) -> str:
    """A name of readable length; the ending of a file's name stays."""
    line = one_line(str(name))
    if len(line) <= limit:
        return line
    ending = PurePosixPath(line).suffix if len(PurePosixPath(line).suffix) <= 6 else ""
    return f"{line[: limit - len(ending) - 1].rstrip()}…{ending}"
