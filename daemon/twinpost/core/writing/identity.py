"""A mail's Message-ID follows from its key, so that a repeat is known as the same mail."""

from __future__ import annotations

import hashlib
import hmac
import re

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def message_id(key: str, secret: str, domain: str) -> str:
    """The Message-ID of the mail with this key, e.g. "<tp.3f…@school.example>".

    `key` is unique for ever ("receipt/12/1/7"). The secret keeps others from foretelling an id.
    Raises ValueError for a domain that is not plain ASCII.
    """
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"not a domain for a Message-ID: {domain!r}")
    mark = hmac.new(secret.encode(), key.encode(), hashlib.sha256).hexdigest()
    return f"<tp.{mark[:40]}@{domain.lower()}>"
