"""Files made to stop whoever looks into them: nothing is raised, and everything found is bounded."""

from __future__ import annotations

import random
import struct
import zlib
from functools import cache
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinpost.core.reading.archives import listing
from twinpost.core.reading.compound import SIGNATURE as COMPOUND
from twinpost.core.reading.inside import MOST_NAMES, held
from twinpost.core.reading.kinds import kind_of
from twinpost.core.reading.mime import read_enclosures, read_whole
from twinpost.core.reading.ornament import is_ornament, page_of
from twinpost.core.reading.pdf import pages
from twinpost.core.reading.soundness import trouble_of
from twinpost.core.reading.tnef import SIGNATURE as TNEF
from twinpost.core.reading.tnef import packed_files

FOLDER = Path(__file__).parents[2] / "mails" / "files"
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
MOST_HELD = 100_000
"""More pages or files than any mail could hold."""


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Every file of our collection, with its name."""
    found: dict[bytes, str] = {}
    for mail in sorted(FOLDER.glob("*.eml")):
        octets = mail.read_bytes()
        files = [file.part for file in read_whole(octets).files]
        found.update({one.content: one.name for one in (read_enclosures(octets, files) if files else ())})
    return tuple((name, content) for content, name in found.items())


def looked_into(content: bytes, name: str = "") -> str:
    """Everything that reading does with a file's content. Returns the kind."""
    kind = kind_of(content, name)
    inside = held(content, kind)
    assert 0 <= inside.count <= MOST_HELD
    assert len(inside.names) <= MOST_NAMES
    assert all(len(name) <= 120 and not UNSEEN & set(map(category, name)) for name in inside.names)
    assert trouble_of(content, kind) in ("", "empty", "truncated", "encrypted")
    is_ornament(content, True, None)
    return kind


