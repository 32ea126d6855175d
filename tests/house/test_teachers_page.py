"""The subjects that the teachers' page promises to understand are understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.office import EXCHANGE

from twinpost.app.explain import Explainer
from twinpost.app.process import Processed
from twinpost.core.model.kind import Kind
from twinpost.wiring import explain_with_files

PAGE = (Path(__file__).parents[2] / "docs" / "teachers.md").read_text("utf-8")
FORGIVING = next(part for part in PAGE.split("\n\n") if part.startswith("It is forgiving"))
ARRIVED = datetime(2026, 10, 5, 7, tzinfo=UTC)
SUBJECTS = [" ".join(subject.split()) for subject in re.findall(r'"([^"]+)"', FORGIVING)]


@pytest.fixture(scope="module")
def explainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explainer]:
    """Somebody who knows an exchange in which nothing has arrived."""
    file = tmp_path_factory.mktemp("exchange") / "oslo-lyon.yaml"
    file.write_text(EXCHANGE, "utf-8")
    with explain_with_files([file], "letters@school.example", in_order=False) as explainer:
        yield explainer


def explained(explainer: Explainer, subject: str) -> Processed:
    """What a letter of Kari's with one file is taken for."""
    mail = EmailMessage()
    mail["From"] = "Kari Nordmann <kari@fagerborg.example>"
    mail["To"] = "letters@school.example, luc@ecole-lyon.example"
    mail["Subject"] = subject
    mail.set_content("Here they are.")
    mail.add_attachment(b"%PDF-1.4\n%%EOF\n", "application", "pdf", filename="Ana.pdf")
    with explainer.session() as session:
        return session.explain(mail.as_bytes(), None, ARRIVED)


def test_the_page_has_examples() -> None:
    assert len(SUBJECTS) >= 5


@pytest.mark.parametrize("subject", ["Letter 1 from 7B Oslo to CM2 Lyon", *SUBJECTS])
def test_a_subject_of_the_teachers_page_is_understood(explainer: Explainer, subject: str) -> None:
    done = explained(explainer, subject)
    assert done.sorted.kind is Kind.LETTER, done.decision.because
    assert done.sorted.letter is not None
    first = int(re.findall(r"\d+", subject.replace("7B", "").replace("CM2", ""))[0])
    assert done.sorted.letter.numbers[0] == first
