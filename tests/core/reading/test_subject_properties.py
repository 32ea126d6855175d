"""What holds for every subject: what we print we read back, and no text does harm."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.subject import print_subject, read_subject
from twinpost.core.reading.tokens import clean, words_of
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_vocabulary

WORDS = load_vocabulary(shipped("rules"))
OSLO_LYON = (
    ClassNames(1, 1, ("7B Oslo", "7B", "Oslo")),
    ClassNames(2, 1, ("CM2 Lyon", "CM2", "Lyon", "École Lyon")),
)
NAMES = (
    *("7B Oslo", "CM2 Lyon", "Toronto", "Porto", "Road to Hana School", "Letter Lane 2", "4A Freiburg"),
    *("École Saint-Denis", "Ålesund 6.", "St. Mary's", "Rose and Crown School", "7А Київ", "東京", "Class 5"),
    *("Łódź", "Αθήνα 3", "Von der Heydt", "De la Salle", "To", "A", "B", "Tilburg", "Videoskolen"),
)
PIECES = (
    *(
        "Letter",
        "Brief",
        "from",
        "von",
        "de",
        "to",
        "an",
        "à",
        "7B",
        "Oslo",
        "Lyon",
        "CM2",
        "and",
        "of",
        "Re",
    ),
    *("1", "2", "2/3", "part", "->", "<-", "-", "–", ",", "(", ")", "/", "[", "]", ":"),
)
numbers = st.one_of(
    st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True).map(sorted),
    st.tuples(st.integers(1, 70), st.integers(2, 29)).map(lambda pair: list(range(pair[0], sum(pair)))),
)
parts = st.one_of(
    st.none(),
    st.integers(1, 99).map(lambda k: (k, None)),
    st.tuples(st.integers(1, 99), st.integers(1, 99)).map(sorted).map(tuple),
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    code=st.sampled_from([language.code for language in WORDS.languages]),
    product=st.sampled_from(
        ("letter", "video", "postcard", "activity", "presentation", "poster", "recording")
    ),
    numbers=numbers,
    part=parts,
    names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True),
)
def test_every_subject_that_we_print_reads_back_as_it_was_meant(code, product, numbers, part, names) -> None:
    classes = tuple(ClassNames(at, 1, (name,)) for at, name in enumerate(names, start=1))
    printed = print_subject(product, numbers, names[0], names[1:], part, WORDS.language(code))
    reading = read_subject(printed, classes, WORDS)
    assert (reading.product, reading.numbers, reading.part) == (product, tuple(numbers), part), printed
    assert [mention.class_ids for mention in reading.from_] == [(1,)], printed
    assert [mention.class_ids for mention in reading.to] == [(at,) for at in range(2, len(names) + 1)], (
        printed
    )
    assert reading.exact, printed


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(max_size=600),
    words=st.lists(
        st.sampled_from(
            [
                "Letter",
                "Brief",
                "from",
                "von",
                "de",
                "to",
                "an",
                "à",
                "7B",
                "Oslo",
                "Lyon",
                "CM2",
                "1",
                "2",
                "-",
                "–",
                ",",
                "and",
                "(",
                ")",
                "/",
                "[",
                "]",
                ":",
                "Re",
                "part",
                "2/3",
                "of",
                "->",
                "<-",
            ]
        ),
        max_size=40,
    ),
)
@example(text="\ud800", words=["Letter"])
@example(text="٣" * 600, words=[])
def test_no_text_raises_and_nothing_is_ever_both_certain_and_incomplete(text, words) -> None:
    for subject in (text, " ".join(words), " ".join([*words, text, *words])):
        reading = read_subject(subject, OSLO_LYON, WORDS)
        if reading.exact:
            assert reading.product
            assert reading.numbers
            assert not reading.number_trouble
            assert len(reading.from_) == 1
            assert reading.to or reading.to_all
        assert "\n" not in reading.cleaned


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_a_cleaned_line_is_clean(text) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", cleaned)


LOOKALIKES = {
    "a": "а",
    "A": "Α",
    "B": "В",
    "o": "о",
    "O": "О",
    "C": "С",
    "y": "у",
    "M": "М",
    "e": "е",
    "p": "р",
}


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(("7B Oslo", "CM2 Lyon", "Oslo", "Lyon", "7B")),
    places=st.sets(st.integers(0, 10), min_size=1),
)
def test_a_name_in_look_alike_letters_is_never_certain_and_never_another_class(name, places) -> None:
    disguised = "".join(LOOKALIKES.get(char, char) if at in places else char for at, char in enumerate(name))
    assume(disguised != name)
    reading = read_subject(f"Letter 1 from {disguised} to all", OSLO_LYON, WORDS)
    right = 1 if "Oslo" in name or "7B" in name else 2
    assert not reading.exact
    assert all(mention.class_ids in ((), (right,)) for mention in reading.from_)


KAZAN_PATRA = (ClassNames(1, 1, ("6Б Казань", "Казань")), ClassNames(2, 1, ("ΣΤ1 Πάτρα", "Πάτρα")))
LATIN = {"К": "K", "а": "a", "з": "3", "н": "h", "Π": "П", "ά": "a", "τ": "t", "ρ": "p", "α": "a"}


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(("Казань", "Казани", "Πάτρα", "Πάτρας")),
    places=st.sets(st.integers(0, 6), min_size=1),
)
def test_a_foreign_name_in_look_alike_letters_is_never_certain_and_never_another_class(name, places) -> None:
    disguised = "".join(LATIN.get(char, char) if at in places else char for at, char in enumerate(name))
    assume(disguised != name)
    right = 1 if name.startswith("Каз") else 2
    for subject in (f"Письмо 1 из {disguised} всем", f"Γράμμα 1 από {disguised} σε όλους"):
        reading = read_subject(subject, KAZAN_PATRA, WORDS)
        assert not reading.exact
        assert all(mention.class_ids in ((), (right,)) for mention in reading.from_)


@settings(max_examples=200, deadline=None)
@given(
    control=st.sampled_from(
        "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad\ufeff"
    ),
    places=st.sets(st.integers(0, 32), min_size=1, max_size=4),
)
def test_invisible_characters_never_make_another_class_or_number(control, places) -> None:
    plain = "Letter 1 from 7B Oslo to CM2 Lyon"
    subject = "".join(control + char if at in places else char for at, char in enumerate(plain))
    reading = read_subject(subject, OSLO_LYON, WORDS)
    assert reading.numbers in ((), (1,))
    assert all(mention.class_ids in ((), (1,)) for mention in reading.from_)
    assert all(mention.class_ids in ((), (2,)) for mention in reading.to)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), name=st.sampled_from(("Oslo", "Bergen", "Trondheim", "Fredrikstad", "Lyon")))
def test_a_slip_in_a_name_finds_the_right_class_or_none(data, name) -> None:
    names = ("Oslo", "Bergen", "Trondheim", "Fredrikstad", "Lyon")
    classes = tuple(ClassNames(at, 1, (one,)) for at, one in enumerate(names, start=1))
    at = data.draw(st.integers(0, len(name) - 1))
    char = data.draw(st.sampled_from("abcdefghijklmnoprstuvy"))
    kind = data.draw(st.sampled_from(("change", "drop", "add")))
    slip = name[:at] + {"change": char, "drop": "", "add": char + name[at]}[kind] + name[at + 1 :]
    reading = read_subject(f"Letter 1 from {slip} to all", classes, WORDS)
    found = {class_id for mention in reading.from_ for class_id in mention.class_ids}
    assert found <= {names.index(name) + 1}
    assert slip.casefold() == name.casefold() or not reading.exact or words_of(slip) == words_of(name + "s")


TURKISH = {
    "language": "tr",
    "products": {"letter": "mektup, mektuplar"},
    "number": "numara, no",
    "and": "ve",
    "filler": "sınıfı",
    "suffixes": "inci, nci",
    "ordinals": "birinci, ikinci",
    "from_endings": "dan, den, tan, ten",
    "to_endings": "a, e, ya, ye",
    "print": {"subject": "{product} {numbers} {from}'den {to}'e", "part": "bölüm {k}/{n}", "and": "ve"},
}


@pytest.mark.parametrize(
    "subject",
    [
        "Oslo'dan Lyon'a mektup 2",
        "2. mektup Oslo’dan Lyon’a",
        "İkinci mektup: Oslo'dan Lyon'a",
        "Mektup no 2, 7B Oslo'dan CM2 Lyon'a",
        "MEKTUP 2 OSLO'DAN LYON'A",
    ],
)
def test_a_language_with_endings_instead_of_words_needs_data_only(subject) -> None:
    from twinpost.core.reading.vocabulary import vocabulary

    words = vocabulary(("letter",), {"tr": TURKISH}, {})
    reading = read_subject(subject, OSLO_LYON, words)
    assert (reading.product, reading.numbers, reading.exact) == ("letter", (2,), True)
    assert [mention.class_ids for mention in (*reading.from_, *reading.to)] == [(1,), (2,)]


@pytest.mark.parametrize(
    "subject",
    [
        "letter 1 " * 100,
        "from abcdefgh zzyyxxww " * 40,
        "Re:" * 300,
        "[" * 800,
        "(" * 800,
        "1-" * 400,
        "<" * 800,
        "ﷺ" * 800,
        "Ẓ̌̌̌̌" * 200,
        "9" * 800,
    ],
)
def test_an_absurd_subject_is_read_and_is_nothing_certain(subject) -> None:
    reading = read_subject(subject, OSLO_LYON, WORDS)
    assert not reading.exact
    assert len(reading.cleaned) <= 500


@pytest.mark.parametrize(
    ("subject", "loose"),
    [("Letter 2 Lyon", ["Lyon"]), ("Letter 2 from 7B (Oslo)", []), ("7B Oslo, letter 2, to Lyon", [])],
)
def test_a_class_named_loosely_is_kept_unless_it_has_its_place(subject, loose) -> None:
    assert [mention.words for mention in read_subject(subject, OSLO_LYON, WORDS).loose] == loose
