"""The installed daemon beside a real mailbox: signals, sign-ins, folders, neighbours."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.live import dovecot
from tests.live.daemon import PASSWORD
from tests.live.dovecot import Dovecot
from tests.live.gate import Background, Gate
from tests.live.imap_line import FETCH, SIGN_IN, ImapLine
from tests.live.needs import free_port
from tests.live.place import TEACHERS, Place, a_place
from tests.live.sink import DOT, Sink
from tests.live.supervisor import Supervisor

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture
def supervisor(place: Place) -> Iterator[Supervisor]:
    with tempfile.TemporaryDirectory() as folder:  # a socket's path may have 107 octets only
        listening = Supervisor(Path(folder) / "notify")
        place.daemon.environment["NOTIFY_SOCKET"] = f"{folder}/notify"
        yield listening
        listening.close()


# -- signals -------------------------------------------------------------------------------------


def test_a_letter_in_the_mailbox_leads_to_receipts_and_bears_no_mark_of_ours(place: Place) -> None:
    place.daemon.serve()
    place.post(1)
    place.until_told(1)
    assert place.daemon.stop() == 0
    person = place.person()
    person.select("INBOX", readonly=True)
    assert person.search(None, "UNSEEN", "UNFLAGGED", "UNANSWERED", "UNDELETED")[1] == [b"1"]
    person.logout()


def test_what_is_being_sent_when_it_is_told_to_stop_is_finished(place: Place) -> None:
    place.gate.close(DOT)
    place.daemon.serve()
    place.post(1)
    assert place.gate.reached(30)
    place.daemon.terminate()
    place.gate.open()
    assert place.daemon.wait() == 0
    place.daemon.serve()
    place.until_told(1)
    assert len(place.sink.taken()) == len(TEACHERS)


def test_a_server_that_never_answers_cannot_keep_it_from_stopping(place: Place) -> None:
    place.gate.close(DOT)
    place.daemon.serve()
    place.post(1)
    assert place.gate.reached(30)
    assert place.daemon.stop() == 0
    place.gate.open()
    place.daemon.serve()
    place.until_told(1)
    assert len({taken.octets for taken in place.sink.taken()}) == len(TEACHERS)


def test_a_mailbox_that_falls_silent_cannot_keep_it_from_stopping(place: Place) -> None:
    with Background() as background:
        line = ImapLine(background, gate := Gate(background), place.store.imap_port)
        place.daemon.configure(place.settings(imap={"port": line.port}))
        gate.close(FETCH)
        place.daemon.serve()
        place.post(1)
        assert gate.reached(30)
        assert place.daemon.stop(30) == 0  # a command may take twice as long
        gate.open()
    place.daemon.configure(place.settings())
    place.daemon.serve()
    place.until_told(1)


def test_a_new_configuration_is_in_force_after_sighup(place: Place) -> None:
    place.daemon.serve()
    with Background() as background:
        elsewhere = Sink(background, Gate(background))
        place.daemon.configure(place.settings(smtp={"port": elsewhere.port}))
        place.daemon.hang_up()
        place.daemon.until(lambda: place.daemon.log().count("serving") == 2, "it serves again")
        place.post(1)
        place.daemon.until(lambda: len(elsewhere.taken()) == len(TEACHERS), "the receipts go elsewhere")
        assert place.sink.taken() == []
        assert place.daemon.stop() == 0


def test_a_wrong_configuration_is_named_by_line_and_the_old_one_stays_in_force(
    place: Place, supervisor: Supervisor
) -> None:
    place.daemon.serve()
    text = place.daemon.config.read_text().replace("port = ", "prot = ", 1)
    place.daemon.config.write_text(text)
    place.daemon.hang_up()
    line = 1 + text[: text.index("prot = ")].count("\n")
    place.daemon.until(lambda: f"{place.daemon.config}:{line}" in place.daemon.log(), "the line is named")
    assert "did you mean `port`" in place.daemon.log()
    place.daemon.until(lambda: supervisor.lines().count("READY=1") == 2, "the reload has ended")
    assert "STATUS=Serving with the old configuration: the new one is wrong." in supervisor.lines()
    place.post(1)
    place.until_told(1)
    assert place.daemon.stop() == 0


def test_letters_that_arrive_while_it_reloads_again_and_again_are_told_of_once(place: Place) -> None:
    place.daemon.serve()
    for number in range(1, 9):
        place.post(number)
        place.daemon.hang_up()
    place.until_told(*range(1, 9))
    assert place.daemon.stop() == 0
    assert len(place.sink.taken()) == 8 * len(TEACHERS)


def test_the_supervisor_hears_that_it_is_ready_reloads_and_stops(
    place: Place, supervisor: Supervisor
) -> None:
    place.daemon.serve()
    place.daemon.until(lambda: "STATUS=Reading mail." in supervisor.lines(), "it reads mail")
    assert "READY=1" in supervisor.lines()
    place.daemon.hang_up()
    place.daemon.until(lambda: supervisor.lines().count("READY=1") == 2, "it is ready again")
    heard = supervisor.lines()
    assert heard[heard.index("RELOADING=1") + 1].startswith("MONOTONIC_USEC=")
    assert place.daemon.stop() == 0
    assert supervisor.lines()[-1] == "STOPPING=1"


def test_the_watchdog_is_fed(place: Place, supervisor: Supervisor) -> None:
    place.daemon.environment["WATCHDOG_USEC"] = "400000"
    place.daemon.serve()
    place.daemon.until(lambda: supervisor.lines().count("WATCHDOG=1") > 3, "it shows signs of life")


# -- sign-in -------------------------------------------------------------------------------------


def test_a_refused_sign_in_is_told_to_supervisor_log_and_status(place: Place, supervisor: Supervisor) -> None:
    place.daemon.set_password("outdated")
    place.daemon.serve()
    place.daemon.until(lambda: "refused to sign in" in "".join(supervisor.lines()), "the supervisor hears it")
    assert "refused to sign in" in place.daemon.log()
    trouble = place.daemon.tell("status")
    assert "MAILBOX" in trouble
    assert "refused to sign in" in trouble
    assert "outdated" not in place.daemon.log()


def test_a_wrong_password_is_tried_six_times_an_hour_at_most_however_often_it_is_restarted(
    place: Place,
) -> None:
    place.daemon.set_password("outdated")
    for _ in range(9):  # every six minutes, for almost an hour
        place.daemon.serve()
        place.daemon.until(lambda: _waits(place), "it has tried, or waits")
        assert place.daemon.stop() == 0
        _let_pass(place.daemon.ledger, timedelta(minutes=6))
    assert 3 <= place.sign_ins_refused() <= 6


def _waits(place: Place) -> bool:
    """Whether the ledger forbids to sign in now: since the last refusal less than a minute has passed, or
    the refusals before it ask for a longer rest.
    """
    with closing(sqlite3.connect(place.daemon.ledger)) as database:
        rows = database.execute("SELECT refused_at FROM sign_ins").fetchall()
    moments = [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in rows]
    return bool(moments) and datetime.now(UTC) - max(moments) < timedelta(minutes=len(moments) ** 2)


def test_a_sign_in_without_an_answer_counts_when_it_is_stopped_meanwhile(place: Place) -> None:
    with Background() as background:
        line = ImapLine(background, gate := Gate(background), place.store.imap_port)
        place.daemon.configure(place.settings(imap={"port": line.port}))
        gate.close(SIGN_IN)
        place.daemon.serve()
        assert gate.reached(30)
        assert place.daemon.stop() == 0
        gate.open()
        place.daemon.serve()
        place.daemon.until(lambda: _waits(place), "it waits")
        assert place.daemon.stop() == 0
        assert gate.passed[SIGN_IN] == 1


def _let_pass(ledger: Path, time: timedelta) -> None:
    """Make what the ledger remembers of sign-ins so much older."""
    with closing(sqlite3.connect(ledger)) as database, database:
        for id_, moment in database.execute("SELECT id, refused_at FROM sign_ins").fetchall():
            older = datetime.fromisoformat(moment) - time
            database.execute("UPDATE sign_ins SET refused_at = ? WHERE id = ?", (older.isoformat(" "), id_))


def test_with_the_right_password_the_mail_of_the_time_between_is_answered(place: Place) -> None:
    place.daemon.set_password("outdated")
    place.daemon.serve()
    place.daemon.until(lambda: "refused to sign in" in place.daemon.log(), "the sign-in is refused")
    place.post(1)
    place.daemon.set_password(PASSWORD)
    assert place.daemon.stop() == 0
    _let_pass(place.daemon.ledger, timedelta(minutes=2))
    place.daemon.serve()
    place.until_told(1)
    assert "MAILBOX" not in place.daemon.tell("status")


# -- the mailbox ---------------------------------------------------------------------------------


def test_a_missing_folder_is_named_with_those_that_exist_and_read_once_it_is_there(
    store: Dovecot, tmp_path: Path
) -> None:
    with a_place(store, tmp_path / "office", imap={"inbox": "Letters"}) as place:
        place.daemon.serve()
        place.daemon.until(lambda: "does not exist. There are: INBOX" in place.daemon.log(), "it is missed")
        assert "does not exist" in place.daemon.tell("status")
        person = place.person()
        person.create("Letters")
        place.post(1)
        person.select("INBOX")
        person.copy("1", "Letters")
        person.logout()
        place.until_told(1)


def test_a_folder_that_somebody_renames_is_missed_and_found_again(store: Dovecot, tmp_path: Path) -> None:
    with a_place(store, tmp_path / "office", imap={"inbox": "Letters"}) as place:
        person = place.person()
        person.create("Letters")
        place.daemon.serve()
        place.daemon.until(lambda: place.daemon.data("status")["mailbox_read_at"], "it reads the folder")
        person.rename("Letters", "Former")
        place.daemon.until(lambda: "There are: Former, INBOX" in place.daemon.log(), "it is missed")
        place.post(1)
        person.select("INBOX")
        person.copy("1", "Former")
        person.rename("Former", "Letters")
        person.logout()
        place.until_told(1)
        assert len(place.sink.taken()) == len(TEACHERS)


def test_a_mailbox_server_that_goes_and_comes_back_is_found_again(tmp_path: Path) -> None:
    with dovecot.running() as store, a_place(store, tmp_path / "office") as place:
        place.daemon.serve()
        place.post(1)
        place.until_told(1)
        store.stop()
        place.daemon.until(lambda: "event='mailbox'" in place.daemon.log(), "it is missed")
        store.start()
        place.post(2)
        place.until_told(2)
        assert len(place.sink.taken()) == 2 * len(TEACHERS)


def test_a_mailbox_that_is_rebuilt_leads_to_nothing_twice(tmp_path: Path) -> None:
    with dovecot.running() as store, a_place(store, tmp_path / "office") as place:
        place.daemon.serve()
        place.post(1, 2, 3)
        place.until_told(1, 2, 3)
        before = _uidvalidity(place)
        store.stop()
        for index in (store.folder / "mail" / place.user).glob("dovecot*"):
            shutil.rmtree(index) if index.is_dir() else index.unlink()
        store.start()
        place.post(4)
        place.until_told(4)
        assert _uidvalidity(place) != before
        assert place.daemon.data("status")["messages"] == {"processed": 4}
        assert len(place.sink.taken()) == 4 * len(TEACHERS)


def _uidvalidity(place: Place) -> object:
    person = place.person()
    found = person.status("INBOX", "(UIDVALIDITY)")[1]
    person.logout()
    return found


def test_a_letter_dragged_away_and_back_is_the_same_letter(place: Place) -> None:
    place.daemon.serve()
    place.post(1)
    place.until_told(1)
    person = place.person()
    person.create("Elsewhere")
    for from_, to in (("INBOX", "Elsewhere"), ("Elsewhere", "INBOX")):
        person.select(from_)
        person.uid("MOVE", "1", to)
    person.logout()
    place.post(2)
    place.until_told(2)
    assert place.log_holds() == [[1], [2]]
    assert len(place.sink.taken()) == 2 * len(TEACHERS)


def test_a_strangers_mail_is_read_anew_when_it_is_dragged_back(place: Place) -> None:
    place.daemon.serve()
    newcomer = "Siri Dahl <siri@fagerborg.example>"
    place.post(1, sender=newcomer)
    place.daemon.until(lambda: "kind='stranger'" in place.daemon.log(), "she is not known")
    file = place.daemon.folder / "exchange-0.yaml"
    file.write_text(file.read_text().replace("Kari Nordmann, email: kari@", "Siri Dahl, email: siri@"))
    place.daemon.tell("exchange", "apply", "--yes", str(file))
    person = place.person()
    person.create("Elsewhere")
    for from_, to in (("INBOX", "Elsewhere"), ("Elsewhere", "INBOX")):
        person.select(from_)
        person.uid("MOVE", "1", to)
    person.logout()
    place.daemon.until(lambda: place.told(1) >= {"siri@fagerborg.example"}, "she gets her receipt")


# -- the outgoing server -------------------------------------------------------------------------


def test_an_outgoing_server_that_is_away_is_told_of_until_a_mail_gets_through(place: Place) -> None:
    port = free_port()
    place.daemon.configure(place.settings(smtp={"port": port}))
    place.daemon.serve()
    place.post(1)
    place.daemon.until(lambda: "no mail can be sent" in place.daemon.log(), "it is missed")
    assert "OUTGOING" in place.daemon.tell("status")
    with Background() as background:
        place.sink = Sink(background, Gate(background), port)
        for mail in place.daemon.data("outbox", "list"):
            # The admin does not care to wait; what has left meanwhile is refused, and that is well.
            place.daemon.ask("outbox", "retry", str(mail["id"]))
        place.until_told(1)
        place.daemon.until(lambda: "OUTGOING" not in place.daemon.tell("status"), "all is well again")
        assert len(place.sink.taken()) == len(TEACHERS)


# -- neighbours ----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "once"])
def test_a_second_daemon_is_refused_with_a_sentence(place: Place, command: str) -> None:
    place.daemon.serve()
    done = place.daemon.ask(command)
    assert done.returncode == 75
    assert "A twinpost daemon is running with this ledger already" in done.stderr
    assert "Traceback" not in done.stderr
    place.post(1)
    place.until_told(1)


def test_a_ledger_that_somebody_holds_is_waited_for(place: Place, supervisor: Supervisor) -> None:
    place.daemon.serve()
    place.daemon.until(lambda: "STATUS=Reading mail." in supervisor.lines(), "it reads mail")
    with (
        closing(sqlite3.connect(place.daemon.ledger, isolation_level=None)) as somebody,
        ThreadPoolExecutor() as beside,
    ):
        somebody.execute("BEGIN IMMEDIATE")
        asked = beside.submit(place.daemon.ask, "status")
        place.post(1)
        place.daemon.until(lambda: "is locked by another program" in place.daemon.log(), "it is noticed")
        place.daemon.until(lambda: "locked" in supervisor.lines()[-1], "the supervisor hears it")
        done = asked.result()
        assert (done.returncode, "is locked by another program" in done.stderr) == (75, True)
        somebody.execute("ROLLBACK")
    place.until_told(1)
    place.daemon.until(lambda: supervisor.lines()[-1] == "STATUS=Reading mail.", "all is well again")
    assert len(place.sink.taken()) == len(TEACHERS)
    assert place.daemon.stop() == 0


def test_once_does_what_is_due_and_ends(place: Place) -> None:
    place.post(1, 2)
    counts = place.daemon.data("once")
    assert (counts["kept"], counts["processed"], counts["sent"], counts["waiting"]) == (2, 2, 6, 0)
    assert place.told(1) == place.told(2) == TEACHERS


def test_once_goes_live_where_the_configuration_says_so(place: Place) -> None:
    with closing(sqlite3.connect(place.daemon.ledger)) as database, database:
        database.execute("DELETE FROM facts WHERE name IN ('live_since', 'answers_since')")
    assert place.daemon.data("once")["live"] is False
    place.daemon.configure(place.settings(top={"start": {"live": True}}))
    place.post(1)
    done = place.daemon.data("once")
    assert (done["live"], done["sent"]) == (True, 3)
