"""How long work takes, so that a busy machine does not matter: processor time, side by side, the best of some."""

import time
from collections.abc import Callable


def ratio(work: Callable[[], object], other: Callable[[], object], rounds: int = 3) -> float:
    """How many times as long `work` takes as `other` does."""
    runs = [(_seconds(work), _seconds(other)) for _ in range(rounds)]
    mine, others = (min(column) for column in zip(*runs, strict=True))
    return mine / max(others, 1e-6)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
