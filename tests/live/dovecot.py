"""A private Dovecot on free loopback ports, up in a tenth of a second, as root or not."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.live.needs import free_port, need, wait_for_port

CONFIG = """\
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_username_format = %Lu
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:{folder}/mail/%u
maildir_very_dirty_syncs = yes
mail_max_userip_connections = 1000
mail_fsync = {fsync}
imap_capability = {capability}
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
{tokens}
passdb {{
  driver = passwd-file
  args = {folder}/users/%Lu
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Uninteresting {{
    special_use = \\Junk
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""


TOKENS = """\
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/tokens.conf
}}
"""

TOKENS_CONF = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""
"""Whoever shows a token that the key has signed, for this account and not over yet, is let in."""


class Dovecot:
    """IMAP and LMTP out of `folder`, which must be reachable for every user of the machine.

    `capability` replaces what IMAP offers, for instance to hide MOVE; `fsync` is Dovecot's mail_fsync. With
    `token_key`, a public key as PEM, tokens (JWT, RS256) are taken beside passwords.
    """

    host = "127.0.0.1"

    def __init__(
        self, folder: Path, *, capability: str = "", fsync: str = "optimized", token_key: str = ""
    ) -> None:
        self.folder = folder
        self.imap_port, self.lmtp_port = free_port(), free_port()
        self._capability, self._fsync, self._token_key = capability, fsync, token_key
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises RuntimeError with the end of Dovecot's log when it does not come up."""
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid())
        owner = pwd.getpwnam("nobody") if root else me
        mail = self.folder / "mail"
        mail.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        if root:  # Dovecot refuses to touch mail as root
            os.chown(mail, owner.pw_uid, owner.pw_gid)
        config = self.folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=self.folder,
                imap_port=self.imap_port,
                lmtp_port=self.lmtp_port,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                internal="dovecot" if root else me.pw_name,
                internal_group="dovecot" if root else _group(me.pw_gid),
                login="dovenull" if root else me.pw_name,
                capability=self._capability,
                fsync=self._fsync,
                tokens=self._tokens(),
            )
        )
        with (self.folder / "start.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program(), "-F", "-c", str(config)], stdout=log, stderr=log, start_new_session=True
            )
        for port in (self.imap_port, self.lmtp_port):
            wait_for_port(port, self.folder / "dovecot.log")

    def _tokens(self) -> str:
        if not self._token_key:
            return ""
        (self.folder / "tokens.conf").write_text(TOKENS_CONF.format(folder=self.folder))
        key = self.folder / "keys" / "default" / "RS256" / "default"
        key.parent.mkdir(parents=True, exist_ok=True)
        key.write_text(self._token_key)
        return TOKENS.format(folder=self.folder)

    def stop(self) -> None:
        """End the server that `start` began, and no other."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(20)
        with suppress(ProcessLookupError):  # sessions outlive the master for a while
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process = None

    def add_user(self, address: str, password: str) -> None:
        """A mailbox that can be signed in to and delivered to; also while the server runs.

        A file for each, as Dovecot looks whether one file has changed only once a second.
        """
        users = self.folder / "users"
        users.mkdir(exist_ok=True)
        users.chmod(0o755)
        user = users / address.lower()
        user.write_text(f"{address.lower()}:{{PLAIN}}{password}\n")
        user.chmod(0o644)

    def deliver(self, octets: bytes, *recipients: str, sender: str = "postman@school.example") -> None:
        """Hand one mail over by LMTP. Raises smtplib.SMTPException when Dovecot refuses somebody."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            refused = lmtp.sendmail(sender, recipients, octets)
        if refused:
            raise smtplib.SMTPRecipientsRefused(refused)


def program() -> str:
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        need("Dovecot is not installed (Debian: dovecot-imapd, dovecot-lmtpd)")
    assert found is not None
    return found


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


@contextmanager
def running(*, capability: str = "", token_key: str = "") -> Iterator[Dovecot]:
    """A Dovecot in a folder of its own, which pytest's private folders cannot offer to other users."""
    program()
    with tempfile.TemporaryDirectory(prefix="twinpost-dovecot-", ignore_cleanup_errors=True) as name:
        server = Dovecot(Path(name), capability=capability, token_key=token_key)
        server.start()
        try:
            yield server
        finally:
            server.stop()
