"""Addresses of From, To and the like (RFC 5322, 3.4), in linear time, tolerant, and honest about doubt.

Six malformed shapes make common readers take the teacher for the sender although another address
sent the mail (`teacher@s <evil@e>`, `<teacher@s>evil@e` …). So a mailbox that is not plainly one of
`words <address>`, `address` or either with a comment is marked odd, and every address in it is named.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from twinpost.core.model.mail import Address
from twinpost.core.model.mailbox import ascii_domain
from twinpost.core.reading.charset import one_line
from twinpost.core.reading.headers import words_as_sent

_WORD = r"(?P<word>=\?[^?\s]{1,60}+\?[bBqQ]\?[^?\s]*+\?=)"
_QUOTED = r'"(?P<quoted>[^"\\]*+(?>(?:\\.[^"\\]*+)*))"'
_OTHERS = r"""<(?P<angle>[^<>]*+)>|(?P<special>[,;:])|(?P<atom>[^\s"(),:;<>]++)|(?P<junk>.)"""
_TOKEN = re.compile(rf"\s*+(?:{_WORD}|{_QUOTED}|{_OTHERS})", re.DOTALL)
_TOKEN_AFTER_OPEN_QUOTE = re.compile(rf"\s*+(?:{_WORD}|{_OTHERS})", re.DOTALL)
_PAREN = re.compile(r"\\.|[()]", re.DOTALL)
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\]{1,128}+")
_DOMAIN = re.compile(r"[^\W_][\w.-]*+|\[[^\s\[\]]{1,80}+\]")
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class AddressList:
    """The mailboxes of a header. `odd`: another reader may see others; `cut`: not all could be read."""

    addresses: tuple[Address, ...] = ()
    odd: bool = False
    cut: bool = False


@dataclass(slots=True)
class _Mailbox:
    """One mailbox while its tokens are collected."""

    words: list[str] = field(default_factory=list)  # of the name, in order, still encoded
    angles: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)  # words with an @ outside angle brackets
    comments: list[str] = field(default_factory=list)
    odd: bool = False

    def empty(self) -> bool:
        return not (self.words or self.angles or self.bare)


@dataclass(slots=True)
class _State:
    most: int
    every: bool
    current: _Mailbox = field(default_factory=_Mailbox)
    found: list[Address] = field(default_factory=list)
    odd: bool = False
    cut: bool = False
    in_group: bool = False


def addresses(value: str, most: int = 500, *, every: bool = False) -> AddressList:
    """The addresses of an unfolded header value, at most `most`.

    `every`: in an odd mailbox name all that any reader could take for its address, not only the
    likeliest. That is for senders: among recipients a wrong one would seem to have been in copy.
    """
    state = _State(most, every)
    at, parens, token = 0, True, _TOKEN
    while at < len(value):
        if parens and value[at] == "(":
            end = _comment_end(value, at)
            if end:
                state.current.comments.append(value[at + 1 : end - 1])
                at = end
                continue
            parens = False  # never closed: looked for once only
        match = token.match(value, at)
        if match is None:
            break
        if match["junk"] == '"':
            token = _TOKEN_AFTER_OPEN_QUOTE  # never closed: looked for once only, too
        at = match.end()
        _take(state, match)
        if len(state.found) >= most:
            break
        while at < len(value) and value[at].isspace():
            at += 1
    _finish(state)
    cut = state.cut or len(state.found) > most or at < len(value)
    return AddressList(tuple(state.found[:most]), state.odd or state.in_group, cut)


