"""A subject line read as a forgiving colleague would, without asking whether it can be true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from twinpost.core.model.subject import ClassNames, Mention, SubjectReading
from twinpost.core.reading.chains import with_chains
from twinpost.core.reading.directions import directions, in_one_exchange
from twinpost.core.reading.letters import Chosen, choose, with_letters
from twinpost.core.reading.names import Roll, Span, roll_of, spans_of
from twinpost.core.reading.part_marks import with_parts
from twinpost.core.reading.prefixes import strip
from twinpost.core.reading.slips import with_slip
from twinpost.core.reading.tokens import Token, tokens_of
from twinpost.core.reading.units import Shape, Unit, units_of
from twinpost.core.reading.words import Language, Meaning, Vocabulary

_LANGUAGES_TRIED = 4
_DASHES = "-"  # words of no language, though "twenty-one" has one


def read_subject(subject: str, classes: Sequence[ClassNames], words: Vocabulary) -> SubjectReading:
    """What a subject says about a letter, its class names resolved against `classes`.

    Any text is read; nothing is raised. Names that no class bears stay as mentions without ids.
    The line is read in each language whose words occur in it, and the reading that says most counts.
    """
    stripped = strip(subject, words)
    tokens = tokens_of(stripped.text)
    roll = roll_of(tuple(classes), words.articles)
    spans = spans_of(tokens, roll, words.owners, words.endings)
    readings = [
        _read(stripped.text, tokens, spans, roll, language)
        for language in _likely_languages(tokens, spans, words)
    ]
    best = max(readings, key=_worth)
    return replace(best, cleaned=stripped.text, is_reply=stripped.is_reply, is_forward=stripped.is_forward)


def print_subject(
    product: str,
    numbers: Sequence[int],
    from_name: str,
    to_names: Sequence[str],
    part: tuple[int, int | None] | None,
    words: Language,
) -> str:
    """The canonical subject in one language: "Letter 1 from 7B Oslo to CM2 Lyon"."""
    pattern = words.pattern
    one, several = pattern.names.get(product, (product, product))
    noun = several if len(numbers) > 1 else one
    subject = pattern.subject.format_map(
        {
            "product": noun[:1].upper() + noun[1:],
            "numbers": _print_numbers(numbers, pattern.and_),
            "from": from_name,
            "to": _enumerate(to_names, pattern.and_),
        }
    )
    if part is None:
        return subject
    k, n = part
    mark = pattern.part.format(k=k, n=n) if n is not None else _print_lone_part(k, pattern.part)
    return f"{subject} ({mark})"


def _print_lone_part(k: int, pattern: str) -> str:
    """ "part 2" of "part {k} of {n}", and "2. rész" of "{n}/{k}. rész"."""
    before, _, after = pattern.partition("{k}")
    return f"{k}{after}" if "{n}" in before else f"{before}{k}"


def _print_numbers(numbers: Sequence[int], and_: str) -> str:
    """ "1", "1-3" for three or more in a row, else "1, 2 and 4"."""
    if len(numbers) > 2 and list(numbers) == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]}-{numbers[-1]}"
    return _enumerate([str(number) for number in numbers], and_)


def _enumerate(words: Sequence[str], and_: str) -> str:
    return f" {and_} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _likely_languages(
    tokens: Sequence[Token], spans: Mapping[int, Span], words: Vocabulary
) -> list[Language]:
    """The languages that know most of the line's words, among equals those that write them with these
    accents; the first of all languages where none knows any."""
    known: Counter[int] = Counter()
    accents: Counter[int] = Counter()
    names = (span for span in spans.values() if span.as_written or not span.plain_words)
    named = {at for span in names for at in range(span.start, span.end)}
    for at, token in enumerate(tokens):
        if at not in named and token.folded not in _DASHES:
            known.update(words.owners.get(token.folded, ()))
            accents.update(words.accented.get(token.text.casefold(), ()) if not token.text.isascii() else ())
        if at in spans and spans[at].endings:
            known.update(owner for ending in chain(*spans[at].endings) for owner in words.endings[ending])
    most = max(((count, accents[index]) for index, count in known.items()), default=(0, 0))
    ranked = sorted(index for index, count in known.items() if (count, accents[index]) == most)
    return [words.languages[index] for index in ranked[:_LANGUAGES_TRIED] or (0,)]


def _read(
    line: str, tokens: Sequence[Token], spans: Mapping[int, Span], roll: Roll, language: Language
) -> SubjectReading:
    """The line as one language reads it; a product's word may be misspelt where everything else is plain."""
    units = units_of(tokens, spans, language)
    reading = _reading(line, units, roll)
    if not reading.product and reading.names_both_ends and (mended := with_slip(units, language)):
        whole = _reading(line, mended, roll)
        if whole.numbers:
            return replace(whole, exact=False)
    return reading


