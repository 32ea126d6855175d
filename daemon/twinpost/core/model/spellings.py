"""How one name is written: without accents, with umlauts spelt out, in Latin letters, as friends say it.

A word is compared in four ways, from the surest to the loosest: letter by letter, by its sound
(Yulia, Julia, Iuliia), by the full name behind a nickname, and, between Arabic and Latin letters, by
its consonants. No way joins names that merely look alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from twinpost.core.model.folding import fold

Nicknames = Mapping[str, frozenset[str]]
"""Each name of a list of nicknames, evened out, with the full names that it may stand for."""

NO_NICKNAMES: Nicknames = MappingProxyType({})

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How keyboards without these letters write them."""

_PLAIN = dict(zip("абвгґдеёзиійїклмнопрстуўфъыьэєюя", (
    *("a", "b", "v", "g", "g", "d", "e", "io", "z", "i", "i", "i", "i", "k", "l", "m", "n", "o", "p", "r"),
    *("s", "t", "u", "u", "f", "", "y", "", "e", "ie", "iu", "ia"),
), strict=True))  # fmt: skip
_HISSING = "жхцчшщгвзё"
_SYSTEMS = (  # how passports and teachers of a language write the letters on which they differ
    ("zh", "kh", "ts", "ch", "sh", "shch", "g", "v", "z", "io"),
    ("zh", "kh", "ts", "ch", "sh", "shch", "h", "v", "z", "e"),  # Ukraine
    ("z", "h", "c", "c", "s", "sc", "g", "v", "z", "e"),  # libraries, without their hooks
    ("sh", "ch", "z", "tsch", "sch", "schtsch", "g", "w", "s", "jo"),  # German
    ("j", "kh", "ts", "tch", "ch", "chtch", "g", "v", "z", "io"),  # French
    ("z", "ch", "c", "cz", "sz", "szcz", "g", "w", "z", "io"),  # Polish
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", (
    *("a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t"),
    *("y", "f", "ch", "ps", "o"),
), strict=True))  # fmt: skip
_GREEK_PAIRS = (
    (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("γγ", "ng"), ("μπ", "b"), ("ντ", "d"), ("γκ", "g")),
    (("ου", "u"), ("αυ", "au"), ("ευ", "eu"), ("γγ", "ng"), ("μπ", "mp"), ("χ", "h"), ("φ", "ph")),
)
_TABLES = tuple(
    str.maketrans({**_PLAIN, **_GREEK, **dict(zip(_HISSING, system, strict=True))}) for system in _SYSTEMS
)

_BONES = str.maketrans(
    {
        **dict.fromkeys("اىةءعويیaeiouyw", ""),
        **{pair[0]: pair[1] for pair in (  # one letter each, "S" for sh and ch, "X" for kh
            *("بb", "تt", "ثt", "جj", "حh", "خX", "دd", "ذd", "رr", "زz", "سs", "شS", "صs", "ضd", "طt"),
            *("ظz", "غg", "فf", "قk", "كk", "کk", "لl", "مm", "نn", "هh", "پp", "چS", "گg", "ڤv", "qk", "ck"),
        )},
    }
)  # fmt: skip
_LATIN_PAIRS = (("kh", "X"), ("sch", "S"), ("sh", "S"), ("ch", "S"), ("th", "t"), ("dh", "d"), ("gh", "g"))
_FEWEST_BONES = 3

_ARABIC = re.compile("[\u0620-\u06ff]")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u04ff]")
_TWICE = re.compile(r"([^\W\d_])\1+")
_LETTERS = re.compile(r"[^\W\d_]+")
_HUMPS = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
"""The border inside "AnaBerg"."""
_APOSTROPHES = re.compile("['\u2019\u02bc`\u00b4]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name in all the ways in which it is compared."""

    letters: frozenset[str]
    sounds: frozenset[str]
    full: frozenset[str]
    bones: str
    arabic: bool
    keys: frozenset[str]  # two words that are alike in any way have one in common

    @property
    def initials(self) -> frozenset[str]:
        return frozenset(spelling[0] for spelling in self.letters)


def words_of(text: str, *, humps: bool = False) -> tuple[str, ...]:
    """The words of a name or of a file's name; with `humps` "AnaBerg" is two. Apostrophes join."""
    text = unicodedata.normalize("NFC", _APOSTROPHES.sub("", text))
    text = _HUMPS.sub(" ", text) if humps else text
    # Marks that stay apart from their letters are no letters to `\w`.
    whole = "".join(char for char in text if not unicodedata.category(char).startswith("M"))
    return tuple(_LETTERS.findall(whole))


@lru_cache(maxsize=20_000)
def spellings(word: str) -> tuple[str, ...]:
    """A word in lower case without accents in every Latin spelling, and as it stands."""
    lower = unicodedata.normalize("NFC", word.casefold())
    found = [fold(lower), fold(lower.translate(_SPELT_OUT))]
    if _FOREIGN.search(lower):
        found += [_latin(lower, number) for number in range(len(_TABLES))]
    return tuple(dict.fromkeys(filter(None, found)))


def word(text: str, nicknames: Nicknames) -> Word:
    """A word made ready to be compared."""
    spelt = spellings(text)
    letters, sounds = frozenset(spelt), frozenset(map(_sound, spelt))
    full = frozenset().union(*(nicknames.get(_evened(spelling), frozenset()) for spelling in spelt))
    bones = _bones(spelt[0]) if spelt else ""
    keys = letters | sounds | full | ({f"~{bones}"} if bones else frozenset())
    return Word(letters, sounds, full, bones, bool(_ARABIC.search(text)), keys)


def nicknames_of(lists: Iterable[tuple[str, ...]]) -> Nicknames:
    """Full names, each with its nicknames behind it, made ready for looking up any of them."""
    found: dict[str, frozenset[str]] = {}
    for full, *others in lists:
        for name in (full, *others):
            for spelling in spellings("".join(words_of(name))):
                key = _evened(spelling)
                found[key] = found.get(key, frozenset()) | {f"={fold(full)}"}
    return found


def _latin(lower: str, number: int) -> str:
    for pair, latin in _GREEK_PAIRS[number % len(_GREEK_PAIRS)]:
        lower = _bare_greek(lower).replace(pair, latin)
    return fold(lower.translate(_TABLES[number]))


def _bare_greek(text: str) -> str:
    """Greek without its accents; Cyrillic letters keep what makes them other letters."""
    if not any("\u0370" <= char <= "\u03ff" for char in text):
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _sound(spelling: str) -> str:
    """A spelling in which what is heard alike is written alike: Yuri, Juri and Iurii."""
    heard = _TWICE.sub(r"\1", _evened(spelling))
    return heard[1:] if heard.startswith("ie") else heard


def _evened(spelling: str) -> str:
    """A spelling without the letters on which languages differ for one sound: Anja and Anya, not Ana."""
    return spelling.replace("j", "i").replace("y", "i").replace("ks", "x")


def _bones(spelling: str) -> str:
    """The consonants of a word; "" where they are too few to tell names apart."""
    lower = _TWICE.sub(r"\1", spelling)
    for pair, one in _LATIN_PAIRS:
        lower = lower.replace(pair, one)
    bones = _TWICE.sub(r"\1", lower.rstrip("hه").translate(_BONES))
    return bones if len(bones) >= _FEWEST_BONES else ""
