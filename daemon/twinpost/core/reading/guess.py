"""Which charset octets are in that nobody declared: the one in which they look most like words.

Knows how words look (one script each, small letters after the first, no signs inside) and which
characters of a large charset are the ordinary ones. Knows no language: Polish and Czech in the wrong
one of two similar charsets are not told apart.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Container
from functools import lru_cache
from itertools import pairwise
from unicodedata import name

_SAMPLE = 240  # octets, from the first foreign one on
_FOREIGN = re.compile(rb"[\x00-\x7f]?[\x80-\xff]")
_MOST_ODDNESS = 0.6  # for each character; above it the octets are words in no charset

_WORDS = ("cp1252", "cp1250", "iso8859-2", "koi8-u", "cp1251", "cp1253")
"""Charsets of one octet, the likelier first: it wins when two readings are as good."""
_ORDINARY: dict[str, Container[int]] = {
    # Leading octets of kana, of everyday Han characters (the first level of each standard), of Hangul.
    "cp932": {*range(0x81, 0x84), *range(0x88, 0x98)},
    "euc_kr": {0xA1, 0xA3, *range(0xB0, 0xC9)},
    "gb2312": {0xA1, 0xA3, *range(0xB0, 0xD8)},
    "euc_jp": {0xA1, 0xA3, 0xA4, 0xA5, *range(0xB0, 0xD0)},
    "big5": range(0xA1, 0xC7),
}
_BETWEEN_WORDS = frozenset("\xa0’‘“”„«»–—…€£°§№•¿¡™®©")


def likeliest(octets: bytes) -> str:
    """Python's name of the charset, or "" when no reading looks like words."""
    foreign = _FOREIGN.search(octets)
    if not foreign:
        return ""
    sample = octets[foreign.start() : foreign.start() + _SAMPLE]
    best, least = "", _MOST_ODDNESS
    for charset in (*_WORDS, *_ORDINARY):
        oddness = _oddness(sample, charset, final=len(sample) < _SAMPLE)
        if oddness < least:
            best, least = charset, oddness
        if not least:
            break
    return best


def _oddness(octets: bytes, charset: str, *, final: bool) -> float:
    """How little a reading looks like words, for each foreign character; infinite when it is none."""
    try:
        decoder = codecs.getincrementaldecoder(charset)()
        text = decoder.decode(octets, final=final)
    except UnicodeError:
        return float("inf")
    foreign = sum(sign > "\x7f" for sign in text)
    if not foreign:
        return float("inf")
    pairs = list(pairwise(f" {text} "))
    if charset not in _ORDINARY:
        return sum(_between(one, next_) for one, next_ in pairs) / foreign
    leads = (sign.encode(charset, "replace")[0] for sign in text if sign > "\x7f")
    rare = sum(lead not in _ORDINARY[charset] for lead in leads)
    glued = sum(max(pair) > "\x7f" and (min(pair).isascii() and min(pair).isalpha()) for pair in pairs)
    return (rare + glued) / foreign


def _between(one: str, next_: str) -> float:
    """How odd it is that these two stand side by side."""
    if max(one, next_) <= "\x7f" or one in _BETWEEN_WORDS or next_ in _BETWEEN_WORDS:
        return 0
    if not (one.isalpha() and next_.isalpha()):
        return sum(sign > "\x7f" and not sign.isalpha() for sign in (one, next_))
    if _script(one) != _script(next_):
        return 2
    if one.islower() and next_.isupper():
        return 1
    if min(one, next_) > "\x7f" and _script(one) == "LATIN":
        return 1  # accents are few in a word
    return 0.1 if one.isupper() and next_.isupper() else 0


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return name(letter, "").partition(" ")[0]
