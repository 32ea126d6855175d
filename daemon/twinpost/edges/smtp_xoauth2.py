"""Signing in to the outgoing server with an access token (XOAUTH2)."""

from __future__ import annotations

import base64

from aiosmtplib import SMTP, SMTPResponseException

from twinpost.edges.refusals import status_of

QUESTION, SIGNED_IN = 334, 235  # RFC 4954, 4


async def show_token(client: SMTP, user: str, token: str) -> None:
    """One try. A refusal comes as a question with the reason, and is given after an empty answer.

    Raises SMTPResponseException with both, and the library's errors when the line breaks.
    """
    said = base64.b64encode(f"user={user}\1auth=Bearer {token}\1\1".encode())
    reason = ""
    answer = await client.execute_command(b"AUTH", b"XOAUTH2", said)
    if answer.code == QUESTION:
        status = status_of(_decoded(answer.message))
        reason = f" (status {status})" if status else ""
        answer = await client.execute_command(b"")
    if answer.code != SIGNED_IN:
        raise SMTPResponseException(answer.code, f"{answer.message}{reason}".replace(token, "…"))


def _decoded(challenge: str) -> bytes:
    try:
        return base64.b64decode(challenge)
    except ValueError:
        return b""
