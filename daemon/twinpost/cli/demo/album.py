"""Every mail of the demo as files: the octets as .eml, and as .html for a browser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path

from twinpost.cli.demo.people import EVERYBODY, OFFICE
from twinpost.core.writing.plain import one_line

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
pre {{ font: inherit; white-space: pre-wrap; }}
</style></head><body>
<h1>{title}</h1>
{body}
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that went over SMTP, as it was handed in."""

    number: int
    sender: str  # of the envelope
    recipients: tuple[str, ...]
    message: EmailMessage
    octets: bytes

    @property
    def ours(self) -> bool:
        """Whether the office sent it."""
        return self.sender == OFFICE.address

    @property
    def subject(self) -> str:
        return one_line(str(self.message["Subject"] or "")) or "(no subject)"

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"] or "").strip()

    @property
    def answers(self) -> str:
        """The Message-ID of the mail that it answers, or nothing."""
        return str(self.message["In-Reply-To"] or "").strip()

    @property
    def text(self) -> str:
        return _body(self.message, "plain")

    @property
    def html(self) -> str:
        return _body(self.message, "html")

    @property
    def files(self) -> dict[str, bytes]:
        """The attached files, by name."""
        return {
            part.get_filename() or "unnamed": bytes(part.get_payload(decode=True) or b"")
            for part in self.message.iter_attachments()
        }

    @property
    def stem(self) -> str:
        """A name for its files: `03-twinpost-to-luc-letter-1-from-7b-oslo-is-here`."""
        to = "-".join(_who(recipient) for recipient in self.recipients[:3])
        return f"{self.number:02}-{_who(self.sender)}-to-{to}-{_plain(self.subject)[:50].rstrip('-')}"


def read_mail(number: int, sender: str, recipients: Sequence[str], octets: bytes) -> Mail:
    """A mail from the server's hands; anybody may have written it."""
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return Mail(number, sender, tuple(recipients), message, octets)


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, MessageError, ValueError):  # a charset or an encoding that does not exist
        return "(this text cannot be shown)"


def _who(address: str) -> str:
    known = next((someone for someone in EVERYBODY if someone.address == address.lower()), None)
    return _plain(known.first_name if known and known is not OFFICE else known.name if known else address)


def _plain(text: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_.lower()).strip("-")[:80] or "x"


@dataclass(slots=True)
class Album:
    """A folder that holds every mail, with a page that lists them."""

    folder: Path
    mails: list[Mail] = field(default_factory=list)

    def add(self, sender: str, recipients: Sequence[str], octets: bytes) -> Mail:
        """Keep a mail as .eml and .html."""
        mail = read_mail(len(self.mails) + 1, sender, recipients, octets)
        self.mails.append(mail)
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"{mail.stem}.eml").write_bytes(octets)
        (self.folder / f"{mail.stem}.html").write_text(_page(mail), "utf-8", "replace")
        (self.folder / "index.html").write_text(_list(self.mails), "utf-8", "replace")
        return mail


def _page(mail: Mail) -> str:
    """Ours as its reader sees it; of anybody else's only the text, for we do not trust his HTML."""
    if mail.ours and mail.html:
        return mail.html
    heads = [f"<b>{name}:</b> {escape(one_line(str(mail.message[name])))}" for name in _heads(mail)]
    files = [f"<b>File:</b> {escape(one_line(name))}" for name in mail.files]
    body = f"<p>{'<br>'.join([*heads, *files])}</p><pre>{escape(mail.text)}</pre>"
    return PAGE.format(title=escape(mail.subject), body=body)


def _heads(mail: Mail) -> list[str]:
    return [name for name in ("From", "To", "Cc", "Date") if mail.message[name]]


def _list(mails: Sequence[Mail]) -> str:
    lines = [
        f'<li value="{mail.number}"><a href="{mail.stem}.html">{escape(mail.subject)}</a>, '
        f"{escape(mail.sender)} to {escape(', '.join(mail.recipients))} "
        f'(<a href="{mail.stem}.eml">.eml</a>)</li>'
        for mail in mails
    ]
    return PAGE.format(title="The mails of the demo, in order", body=f"<ol>{''.join(lines)}</ol>")