def _reading(line: str, plain_units: Sequence[Unit], roll: Roll) -> SubjectReading:
    units = with_chains(with_letters(with_parts(plain_units)))
    letter = choose(units)
    found = directions(units, line, roll)
    from_, to = found.ends()
    together = in_one_exchange((*from_, *to), roll)
    narrowed = together or {mention: mention for mention in (*from_, *to)}
    ids = {class_id for mention in (*from_, *to) for class_id in mention.class_ids}
    parts = [unit.part for unit in units if unit.shape is Shape.PART]
    reading = SubjectReading(
        product=letter.product,
        numbers=letter.numbers,
        number_trouble=letter.trouble,
        part=parts[0] if len(set(parts)) == 1 else None,
        from_=tuple(narrowed[mention] for mention in from_),
        to=tuple(narrowed[mention] for mention in to),
        to_all=found.to_all and not to,
        loose=tuple(dict.fromkeys(one for one in found.loose if ids.isdisjoint(one.class_ids))),
        talk=_is_talk(units, letter),
        spoken_of=letter.spoken_of,
        unread=_unread(units, (*from_, *to, *found.loose)),
    )
    stated = bool(found.named(Meaning.FROM)) and (bool(found.named(Meaning.TO)) or found.to_all)
    plain = stated and together is not None and found.certain and not found.contradicts()
    whole = len(set(parts)) <= 1 and None not in parts
    return replace(reading, exact=plain and whole and _says_everything(reading))


def _is_talk(units: Sequence[Unit], letter: Chosen) -> bool:
    asks = bool(units) and units[-1].is_sign("?")
    return letter.spoken_of or asks or any(Meaning.TALK in unit.means for unit in units)


def _unread(units: Sequence[Unit], mentions: Sequence[Mention]) -> int:
    """How many words say nothing, and are no part of a name."""
    named = {word for mention in mentions for word in mention.words.split()}
    return sum(unit.is_unknown and unit.written not in named for unit in units)


def _says_everything(reading: SubjectReading) -> bool:
    """Whether product, number, from and to stand there, each certain."""
    named = (*reading.from_, *reading.to)
    certain = all(len(one.class_ids) == 1 and not (one.fuzzy or one.lookalike) for one in named)
    ends = len(reading.from_) == 1 and bool(reading.to or reading.to_all)
    both = {one.class_ids for one in reading.from_} & {one.class_ids for one in reading.to}
    return bool(reading.product and reading.numbers and ends and certain and not both and not reading.talk)


def _worth(reading: SubjectReading) -> int:
    """How much a reading says: what it resolves counts for it, what it leaves unknown against it."""
    named = (*reading.from_, *reading.to)
    return (
        8 * reading.exact
        + 2 * bool(reading.product)
        + 2 * bool(reading.numbers)
        + bool(reading.number_trouble)
        + (reading.part is not None and reading.part[1] is not None)
        + 2 * any(one.class_ids for one in reading.from_)
        + 2 * (reading.to_all or any(one.class_ids for one in reading.to))
        - sum(not one.class_ids for one in named)
    )
