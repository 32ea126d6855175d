"""One IMAP session: what a client asks is looked up in a table of commands (RFC 3501, 6)."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from imapclient.imap_utf7 import decode, encode

from twinpost.edges.mailserver.faults import Faults
from twinpost.edges.mailserver.imap_fetch import answer, is_body, items, marks_seen
from twinpost.edges.mailserver.imap_view import View
from twinpost.edges.mailserver.imap_words import BadCommand, Token, search, text, tokens
from twinpost.edges.mailserver.store import DELETED, SEEN, Account, Folder, Message
from twinpost.edges.mailserver.talk import Gone, Talk

CAPABILITIES = [
    *("IMAP4rev1", "LITERAL+", "SASL-IR", "IDLE", "MOVE", "UIDPLUS", "UNSELECT", "NAMESPACE", "ID"),
    "SPECIAL-USE",  # told in every LIST (RFC 6154, 3)
]
FLAGS = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"


class Host(Protocol):
    """What a session needs of its server."""

    faults: Faults
    tls: ssl.SSLContext | None

    def sign_in(self, user: str, password: str) -> Account | None:
        """The account, when the password is right."""


class No(Exception):
    """The command is understood and cannot be done; the answer is NO."""


class ImapSession:
    """Serves one connection until the client leaves."""

    def __init__(self, host: Host, talk: Talk, *, encrypted: bool) -> None:
        self._host, self._talk = host, talk
        self._encrypted = encrypted
        self._account: Account | None = None
        self._view: View | None = None
        self._by_uid = False
        self._cut = False

    async def serve(self) -> None:
        self._talk.say(f"* OK [CAPABILITY {self._capabilities()}] twinpost's own mail server")
        try:
            while True:
                await self._talk.flush(self._host.faults, cut=self._cut)
                await self._one_command()
        except (Gone, OSError, EOFError):
            pass
        finally:
            await self._talk.hang_up()

    async def _one_command(self) -> None:
        pieces = await self._talk.command()
        tag, _, rest = pieces[0].partition(b" ")
        word, _, pieces[0] = rest.partition(b" ")
        self._by_uid = word.upper() == b"UID"
        if self._by_uid:
            word, _, pieces[0] = pieces[0].partition(b" ")
        name = word.decode("latin-1").upper()
        self._host.faults.on_command(name)
        self._check_link(name)
        said = await self._obey(name, pieces)
        if self._view is not None:
            # numbers must stay while a command that speaks of them runs (RFC 3501, 7.4.1)
            expunges = self._by_uid or name not in ("FETCH", "STORE", "SEARCH")
            self._tell(self._view.changes(expunges=expunges))
        self._talk.say(tag + b" " + said.encode())
        await self._afterwards(name, said)

    async def _afterwards(self, name: str, said: str) -> None:
        if name == "LOGOUT":
            raise Gone
        if name == "STARTTLS" and said.startswith("OK") and self._host.tls is not None:
            await self._talk.flush(self._host.faults)  # the answer still goes in clear text
            await self._talk.encrypt(self._host.tls)
            self._encrypted = True

    def _check_link(self, name: str) -> None:
        rebuilt = self._view is not None and self._view.rebuilt
        if rebuilt or (name and name == self._host.faults.bye_at):
            self._talk.say("* BYE the folder was rebuilt" if rebuilt else "* BYE shutting down")
            raise Gone

    async def _obey(self, name: str, pieces: list[bytes]) -> str:
        """Run one command. Returns its tagged answer without the tag."""
        needs = {"MOVE": "MOVE", "IDLE": "IDLE", "EXPUNGE": "UIDPLUS" if self._by_uid else ""}.get(name)
        if name not in COMMANDS | CONVERSATIONS or needs in self._host.faults.hide:
            return f"BAD unknown command {name}"
        if self._account is None and name not in BEFORE_SIGN_IN:
            return "BAD sign in first"
        if self._view is None and name in IN_FOLDER:
            return "BAD select a folder first"
        try:
            args = tokens(pieces)
            if name in CONVERSATIONS:
                said = await CONVERSATIONS[name](self, args)
            else:
                said = COMMANDS[name](self, args)
        except (BadCommand, IndexError, ValueError) as error:  # too few arguments, or undecodable ones
            return f"BAD {error}"
        except No as error:
            return f"NO {error}"
        return f"OK {said or name + ' done'}"

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            self._talk.say(line)

    # before a folder is open

    def _capabilities(self) -> str:
        words = [word for word in CAPABILITIES if word not in self._host.faults.hide]
        words += ["AUTH=PLAIN", "AUTH=XOAUTH2"] if self._account is None else []
        words += ["STARTTLS"] if self._host.tls is not None and not self._encrypted else []
        return " ".join(words)

    def capability(self, args: list[Token]) -> str:
        self._talk.say(f"* CAPABILITY {self._capabilities()}")
        return ""

    def noop(self, args: list[Token]) -> str:
        return ""

    def logout(self, args: list[Token]) -> str:
        self._talk.say("* BYE till next time")
        return ""

    def id(self, args: list[Token]) -> str:
        self._talk.say('* ID ("name" "twinpost")')
        return ""

    def namespace(self, args: list[Token]) -> str:
        self._talk.say('* NAMESPACE (("" "/")) NIL NIL')
        return ""

    def starttls(self, args: list[Token]) -> str:
        if self._host.tls is None or self._encrypted:
            raise BadCommand("no STARTTLS here")
        return "begin"

    def login(self, args: list[Token]) -> str:
        return self._sign_in(text(args[0]), text(args[1]))

    async def authenticate(self, args: list[Token]) -> str:
        if len(args) < 2:
            self._talk.say("+ ")
            await self._talk.flush(self._host.faults)
        given = text(args[1]).encode() if len(args) > 1 else await self._talk.line()
        said = base64.b64decode(given).decode("utf-8", "replace")
        if text(args[0]).upper() == "XOAUTH2":
            user = said.partition("user=")[2].partition("\1")[0]
            return self._sign_in(user, said.partition("Bearer ")[2].partition("\1")[0])
        _, user, password = said.split("\0")[:3] if said.count("\0") >= 2 else ("", "", "")  # RFC 4616
        return self._sign_in(user, password)

    def _sign_in(self, user: str, password: str) -> str:
        if self._host.faults.refuse_sign_in:
            raise No(self._host.faults.refuse_sign_in)
        self._account = self._host.sign_in(user, password)
        if self._account is None:
            raise No("[AUTHENTICATIONFAILED] user or password is wrong")
        return f"[CAPABILITY {self._capabilities()}] welcome"

    # folders

    def _find(self, token: Token, code: str = "[NONEXISTENT]") -> Folder:
        folder = self._mine().find(_name(token))
        if folder is None:
            raise No(f"{code} no such folder")
        return folder

    def _mine(self) -> Account:
        assert self._account is not None
        return self._account

    def list_folders(self, args: list[Token]) -> str:
        pattern = text(args[0]) + text(args[1])
        if not text(args[1]):
            self._talk.say('* LIST (\\Noselect) "/" ""')
            return ""
        signs = {"*": ".*", "%": "[^/]*"}
        wanted = re.compile("".join(signs.get(sign, re.escape(sign)) for sign in pattern), re.IGNORECASE)
        listed = [(encode(name).decode(), folder) for name, folder in sorted(self._mine().folders.items())]
        told = "SPECIAL-USE" not in self._host.faults.hide
        self._tell(
            [
                f'* LIST ({folder.use if told else ""}) "/" {_quoted(name)}'
                for name, folder in listed
                if wanted.fullmatch(name)
            ]
        )
        return ""

    def create(self, args: list[Token]) -> str:
        try:
            self._mine().create(_name(args[0]).rstrip("/"))
        except ValueError:
            raise No("[ALREADYEXISTS] there is one") from None
        return ""

    def status(self, args: list[Token]) -> str:
        folder = self._find(args[0])
        facts = {
            "MESSAGES": len(folder.messages),
            "UIDNEXT": folder.uidnext,
            "UIDVALIDITY": folder.uidvalidity,
            "UNSEEN": sum(SEEN not in message.flags for message in folder.messages),
            "RECENT": 0,
        }
        wanted = [text(word).upper() for word in args[1]] if isinstance(args[1], list) else []
        told = " ".join(f"{word} {facts[word]}" for word in wanted if word in facts)
        self._talk.say(f"* STATUS {_quoted(encode(folder.name).decode())} ({told})")
        return ""

    def append(self, args: list[Token]) -> str:
        folder, octets = self._find(args[0], "[TRYCREATE]"), args[-1]
        if not isinstance(octets, bytes):
            raise BadCommand("a literal was expected")
        flags: set[str] = set()
        arrived_at = None
        for option in args[1:-1]:
            if isinstance(option, list):
                flags = {text(flag) for flag in option}
            else:
                arrived_at = _moment(text(option))
        message = folder.add(octets, flags, arrived_at)
        return f"[APPENDUID {folder.uidvalidity} {message.uid}] kept"

    def select(self, args: list[Token]) -> str:
        return self._open(args, readonly=False)

    def examine(self, args: list[Token]) -> str:
        return self._open(args, readonly=True)

    def _open(self, args: list[Token], *, readonly: bool) -> str:
        self._view = None
        folder = self._find(args[0])
        if folder.name in self._host.faults.locked:
            raise No("[NOPERM] nobody may look into it")
        self._view = View(folder, readonly=readonly)
        lasting = "" if readonly else FLAGS if self._host.faults.no_keywords else f"{FLAGS} \\*"
        self._tell([f"* FLAGS ({FLAGS})", f"* OK [PERMANENTFLAGS ({lasting})] lasting"])
        self._tell([f"* {len(self._view.messages)} EXISTS", "* 0 RECENT"])
        self._tell([f"* OK [UIDVALIDITY {folder.uidvalidity}] .", f"* OK [UIDNEXT {folder.uidnext}] ."])
        return f"[{'READ-ONLY' if readonly else 'READ-WRITE'}] open"

    def unselect(self, args: list[Token]) -> str:
        self._view = None
        return ""

    def close(self, args: list[Token]) -> str:
        if not self._opened().readonly:
            self._remove_deleted(self._opened().folder.messages)
        self._view = None
        return ""

    # inside a folder

    def _opened(self) -> View:
        assert self._view is not None
        return self._view

    def _writable(self) -> View:
        if self._opened().readonly:
            raise No("[READ-ONLY] the folder was opened with EXAMINE")
        return self._opened()

    def _present(self, spec: Token) -> list[Message]:
        return [message for _, message in self._opened().present(spec, by_uid=self._by_uid)]

    def _remove_deleted(self, among: list[Message]) -> None:
        self._opened().folder.remove([message for message in among if DELETED in message.flags])

    def search(self, args: list[Token]) -> str:
        view = self._opened()
        keys = args[2:] if text(args[0]).upper() == "CHARSET" else args
        test = search(keys, len(view.messages), view.highest_uid)
        found = [(n, message.uid) for n, message in enumerate(view.messages, 1) if test(n, message)]
        self._talk.say(" ".join(["* SEARCH", *(str(uid if self._by_uid else n) for n, uid in found)]))
        return ""

    def fetch(self, args: list[Token]) -> str:
        view, wanted = self._opened(), items(args[1], by_uid=self._by_uid)
        withheld = self._host.faults.withhold
        given = [each for each in view.present(args[0], by_uid=self._by_uid) if each[1].uid not in withheld]
        for number, message in given:
            if not view.readonly and SEEN not in message.flags and any(map(marks_seen, wanted)):
                view.folder.flag(message, message.flags | {SEEN})
            self._talk.say(b"* %d FETCH (%b)" % (number, b" ".join(answer(item, message) for item in wanted)))
        if any(map(is_body, wanted)):
            self._cut = self._host.faults.cut_literal
        if len(given) < len(view.chosen(args[0], by_uid=self._by_uid)):
            raise No("[EXPUNGEISSUED] some of the messages are not given")
        return ""

    def store(self, args: list[Token]) -> str:
        view, how = self._writable(), text(args[1]).upper()
        given = args[2] if isinstance(args[2], list) else args[2:]
        flags = {text(flag) for flag in given}
        if self._host.faults.no_keywords:
            flags = {flag for flag in flags if flag.startswith("\\")}
        for message in self._present(args[0]):
            before = message.flags
            view.folder.flag(message, {"+": before | flags, "-": before - flags}.get(how[0], flags))
        return ""

    def copy(self, args: list[Token]) -> str:
        target = self._find(args[1], "[TRYCREATE]")
        pairs = [
            (message.uid, target.add(message.octets, set(message.flags), message.arrived_at).uid)
            for message in self._present(args[0])
        ]
        if not pairs:
            return ""
        here, there = (",".join(map(str, uids)) for uids in zip(*pairs, strict=True))
        return f"[COPYUID {target.uidvalidity} {here} {there}] copied"

    def move(self, args: list[Token]) -> str:
        view = self._writable()
        said = self.copy(args)
        view.folder.remove(self._present(args[0]))
        return said

    def expunge(self, args: list[Token]) -> str:
        """Everything that is marked or, after UID, only what is named (RFC 4315, 2.1)."""
        view = self._writable()
        self._remove_deleted(self._present(args[0]) if self._by_uid else view.folder.messages)
        return ""

    async def idle(self, args: list[Token]) -> str:
        """Tell news until the client says DONE (RFC 2177)."""
        view, changed = self._opened(), asyncio.Event()
        view.folder.watchers.add(changed.set)
        done = asyncio.create_task(self._talk.line())
        self._talk.say("+ idling")
        try:
            while not done.done():
                changed.clear()
                await self._tell_in_idle(view)
                bell = asyncio.create_task(changed.wait())
                await asyncio.wait({done, bell}, return_when=asyncio.FIRST_COMPLETED)
                bell.cancel()
            done.result()
        finally:
            view.folder.watchers.discard(changed.set)
            done.cancel()
        return ""

    async def _tell_in_idle(self, view: View) -> None:
        faults = self._host.faults
        self._check_link("")
        if not faults.silent_idle:
            news = view.changes()
            if news and faults.drop_in_idle:
                raise Gone
            self._tell(news)
        await self._talk.flush(faults)


def _name(token: Token) -> str:
    return str(decode(text(token).encode("latin-1")))


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _moment(written: str) -> datetime:
    try:
        return datetime.strptime(written.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        raise BadCommand(f"no date: {written}") from None


BEFORE_SIGN_IN = frozenset(["CAPABILITY", "NOOP", "LOGOUT", "ID", "LOGIN", "AUTHENTICATE", "STARTTLS"])
IN_FOLDER = frozenset(["UNSELECT", "CLOSE", "SEARCH", "FETCH", "STORE", "COPY", "MOVE", "EXPUNGE", "IDLE"])
COMMANDS: dict[str, Callable[[ImapSession, list[Token]], str]] = {
    "APPEND": ImapSession.append,
    "CAPABILITY": ImapSession.capability,
    "CHECK": ImapSession.noop,
    "CLOSE": ImapSession.close,
    "COPY": ImapSession.copy,
    "CREATE": ImapSession.create,
    "EXAMINE": ImapSession.examine,
    "EXPUNGE": ImapSession.expunge,
    "FETCH": ImapSession.fetch,
    "ID": ImapSession.id,
    "LIST": ImapSession.list_folders,
    "LOGIN": ImapSession.login,
    "LOGOUT": ImapSession.logout,
    "LSUB": ImapSession.list_folders,
    "MOVE": ImapSession.move,
    "NAMESPACE": ImapSession.namespace,
    "NOOP": ImapSession.noop,
    "SEARCH": ImapSession.search,
    "SELECT": ImapSession.select,
    "STARTTLS": ImapSession.starttls,
    "STATUS": ImapSession.status,
    "STORE": ImapSession.store,
    "SUBSCRIBE": ImapSession.noop,  # every folder is
    "UNSELECT": ImapSession.unselect,
}
CONVERSATIONS: dict[str, Callable[[ImapSession, list[Token]], Awaitable[str]]] = {
    "AUTHENTICATE": ImapSession.authenticate,
    "IDLE": ImapSession.idle,
}