def _comment_end(value: str, start: int) -> int:
    """The place after the comment that opens at `start`, nested ones included; 0 when it never closes."""
    depth = 0
    for match in _PAREN.finditer(value, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return 0


def _take(state: _State, match: re.Match[str]) -> None:
    current, kind, text = state.current, match.lastgroup, match[match.lastgroup or 0]
    if kind == "special":
        _take_special(state, text)
    elif kind == "angle":
        current.angles.append(text)
    elif kind == "junk":
        current.odd = True
    elif kind == "atom" and "@" in text:
        current.bare.append(text.strip("'"))  # Outlook puts addresses that serve as names between apostrophes
        current.odd |= len(current.bare) > 1
    else:
        current.odd |= bool(current.angles) or (kind == "word" and "@" in text)
        current.words.append(_unescaped(text) if kind == "quoted" else text)


def _take_special(state: _State, text: str) -> None:
    if text == ":":
        # "Group: a@x, b@x;" (RFC 5322, 3.4), or a stray "mailto:"; no honest From has either.
        if state.current.angles and state.every:
            _finish(state)
        state.odd = True
        state.in_group = True
        state.current = _Mailbox()
    elif text == ";" and state.in_group:
        _finish(state)
        state.in_group = False
    else:
        _finish(state)


def _finish(state: _State) -> None:
    """Close the mailbox that is being collected."""
    box, state.current = state.current, _Mailbox()
    if box.empty():
        state.odd |= box.odd
        state.cut |= box.odd
        return
    found, odd = _read(box, state.every)
    state.odd |= odd
    state.cut |= not found
    state.found += [entry for entry in found if entry not in state.found[-20:]]


def _read(box: _Mailbox, every: bool) -> tuple[list[Address], bool]:
    """The addresses of a mailbox, the likeliest first, and whether its form is odd."""
    name, odd = _name(box)
    specs = box.angles if box.angles and not every else [*box.angles, *box.bare]
    read = [_address(piece) for spec in specs for piece in _pieces(spec, every)]
    odd = odd or box.odd or not all(fine for _, fine in read) or len(read) > len(specs)
    odd = odd or any(len(spec.split()) > 1 for spec in specs)
    distinct = list(dict.fromkeys(address for address, _ in read if address))
    odd = odd or len(distinct) != 1 or len(box.angles) > 1 or (not box.angles and bool(box.words))
    return [Address(address, name) for address in distinct], odd


def _name(box: _Mailbox) -> tuple[str, bool]:
    """The display name, decoded, without what cannot be seen; and whether it could pass for more."""
    text = " ".join(box.words) or (box.comments[0] if box.comments else "")
    decoded, _ = words_as_sent(text)
    name = one_line(decoded)
    # Readers that decode before they parse see the line end or the address inside an encoded name.
    odd = "=?" in text and (
        "\n" in decoded or "\r" in decoded or ("@" in name and set(name) & set("<>,;") != set())
    )
    return " ".join(_UNSEEN.sub("", name).split())[:200], odd


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text


def _pieces(spec: str, every: bool) -> list[str]:
    """An addr-spec; where blanks divide it, the one piece that could be an address, or every such piece."""
    if " " not in spec and "(" not in spec:
        return [spec]
    pieces = _closed_up(_without_comments(spec)).split()
    found = [piece for piece in pieces if "@" in piece]
    return found if len(pieces) > 1 and '"' not in spec and (every or len(found) == 1) else [spec]


def _without_comments(spec: str) -> str:
    """An addr-spec without the comments that stand in it (RFC 5322, 3.2.2)."""
    pieces, at = [], 0
    while (start := spec.find("(", at)) >= 0 and (end := _comment_end(spec, start)):
        pieces.append(spec[at:start])
        at = end
    return "".join(pieces) + spec[at:]


def _closed_up(spec: str) -> str:
    """An addr-spec without the blanks that may stand around its dots and its @ (RFC 5322, 4.4)."""
    for sign in ".@":
        spec = sign.join(part.strip() for part in spec.split(sign))
    return spec


def _address(spec: str) -> tuple[str, bool]:
    """An addr-spec folded to lower case, or "" when it is none; and whether it stood there plainly."""
    if _looks_ascii(spec):
        return "", False
    plain = unicodedata.normalize("NFC", spec.strip())
    tidy = _closed_up(_without_comments(plain))
    fine = tidy == plain
    if tidy[:7].lower() == "mailto:":
        tidy, fine = tidy[7:], False
    elif tidy.startswith("@") and ":" in tidy:  # an obsolete route (RFC 5322, 4.4)
        tidy, fine = tidy.rpartition(":")[2], False
    local, at, domain = tidy.rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local, fine = local[1:-1], False
    domain = domain.rstrip(".")
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(tidy) > 320:
        return "", False
    domain = ascii_domain(domain)
    if not domain or _UNSEEN.search(local):
        return "", False
    return f"{local.casefold()}@{domain}", fine and "=?" not in tidy


def _looks_ascii(spec: str) -> bool:
    """Whether a sign such as the Kelvin sign or a full-width letter would fold to ASCII."""
    return not spec.isascii() and any(
        sign > "\x7f" and unicodedata.normalize("NFKC", sign).casefold().isascii() for sign in spec
    )
