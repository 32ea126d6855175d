"""Notices of every kind to be rendered in tests: ordinary ones, and some that mean harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from twinpost.core.model.finding import Finding
from twinpost.core.model.notice import (
    AbsenceQuestion,
    AddressBounces,
    AdminNote,
    Bundle,
    CannotYet,
    Completeness,
    CountedDays,
    DaysOff,
    DirectMail,
    Done,
    FileLine,
    FollowUp,
    Forgotten,
    ForgottenLetter,
    GuardLine,
    GuardList,
    GuardOriginal,
    Help,
    Joined,
    LetterArrived,
    LetterNames,
    NextDate,
    Noted,
    Notice,
    NotUnderstood,
    PassedOn,
    PassOnQuestion,
    PupilAddress,
    Reason,
    Receipt,
    StrangerAlert,
    WasThisYou,
    Welcome,
    Where,
    WhichLetter,
    Why,
    WordQuestion,
)
from twinpost.core.model.people import Person

OSLO = Where("Oslo", "Europe/Oslo")
LYON = Where("Lyon", "Europe/Paris")
KYIV = Where("Kyiv", "Europe/Kyiv")
DELHI = Where("Delhi", "Asia/Kolkata")

SCAN = FileLine("letters 7B.pdf", 2_412_000, "pdf", holds=28)
ARCHIVE = FileLine("letters.zip", 9_120_000, "zip", holds=26)
LIVE = FileLine("IMG_0412.HEIC", 4_630_000, "heic", film=True)

KARI = Person(1, "Kari Nordmann", ("kari@fagerborg.example",))
OLA = Person(2, "Ola Hansen", ("ola@fagerborg.example",))
LUC = Person(3, "Luc Martin", ("luc@ecole-lyon.example",))
ANA = Person(4, "Ana Berg", ("ana@elever.fagerborg.example",))
ADMIN = Person(9, "Admin", ("it@school.example",))

NOW = datetime(2026, 10, 8, 7, 15, tzinfo=UTC)
LETTER = LetterNames("letter", (1,), "7B Oslo", ("CM2 Lyon",))
BACK = LetterNames("letter", (1,), "CM2 Lyon", ("7B Oslo",))
FILES = (
    FileLine("letters 7B.pdf", 2_412_000, "pdf"),
    FileLine("Klassenfoto_høst.jpg", 1_630_000, "jpeg"),
    FileLine("map of our school.png", 71_900, "png"),
)
SAID = (
    "Dear Luc,\n\nhere come our first letters. The children were very eager,\nand Ana drew a map.\n\n"
    "- Could you tell us how many you are?\n- And when is your autumn holiday?\n\nBest wishes\nKari"
)
SUBJECT = "Our letters, finally!"

HOSTILE = (
    "*_[click](javascript:alert(1))_* <script>x</script> {{ 7*7 }} 1. # ## > `x` ![i](http://e.example/x)"
)
HOSTILE_LINES = "7B\r\nBcc: v@evil.example\r\n\r\n<b>Oslo</b>\u202egnp.exe\x00\x0b"
LONG = "The very long name of class 7B at the school on the hill above the fjord " * 3

RECEIPT = Receipt(
    letter=LETTER,
    exchange="Oslo and Lyon write letters",
    sender="Kari Nordmann",
    first_at=NOW,
    where=(OSLO, LYON),
    files=FILES,
    told=("Ola Hansen", "Luc Martin"),
    planned=4,
    next_date=NextDate(BACK, date(2026, 11, 6)),
)
ARRIVED = LetterArrived(
    letter=LETTER,
    exchange="Oslo and Lyon write letters",
    sender="Kari Nordmann",
    first_at=NOW,
    where=(LYON, OSLO),
    files=FILES,
    told=("Kari Nordmann", "Ola Hansen"),
    planned=4,
    next_date=NextDate(BACK, date(2026, 11, 6)),
)
WELCOME = Welcome(
    exchange="Oslo and Lyon write letters",
    own="7B Oslo",
    partners=("CM2 Lyon",),
    colleagues=("Luc Martin",),
    now=NOW,
    where=(OSLO, LYON),
    admin="it@school.example",
    planned=4,
    next_date=NextDate(LETTER, date(2026, 10, 9)),
)
BOUNCES = AddressBounces(
    person="Kari Nordmann",
    address="kari@fagerborg.example",
    since=NOW,
    where=(OSLO,),
    exchange="Oslo and Lyon write letters",
    cause="unknown",
    admin="it@school.example",
)
WHICH = WhichLetter(
    subject="Here are the letters",
    arrived_at=NOW,
    where=(OSLO, LYON),
    sender="Kari Nordmann",
    own=True,
    choices=(
        "Letter 2 from 7B Oslo to CM2 Lyon.",
        "More of letter 1 from 7B Oslo to CM2 Lyon.",
        "It is no letter.",
    ),
    why="no-number",
    files=3,
)
AUTUMN = DaysOff("Autumn holiday", date(2026, 9, 28), date(2026, 10, 2))
OWED = FollowUp(
    name="letter-overdue",
    rule="letter-overdue",
    exchange="Oslo and Lyon write letters",
    now=datetime(2026, 10, 13, 6, 15, tzinfo=UTC),
    where=(OSLO, LYON),
    reader_class="7B Oslo",
    partners=("CM2 Lyon",),
    colleagues=("Luc Martin",),
    sender="7B Oslo",
    senders=("Kari Nordmann", "Ola Hansen"),
    receivers=("Luc Martin",),
    letter=LETTER,
    due=date(2026, 10, 9),
    planned=4,
    counted=CountedDays(date(2026, 10, 9), 2, "school days", date(2026, 10, 13), ("",)),
    settle=("ARRIVED", "LATER", "PAUSE"),
    admin="it@school.example",
)
WAITING = replace(
    OWED,
    own=False,
    reader_class="CM2 Lyon",
    partners=("7B Oslo",),
    colleagues=("Kari Nordmann", "Ola Hansen"),
    where=(LYON, OSLO),
    counted=CountedDays(date(2026, 10, 9), 2, "school days", date(2026, 10, 13), ("7B Oslo",)),
)
TO_TALK = replace(
    OWED,
    rule="session",
    letter=None,
    due=None,
    settle=(),
    counted=None,
    next_date=NextDate(BACK, date(2026, 11, 6)),
)
SESSION = replace(
    TO_TALK,
    now=datetime(2026, 11, 10, 7, 15, tzinfo=UTC),
    title="Meet the class",
    starts_at=datetime(2026, 11, 12, 9, tzinfo=UTC),
    minutes=45,
    link="https://meet.example/abc",
)
PASSED_ON = PassedOn("Kari Nordmann", SUBJECT, NOW, (LYON, OSLO), SAID, FILES)

ORIGINAL = GuardOriginal("Ana Berg", "7B Oslo", "My dog", NOW, (LYON, OSLO), own=False)
LINE = GuardLine(
    subject="My dog",
    arrived_at=NOW,
    where=(OSLO, LYON),
    missing=("Luc Martin",),
    copy_line=("kari@fagerborg.example", "luc@ecole-lyon.example", "letters@school.example"),
)
LIST = GuardList(
    school_class="7B Oslo",
    pupils=("Ana Berg", "Tomas Lie", "Nora Dahl", "Emil Aas"),
    mails=5,
    since=NOW,
    where=(OSLO, LYON),
    copy_line=LINE.copy_line,
)
ALERT = StrangerAlert(
    strangers=("max@other.example",),
    pupils=("Ana Berg",),
    wrote=False,
    subject="My dog",
    arrived_at=NOW,
    where=(OSLO, LYON),
    admin="it@school.example",
)
ADDRESS = PupilAddress(
    pupil="Ana Berg",
    address="ana@home.example",
    subject="Hello Zoé",
    arrived_at=NOW,
    where=(OSLO, LYON),
    said="Dear Zoé,\n\nthis is from my mother’s phone.\n\nAna",
    files=1,
)
DIRECT = DirectMail(
    pupil="Ana Berg",
    school_class="7B Oslo",
    exchange="Oslo and Lyon write letters",
    to=("Zoé Petit",),
    subject="My dog",
    arrived_at=NOW,
    where=(OSLO, LYON),
)

NOT_IN_COPY = Finding("copy-missing", "luc@ecole-lyon.example", names=("Luc Martin",))
TROUBLES = (
    Finding("needs-app", "heic", count=3, names=("IMG_0412.HEIC", "IMG_0413.HEIC", "IMG_0414.HEIC")),
    Finding("empty-file", names=("Tomas.docx",)),
    Finding("truncated", count=2, names=("video of the gym.mp4", "choir.mp4")),
    Finding("encrypted", names=("marks.xlsx",)),
    Finding("executable", names=("greeting card.exe",)),
    Finding("winmail", "inside", count=2, names=("Ana.pdf", "letter of Tomás.docx")),
    Finding("needs-app", "pages", names=("Ola.pages",)),
    Finding("needs-app", "publisher", names=("poster.pub",)),
    Finding("needs-app", "webarchive", names=("our page.webarchive",)),
    Finding("too-large", "31400000"),
    Finding("duplicate", names=("letters 7B.pdf",)),
    NOT_IN_COPY,
    Finding("something-new", text="Something that has no sentence yet <b>."),
)


def many_files(count: int) -> tuple[FileLine, ...]:
    return tuple(
        FileLine(f"letter of pupil {n:02}.jpg", 900_000 + 1000 * n, "jpeg") for n in range(1, count + 1)
    )


Sample = tuple[Person, Notice]

REASONS = (
    Reason(
        "rule",
        LETTER,
        date(2026, 10, 9),
        NOW,
        rule="letter-overdue",
        step=1,
        counted=CountedDays(date(2026, 10, 9), 2, "school days", date(2026, 10, 13), ("",)),
    ),
    Reason("arrived", BACK, at=NOW),
    Reason("your-mail"),
    Reason("pupil-mail"),
    Reason("is-here", BACK, at=NOW),
    Reason("said-here", LETTER, date(2026, 10, 9), NOW, by="Kari Nordmann"),
    Reason("paused", LETTER, date(2026, 10, 9), NOW, date(2026, 12, 1)),
    Reason("promised", LETTER, date(2026, 10, 9), NOW, date(2026, 10, 23), by="Kari Nordmann"),
    Reason("planned", LETTER, date(2026, 10, 9), NOW, rule="letter-overdue", step=1, to="Kari Nordmann"),
    Reason("went", LETTER, date(2026, 10, 9), NOW, rule="letter-overdue", step=3, to="Luc Martin"),
    Reason("no-date", LETTER),
    Reason("calendar-unknown", LETTER, date(2026, 10, 9), by="7B Oslo"),
    Reason("before-me", LETTER, date(2026, 8, 28), NOW),
    Reason("no-rule", LETTER, date(2026, 10, 9)),
    Reason("no-such-letter", numbers=(7,)),
    Reason("nothing-owed"),
)
"""Every reason that WHY may have, once."""

SAMPLES: dict[str, Sample] = {
    "receipt-plain": (KARI, RECEIPT),
    "receipt-colleague": (OLA, replace(RECEIPT, own=False, told=("Kari Nordmann", "Luc Martin"))),
    "receipt-three-places": (
        KARI,
        replace(
            RECEIPT,
            letter=LetterNames("letter", (1, 2, 3), "7B Oslo", ("5A Kyiv", "Delhi 7")),
            first_at=datetime(2026, 10, 8, 21, 40, tzinfo=UTC),
            where=(OSLO, KYIV, DELHI, LYON),
            next_date=NextDate(BACK, date(2027, 1, 15)),
        ),
    ),
    "receipt-troubles": (KARI, replace(RECEIPT, findings=TROUBLES, files=many_files(5))),
    "receipt-heic": (KARI, replace(RECEIPT, findings=TROUBLES[:1])),
    "receipt-troubles-colleague": (OLA, replace(RECEIPT, own=False, findings=TROUBLES[:2])),
    "receipt-ask-yes": (KARI, replace(RECEIPT, ask_yes=True, waiting_for_yes=("Luc Martin",))),
    "receipt-waiting-colleague": (OLA, replace(RECEIPT, own=False, waiting_for_yes=("Luc Martin",))),
    "receipt-passed-on": (
        KARI,
        replace(RECEIPT, passed_on_to=("Luc Martin",), findings=(NOT_IN_COPY,)),
    ),
    "receipt-not-in-copy": (KARI, replace(RECEIPT, findings=(NOT_IN_COPY,))),
    "receipt-large-in-copy": (KARI, replace(RECEIPT, findings=(Finding("too-large", "31400000"),))),
    "receipt-too-large": (KARI, replace(RECEIPT, findings=(NOT_IN_COPY, Finding("too-large", "31400000")))),
    "receipt-gap": (
        KARI,
        replace(
            RECEIPT,
            letter=replace(LETTER, numbers=(3,)),
            unseen=(2,),
            findings=(Finding("gap", text="Letter 2 has not been seen."),),
        ),
    ),
    "receipt-update": (KARI, replace(RECEIPT, version=2, mails=2, files=many_files(7))),
    "receipt-final": (
        KARI,
        replace(
            RECEIPT,
            version=3,
            mails=3,
            closed=True,
            files=many_files(24),
            complete=Completeness(24, 26, ("Ana Berg", "Tomás Ruiz")),
        ),
    ),
    "receipt-read-as": (
        KARI,
        replace(
            RECEIPT,
            read_as="Fwd: the first ones from us for the tigers",
            learned=("the tigers", "CM2 Lyon"),
            letter=replace(LETTER, part=(2, 3)),
        ),
    ),
    "receipt-links": (
        KARI,
        replace(
            RECEIPT,
            files=(),
            findings=(Finding("cloud-link", count=2),),
            links=("https://drive.example/a", "https://drive.example/b"),
            letter=LetterNames("video", (2,), "7B Oslo", ("CM2 Lyon",)),
            planned=None,
        ),
    ),
    "receipt-text-only": (KARI, replace(RECEIPT, files=(), next_date=None, told=())),
    "receipt-link-until": (
        KARI,
        replace(
            RECEIPT,
            files=(),
            findings=(Finding("cloud-link", "2026-10-15"),),
            links=("https://we.example/t-abc",),
        ),
    ),
    "receipt-scan": (
        KARI,
        replace(
            RECEIPT, files=(SCAN,), findings=(Finding("single-scan", "28", count=28, names=(SCAN.name,)),)
        ),
    ),
    "receipt-scan-uncounted": (
        KARI,
        replace(RECEIPT, files=FILES[:1], findings=(Finding("single-scan", names=("letters 7B.pdf",)),)),
    ),
    "receipt-archive": (
        KARI,
        replace(
            RECEIPT, files=(ARCHIVE,), findings=(Finding("archive", "26", count=26, names=(ARCHIVE.name,)),)
        ),
    ),
    "receipt-live-photo": (
        KARI,
        replace(
            RECEIPT,
            files=(LIVE,),
            findings=(
                Finding("needs-app", "heic", names=(LIVE.name,)),
                Finding("live-photo", LIVE.name, names=(LIVE.name,)),
            ),
        ),
    ),
    "receipt-live-photos-opened": (
        KARI,
        replace(RECEIPT, files=(LIVE, *FILES), findings=(Finding("live-photo", count=2, names=("a", "b")),)),
    ),
    "receipt-winmail": (
        KARI,
        replace(
            RECEIPT,
            files=(FileLine("winmail.dat", 312_000, "winmail", holds=1),),
            findings=(Finding("winmail", "inside", names=("letters of 7B.docx",)),),
        ),
    ),
    "receipt-winmail-unknown": (
        KARI,
        replace(RECEIPT, files=FILES[:1], findings=(Finding("winmail", names=("winmail.dat",)),)),
    ),
    "receipt-other-programs": (
        KARI,
        replace(
            RECEIPT,
            findings=(
                Finding("needs-app", "amr", count=2, names=("Ana.amr", "Tom.amr")),
                Finding("needs-app", "opus", names=("PTT-20261008-WA0001.opus",)),
                Finding("needs-app", "msg", names=("Letter from Luc.msg",)),
                Finding("needs-app", "rtfd", names=("Ola.rtfd.zip",)),
                Finding("needs-app", "djvu", names=("scan.djvu",)),
            ),
        ),
    ),
    "receipt-unsure": (
        KARI,
        replace(
            RECEIPT,
            version=2,
            closed=True,
            files=many_files(24),
            complete=Completeness(23, 26, ("Tomás Ruiz",), ("Anna Berg", "Anna Lie")),
        ),
    ),
    "receipt-forty-files": (KARI, replace(RECEIPT, files=many_files(43))),
    "receipt-hostile": (
        KARI,
        replace(
            RECEIPT,
            letter=LetterNames("letter", (1,), HOSTILE, (HOSTILE_LINES, LONG)),
            sender=HOSTILE_LINES,
            files=(FileLine(HOSTILE, 1, "pdf"), FileLine(LONG + ".pdf", 0, "pdf")),
            told=(HOSTILE, LONG),
            read_as=HOSTILE_LINES,
            learned=(HOSTILE, LONG),
            findings=(Finding("needs-app", "heic", count=2, names=(HOSTILE + ".heic", "x.heic")),),
        ),
    ),
    "letter-arrived-plain": (LUC, ARRIVED),
    "letter-arrived-attached": (LUC, replace(ARRIVED, attached=True, said=SAID)),
    "letter-arrived-text-only": (LUC, replace(ARRIVED, attached=True, said=SAID, files=())),
    "letter-arrived-more": (LUC, replace(ARRIVED, attached=True, version=2, files=FILES[:1], mails=1)),
    "letter-arrived-too-large": (
        LUC,
        replace(
            ARRIVED,
            too_large=True,
            said=SAID,
            files=many_files(28),
            findings=(Finding("too-large", "31400000"),),
        ),
    ),
    "letter-arrived-waiting": (LUC, replace(ARRIVED, waiting_for_yes=("Luc Martin",))),
    "letter-arrived-troubles": (LUC, replace(ARRIVED, findings=TROUBLES)),
    "letter-arrived-links": (
        LUC,
        replace(
            ARRIVED,
            files=(),
            findings=(Finding("cloud-link", "2026-10-15", count=2),),
            links=("https://we.example/t-abc", "https://we.example/t-abd"),
        ),
    ),
    "letter-arrived-one-file": (
        LUC,
        replace(
            ARRIVED,
            files=(ARCHIVE,),
            findings=(
                Finding("archive", "26", count=26, names=(ARCHIVE.name,)),
                Finding("needs-app", "heic", count=2, names=("Ana/IMG_0412.HEIC", "Tom/IMG_0101.HEIC")),
            ),
        ),
    ),
    "letter-arrived-live-photos": (
        LUC,
        replace(
            ARRIVED,
            files=(LIVE, SCAN),
            findings=(Finding("live-photo", LIVE.name, names=(LIVE.name,)),),
        ),
    ),
    "letter-arrived-winmail": (
        LUC,
        replace(
            ARRIVED,
            files=(FileLine("winmail.dat", 312_000, "winmail", holds=2),),
            findings=(Finding("winmail", "inside", count=2, names=("Ana.pdf", "letter of Tomás.docx")),),
        ),
    ),
    "letter-arrived-gap": (LUC, replace(ARRIVED, letter=replace(LETTER, numbers=(4,)), unseen=(2, 3))),
    "letter-arrived-hostile": (
        LUC,
        replace(
            ARRIVED, attached=True, sender=HOSTILE, said=f"{HOSTILE}\n---\n> quote\n    code\n{HOSTILE_LINES}"
        ),
    ),
    "which-letter-asked": (KARI, WHICH),
    "which-letter-again": (KARI, replace(WHICH, again=2, why="closed")),
    "which-letter-shown": (LUC, replace(WHICH, again=3, own=False, files=0)),
    "which-letter-hostile": (KARI, replace(WHICH, subject=HOSTILE_LINES, choices=(HOSTILE, HOSTILE_LINES))),
    "pass-on-question-asked": (KARI, PassOnQuestion(SUBJECT, NOW, (OSLO, LYON), ("Luc Martin",))),
    "pass-on-question-again": (KARI, PassOnQuestion("", NOW, (OSLO, LYON), ("Luc Martin", "Anne Roux"), 2)),
    "pass-on-question-several": (
        KARI,
        PassOnQuestion(
            SUBJECT,
            NOW,
            (OSLO, LYON),
            ("Luc Martin",),
            choices=(
                "Yes, to Luc Martin (Oslo and Lyon write letters)",
                "Yes, to Olena Koval (Oslo and Kyiv)",
                "No, it was for the post office only",
            ),
        ),
    ),
    "was-this-you-asked": (LUC, WasThisYou("Letter 1 from CM2 Lyon", NOW, (LYON, OSLO), "luc@home.example")),
    "was-this-you-again": (LUC, WasThisYou("", NOW, (LYON, OSLO), "luc@home.example", 2)),
    "passed-on-files": (LUC, PASSED_ON),
    "passed-on-too-large": (LUC, replace(PASSED_ON, too_large=True)),
    "passed-on-hostile": (LUC, replace(PASSED_ON, sender=HOSTILE, subject=HOSTILE_LINES, said=HOSTILE)),
    "done-passed-on": (KARI, Done("passed-on", SUBJECT, ("Luc Martin",))),
    "done-passed-on-too-large": (KARI, Done("passed-on-too-large", SUBJECT, ("Luc Martin",))),
    "done-not-passed-on": (KARI, Done("not-passed-on", SUBJECT)),
    "done-nothing-owed": (KARI, Done("nothing-owed", "Oslo and Lyon write letters")),
    "done-here-already": (KARI, Done("here-already", "Oslo and Lyon write letters")),
    "done-not-paused": (KARI, Done("not-paused", "Oslo and Lyon write letters")),
    "done-nothing-noted": (KARI, Done("nothing-noted", "PAUSE")),
    "done-taken-back": (KARI, Done("taken-back", "Re: I have not seen letter 1 to CM2 Lyon yet")),
    "done-nickname-forgotten": (KARI, Done("nickname-forgotten", "the tigers")),
    "done-address-added": (LUC, Done("address-added", "Letter 1 from CM2 Lyon", ("luc@home.example",))),
    "done-address-refused": (LUC, Done("address-refused", "Letter 1 from CM2 Lyon")),
    "done-already-answered": (
        LUC,
        Done("already-answered", SUBJECT, by="Kari Nordmann", at=NOW, where=(LYON, OSLO)),
    ),
    "done-settled": (KARI, Done("settled", SUBJECT, at=NOW, where=(OSLO, LYON))),
    "done-already-answered-herself": (KARI, Done("already-answered", SUBJECT)),
    "done-letter-withdrawn": (
        LUC,
        Done("letter-withdrawn", "Letter 2 from 7B Oslo", ("Kari Nordmann",), at=NOW, where=(LYON, OSLO)),
    ),
    "done-letter-withdrawn-herself": (
        KARI,
        Done("letter-withdrawn", "Letter 2 from 7B Oslo", ("Kari Nordmann",), at=NOW, where=(OSLO, LYON)),
    ),
    "not-understood-number": (
        KARI,
        NotUnderstood("well, both I think", "Here are the letters", WHICH.choices),
    ),
    "cannot-yet-status": (KARI, CannotYet("status")),
    "help": (KARI, Help("Oslo and Lyon write letters", "it@school.example")),
    "word-question-which": (
        KARI,
        WordQuestion(
            "which",
            "arrived",
            "Oslo and Lyon write letters",
            "Re: Two reminders",
            NOW,
            (OSLO, LYON),
            choices=("Letter 1 from 7B Oslo to CM2 Lyon", "Video 1 from 7B Oslo to CM2 Lyon"),
        ),
    ),
    "word-question-day": (
        KARI,
        WordQuestion("day", "later", "Oslo and Lyon", "Re: I have not seen letter 1", NOW, (OSLO,), LETTER),
    ),
    "word-question-day-again": (
        KARI,
        WordQuestion("day", "later", "Oslo and Lyon", "Later", NOW, (OSLO,), LETTER, again=2),
    ),
    "word-question-proof": (
        LUC,
        WordQuestion("proof", "later", "Oslo and Lyon", "LATER", NOW, (LYON,), LETTER, date(2026, 10, 23)),
    ),
    "word-question-proof-of-a-pause": (
        LUC,
        WordQuestion("proof", "pause", "Oslo and Lyon write letters", "PAUSE", NOW, (LYON, OSLO)),
    ),
    "word-question-date": (
        LUC,
        WordQuestion(
            "date",
            "agree",
            "Oslo and Lyon write letters",
            "Re: Another day for letter 1",
            NOW,
            (LYON, OSLO),
            LETTER,
            date(2026, 10, 12),
            due=date(2026, 10, 9),
            by="Kari Nordmann",
        ),
    ),
    "absence-question-own": (
        LUC,
        AbsenceQuestion("Luc Martin", True, date(2026, 10, 12), date(2026, 10, 16), 5, "Oslo and Lyon", NOW),
    ),
    "absence-question-of-a-colleague": (
        OLA,
        AbsenceQuestion(
            "Kari Nordmann",
            False,
            date(2026, 10, 12),
            date(2026, 10, 12),
            1,
            "Oslo and Lyon",
            NOW,
            instead=("Ola Hansen",),
            again=2,
        ),
    ),
    "done-absence-noted": (LUC, Done("absence-noted", "Away")),
    "done-absence-refused": (LUC, Done("absence-refused", "Away")),
    "noted-arrived": (KARI, Noted("arrived", "Oslo and Lyon", NOW, (OSLO, LYON), LETTER, date(2026, 10, 9))),
    "noted-later": (
        KARI,
        Noted(
            "later",
            "Oslo and Lyon",
            NOW,
            (OSLO, LYON),
            LETTER,
            date(2026, 10, 9),
            date(2026, 10, 23),
            told=("Luc Martin",),
        ),
    ),
    "noted-pause": (
        KARI,
        Noted("pause", "Oslo and Lyon", NOW, (OSLO,), told=("Ola Hansen", "Luc Martin")),
    ),
    "noted-pause-until": (
        KARI,
        Noted("pause", "Oslo and Lyon", NOW, (OSLO,), until=date(2026, 12, 1), told=("Luc Martin",)),
    ),
    "noted-pause-by": (LUC, Noted("pause", "Oslo and Lyon", NOW, (LYON,), by="Kari Nordmann")),
    "noted-pause-until-by": (
        LUC,
        Noted("pause", "Oslo and Lyon", NOW, (LYON,), until=date(2026, 12, 1), by="Kari Nordmann"),
    ),
    "noted-resume": (LUC, Noted("resume", "Oslo and Lyon", NOW, (LYON,), told=("Kari Nordmann",))),
    "noted-resume-by": (KARI, Noted("resume", "Oslo and Lyon", NOW, (OSLO,), by="Luc Martin")),
    "noted-agree": (
        KARI,
        Noted(
            "agree",
            "Oslo and Lyon",
            NOW,
            (OSLO, LYON),
            LETTER,
            date(2026, 10, 9),
            date(2026, 10, 12),
            told=("Luc Martin",),
        ),
    ),
    "noted-agreed": (
        LUC,
        Noted("agreed", "Oslo and Lyon", NOW, (LYON,), LETTER, date(2026, 10, 9), date(2026, 10, 12)),
    ),
    **{f"why-{one.what}": (KARI, Why("Oslo and Lyon", NOW, (OSLO, LYON), (one,))) for one in REASONS},
    "why-two-letters": (KARI, Why("Oslo and Lyon", NOW, (OSLO, LYON), REASONS[:2])),
    "guard-original-plain": (LUC, ORIGINAL),
    "guard-original-own": (KARI, replace(ORIGINAL, own=True, where=(OSLO, LYON))),
    "guard-original-unproven": (LUC, replace(ORIGINAL, proven=None)),
    "guard-original-forged": (LUC, replace(ORIGINAL, proven=False)),
    "guard-original-too-large": (LUC, replace(ORIGINAL, too_large=True, subject="")),
    "guard-original-hostile": (
        LUC,
        replace(ORIGINAL, pupil=HOSTILE, school_class=LONG, subject=HOSTILE_LINES),
    ),
    "guard-line-partner": (ANA, LINE),
    "guard-line-own": (ANA, replace(LINE, missing=("Kari Nordmann",), attached=True)),
    "guard-line-both": (ANA, replace(LINE, missing=("Kari Nordmann", "Luc Martin"), attached=True)),
    "guard-line-remind-only": (ANA, replace(LINE, reached=False)),
    "guard-line-too-large": (ANA, replace(LINE, too_large=True)),
    "guard-line-hostile": (ANA, replace(LINE, missing=(HOSTILE, HOSTILE_LINES), subject=HOSTILE)),
    "guard-list-plain": (KARI, LIST),
    "guard-list-remind-only": (KARI, replace(LIST, reached=False)),
    "guard-list-hostile": (KARI, replace(LIST, school_class=LONG, pupils=(HOSTILE, HOSTILE_LINES, LONG))),
    "stranger-alert-in-copy": (KARI, ALERT),
    "stranger-alert-several": (
        LUC,
        replace(
            ALERT, strangers=("max@other.example", "mia@other.example"), attached=False, where=(LYON, OSLO)
        ),
    ),
    "stranger-alert-unproven": (KARI, replace(ALERT, proven=None, attached=False)),
    "stranger-alert-forged": (KARI, replace(ALERT, proven=False)),
    "stranger-alert-wrote": (LUC, replace(ALERT, wrote=True, pupils=("Zoé Petit", "Hugo Roux"))),
    "stranger-alert-denied": (LUC, replace(ALERT, wrote=True, denied=True, pupils=("Zoé Petit",))),
    "stranger-alert-machine": (LUC, replace(ALERT, wrote=True, machine=True, pupils=("Zoé Petit",))),
    "stranger-alert-no-address": (LUC, replace(ALERT, wrote=True, strangers=("",), admin="")),
    "stranger-alert-hostile": (
        KARI,
        replace(ALERT, wrote=True, strangers=(HOSTILE,), pupils=(LONG, HOSTILE_LINES), subject=HOSTILE_LINES),
    ),
    "pupil-address-asked": (KARI, ADDRESS),
    "pupil-address-again": (KARI, replace(ADDRESS, again=2, files=0, said="")),
    "pupil-address-hostile": (KARI, replace(ADDRESS, pupil=HOSTILE, subject=HOSTILE_LINES, said=HOSTILE)),
    "direct-mail-in-copy": (KARI, DIRECT),
    "direct-mail-attached": (LUC, replace(DIRECT, attached=True, where=(LYON, OSLO))),
    "direct-mail-unproven": (LUC, replace(DIRECT, attached=True, proven=None)),
    "direct-mail-forged": (LUC, replace(DIRECT, attached=True, proven=False)),
    "direct-mail-too-large": (LUC, replace(DIRECT, too_large=True)),
    "direct-mail-hostile": (LUC, replace(DIRECT, pupil=HOSTILE, to=(HOSTILE_LINES, LONG), subject=HOSTILE)),
    "done-pupil-address-added": (
        KARI,
        Done("pupil-address-added", "Hello Zoé", ("Ana Berg", "ana@home.example")),
    ),
    "done-pupil-address-refused": (KARI, Done("pupil-address-refused", "Hello Zoé", ("Luc Martin",))),
    "done-pupil-address-refused-alone": (KARI, Done("pupil-address-refused", "Hello")),
    "joined-two": (
        KARI,
        Joined(
            (
                (
                    "Letter 1 from 7B Oslo has arrived",
                    "Thank you.\n\nWhat arrived\n- Letter 1 of 4\n  - a.pdf (1 MB)\n\n-- \nThe post office",
                ),
                ("Shall I pass this on?", "Please answer YES.\n\n-- \nFrom the post office"),
            )
        ),
    ),
    "welcome-plain": (KARI, WELCOME),
    "welcome-three-classes": (
        LUC,
        replace(
            WELCOME,
            own="CM2 Lyon",
            partners=("7B Oslo", "5A Kyiv"),
            colleagues=("Kari Nordmann", "Ola Hansen", "Olena Koval"),
            where=(LYON, OSLO, KYIV),
            planned=None,
            next_date=None,
            direct=True,
        ),
    ),
    "welcome-later": (
        KARI,
        replace(WELCOME, next_date=NextDate(replace(BACK, numbers=(2,)), date(2027, 1, 15))),
    ),
    "welcome-hostile": (
        KARI,
        replace(WELCOME, exchange=HOSTILE, own=HOSTILE_LINES, partners=(HOSTILE, LONG), colleagues=(LONG,)),
    ),
    "letter-due-soon-plain": (
        KARI,
        replace(
            OWED,
            name="letter-due-soon",
            now=datetime(2026, 9, 25, 6, 15, tzinfo=UTC),
            settle=("ARRIVED", "LATER"),
            counted=CountedDays(date(2026, 10, 9), -5, "school days", date(2026, 9, 25), ("",), (AUTUMN,)),
        ),
    ),
    "letter-due-soon-three-classes": (
        KARI,
        replace(
            OWED,
            name="letter-due-soon",
            letter=LetterNames("letter", (2,), "7B Oslo", ("5A Kyiv", "Delhi 7")),
            due=date(2027, 1, 15),
            where=(OSLO, KYIV, DELHI),
            counted=CountedDays(date(2027, 1, 15), -5, "school days", date(2027, 1, 8), ("", "b", "c")),
        ),
    ),
    "letter-due-soon-waiting": (LUC, replace(WAITING, name="letter-due-soon")),
    "letter-overdue-own": (KARI, OWED),
    "letter-overdue-waiting": (LUC, WAITING),
    "letter-overdue-later": (
        OLA,
        replace(
            OWED,
            until=date(2026, 10, 23),
            now=datetime(2026, 10, 27, 7, 15, tzinfo=UTC),
            counted=CountedDays(date(2026, 10, 23), 2, "school days", date(2026, 10, 27), ("",)),
        ),
    ),
    "letter-overdue-hostile": (
        KARI,
        replace(
            OWED,
            letter=LetterNames("letter", (1,), HOSTILE, (HOSTILE_LINES, LONG)),
            exchange=LONG,
            receivers=(HOSTILE, LONG),
            counted=CountedDays(
                date(2026, 10, 9),
                2,
                "school days",
                date(2026, 10, 13),
                (HOSTILE_LINES,),
                (replace(AUTUMN, name=HOSTILE),),
            ),
        ),
    ),
    "letter-overdue-again-own": (KARI, replace(OWED, name="letter-overdue-again", step=2)),
    "letter-overdue-again-waiting": (LUC, replace(WAITING, name="letter-overdue-again", step=2)),
    "offer-pause-own": (KARI, replace(OWED, name="offer-pause", step=3)),
    "offer-pause-waiting": (LUC, replace(WAITING, name="offer-pause", step=3)),
    "answer-overdue-own": (
        LUC,
        replace(
            WAITING,
            name="answer-overdue",
            own=True,
            due=None,
            since=datetime(2026, 3, 25, 9, tzinfo=UTC),
            now=datetime(2026, 4, 16, 6, 15, tzinfo=UTC),
            settle=("LATER", "PAUSE"),
            counted=CountedDays(
                date(2026, 3, 25),
                10,
                "school days",
                date(2026, 4, 16),
                ("",),
                (
                    DaysOff("Easter holidays", date(2026, 3, 28), date(2026, 4, 6)),
                    DaysOff("", date(2026, 4, 9), date(2026, 4, 9)),
                ),
            ),
        ),
    ),
    "answer-overdue-waiting": (KARI, replace(OWED, name="answer-overdue", own=False, due=None, counted=None)),
    "expect-nothing-owed": (
        LUC,
        replace(
            WAITING,
            name="expect-nothing",
            now=datetime(2026, 9, 28, 6, 30, tzinfo=UTC),
            due=date(2026, 9, 25),
            days_off=AUTUMN,
            back=date(2026, 10, 5),
            settle=(),
        ),
    ),
    "expect-nothing-unnamed": (
        LUC,
        replace(WAITING, name="expect-nothing", letter=None, days_off=replace(AUTUMN, name=""), settle=()),
    ),
    "later-noted-waiting": (
        KARI,
        replace(
            WAITING,
            name="later-noted",
            letter=replace(BACK, numbers=(2,)),
            senders=("Luc Martin",),
            due=date(2027, 5, 7),
            until=date(2027, 5, 14),
            now=datetime(2027, 5, 5, 7, tzinfo=UTC),
            settle=("ARRIVED",),
        ),
    ),
    "offer-catch-up-plain": (
        KARI,
        replace(
            TO_TALK,
            name="offer-catch-up",
            since=datetime(2026, 9, 14, 9, tzinfo=UTC),
            settle=("PAUSE",),
        ),
    ),
    "offer-catch-up-bare": (KARI, replace(TO_TALK, name="offer-catch-up", colleagues=(), next_date=None)),
    "session-soon-link": (KARI, replace(SESSION, name="session-soon")),
    "session-soon-three-places": (
        KARI,
        replace(
            SESSION, name="session-soon", link="", where=(OSLO, KYIV, DELHI), colleagues=("Olena Koval",)
        ),
    ),
    "session-soon-hostile": (KARI, replace(SESSION, name="session-soon", title=HOSTILE, link=HOSTILE_LINES)),
    "session-starts-link": (LUC, replace(SESSION, name="session-starts", where=(LYON, OSLO))),
    "meeting-soon-plain": (
        KARI,
        replace(SESSION, name="meeting-soon", title="", link="", minutes=20),
    ),
    "parents-informed-plain": (KARI, replace(TO_TALK, name="parents-informed")),
    "term-start-plain": (KARI, replace(TO_TALK, name="term-start", settle=("PAUSE",))),
    "term-start-bare": (KARI, replace(TO_TALK, name="term-start", next_date=None)),
    "evaluate-middle-plain": (KARI, replace(TO_TALK, name="evaluate-middle")),
    "evaluate-end-plain": (
        LUC,
        replace(TO_TALK, name="evaluate-end", colleagues=("Kari Nordmann", "Ola Hansen")),
    ),
    "closing-plain": (KARI, replace(TO_TALK, name="closing")),
    "date-closed-named": (
        KARI,
        replace(OWED, name="date-closed", days_off=AUTUMN, due=date(2026, 10, 2), until=date(2026, 10, 5)),
    ),
    "date-closed-bare": (LUC, replace(WAITING, name="date-closed")),
    "calendar-unknown-none": (KARI, replace(TO_TALK, name="calendar-unknown")),
    "calendar-unknown-ends": (KARI, replace(TO_TALK, name="calendar-unknown", until=date(2026, 12, 31))),
    "other-owed": (KARI, replace(OWED, name="other")),
    "other-bare": (LUC, replace(TO_TALK, name="other")),
    "bundle-three": (
        KARI,
        Bundle(
            (
                OWED,
                replace(SESSION, name="session-soon", now=OWED.now),
                replace(TO_TALK, name="parents-informed"),
            )
        ),
    ),
    "address-bounces-unknown": (OLA, BOUNCES),
    "address-bounces-full": (OLA, replace(BOUNCES, cause="full", admin="")),
    "address-bounces-head": (OLA, replace(BOUNCES, teaches=False)),
    "address-bounces-refused": (OLA, replace(BOUNCES, cause="refused")),
    "address-bounces-temporary": (OLA, replace(BOUNCES, cause="temporary")),
    "address-bounces-hostile": (OLA, replace(BOUNCES, person=HOSTILE, exchange=HOSTILE_LINES)),
    "admin-note-bouncing": (
        ADMIN,
        AdminNote(
            "bouncing",
            (
                "address kari@fagerborg.example",
                "since 08 October 2026, 07:15 UTC",
                "reason: no such address (5.1.1)",
                "the server says: 550 5.1.1 <kari@fagerborg.example>: no such user",
                "exchange oslo-lyon",
                "told: Ola Hansen",
            ),
        ),
    ),
    "admin-note-refused": (
        ADMIN,
        AdminNote(
            "refused",
            (
                "address luc@ecole-lyon.example",
                "code 5.7.1",
                "the server says: 554 5.7.1 your network is on our list",
            ),
        ),
    ),
    "admin-note-loop": (
        ADMIN,
        AdminNote(
            "loop", ("answers to luc@ecole-lyon.example", "provoked by mails of luc@ecole-lyon.example")
        ),
    ),
    "forgotten-one": (
        KARI,
        Forgotten(
            "Oslo and Lyon write letters",
            (OSLO, LYON),
            (ForgottenLetter("letter 1 from 7B Oslo to CM2 Lyon", NOW, 25),),
            "it@school.example",
        ),
    ),
    "forgotten-mail": (
        LUC,
        Forgotten(
            "Oslo and Lyon write letters",
            (LYON, OSLO),
            (ForgottenLetter("letter 1 from 7B Oslo to CM2 Lyon", NOW, 3),),
            "it@school.example",
            mail=True,
        ),
    ),
    "forgotten-many": (
        LUC,
        Forgotten(
            "Oslo and Lyon write letters",
            (LYON, OSLO),
            tuple(
                ForgottenLetter(f"letter {number} from 7B Oslo to CM2 Lyon", NOW, number % 3)
                for number in range(1, 24)
            ),
            "it@school.example",
        ),
    ),
    "forgotten-hostile": (
        KARI,
        Forgotten(
            HOSTILE,
            (OSLO, LYON),
            (ForgottenLetter(f"letter 1 from {HOSTILE} to CM2 Lyon", NOW, 1),),
            "it@school.example",
        ),
    ),
    "admin-note-set-aside": (ADMIN, AdminNote("set-aside", ("message 12", "KeyError"))),
    "admin-note-junk": (
        ADMIN,
        AdminNote(
            "junk",
            (
                "oslo-lyon: “Letter 1 from 7B Oslo”, from kari@fagerborg.example, in the folder Spam",
                "oslo-lyon: “Re: Letter 1”, from luc@ecole-lyon.example, in the folder Spam",
            ),
        ),
    ),
    "admin-note-gave-up": (ADMIN, AdminNote("gave-up", ("mail 7 (receipt)", "the address is refused"))),
    "admin-note-other": (
        ADMIN,
        AdminNote(
            "mail-given-up",
            ("receipt to luc@ecole-lyon.example: 550 5.1.1 User unknown", "Nothing else is affected."),
        ),
    ),
}
