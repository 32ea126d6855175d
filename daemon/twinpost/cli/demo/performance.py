"""The demo from curtain to curtain: scenes, the log, where everything lies, and what to try next."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from twinpost.app.process import Processed
from twinpost.cli.demo.people import KARI, LUC, OFFICE
from twinpost.cli.demo.second_act import second_act
from twinpost.cli.demo.stage import Stage
from twinpost.cli.demo.story import READ, SCENES, Play, Scene, ends_well
from twinpost.cli.demo.town import LEDGER, PATIENCE, NotAsExpected, Town, founded
from twinpost.cli.demo.year import YEAR, YearScene
from twinpost.cli.output import Exit
from twinpost.core.writing.plain import one_line
from twinpost.edges.logs import set_up

YEAR_FOLDER = "year"
EXPLAINED = "Brev 2 fra 7B Oslo til CM2 Lyon"

NEXT_LETTER = """\
From: {kari}
To: {luc}
Cc: {office}
Subject: Letter 4 from the frogs to Lyon

Dear Luc, this is our last letter.
"""


async def perform(
    folder: Path,
    *,
    fast: bool = False,
    keep: bool = False,
    scenes: Sequence[tuple[str, Scene]] = SCENES,
    year: Sequence[tuple[str, YearScene]] = YEAR,
    patience: float = PATIENCE,
    ledger: str = LEDGER,
) -> Exit:
    """Play the scenes in an empty folder, and with an empty ledger. DONE only when all went as it should."""
    stage = Stage(fast=fast)
    with (folder / "twinpost.log").open("w", encoding="utf-8") as log:
        set_up(stream=log)
        async with founded(folder, ledger=ledger, patience=patience) as town:
            _overture(stage, town)
            try:
                await _play(Play(town, stage), scenes)
                await _log(stage, town)
                await second_act(stage, folder / YEAR_FOLDER, patience, year)
            except NotAsExpected as error:
                stage.failed(str(error))
                stage.say(f"Everything that happened lies in {folder}.")
                return Exit.PROBLEMS
            _epilogue(stage, folder)
            if keep:
                await _keep(stage, town)
    return Exit.DONE


def _overture(stage: Stage, town: Town) -> None:
    stage.headline("Two classes write to each other, and twinpost is their post office")
    stage.say(
        f"7B Oslo (Kari Nordmann, Ola Hansen) and CM2 Lyon (Luc Martin) send ordinary mails and put "
        f"{OFFICE.address} in copy. A real IMAP and a real SMTP server run on this machine, on ports "
        f"{town.server.imap_port} and {town.server.smtp_port}; the office reads and writes through them."
    )


async def _play(play: Play, scenes: Sequence[tuple[str, Scene]]) -> None:
    for title, act in scenes:
        await play.stage.pause(READ)
        play.stage.scene(title)
        await act(play)


async def _log(stage: Stage, town: Town) -> None:
    """The log, and the reasons for one of its lines."""
    lines = await ends_well(town)
    zone = ZoneInfo(town.parts.settings.timezone)
    await stage.pause(READ)
    stage.headline("The delivery log")
    stage.table(
        ("arrived", "what", "from", "to", "mails", "files"),
        (
            (
                f"{line.first_at.astimezone(zone):%H:%M:%S}",
                f"{line.product} {', '.join(map(str, line.numbers))}",
                line.from_class,
                ", ".join(line.to_classes),
                line.mails,
                line.files,
            )
            for line in lines
        ),
    )
    done = next(done for done in town.processed if done.reading.subject == EXPLAINED)
    stage.headline(f"Why, for “{EXPLAINED}”")
    stage.reasons(done.decision.because)


def _epilogue(stage: Stage, folder: Path) -> None:
    config = shlex.quote(str(folder / "twinpost.toml"))
    stage.headline("Everything went as it should. To look at and to try")
    stage.say("Every mail as .eml and .html, with a page that lists them:")
    stage.command(str(folder / "mails" / "index.html"))
    stage.say("The ledger is still there:")
    stage.command(f"twinpost log --config {config}")
    stage.command(f"twinpost status --config {config}")
    stage.say("So are the mails and the ledger of the school year:")
    stage.command(str(folder / YEAR_FOLDER / "mails" / "index.html"))
    stage.command(f"twinpost log --config {shlex.quote(str(folder / YEAR_FOLDER / 'twinpost.toml'))}")
    stage.say("A configuration and an exchange file of your own to begin with:")
    stage.command("twinpost init DIR")


# -- afterwards ----------------------------------------------------------------------------------


async def _keep(stage: Stage, town: Town) -> None:
    """Answer whatever is handed in, until Ctrl-C."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    town.told = lambda done: stage.noted(_in_one_line(done))
    _invitation(stage, town)
    stopped = asyncio.create_task(end.wait())
    await asyncio.wait({stopped, town.serving}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()


def _invitation(stage: Stage, town: Town) -> None:
    server, letter = town.server, town.folder / "next-letter.eml"
    letter.write_text(
        NEXT_LETTER.format(kari=KARI.address, luc=LUC.address, office=OFFICE.address), "utf-8", newline="\r\n"
    )
    stage.headline("The post office goes on until Ctrl-C. Write to it with any mail program")
    stage.table(
        ("server", "host", "port", "encryption"),
        (("IMAP", "127.0.0.1", server.imap_port, "none"), ("SMTP", "127.0.0.1", server.smtp_port, "none")),
    )
    stage.table(
        ("who", "user", "password"), ((one.name, one.address, town.password) for one in town.schools.people)
    )
    stage.headline("A letter from Kari, from a second terminal; then Luc's mailbox")
    user = f"--user {KARI.address}:{town.password}"
    to = " ".join(f"--mail-rcpt {one.address}" for one in (LUC, OFFICE))
    stage.command(
        f"curl smtp://127.0.0.1:{server.smtp_port} {user} --mail-from {KARI.address} {to} "
        f"--upload-file {shlex.quote(str(letter))}"
    )
    stage.command(
        f"curl 'imap://127.0.0.1:{server.imap_port}/INBOX;MAILINDEX=*' --user {LUC.address}:{town.password}"
    )
    stage.headline("What happens")


def _in_one_line(done: Processed) -> str:
    """ "letter from kari@fagerborg.example, “Letter 4 …”: 3 mails" """
    kind = (done.decision.sorted or done.sorted).kind.value
    sender = done.reading.from_[0].address if done.reading.from_ else "nobody"
    to = ", ".join(told.tell.to.name or told.tell.to.address for told in done.told)
    told = f"mails to {to}" if to else "nobody is written to"
    return f"{kind} from {one_line(sender, 60)}, “{one_line(done.reading.subject, 60)}”: {told}"
