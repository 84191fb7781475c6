"""Bars as inline SVG: sizes are attributes, so that no inline style is needed under the content security policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.core.life.metrics import Count


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the units of its drawing."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


def columns(counts: Sequence[Count], width: float, height: float, gap: float = 0.3) -> list[Bar]:
    """Upright bars side by side; `gap` is the part of each step that stays free."""
    step, most = width / max(len(counts), 1), _most(counts)
    bars = []
    for index, each in enumerate(counts):
        tall = height * each.count / most
        left = index * step + step * gap / 2
        bars.append(
            Bar(
                each.label,
                each.count,
                round(left, 2),
                round(height - tall, 2),
                round(step * (1 - gap), 2),
                round(tall, 2),
            )
        )
    return bars


def shares(counts: Sequence[Count], width: float) -> list[Bar]:
    """Lying bars, one a line, the largest as wide as the drawing."""
    most = _most(counts)
    return [Bar(each.label, each.count, 0, 0, round(width * each.count / most, 2), 0) for each in counts]


def _most(counts: Sequence[Count]) -> int:
    return max((each.count for each in counts), default=0) or 1
