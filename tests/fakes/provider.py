"""Microsoft's and Google's token endpoints on loopback, over TLS, answering as the test says."""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.fakes.smtpserver import a_certificate

from twinpost.edges.applications import MicrosoftSettings
from twinpost.edges.oauth.http import Session

TENANT, CLIENT = "school.example", "11111111-2222-3333-4444-555555555555"
BOX = "letters@school.example"
GMAIL = "https://mail.google.com/"

Answer = dict[str, Any] | tuple[int, Any]
"""A JSON object with status 200 (or 400 if it has an `error`), or a status and what is sent as it is."""


def token(value: str = "access-1", expires_in: int = 3600, **more: Any) -> dict[str, Any]:
    """What comes back when a token is given."""
    return {"access_token": value, "token_type": "Bearer", "expires_in": expires_in, **more}


def unsigned(claims: dict[str, Any]) -> str:
    """An ID token, as it is read by those who got it from the provider itself."""
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none"}, claims)
    )
    return f"{head}.{body}.c2ln"


def signed_in(who: str = BOX, value: str = "access-1", expires_in: int = 3600) -> dict[str, Any]:
    """What Microsoft gives after a person has signed in."""
    claims = {
        "aud": CLIENT,
        "iss": "x",
        "exp": time.time() + 3600,
        "iat": time.time(),
        "sub": who,
        "oid": who,
    }
    info = base64.urlsafe_b64encode(json.dumps({"uid": who, "utid": TENANT}).encode()).decode()
    more = {"refresh_token": "refresh-1", "client_info": info, "scope": "openid profile offline_access"}
    resource = "https://outlook.office.com"
    scope = f"{resource}/IMAP.AccessAsUser.All {resource}/SMTP.Send"
    return token(
        value, expires_in, **more | {"scope": scope}, id_token=unsigned(claims | {"preferred_username": who})
    )


def consented(who: str = BOX, scope: str = f"openid {GMAIL}", **more: str) -> dict[str, object]:
    """What Google gives for the code of a browser."""
    return token(
        "access-1", scope=scope, refresh_token="refresh-1", id_token=unsigned({"email": who}), **more
    )


@dataclass
class Provider:
    """Answers by the last word of the path (token, devicecode, openid-configuration), in order; the last one
    for ever. `asked` lists what was posted: (word, fields).
    """

    answers: dict[str, deque[Answer | Callable[[], Answer]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    delay: float = 0.0

    def __post_init__(self) -> None:
        self.certificate, serving, self.trusting = _certificate()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.socket = serving.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def gives(self, *answers: Answer | Callable[[], Answer], to: str = "token") -> None:
        """From now on."""
        self.answers[to] = deque(answers)

    def http(self) -> Session:
        return Session(self.trusting)

    def microsoft(self, **changes: Any) -> MicrosoftSettings:
        return MicrosoftSettings(TENANT, CLIENT, **{"authority": self.url, **changes})

    def posted(self) -> list[dict[str, str]]:
        """The requests for tokens."""
        return [fields for word, fields in self.asked if word == "token"]

    def answer(self, path: str) -> Answer:
        word = path.partition("?")[0].rsplit("/", 1)[-1]
        planned = self.answers.get(word)
        if planned:
            found = planned.popleft() if len(planned) > 1 else planned[0]
            return found() if callable(found) else found
        if word == "openid-configuration":
            return self._configuration(path.split("/")[1])
        if word == "devicecode":
            where = "https://login.example/device"
            return {
                "user_code": "ABCD-EFGH",
                "device_code": "device-1",
                "verification_uri": where,
                "interval": 0,
            }
        return 404, "nothing here"

    def _configuration(self, tenant: str) -> dict[str, str]:
        base = f"{self.url}/{tenant}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        }


def desktop_key(server: Provider) -> str:
    """The key of a desktop application as Google Cloud console gives it."""
    held = {"client_id": "app", "client_secret": "planted-secret", "token_uri": f"{server.url}/token"}
    return json.dumps({"installed": held})


def accepting(address: str) -> str:
    """A browser in which everything is accepted."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return f"{asked['redirect_uri']}?state={asked['state']}&code=code-1&scope=x"


@contextmanager
def provider() -> Iterator[Provider]:
    found = Provider()
    try:
        yield found
    finally:
        found.close()


@cache
def _certificate() -> tuple[Path, ssl.SSLContext, ssl.SSLContext]:
    """One for all tests of this process."""
    folder = Path(mkdtemp(prefix="twinpost-provider-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # for programs that become somebody else
    return folder / "certificate.pem", *a_certificate(folder)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked.append((self.path.rsplit("/", 1)[-1], dict(parse_qsl(body))))
            self._reply()

        def _reply(self) -> None:
            time.sleep(provider.delay)
            found = provider.answer(self.path)
            status, said = found if isinstance(found, tuple) else (400 if "error" in found else 200, found)
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    return Handler
