"""Mail of machines met in the wild: every mark is seen, and no person is taken for a machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.corpus.explaining import Explained

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MACHINES = {"automatic", "bounce"}


def test_mail_with_a_mark_of_a_machine_is_a_machines(
    explained: dict[str, Explained],
    marks: dict[str, frozenset[str]],
    record_property: Callable[[str, object], None],
) -> None:
    marked = [file for file, found in marks.items() if found]
    missed = [file for file in marked if explained[file].kind not in MACHINES]
    record_property("told", f"marked as a machine's: {len(marked)}, taken for a person's: {missed or 'none'}")
    assert len(missed) <= len(marked) // 100, missed
