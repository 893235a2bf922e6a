"""How long something takes, as far as a test may ask: processor time, the least of a few runs, since other tests run beside it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def measure_best(do: Callable[[], object], runs: int = 3) -> float:
    """Seconds of processor time of the fastest run."""
    spent = []
    for _ in range(runs):
        gc.collect()
        started = time.process_time()
        do()
        spent.append(time.process_time() - started)
    return min(spent)
