"""Every mail of a corpus that others collected is read; its place comes from TWINPOST_CORPUS."""

from __future__ import annotations

import email
import os
from email.message import Message
from pathlib import Path

import pytest

from twinpost.core.model.mail import Defect
from twinpost.core.reading.guard import LIMITS
from twinpost.core.reading.mime import read_whole
from twinpost.core.reading.parts import Tree, content, tree_of

CORPUS = os.environ.get("TWINPOST_CORPUS", "")
pytestmark = [
    pytest.mark.skipif(not CORPUS, reason="TWINPOST_CORPUS names no folder of mails"),
    pytest.mark.slow,
]
_BROKEN = {Defect.BAD_MIME, Defect.CUT_SHORT, Defect.BARE_CR, Defect.UNREADABLE}


@pytest.fixture(scope="module")
def mails() -> list[bytes]:
    return [path.read_bytes() for path in sorted(Path(CORPUS).rglob("*.eml"))]


def test_every_mail_of_the_corpus_is_read_without_an_exception(mails: list[bytes]) -> None:
    assert mails
    for octets in mails:
        assert read_whole(octets).fingerprint


def test_sound_mails_have_the_parts_that_the_standard_library_finds(mails: list[bytes]) -> None:
    sound = [octets for octets in mails if not read_whole(octets).defects & _BROKEN]
    same = sum(
        _our_parts(tree_of(octets, LIMITS)) == _their_parts(email.message_from_bytes(octets))
        for octets in sound
    )
    assert same >= 0.98 * len(sound)


def _our_parts(tree: Tree) -> list[bytes]:
    leaves = [part for part in tree.root.walk() if not part.is_multipart]
    return [_plain(content(tree, part)[0]) for part in leaves if not part.media_type.startswith("message/")]


def _their_parts(message: Message) -> list[bytes]:
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        return [
            leaf for part in message.get_payload() if isinstance(part, Message) for leaf in _their_parts(part)
        ]
    payload = message.get_payload(decode=True)
    is_message = message.get_content_maintype() == "message"
    return [] if is_message else [_plain(payload if isinstance(payload, bytes) else b"")]


def _plain(octets: bytes) -> bytes:
    return octets.replace(b"\r\n", b"\n").rstrip(b"\n")
