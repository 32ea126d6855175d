"""Text made plain, then cut into words, numbers and signs. Knows no language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LIMIT = 500
"""Characters of a line that are considered; a subject has no business being longer."""

STRANGE = "\ufffd"
"""Stands for what nobody types; a word with it in it is no word and no name that we know."""

# What people type for one sign, made one sign. Applied before NFKC, which would break some of them up.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼʹ′´`＇", "'"),
        **dict.fromkeys("“”„‟«»‹›＂", '"'),
        **dict.fromkeys("→⇒⟶➔➙➛➜➝➞➡➤➯⇨⇾🠖▶►", " → "),
        **dict.fromkeys("←⇐⟵⬅⇦⇽", " ← "),
        **dict.fromkeys("↔⇔⟷", " - "),
        **dict.fromkeys("【〔〖", "["),
        **dict.fromkeys("】〕〗", "]"),
        "꞉": ":",
        "−": "-",
        "º": "°",
        **dict.fromkeys("\u202b\u202d\u202e\u2067", STRANGE),  # what follows is not shown as it stands
        "№": " # ",
    }
)
_QUOTE_AS_ARROW = str.maketrans(dict.fromkeys("»›", " → "))
_KEPT_SYMBOLS = frozenset(f"→←°^{STRANGE}")
_BLANK = frozenset({"Cc", "Zs", "Zl", "Zp", "So", "Co", "Cs", "Cn"})
_DROPPED = frozenset({"Cf", "Me"})  # bidi marks, zero-width characters, keycap frames

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}")  # who writes is told by the From alone
_COMMENT = re.compile(r"<!--.{0,80}?-->")
_STRANGE_AT_END = re.compile(rf"{STRANGE}(?!\w)")
_FIGURES = re.compile(r"\d{2,}")
_IN_ANGLES = re.compile(r"<(\w[^<>]{0,80})>")
# Vowel signs of Indic and other scripts, which `re` does not count among the word characters.
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_TOKEN = re.compile(
    rf"[0-9]+|(?:[^\W\d_]|{STRANGE})+(?:[{_MARKS}]+[^\W\d_]*)*|<[-=]+>|[-=]+>|<[-=]+|>+|<+|\.\.+|\S"
)
_BOTH_WAYS = re.compile(r"<[-=]+>")
_IGNORED = frozenset('"*_~\\`$^@%')
_RIGHT = re.compile(r"[-=]*>+")
_LEFT = re.compile(r"<+[-=]*")

# Letters that NFD leaves whole.
_WHOLE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """One character as it may stand in a cleaned line."""
    if char in _KEPT_SYMBOLS:
        return char
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in _DROPPED or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category in _BLANK or (category == "Sk" and not char.isascii()):
        return " "
    plain = {"Pd": "-", "Ps": "(", "Pe": ")", "Pi": '"', "Pf": '"'}.get(category, char)
    return char if char in "[]{}" else plain


def clean(text: str) -> str:
    """One line of plain text: NFKC, digits of any script as 0-9, quotes, dashes and arrows made alike,
    no format, bidi or control characters, no emoji, single blanks. At most LIMIT characters."""
    line = text[:LIMIT]
    if not line.isascii():
        if "«" not in line and "‹" not in line:
            line = line.translate(_QUOTE_AS_ARROW)  # "Oslo » Lyon" quotes nothing
        line = unicodedata.normalize("NFKC", line.translate(_SIGNS)).replace("⁄", "/")[:LIMIT]
        line = _STRANGE_AT_END.sub("", _FIGURES.sub(_of_one_script, line))
    return " ".join("".join(map(_plain, line)).split())


def _of_one_script(figures: re.Match[str]) -> str:
    """A number, unless its figures are of several scripts: no keyboard writes such."""
    zeros = {ord(figure) - unicodedata.decimal(figure) for figure in figures[0]}
    return figures[0] if len(zeros) == 1 else f"{STRANGE}{figures[0]}"


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Text without case and accents: "École" and "ecole" are alike."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in apart if unicodedata.category(char) != "Mn").translate(_WHOLE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign of a cleaned line. `glued`: no blank stands before it."""

    text: str
    folded: str
    start: int
    end: int
    glued: bool

    @property
    def is_number(self) -> bool:
        return self.folded.isdecimal()

    @property
    def is_word(self) -> bool:
        return self.folded[:1].isalpha() or self.folded[:1] == STRANGE


def tokens_of(line: str) -> tuple[Token, ...]:
    """The tokens of a cleaned line, at most 150. Arrows of any make become → and ←."""
    if "@" in line:
        line = _ADDRESS.sub(_blanks, line)
    if "<" in line:
        line = _IN_ANGLES.sub(r"(\1)", _COMMENT.sub(_blanks, line))
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(line):
        text = match.group()
        if text in _IGNORED:
            continue
        folded = _sign(text) if text[0] in "<>-=" else fold(text)
        if folded:
            tokens.append(
                Token(text, folded, match.start(), match.end(), bool(tokens) and match.start() == end)
            )
        end = match.end()
    return _without_quotes(tokens[:150])


def _blanks(found: re.Match[str]) -> str:
    """As many blanks as were found characters, so that places stay what they are."""
    return " " * len(found[0])


def _sign(text: str) -> str:
    if _BOTH_WAYS.fullmatch(text):
        return "-"
    return "→" if _RIGHT.fullmatch(text) else "←" if _LEFT.fullmatch(text) else text


def _without_quotes(tokens: list[Token]) -> tuple[Token, ...]:
    """Drop apostrophes that are quotation marks: only one inside a word belongs to it."""
    kept = []
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        inside = token.glued and at > 0 and following is not None and following.glued and following.is_word
        if token.folded != "'" or inside:
            kept.append(token)
    return tuple(kept)


def words_of(text: str) -> tuple[str, ...]:
    """The folded words and numbers of any text, signs left out."""
    return tuple(token.folded for token in tokens_of(clean(text)) if token.is_word or token.is_number)
