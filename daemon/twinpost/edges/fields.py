"""Values that files of ours hold, each read by one function: addresses, zones, languages, dates, times.

Every function takes what the file holds and raises `Unfit` or `Odd` where that cannot be it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twinpost.core.calendars.school import WEEKDAYS
from twinpost.edges.sections import Odd, Read, Unfit, did_you_mean, shown

E = TypeVar("E", bound=StrEnum)

LONGEST_TEXT = 1000
LONGEST_NAME = 100
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # Persian and Indian names need them, emoji too


def text(value: Any) -> str:
    """One line of text, blanks around it and between words made single. A number is taken as written."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Unfit("text (in quotes, if need be)")
    line = " ".join(value.split())
    if not line:
        raise Unfit("text")
    if len(line) > LONGEST_TEXT:
        raise Odd(f"{len(line)} characters are too many: {LONGEST_TEXT} at most")
    if any(unicodedata.category(char) in _UNSEEN and char not in _JOINERS for char in line):
        raise Odd(f"{shown(line)} holds an invisible character: type it anew")
    return line


def name(value: Any) -> str:
    """A name of a person or class: text that is not too long for a subject line."""
    line = text(value)
    if len(line) > LONGEST_NAME:
        raise Odd(f"{len(line)} characters are too many for a name: {LONGEST_NAME} at most")
    return line


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def whole(least: int, most: int) -> Read[int]:
    """A reader of whole numbers within bounds."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most}")
        return value

    return read


def amount(least: float, most: float) -> Read[float]:
    """A reader of numbers within bounds."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise Unfit(f"a number from {least:g} to {most:g}")
        return float(value)

    return read


def one_of(words: Sequence[str]) -> Read[str]:
    """A reader of one of a few words."""
    expected = f"{', '.join(words[:-1])} or {words[-1]}"

    def read(value: Any) -> str:
        if value in words:
            return str(value)
        raise Unfit(expected, did_you_mean(value, words) if isinstance(value, str) else "")

    return read


def member(words: type[E]) -> Read[E]:
    """A reader of the words of an enumeration."""
    choice = one_of([str(word) for word in words])
    return lambda value: words(choice(value))


