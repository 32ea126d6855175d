"""Answers stand below the mail that they answer, and a mail's id follows from its key."""

from __future__ import annotations

import pytest

from twinpost.core.writing.identity import message_id
from twinpost.core.writing.threads import references, reply_subject


def test_an_answer_refers_to_its_parent_and_to_what_its_parent_refers_to() -> None:
    assert references("<c@x>", ("<a@x>", "<b@x>")) == ("<a@x>", "<b@x>", "<c@x>")


def test_a_parent_without_references_lends_its_in_reply_to() -> None:
    assert references("<b@x>", (), ("<a@x>",)) == ("<a@x>", "<b@x>")
    assert references("<b@x>", (), ("<a@x>", "<z@x>")) == ("<b@x>",)


def test_nothing_is_referred_to_twice_and_nothing_empty() -> None:
    assert references("<b@x>", ("<a@x>", "", "<b@x>", "<a@x>")) == ("<a@x>", "<b@x>")
    assert references("", ()) == ()


def test_a_long_thread_keeps_its_root_and_the_nearest() -> None:
    chain = tuple(f"<{number}@x>" for number in range(50))
    kept = references("<parent@x>", chain)
    assert len(kept) == 20
    assert (kept[0], kept[1], kept[-2:]) == ("<0@x>", "<32@x>", ("<49@x>", "<parent@x>"))


@pytest.mark.parametrize(
    "subject",
    ["Letter 1", "Re: Letter 1", "RE: re:Letter 1", "AW: Re[2]: Letter 1", "Re : Letter 1", "SV：Letter 1"],
)
def test_a_reply_has_one_mark(subject: str) -> None:
    assert reply_subject(subject) == "Re: Letter 1"


def test_words_that_only_begin_like_a_mark_stay() -> None:
    assert reply_subject("Reading: letter 1") == "Re: Reading: letter 1"
    assert reply_subject("") == "Re:"


def test_the_same_key_gives_the_same_id() -> None:
    assert message_id("receipt/1/1/7", "s", "school.example") == message_id(
        "receipt/1/1/7", "s", "School.example"
    )


def test_another_key_or_another_secret_gives_another_id() -> None:
    ids = {message_id(key, secret, "school.example") for key in ("a", "b") for secret in ("s", "t")}
    assert len(ids) == 4


def test_an_id_is_short_and_on_our_domain() -> None:
    made = message_id("receipt/1/1/7", "s", "school.example")
    assert made.startswith("<tp.")
    assert made.endswith("@school.example>")
    assert len(made) < 76


@pytest.mark.parametrize("domain", ["", "a b", "x>\r\nBcc: v@evil.example", "schöl.example", "-x.example"])
def test_a_domain_that_is_none_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="not a domain"):
        message_id("key", "s", domain)
