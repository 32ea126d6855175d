"""One IMAP connection with a clock on it.

imaplib limits each read of the socket, so a server that sends a byte a minute can hold it for ever;
and what it has already read into its buffer cannot be seen by `poll`. `Wire` reads through a stream of
our own, which knows the limit of the whole command and can say what already lies in the buffer.
"""

from __future__ import annotations

import imaplib
import io
import select
import socket
import ssl
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CONNECT_SECONDS = 20.0
SLOWEST = 16_384  # octets a second: what arrives slower than this uses up the command's time
LONGEST_LINE = 1_000_000  # octets, as in imaplib; RFC 7162, 4 asks for 8192
NEWS = ("EXISTS", "RECENT", "EXPUNGE", "FETCH")  # what a server says about the folder unasked


class _Stream(io.RawIOBase):
    """The socket's reading side with a moment at which patience ends."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.ends_at = monotonic() + CONNECT_SECONDS
        self.blocking = True
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._sock.settimeout(self.remaining() if self.blocking else 0.0)
        try:
            count = self._sock.recv_into(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        self.ends_at += count / SLOWEST
        self.ended = count == 0
        return count

    def remaining(self) -> float:
        seconds = self.ends_at - monotonic()
        if seconds <= 0:
            raise TimeoutError("the server was too slow")
        return seconds


class Wire(imaplib.IMAP4):
    """imaplib's protocol over a connection whose every command has a time limit.

    `context` encrypts from the first octet; without it `starttls` may follow. Raises OSError
    (ssl.SSLError among them) and imaplib's own errors.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._idle_tag = b""
        super().__init__(host, port, timeout=CONNECT_SECONDS)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        sock = socket.create_connection((host, port), timeout)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _keep_alive(sock)
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        self._attach(sock)

    def _attach(self, sock: socket.socket) -> None:
        self.sock = sock
        self._stream = _Stream(sock)
        self._reader = io.BufferedReader(self._stream, 65_536)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """Encrypt. What an attacker put behind the answer in clear text is dropped with the old buffer."""
        ssl_context = ssl_context or ssl.create_default_context()
        typ, data = self._simple_command("STARTTLS")
        if typ == "OK":
            self._attach(ssl_context.wrap_socket(self.sock, server_hostname=self.host))
            self.allow(CONNECT_SECONDS)
            self._get_capabilities()
        return typ, data

    def allow(self, seconds: float) -> None:
        """Start the clock of one command, or of one piece of work."""
        self._stream.ends_at = monotonic() + seconds

    def read(self, size: int) -> bytes:
        return self._reader.read(size)

    def readline(self) -> bytes:
        line = self._reader.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise self.error(f"got more than {LONGEST_LINE} octets in one line")
        return line

    def send(self, data: ReadableBuffer) -> None:
        self.sock.settimeout(self._stream.remaining())
        self.sock.sendall(data)

    def shutdown(self) -> None:
        self._reader.close()
        self.sock.close()

    def uid_fetch(self, ids: str, items: str) -> list[object]:
        """The raw answers to UID FETCH.

        Those that came before a NO count too: a server says NO [EXPUNGEISSUED] when some of the
        messages have vanished, or NO when one of them is broken, and has handed over the others.
        """
        self.untagged_responses.pop("FETCH", None)
        typ, data = self.uid("FETCH", ids, items)
        if typ != "OK":
            data = self.untagged_responses.pop("FETCH", [])
        return [] if data == [None] else list(data)

    def news(self) -> bool:
        """True when the server has spoken of the folder unasked since the last call."""
        told = [word for word in NEWS if word in self.untagged_responses]
        for word in told:
            del self.untagged_responses[word]
        return bool(told)

    def begin_idle(self) -> None:
        """IDLE (RFC 2177). What is reported together with, or before, the `+` is kept as news."""
        self._idle_tag = self._command("IDLE")
        while self._get_response() is not None:
            refused = self.tagged_commands[self._idle_tag]
            if refused is not None:
                raise self.error(f"IDLE refused: {refused!r}")

    def end_idle(self) -> None:
        """DONE, and everything that the server still says before its OK."""
        self.send(b"DONE\r\n")
        self._command_complete("IDLE", self._idle_tag)

    def listen(self, seconds: float, bell: socket.socket) -> None:
        """Return when the server speaks, `bell` rings or the time is over; take in what was said.

        First comes the look into the buffer: a letter that came between the last command and IDLE is
        reported in the same packet as the `+`, and the socket then shows nothing.
        """
        if not self._spoken():
            poller = select.poll()
            poller.register(self.sock, select.POLLIN)
            poller.register(bell, select.POLLIN)
            poller.poll(seconds * 1000)
        while self._spoken():
            self._get_response()

    def _spoken(self) -> bool:
        """Data (or the end of the connection) can be read without waiting for the first octet."""
        self._stream.blocking = False
        try:
            return bool(self._reader.peek(1)) or self._stream.ended
        finally:
            self._stream.blocking = True


def _keep_alive(sock: socket.socket) -> None:
    """Notice within minutes that the other side, or a box between, has forgotten us."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 6)):
        option = getattr(socket, name, None)  # each system knows some of them
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
