"""The word files: shipped ones load, broken ones are named by file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.orders import ORDERS, OrderWords, order_words
from twinpost.core.reading.subject import read_subject
from twinpost.edges.marked import load_yaml
from twinpost.edges.shipped import shipped
from twinpost.edges.words import (
    load_answers,
    load_orders,
    load_products,
    load_vocabulary,
    refuse_what_does_not_read_back,
)
from twinpost.errors import ConfigError

LANGUAGES = {
    *("cs", "da", "de", "el", "en", "es", "fi", "fr", "hu"),
    *("it", "nb", "nl", "pl", "pt", "ru", "sv", "tr", "uk"),
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules that a test may break."""
    return Path(shutil.copytree(shipped("rules"), tmp_path / "rules"))


def problems_of(load: Callable[[Path], object], rules: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(rules)
    return [str(problem).removeprefix(f"{rules}/") for problem in caught.value.problems]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(at for at, line in enumerate(lines, start=1) if line.lstrip().startswith(start))


def test_the_shipped_languages_load_with_english_first() -> None:
    words = load_vocabulary(shipped("rules"))
    assert words.languages[0].code == "en"
    assert {language.code for language in words.languages} >= LANGUAGES
    assert words.language("fr").code == "fr"
    assert words.language("xx").code == "en"


def test_every_word_of_a_prefix_file_is_whole() -> None:
    words = load_vocabulary(shipped("rules"))
    assert {"re", "aw", "sv", "回复", "απ", "ответ"} <= words.reply
    assert {"fwd", "wg", "tr", "videresendt", "转发", "πρθ"} <= words.forward
    assert all(prefix.isprintable() for prefix in words.reply | words.forward | words.gateway)


def test_every_language_counts_to_twenty() -> None:
    for language in load_vocabulary(shipped("rules")).languages:
        said = [means for phrases in language.phrases.values() for _, means in phrases]
        said += language.accented.values()
        assert {means["cardinals"] for means in said if "cardinals" in means} >= set(range(1, 21))
        assert {means["ordinals"] for means in said if "ordinals" in means} >= set(range(1, 21))


def orders_of_each_language() -> dict[str, OrderWords]:
    files = {path.stem: path for path in (shipped("rules") / "orders").glob("*.yaml")}
    return {code: order_words({code: load_yaml(path).data}) for code, path in files.items()}


def test_every_order_has_a_word_in_every_language() -> None:
    words = orders_of_each_language()
    assert words.keys() == LANGUAGES
    assert all(set(known.orders.values()) == set(ORDERS) for known in words.values())


def test_no_word_is_an_order_here_and_another_there() -> None:
    meant: dict[tuple[str, ...], set[str]] = {}
    for known in orders_of_each_language().values():
        for phrase, order in known.orders.items():
            meant.setdefault(phrase, set()).add(order)
    assert {phrase: orders for phrase, orders in meant.items() if len(orders) > 1} == {}


def test_a_new_language_is_a_file_and_nothing_else(rules: Path) -> None:
    english = (rules / "subjects" / "en.yaml").read_text(encoding="utf-8")
    (rules / "subjects" / "xx.yaml").write_text(english.replace("language: en", "language: xx"), "utf-8")
    assert "xx" in {language.code for language in load_vocabulary(rules).languages}


def test_a_misspelt_heading_is_named_with_its_line_and_the_nearest_one(rules: Path) -> None:
    path = rules / "subjects" / "de.yaml"
    replace(path, "through:", "trough:")
    line = line_of(path, "trough:")
    assert problems_of(load_vocabulary, rules) == [
        f"subjects/de.yaml:{line}: `trough` is no heading of this file: did you mean `through`?"
    ]


def test_all_problems_of_all_files_are_told_at_once(rules: Path) -> None:
    replace(rules / "subjects" / "de.yaml", "and: und, sowie", "and: [und, sowie]")
    replace(rules / "subjects" / "fr.yaml", "  poster: affiche", "  postr: affiche")
    replace(rules / "subjects" / "nb.yaml", "{product} {numbers} fra {from}", "{product} fra {from}")
    told = problems_of(load_vocabulary, rules)
    assert [problem.split(":")[0] for problem in told] == [
        "subjects/de.yaml",
        "subjects/fr.yaml",
        "subjects/nb.yaml",
    ]
    assert "this must be words, parted by commas" in told[0]
    assert "`postr` is no heading of this file: did you mean `poster`?" in told[1]
    assert "{numbers}" in told[2]


def test_an_ending_of_a_wrong_form_is_told_how_it_is_written(rules: Path) -> None:
    path = rules / "subjects" / "tr.yaml"
    replace(path, "  dan, den,", "  o>a>u, dan, den,")
    line = line_of(path, "from_endings:")
    (told,) = problems_of(load_vocabulary, rules)
    assert told.startswith(f"subjects/tr.yaml:{line}: `o>a>u` is no ending: `dan` is added to a name")


def test_a_word_that_says_from_and_to_is_told(rules: Path) -> None:
    path = rules / "subjects" / "pl.yaml"
    replace(path, "to: do,", "to: do, od,")
    assert problems_of(load_vocabulary, rules) == [
        f"subjects/pl.yaml:{line_of(path, 'to:')}: `od` stands under `from`, too: a word can say one of them"
    ]


def test_a_word_of_two_products_is_told(rules: Path) -> None:
    path = rules / "subjects" / "en.yaml"
    replace(path, "video: video,", "video: letter, video,")
    (told,) = problems_of(load_vocabulary, rules)
    assert told.startswith(f"subjects/en.yaml:{line_of(path, 'video:')}: `letter` stands under `letter`, too")


def test_a_product_needs_words_in_one_language_at_least(rules: Path) -> None:
    replace(rules / "products.yaml", "recording", "recording, riddle")
    (told,) = problems_of(load_vocabulary, rules)
    assert "no language has words for `riddle`" in told
    replace(rules / "subjects" / "nb.yaml", "products:\n", "products:\n  riddle: gåte, gåter\n")
    words = load_vocabulary(rules)
    classes = (ClassNames(1, 1, ("Oslo",)), ClassNames(2, 1, ("Lyon",)))
    for subject in ("Gåte 1 fra Oslo til Lyon", "Gåte 1 von Oslo an Lyon"):
        reading = read_subject(subject, classes, words)
        assert (reading.product, reading.numbers) == ("riddle", (1,))


def test_every_shipped_language_names_every_product() -> None:
    for language in load_vocabulary(shipped("rules")).languages:
        assert set(language.pattern.names) == set(load_products(shipped("rules")))


def test_what_a_shipped_language_writes_is_read_back() -> None:
    refuse_what_does_not_read_back(load_vocabulary(shipped("rules")), shipped("rules"))


def test_a_way_of_writing_that_is_not_understood_is_told_with_an_example(rules: Path) -> None:
    path = rules / "subjects" / "nb.yaml"
    replace(path, "{numbers} fra {from}", "{numbers} uti {from}")
    with pytest.raises(ConfigError) as caught:
        refuse_what_does_not_read_back(load_vocabulary(rules), rules)
    (problem,) = caught.value.problems
    assert problem.line == line_of(path, "subject:")
    assert "is not read back as the same letter: Brev 2 og 4 uti 7B Oslo til CM2 Lyon" in problem.text


def test_a_file_that_is_no_yaml_is_named_with_its_line(rules: Path) -> None:
    (rules / "orders" / "en.yaml").write_text("STATUS: status\nLOG: [log\n", "utf-8")
    assert problems_of(load_orders, rules)[0].startswith("orders/en.yaml:3: this is not YAML")


def test_a_file_without_headings_is_refused(rules: Path) -> None:
    (rules / "answers" / "nb.yaml").write_text("- ja\n- nei\n", "utf-8")
    assert problems_of(load_answers, rules) == [
        "answers/nb.yaml:1: the file must hold headings with words behind them"
    ]


def test_a_language_named_unlike_its_file_is_refused(rules: Path) -> None:
    (rules / "subjects" / "fr.yaml").rename(rules / "subjects" / "it.yaml")
    told = problems_of(load_vocabulary, rules)
    assert told == ["subjects/it.yaml:2: the language is not the one that the file is named after"]


def test_a_folder_without_languages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    assert "there is no language file here" in problems_of(load_answers, tmp_path)[0]


def test_missing_parts_of_a_language_are_all_told(rules: Path) -> None:
    (rules / "subjects" / "xx.yaml").write_text("language: xx\nfrom: aus\n", "utf-8")
    told = problems_of(load_vocabulary, rules)
    assert "subjects/xx.yaml:1: `products` is missing" in told
    assert "subjects/xx.yaml:1: `print` is missing" in told


def test_a_file_of_the_admins_goes_before_the_shipped_one_and_the_others_stay(
    rules: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    (own / "subjects").mkdir(parents=True)
    shutil.copy(rules / "subjects" / "en.yaml", own / "subjects" / "en.yaml")
    shutil.copy(rules / "subjects" / "en.yaml", own / "subjects" / "xx.yaml")
    replace(own / "subjects" / "en.yaml", "letter: letter,", "letter: epistle,")
    replace(own / "subjects" / "xx.yaml", "language: en", "language: xx")
    languages = {language.code for language in load_vocabulary(own, rules).languages}
    assert languages == LANGUAGES | {"xx"}
    assert "epistle" in str(load_vocabulary(own, rules))
    assert "epistle" not in str(load_vocabulary(rules))
    assert load_answers(own, rules) == load_answers(rules)
