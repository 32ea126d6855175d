"""What a subject line says, before anybody asks whether it can be true."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClassNames:
    """The names of one class, as the grammar needs them: proper name, aliases, the sender's nicknames."""

    class_id: int
    exchange_id: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A class named in a subject: the words as written, and the class ids they can mean.

    One id: certain. Several: ambiguous, best first. None: a name that no class bears.
    `fuzzy` marks a misspelling that was accepted by a margin; `lookalike` one that matches only after
    look-alike letters were folded (UTS 39), which is never certain.
    """

    words: str
    class_ids: tuple[int, ...] = ()
    fuzzy: bool = False
    lookalike: bool = False


@dataclass(frozen=True, slots=True)
class SubjectReading:
    """Everything that a subject line says about a letter."""

    cleaned: str = ""  # the subject without prefixes and tags, one line
    is_reply: bool = False
    is_forward: bool = False
    product: str = ""  # key of rules/products.yaml; "" where no product is named
    numbers: tuple[int, ...] = ()
    number_trouble: str = ""  # "", zero, negative, huge, descending, broken: never guessed
    part: tuple[int, int | None] | None = None  # (2, 3) of "part 2 of 3", (2, None) of "part 2"
    from_: tuple[Mention, ...] = ()
    to: tuple[Mention, ...] = ()
    to_all: bool = False
    exact: bool = False  # product, number, from and to stand there, each certain, in a known word order
    loose: tuple[Mention, ...] = ()  # further classes, without a word that says from or to: "Letter 2, Lyon"
    talk: bool = False  # words speak about a letter rather than bring it: "late", "thanks for", "?"
    spoken_of: bool = False  # and the letter itself is only referred to: "thanks for letter 2"
    unread: int = 0  # words that say nothing to the grammar: "letter 2 almost ready" has two

    @property
    def looks_like_letter(self) -> bool:
        """Whether somebody who wrote this may have meant a letter.

        Who only speaks of one ("letter 2 will be late") has not, unless both ends are named too, and
        one of them is known ("a letter to the parents, from the head teacher").
        """
        anything = self.numbers or self.number_trouble or self.from_ or self.to or self.to_all
        known = any(mention.class_ids for mention in (*self.from_, *self.to))
        return bool(self.product and anything and (not self.talk or (self.names_both_ends and known)))

    @property
    def names_both_ends(self) -> bool:
        """Whether sender and receivers stand there, known or not."""
        return bool(self.from_ and (self.to or self.to_all))
