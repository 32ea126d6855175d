"""Languages, the admin's own templates, and how dates, sizes and names are said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.notices import DELHI, HOSTILE, KARI, KYIV, LYON, NOW, OSLO, OWED, RECEIPT

from twinpost.core.model.finding import Finding
from twinpost.core.model.notice import CannotYet, LetterNames, NotUnderstood, Where
from twinpost.core.writing.plain import one_line
from twinpost.edges.markdown import escaped, quoted, render, verbatim
from twinpost.edges.phrasing import Phrasing
from twinpost.edges.templates import Templates

SHIPPED = Path(__file__).parents[2] / "templates"
PLAIN = Templates(SHIPPED, address="letters@school.example", house="Letters between schools")


@pytest.fixture(scope="module")
def english() -> Phrasing:
    return Phrasing(YAML(typ="safe", pure=True).load(SHIPPED / "en" / "words.yaml"))


def own(folder: Path, **files: str) -> Templates:
    """Templates with files of the admin's own; "en_receipt_md" names en/receipt.md."""
    for name, content in files.items():
        language, stem, ending = name.split("_")
        place = folder / language / f"{stem.replace('0', '-')}.{ending}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, "utf-8")
    return Templates(SHIPPED, folder, address="letters@school.example", house="Letters")


def test_the_shipped_templates_have_no_problems() -> None:
    assert PLAIN.problems() == ()


def test_a_template_of_the_admins_replaces_the_shipped_one(tmp_path: Path) -> None:
    templates = own(tmp_path, en_cannot0yet_md="Subject: No {{ order }}\n\nNot **yet**, {{ reader }}.\n")
    mail = templates.render(CannotYet("status"), KARI, "en")
    assert (mail.subject, mail.text) == ("No status", "Not yet, Kari Nordmann.\n")
    assert templates.render(RECEIPT, KARI, "en").text.startswith("Thank you, Kari Nordmann. Letter 1")


def write(folder: Path, name: str, content: str) -> Templates:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content, "utf-8")
    return Templates(SHIPPED, folder, address="letters@school.example", house="Letters")


def test_a_rule_of_the_admins_may_name_a_text_of_his_own(tmp_path: Path) -> None:
    body = "Subject: Tea?\n\nPlease put the kettle on.\n"
    templates = write(tmp_path, "en/follow-ups/tea-time.md", body)
    assert "tea-time" in templates.follow_ups() > PLAIN.follow_ups()
    assert templates.problems() == ()
    mail = templates.render(replace(OWED, name="tea-time"), KARI, "en")
    assert mail.subject == "Tea?"
    assert mail.text.startswith("Please put the kettle on.\n\nAnswer WHY")


def test_a_line_of_the_admins_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    templates = write(tmp_path, "en/digest/letter-overdue.md", "Where is {{ letter|letter }}?\n")
    assert templates.line(OWED, KARI, "en") == "Where is letter 1?"
    assert templates.digest_lines() == PLAIN.digest_lines()


@pytest.mark.parametrize("content", ["Subject: {{ nobody }}\n\nx\n", "Subject: x\n\n{{ letter.number.x }}\n"])
def test_a_text_for_a_rule_that_fails_does_not_keep_the_mail(tmp_path: Path, content: str) -> None:
    templates = write(tmp_path, "en/follow-ups/tea-time.md", content)
    mail = templates.render(replace(OWED, name="tea-time"), KARI, "en")
    assert mail.subject == "Letter 1 from 7B Oslo (Oslo and Lyon write letters)"
    replaced = write(tmp_path, "en/follow-ups/letter-overdue.md", content)
    assert replaced.render(OWED, KARI, "en").subject == PLAIN.render(OWED, KARI, "en").subject


def test_a_broken_text_for_a_rule_is_a_problem_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "en/follow-ups/tea-time.md", "Subject: Tea\n\n{% if %}\n")
    templates = write(tmp_path, "en/digest/tea-time.md", "{{ letter|leter }}\n")
    assert [(Path(problem.file).parent.name, problem.line) for problem in templates.problems()] == [
        ("digest", 1),
        ("follow-ups", 3),
    ]


def test_a_follow_up_is_in_the_readers_language_only_where_all_of_it_is(tmp_path: Path) -> None:
    words = (SHIPPED / "en" / "words.yaml").read_text("utf-8")
    write(tmp_path, "nb/words.yaml", words)
    templates = write(tmp_path, "nb/follow-ups/letter-overdue.md", "Subject: Hei\n\nHei.\n")
    assert templates.render(OWED, KARI, "nb").subject.startswith("I have not seen")
    write(tmp_path, "nb/bundle.md", "Subject: {{ items[0].subject }}\n\n{{ items[0].body }}\n")
    assert own(tmp_path).render(OWED, KARI, "nb").subject == "Hei"


