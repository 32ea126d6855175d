"""`twinpost demo`: exchanges on this machine, over real sockets, with nothing else installed."""

from twinpost.cli.demo.command import demo

__all__ = ["demo"]
