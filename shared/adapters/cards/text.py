"""A card as plain text: what mail shows where there is no HTML, and what a screen reader may prefer."""

from collections.abc import Iterator

from shared.adapters.cards.sheet import Paragraphs, Sheet
from shared.core.text.safe import printable


def text_of(sheet: Sheet) -> str:
    """The sheet's words from top to bottom. Lines are as long as they are: whoever shows them breaks them."""
    blocks = ("\n".join(lines) for block in _blocks(sheet) if (lines := list(block)))
    return printable("\n\n".join(blocks)) + "\n"


def _blocks(sheet: Sheet) -> Iterator[Iterator[str]]:
    yield (_flat(line) for line in (sheet.headline, sheet.title, sheet.mark) if line)
    yield (line for move in sheet.moves for line in _move(move.what, move.old, move.new, move.slip))
    for paragraphs in sheet.before:
        yield _paragraphs(paragraphs)
    yield (line for label, lines, _ in sheet.rows for line in _row(label, lines))
    for group in sheet.groups:
        yield iter([_flat(group.heading)] if group.heading else [])
        for entry in group.entries:
            yield (line for line in (_flat(entry.title), f"  {_flat(entry.line)}", f"  {entry.url}") if line.strip())
    for paragraphs in sheet.after:
        yield _paragraphs(paragraphs)
    yield iter([_flat(sheet.why)] if sheet.why else [])
    yield (f"{name}: {_flat(url)}" for name, url in sheet.links)


def _move(what: str, old: str, new: str, slip: str) -> Iterator[str]:
    yield f"{_flat(what)}:"
    yield "  " + _flat((f"{old} → " if old else "") + new + (f", {slip}" if slip else ""))


def _row(label: str, lines: tuple[str, ...]) -> Iterator[str]:
    """The label once, the other lines below the first."""
    for number, line in enumerate(lines):
        yield f"{label}: {_flat(line)}" if number == 0 else f"{' ' * (len(label) + 2)}{_flat(line)}"


def _paragraphs(paragraphs: Paragraphs) -> Iterator[str]:
    if paragraphs.label:
        yield f"{paragraphs.label}:"
    point = {"points": "- ", "machine": "  ", "text": ""}[paragraphs.how]
    for line in paragraphs.lines:
        yield point + _flat(line)


def _flat(text: str) -> str:
    """On one line, so that no text of a post looks like a line of ours."""
    return " ".join(text.split())
