"""The repository as a whole: its import order, its languages, its mails, and what must not be in it."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from twinpost.core.model.notice import NOTICES
from twinpost.edges.templates import Templates

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
LANGUAGES = sorted(path.parent.name for path in TEMPLATES.glob("*/words.yaml"))

INVENTED = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|local|internal)$|(?:^|\.)example\.(?:com|org|net)$"
)
"""Domains that nobody can own (RFC 2606, RFC 6761)."""

NOBODYS = re.compile(r"(?:[a-z]\.?){0,5}(?:\+[a-z]+)?@(?:gmail|googlemail)\.com")
"""Gmail, whose spellings are tested, gives nobody a name of less than six letters."""

ADDRESS = re.compile(
    rb"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24})\b"
)


@cache
def files() -> tuple[Path, ...]:
    """Every file that is kept under version control."""
    said = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    if said.returncode:
        pytest.skip("this is not a checkout")
    return tuple(
        path for name in said.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()
    )


def test_everything_imports_downwards_only() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")


def test_no_expression_has_a_possessive_group() -> None:
    """Python before 3.11.5, that of Debian 12 too, matches them wrongly (gh-106052): `(?>(?:…)*)` instead."""
    sources = [path for path in files() if path.suffix == ".py" and "daemon" in path.parts]
    assert sources
    assert [path.name for path in sources if POSSESSIVE_GROUP.search(path.read_text("utf-8"))] == []


def test_every_mail_has_its_template_in_english() -> None:
    assert [notice.name for notice in NOTICES if not (TEMPLATES / "en" / f"{notice.name}.md").exists()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_mail(language: str) -> None:
    there = {path.stem for path in (TEMPLATES / language).glob("[!_]*.md")}
    assert there == {notice.name for notice in NOTICES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", ["follow-ups", "digest"])
def test_a_language_has_every_text_of_the_rules(language: str, folder: str) -> None:
    there, english = (
        {path.name for path in (TEMPLATES / code / folder).glob("*.md")} for code in (language, "en")
    )
    assert "other.md" in there
    assert there == english


def test_every_template_can_be_compiled() -> None:
    assert Templates(TEMPLATES, address="letters@school.example").problems() == ()


def test_every_mail_of_the_collection_has_its_expectation() -> None:
    collection = ROOT / "tests" / "mails"
    mails = list(collection.rglob("*.eml"))
    assert mails
    alone = [mail for mail in mails if not mail.with_suffix(".yaml").exists()]
    assert [str(mail.relative_to(ROOT)) for mail in alone] == []
    about_nothing = [
        path
        for path in collection.rglob("*.yaml")
        if not path.with_suffix(".eml").exists() and any(path.parent.glob("*.eml"))
    ]
    assert [str(path.relative_to(ROOT)) for path in about_nothing] == []


def test_no_address_could_be_somebodys() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in files()
        for match in ADDRESS.finditer(path.read_bytes())
        if not INVENTED.search(match[1].decode().lower()) and not NOBODYS.fullmatch(match[0].decode())
    }
    assert found == set()


def test_no_file_speaks_of_the_machine_that_it_was_written_on() -> None:
    here = [] if ROOT.is_relative_to("/opt/twinpost") else [re.escape(str(ROOT)) + r"\b"]
    places = re.compile("|".join([*here, r"/(?:home|Users)/\w+/", r"\.\./shared\b"]).encode())
    found = {
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in files()
        for match in places.finditer(path.read_bytes())
        if path != Path(__file__)
    }
    assert found == set()
