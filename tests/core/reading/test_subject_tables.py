"""Subjects as people write them, each with its reading, from tests/mails/subjects/<language>.yaml."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from twinpost.core.model.subject import ClassNames, Mention, SubjectReading
from twinpost.core.reading.subject import read_subject
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_vocabulary

WORDS = load_vocabulary(shipped("rules"))
TABLES = Path(__file__).resolve().parents[2] / "mails" / "subjects"

WORLDS: dict[str, dict[str, tuple[int, tuple[str, ...]]]] = {
    "oslo-lyon": {
        "oslo": (1, ("7B Oslo", "7B", "Oslo")),
        "lyon": (1, ("CM2 Lyon", "CM2", "Lyon", "École Lyon")),
    },
    "many": {
        "oslo": (1, ("7B Oslo", "7B")),
        "kyiv": (1, ("7B Kyiv", "7B", "Kyiv")),
        "delhi": (1, ("Delhi",)),
    },
    "odd-names": {
        "toronto": (1, ("Toronto",)),
        "porto": (1, ("Porto",)),
        "hana": (1, ("Road to Hana School",)),
        "lane": (1, ("Letter Lane 2",)),
        "torino": (1, ("Torino",)),
    },
    "letters": {"a": (1, ("A",)), "b": (1, ("B",)), "class5": (1, ("Class 5",))},
    "cyrillic": {
        "kazan": (1, ("6Б Казань", "6Б", "Казань")),
        "oslo": (1, ("7Б Осло", "7Б", "Осло")),
        "kyiv": (1, ("5-А Київ", "5-А", "Київ")),
    },
    "two-exchanges": {
        "oslo": (1, ("7B Oslo", "Oslo")),
        "lyon": (1, ("Lyon",)),
        "oslo2": (2, ("7B Oslo", "Oslo")),
        "roma": (2, ("Roma",)),
    },
}


def classes_of(world: str) -> tuple[ClassNames, ...]:
    return tuple(
        ClassNames(class_id, exchange, names)
        for class_id, (exchange, names) in enumerate(WORLDS[world].values(), start=1)
    )


def shown(reading: SubjectReading, world: str) -> str:
    """A reading in the form of the tables."""
    numbers = " ".join(map(str, reading.numbers)) or reading.number_trouble or "-"
    to = "all" if reading.to_all else _named(reading.to, world)
    part = reading.part and f"part {reading.part[0]}" + (f"/{reading.part[1]}" if reading.part[1] else "")
    flags = [
        name
        for name, is_set in (
            ("reply", reading.is_reply),
            ("forward", reading.is_forward),
            (part, part),
            ("talk", reading.talk),
            ("exact", reading.exact),
        )
        if is_set
    ]
    letter = f"{reading.product} {numbers}" if reading.product else ""
    return ", ".join([letter, f"{_named(reading.from_, world)} > {to}", *map(str, flags)])


def _named(mentions: Sequence[Mention], world: str) -> str:
    keys = list(WORLDS[world])
    return (
        " ".join(
            ("/".join(sorted(keys[class_id - 1] for class_id in mention.class_ids)) or "?")
            + "~" * mention.fuzzy
            + "≈" * mention.lookalike
            for mention in mentions
        )
        or "-"
    )


def entries() -> list[tuple[str, str, str, str]]:
    return [
        (path.stem, world, subject, expected)
        for path in sorted(TABLES.glob("*.yaml"))
        for world, subjects in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")).items()
        for subject, expected in subjects.items()
    ]


@pytest.mark.parametrize(("code", "world", "subject", "expected"), entries())
def test_a_subject_is_read_as_a_forgiving_colleague_would(
    code: str, world: str, subject: str, expected: str
) -> None:
    assert shown(read_subject(subject, classes_of(world), WORDS), world) == expected, code


def test_every_language_has_its_table() -> None:
    assert {path.stem for path in TABLES.glob("*.yaml")} == {language.code for language in WORDS.languages}
