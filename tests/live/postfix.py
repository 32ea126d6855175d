"""A private Postfix, with its own configuration, queue and port, that hands all mail to an LMTP server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.needs import free_port, need, wait_for_port

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.school.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject_unauth_destination
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
message_size_limit = 52428800
notify_classes =
"""

# service, kind, process limit, command; nothing in a chroot
SERVICES = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """SMTP on a free loopback port; mail for `domains` goes to the LMTP server on `lmtp_port`. Needs root."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, lmtp_port: int, *domains: str) -> None:
        self.folder = folder
        self.smtp_port = free_port()
        self._lmtp_port, self._domains = lmtp_port, domains

    def start(self) -> None:
        """Raises RuntimeError with the end of Postfix's log when it does not come up."""
        self.folder.chmod(0o755)
        (self.folder / "data").mkdir()
        shutil.chown(self.folder / "data", "postfix")
        (self.folder / "queue").mkdir()
        (self.folder / "main.cf").write_text(
            MAIN.format(
                folder=self.folder,
                commands=Path(program()).parent,
                daemons=_daemons(),
                domains=" ".join(self._domains),
                lmtp_port=self._lmtp_port,
            )
        )
        (self.folder / "master.cf").write_text(SERVICES.format(port=f"127.0.0.1:{self.smtp_port}"))
        self._postfix("start")
        wait_for_port(self.smtp_port, self.folder / "postfix.log")

    def stop(self) -> None:
        """End the master that this configuration started, and no other."""
        self._postfix("stop")

    def _postfix(self, command: str) -> None:
        done = subprocess.run(
            [program(), "-c", str(self.folder), command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"postfix {command}: {done.stdout}{done.stderr}")


def program() -> str:
    found = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        need("Postfix is not installed (Debian: postfix)")
    if os.geteuid() != 0:
        need("Postfix starts only as root")
    assert found is not None
    return found


def _daemons() -> str:
    said = subprocess.run(
        ["postconf", "-d", "-h", "daemon_directory"], capture_output=True, text=True, check=True
    )
    return said.stdout.strip()


@contextmanager
def running(lmtp_port: int, *domains: str) -> Iterator[Postfix]:
    """A Postfix in a folder of its own."""
    program()
    with tempfile.TemporaryDirectory(prefix="twinpost-postfix-", ignore_cleanup_errors=True) as name:
        server = Postfix(Path(name), lmtp_port, *domains)
        server.start()
        try:
            yield server
        finally:
            server.stop()
