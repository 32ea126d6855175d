"""The files that the demo's pupils send are what they say they are, and its pages trust nobody."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path

import filetype

from twinpost.cli.demo import papers
from twinpost.cli.demo.album import Album
from twinpost.cli.demo.people import KARI, OFFICE, exchange_text
from twinpost.edges.exchange_file import load_exchange


def test_the_table_of_a_pdf_points_at_its_objects() -> None:
    pdf = papers.pdf(["J'ai (peut-être) un lapin \\o/"])
    assert filetype.guess_mime(pdf) == "application/pdf"
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n $", pdf, re.MULTILINE)]
    assert [pdf[place : place + 7] for place in places] == [b"%d 0 obj" % n for n in range(1, 6)]
    start = int(re.findall(rb"startxref\n(\d+)\n", pdf)[0])
    assert pdf[start : start + 4] == b"xref"
    length, stream = re.findall(rb"/Length (\d+)>>stream\n(.*)\nendstream", pdf)[0]
    assert int(length) == len(stream)
    assert rb"(J'ai \(peut-" in stream


def test_a_picture_has_every_point() -> None:
    png = papers.png(["rw", "wr"], {"r": (255, 0, 0), "w": (255, 255, 255)}, scale=2)
    assert filetype.guess_mime(png) == "image/png"
    data = png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8]
    red, white = b"\xff\0\0", b"\xff\xff\xff"
    line, other = b"\0" + red * 2 + white * 2, b"\0" + white * 2 + red * 2
    assert zlib.decompress(data) == line * 2 + other * 2


def test_a_document_holds_its_lines() -> None:
    docx = papers.docx(["Do you like <snails> & frogs?"])
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        assert archive.testzip() is None
        assert b"Do you like &lt;snails&gt; &amp; frogs?" in archive.read("word/document.xml")


def test_the_pages_show_what_strangers_write_as_text(tmp_path: Path) -> None:
    octets = b"From: x\r\nSubject: <script>1</script>\r\nContent-Type: text/html\r\n\r\n<script>2</script>"
    album = Album(tmp_path / "mails")
    mail = album.add("../../x@evil.example", (OFFICE.address,), octets)
    assert [path.parent for path in tmp_path.rglob("*.*ml")] == [album.folder] * 3
    page = (album.folder / f"{mail.stem}.html").read_text("utf-8")
    index = (album.folder / "index.html").read_text("utf-8")
    assert "<script" not in page + index


def test_a_mail_with_a_charset_that_does_not_exist_is_kept_like_any_other(tmp_path: Path) -> None:
    octets = b"Subject: =?x-no?q?a?=\r\nContent-Type: text/plain; charset=x-no\r\n\r\n\xff\xfe"
    album = Album(tmp_path / "mails")
    mail = album.add(KARI.address, (OFFICE.address,), octets)
    assert (album.folder / f"{mail.stem}.eml").read_bytes() == octets


def test_the_exchange_of_the_demo_is_sound_on_every_weekday(tmp_path: Path) -> None:
    file = tmp_path / "oslo-lyon.yaml"
    for day in range(7):
        today = date(2026, 11, 2) + timedelta(days=day)
        file.write_text(exchange_text(today), "utf-8")
        dates = [line.due for line in load_exchange(file, shared=OFFICE.address).filed.schedule]
        assert {one.weekday() for one in dates} == {3}
        assert timedelta(days=7) <= dates[0] - today < timedelta(days=14)