def address(value: Any) -> str:
    """A mail address, case-folded, its domain in ASCII. Whether it exists is not asked."""
    from email_validator import EmailNotValidError, validate_email

    if not isinstance(value, str):
        raise Unfit("a mail address")
    try:
        found = validate_email(value.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Odd(f"{shown(value)} is not a mail address{_address_trouble(value)}") from error
    return f"{found.local_part}@{found.ascii_domain}".casefold()


def _address_trouble(value: str) -> str:
    local, _, domain = value.strip().partition("@")
    troubles = (
        ("@" not in value, "there is no @ in it"),
        (value.count("@") > 1, "there are two @ in it; write several addresses as [one, two]"),
        ("<" in value, "write it without name and brackets"),
        (any(char.isspace() for char in value.strip()), "there is a blank in it"),
        (not local.isascii(), "before the @ only ASCII letters can be used"),
        (".." in value, "there are two dots in a row"),
        ("." not in domain, f"{domain} is no whole domain"),
        (domain.endswith((".local", ".test", ".localhost", ".invalid")), f"no mail arrives at {domain}"),
    )
    return next((f": {trouble}" for is_so, trouble in troubles if is_so), "")


def zone(value: Any) -> str:
    """A tz name that zoneinfo knows."""
    expected = "a time zone such as Europe/Oslo"
    if not isinstance(value, str):
        raise Unfit(expected)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: "Europe" is a folder
        raise Unfit(expected, _nearest_zone(value)) from error
    if "/" not in value and value != "UTC":
        # CET, EST and the like are kept for old programs and do not know what their cities decide.
        raise Unfit(expected, _nearest_zone(value))
    return value


def _nearest_zone(written: str) -> str:
    from zoneinfo import available_timezones

    zones = sorted(known for known in available_timezones() if "/" in known)
    city = written.strip().rsplit("/", 1)[-1].replace(" ", "_").casefold()
    same_city = [known for known in zones if known.rsplit("/", 1)[-1].casefold() == city]
    return same_city[0] if same_city else did_you_mean(written, zones, likeness=0.8)


_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv
dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie
ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv
mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm
rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts
tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""  # ISO 639-1
_LANGUAGES = frozenset(_CODES.split())
_COUNTRY_FOR_LANGUAGE = {
    "at": "de", "br": "pt", "cn": "zh", "cz": "cs", "dk": "da", "eng": "en", "ger": "de", "gb": "en",
    "gr": "el", "jp": "ja", "kp": "ko", "ua": "uk", "us": "en", "english": "en", "french": "fr",
    "german": "de", "norwegian": "nb", "spanish": "es", "italian": "it", "ukrainian": "uk",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def language(value: Any) -> str:
    """A language code (BCP 47), such as nb or pt-BR."""
    expected = "a language code such as en, nb or fr"
    if not isinstance(value, str):
        raise Unfit(expected)
    code = value.strip().replace("_", "-")
    first = code.split("-", 1)[0].casefold()
    if not _LANGUAGE.fullmatch(code) or (len(first) == 2 and first not in _LANGUAGES):
        raise Unfit(expected, _COUNTRY_FOR_LANGUAGE.get(first, ""))
    if first in _COUNTRY_FOR_LANGUAGE and len(first) == 3:
        raise Unfit(expected, _COUNTRY_FOR_LANGUAGE[first])
    return "-".join((first, *code.split("-")[1:]))


@cache
def _countries() -> dict[str, str]:
    """ISO 3166 codes by country name and by code, from the table that comes with the time zones."""
    from importlib.resources import files

    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    lines = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    codes = {code: code for code, _ in lines} | {country: code for code, country in lines}
    return codes | {"UK": "GB", "Great Britain": "GB", "EL": "GR", "United Kingdom": "GB", "USA": "US"}


def country(value: Any) -> str:
    """A country code (ISO 3166-1), such as NO."""
    expected = "a country code such as NO or FR"
    if not isinstance(value, str):
        raise Unfit(expected)
    codes = _countries()
    code = value.strip().upper()
    if codes.get(code) == code:
        return code
    near = code if code in codes else did_you_mean(value, codes)
    raise Unfit(expected, codes.get(near, ""))


def day(value: Any) -> date:
    """A date, as 2026-10-09."""
    expected = "a date such as 2026-10-09"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value.strip()):
        raise Unfit(expected)
    try:
        found = date.fromisoformat(value.strip())
    except ValueError as error:
        raise Odd(f"there is no {value.strip()} in the calendar") from error
    if not 2000 <= found.year <= 2199:
        raise Odd(f"{found.year} is no year of a school that writes mails")
    return found


def days(value: Any) -> tuple[date, date]:
    """One day, or the first and the last of several: 2026-09-28..2026-10-02."""
    expected = "a date such as 2026-10-09, or two as in 2026-09-28..2026-10-02"
    if not isinstance(value, str) or ".." not in value:
        try:
            return (one := day(value)), one
        except Unfit as unfit:
            raise Unfit(expected) from unfit
    try:
        first, last = (day(part) for part in value.split("..", 1))
    except Unfit as unfit:
        raise Unfit(expected) from unfit
    if last < first:
        raise Odd(f"{shown(value)} ends before it begins")
    return first, last


_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def clock(value: Any) -> time:
    """A wall clock time, as 14:30."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise Unfit("a time such as 14:30")
    return time(int(found[1]), int(found[2]))


def hours(value: Any) -> tuple[time, time]:
    """School hours, as 08:15-14:00."""
    expected = "hours such as 08:15-14:00"
    parts = re.split(r"\s*[-–]\s*", value.strip()) if isinstance(value, str) else []
    if len(parts) != 2:
        raise Unfit(expected)
    try:
        opens, closes = clock(parts[0]), clock(parts[1])
    except Unfit as unfit:
        raise Unfit(expected) from unfit
    if closes <= opens:
        raise Odd(f"{shown(value)} ends before it begins")
    return opens, closes


_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday(value: Any) -> int:
    """A weekday word, as its number: Monday is 0."""
    word = value.strip().casefold() if isinstance(value, str) else ""
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    near = did_you_mean(word, (*WEEKDAYS, *_WEEKDAY_NAMES)) if word else ""
    raise Unfit(f"a weekday, one of {' '.join(WEEKDAYS)}", near[:3])


def wall_clock(value: Any) -> datetime:
    """A date and a time without a zone, as 2026-11-12T10:00."""
    expected = "a date and a time such as 2026-11-12T10:00"
    if not isinstance(value, str):
        raise Unfit(expected)
    day_part, _, time_part = value.strip().replace(" ", "T", 1).partition("T")
    try:
        return datetime.combine(day(day_part), clock(time_part))
    except Unfit as unfit:
        raise Unfit(expected) from unfit


def link(value: Any) -> str:
    """A web address."""
    found = text(value)
    if not re.fullmatch(r"https?://[^\s<>\"]+", found):
        raise Unfit("a web address such as https://meet.example/abc")
    return found


def code(value: Any) -> str:
    """A short code of small letters, digits and hyphens, as it can stand in commands and subject tags."""
    found = text(value)
    if len(found) > 64 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found):
        suggestion = "-".join(re.findall(r"[a-z0-9]+", found.casefold()))[:64].strip("-")
        raise Unfit("a short code of a-z, 0-9 and hyphens, 64 at most", suggestion)
    return found


def host(value: Any) -> str:
    """The name or the address of a server, without protocol, port or path."""
    found = text(value)
    if ":" in found and not re.fullmatch(r"[0-9A-Fa-f:.]+", found):
        raise Odd(f"{shown(found)} is not a server's name: leave out protocol and port")
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", found):
        raise Unfit("a server's name such as imap.school.example")
    return found


def path_beside(folder: Path, *, must_be: str = "") -> Read[Path]:
    """A reader of paths relative to `folder`. `must_be`: "file" or "folder", if it has to be there."""
    tests: dict[str, Callable[[Path], bool]] = {"file": Path.is_file, "folder": Path.is_dir}

    def read(value: Any) -> Path:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise Unfit(f"the name of a {must_be or 'file'}")
        found = folder / Path(value).expanduser()
        if must_be and not _holds(tests[must_be], found):
            raise Odd(f"there is no {must_be} {found}")
        return found

    return read


def _holds(test: Callable[[Path], bool], path: Path) -> bool:
    try:
        return test(path)
    except OSError as error:  # a name that is too long; what may not be looked at, reading it will tell
        return isinstance(error, PermissionError)
