"""Every mail in words: reviewed texts, and what holds for all of them."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from tests.notices import HOSTILE, LUC, RECEIPT, SAMPLES

from twinpost.core.model.notice import NOTICES, FollowUp, Receipt
from twinpost.core.model.outgoing import RenderedMail
from twinpost.edges.templates import Templates

TEMPLATES = Path(__file__).parents[2] / "templates"
GOLDEN = Path(__file__).parent / "mails"
POST_OFFICE = Templates(TEMPLATES, address="letters@school.example", house="Letters between schools")
KINDLY = re.compile(
    r"nothing (more )?for you to do|[Pp]lease |Answer|Thank you|Done|Undone|reaches|needs you|Here "
)
QUESTIONS = ("which-letter", "pass-on-question", "was-this-you", "not-understood")
VOID = {"meta", "br", "hr", "img", "link", "input"}
LARGEST_HTML = 30_000


def rendered(sample: str) -> RenderedMail:
    person, notice = SAMPLES[sample]
    return POST_OFFICE.render(notice, person, "en")


class Page(HTMLParser):
    """The tags and the visible words of a page; raises for tags that do not fit together."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._text += "" if tag == "strong" else " "
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "title"):
            self._text += data

    @property
    def words(self) -> list[str]:
        return self._text.split()


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_text_is_the_one_that_was_reviewed(sample: str) -> None:
    mail = rendered(sample)
    text = f"Subject: {mail.subject}\n\n{mail.text}"
    place = GOLDEN / f"{sample}.txt"
    if os.environ.get("TWINPOST_WRITE_GOLDEN"):
        place.write_text(text, "utf-8")
    assert text == place.read_text("utf-8")


def test_no_reviewed_text_is_left_over() -> None:
    assert {place.stem for place in GOLDEN.glob("*.txt")} == set(SAMPLES)


def test_every_notice_has_a_template_and_a_sample() -> None:
    names = {notice.name for notice in NOTICES}
    follow_ups = POST_OFFICE.follow_ups()
    assert {notice.name for _, notice in SAMPLES.values()} == names | follow_ups
    assert names <= {path.stem for path in (TEMPLATES / "en").glob("*.md")}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_line_of_text_fits_a_narrow_window(sample: str) -> None:
    long = [line for line in rendered(sample).text.split("\n") if len(line) > 75]
    assert [line for line in long if " " in line.strip("> ")] == []


@pytest.mark.parametrize("sample", [name for name in SAMPLES if "hostile" not in name])
def test_what_to_do_stands_at_the_beginning(sample: str) -> None:
    assert KINDLY.search(" ".join(rendered(sample).text.split())[:120])


FOLLOW_UPS = {
    sample: (person, notice)
    for sample, (person, notice) in SAMPLES.items()
    if isinstance(notice, FollowUp) and "hostile" not in sample
}


@pytest.mark.parametrize("sample", FOLLOW_UPS)
def test_a_follow_up_is_read_in_half_a_minute(sample: str) -> None:
    said = rendered(sample).text.split("\n-- \n")[0]
    assert len([line for line in said.split("\n") if line]) <= 12
    assert "!" not in said


@pytest.mark.parametrize("sample", FOLLOW_UPS)
def test_a_line_of_the_digest_is_one_sentence(sample: str) -> None:
    person, notice = FOLLOW_UPS[sample]
    assert re.fullmatch(r"[^\n]{20,220}[.?]", POST_OFFICE.line(notice, person, "en"))


def test_some_things_are_only_ever_a_line_of_the_digest() -> None:
    _, overdue = FOLLOW_UPS["letter-overdue-waiting"]
    _, closure = FOLLOW_UPS["expect-nothing-owed"]
    assert POST_OFFICE.line(replace(overdue, name="talk-in-class"), LUC, "en") == (
        "Talk about letter 1 from 7B Oslo in class: what surprised you, what do you have in common, "
        "what would you like to ask?"
    )
    assert POST_OFFICE.line(replace(closure, name="partner-holidays"), LUC, "en") == (
        "7B Oslo has no school from Monday 28 September to Friday 2 October (Autumn holiday) "
        "and is back on Monday 5 October."
    )


def test_everything_that_can_be_a_mail_can_be_a_line_of_the_digest() -> None:
    assert POST_OFFICE.follow_ups() < POST_OFFICE.digest_lines()


