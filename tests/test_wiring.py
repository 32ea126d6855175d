"""What is joined at the start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.fakes.provider import provider, token
from tests.ledgers import new_ledger
from tests.office import EXCHANGE, START

from twinpost.app import administer
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.settings import Settings, read_settings
from twinpost.ledger.engine import transaction
from twinpost.ledger.people import load_directory
from twinpost.ledger.signins import SignIns, recent
from twinpost.ledger.transaction import Desk
from twinpost.wiring import compare_exchanges, imap_entrance, refresh_calendars, smtp_entrance


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "exchanges").mkdir()
    data = {
        "address": "letters@school.example",
        "admin": "it@school.example",
        "exchanges": "exchanges",
        "imap": {"host": "127.0.0.1", "user": "letters@school.example"},
        "smtp": {"host": "127.0.0.1"},
    }
    return read_settings(data, tmp_path / "twinpost.toml")


def test_files_in_the_folder_of_exchanges_are_compared_with_the_ledger(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "exchanges" / "oslo-lyon.yaml"
    file.write_text(EXCHANGE, encoding="utf-8")
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        assert list(compare_exchanges(settings, connection)) == ["oslo-lyon.yaml"]
        administer.apply(connection, [load_exchange(file).filed], START)
        assert compare_exchanges(settings, connection) == {}
        file.write_text(EXCHANGE.replace("letters: 4", "letters: 5"), encoding="utf-8")
        assert "(1)" in compare_exchanges(settings, connection)["oslo-lyon.yaml"]


def test_a_broken_file_in_the_folder_of_exchanges_is_told_and_stops_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "exchanges" / "broken.yaml").write_text("exchange: [", encoding="utf-8")
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        assert "problems" in compare_exchanges(settings, connection)["broken.yaml"]


def test_a_start_looks_up_holidays_that_end_soon_and_keeps_what_it_cannot_find(tmp_path: Path) -> None:
    calendar = tmp_path / "7b.ics"
    event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261012\nEND:VEVENT\n"
    calendar.write_text(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n")
    file = tmp_path / "oslo-lyon.yaml"
    entries = "    calendar: [{holidays: NO}, {file: 7b.ics}, {closed: 2026-09-28}]\n"
    file.write_text(EXCHANGE.replace("    country: NO\n", f"    country: NO\n{entries}"), encoding="utf-8")
    today, later = date(2026, 9, 1), date(2028, 9, 1)
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        administer.apply(connection, [load_exchange(file, today=today).filed], START)
        before = load_directory(connection).exchanges[0].classes[0].calendar
        refresh_calendars(connection, today)
        assert load_directory(connection).exchanges[0].classes[0].calendar == before
        calendar.unlink()
        refresh_calendars(connection, later)
        holidays, own, closed = load_directory(connection).exchanges[0].classes[0].calendar
    assert holidays.until == date(2031, 9, 1)
    assert max(span.last for span in holidays.days).year == 2031
    assert (own, closed) == before[1:]


def with_tokens(folder: Path, authority: str) -> Settings:
    user = {"user": "letters@school.example", "sign_in": "microsoft"}
    data = {
        "address": "letters@school.example",
        "admin": "it@school.example",
        "imap": {"host": "127.0.0.1", "security": "none", **user},
        "smtp": {"host": "127.0.0.1", "security": "none", **user},
        "microsoft": {"tenant": "school.example", "client_id": "1", "authority": authority},
    }
    (folder / "microsoft-secret").write_text("secret")
    return read_settings(data, folder / "twinpost.toml")


def test_both_servers_are_entered_with_tokens_and_what_they_refuse_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider() as server, new_ledger(tmp_path) as engine:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings, desk = with_tokens(tmp_path, server.url), Desk(engine)
        record = SignIns(desk, "smtp", lambda: START)
        for door in (imap_entrance(settings, record), smtp_entrance(settings, record)):
            server.gives(token("access-1"), token("access-2"))
            assert (door.provider, door.tokens is not None) == ("microsoft", True)
            assert door.tokens is not None
            assert door.tokens.current() == door.tokens.current() == "access-1"
            assert door.tokens.renewed("access-1") == "access-2"
        desk.close()
        with transaction(engine) as connection:
            assert len(recent(connection, "smtp", START)) == 2


def test_a_password_needs_no_tokens(settings: Settings) -> None:
    assert imap_entrance(settings).tokens is smtp_entrance(settings).tokens is None
