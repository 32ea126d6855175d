"""`python -m bench`: measure, each figure beside a bare program in the same run."""

from __future__ import annotations

import argparse
import json
import sys

from bench.backlog import backlog


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--profile", default="")
    a = parser.parse_args()
    json.dump(backlog(a.letters, a.rounds, a.profile), sys.stdout, indent=2)


if __name__ == "__main__":
    main()
