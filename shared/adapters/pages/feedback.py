"""Feedback for Microsoft: as a page, as CSV, and as a text to paste."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.adapters.pages.render import render
from shared.adapters.pages.sheets import csv_text
from shared.core.text.safe import printable


class _Remark(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def words(self) -> str: ...


class _Feedback(Protocol):
    @property
    def change_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def remarks(self) -> Sequence[_Remark]: ...
    @property
    def given(self) -> datetime | None: ...
    @property
    def by(self) -> str: ...
    @property
    def is_open(self) -> bool: ...


def feedback_page(listed: Sequence[_Feedback], form: str, *, may_give: bool) -> str:
    """`may_give`: whether this person may mark a post as given; `form`: the forms' own id."""
    return render(
        "feedback.html.j2", title="Feedback for Microsoft", listed=listed, form=form, may_give=may_give,
        paste=feedback_text(listed), here="/api/feedback",
    )  # fmt: skip


def feedback_csv(listed: Sequence[_Feedback]) -> str:
    """One line a remark; what a spreadsheet would take for a formula stays text."""
    rows = []
    for each in listed:
        given = each.given.date().isoformat() if each.given and not each.is_open else ""
        rows += [(each.change_id, each.title, r.at.date().isoformat(), r.words, given) for r in each.remarks]
    return csv_text(("change", "title", "said", "words", "given"), rows)


def feedback_text(listed: Sequence[_Feedback]) -> str:
    """What is to be given, for a form of Microsoft's: no names of people."""
    parts = []
    for each in listed:
        if each.is_open:
            lines = [f"- {' '.join(remark.words.split()) or 'It is unclear.'}" for remark in each.remarks]
            parts.append("\n".join((f"{each.change_id}: {each.title}", *lines)))
    return printable("\n\n".join(parts))
