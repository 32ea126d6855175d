"""The story: a few weeks of an exchange, scene by scene, each with what it expects.

A scene raises NotAsExpected where twinpost does something else than the story says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from twinpost.app.process import Processed
from twinpost.cli.demo import papers
from twinpost.cli.demo.album import Mail
from twinpost.cli.demo.people import ADA, CHLOE, KARI, LUC, OFFICE, OLA, STRANGER, Someone
from twinpost.cli.demo.stage import Stage
from twinpost.cli.demo.town import NotAsExpected, Town
from twinpost.core.model.kind import Kind
from twinpost.ledger import outbox, views

READ = 0.8  # seconds in which a person takes in one step
TEACHERS = (KARI, OLA, LUC)

FRANCE = papers.png(["bbwwrr"] * 4, {"b": (0, 38, 84), "w": (255, 255, 255), "r": (206, 17, 38)})
NORWAY = papers.png(
    ["rrwbwrrrr", "rrwbwrrrr", "wwwbwwwww", "bbbbbbbbb", "wwwbwwwww", "rrwbwrrrr", "rrwbwrrrr"],
    {"r": (186, 12, 47), "w": (255, 255, 255), "b": (0, 32, 91)},
)


@dataclass(frozen=True, slots=True)
class Play:
    """Where the story takes place, and how it is told."""

    town: Town
    stage: Stage

    async def sends(self, who: Someone, subject: str, text: str, **more: object) -> Mail:
        mail = await self.town.send(who, subject, text, **more)  # type: ignore[arg-type]
        self.stage.sent(mail)
        await self.stage.pause(READ / 2)
        return mail

    async def gets(self, who: Someone, mail: Mail, *said: str, after: Mail | None = None) -> Mail:
        """Somebody gets a mail in the thread of another; each of `said` must stand in it."""
        found = await self.town.answer(mail, who, after=after)
        whole = " ".join(f"{found.subject} {found.text}".split())
        for words in said:
            expect(words in whole, f"the mail to {who.name} should say “{words}”")
        self.stage.got(found, said)
        await self.stage.pause(READ)
        return found

    async def hears(self, who: Someone, subject: str) -> Mail:
        """Somebody gets a mail that begins a thread of its own."""

        def look() -> Mail | None:
            return next((mail for mail in self.town.ours(who) if mail.subject == subject), None)

        found = await self.town.until(look, f"{who.name} should have got “{subject}”")
        self.stage.got(found)
        await self.stage.pause(READ)
        return found

    async def is_(self, kind: Kind, mail: Mail, mails: int) -> Processed:
        """What the office made of a mail, and how many mails it wrote about it."""
        done = await self.town.outcome(mail)
        sorted_ = done.decision.sorted or done.sorted
        what = f"“{mail.subject}” should be {kind.value}, not {sorted_.kind.value}"
        expect(sorted_.kind is kind, what)
        went = [told for told in done.told if told.state == outbox.State.WAITING]
        what = f"“{mail.subject}” should have led to {mails} mails, not {len(went)}"
        expect(len(went) == mails, what)
        return done


def expect(true: bool, what: str) -> None:
    """Raise NotAsExpected with a sentence unless something is true."""
    if not true:
        raise NotAsExpected(what)


Scene = Callable[[Play], Awaitable[None]]


async def first_letter(play: Play) -> None:
    mail = await play.sends(
        KARI,
        "Letter 1 from 7B Oslo to CM2 Lyon",
        "Dear Luc,\n\nhere are our first letters. Leila asks whether it is true that you have snails for"
        " lunch.\n\nKari\n",
        to=(LUC,),
        cc=(OFFICE,),
        files={
            "Ada.pdf": papers.pdf(["Hello! My name is Ada.", "I have a brother and a rabbit."]),
            "Jonas.pdf": papers.pdf(["Hi, I am Jonas. I play handball.", "What do you play?"]),
            "Leila.docx": papers.docx(["Bonjour! I am Leila.", "Is it true that you eat snails?"]),
        },
    )
    await play.is_(Kind.LETTER, mail, mails=3)
    await play.gets(KARI, mail, "Letter 1 from 7B Oslo has arrived", "3 files", "Leila.docx")
    await play.gets(OLA, mail, "Letter 1 from 7B Oslo has arrived")
    await play.gets(LUC, mail, "Letter 1 from 7B Oslo is here", "3 files")


async def out_of_office(play: Play) -> None:
    ours = play.town.ours(LUC)[-1]
    mail = await play.sends(
        LUC,
        f"Réponse automatique : {ours.subject}",
        "Je suis absent. Je vous répondrai à mon retour.\n",
        answering=ours,
        headers={"Auto-Submitted": "auto-replied"},
    )
    await play.is_(Kind.AUTOMATIC, mail, mails=0)
    play.stage.noted("recorded as automatic. No machine ever gets an answer.")


async def two_mails(play: Play) -> None:
    first = await play.sends(
        LUC,
        "Lettre 1 du CM2 Lyon à la 7B Oslo",
        "Chère Kari,\n\nvoici nos réponses, et non, pas à midi.\n\nLuc\n",
        to=(KARI,),
        cc=(OFFICE,),
        files={
            "Chloé.pdf": papers.pdf(["Salut Ada ! J'ai un lapin aussi."]),
            "Hugo.pdf": b"",
        },
    )
    await play.is_(Kind.LETTER, first, mails=3)
    asked = await play.gets(LUC, first, "send part of it again", "Hugo.pdf")
    await play.gets(KARI, first, "Letter 1 from CM2 Lyon is here")
    play.stage.say("Ola hears the same. Luc looks, and finds that the file is empty indeed.")
    more = await play.sends(
        LUC,
        "Lettre 1 du CM2 Lyon à la 7B Oslo, partie 2",
        "Désolé ! Voici la lettre de Hugo, avec son drapeau.\n\nLuc\n",
        to=(KARI,),
        cc=(OFFICE,),
        files={"Hugo.pdf": papers.pdf(["Salut Jonas ! Je joue au rugby."]), "Hugo.png": FRANCE},
    )
    await play.is_(Kind.LETTER, more, mails=0)
    play.stage.noted("more of letter 1. It waits a moment for further mails, and then writes once.")
    await play.gets(LUC, more, "(update)", "3 files", after=asked)
    await play.gets(KARI, more, "(update)", "3 files")


async def forgotten_teacher(play: Play) -> None:
    files = {
        "Ada.pdf": papers.pdf(["Dear Chloé, what is the name of your rabbit?"]),
        "flag.png": NORWAY,
    }
    mail = await play.sends(
        OLA,
        "Brev 2 fra 7B Oslo til CM2 Lyon",
        "Hei Luc, her er brev nummer to, med flagg.\n\nOla\n",
        cc=(KARI,),
        files=files,
    )
    await play.is_(Kind.LETTER, mail, mails=3)
    passed = await play.gets(LUC, mail, "You were not in copy", "her er brev nummer to")
    expect(passed.files == files, "the files passed on to Luc should be those that Ola sent, bit for bit")
    await play.gets(OLA, mail, "Luc Martin was not in copy, so I have passed the letter on at once")


async def unclear_subject(play: Play) -> None:
    mail = await play.sends(
        KARI,
        "Letter 3 from the frogs to Lyon",
        "Dear Luc, spring has come to the pond.\n\nKari\n",
        to=(LUC,),
        cc=(OFFICE,),
        files={
            "Ada.pdf": papers.pdf(["Dear Chloé, we have a pond behind the school."]),
            "Jonas.pdf": papers.pdf(["Dear Hugo, we call ourselves the frogs now."]),
        },
    )
    await play.is_(Kind.UNCLEAR, mail, mails=1)
    question = await play.gets(KARI, mail, "Which letter is this?", "1. Letter 3 from 7B Oslo to CM2 Lyon.")
    reply = await play.sends(KARI, f"Re: {question.subject}", "1\n", answering=question)
    await play.is_(Kind.REPLY, reply, mails=3)
    learned = "From now on I read “frogs” as 7B Oslo."
    await play.gets(KARI, mail, "Letter 3 from 7B Oslo has arrived", learned, after=question)
    await play.gets(LUC, mail, "Letter 3 from 7B Oslo is here", learned)


async def known_nickname(play: Play) -> None:
    mail = await play.sends(
        KARI,
        "Video 1 from the frogs to Lyon",
        "See the pond: https://drive.google.com/file/d/frogs/view\n",
        to=(LUC,),
        cc=(OFFICE,),
    )
    await play.is_(Kind.LETTER, mail, mails=3)
    await play.gets(LUC, mail, "Video 1 from 7B Oslo is here", "1 link")


async def only_to_the_office(play: Play) -> None:
    ours = play.town.ours(LUC)[-1]
    mail = await play.sends(
        LUC,
        f"Re: {ours.subject}",
        "Thank you! We are on a class trip next week, our video will be a little late.\n\nLuc\n",
        answering=ours,
    )
    await play.is_(Kind.REPLY, mail, mails=1)
    question = await play.gets(LUC, mail, "Please answer YES")
    yes = await play.sends(LUC, f"Re: {question.subject}", "Oui, merci\n", answering=question)
    await play.is_(Kind.REPLY, yes, mails=3)
    await play.gets(KARI, mail, "class trip")
    await play.gets(LUC, yes, "passed")


async def stranger(play: Play) -> None:
    mail = await play.sends(STRANGER, "You have won a prize!!", "Dear winner, reply at once.\n")
    await play.is_(Kind.STRANGER, mail, mails=0)
    play.stage.noted("recorded for the admin. Strangers never get an answer.")


async def pupil_forgets_a_teacher(play: Play) -> None:
    mail = await play.sends(
        ADA,
        "Our rabbit has babies",
        "Hi Chloé, five of them! What does yours do in winter?\n\nAda\n",
        to=(CHLOE,),
        cc=(KARI, OFFICE),
    )
    await play.is_(Kind.PUPIL_MAIL, mail, mails=2)
    passed = await play.gets(LUC, mail)
    expect(len(passed.files) == 1, "the mail that Luc was not in copy of should be attached, whole")
    line = await play.gets(ADA, mail, f"{KARI.address}, {LUC.address}, {OFFICE.address}")
    expect(KARI.address in line.recipients, "Ada's own teacher should be in copy of the line to her")


async def forgery(play: Play) -> None:
    mail = await play.sends(
        KARI,
        "Letter 4 from 7B Oslo to CM2 Lyon",
        "Please open this at once.\n",
        files={"letters.pdf": papers.pdf(["Your password, please."])},
        forged=True,
    )
    play.stage.say("Kari has not written this: somebody on the net has, in her name.")
    await play.is_(Kind.LETTER, mail, mails=3)
    question = await play.gets(KARI, mail, "Please answer YES or NO")
    waits = await play.gets(LUC, mail, "as soon as Kari Nordmann has told me that the mail is genuine")
    expect(not waits.files, "no file should reach Luc before Kari's YES")
    no = await play.sends(KARI, f"Re: {question.subject}", "No!\n", answering=question)
    await play.is_(Kind.REPLY, no, mails=3)
    await play.hears(KARI, "Not a real letter: “Letter 4 from 7B Oslo to CM2 Lyon”")
    await play.hears(LUC, "Not a real letter: “Letter 4 from 7B Oslo to CM2 Lyon”")
    play.stage.noted("letter 4 has left the log, and its file has gone to nobody.")


SCENES: tuple[tuple[str, Scene], ...] = (
    ("Kari sends letter 1, with Luc in copy", first_letter),
    ("Luc's mailbox answers by itself: he is out of office", out_of_office),
    ("Luc's class answers in French, in two mails", two_mails),
    ("Ola sends letter 2 in Norwegian, and forgets to copy Luc", forgotten_teacher),
    ("Kari's class has a new name, and twinpost asks", unclear_subject),
    ("From then on it knows the frogs", known_nickname),
    ("Luc answers the post office only", only_to_the_office),
    ("Ada writes to Chloé, and forgets Chloé's teacher", pupil_forgets_a_teacher),
    ("Somebody writes in Kari's name", forgery),
    ("A stranger writes", stranger),
)

LOGGED = (
    ("letter", (1,), "7B Oslo", "CM2 Lyon", 1, 3),
    ("letter", (1,), "CM2 Lyon", "7B Oslo", 2, 3),
    ("letter", (2,), "7B Oslo", "CM2 Lyon", 1, 2),
    ("letter", (3,), "7B Oslo", "CM2 Lyon", 1, 2),
    ("video", (1,), "7B Oslo", "CM2 Lyon", 1, 0),
)
"""What the log holds in the end: product, numbers, from, to, mails, files."""

SENT = 31
"""Mails that twinpost has sent in the end: each exactly once."""


async def ends_well(town: Town) -> list[views.LogLine]:
    """The log in the end; raises NotAsExpected when it, the outbox or the journal is not as it should be."""
    await town.until(lambda: town.sent() >= SENT or None, f"{SENT} mails should have been sent")
    log = await town.parts.desk.do(views.delivery_log)
    found = tuple(
        (line.product, line.numbers, line.from_class, ", ".join(line.to_classes), line.mails, line.files)
        for line in log
    )
    expect(found == LOGGED, f"the log should hold {LOGGED}, not {found}")
    counts = await town.parts.desk.do(outbox.counts)
    gone = counts.pop(outbox.State.SENT, 0) + counts.pop(outbox.State.SENDING, 0)
    expect(town.sent() == gone == SENT and not counts, f"{SENT} mails should have been sent, and none wait")
    aside = await town.parts.desk.do(views.aside)
    expect(not aside, f"nothing should be set aside, not {aside}")
    return log
