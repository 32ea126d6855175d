"""Getting into the server: encryption, and a sentence with a remedy for every way in which it fails."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
from tests.fakes.tokens import tokens
from tests.servers import running

from twinpost.edges.imap import ImapMailbox
from twinpost.edges.imap_door import Door, is_loopback
from twinpost.errors import SignInRefused, WireError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([openssl, *request.split(), *names], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def failure(door: Door) -> str:
    with pytest.raises(WireError) as caught:
        ImapMailbox(door).open()
    return str(caught.value)


def test_starttls_encrypts_before_the_sign_in(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with running(tls=serving(certificate)) as server:
        mailbox = ImapMailbox(server.door(host="localhost", security="starttls", tls=trusting))
        assert mailbox.open() > 0
        server.deliver(b"Subject: Letter 1\r\n\r\nHello.\r\n" * 3000)
        assert mailbox.wait(20)
        (found,) = mailbox.waiting(0)
        assert len(mailbox.fetch([found.uid])[found.uid]) == found.size
        threading.Timer(0.1, server.deliver, [b"Subject: Letter 2\r\n\r\nHello.\r\n"]).start()
        while not mailbox.waiting(found.uid):
            assert mailbox.wait(20)
        mailbox.close()


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_ways_out(certificate: Path) -> None:
    with running(tls=serving(certificate)) as server:
        said = failure(server.door(host="localhost", security="starttls"))
    assert "certificate cannot be trusted" in said
    assert "trust store" in said


def test_a_certificate_for_another_name_is_refused(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with running(tls=serving(certificate)) as server:
        said = failure(server.door(security="starttls", tls=trusting))
    assert "certificate cannot be trusted" in said
    assert "`host`" in said


def test_nothing_is_sent_to_a_server_that_offers_no_starttls() -> None:
    asked: list[str] = []
    with running() as server:
        server.misbehave(on_command=asked.append)
        said = failure(server.door(security="starttls"))
    assert "offers no STARTTLS" in said
    assert asked == ["CAPABILITY"]


def test_a_server_that_speaks_no_tls_on_this_port_is_named_as_such() -> None:
    with running() as server:
        assert 'security = "starttls"' in failure(server.door(security="tls"))


def test_a_port_where_nothing_listens_is_named() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        said = failure(Door("127.0.0.1", port, "letters@school.example", str, security="none"))
    assert f"127.0.0.1:{port}: nothing answers there" in said


def test_a_name_that_does_not_exist_points_to_the_host_setting() -> None:
    said = failure(Door("imap.school.invalid", 993, "letters@school.example", str))
    assert "the name cannot be found" in said
    assert "`host` in [imap]" in said


def test_a_server_that_says_goodbye_instead_of_hello_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        mailbox = ImapMailbox(Door("127.0.0.1", port, "letters@school.example", str, security="none"))
        hanging_up = _answer(listening, b"* BYE too many connections\r\n")
        with pytest.raises(WireError, match="too many connections") as caught:
            mailbox.open()
        hanging_up.join()
    assert caught.value.temporary


def test_what_is_no_imap_is_not_quoted_in_the_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        door = Door("127.0.0.1", listening.getsockname()[1], "letters@school.example", str, security="none")
        hanging_up = _answer(listening, b"Dear Luc, my name is Ana and\r\n")
        said = failure(door)
        hanging_up.join()
    assert "cannot be read" in said
    assert "Ana" not in said


EXCHANGE = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2\r\n{tag} OK done",
    "AUTHENTICATE": "{tag} OK AUTHENTICATE completed.",
    "SELECT": "{tag} BAD User is authenticated but not connected.",
    "LIST": "* BYE Connection closed. 14",
}
"""How Exchange Online answers a good token that is not for this mailbox: long after its OK."""


def test_a_good_token_for_a_mailbox_that_is_not_ours_is_a_refusal_with_what_to_click() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=_play, args=(listening, EXCHANGE))
        serving.start()
        door = Door(
            "127.0.0.1",
            listening.getsockname()[1],
            "letters@school.example",
            security="none",
            tokens=tokens("planted"),
            provider="microsoft",
        )
        with pytest.raises(SignInRefused, match=r"not connected.*Add-MailboxPermission"):
            ImapMailbox(door).open()
        serving.join(10)


def _play(listening: socket.socket, answers: dict[str, str]) -> None:
    """One client's visit, each command answered as the table says."""
    client, _ = listening.accept()
    with client, client.makefile("rwb") as line:
        line.write(b"* OK The Microsoft Exchange IMAP4 service is ready.\r\n")
        line.flush()
        while words := line.readline().decode().split():
            if words[1] == "AUTHENTICATE":
                line.write(b"+ \r\n")
                line.flush()
                line.readline()
            line.write(answers.get(words[1], "{tag} OK done").format(tag=words[0]).encode() + b"\r\n")
            line.flush()


@pytest.mark.parametrize("host", ["imap.school.example", "192.0.2.1", "127.0.0.1.school.example"])
def test_clear_text_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        Door(host, 143, "letters@school.example", str, security="none")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_loopback_is_known_by_name_and_number(host: str) -> None:
    assert is_loopback(host)


def _answer(listening: socket.socket, octets: bytes) -> threading.Thread:
    """Greet the next client with these octets and hang up."""

    def answer() -> None:
        client, _ = listening.accept()
        with client:
            client.sendall(octets)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread
