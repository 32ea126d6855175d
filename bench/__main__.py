"""`python -m bench`: measure, with a floor in the same run."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator

from bench.backlog import backlog
from bench.follow_ups import follow_ups
from bench.large import large
from bench.latency import latency
from bench.old_mail import old_mail
from bench.report import Report

Measurement = Callable[[argparse.Namespace], Report]

MEASUREMENTS: dict[str, tuple[str, Measurement]] = {
    "latency": ("from arrival to receipt", lambda options: latency(options.pings)),
    "backlog": ("a mailbox full of letters", lambda options: backlog(options.letters, options.rounds)),
    "large": ("a letter of 35 MB", lambda _: large()),
    "old-mail": (
        "a mailbox full of handled mails",
        lambda options: old_mail(options.pings, options.old),
    ),
    "follow-ups": ("plans of many exchanges", lambda options: follow_ups(options.exchanges)),
}


WITHOUT_SERVERS = frozenset({"follow-ups"})


def main() -> int:
    """Print what was asked for. 2 where a server is missing."""
    options = _options()
    names = list(MEASUREMENTS) if options.what == "all" else [options.what]
    servers = set(names) - WITHOUT_SERVERS
    if servers and not shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"):
        print("Dovecot is not installed (Debian: dovecot-imapd dovecot-lmtpd).", file=sys.stderr)
        return 2
    reports = _reports(names, options)
    if options.json:
        print(json.dumps([report.data() for report in reports], indent=2, ensure_ascii=False))
        return 0
    for report in reports:
        print(report.table(), end="\n\n", flush=True)
    return 0


def _reports(names: list[str], options: argparse.Namespace) -> Iterator[Report]:
    for name in names:
        yield MEASUREMENTS[name][1](options)


def _options() -> argparse.Namespace:
    about = "\n".join(f"  {name:<12}{what}" for name, (what, _) in MEASUREMENTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog=f"{about}\n  {'all':<12}one after the other",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=[*MEASUREMENTS, "all"])
    parser.add_argument("--letters", type=int, default=10_000, help="of a backlog (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of a backlog (%(default)s)")
    parser.add_argument("--pings", type=int, default=100, help="letters that come one by one (%(default)s)")
    parser.add_argument("--old", type=int, default=100_000, help="handled mails (%(default)s)")
    parser.add_argument("--exchanges", type=int, default=10_000, help="whose plans are kept (%(default)s)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
