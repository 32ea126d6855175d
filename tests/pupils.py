"""The exchange in which pupils write to each other, for stories and for our collection of their mails."""

from __future__ import annotations

from tests.office import EXCHANGE, WITH_KYIV

ANA, TOMAS = "ana@elever.fagerborg.example", "tomas@elever.fagerborg.example"
ZOE, HUGO = "zoe@eleves.ecole-lyon.example", "hugo@eleves.ecole-lyon.example"
DANYLO = "danylo@uchni.kyiv-school.example"
HEAD = "head@fagerborg.example"
MAX = "max@other.example"
ADDRESSES = {"Ana Berg": ANA, "Tomas Lie": TOMAS, "Zoé Petit": ZOE, "Hugo Roux": HUGO}


def with_pupils(exchange: str = EXCHANGE, mode: str = "direct", more: str = "") -> str:
    """The exchange with its pupils' addresses; `more` are further lines at its head."""
    for name, address in ADDRESSES.items():
        exchange = exchange.replace(f"{{name: {name}}}", f"{{name: {name}, email: {address}}}")
    leader = f"    leaders:\n      - {{name: Head, email: {HEAD}}}\n    pupils:\n"
    exchange = exchange.replace("    pupils:\n", leader, 1)
    return exchange.replace("letters: 4\n", f"letters: 4\nmode: {mode}\n{more}")


_OLENA = "      - {name: Olena Koval, email: olena@kyiv-school.example}\n"
THREE_CLASSES = WITH_KYIV.replace(
    _OLENA, f"{_OLENA}    pupils:\n      - {{name: Данило Бондар, email: {DANYLO}}}\n"
)
EXCHANGES = {
    "direct": with_pupils(THREE_CLASSES),
    "through-teachers": with_pupils(THREE_CLASSES, "through-teachers"),
    "remind-only": with_pupils(THREE_CLASSES, more="guard: remind-only\n"),
    "all-in-copy": with_pupils(THREE_CLASSES, more="copies: all\n"),
}
