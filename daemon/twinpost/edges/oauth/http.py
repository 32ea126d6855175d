"""How the providers are asked: with a clock, trusting whom this machine trusts, every failure a sentence."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from twinpost.errors import WireError

TIMEOUT = (10.0, 15.0)  # seconds to connect, and for each silence after that


STRANGE = (ValueError, RuntimeError, LookupError, TypeError, AttributeError)
"""What the libraries make of an answer that is none."""


class Session(requests.Session):
    """`tls` replaces the machine's own list of authorities."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.mount("https://", _Adapter(tls or ssl.create_default_context()))

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """One request, within our time and to this host only: whoever redirects gets no secrets."""
        options["timeout"] = TIMEOUT  # the libraries ask for two minutes, or for ever
        options["allow_redirects"] = False
        return super().request(*args, **options)


class _Adapter(HTTPAdapter):
    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._tls)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **options, ssl_context=self._tls)


@contextmanager
def asking(url: str) -> Iterator[None]:
    """What goes wrong on the way to a provider is temporary: WireError."""
    host = urlsplit(url).netloc
    try:
        yield
    except requests.RequestException as error:
        raise WireError(f"{host} {_why(error)} No token for the sign-in; it will be tried again.") from error
    except STRANGE as error:
        raise WireError(f"{host} gave an answer that cannot be read. It will be tried again.") from error


def _why(error: requests.RequestException) -> str:
    match error:
        case requests.exceptions.ProxyError():
            return "cannot be reached through the proxy that HTTPS_PROXY names."
        case requests.exceptions.SSLError():
            return (
                "shows a certificate that this machine does not trust. A school's proxy that looks into TLS "
                "must be in this machine's trust store."
            )
        case requests.exceptions.Timeout():
            return "gave no answer in time."
        case requests.exceptions.ConnectionError():
            return "cannot be reached. Check this machine's network, DNS and proxy (HTTPS_PROXY)."
        case requests.exceptions.HTTPError() if error.response is not None:
            return f"has trouble of its own (HTTP {error.response.status_code})."
    return "gave an answer that cannot be read."
