"""Mails broken on purpose, by chance and yet the same every time: a seed and a number name one mutant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random

OWN = Path(__file__).parents[1] / "mails"
LARGEST = 1_500_000
"""Octets of a mutant; what is larger is only slower."""

TEACHER = (
    b"Authentication-Results: mx.school.example; dmarc=pass header.from=fagerborg.example\r\n"
    b"From: Kari Nordmann <kari@fagerborg.example>\r\n"
    b"To: letters@school.example\r\n"
)
ANSWERED = b"<answered@school.example>"
"""Stands for a mail of ours; who runs the mutants may put a real one in its place."""

Mutation = Callable[[Random, bytes, bytes], bytes]
"""Chance, a mail, and another mail to take from."""

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FIELD_START = re.compile(rb"\n(?=[!-9;-~]{1,60}[ \t]*:)")
_CHARSET = re.compile(rb"(?i)charset *= *\"?[\w.:-]{0,40}|(?<==\?)[\w.:-]{1,40}(?=\?[bq]\?)")
_ENCODING = re.compile(rb"(?i)(?<=content-transfer-encoding:)[^\r\n]{0,60}")
_BOUNDARY = re.compile(rb"(?i)boundary *= *(\"[^\"\r\n]{0,90}\"|[^\s;]{0,90})")
_WORD = re.compile(rb"=\?[^?\s]{0,40}\?[bq]\?[^?]{0,400}\?=", re.IGNORECASE)


@cache
def own_mails() -> tuple[bytes, ...]:
    """Every mail of our own collection."""
    return tuple(path.read_bytes() for path in sorted(OWN.rglob("*.eml")))


@cache
def all_seeds() -> tuple[bytes, ...]:
    """Our own mails, and those of the corpus where TWINPOST_CORPUS names its folder."""
    corpus = os.environ.get("TWINPOST_CORPUS", "")
    foreign = sorted(Path(corpus).rglob("*.eml")) if corpus else []
    return own_mails() + tuple(path.read_bytes() for path in foreign)


def mutant(seed: int, number: int, seeds: Sequence[bytes]) -> bytes:
    """Mutant `number` of the row that begins with `seed`: always the same octets for the same seeds."""
    chance = Random(f"{seed}/{number}")
    octets, other = chance.choice(seeds), chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        octets = chance.choice(MUTATIONS)(chance, octets, other)[:LARGEST]
    return octets


# -- octets ----------------------------------------------------------------------------------------

_POISON = (
    *(b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\n\n", b"\r\r\n", b"\t", b" ", b"\x0b", b"\x0c", b"\x1b"),
    *(
        b"\x80",
        b"\xff",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xe2\x80\xae",
        b"\xe2\x80\xa8",
        b"\xed\xa0\x80",
    ),
    *(
        b"=?",
        b"?=",
        b"=",
        b'"',
        b"\\",
        b"(",
        b")",
        b"<",
        b">",
        b",",
        b";",
        b":",
        b"@",
        b"--",
        b"%00",
        b"{{",
        b"</",
    ),
    *(
        b"\x1b$B",
        b"\x1b(B",
        b"+AGE-",
        b"\xf3\xa0\x80\x81",
        b"a" * 1100,
        b"(" * 400,
        b"<" * 300,
        b"\xff" * 200,
    ),
)


def _place(chance: Random, octets: bytes) -> int:
    """Anywhere, but half of the time in the header."""
    header = _HEADER_END.search(octets)
    end = header.start() if header and chance.random() < 0.5 else len(octets)
    return chance.randrange(end + 1)


def _flip(chance: Random, octets: bytes, _: bytes) -> bytes:
    changed = bytearray(octets or b"x")
    for _time in range(chance.randint(1, 30)):
        changed[min(_place(chance, octets), len(changed) - 1)] = chance.randrange(256)
    return bytes(changed)


def _delete(chance: Random, octets: bytes, _: bytes) -> bytes:
    start = _place(chance, octets)
    return octets[:start] + octets[start + chance.choice((1, 2, 10, 80, 1000)) :]


def _repeat(chance: Random, octets: bytes, _: bytes) -> bytes:
    start = _place(chance, octets)
    piece = octets[start : start + chance.choice((1, 5, 40, 400))]
    return octets[:start] + piece * chance.choice((2, 3, 50, 600)) + octets[start:]


def _cut(chance: Random, octets: bytes, _: bytes) -> bytes:
    return octets[: _place(chance, octets)]


def _insert(chance: Random, octets: bytes, _: bytes) -> bytes:
    for _ in range(chance.randint(1, 6)):
        start = _place(chance, octets)
        octets = octets[:start] + chance.choice(_POISON) * chance.choice((1, 1, 2, 9)) + octets[start:]
    return octets


def _line_ends(chance: Random, octets: bytes, _: bytes) -> bytes:
    plain = octets.replace(b"\r\n", b"\n")
    ends = chance.choice(
        ((b"\n",), (b"\r",), (b"\r\r\n",), (b"\n\r",), (b"\r\n", b"\n"), (b"\r\n", b"\r", b"\n"))
    )
    return b"".join(line + chance.choice(ends) for line in plain.split(b"\n"))


# -- header lines ----------------------------------------------------------------------------------


def _halves(octets: bytes) -> tuple[list[bytes], bytes]:
    """The fields of the header, each with its folded lines, and the rest with the blank line before it."""
    end = _HEADER_END.search(octets)
    header, rest = (octets[: end.start()], octets[end.start() :]) if end else (octets, b"")
    return _FIELD_START.split(header), rest


def _whole(fields: Sequence[bytes], rest: bytes) -> bytes:
    return b"\n".join(fields) + rest


def _duplicate_field(chance: Random, octets: bytes, other: bytes) -> bytes:
    fields, rest = _halves(octets)
    field = chance.choice(chance.choice((fields, _halves(other)[0])))
    fields.insert(chance.randint(0, len(fields)), field)
    return _whole(fields, rest)


def _reorder_fields(chance: Random, octets: bytes, _: bytes) -> bytes:
    fields, rest = _halves(octets)
    chance.shuffle(fields)
    return _whole(fields, rest)


def _drop_fields(chance: Random, octets: bytes, _: bytes) -> bytes:
    fields, rest = _halves(octets)
    return _whole([field for field in fields if chance.random() < 0.7], rest)


def _fold(chance: Random, octets: bytes, _: bytes) -> bytes:
    fields, rest = _halves(octets)
    fold = chance.choice((b"\r\n ", b"\n\t", b"\r\n \r\n\t", b"\r\n", b" \r\n  "))
    folded = [fold.join(_pieces(chance, field)) if chance.random() < 0.4 else field for field in fields]
    return _whole(folded, rest)


def _pieces(chance: Random, octets: bytes) -> list[bytes]:
    places = sorted(chance.randrange(len(octets) + 1) for _ in range(chance.randint(1, 8)))
    return [octets[start:end] for start, end in zip([0, *places], [*places, len(octets)], strict=True)]


def _set(name: bytes, value: bytes, octets: bytes) -> bytes:
    """The mail with this field instead of its own ones of the name."""
    fields, rest = _halves(octets)
    kept = [field for field in fields if field[: len(name) + 1].lower() != name.lower() + b":"]
    return _whole([name + b": " + value, *kept], rest)


def _by_a_teacher(_chance: Random, octets: bytes, _: bytes) -> bytes:
    fields, rest = _halves(octets)
    sender = (b"from:", b"to:", b"sender:", b"reply-to:")
    return TEACHER + _whole([field for field in fields if not field.lower().startswith(sender)], rest)


def _an_answer(chance: Random, octets: bytes, _: bytes) -> bytes:
    answer = chance.choice(
        (b"YES", b"NO", b"2", b"1, 3", b"ARRIVED", b"yes\r\n> YES or NO?", b"\xc2\xb2", b"0")
    )
    answered = _set(b"In-Reply-To", ANSWERED, _by_a_teacher(chance, octets, b""))
    header = _HEADER_END.search(answered)
    end = header.end() if header else len(answered)
    return answered[:end] + answer + b"\r\n" + answered[end:]


# -- values ----------------------------------------------------------------------------------------

_ADDRESS_PIECES = (
    *(
        b"kari@fagerborg.example",
        b"luc@ecole-lyon.example",
        b"letters@school.example",
        b"evil@elsewhere.example",
    ),
    *(
        b"<",
        b">",
        b",",
        b";",
        b":",
        b"(",
        b")",
        b'"',
        b"\\",
        b"@",
        b"=?utf-8?q?",
        b"?=",
        b" ",
        b"\r\n ",
        b"..",
        b"[1.2.3.4]",
    ),
    *(
        b"Kari Nordmann",
        b'"Luc, Martin"',
        b"Group",
        b"mailto:",
        b"\xc3\xa9",
        b"\xff",
        b"\0",
        b"xn--e1afmkfd",
        b"'",
    ),
)
_DATES = (
    *(b"Thu, 8 Oct 2026 09:15:00 +0200", b"8 Oct 26 9:15 EST", b"Thu, 31 Feb 2026 25:61:61 +9999", b"0", b""),
    *(
        b"Mon, 1 Jan 0000 00:00:00 +0000",
        b"Fri, 31 Dec 9999 23:59:60 -2359",
        b"2026-10-08T09:15:00Z",
        b"(never)",
    ),
    *(
        b"Thu, 8 Oct 99999999999 09:15 +0000",
        b"jeudi 8 octobre 2026",
        b"Thu, 8 Oct 2026 09:15:00 (CEST) -0000",
    ),
)
_CHARSETS = (
    *(b"utf-8", b"us-ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1251", b"koi8-r", b"gb2312", b"big5"),
    *(b"shift_jis", b"iso-2022-jp", b"iso-2022-kr", b"euc-kr", b"hz-gb-2312", b"utf-7", b"utf-16", b"utf-32"),
    *(
        b"x-unknown",
        b"zlib",
        b"rot13",
        b"idna",
        b"punycode",
        b"unicode_escape",
        b"undefined",
        b"mbcs",
        b"cp65001",
    ),
)
_ENCODINGS = (
    *(
        b"base64",
        b"quoted-printable",
        b"7bit",
        b"8bit",
        b"binary",
        b"x-uuencode",
        b"",
        b"BASE64;",
        b"gzip",
        b"uu",
    ),
)
_TYPES = (
    *(
        b"text/plain",
        b"text/html",
        b"multipart/mixed",
        b"multipart/related",
        b"multipart/report",
        b"message/rfc822",
    ),
    *(
        b"multipart/digest",
        b"message/partial",
        b"message/external-body",
        b"application/ms-tnef",
        b"image/jpeg",
    ),
    *(b"multipart/encrypted", b"multipart/signed", b"application/pkcs7-mime", b"text/calendar", b"/", b"x"),
)
_PARAMETERS = (
    *(
        b"; boundary=b",
        b"; charset*=utf-8''%E9",
        b"; name*0*=iso-2022-jp'%1B$B; name*1=x",
        b'; name="a',
        b"; =",
        b";",
    ),
    *(
        b"; name*99999999999=x",
        b"; filename*=''",
        b"; report-type=delivery-status",
        b"; format=flowed; delsp=yes",
    ),
)


def _addresses(chance: Random, octets: bytes, _: bytes) -> bytes:
    pieces = chance.choices(_ADDRESS_PIECES, k=chance.choice((1, 2, 4, 9, 30)))
    name = chance.choice((b"From", b"From", b"To", b"Cc", b"Sender", b"Reply-To"))
    return _set(name, b"".join(pieces), octets)


def _words(chance: Random, octets: bytes, _: bytes) -> bytes:
    words = [
        b"=?%b?%b?%b?=" % (chance.choice(_CHARSETS), chance.choice((b"q", b"B", b"x")), _word_text(chance))
        for _ in range(chance.choice((1, 2, 6)))
    ]
    value = chance.choice((b"", b" ", b"\r\n ", b"x")).join(words)
    return _set(chance.choice((b"Subject", b"Subject", b"From", b"X-Mailer")), value, octets)


def _word_text(chance: Random) -> bytes:
    plain = (
        b"Letter_1_from_7B_Oslo",
        b"TGV0dGVyIDEgZnJvbSA3QiBPc2xv",
        b"=E9=",
        b"=0D=0ABcc:",
        b"Lettre 1",
        b"+AOk-",
    )
    return chance.choice((*plain, b"\xe9\xc3", b"GyRCJUYlOSVIGyhC", b"=FF=FE=00=D8", b"////", b"A", b""))


def _dates(chance: Random, octets: bytes, _: bytes) -> bytes:
    return _set(b"Date", chance.choice(_DATES), octets)


def _types(chance: Random, octets: bytes, _: bytes) -> bytes:
    parameters = chance.choices(_PARAMETERS, k=chance.randint(0, 4))
    name = chance.choice((b"Content-Type", b"Content-Type", b"Content-Disposition"))
    return _set(name, chance.choice(_TYPES) + b"".join(parameters), octets)


def _charsets(chance: Random, octets: bytes, _: bytes) -> bytes:
    name = chance.choice(_CHARSETS)
    return _CHARSET.sub(lambda old: (b"charset=" if b"=" in old[0] else b"") + name, octets)


def _encodings(chance: Random, octets: bytes, _: bytes) -> bytes:
    return _ENCODING.sub(lambda _: b" " + chance.choice(_ENCODINGS), octets)


def _encoded_words(chance: Random, octets: bytes, _: bytes) -> bytes:
    """Each encoded word cut, joined, or made another's."""

    def changed(word: re.Match[bytes]) -> bytes:
        start = chance.randrange(len(word[0]))
        return chance.choice(
            (word[0][:start], word[0] * 2, word[0][start:], word[0].swapcase(), b"=?=?" + word[0])
        )

    return _WORD.sub(changed, octets)


