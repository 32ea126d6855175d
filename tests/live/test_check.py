"""`twinpost check` against real servers: what is wrong is named, with the remedy, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.live.needs import free_port
from tests.live.place import Place

pytestmark = [pytest.mark.live, pytest.mark.slow]

ORDER = ["configuration", "imap password", "words", "templates", "rules", "exchanges"]
ORDER += ["ledger", "originals", "imap", "smtp"]


def problems(place: Place) -> dict[str, str]:
    """What `check` finds wrong. Its exit code tells whether there is anything."""
    done = place.daemon.ask("check")
    assert "Traceback" not in done.stderr
    found, about = dict[str, str](), ""
    for line in done.stdout.splitlines():
        what, rest = line[:16].strip(), line[16:]
        about = what or about
        if rest.startswith("PROBLEM") or not what:
            found[about] = found.get(about, "") + rest.removeprefix("PROBLEM  ") + "\n"
    assert done.returncode == (1 if found else 0)
    return found


def configured(place: Place, **changes: Any) -> None:
    place.daemon.configure(place.settings(**changes))


def a_file(place: Place, name: str, text: str) -> None:
    file = place.daemon.folder / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


def wrong_password(place: Place) -> None:
    place.daemon.set_password("outdated")


def no_password(place: Place) -> None:
    (place.daemon.folder / "imap-password").unlink()


def nobody_there(place: Place) -> None:
    configured(place, imap={"port": free_port()}, smtp={"port": free_port()})


def unknown_host(place: Place) -> None:
    configured(place, imap={"host": "nowhere.example", "security": "tls"})


def missing_folder(place: Place) -> None:
    configured(place, imap={"inbox": "Letters"})


def no_starttls(place: Place) -> None:
    configured(place, imap={"security": "starttls"}, smtp={"security": "starttls"})


def no_tls(place: Place) -> None:
    configured(place, imap={"security": "tls"}, smtp={"security": "tls"})


def each_others_port(place: Place) -> None:
    configured(place, imap={"port": place.sink.port}, smtp={"port": place.store.imap_port})


def broken_template(place: Place) -> None:
    a_file(place, "templates/en/receipt.md", "Subject: Here\n\nDear {{ reader.nam }\n")
    configured(place, top={"templates": "templates"})


def broken_exchange(place: Place) -> None:
    a_file(place, "exchanges/oslo.yaml", "exchange: oslo-lyon\ntitel: Letters\n")
    configured(place, top={"exchanges": "exchanges"})


def empty_ledger(place: Place) -> None:
    place.daemon.ledger.unlink()


def no_folder_for_originals(place: Place) -> None:
    folder = place.daemon.folder / "ledger" / "originals"
    if folder.exists():
        folder.rmdir()
    folder.write_text("a file stands where the folder should be")


def another_folder_of_originals(place: Place) -> None:
    place.post(1)
    assert place.daemon.data("once")["kept"] == 1
    configured(place, ledger={"originals": "elsewhere"})


def misspelled_key(place: Place) -> None:
    file = place.daemon.config
    file.write_text(file.read_text().replace("port = ", "prot = ", 1))


Break = Callable[[Place], None]
WRONG: list[tuple[Break, dict[str, tuple[str, ...]]]] = [
    (wrong_password, {"imap": ("refused to sign in", "Check `user` in [imap] and the password")}),
    (
        no_password,
        {
            "imap password": ("there is no password for [imap]", "imap-password and $TWINPOST_IMAP_PASSWORD"),
            "imap": ("there is no password for [imap]",),
        },
    ),
    (
        nobody_there,
        {
            "imap": ("nothing answers there. Check `host` and `port` in [imap]",),
            "smtp": ("nothing answers there. Check `host` and `port` in [smtp]",),
        },
    ),
    (unknown_host, {"imap": ("nowhere.example", "Check `host` in [imap] and this machine's DNS")}),
    (missing_folder, {"imap": ("The folder Letters on 127.0.0.1 does not exist. There are: INBOX.",)}),
    (
        no_starttls,
        {
            "imap": ("offers no STARTTLS, so nothing was sent to it", 'security = "tls"'),
            "smtp": ("offers no STARTTLS, and nothing is sent unencrypted", 'security = "tls"'),
        },
    ),
    (
        no_tls,
        {
            "imap": ("no encrypted connection came about", 'security = "starttls" in [imap]'),
            "smtp": ("no encrypted connection came about", 'security = "starttls" in [smtp]'),
        },
    ),
    (
        each_others_port,
        {
            "imap": ("cannot be read", "speak IMAP?"),
            "smtp": ("answers in another language than SMTP. Check `port` in [smtp]",),
        },
    ),
    (broken_template, {"templates": ("templates/en/receipt.md:3",)}),
    (broken_exchange, {"exchanges": ("exchanges/oslo.yaml:2", "did you mean `title`?")}),
    (empty_ledger, {"ledger": ("is empty: run `twinpost db upgrade`",)}),
    (no_folder_for_originals, {"originals": ("originals cannot be written: ",)}),
    (another_folder_of_originals, {"originals": ("the mail that was kept last is not in it",)}),
    (misspelled_key, {"configuration": ("twinpost.toml:", "did you mean `port`?")}),
]


@pytest.mark.parametrize(("break_it", "expected"), WRONG, ids=[case[0].__name__ for case in WRONG])
def test_what_is_wrong_is_named_with_its_remedy(
    place: Place, break_it: Break, expected: dict[str, tuple[str, ...]]
) -> None:
    break_it(place)
    found = problems(place)
    assert set(found) == set(expected), found
    for about, words in expected.items():
        assert all(word in found[about] for word in words), found[about]


def test_a_good_office_has_a_line_for_everything_and_no_problem(place: Place) -> None:
    assert problems(place) == {}
    found = place.daemon.data("check")
    assert [line["what"] for line in found] == ORDER
    assert all(line["good"] for line in found)


def test_looking_leaves_no_trace_and_counts_as_no_sign_in(place: Place) -> None:
    place.daemon.set_password("outdated")
    for _ in range(2):
        assert "imap" in problems(place)
    assert place.sign_ins_refused() == 2
    place.daemon.set_password("blåbær og brunost")
    place.post(1)
    place.daemon.serve()
    place.until_told(1)
