"""The checker itself: of an office that did well it says nothing, and whatever is taken away it misses."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from tests.live import checker, dovecot, post
from tests.live.checker import Evidence, Life, problems
from tests.live.daemon import PASSWORD, Daemon, settings
from tests.live.gate import Background, Gate
from tests.live.sink import Connection, Sink, Taken
from tests.office import BOX

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """The evidence of a short, quiet term: every sort of letter is in it."""
    folder = tmp_path_factory.mktemp("office")
    posted = [*chain.from_iterable(post.term(25, random.Random(7)))]
    with dovecot.running() as store, Background() as background:
        sink = Sink(background, Gate(background))
        store.add_user(BOX, PASSWORD)
        for mail in posted:
            store.deliver(mail.octets, BOX)
        with Daemon(folder, settings(store.imap_port, sink.port)) as daemon:
            daemon.found(*post.exchange_files())
            daemon.serve()
            readers = sum(len(mail.readers) for mail in posted)
            daemon.until(lambda: len(sink.taken()) >= readers, "everybody is told")
            daemon.until(lambda: daemon.data("status")["next_due"] is None, "every letter is closed")
            assert daemon.stop() == 0
        box = checker.mailbox(store.imap_port, BOX, PASSWORD)
        yield Evidence(posted, box, daemon.ledger, sink.connections, [Life(0)], post.everybody())


def test_of_an_office_that_did_well_it_says_nothing(good: Evidence) -> None:
    assert problems(good) == []
    assert any(mail.left_out and mail.files for mail in good.posted)
    assert len({mail.letter for mail in good.posted if mail.letter}) < len(good.posted)


def with_mails(good: Evidence, change: Callable[[list[Taken]], list[Taken]]) -> Evidence:
    """As if the sink had taken other mails."""
    taken = [mail for connection in good.connections for mail in connection.taken]
    return replace(good, connections=[Connection(0, taken=change(taken))])


def in_two_lives(good: Evidence, unsettled: int, copy: Callable[[Taken], Taken]) -> Evidence:
    """As if the daemon had been killed once, and its last mail had gone again."""
    taken = [mail for connection in good.connections for mail in connection.taken]
    visits = [Connection(0, taken=taken), Connection(1, taken=[copy(taken[-1])])]
    return replace(good, connections=visits, lives=[Life(unsettled), Life(0)])


def test_a_mail_that_was_in_doubt_may_go_again_as_it_was(good: Evidence) -> None:
    assert problems(in_two_lives(good, 1, lambda mail: mail)) == []


def longer(mail: Taken) -> Taken:
    return replace(mail, octets=mail.octets + b"PS\r\n")


def to_a_stranger(mail: Taken) -> Taken:
    return replace(mail, recipients=("stranger@elsewhere.example",))


def without_file(good: Evidence, taken: list[Taken]) -> list[Taken]:
    """One of the mails that passed files on is without them."""
    message_id = next(mail.message_id for mail in good.posted if mail.left_out and mail.files)
    which = next(
        n for n, mail in enumerate(taken) if message_id.encode() in mail.octets and b"base64" in mail.octets
    )
    emptied = taken[which].octets.replace(b"base64", b"7bit")
    return [*taken[:which], replace(taken[which], octets=emptied), *taken[which + 1 :]]


TAMPERED: list[tuple[str, Callable[[Evidence], Evidence], str]] = [
    ("a receipt is missing", lambda good: with_mails(good, lambda taken: taken[1:]), "got 0 different mails"),
    (
        "a mail went twice in one life",
        lambda good: with_mails(good, lambda taken: [*taken, taken[0]]),
        "was sent twice within one life",
    ),
    (
        "a mail went again without need",
        lambda good: in_two_lives(good, 0, lambda mail: mail),
        "0 were unsettled at its end",
    ),
    ("a copy differs", lambda good: in_two_lives(good, 1, longer), "differs from the first"),
    (
        "a mail went astray",
        lambda good: with_mails(good, lambda taken: [*taken[:-1], to_a_stranger(taken[-1])]),
        "a mail went to ('stranger@elsewhere.example',)",
    ),
    (
        "files were not passed on",
        lambda good: with_mails(good, lambda taken: without_file(good, taken)),
        "did not get 1 files",
    ),
    (
        "a mail is marked as seen",
        lambda good: replace(good, box={**good.box, next(iter(good.box)): ("\\Seen",)}),
        "is marked as seen",
    ),
    (
        "a mail is not in the journal",
        lambda good: replace(good, box={**good.box, "0" * 64: ()}),
        "1 mails of the mailbox are not in the journal",
    ),
    ("a mail was lost on its way", lambda good: replace(good, posted=good.posted[:-1]), "mails were posted"),
]


@pytest.mark.parametrize(
    ("tamper", "said"), [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED]
)
def test_what_is_wrong_with_the_mails_is_told(
    good: Evidence, tamper: Callable[[Evidence], Evidence], said: str
) -> None:
    assert said in "\n".join(problems(tamper(good)))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM messages WHERE id = 3", "1 mails of the mailbox are not in the journal"),
        ("UPDATE messages SET state = 'aside' WHERE id = 3", "1 mails are aside"),
        ("DELETE FROM letters WHERE id = 3", "is not in the log"),
        ("UPDATE letters SET number = 40 WHERE id = 3", "is in the log and was never posted"),
        ("DELETE FROM delivery_mails WHERE id = 3", "mails brought letters"),
        ("UPDATE outbox SET state = 'sending' WHERE id = 3", "1 mails of the outbox are sending"),
    ],
)
def test_what_is_wrong_in_the_ledger_is_told(
    good: Evidence, tmp_path: Path, statement: str, said: str
) -> None:
    copy = shutil.copytree(good.ledger.parent, tmp_path / "ledger") / good.ledger.name
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute(statement)
    assert said in "\n".join(problems(replace(good, ledger=copy)))


def test_an_original_that_is_not_whole_is_told(good: Evidence, tmp_path: Path) -> None:
    copy = shutil.copytree(good.ledger.parent, tmp_path / "ledger") / good.ledger.name
    original = next(file for file in (copy.parent / "originals").rglob("*") if file.is_file())
    original.chmod(0o600)
    original.write_bytes(original.read_bytes()[:-1])
    assert "1 originals are not in the vault, or not whole" in problems(replace(good, ledger=copy))
