"""Delivery reports (RFC 3464) and those that servers write in words of their own.

A report is believed by nobody here: whether it names a mail of ours is in `Known.reported`,
and what it says of which address in `sorting.failures`.
"""

from __future__ import annotations

from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import Reading
from twinpost.core.sorting.automatic import REPORTS, null_return_path
from twinpost.core.sorting.phrases import AutomaticWords, first_lines_say, local_part_is, opens_with

Verdict = tuple[Kind, str]

FAILED: Verdict = (Kind.BOUNCE, "It reports that a mail could not be delivered.")
LATE: Verdict = (Kind.AUTOMATIC, "It reports that a mail is late; the server goes on trying.")
DELIVERED: Verdict = (Kind.AUTOMATIC, "It reports that a mail was delivered or passed on.")
READ: Verdict = (Kind.AUTOMATIC, "It is a receipt of reading.")

TEXT_SEARCHED = 4000
"""Characters of a server's text in which a sentence of failure is looked for."""


def report(
    reading: Reading, words: AutomaticWords, *, known_sender: bool = False, names_ours: bool = False
) -> Verdict | None:
    """What a delivery report says: a bounce when a mail failed, automatic otherwise; None for other mail.

    `known_sender`: the From is somebody of an exchange, so that words alone do not make a report, nor a
    report's part in a mail of hers: she may show us what she got. `names_ours`: it names a mail of ours.
    """
    if reading.media_type in REPORTS:
        return _standard(reading, words)
    if any(value.strip() for value in reading.header("x-failed-recipients")):  # Exim, Gmail
        return _in_words(reading, words) or FAILED
    if known_sender:
        return None
    if verdict := _of_actions(reading) or _from_a_daemon(reading, words):
        return verdict
    # Under any other name the subject alone could be a person's ("Returned mail art").
    says_so = names_ours or null_return_path(reading)
    says_so = says_so or first_lines_say(reading.text, words.failures, TEXT_SEARCHED)
    return _in_words(reading, words) if says_so else None


def _standard(reading: Reading, words: AutomaticWords) -> Verdict | None:
    """multipart/report (RFC 6522): the type of the report, and what its fields say."""
    if "disposition-notification" in (reading.report_type, reading.media_type.removeprefix("message/")):
        return READ
    if reading.report_type not in {"delivery-status", ""}:
        return None
    return _of_actions(reading) or _in_words(reading, words) or (FAILED if reading.report_type else None)


def _of_actions(reading: Reading) -> Verdict | None:
    """What the fields of a report say (RFC 3464, 2.3.3): if one recipient of several failed, it failed."""
    actions = set(reading.actions)
    if any(action.startswith("fail") for action in actions):  # GroupWise writes "failure"
        return FAILED
    if "delayed" in actions:
        return LATE
    return DELIVERED if actions & {"delivered", "relayed", "expanded"} else None


def _in_words(reading: Reading, words: AutomaticWords) -> Verdict | None:
    """A report known by its subject; the late ones first, since "Delivery Status" opens all of them."""
    table = ((words.delayed, LATE), (words.delivered, DELIVERED), (words.undelivered, FAILED))
    return next((verdict for phrases, verdict in table if opens_with(reading.subject, phrases)), None)


def _from_a_daemon(reading: Reading, words: AutomaticWords) -> Verdict | None:
    """A report in a server's own form, such as qmail's: a daemon wrote it, and nobody is to answer."""
    writers = (*reading.from_, *reading.sender)
    if not any(local_part_is(writer.address, words.daemons) for writer in writers):
        return None
    in_words = _in_words(reading, words)
    if in_words:
        return in_words
    fails = first_lines_say(reading.text, words.failures, TEXT_SEARCHED)
    return FAILED if fails or null_return_path(reading) else None
