"""A web page on this machine at which a sign-in in a browser ends (RFC 8252, 7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from twinpost.errors import SignInRefused

PAGE = b"<!doctype html><title>twinpost</title><p>Thank you. You can close this page."
PATIENCE = 600.0  # seconds


class Ending:
    """Listens on `address` until a browser comes with an answer."""

    def __init__(self) -> None:
        self._server = HTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        self._ended_at = ""

    def wait(self, seconds: float = PATIENCE) -> str:
        """The address that the browser asked for. Raises SignInRefused when none comes in time."""
        self._server.timeout = seconds
        self._server.handle_timeout = self._too_late  # type: ignore[method-assign]
        while not self._ended_at:
            self._server.handle_request()
        return self._ended_at

    def arrived(self, path: str) -> None:
        """A browser asked for this path."""
        if "state=" in path:  # and not for a picture of the page
            self._ended_at = self.address.rstrip("/") + path

    def close(self) -> None:
        self._server.server_close()

    def _too_late(self) -> None:
        raise SignInRefused("Nobody has signed in: run `twinpost login` again.")


@contextmanager
def ending() -> Iterator[Ending]:
    """An `Ending` that is closed at the end."""
    found = Ending()
    try:
        yield found
    finally:
        found.close()


def _handler(ending: Ending) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0  # a browser that connects ahead and says nothing holds up nobody

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE)
            ending.arrived(self.path)

        def log_message(self, *args: Any) -> None:
            """Nothing: the path holds the code."""

    return Handler
