"""Orders stand alone: one word does something, a sentence with that word does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinpost.core.reading.orders import ORDERS, read_order
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_orders

WORDS = load_orders(shipped("rules"))


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_known_by_its_own_name(order: str) -> None:
    assert read_order(order, "", WORDS) == order
    assert read_order(order.lower(), "", WORDS) == order
    assert read_order("", f"\n\n{order.title()}!\nKari", WORDS) == order


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("STATUS oslo-lyon", "STATUS"),
        ("status oslo-lyon", "STATUS"),
        ("Status, please", "STATUS"),
        ("Please: status", "STATUS"),
        ("  » STATUS «  ", "STATUS"),
        ("log 7B", "LOG"),
        ("LATER 12 October", "LATER"),
        ("AWAY Luc until 8 January", "AWAY"),
        ("Why?", "WHY"),
        ("Hilfe!", "HELP"),
        ("bitte Hilfe", "HELP"),
        ("Ferien", "HOLIDAYS"),
        ("später", "LATER"),
        ("aide", "HELP"),
        ("réunion", "MEETING"),
        ("plus tard", "LATER"),
        ("d'accord", "AGREE"),
        ("hjelp", "HELP"),
        ("møte", "MEETING"),
        ("klokkeslett", "TIME"),
        ("ayuda, por favor", "HELP"),
        ("férias", "HOLIDAYS"),
        ("vacanze", "HOLIDAYS"),
        ("vakantie", "HOLIDAYS"),
        ("hjælp", "HELP"),
        ("lägesrapport", ""),
        ("var är vi?", "STATUS"),
        ("Missä mennään?", "STATUS"),
        ("dzień dobry, pomoc", "HELP"),
        ("prázdniny", "HOLIDAYS"),
        ("Miért?", "WHY"),
        ("TATİLLER", "HOLIDAYS"),
        ("βοήθεια", "HELP"),
        ("каникулы", "HOLIDAYS"),
        ("допомога, будь ласка", "HELP"),
        ("ＳＴＡＴＵＳ", "STATUS"),
        ("ST\u200bATUS", "STATUS"),
    ],
)
def test_a_word_alone_is_an_order_in_any_language(line: str, order: str) -> None:
    assert read_order(line, "", WORDS) == order
    assert read_order("", line, WORDS) == order


@pytest.mark.parametrize(
    "line",
    [
        "",
        "The status of our letters is fine",
        "status of our letters",
        "STATUS OF OUR LETTERS",
        "Status quo",
        "Meeting tomorrow",
        "meeting at 10",
        "Help us with the parcel",
        "help, it's urgent",
        "Book club",
        "Log in to the portal",
        "log-in",
        "Time-out",
        "Time flies",
        "Start now",
        "Later today",
        "See you later",
        "Board game evening with both classes",
        "Away we go",
        "Why are there no letters?",
        "LATER we will send all the photos and the long film",
        "Letter 1 from 7B Oslo to CM2 Lyon",
        "Die Ferien waren schön",
        "Les vacances sont finies",
        "Ferien in Norwegen",
        "🎉",
    ],
)
def test_an_ordinary_line_is_no_order(line: str) -> None:
    assert read_order(line, "", WORDS) == ""
    assert read_order("", line, WORDS) == ""


def test_only_the_first_written_line_counts() -> None:
    assert read_order("Our letters", "Hello Luc,\n\nSTATUS\n", WORDS) == ""


def test_under_a_subject_about_a_letter_a_line_is_an_order_only_in_capitals() -> None:
    assert read_order("Brief 2 komt later", "Toetsweek.\n", WORDS, of_letter=True) == ""
    assert read_order("Brief 2 komt later", "STATUS\n", WORDS, of_letter=True) == "STATUS"
    assert read_order("Hello", "Exams.\n", WORDS) == "EXAMS"


def test_the_subject_goes_before_the_text() -> None:
    assert read_order("STATUS", "HELP", WORDS) == "STATUS"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_raises(subject: str, written: str) -> None:
    assert read_order(subject, written, WORDS) in {"", *ORDERS}