def test_words_of_the_admins_are_laid_over_the_shipped_ones(tmp_path: Path) -> None:
    templates = own(tmp_path, en_words_yaml="products: {letter: [epistle, epistles]}\n")
    mail = templates.render(RECEIPT, KARI, "en")
    assert mail.subject == "Epistle 1 from 7B Oslo has arrived"
    assert "Thursday 8 October" in mail.text


def test_a_language_is_a_folder_and_is_used_where_it_has_the_mail(tmp_path: Path) -> None:
    words = (SHIPPED / "en" / "words.yaml").read_text("utf-8")
    templates = own(
        tmp_path,
        nb_cannot0yet_md="Subject: {{ order|upper }} går ikke ennå\n\nIkke ennå.\n",
        nb_words_yaml=words.replace("Thursday", "torsdag").replace("October", "oktober"),
    )
    for language in ("nb", "NB", "nb-NO", "nb_NO"):
        assert templates.render(CannotYet("status"), KARI, language).subject == "STATUS går ikke ennå"
    assert '<html lang="nb">' in templates.render(CannotYet("status"), KARI, "nb").html
    english = templates.render(RECEIPT, KARI, "nb")
    assert '<html lang="en">' in english.html
    assert "Thursday 8 October" in english.text


def test_a_language_without_words_of_its_own_is_not_used(tmp_path: Path) -> None:
    templates = own(tmp_path, fr_cannot0yet_md="Subject: Pas encore\n\nPas encore.\n")
    assert templates.render(CannotYet("status"), KARI, "fr").subject == "STATUS does not work by mail yet"


@pytest.mark.parametrize("language", ["", "xx", "../../etc", "en/../en", "e", "nb\0", "zz-ZZ"])
def test_an_unknown_language_is_english(language: str) -> None:
    assert PLAIN.render(RECEIPT, KARI, language) == PLAIN.render(RECEIPT, KARI, "en")


@pytest.mark.parametrize(
    "body",
    [
        "{{ no_such_name }}",
        "{{ order.missing }}",
        "{{ order.__class__ }}",
        "{{ 1 / 0 }}",
        "{% for %}",
        "{% include 'nothing.md' %}",
    ],
)
def test_a_template_that_fails_is_passed_over(tmp_path: Path, body: str) -> None:
    templates = own(tmp_path, en_cannot0yet_md=f"Subject: x\n\n{body}\n")
    assert templates.render(CannotYet("status"), KARI, "en").subject == "STATUS does not work by mail yet"


@pytest.mark.parametrize(
    ("file", "content", "line", "text"),
    [
        ("en_receipt_md", "Subject: x\n\nfine\n% if x\nopen\n", 5, "Unexpected end of template"),
        ("en_receipt_md", "Subject: x\n\n{{ a b }}\n", 3, "expected token 'end of print statement'"),
        ("en_receipt_md", "Hello\n", 1, 'The first line must be "Subject: …".'),
        ("en_recipt_md", "Subject: x\n\nx\n", 0, "did you mean receipt.md?"),
        ("en_words_yaml", "a: [1\n", 2, "a `[` without its `]`"),
        ("en_words_yaml", "- a\n", 1, "mapping of words"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    tmp_path: Path, file: str, content: str, line: int, text: str
) -> None:
    (problem,) = own(tmp_path, **{file: content}).problems()
    assert problem.file.startswith(str(tmp_path))
    assert problem.line == line
    assert text in problem.text


def test_a_wrong_layout_is_named(tmp_path: Path) -> None:
    (tmp_path / "layout.html").write_text("<p>\n{% if %}\n", "utf-8")
    templates = Templates(SHIPPED, tmp_path)
    (problem,) = templates.problems()
    assert (problem.file, problem.line) == (str(tmp_path / "layout.html"), 2)
    assert templates.render(RECEIPT, KARI, "en").html.startswith("<!DOCTYPE html>")


@given(st.text(max_size=200))
def test_whatever_an_answer_holds_it_is_shown_literally(answer: str) -> None:
    mail = PLAIN.render(NotUnderstood(answer, answer, (answer, "It is no letter.")), KARI, "en")
    assert "\n" not in mail.subject
    assert mail.html.count("<strong>") == 1
    assert mail.html.count("<li") == 2
    assert "2. It is no letter." in mail.text


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_escaped_text_is_plain_text_again(text: str) -> None:
    assert "".join(render(f"a {escaped(text)} z").text.split()) == "".join(f"a{one_line(text)}z".split())


@pytest.mark.parametrize(
    "text", ["1. x", "- x", "+ x", "# x", "> x", "---", "***", "a\\", "`x`", "[x](y)", "_x_", HOSTILE]
)
def test_marks_at_the_beginning_of_a_line_are_no_marks(text: str) -> None:
    assert "".join(render(escaped(text)).text.split()) == "".join(text.split())
    assert render(escaped(text)).body.count("<") == 2


def test_foreign_text_keeps_its_lines_and_its_indents() -> None:
    text = "Dear Luc,\r\n  a verse\n\n- one\n- two\n-- \nKari"
    assert (
        render(verbatim(text)).text
        == "Dear Luc,\n\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}a verse\n\n- one\n- two\n--\nKari\n"
    )
    assert render(quoted(text)).text.startswith("> Dear Luc,\n>")


def test_a_text_that_is_cut_says_so() -> None:
    assert render(quoted("word " * 30_000)).text.endswith("word\n>\n> […]\n")
    assert "[…]" not in render(quoted("word " * 1_000)).text


def test_an_unknown_finding_is_told_in_its_own_words() -> None:
    told = replace(RECEIPT, findings=(Finding("never-heard-of", text="The *moon* was full."),))
    assert "- The *moon* was full.\n" in PLAIN.render(told, KARI, "en").text


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ((OSLO, LYON), "Thursday 8 October, 09:15 in Oslo and Lyon"),
        ((OSLO, KYIV), "Thursday 8 October, 09:15 in Oslo (10:15 in Kyiv)"),
        ((KYIV, OSLO, LYON), "Thursday 8 October, 10:15 in Kyiv (09:15 in Oslo and Lyon)"),
        ((DELHI, OSLO), "Thursday 8 October, 12:45 in Kolkata (09:15 in Oslo)"),
        ((OSLO, Where("Oslo", "Europe/Berlin")), "Thursday 8 October, 09:15 in Oslo"),
        ((), "Thursday 8 October, 07:15 in UTC"),
    ],
)
def test_a_moment_is_said_in_every_place(english: Phrasing, where: tuple[Where, ...], said: str) -> None:
    places = tuple(Where("Kolkata", place.zone) if place is DELHI else place for place in where)
    assert english.when(NOW, places) == said


