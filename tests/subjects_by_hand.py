"""Subjects that eighteen teachers wrote, each in her language, led through reading and sorting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tests.builders import NOW, a_known, a_person, a_reading, automatic_words

from twinpost.core.model.kind import Kind, Sorted
from twinpost.core.model.people import Exchange, SchoolClass, directory_of
from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.subject import read_subject
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.sort import sort
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_vocabulary

FOLDER = Path(__file__).parent / "mails" / "subjects_by_hand"
WORDS = load_vocabulary(shipped("rules"))
NO_LETTER = ("talk", "either")


@dataclass(frozen=True)
class Line:
    """A subject with what its writer meant, in the world of its file."""

    classes: tuple[SchoolClass, ...]
    subject: str
    said: dict[str, Any]

    @property
    def means(self) -> str:
        return str(self.said["means"])

    @property
    def is_whole(self) -> bool:
        """Whether product, number, sender and receivers stand there."""
        return not self.is_no_letter and {"numbers", "from", "to"} <= self.said.keys()

    @property
    def is_no_letter(self) -> bool:
        """Whether it must not be logged: it speaks of a letter, or a colleague would ask."""
        return self.means in NO_LETTER

    @property
    def writers(self) -> list[str]:
        """The classes whose teacher may have sent this: the one that is named, else any that is not
        written to."""
        named = self.said.get("from")
        written_to = () if self.is_no_letter else self.said.get("to", ())
        return [named] if named else [c.slug for c in self.classes if c.slug not in written_to]

    def ids(self, *slugs: str) -> set[int]:
        return {c.id for c in self.classes if c.slug in slugs}


@cache
def lines(code: str) -> tuple[Line, ...]:
    """The lines of one file."""
    data = YAML(typ="safe", pure=True).load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    classes = tuple(
        SchoolClass(
            at,
            each["id"],
            each["name"],
            "Europe/Oslo",
            (a_person(f"Teacher {each['id']}", f"{each['id']}@school.example", id_=at),),
            aliases=tuple(each["aliases"]),
        )
        for at, each in enumerate(data["classes"], start=1)
    )
    return tuple(Line(classes, each["subject"], each) for each in data["subjects"])


def names(line: Line) -> tuple[ClassNames, ...]:
    """The names of the classes as the grammar needs them."""
    return tuple(ClassNames(c.id, 1, c.names) for c in line.classes)


def sorted_from(line: Line, writer: str, *, files: bool = True) -> Sorted:
    """What becomes of the subject in a mail of this class's teacher; nothing is due, nothing has come."""
    exchange = Exchange(1, "by-hand", "By hand", line.classes)
    reading = a_reading(
        line.subject, sender=f"{writer}@school.example", name="", to=(), files=None if files else ()
    )
    subject = read_subject(line.subject, names(line), WORDS)
    return sort(Facts(reading, a_known(directory_of((exchange,))), subject, NOW), automatic_words())


def wrong(line: Line, writer: str, result: Sorted) -> str:
    """What is wrong in what would be logged; "" where it is right, and where nothing is logged."""
    letter = result.letter
    if result.kind is not Kind.LETTER or letter is None:
        return ""
    if line.is_no_letter:
        return f"a letter, where {line.means} is meant"
    said = line.said
    to = line.ids(*said["to"]) if "to" in said else set(letter.to_classes)
    expected = {
        "product": (line.means, letter.product),
        "numbers": (said.get("numbers", []), list(letter.numbers)),
        "from": (line.ids(writer), {letter.from_class}),
        "to": (to, set(letter.to_classes)),
        "part": ((said.get("part") or letter.part or (0,))[0], (letter.part or said.get("part") or (0,))[0]),
    }
    return ", ".join(f"{key} {was} for {right}" for key, (right, was) in expected.items() if right != was)


def understood(line: Line) -> bool:
    """Whether the whole letter, sent by its writer with its files, is logged exactly as it was meant."""
    (writer,) = line.writers
    result = sorted_from(line, writer)
    part = result.letter and result.letter.part
    right_part = list(part or ()) == list(line.said.get("part", ()))
    return result.kind is Kind.LETTER and right_part and not wrong(line, writer, result)
