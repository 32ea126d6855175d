"""One mailbox in its spellings: tags, idle dots, and domains in letters of their own."""

from __future__ import annotations

import idna

GMAIL = frozenset({"gmail.com", "googlemail.com"})


def one_mailbox(address: str) -> str:
    """The mailbox that an address reaches: without "+tag" (RFC 5233), and without Gmail's idle dots.

    Other servers may read a plus as part of the name, so this tells who may be meant, and proves nothing.
    """
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def ascii_domain(domain: str) -> str:
    """A domain as the name system knows it (RFC 5891), in lower case; "" where it cannot be one.

    "blåbær.example" is "xn--blbr-roah.example". What only looks like ASCII, such as full-width letters,
    is none: a reader would see a domain that the name system does not.
    """
    if domain.isascii():
        return domain.lower()
    try:
        labels = [_ascii_label(label) for label in domain.split(".")]
    except idna.IDNAError:
        return ""
    return ".".join(labels) if all(labels) else ""


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label.lower()
    found = idna.encode(label, uts46=True).decode("ascii")
    return found if found.startswith("xn--") else ""