def test_several_follow_ups_make_one_mail_with_one_foot() -> None:
    text = rendered("bundle-three").text
    assert text.count("Answer WHY") == text.count("This is the post office") == 1
    assert text.index("letter 1") < text.index("Meet the class") < text.index("Do the parents know?")


@pytest.mark.parametrize("sample", [name for name in SAMPLES if name.startswith(QUESTIONS)])
def test_a_question_says_how_to_answer_it(sample: str) -> None:
    assert re.search(r"answer (once more, )?(YES|with)", " ".join(rendered(sample).text.split())[:120])


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_html_is_sound_small_and_loads_nothing(sample: str) -> None:
    mail = rendered(sample)
    page = Page(mail.html)
    assert len(mail.html.encode()) <= LARGEST_HTML
    assert ("html", {"lang": "en"}) in page.tags
    assert [tag for tag, _ in page.tags].count("h1") == 1
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"a", "img", "script", "link", "iframe", "form", "input", "object", "base"})
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes), tag
        assert not re.search(r"url\(|@import|expression", attributes.get("style") or ""), tag


@pytest.mark.parametrize("sample", SAMPLES)
def test_both_parts_say_the_same(sample: str) -> None:
    mail = rendered(sample)
    marks = {"-", ">", "--", *(f"{number}." for number in range(1, 10))}
    said = [word for word in mail.text.replace("\n> ", "\n").split() if word not in marks]
    shown = [word for word in Page(mail.html).words if word not in marks]
    start = len(shown) - len(said)
    assert shown[start:] == said


@pytest.mark.parametrize("sample", [name for name in SAMPLES if "hostile" in name])
def test_hostile_names_are_shown_as_they_are_written(sample: str) -> None:
    mail = rendered(sample)
    both = " ".join(mail.text.replace("\n> ", "\n").split())
    assert "<b>Oslo</b>gnp.exe" in both or HOSTILE in both
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    assert "49" not in re.sub(r"#\w+", "", both)
    for octet in "\r\0\x0b\u202e":
        assert octet not in mail.subject + mail.text + mail.html
    assert "\n" not in mail.subject


def test_a_receipt_names_who_else_was_told_and_the_next_date_with_its_weekday() -> None:
    text = " ".join(rendered("receipt-plain").text.split())
    assert "Ola Hansen and Luc Martin have been told too" in text
    assert "due on Friday 6 November" in text


def test_completeness_is_claimed_only_when_it_is_given() -> None:
    assert "24 of 26 found by name; none found for Ana Berg and Tomás Ruiz." in rendered("receipt-final").text
    assert "found by name" not in rendered("receipt-plain").text


def test_the_question_whether_a_mail_is_hers_is_put_as_agreed() -> None:
    assert " ".join(rendered("receipt-ask-yes").text.split()).startswith(
        "Please answer YES or NO. I could not be sure that this mail is really yours, so I have not "
        "passed it on to Luc Martin yet. Answer YES and I will."
    )


def test_a_no_undoes_a_nickname_only_where_it_is_not_asked_for_something_else() -> None:
    person, receipt = SAMPLES["receipt-read-as"]
    assert isinstance(receipt, Receipt)
    both = replace(receipt, ask_yes=True, waiting_for_yes=("Luc Martin",))
    assert "Answer NO to undo this" in POST_OFFICE.render(receipt, person, "en").text
    assert "Answer NO to undo this" not in POST_OFFICE.render(both, person, "en").text


def test_the_first_line_in_a_list_of_mails_is_the_first_sentence() -> None:
    html = rendered("receipt-ask-yes").html
    assert re.search(r'<body[^>]*>\s*<div style="display:none[^>]*>Please answer YES or NO\.', html)


def test_no_mail_mixes_two_languages() -> None:
    assert POST_OFFICE.render(RECEIPT, LUC, "fr-FR") == POST_OFFICE.render(RECEIPT, LUC, "en")


COLOURS = (TEMPLATES / "layout.html").read_text("utf-8")
LIGHT, DARK = ("#ffffff", "#1e232a")


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_colour_of_words_stands_out_in_both_themes() -> None:
    style, body = rendered("letter-arrived-attached").html.split("</style>")
    on_light = set(re.findall(r"(?<![-\w])color:(#[0-9a-f]{6})", body))
    on_dark = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", style))
    assert len(on_light) >= 3
    assert len(on_dark) >= 3
    pairs = [*product(on_light, [LIGHT]), *product(on_dark, [DARK])]
    assert [pair for pair in pairs if _contrast(*pair) < 4.5] == []
