"""Words whose charset nobody declared are read as the words that they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinpost.core.reading.charset import codec, decode
from twinpost.core.reading.guess import likeliest

WORDS = {
    "cp1252": [
        *("Lettre 1 de l’école à Oslo", "Brev 1 fra Bø", "Größe", "créée", "Åse", "École", "¿Cómo estás?"),
        *("Lettre n° 2 « été »", "£600", "Formação FrenetikPolis", "é"),
    ],
    "cp1250": ["List 1 z Wrocławia", "Příliš žluťoučký kůň"],
    "iso8859-2": ["Żółć gęślą"],
    "koi8-r": ["Письмо 1 из Осло в Лион", "письмо 1", "Да"],
    "cp1251": ["Письмо 1 из Осло в Лион", "письмо", "Лист 1 з Києва", "Письмо №2"],
    "cp1253": ["Γράμμα 1 από την Αθήνα"],
    "cp932": ["手紙その1", "第1回の手紙", "テスト"],
    "euc_jp": ["日本語の手紙です"],
    "euc_kr": ["한국말로 하는 편지", "편지 1"],
    "gb2312": ["第一封信", "信件1", "奥斯陆的信", "邮件传输失败！"],
    "big5": ["第一封信", "台灣的學校來信"],
}
ALL = [(charset, words) for charset, each in WORDS.items() for words in each]


@pytest.mark.parametrize(("charset", "words"), ALL)
def test_undeclared_words_are_read(charset: str, words: str) -> None:
    assert decode(words.encode(charset)) == (words, False)


@pytest.mark.parametrize(("charset", "words"), [one for one in ALL if len(one[1]) > 3])
def test_words_are_read_when_utf_8_is_declared_and_wrong(charset: str, words: str) -> None:
    assert decode(words.encode(charset), "utf-8") == (words, False)


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "koi8-r", "windows-1251", "iso-8859-2", "us-ascii", "x-none"]
)
def test_utf_8_is_read_whatever_else_is_declared(label: str) -> None:
    assert decode("Grüße, Люк".encode(), label) == ("Grüße, Люк", False)


@pytest.mark.parametrize("words", ["Grüße", "Письмо Осло", "Ångström"])
def test_a_declared_charset_is_believed(words: str) -> None:
    for label in ("utf-8", "koi8-r", "windows-1251", "iso-8859-1"):
        try:
            octets = words.encode(label)
        except UnicodeError:
            continue
        assert decode(octets, label) == (words, True)


def test_noise_is_no_words() -> None:
    assert likeliest(bytes(range(0x80, 0x100)) * 3) == ""


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_octets_make_the_guess_raise(octets: bytes) -> None:
    assert likeliest(octets) == "" or octets.decode(likeliest(octets), "replace")


@settings(deadline=None)
@given(
    st.binary(max_size=60),
    st.sampled_from(["", "zlib", "iso-2022-jp", "utf-7", "hz", "cp1252", "win-1251", "utf-16"]),
)
def test_no_octets_make_the_decoder_raise(octets: bytes, label: str) -> None:
    assert isinstance(decode(octets, label)[0], str)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("x-cp1251", "cp1251"),
        ("win-1252", "cp1252"),
        ("windows_1250", "cp1250"),
        ("zlib", ""),
        ("rot13", ""),
        ("hex", ""),
    ],
)
def test_labels_mean_charsets_and_transformations_mean_none(label: str, name: str) -> None:
    assert codec(label) == name
