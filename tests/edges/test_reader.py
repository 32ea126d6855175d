"""Large and odd mails are read in a process of their own, whose limits hold."""

from __future__ import annotations

import base64
import hashlib
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.core.reading.poison import POISON

from twinpost.core.model.mail import Address, Defect, File, Reading
from twinpost.core.reading.mime import read_whole
from twinpost.edges.reader import Fence, MailReader, is_odd
from twinpost.edges.reader_child import pack, unpack
from twinpost.edges.vault import FileVault

STRANGE = sorted((Path(__file__).parents[1] / "mails" / "strange").glob("*.eml"))
LETTER = (
    b"From: Kari Nordmann <kari@fagerborg.example>\r\nTo: letters@school.example\r\n"
    b"Subject: Letter 1 from 7B Oslo to CM2 Lyon\r\nDate: Mon, 5 Oct 2026 10:14:00 +0200\r\n"
    b"Message-ID: <letter-1@fagerborg.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="photos"\r\n\r\n'
    b"--photos\r\nContent-Type: text/plain\r\n\r\nHere they are.\r\n"
)
MEGABYTE = 1024 * 1024


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "originals")


def letter_with_photos(count: int, size: int) -> tuple[bytes, list[bytes]]:
    """A letter with pictures of about `size` octets each, and the pictures."""
    header = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffda00080101000000")
    noise = random.Random(7).randbytes(size).replace(b"\xff", b"\xfe")
    photos = [header + bytes([number]) + noise + b"\xff\xd9" for number in range(count)]
    part = b'--photos\r\nContent-Type: image/jpeg; name="%d.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    parts = [part % number + base64.encodebytes(photo) for number, photo in enumerate(photos)]
    return LETTER + b"".join(parts) + b"--photos--\r\n", photos


@pytest.mark.parametrize("path", STRANGE, ids=lambda path: path.stem)
def test_a_reading_survives_the_way_between_processes(path: Path) -> None:
    reading = read_whole(path.read_bytes())
    assert unpack(pack(reading)) == reading


def test_every_field_of_a_reading_survives_the_way_between_processes() -> None:
    reading = Reading(
        cc=(Address("luc@ecole-lyon.example", "Luc"),),
        headers=(("x", "y"), ("x", "z")),
        files=(
            File(1, "a.pdf", 3, "00", "pdf", inline=True, trouble="truncated"),
            File(2, "b.zip", 3, "01", "zip", holds=2, inside=("c.txt", "d.txt")),
        ),
        references=("<a@b>",),
        defects=frozenset({Defect.BAD_DATE, Defect.CUT_SHORT}),
    )
    assert unpack(pack(reading)) == reading


def test_an_ordinary_mail_is_read_without_the_vault(vault: FileVault) -> None:
    octets, _ = letter_with_photos(1, 1000)
    assert MailReader(vault).read("not kept", octets) == read_whole(octets)


def test_a_mail_that_is_not_kept_is_an_error(vault: FileVault) -> None:
    with pytest.raises(FileNotFoundError):
        MailReader(vault).read("0" * 64)


def test_a_large_mail_is_read_as_a_small_one_is(vault: FileVault) -> None:
    octets, _ = letter_with_photos(3, MEGABYTE)
    assert MailReader(vault).read(vault.put(octets)) == read_whole(octets)


@pytest.mark.slow
def test_a_letter_of_28_photos_is_read_within_the_memory_of_the_fence(vault: FileVault) -> None:
    octets, _ = letter_with_photos(28, 900_000)
    reading = MailReader(vault, Fence(memory=160 * MEGABYTE)).read(vault.put(octets))
    assert len(octets) > 34_000_000
    assert len(reading.files) == 28
    assert not reading.defects


def test_out_of_memory_leaves_the_header(vault: FileVault) -> None:
    octets, _ = letter_with_photos(2, MEGABYTE)
    reading = MailReader(vault, Fence(memory=48 * MEGABYTE)).read(vault.put(octets))
    _is_the_head_alone(reading)


def test_out_of_time_leaves_the_header(vault: FileVault) -> None:
    octets, _ = letter_with_photos(2, MEGABYTE)
    reading = MailReader(vault, Fence(wall_seconds=0.001)).read(vault.put(octets))
    _is_the_head_alone(reading)


def test_an_answer_that_is_no_reading_leaves_the_header(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MailReader, "_command", lambda _: [sys.executable, "-c", "print('{}}')"])
    octets, _ = letter_with_photos(2, MEGABYTE)
    _is_the_head_alone(MailReader(vault).read(vault.put(octets)))


def test_where_no_process_can_be_started_the_mail_is_read_here(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MailReader, "_command", lambda _: ["/nowhere/python"])
    octets, _ = letter_with_photos(2, MEGABYTE)
    assert MailReader(vault).read(vault.put(octets)) == read_whole(octets)


@pytest.mark.slow
def test_a_process_that_computes_for_ever_is_ended() -> None:
    endless = "from twinpost.edges.reader_child import fence\nfence(1 << 30, 1)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", endless], check=False, timeout=60)
    assert done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_process_behind_the_fence_writes_no_file(tmp_path: Path) -> None:
    writing = (
        "import pathlib, sys\nfrom twinpost.edges.reader_child import fence\nfence(1 << 30, 5)\n"
        "pathlib.Path(sys.argv[1]).write_text('x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", writing, str(tmp_path / "file")], check=False, stderr=subprocess.DEVNULL
    )
    assert done.returncode != 0
    assert (tmp_path / "file").read_bytes() == b""


@pytest.mark.slow
@pytest.mark.parametrize("name", POISON)
def test_a_poisonous_mail_is_read_within_two_seconds_and_256_megabytes(name: str, vault: FileVault) -> None:
    octets, defect = POISON[name]
    fence = Fence(ordinary_size=0, memory=256 * MEGABYTE, cpu_seconds=2)
    reading = MailReader(vault, fence).read(vault.put(octets))
    assert Defect.TOO_LARGE not in reading.defects
    assert defect is None or defect in reading.defects


def test_mails_of_many_pieces_are_odd_and_letters_are_not() -> None:
    assert is_odd(POISON["fifty thousand empty parts"][0])
    assert is_odd(POISON["markup that grows in a tree"][0])
    assert not is_odd(letter_with_photos(10, 60_000)[0])


def test_files_come_out_of_a_large_mail_bit_for_bit_in_the_order_asked_for(vault: FileVault) -> None:
    octets, photos = letter_with_photos(3, MEGABYTE)
    first, second = MailReader(vault).enclosures(vault.put(octets), (4, 2))
    assert (first.name, first.media_type) == ("2.jpg", "image/jpeg")
    assert [first.content, second.content] == [photos[2], photos[0]]


def test_without_part_numbers_the_whole_original_comes_out(vault: FileVault) -> None:
    octets, _ = letter_with_photos(1, 100)
    sha256 = vault.put(octets)
    (original,) = MailReader(vault).enclosures(sha256, ())
    assert original.media_type == "message/rfc822"
    assert hashlib.sha256(original.content).hexdigest() == sha256


def _is_the_head_alone(reading: Reading) -> None:
    assert reading.subject == "Letter 1 from 7B Oslo to CM2 Lyon"
    assert reading.from_ == (Address("kari@fagerborg.example", "Kari Nordmann"),)
    assert reading.defects == {Defect.TOO_LARGE}
    assert reading.files == ()
