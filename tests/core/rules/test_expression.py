from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.model.rule import Event
from twinpost.core.rules.expression import LONGEST, compile_condition
from twinpost.core.rules.language import WORDS, Type, words_of
from twinpost.core.rules.tokens import WrongExpression

UNKNOWN_SIGN = "is not understood: there are comparisons, `and`, `or`, `not`, `in`, + and -"
LOOKS_IN = "`in` looks for a value in a list, or for a text in a text"
MODES = "it is one of through-teachers, direct, both"

VALUES: dict[str, object] = {
    "letter.number": 2,
    "letter.product": "letter",
    "letter.from": "7B Oslo",
    "days_late": -3,
    "mode": "direct",
    "closure.name": "Easter holidays",
    "sender.country": "NO",
}


@pytest.mark.parametrize(
    "text",
    [
        "letter.number >= 1",
        "letter.number == 2 and mode == 'direct'",
        "letter.number > 2 or days_late < 0",
        "letter.number > 9 or letter.number > 8 or letter.number > 1",
        "not letter.number > 2",
        "not (letter.number > 2 and days_late > 0)",
        "1 <= letter.number <= 2",
        "letter.number + 1 - 2 == 1",
        "days_late == -3",
        "days_late + -1 == -4",
        "- days_late > 2",
        'letter.product in ["letter", "video"]',
        'letter.product not in ["video"]',
        "letter.number in [1, 2, 3]",
        '"easter" in closure.name',
        '"Summer" not in closure.name',
        'letter.from == "7b oslo"',
        'sender.country != "FR"',
        '"no" == sender.country',
        "((letter.number))==2",
        "letter.number>1and mode=='direct'",
    ],
)
def test_a_condition_holds(text: str) -> None:
    condition = compile_condition(text)
    assert condition.holds(VALUES) is True
    assert compile_condition(f"not ({text})").holds(VALUES) is False


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("", 1, "there is nothing to compare"),
        ("   ", 1, "there is nothing to compare"),
        ("1 == 1", 1, "this is the same for every event: name a word of the event"),
        ("letter.number", 1, "this is a number, and neither true nor false: compare it"),
        (
            "days_late > 1 and letter.number",
            19,
            "this is a number, and neither true nor false: compare it",
        ),
        ("not mode", 5, "this is a text, and neither true nor false: compare it"),
        ("letter.number = 1", 15, "`=` is not understood: write `==` to compare"),
        ("letter.number <> 1", 16, "`>` is not understood: write `!=`"),
        ("days_late > 1 && mode", 15, "`&` is not understood: write `and`"),
        ("days_late > 1 || mode", 15, "`|` is not understood: write `or`"),
        ("!mode", 1, "`!` is not understood: write `not`, or `!=` to compare"),
        ("letter.number > 1.5", 18, "`.` is not understood: numbers are whole"),
        ("letter.number * 2 > 1", 15, f"`*` {UNKNOWN_SIGN}"),
        ("mode == 'direct", 9, "`'` is not understood: this quote has no end"),
        ("mode == \u202e", 9, f"`an invisible character` {UNKNOWN_SIGN}"),
        ("letter.number > 'a'", 15, "a number cannot be compared with a text"),
        ("1 < letter.number < 'a'", 19, "a number cannot be compared with a text"),
        ("mode > 'a'", 6, "`>` compares numbers; texts have == and !="),
        ("mode + 1 > 2", 6, "`+` needs numbers, and this is a text"),
        ("-mode > 2", 2, "this is a text, where a number is needed"),
        ("letter.number in 3", 15, f"{LOOKS_IN}, not a number in a number"),
        ("mode in [1]", 6, f"{LOOKS_IN}, not a text in a list of numbers"),
        ("letter.number in []", 18, "this list is empty"),
        ("letter.number in [1 2]", 21, "a `,` or `]` is missing in the list"),
        ("letter.number in [1, 'a']", 22, "a list holds numbers, or texts in quotes, and nothing else"),
        ("letter.number in [days_late]", 19, "a list holds numbers, or texts in quotes, and nothing else"),
        ("letter.number not 3", 15, "`not` stands before a comparison, or as `not in`"),
        ("(letter.number > 1", 1, "this `(` has no `)`"),
        ("letter.number > 1)", 18, "`)` is too much here"),
        ("letter.number >", 16, "a value is missing before the end"),
        ("and letter.number > 1", 1, "a value is missing before `and`"),
        ("len(mode) > 1", 1, "`len(…)`: nothing can be called here"),
        ("mode('x') == 1", 1, "`mode(…)`: nothing can be called here"),
        ("letter.number == 12345678901", 18, "this is no number that a rule could need"),
        ("letter.number == ٣", 18, "this is no number that a rule could need"),
        ("mode == 'dirct'", 9, f"{MODES}, never `dirct` (did you mean `direct`?)"),
        ("mode in ['post']", 9, f"{MODES}, never `post`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_column(text: str, column: int, sentence: str) -> None:
    with pytest.raises(WrongExpression) as caught:
        compile_condition(text)
    assert (caught.value.column, caught.value.sentence) == (column, sentence)


@pytest.mark.parametrize("text", ["letter.numbr > 1", "Letter.Number > 1", "leter.number > 1"])
def test_a_misspelt_word_is_told_what_it_may_have_meant(text: str) -> None:
    with pytest.raises(WrongExpression, match=r"did you mean `letter\.number`\?"):
        compile_condition(text)


def test_a_text_without_quotes_is_told_where_quotes_go() -> None:
    with pytest.raises(WrongExpression, match="texts stand in quotes"):
        compile_condition("mode == direct")


@pytest.mark.parametrize("text", ["mode == True", "letter.number != none"])
def test_truth_values_are_not_needed(text: str) -> None:
    with pytest.raises(WrongExpression, match="is not needed: compare with a number or a text"):
        compile_condition(text)


def test_a_word_of_another_event_is_refused() -> None:
    with pytest.raises(WrongExpression, match="has no value for this event"):
        compile_condition("letter.number > 1", words_of(Event.SESSION_START))


@pytest.mark.parametrize(
    "text", ["mode.__class__ == 'x'", "__import__ == 'x'", "letter.number.real > 1", "().__class__ == 'x'"]
)
def test_there_is_no_way_to_anything_else(text: str) -> None:
    with pytest.raises(WrongExpression):
        compile_condition(text)


@pytest.mark.parametrize(
    "text", ["(" * 290, "not " * 74, "-" * 299 + "1", "[" * 299, "letter.number > 1 or " * 50_000]
)
def test_what_is_too_deep_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(WrongExpression, match=r"within each other|at most|a value is missing|nothing else"):
        compile_condition(text)


@pytest.mark.parametrize("joint", [" or days_late < 0", "+1", "<9"])
def test_what_is_long_but_flat_is_run(joint: str) -> None:
    text = "letter.number"
    text += "" if "+" in joint else " < 9"
    text += joint * ((LONGEST - 30) // len(joint))
    text = f"{text} > 0" if "+" in joint else text
    if joint == "<9":
        text = "letter.number<9" + "<=9" * 80
    assert compile_condition(text).holds(VALUES) in (True, False)


ALPHABET = st.sampled_from(
    [*WORDS, "and", "or", "not", "in", "(", ")", "[", "]", ",", "+", "-", "==", "<", ">=", "1", "'a'", '"']
)


@given(st.lists(ALPHABET, max_size=25).map(" ".join) | st.text(max_size=60))
def test_whatever_is_written_is_a_condition_or_a_sentence(text: str) -> None:
    try:
        condition = compile_condition(text)
    except WrongExpression as wrong:
        found = (wrong.column, wrong.sentence)
    else:
        values = {name: 1 if WORDS[name].type is Type.NUMBER else "a" for name in condition.words}
        assert condition.holds(values) in (True, False)
        assert condition.words <= WORDS.keys()
        return
    assert 1 <= found[0] <= len(text) + 1
    assert found[1]
    assert len(found[1]) < 600
