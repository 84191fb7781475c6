"""Tables of a when-section: the heads of their columns say which date begins a rollout and which completes it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from shared.core.classify.dates.phrases import may_name_days
from shared.core.classify.document import Line
from shared.core.text.wording import Wording

_BEGINS = Wording(r"\b(?:beg[iau]n\w*|start\w*|from)\b", re.IGNORECASE)
_COMPLETES = Wording(r"\b(?:complet\w+|end\w*|finish\w*|conclu\w+|to|until)\b", re.IGNORECASE)
_CELL = " | "


def with_heads(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, with "begins" or "completes" before the cells that stand in such a column; heads themselves go."""
    words: list[str] = []
    for line in lines:
        if line.kind != "row":
            words = []
            yield line
            continue
        cells = line.text.split(_CELL)
        found = _words(cells)
        if found:
            words = found
        elif words and len(cells) == len(words):
            yield replace(line, text=_CELL.join(_led(word, cell) for word, cell in zip(words, cells, strict=True)))
        else:
            yield line


def _words(cells: list[str]) -> list[str]:
    """What the cells of a row of heads say of the dates below them; empty for a row that is none."""
    if len(cells) < 2 or any(may_name_days(cell) for cell in cells):
        return []
    words = ["begins" if _BEGINS.search(cell) else "completes" if _COMPLETES.search(cell) else "" for cell in cells]
    return words if "begins" in words and "completes" in words else []


def _led(word: str, cell: str) -> str:
    return f"{word} {cell}" if word and may_name_days(cell) else cell
