"""A sample of the broken mails of `make mutants`: each ends in one recorded state, and the next mail goes on.

TWINPOST_MUTANTS says how many, TWINPOST_SEED with which seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random

import pytest
from tests.ledgers import POSTGRESQL, SQLITE
from tests.live import postgres
from tests.wild.judging import Verdict, judge_row
from tests.wild.mutants import MUTATIONS, Mutation, all_seeds, mutant

COUNT = int(os.environ.get("TWINPOST_MUTANTS", "1500"))
SEED = int(os.environ.get("TWINPOST_SEED", "2026"))
LANES = 4
"""Tests that share the sample, so that as many processes can work on it."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lane", range(LANES))
def test_broken_mails_end_in_one_recorded_state(
    lane: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("told", _judged(range(lane, COUNT, LANES), SQLITE))


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_broken_mails_end_in_one_recorded_state_on_postgresql(
    record_property: Callable[[str, object], None],
) -> None:
    postgres.programs()
    record_property("told", _judged(range(COUNT, COUNT + COUNT // 10), POSTGRESQL))


def _judged(numbers: range, database: str) -> str:
    """Judge these mutants, in a process of its own: this one has grown with other tests. Returns counts."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        verdicts = pool.submit(judge_row, SEED, numbers, database).result()
    assert len(verdicts) == len(numbers)
    for one in verdicts:
        assert not one.trouble, (
            f"make mutants ARGS='--seed {SEED} --first {one.number} --count 1'\n{one.trouble}"
        )
    return f"mutants: {len(verdicts)} with seed {SEED} on {database}, {_kinds(verdicts)}"


@pytest.mark.parametrize("mutation", list(dict.fromkeys(MUTATIONS)))
def test_every_mutation_changes_a_mail(mutation: Mutation) -> None:
    chance, mails = Random(SEED), all_seeds()
    assert any(mutation(chance, mail, mails[-1]) != mail for mail in mails)


def test_a_mutant_is_the_same_every_time() -> None:
    rows = [[mutant(7, number, all_seeds()) for number in range(20)] for _ in range(2)]
    assert rows[0] == rows[1]
    assert len(set(rows[0])) == 20


def _kinds(verdicts: Sequence[Verdict]) -> str:
    kinds = sorted({one.kind for one in verdicts})
    return ", ".join(f"{sum(one.kind == kind for one in verdicts)} {kind}" for kind in kinds)