def test_another_day_is_said_again(english: Phrasing) -> None:
    evening = datetime(2026, 10, 8, 21, 40, tzinfo=UTC)
    assert english.when(evening, (OSLO, KYIV, DELHI)) == (
        "Thursday 8 October, 23:40 in Oslo (Friday 9 October, 00:40 in Kyiv, 03:10 in Delhi)"
    )


def test_the_clock_change_between_two_places_is_seen(english: Phrasing) -> None:
    new_york = Where("New York", "America/New_York")
    assert "09:00 in Oslo (04:00 in New York)" in english.when(
        datetime(2026, 10, 28, 8, tzinfo=UTC), (OSLO, new_york)
    )
    assert "09:00 in Oslo (03:00 in New York)" in english.when(
        datetime(2026, 11, 4, 8, tzinfo=UTC), (OSLO, new_york)
    )


def test_a_year_is_said_only_when_it_is_another_one(english: Phrasing) -> None:
    assert english.day(date(2026, 11, 6), date(2026, 10, 8)) == "Friday 6 November"
    assert english.day(date(2027, 1, 15), date(2026, 10, 8)) == "Friday 15 January 2027"


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (71_900, "72 kB"),
        (999_400, "999 kB"),
        (999_900, "1.0 MB"),
        (4_113_900, "4.1 MB"),
        (25_000_000, "25 MB"),
        (7_000_000_000_000, "7000 GB"),
    ],
)
def test_sizes_are_said_as_phones_say_them(english: Phrasing, octets: int, said: str) -> None:
    assert english.size(octets) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1,), "letter 1"),
        ((1, 2), "letters 1 and 2"),
        ((1, 2, 3), "letters 1–3"),
        ((1, 2, 4), "letters 1, 2 and 4"),
        ((1, 2, 3, 5, 7, 8, 9), "letters 1–3, 5 and 7–9"),
    ],
)
def test_the_numbers_of_a_letter_are_said_shortly(
    english: Phrasing, numbers: tuple[int, ...], said: str
) -> None:
    letter = LetterNames("letter", numbers, "7B Oslo", ("CM2 Lyon",))
    assert english.letter(letter) == said
    assert english.title(letter) == said.capitalize()


def test_a_product_without_words_is_named_as_it_is(english: Phrasing) -> None:
    assert english.letter(LetterNames("herbarium", (2,), "a", ("b",))) == "herbarium 2"


def test_names_are_listed_and_many_are_counted(english: Phrasing) -> None:
    names = [f"Pupil {number}" for number in range(1, 27)]
    assert english.listed([]) == ""
    assert english.listed(["Ana"]) == "Ana"
    assert english.listed(["Ana", "Tomás", "Zoé"]) == "Ana, Tomás and Zoé"
    assert english.listed(names, 3) == "Pupil 1, Pupil 2 and 24 more"
