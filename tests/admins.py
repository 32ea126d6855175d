"""The admin of an office in a story: sits in its folder, where the commands find its configuration."""

from __future__ import annotations

import pytest
from tests.office import Office

CONFIGURATION = """
address = "letters@school.example"
admin = "it@school.example"
{top}
[imap]
host = "imap.school.example"
[smtp]
host = "smtp.school.example"
[ledger]
url = "{url}"
originals = "originals"
"""


def sits_down(office: Office, monkeypatch: pytest.MonkeyPatch, exchange: str = "") -> None:
    """Write the configuration, and `exchange` into the folder of exchange files if it is given."""
    top = ""
    if exchange:
        top = 'exchanges = "exchanges"'
        (office.folder / "exchanges").mkdir()
        (office.folder / "exchanges" / "oslo-lyon.yaml").write_text(exchange, "utf-8")
    url = office.engine.url.render_as_string(hide_password=False)
    (office.folder / "twinpost.toml").write_text(CONFIGURATION.format(url=url, top=top), "utf-8")
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    monkeypatch.chdir(office.folder)
