"""What the results of our own server say about Kari."""

from __future__ import annotations

import pytest

from twinpost.core.sorting.authentication import read_results
from twinpost.core.sorting.verdicts import from_her_servers, judge

KARI = "kari@fagerborg.example"


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ("dmarc=pass (p=reject) header.from=fagerborg.example", True),
        ("DMARC=PASS header.from=FAGERBORG.example", True),
        ("dmarc=pass header.from=fagerborg.example; spf=fail smtp.mailfrom=list.example", True),
        ("dmarc=fail header.from=fagerborg.example", False),
        ("dmarc=fail header.from=fagerborg.example; dkim=pass header.d=fagerborg.example", False),
        ("dmarc=pass header.from=fagerborg.example; dmarc=fail header.from=evil.example", False),
        ("dmarc=fail header.from=fagerborg.example; compauth=fail reason=000", False),
        ("dmarc=fail header.from=fagerborg.example; compauth=pass reason=130", None),
        ("dmarc=fail header.from=fagerborg.example; compauth=none reason=451", None),
        ("dmarc=none header.from=fagerborg.example; compauth=pass reason=703", None),
        ("dmarc=pass header.from=evil.example", None),
        ("dmarc=pass header.from=fagerborg.example; dmarc=pass header.from=evil.example", None),
        ("dmarc=pass", None),
        ("dmarc=temperror header.from=fagerborg.example; dkim=pass header.d=fagerborg.example", None),
        ("dmarc=none header.from=fagerborg.example; dkim=pass header.d=fagerborg.example", True),
        ("dmarc=bestguesspass header.from=fagerborg.example; spf=pass smtp.mailfrom=fagerborg.example", True),
        ("dmarc=bestguesspass header.from=fagerborg.example", None),
        ("dkim=pass header.d=fagerborg.example header.s=a", True),
        ("dkim=pass header.i=@fagerborg.example header.s=a", True),
        ("dkim=pass header.d=evil.example header.i=@fagerborg.example", None),
        ("dkim=pass header.d=pupils.fagerborg.example", None),
        ("dkim=pass header.d=example", None),
        ("dkim=pass header.d=evil-fagerborg.example", None),
        ("dkim=fail header.d=fagerborg.example", None),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=fagerborg.example", True),
        ("spf=pass smtp.mailfrom=kari@fagerborg.example", True),
        ("spf=pass smtp.mailfrom=fagerborg.example", True),
        ("spf=pass smtp.helo=fagerborg.example", None),
        ("spf=pass smtp.mailfrom=fagerborg.example@evil.example", None),
        ("spf=softfail smtp.mailfrom=fagerborg.example", None),
        ("auth=pass (LOGIN) smtp.auth=kari@fagerborg.example", True),
        ("auth=pass smtp.auth=ola@fagerborg.example", None),
        ("auth=pass smtp.auth=ola@fagerborg.example; spf=pass smtp.mailfrom=fagerborg.example", None),
        ("auth=fail smtp.auth=ola@fagerborg.example; spf=pass smtp.mailfrom=fagerborg.example", True),
        ("auth=pass smtp.auth=kari; spf=pass smtp.mailfrom=fagerborg.example", True),
        ("auth=pass smtp.auth=kari", None),
        ("iprev=pass policy.iprev=192.0.2.1", None),
        ("arc=pass; spf=none smtp.mailfrom=evil.example", None),
        ("none", None),
    ],
)
def test_the_verdict_of_our_own_server(results: str, proven: bool | None) -> None:
    stated = read_results(f"mx.school.example; {results}")
    assert stated is not None
    assert judge(stated.results, KARI).proven is proven


@pytest.mark.parametrize(
    ("results", "hers"),
    [
        ("spf=pass smtp.mailfrom=kari@fagerborg.example", True),
        ("spf=pass smtp.mailfrom=bounces.fagerborg.example", True),
        ("auth=pass smtp.auth=kari@fagerborg.example", True),
        ("spf=fail smtp.mailfrom=fagerborg.example", False),
        ("spf=pass smtp.mailfrom=evil.example", False),
        ("spf=pass smtp.mailfrom=notfagerborg.example", False),
        ("spf=pass smtp.helo=mail.fagerborg.example", False),
        ("dkim=pass header.d=fagerborg.example", False),
    ],
)
def test_a_server_of_hers_is_known_by_its_envelope_or_her_sign_in(results: str, hers: bool) -> None:
    stated = read_results(f"mx.school.example; {results}")
    assert stated is not None
    assert from_her_servers(stated.results, KARI) is hers
