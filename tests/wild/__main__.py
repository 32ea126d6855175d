"""`make mutants`: a hundred thousand broken mails, on all processors; what fails is kept as a file.

`--count`, `--seed` and `--first` say which; `--first N --count 1` replays one alone. Where TWINPOST_CORPUS
names a folder of mails, these are broken too (then a replay needs it as well). Exit code 1 when anything
went wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track
from tests.wild.judging import Verdict, judge_row
from tests.wild.mutants import all_seeds, mutant

PORTION = 250
"""Mutants that one process judges in one office."""
TOLD_EVERY = 10_000
"""Mutants after which a log is told how far it is; a terminal has a bar."""


def main() -> int:
    """Judge, and tell: counts, the slowest, the largest, the failures."""
    words = _words()
    numbers = range(words.first, words.first + words.count)
    portions = [numbers[start : start + PORTION] for start in range(0, len(numbers), PORTION)]
    print(f"seed {words.seed}, {len(numbers)} mutants of {len(all_seeds())} mails", flush=True)
    kinds: Counter[str] = Counter()
    slowest = largest = Verdict(-1, "", 0.0, 0)
    failed: list[Verdict] = []
    for verdict in track(
        _judged(words.seed, portions, words.jobs), total=len(numbers), console=Console(stderr=True)
    ):
        kinds[verdict.kind or "FAILED"] += 1
        slowest = max(slowest, verdict, key=lambda one: one.seconds)
        largest = max(largest, verdict, key=lambda one: one.memory)
        if verdict.trouble:
            failed.append(verdict)
            _keep(words.keep, words.seed, verdict)
        if not sys.stderr.isatty() and kinds.total() % TOLD_EVERY == 0:
            print(f"{kinds.total()} judged, {len(failed)} failures", file=sys.stderr, flush=True)
    for kind, count in kinds.most_common():
        print(f"{count:8}  {kind}")
    print(f"slowest: number {slowest.number}, {slowest.seconds:.2f} s of processor time")
    print(f"most memory: {largest.memory // 1024} MiB in one process, first at number {largest.number}")
    print(f"failures: {len(failed)}" + (f", kept in {words.keep}" if failed else ""))
    return 1 if failed else 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, default=Path("build/mutants"), help="folder for the failures")
    return parser.parse_args()


def _judged(seed: int, portions: Sequence[range], jobs: int) -> Iterator[Verdict]:
    if len(portions) == 1:
        yield from judge_row(seed, portions[0])
        return
    # A new process for every few portions: what one has grown to says nothing of the next.
    with multiprocessing.get_context("spawn").Pool(jobs, maxtasksperchild=8) as pool:
        for verdicts in pool.imap_unordered(partial(judge_row, seed), portions):
            yield from verdicts


def _keep(folder: Path, seed: int, verdict: Verdict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{seed}-{verdict.number}.eml"
    place.write_bytes(mutant(seed, verdict.number, all_seeds()))
    place.with_suffix(".txt").write_text(verdict.trouble, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
