"""Thousands of random functions: every extraction behaves as before, and no proof is wrong.

    python benchmarks/random_refactorings.py [--functions 20000] [--mistakes-in 500] [--seed 0]

The families and what is compared are those of tests/random_functions.py, where a small sample
runs with every change. Exit 1, with the sources, if anything behaves differently.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from rich.progress import track

from gate_soundness import Soundness
from random_extractions import difference, extractions
from random_functions import KINDS, FunctionMaker

#: So many extractions of each function are run.
MOST = 6


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--functions", type=int, default=20_000)
    parser.add_argument(
        "--mistakes-in", type=int, default=500, help="functions to make mistakes in"
    )
    parser.add_argument("--seed", type=int, default=0, help="the first of the seeds")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # the functions are no good style
    last = arguments.seed + arguments.functions
    possible = tried = 0
    wrong: list[str] = []
    for seed in track(range(arguments.seed, last), "Extracting", transient=True):
        source = _function(seed)
        found = extractions(source)
        possible += len(found)
        for after in random.Random(seed).sample(found, min(MOST, len(found))):
            tried += 1
            wrong += filter(None, [difference(source, after)])
    print(f"{arguments.functions} functions, {possible} extractions possible, {tried} tried:")
    print(f"  {len(wrong)} behave differently")
    soundness = Soundness()
    many = range(arguments.seed, arguments.seed + arguments.mistakes_in)
    for seed in track(many, "Making mistakes", transient=True):
        soundness.try_function(_function(seed), random.Random(seed))
    for outcome, count in sorted(soundness.outcomes.items()):
        print(f"  {outcome}: {count}")
    print(f"  {len(soundness.wrong)} proved that behave differently")
    for text in [*wrong, *soundness.wrong][:5]:
        print(text)
    return int(bool(wrong or soundness.wrong))


def _function(seed: int) -> str:
    return FunctionMaker(random.Random(seed), KINDS[seed % len(KINDS)]).source()


if __name__ == "__main__":
    sys.exit(main())
