"""What mail programs, lists and gateways put around a subject, taken off again."""

from __future__ import annotations

import re
from typing import NamedTuple

from twinpost.core.reading.tokens import clean, words_of
from twinpost.core.reading.words import Meaning, Vocabulary, prefix_key

_LONGEST_HEAD = 40
_ROUNDS = 30  # nested prefixes that are taken off; a chain of more is no subject any more
_COUNTER = re.compile(r"[\[(^*]{0,2} ?[0-9]{1,3} ?[\])*]{0,2}$")
_GROUP = re.compile(r"\[([^\[\]]{0,80})\]|\{([^{}]{0,80})\}|\(([^()]{0,80})\)|\*{1,5}([^*]{1,80})\*{1,5}")
_IN_BRACKETS = re.compile(r"\[([^\[\]:]{1,80}):([^\[\]]{1,400})\]")
_FORWARDED = re.compile(r"\((?:fwd|fw)\)$", re.IGNORECASE)
_PART = re.compile(r"[^\w]*\d{1,3} ?/ ?\d{1,3}[^\w]*")
_GRAMMAR = frozenset({Meaning.PRODUCT, Meaning.FROM, Meaning.TO, Meaning.PART})


class Stripped(NamedTuple):
    """A subject line without what was put around it."""

    text: str
    is_reply: bool
    is_forward: bool


def strip(subject: str, words: Vocabulary) -> Stripped:
    """Clean a subject and take off reply and forward prefixes, list tags and gateway tags, in any nesting."""
    rest = clean(subject)
    is_reply = is_forward = False
    for _ in range(_ROUNDS):
        if (whole := _IN_BRACKETS.fullmatch(rest)) and _is_forwarder(whole[1], words):
            is_forward, rest = True, whole[2].strip()
        shorter = _without_tag(rest, words)
        head, _, tail = rest.partition(":")
        key = prefix_key(_COUNTER.sub("", head.strip())) if len(head) < _LONGEST_HEAD and tail else ""
        if shorter == rest and key and _is_prefix(key, head, words):
            # "VS" is a reply in Finland and a forward in Norway: such a prefix says both.
            is_reply |= key in words.reply
            is_forward |= key in words.forward
            shorter = tail.strip()
        if shorter == rest:
            break
        rest = shorter
    if forwarded := _FORWARDED.search(rest):
        is_forward, rest = True, rest[: forwarded.start()].strip()
    return Stripped(_without_last_tag(rest, words), is_reply, is_forward)


def _is_forwarder(head: str, words: Vocabulary) -> bool:
    """Whether brackets about a whole subject are those of a forward: "[Fwd: …]", "[luc@ecole.example: …]"."""
    return "@" in head or prefix_key(head) in words.forward


def _is_prefix(key: str, head: str, words: Vocabulary) -> bool:
    return key in words.reply or key in words.forward or _is_gateway(head, words)


def _is_gateway(text: str, words: Vocabulary) -> bool:
    return " ".join(word for word in words_of(text) if not word.isdecimal()) in words.gateway


def _without_tag(text: str, words: Vocabulary) -> str:
    """Take one tag off the beginning: any [list tag] that is not itself part of the sentence, or a
    gateway's mark in any brackets or stars."""
    match = _GROUP.match(text)
    if match is None:
        return text
    inside = next(group for group in match.groups() if group is not None)
    list_tag = match.group(1) is not None and not _speaks(inside, words)
    return text[match.end() :].strip() if list_tag or _is_gateway(inside, words) else text


def _without_last_tag(text: str, words: Vocabulary) -> str:
    for match in _GROUP.finditer(text):
        inside = next(group for group in match.groups() if group is not None)
        if match.end() == len(text) and _is_gateway(inside, words):
            return text[: match.start()].strip()
    return text


def _speaks(inside: str, words: Vocabulary) -> bool:
    """Whether brackets hold a piece of the grammar: "[Letter 1]", "[2/3]", "[from Oslo]"."""
    if _PART.fullmatch(inside):
        return True
    said = words_of(inside)
    return any(
        phrase[0] == word and _GRAMMAR & meanings.keys()
        for word in said
        for language in words.languages
        for phrase, meanings in language.beginning(word)
    )
