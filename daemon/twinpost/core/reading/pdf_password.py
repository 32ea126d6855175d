"""Whether an encrypted PDF opens without a password: copiers and forms lock only printing or changing.

The empty user password is tried (ISO 32000-1, 7.6.3.4, algorithms 4 to 6). That of PDF 2.0 (revision 6)
needs a cipher that the standard library lacks: such a file counts as locked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

ENCRYPTED = re.compile(rb"/Encrypt\s{1,5}(\d{1,10})\s{1,5}(\d{1,10})\s{1,5}R")

_NUMBER = r"/%s\s{0,5}(-?\d{1,10})(?!\d)"
_ID = re.compile(rb"/ID\s{0,5}\[\s{0,5}(?=[<(])")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]{0,400})>")
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
_MEANS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LONGEST = 4000  # octets of the dictionary
_LONGEST_STRING = 300

_FILL = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
"""What stands in for the letters that a password lacks (algorithm 2)."""


def opens_without_password(content: bytes) -> bool:
    """Whether the empty password opens a PDF; False where that cannot be told."""
    reference = ENCRYPTED.search(content)
    if reference is None:
        return True
    begins = re.compile(rb"(?<!\d)%s\s{1,5}%s\s{1,5}obj\b" % (reference[1], reference[2])).search(content)
    if begins is None:
        return False
    lock = content[begins.end() : begins.end() + _LONGEST]
    check = _CHECKS.get(_number(lock, "R", 0))
    return check is not None and check(lock, content)


def _old(lock: bytes, content: bytes) -> bool:
    """Revisions 2 to 4."""
    revision, user = _number(lock, "R", 0), _string(lock, b"/U")
    key = _key(lock, content, revision)
    if revision == 2:
        return _rc4(key, _FILL) == user
    told = hashlib.md5(_FILL + _first_id(content), usedforsecurity=False).digest()
    for turn in range(20):
        told = _rc4(bytes(octet ^ turn for octet in key), told)
    return told == user[:16]


def _key(lock: bytes, content: bytes, revision: int) -> bytes:
    """The key that the empty password gives (algorithm 2)."""
    rights = _number(lock, "P", 0) & 0xFFFFFFFF
    seed = _FILL + _string(lock, b"/O")[:32] + rights.to_bytes(4, "little") + _first_id(content)
    if revision >= 4 and re.search(rb"/EncryptMetadata\s{0,5}false", lock):
        seed += b"\xff" * 4
    length = {2: 5, 4: 16}.get(revision) or min(max(_number(lock, "Length", 40) // 8, 5), 16)
    key = hashlib.md5(seed, usedforsecurity=False).digest()
    for _ in range(50 if revision >= 3 else 0):
        key = hashlib.md5(key[:length], usedforsecurity=False).digest()
    return key[:length]


def _fifth(lock: bytes, content: bytes) -> bool:
    """Revision 5, of Acrobat 9 alone: a hash over the password and eight octets of salt."""
    user = _string(lock, b"/U")
    return len(user) >= 48 and hashlib.sha256(user[32:40]).digest() == user[:32]


_CHECKS: dict[int, Callable[[bytes, bytes], bool]] = {2: _old, 3: _old, 4: _old, 5: _fifth}


def _number(lock: bytes, key: str, default: int) -> int:
    """The first number with this name: that of the dictionary itself stands before those inside it."""
    found = re.search((_NUMBER % key).encode(), lock)
    return int(found[1]) if found else default


def _first_id(content: bytes) -> bytes:
    found = _ID.search(content)
    return _string(content[found.end() - 1 : found.end() + _LONGEST_STRING], b"") if found else b""


def _string(text: bytes, key: bytes) -> bytes:
    """The string behind a key, in either form (7.3.4); b"" where there is none."""
    named = re.search(rb"%s\s{0,5}(?=[<(])" % re.escape(key), text)
    if named is None:
        return b""
    rest = text[named.end() : named.end() + _LONGEST_STRING]
    if found := _HEX.match(rest):
        digits = b"".join(found[1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return _unescaped(rest)


def _unescaped(rest: bytes) -> bytes:
    """A string in brackets, which may hold others."""
    depth, at = 0, 0
    while at < len(rest):
        depth += (rest[at : at + 1] == b"(") - (rest[at : at + 1] == b")")
        if not depth:
            break
        at += 2 if rest[at : at + 1] == b"\\" else 1
    return _ESCAPE.sub(_escaped, rest[1:at])


def _escaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    if said[:1].isdigit():
        return bytes([int(said, 8) & 0xFF])
    return b"" if said.endswith(b"\n") else _MEANS.get(said, said)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 0xFF
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for octet in data:
        i = (i + 1) & 0xFF
        j = (j + state[i]) & 0xFF
        state[i], state[j] = state[j], state[i]
        out.append(octet ^ state[(state[i] + state[j]) & 0xFF])
    return bytes(out)