# -- the tree of parts -----------------------------------------------------------------------------


def _boundaries(chance: Random, octets: bytes, _: bytes) -> bytes:
    """A boundary that is missing, cut, another's, or the beginning of another's."""
    found = [match[1].strip(b'"') for match in _BOUNDARY.finditer(octets)]
    if not found:
        return octets
    old = chance.choice(found) or b"x"
    new = chance.choice(
        (b"", old[: len(old) // 2], old + b"x", chance.choice(found), b"-", b"(.*)", b"\xc3\xa9")
    )
    if chance.random() < 0.5:
        return octets.replace(b"--" + old, b"--" + new, chance.choice((1, 1, -1)))
    return _BOUNDARY.sub(lambda _: b'boundary="' + new + b'"', octets)


def _splice(chance: Random, octets: bytes, other: bytes) -> bytes:
    """The beginning of one mail with the end of another."""
    return octets[: _place(chance, octets)] + other[_place(chance, other) :]


def _body_of(_chance: Random, octets: bytes, other: bytes) -> bytes:
    return _whole(_halves(octets)[0], _halves(other)[1])


def _nest(chance: Random, octets: bytes, other: bytes) -> bytes:
    """A mail within a mail, several times over."""
    for depth in range(chance.choice((1, 2, 5, 25, 60))):
        kind = chance.choice((b"mixed", b"alternative", b"related", b"report", b"digest", b"signed", b"x"))
        inner = chance.choice((b"Content-Type: message/rfc822\r\n\r\n", b""))
        head = TEACHER + b'Content-Type: multipart/%b; boundary="n%d"\r\n\r\n' % (kind, depth)
        octets = head + b"--n%d\r\n" % depth + inner + octets + b"\r\n--n%d" % depth
        octets += chance.choice((b"--\r\n", b"\r\n" + other[:2000], b""))
        if len(octets) > LARGEST:
            break
    return octets


MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _delete, _repeat, _cut, _insert, _line_ends),
    *(_duplicate_field, _reorder_fields, _drop_fields, _fold, _by_a_teacher, _by_a_teacher, _an_answer),
    *(_addresses, _addresses, _words, _dates, _types, _charsets, _encodings, _encoded_words),
    *(_boundaries, _splice, _body_of, _nest),
)
