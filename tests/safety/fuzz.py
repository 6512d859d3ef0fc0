"""`make fuzz`: mutated configurations, each of which must end in a plan or in located diagnostics.

python tests/safety/fuzz.py --cases 50000 --seed 1 --workers 2
python tests/safety/fuzz.py --only 123456        # one case again, with what it changes
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[:0] = [
    str(Path(__file__).parents[1] / "support"),
    *(str(Path(__file__).parents[2] / n) for n in ("pipeline",)),
]

from fuzzing import Case, Compiler, Finding, difference, grouped, run  # noqa: E402 - found by the line above

#: Case number n of a run is the case of seed `run * _STRIDE + n`.
_STRIDE = 10_000_000


def main() -> int:
    """Exit 1 if any case ends in anything else."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--only", type=int, help="the seed of one case")
    asked = parser.parse_args()
    if asked.only is not None:
        return _one(asked.only)
    first, began = asked.seed * _STRIDE, time.monotonic()
    findings: list[Finding] = []
    done = 0
    for event in run(range(first, first + asked.cases), asked.workers, asked.minutes * 60):
        if isinstance(event, Finding):
            findings.append(event)
            print(f"{event}\n{difference(event.case)}", flush=True)
        else:
            done = event
            if done % 200 == 0:
                print(f"{done} cases, {len(findings)} findings, {time.monotonic() - began:.0f} s", flush=True)
    print(f"seed {asked.seed}: {done} of {asked.cases} cases in {time.monotonic() - began:.0f} s")
    for what, group in grouped(findings).items():
        print(f"  {len(group)} times {what}: again with --only {group[0].case.seed}")
    return 1 if findings or not done else 0


def _one(seed: int) -> int:
    case = Case.of(seed)
    print(difference(case))
    with TemporaryDirectory() as folder:
        found = Compiler(Path(folder)).judge(case)
    print(found or "no finding")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
