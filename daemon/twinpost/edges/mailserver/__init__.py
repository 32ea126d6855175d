"""A small mail server of our own, IMAP4rev1 and SMTP in one asyncio loop, on this machine only.

The demo plays on it and the tests break things with it. It keeps mail in memory and is no server for
the world: no queue, no relay, no limits against strangers.
"""

from twinpost.edges.mailserver.faults import Faults
from twinpost.edges.mailserver.server import MailServer
from twinpost.edges.mailserver.store import Account, Folder, Message, Posted

__all__ = ["Account", "Faults", "Folder", "MailServer", "Message", "Posted"]
