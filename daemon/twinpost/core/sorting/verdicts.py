"""What the results of a server that we trust say about one sender."""

from __future__ import annotations

from collections.abc import Sequence

from twinpost.core.model.kind import Proof
from twinpost.core.sorting.authentication import Result

SILENT = frozenset({"none", "bestguesspass"})
"""DMARC results that only say that the domain has no policy."""

LETS_PASS = frozenset({"pass", "softpass", "none"})
"""Results of Microsoft's `compauth` with which it does not stand by a dmarc=fail (trusted relays)."""


def judge(results: Sequence[Result], address: str) -> Proof:
    """DMARC decides where it says something; else an aligned DKIM, SPF or sign-in.

    Aligned means the very same domain: without a list of public suffixes a parent domain proves nothing.
    `address` is case-folded, its domain in ASCII.
    """
    dmarc = [result for result in results if result.method == "dmarc" and result.result not in SILENT]
    if any(result.result == "fail" for result in dmarc):
        return _failed(results)
    if any(_names_another(result, address) for result in results):
        return Proof(None, "Our mail server says that somebody else was signed in when this was sent.")
    domain = _domain(address)
    if dmarc:
        if all(r.result == "pass" and r.domain("header.from") == domain for r in dmarc):
            return Proof(True, "Our mail server vouches for the sender (dmarc=pass).")
        return Proof(None, "Our mail server could not decide about the sender (dmarc).")
    for result in results:
        if result.result == "pass" and _aligned(result, address, domain):
            return Proof(True, f"Our mail server vouches for the sender ({result.method}=pass).")
    return Proof(None, "Our mail server vouches for nobody of the sender's domain.")


def from_her_servers(results: Sequence[Result], address: str) -> bool:
    """Whether a server of the sender's domain handed the mail over, or she was signed in.

    Nobody else can do that with an old mail of hers; with her signature on it, everybody can.
    """
    domain = _domain(address)
    return any(
        result.result == "pass"
        and (
            (result.method == "spf" and _of_one_domain(result.domain("smtp.mailfrom"), domain))
            or (result.method == "auth" and _aligned(result, address, domain))
        )
        for result in results
    )


def _failed(results: Sequence[Result]) -> Proof:
    if any(result.method == "compauth" and result.result in LETS_PASS for result in results):
        return Proof(None, "The sender's domain disowns this mail (dmarc=fail), but Microsoft 365 does not.")
    why = "Our mail server says that the sender's domain disowns this mail (dmarc=fail)."
    return Proof(False, why, disowned=True)


def _names_another(result: Result, address: str) -> bool:
    """A sign-in under another address. A name without @ is a name of an account, which tells us nothing."""
    user = result.properties.get("smtp.auth", "")
    return result.method == "auth" and result.result == "pass" and "@" in user and user != address


def _aligned(result: Result, address: str, domain: str) -> bool:
    if result.method == "auth":
        return result.properties.get("smtp.auth", "") == address
    if result.method == "dkim":
        name = "header.d" if "header.d" in result.properties else "header.i"
        return result.domain(name) == domain
    return result.method == "spf" and result.domain("smtp.mailfrom") == domain


def _of_one_domain(one: str, other: str) -> bool:
    """Whether two domains are the same, or one lies in the other."""
    return bool(one) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
