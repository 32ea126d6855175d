from __future__ import annotations

import pytest
from tests.builders import a_file, a_reading

from twinpost.core.inspecting.mentions import REMOVED, mentions

ANA = mentions(["Ana Maria Berg"], ["ana@pupils.example"], ["the frog.pdf"])


@pytest.mark.parametrize(
    "text",
    [
        "by Ana Maria Berg, 7B",
        "by ANA BERG",
        "Berg, Ana",
        "Ana_Berg_letter.pdf",
        "ana-maria-berg.docx",
        "Aná Bérg",
        "Ana\nBerg",
        "<ana@pupils.example>",
        "Ana@Pupils.Example.",
        "see The Frog.pdf",
    ],
)
def test_a_name_is_found_in_every_usual_spelling(text: str) -> None:
    assert ANA.named(text)
    assert not ANA.named(ANA.without(text))


@pytest.mark.parametrize(
    "text",
    ["Ana Bergstrøm", "Diana Berg", "Ana and Tom Berg", "ana@pupils.example.org", "x.ana@pupils.example"],
)
def test_another_name_is_left_alone(text: str) -> None:
    found = ANA.named(text)
    assert found == (text == "ana@pupils.example.org")  # whoever owns the longer domain is not told from her
    if not found:
        assert ANA.without(text) == text


def test_what_is_around_a_name_stays() -> None:
    assert ANA.without("Dear Luc,\nAna Berg is ill.\n") == f"Dear Luc,\n{REMOVED} is ill.\n"
    assert ANA.cleaned({"to": [["Ana Berg", "ana@pupils.example"]], "n": 3}) == {
        "to": [[REMOVED, REMOVED]],
        "n": 3,
    }


def test_a_name_is_found_as_html_writes_it() -> None:
    brian = mentions(["Brian O'Neill"], [])
    for text in ("Brian O&#39;Neill", "Brian O&#x27;Neill", "Brian O'Neill"):
        assert brian.without(f"<b>{text}</b>") == f"<b>{REMOVED}</b>"


def test_a_name_of_one_word_is_no_word_of_a_text() -> None:
    will = mentions(["Will"], [])
    assert not will.named("Will you write? Will.")
    assert will.named_here("Will.pdf")
    assert not will.named_here("goodwill.pdf")
    assert not will.in_reading(a_reading("Letter 1", text="Will you write?"))
    assert will.in_reading(a_reading("Letter 1", files=(a_file("Will.docx"),)))


def test_nobody_is_found_where_nobody_is_looked_for() -> None:
    assert not mentions([], []).named_here("Ana Berg")
