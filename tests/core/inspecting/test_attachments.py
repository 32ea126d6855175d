"""Whether a letter's files are in good order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.builders import a_file

from twinpost.core.inspecting.attachments import Contents, good_order
from twinpost.core.model.finding import Finding
from twinpost.core.model.mail import File

TWO = (a_file(), a_file("second.docx"))


def codes(*files: File, **more: Any) -> list[str]:
    return [finding.code for finding in good_order(Contents(files, **more))]


def test_ordinary_files_are_in_good_order() -> None:
    assert codes(*TWO) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (a_file("a.docx", size=0), "empty-file"),
        (a_file("a.docx", "empty", trouble="empty"), "empty-file"),
        (a_file("a.pdf", "pdf", trouble="truncated"), "truncated"),
        (a_file("winmail.dat", "winmail"), "winmail"),
        (a_file("a.heic", "heic"), "needs-app"),
        (a_file("a.pages", "pages"), "needs-app"),
        (a_file("a.exe", "exe"), "executable"),
        (a_file("a.PDF.VBS", "text"), "executable"),
        (a_file("a.zip", "zip", trouble="encrypted"), "encrypted"),
    ],
)
def test_each_kind_of_trouble_has_its_code(file: File, code: str) -> None:
    assert codes(*TWO, file) == [code]


def test_a_trouble_is_told_once_however_many_files_have_it() -> None:
    files = tuple(a_file(f"{n}.docx", size=0) for n in range(28))
    (finding,) = good_order(Contents(files))
    assert (finding.code, finding.count, len(finding.names)) == ("empty-file", 28, 28)
    assert finding.text == "28 files are empty."


def test_one_file_is_told_by_its_name_even_when_that_holds_braces() -> None:
    (finding,) = good_order(Contents((*TWO, a_file("{count}{0.x}.docx", size=0))))
    assert finding.text == "{count}{0.x}.docx is empty."


def test_every_program_that_is_needed_is_told_once() -> None:
    files = (a_file("1.heic", "heic"), a_file("2.heic", "heic"), a_file("3.pages", "pages"))
    found = good_order(Contents(files))
    assert [(finding.about, finding.count) for finding in found] == [("heic", 2), ("pages", 1)]


def test_what_the_receiving_class_can_open_is_no_trouble() -> None:
    assert codes(a_file("a.heic", "heic"), a_file("b.heic", "heic"), opens=frozenset({"heic"})) == []


def test_what_was_told_before_is_not_told_again() -> None:
    contents = Contents((*TWO, a_file("a.heic", "heic"), a_file("b.docx", size=0)))
    assert [f.code for f in good_order(contents, frozenset({"needs-app"}))] == ["empty-file"]


@pytest.mark.parametrize(("size", "found"), [(1000, []), (1001, ["too-large"])])
def test_a_mail_that_no_mail_can_carry_is_too_large(size: int, found: list[str]) -> None:
    assert codes(*TWO, size=size, largest_mail=1000) == found


def test_a_file_that_came_with_an_earlier_letter_is_a_duplicate() -> None:
    (finding,) = good_order(Contents(TWO, before={a_file().sha256: 4}))
    assert (finding.code, finding.names) == ("duplicate", ("letters.docx",))


def test_a_lone_scan_and_a_lone_archive_are_named_as_what_they_are() -> None:
    assert codes(a_file("all.pdf", "pdf")) == ["single-scan"]
    assert codes(a_file("all.zip", "zip")) == ["archive"]
    assert codes(a_file("all.pdf", "pdf"), a_file("more.pdf", "pdf")) == []
    assert codes(a_file("all.pdf", "pdf"), links=("https://drive.example/a",)) == ["cloud-link"]
    assert codes(a_file("all.docx")) == []


def test_a_letter_without_files_stands_in_the_mails_text() -> None:
    text = "No file is attached: the letter stands in the mail's text."
    assert good_order(Contents(())) == (Finding("no-files", text=text),)
    assert codes(links=("https://drive.example/a",)) == ["cloud-link"]


def test_a_scan_and_an_archive_say_how_much_they_hold() -> None:
    (scan,) = good_order(Contents((a_file("all.pdf", "pdf", holds=28),)))
    assert (scan.about, scan.count, scan.text) == (
        "28",
        28,
        "The letters are one PDF, all.pdf, with 28 pages.",
    )
    (archive,) = good_order(Contents((a_file("all.zip", "zip", holds=26, inside=("Ana.pdf",)),)))
    assert (archive.about, archive.count) == ("26", 26)


def test_a_scan_that_breaks_off_is_only_told_to_break_off() -> None:
    assert codes(a_file("all.pdf", "pdf", trouble="truncated")) == ["truncated"]
    assert codes(a_file("all.zip", "zip", trouble="encrypted")) == ["encrypted"]


def test_what_outlook_has_locked_in_is_told_by_name() -> None:
    (finding,) = good_order(Contents((a_file("winmail.dat", "winmail", inside=("Ana.pdf", "Tom.pdf")), *TWO)))
    assert (finding.about, finding.count, finding.names) == ("inside", 2, ("Ana.pdf", "Tom.pdf"))
    (finding,) = good_order(Contents((a_file("winmail.dat", "winmail"), *TWO)))
    assert (finding.about, finding.count, finding.names) == ("", 1, ())


def test_files_in_an_archive_are_judged_by_their_names() -> None:
    packed = a_file("7B.zip", "zip", holds=3, inside=("a/IMG_1.HEIC", "a/IMG_2.heic", "greeting.scr"))
    found = good_order(Contents((packed, *TWO)))
    assert [(f.code, f.about, f.names) for f in found] == [
        ("needs-app", "heic", ("a/IMG_1.HEIC", "a/IMG_2.heic")),
        ("executable", "greeting.scr", ("greeting.scr",)),
    ]
    found = good_order(Contents((packed, *TWO), opens=frozenset({"heic"})))
    assert [f.code for f in found] == ["executable"]


def test_a_film_belongs_to_the_picture_of_its_name() -> None:
    live = (a_file("IMG_1.HEIC", "heic"), a_file("img_1.mov", "mov"), a_file("gym.mov", "mov"))
    found = good_order(Contents(live, opens=frozenset({"heic"})))
    assert [(f.code, f.count, f.names) for f in found] == [("live-photo", 1, ("IMG_1.HEIC",))]


def test_a_link_says_until_when_it_works() -> None:
    (finding,) = good_order(
        Contents((), links=("https://we.example/a", "https://we.example/b"), links_until=date(2026, 10, 15))
    )
    assert (finding.code, finding.about, finding.count) == ("cloud-link", "2026-10-15", 2)
