"""Whether the sender is who the From says: the verdict of the one server that we trust, no guess of ours."""

from __future__ import annotations

from collections.abc import Callable

from twinpost.core.model.kind import Proof
from twinpost.core.model.mail import Defect, Reading
from twinpost.core.sorting.authentication import Result, read_results

GOOGLE = "mx.google.com"

DISTRUSTED = frozenset(
    {
        Defect.NO_FROM,
        Defect.MANY_FROM,
        Defect.ODD_FROM,
        # At a lone CR Python ends a header line and a mail server does not: each sees another header.
        Defect.BARE_CR,
        # Behind the place where reading stopped there may be a second From.
        Defect.TOO_MANY_HEADERS,
        Defect.TOO_LONG_HEADERS,
        Defect.UNREADABLE,
    }
)

SILENT = frozenset({"none", "bestguesspass"})
"""DMARC results that only say that the domain has no policy."""


def prove(reading: Reading, provider: str, authserv_id: str = "") -> Proof:
    """Whether a server that we trust vouches for the From.

    `provider` is own, google or microsoft; `authserv_id` the name by which an own server signs its
    verdicts. Only the topmost Authentication-Results counts: the border adds its own on top, and what
    stands below came with the mail (RFC 8601, 5).
    """
    if len(reading.from_) != 1 or reading.defects & DISTRUSTED:
        return Proof(False, "The header of the mail can be read in two ways, so its sender proves nothing.")
    if reading.via:
        return Proof(False, "A mailing list names the writer in its own From, which proves nothing.")
    return PROVIDERS[provider](reading, authserv_id)


def _own(reading: Reading, authserv_id: str) -> Proof:
    if not authserv_id:
        return Proof(None, "No authserv_id is configured, so nobody vouches for the sender.")
    values = reading.header("authentication-results")
    if not values:
        return Proof(None, "Our mail server has said nothing about the sender.")
    stated = read_results(values[0])
    if stated is None:
        return Proof(None, "What stands in Authentication-Results does not fit RFC 8601.")
    if stated.authserv_id != authserv_id.casefold():
        return Proof(None, "The topmost Authentication-Results is not our mail server's.")
    return _judge(stated.results, reading.from_[0].address)


def _google(reading: Reading, _authserv_id: str) -> Proof:
    return _own(reading, GOOGLE)


def _microsoft(reading: Reading, _authserv_id: str) -> Proof:
    """Microsoft 365 leaves the authserv-id out, and marks mail that was sent inside the tenant.

    Its border removes X-MS-Exchange-Organization-* from what comes from outside (header firewall).
    """
    values = reading.header("authentication-results")
    stated = read_results(values[0], with_id=False) if values else None
    verdict = _judge(stated.results, reading.from_[0].address) if stated else None
    if verdict and verdict.proven is not None:
        return verdict
    inside = reading.header("x-ms-exchange-organization-authas")
    if [value.strip().casefold() for value in inside] == ["internal"]:
        return Proof(True, "Microsoft 365 says that the mail was sent by somebody signed in at our school.")
    return verdict or Proof(None, "Microsoft 365 has said nothing that we can read about the sender.")


PROVIDERS: dict[str, Callable[[Reading, str], Proof]] = {
    "own": _own,
    "google": _google,
    "microsoft": _microsoft,
}


def _judge(results: tuple[Result, ...], address: str) -> Proof:
    """DMARC decides where it says something; else an aligned DKIM, SPF or sign-in.

    Aligned means the very same domain: without a list of public suffixes a parent domain proves nothing.
    """
    domain = address.rpartition("@")[2]
    dmarc = [result for result in results if result.method == "dmarc" and result.result not in SILENT]
    if any(result.result == "fail" for result in dmarc):
        return Proof(False, "Our mail server says that the sender's domain disowns this mail (dmarc=fail).")
    if dmarc:
        if all(r.result == "pass" and r.domain("header.from") == domain for r in dmarc):
            return Proof(True, "Our mail server vouches for the sender (dmarc=pass).")
        return Proof(None, "Our mail server could not decide about the sender (dmarc).")
    for result in results:
        if result.result == "pass" and _aligned(result, address, domain):
            return Proof(True, f"Our mail server vouches for the sender ({result.method}=pass).")
    return Proof(None, "Our mail server vouches for nobody of the sender's domain.")


def _aligned(result: Result, address: str, domain: str) -> bool:
    if result.method == "auth":
        return result.properties.get("smtp.auth", "") == address
    if result.method == "dkim":
        name = "header.d" if "header.d" in result.properties else "header.i"
        return result.domain(name) == domain
    return result.method == "spf" and result.domain("smtp.mailfrom") == domain