def test_the_collection_has_every_container() -> None:
    assert {kind_of(content, name) for name, content in seeds()} >= {"zip", "pdf", "winmail", "doc", "docx"}


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of the collection with some octets changed, left out, doubled or put in, or cut."""
    name, content = draw(st.sampled_from(seeds()))
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        piece = draw(
            st.one_of(
                st.binary(min_size=1, max_size=8),
                st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f", b"PK\x05\x06", b"<<", b">>"]),
            )
        )
        how = draw(st.sampled_from(["over", "in", "out", "cut", "twice"]))
        if how == "over":
            data[at : at + len(piece)] = piece
        elif how == "in":
            data[at:at] = piece
        elif how == "out":
            del data[at : at + len(piece) * 7]
        elif how == "cut":
            del data[at:]
        else:
            data[at:at] = data[at : at + 200]
    return name, bytes(data)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(mutants())
def test_no_mutant_of_a_file_makes_the_reader_raise(mutant: tuple[str, bytes]) -> None:
    name, content = mutant
    looked_into(content, name)


MAGIC = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    TNEF,
    COMPOUND,
    b"%PDF-1.7\n",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"7z\xbc\xaf\x27\x1c",
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MAGIC), st.binary(max_size=600))
def test_no_octets_behind_a_magic_word_make_the_reader_raise(magic: bytes, rest: bytes) -> None:
    looked_into(magic + rest)


def _central(name: bytes, count: int) -> bytes:
    entry = b"PK\x01\x02" + b"\0" * 24 + struct.pack("<HHH", len(name), 0, 0) + b"\0" * 12 + name
    directory = entry * count
    end = b"PK\x05\x06" + b"\0" * 4 + struct.pack("<HHII", count & 0xFFFF, count & 0xFFFF, len(directory), 4)
    return b"PK\x03\x04" + directory + end + b"\0\0"


def _compound(width: int, chain: int) -> bytes:
    header = bytearray(COMPOUND + b"\xff" * 504)
    header[30:32] = width.to_bytes(2, "little")
    header[48:52] = (0).to_bytes(4, "little")
    header[76:80] = chain.to_bytes(4, "little")
    return bytes(header) + b"\0" * 300_000


_MILLION = 1_000_000
POISON: dict[str, bytes] = {
    "an archive of fifty thousand names": _central(b"letter.txt", 50_000),
    "an archive of long names": _central(b"../" * 20_000, 20),
    "an archive that names itself as its end": b"PK\x05\x06" * 250_000,
    "a PDF of a hundred thousand page trees": b"%PDF-1.4\n"
    + b"<</Type/Pages/Count 3>>\n" * 50_000
    + b"%%EOF",
    "a PDF of brackets alone": b"%PDF-1.4\n" + b"<<" * _MILLION + b"/Type/Pages" * 20_000,
    "a PDF of closing brackets": b"%PDF-1.4\n" + b">>/Type/Pages" * 100_000,
    "a PDF of packed bombs": b"%PDF-1.5\n"
    + (b"<</Type/ObjStm>>stream\n" + zlib.compress(b"\0" * 20_000_000) + b"endstream\n") * 40,
    "a PDF of packed nothing": b"%PDF-1.5\n" + b"<</Type/ObjStm>>stream\nx" * 100_000,
    "a PDF of pages": b"%PDF-1.4\n" + b"<</Type/Page>>" * 200_000 + b"%%EOF",
    "a PDF of blanks": b"%PDF-1.4\n" + b"/Type " * 300_000 + b"/Count " * 100_000,
    "a winmail.dat of empty attributes": TNEF + b"\1\0" + b"\2\2\x90\6\0\0\0\0\0\0\0" * 100_000,
    "a winmail.dat that boasts of its length": TNEF
    + b"\1\0\2\5\x90\6\0\xff\xff\xff\xff"
    + b"\xff" * _MILLION,
    "a winmail.dat of endless properties": TNEF
    + b"\1\0\2\2\x90\6\0\0\0\0\0\0\0\2\5\x90\6\0\0\0\1\0"
    + b"\xff\xff\xff\xff"
    + b"\3\0\1\x30\0\0\0\0" * 100_000,
    "a compound file that chains to itself": _compound(9, 0),
    "a compound file of tiny sectors": _compound(0, 0),
    "a compound file of huge sectors": _compound(65_535, 1),
    "a JPEG of markers": b"\xff\xd8" + b"\xff\xe1\0\2" * 300_000,
    "a JPEG of fill octets": b"\xff\xd8" + b"\xff" * _MILLION,
    "a film of empty boxes": b"\0\0\0\x10ftypqt  \0\0\0\0" + b"\0\0\0\x08free" * 200_000,
}


@pytest.mark.parametrize("name", POISON)
def test_a_poisonous_file_is_looked_into_and_left(name: str) -> None:
    looked_into(POISON[name])


@pytest.mark.slow
def test_a_page_of_pictures_without_end_is_looked_through() -> None:
    page_of(b"<img " * 500_000)
    page_of(b"<img src=cid:a width=1 height=1>" * 50_000 + b"gmail_signature" * 50_000)
    page_of(b"<img " + b"width=1 " * 300_000)


def test_nothing_of_a_bomb_is_unpacked() -> None:
    bomb = next(content for name, content in seeds() if name == "7B.zip" and len(content) > 9_000)
    found = listing(bomb)
    assert found is not None
    assert found.names == ("letters.txt", "more.zip")


def test_what_is_found_does_not_depend_on_what_stands_behind_it() -> None:
    """A file that is cut anywhere has no more pages or names than the whole one."""
    pick = random.Random(5)
    for name, content in seeds():
        whole = held(content, kind_of(content, name))
        for _ in range(3):
            cut = content[: pick.randrange(len(content) + 1)]
            assert held(cut, kind_of(cut, name)).count <= max(whole.count, 1)


def test_the_long_name_goes_before_the_short_one() -> None:
    packed = next(
        content
        for name, content in seeds()
        if name == "winmail.dat" and "Jörg".encode("utf-16-le") in content
    )
    assert packed_files(packed) == (["Ana.pdf", "Brief von Jörg.docx"], True)
    assert packed_files(packed + b"x")[1] is False


@pytest.mark.parametrize(
    ("octets", "count"),
    [
        (b"<</Type/Pages/Count 7>>", 7),
        (b"<</Count 7/Type/Pages/Kids[1 0 R]>>", 7),
        (b"<</Type/Pages/Count 9/Parent 1 0 R>><</Type/Pages/Count 7>>", 7),
        (b"<</Type/Pages/Count 7>><</Type/Pages/Count 8>>", 8),
        (b"<</Type/PagesOfMine/Count 7>>", 0),
        (b"<</Type/Page>><</Type/Page>>", 2),
        (b"", 0),
    ],
)
def test_pages_are_counted_by_the_root_of_their_tree(octets: bytes, count: int) -> None:
    assert pages(b"%PDF-1.4\n" + octets) == count
