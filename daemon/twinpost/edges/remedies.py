"""Why a server could not be reached, in a sentence that says what to do."""

from __future__ import annotations

import socket
import ssl

from twinpost.errors import WireError


def unreachable(error: OSError, host: str, port: int, section: str) -> WireError:
    """Explain a failed connection. `section` is the part of twinpost.toml to look at: imap or smtp."""
    return WireError(f"{host}:{port}: {_explain(error, host, port, section)}")


def _explain(error: OSError, host: str, port: int, section: str) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"the certificate cannot be trusted: {error.verify_message}. Correct `host` in [{section}] "
                "to the name in the certificate, have the certificate renewed, or add your own authority's "
                "certificate to this machine's trust store."
            )
        case ssl.SSLError():
            return (
                f"no encrypted connection came about ({error.reason or error}). If port {port} expects "
                f'STARTTLS, set security = "starttls" in [{section}]; otherwise check `port`.'
            )
        case socket.gaierror():
            return f"the name cannot be found. Check `host` in [{section}] and this machine's DNS."
        case ConnectionRefusedError():
            return f"nothing answers there. Check `host` and `port` in [{section}], and that the server runs."
        case TimeoutError():
            return f"no answer in time. Check `host` and `port` in [{section}], and firewalls on the way."
        case _:
            return f"the connection failed ({error}). It will be tried again."
